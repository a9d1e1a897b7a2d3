"""A whole whitelist in blocks: in order, from the first one again when something fails."""

import asyncio
import json
from collections.abc import Iterable, Iterator

import pytest

from connectors.wincardcore.settlement_desk import HURRIED
from connectors.wincardcore.test_client_answers import answered, saying
from doorward.connectors.wincardcore.client.failures import (
    InternalError,
    Invalid,
    Misread,
    SignatureRefused,
)
from doorward.connectors.wincardcore.wire.whitelist import Account
from doorward.net.errors import AnswerLost
from net.sockets import Heard


class Park:
    """A car park's side of uploads: keeps blocks, and does as told with the requests that come.

    `told`: for each request in turn a status, "lost" (kept, but not answered), or None.
    """

    def __init__(self, *told: int | str | None) -> None:
        self._told = list(told)
        self.asked: list[str] = []
        self.kept: list[str] = []
        self.all: list[str] = []

    async def __call__(self, heard: Heard) -> None:
        line = heard.head.partition("\r\n")[0]
        query = line.split(" ")[1].partition("?")[2]
        told = self._told.pop(0) if self._told else None
        if not query:
            self.kept = []
            self.asked.append(line.split(" ")[0])
            await heard.say(b"HTTP/1.1 204 X\r\n\r\n")
            return
        first, last, count = (int(part.partition("=")[2]) for part in query.split("&"))
        self.asked.append(f"{first}-{last}/{count}")
        if isinstance(told, int):
            await heard.answer(b"no", told)
            return
        status = self._take(heard.body, first, last, count)
        if told == "lost":
            heard.reset()
        elif status == 204:
            await heard.say(b"HTTP/1.1 204 X\r\n\r\n")
        else:
            await heard.answer(b"", status)

    def _take(self, body: bytes, first: int, last: int, count: int) -> int:
        if first == 1:
            self.kept = []
        if first != len(self.kept) + 1:
            self.kept = []
            return 422
        self.kept += [account["AccountKey"] for account in json.loads(body)]
        if last < count:
            return 202
        self.all, self.kept = self.kept, []
        return 204


def people(count: int = 25) -> Iterator[Account]:
    return (Account(account_key=str(number)) for number in range(1, count + 1))


KEYS_OF_ALL = [str(number) for number in range(1, 26)]
WHOLE = ["1-10/25", "11-20/25", "21-25/25"]


@pytest.mark.covers(
    "wincardcore",
    client="put-accounts",
    rule="blocks-sent",
    hears="put-accounts/202 put-accounts/204",
)
async def test_a_whitelist_goes_in_blocks():
    park, progress = Park(), list[tuple[int, int]]()
    async with answered(park) as to:
        await to.carpark.put_all(people, 25, 10, lambda *told: progress.append(told))
    assert park.asked == WHOLE
    assert park.all == KEYS_OF_ALL
    assert progress == [(10, 25), (20, 25), (25, 25)]


async def test_what_fits_in_one_block_is_one():
    park = Park()
    async with answered(park) as to:
        await to.carpark.put_all(people, 25)
    assert park.asked == ["1-25/25"]


@pytest.mark.covers("wincardcore", client="put-accounts", rule="no-accident")
async def test_a_car_park_is_emptied_explicitly():
    park = Park()
    async with answered(park) as to:
        await to.carpark.put_all(lambda: [], 0)
    assert park.asked == ["1-0/0"]


@pytest.mark.covers("wincardcore", client="put-accounts", rule="blocks-sent")
@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "last"])
@pytest.mark.parametrize("told", [500, 503, "lost"])
async def test_an_upload_that_fails_begins_again_with_the_first_block(place: int, told: int | str):
    park = Park(*[None] * place, told)
    async with answered(park) as to:
        await to.carpark.put_all(people, 25, 10)
        assert to.time.slept == [30.0 if told == 500 else 0.0]
    assert park.asked == [*WHOLE[: place + 1], *WHOLE]
    assert park.all == KEYS_OF_ALL


async def test_an_upload_that_fails_too_often_is_given_up():
    park = Park(None, 500, None, 500, None, 500)
    async with answered(park) as to:
        with pytest.raises(InternalError):
            await to.carpark.put_all(people, 25, 10)
    assert park.asked == WHOLE[:2] * HURRIED.attempts
    assert park.all == []


async def test_an_upload_whose_blocks_were_discarded_begins_once_more():
    park = Park(None, 422)
    async with answered(park) as to:
        await to.carpark.put_all(people, 25, 10)
        assert to.time.slept == []
    assert park.asked == [*WHOLE[:2], *WHOLE]
    assert park.all == KEYS_OF_ALL


async def test_a_block_that_is_refused_twice_is_wrong():
    park = Park(None, 422, None, 422)
    async with answered(park) as to:
        with pytest.raises(Invalid):
            await to.carpark.put_all(people, 25, 10)
    assert park.asked == WHOLE[:2] * 2


@pytest.mark.parametrize(("status", "kind"), [(422, Invalid), (401, SignatureRefused)])
async def test_a_first_block_that_is_refused_is_not_sent_again(status: int, kind: type[Exception]):
    park = Park(status)
    async with answered(park) as to:
        with pytest.raises(kind):
            await to.carpark.put_all(people, 25, 10)
    assert park.asked == WHOLE[:1]


@pytest.mark.covers("wincardcore", hears="put-accounts/204")
async def test_a_car_park_that_takes_a_part_for_the_whole_is_found_out():
    async with answered(saying(204)) as to:
        with pytest.raises(Misread, match=r"a block in the middle .* for the whole"):
            await to.carpark.put_all(people, 25, 10)
        assert len(to.server.heard) == 1


@pytest.mark.covers("wincardcore", hears="put-accounts/202")
async def test_a_car_park_that_waits_for_more_is_found_out():
    async with answered(saying(202, b"")) as to:
        with pytest.raises(Misread, match=r"the last block .* as a part"):
            await to.carpark.put_all(people, 25)


@pytest.mark.parametrize("count", [24, 26])
async def test_a_wrong_count_is_noticed(count: int):
    async with answered(Park()) as to:
        with pytest.raises(ValueError, match=f"{count} accounts were announced"):
            await to.carpark.put_all(people, count, 10)


@pytest.mark.covers("wincardcore", client="put-accounts", rule="blocks-sent")
async def test_no_other_call_comes_between_the_blocks():
    park = Park()
    async with answered(park) as to:
        upload = asyncio.create_task(to.carpark.put_all(people, 25, 10))
        while not park.asked:
            await asyncio.sleep(0)
        await asyncio.gather(upload, to.carpark.delete_cards(["c"]))
    assert park.asked == [*WHOLE, "DELETE"]


@pytest.mark.covers("wincardcore", rule="blocks-sent")
async def test_accounts_are_made_as_they_are_sent():
    made: list[str] = []

    def slowly() -> Iterable[Account]:
        for account in people():
            made.append(account.account_key)
            yield account

    async with answered(saying(422)) as to:
        with pytest.raises(Invalid):
            await to.carpark.put_all(slowly, 25, 5)
    assert len(made) == 5


async def test_an_answer_lost_for_good_is_told():
    park = Park(*["lost"] * 3)
    async with answered(park) as to:
        with pytest.raises(AnswerLost):
            await to.carpark.put_all(people, 25, 10)
