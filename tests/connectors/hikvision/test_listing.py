"""Listings from terminals that cap, repeat, cut short or change while they are read."""

from typing import Any

import msgspec
import pytest

from doorward.connectors.hikvision import listing
from doorward.connectors.hikvision.listing import read_all
from doorward.connectors.hikvision.outcome import Complete, Listing, Partial, Unknown
from doorward.connectors.hikvision.wire.device import Range
from doorward.connectors.hikvision.wire.failures import NotSupported, TerminalForbidden
from doorward.connectors.hikvision.wire.person import FaultyUser, UserInfo
from doorward.connectors.hikvision.wire.search import SearchAnswer, SearchCondition, Status
from doorward.connectors.hikvision.wire.status import Reply, reply
from doorward.net.errors import TooLarge, Unreadable
from doorward.net.line import Limits


def page(
    *numbers: int, status: Status | None = None, total: int | None = None, faulty: int = 0
) -> SearchAnswer:
    people = [UserInfo(employee_no=str(number)) for number in numbers]
    return SearchAnswer("1", status, total, (*people, *[FaultyUser("torn")] * faulty))


async def read(*pages: SearchAnswer) -> tuple[Listing, list[int]]:
    asked: list[int] = []
    left = list(pages)

    async def page_at(position: int) -> SearchAnswer:
        asked.append(position)
        return left.pop(0) if len(left) > 1 else left[0]

    pages_read = await read_all(page_at, lambda _done, _total: None)
    return pages_read.listing(), asked


async def test_the_next_position_is_what_came_and_not_what_was_asked_for():
    found, asked = await read(
        page(1, 2, 3, status="MORE", total=5), page(4, 5, status="OK", total=5)
    )
    assert isinstance(found, Complete)
    assert asked == [0, 3]


async def test_a_capped_page_that_calls_itself_ok_is_read_on_by_the_total():
    found, _ = await read(page(1, 2, status="OK", total=4), page(3, 4, status="OK", total=4))
    assert isinstance(found, Complete)
    assert len(found.people) == 4


async def test_without_a_total_more_is_asked_until_ok():
    found, asked = await read(page(1, status="MORE"), page(2, status="MORE"), page(3, status="OK"))
    assert isinstance(found, Complete)
    assert asked == [0, 1, 2]


async def test_without_total_and_status_an_empty_page_is_the_end():
    found, _ = await read(page(1, 2), page(3), page())
    assert isinstance(found, Complete)


async def test_nobody_is_complete_only_where_it_is_said():
    assert await read(page(status="NO MATCH")) == (Complete(()), [0])
    assert await read(page(total=0)) == (Complete(()), [0])
    silent, _ = await read(page())
    assert isinstance(silent, Partial)
    assert "nobody" in silent.reason


async def test_a_list_that_ends_early_is_partial():
    found, _ = await read(page(1, 2, status="MORE", total=9), page(status="NO MATCH"))
    assert isinstance(found, Partial)
    assert found.reason == "the list ended after 2 of 9 people"


async def test_a_terminal_that_ignores_the_position_is_found_out():
    found, asked = await read(page(1, 2, status="MORE", total=9))
    assert isinstance(found, Partial)
    assert len(asked) == 2


async def test_an_overlap_is_partial():
    found, _ = await read(page(1, 2, status="MORE", total=4), page(2, 3, status="OK", total=4))
    assert isinstance(found, Partial)
    assert "2 comes twice" in found.reason


async def test_a_list_that_changes_while_it_is_read_is_partial():
    found, _ = await read(page(1, 2, status="MORE", total=4), page(3, status="OK", total=3))
    assert isinstance(found, Partial)
    assert "changed from 4 to 3" in found.reason


async def test_a_torn_record_makes_it_partial_and_leaves_the_others():
    found, _ = await read(page(1, 2, status="OK", total=3, faulty=1))
    assert isinstance(found, Partial)
    assert len(found.people) == 2
    assert "position 2" in found.reason


async def test_a_list_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listing, "MOST", 50)
    fresh = iter(range(10**6))

    async def page_at(_position: int) -> SearchAnswer:
        return page(*(next(fresh) for _ in range(10)), status="MORE")

    found = (await read_all(page_at, lambda _done, _total: None)).listing()
    assert isinstance(found, Partial)
    assert "no end" in found.reason


async def test_progress_is_told(rig: Any):
    seen: list[tuple[int, int | None]] = []
    async with rig("k1t342", people=70) as door:
        await door.client.search(lambda done, total: seen.append((done, total)))
    assert seen == [(30, 70), (60, 70), (70, 70)]


async def test_a_page_size_that_is_not_told_is_thirty(rig: Any):
    async with rig("k1t342", people=40, dialect="terminal") as door:
        door.fault("capabilities", "refuse", times=None)
        assert isinstance(await door.client.search(), Complete)


async def test_in_the_documented_dialect_one_person_costs_one_small_page(rig: Any):
    async with rig("documented", people=60, dialect="documented") as door:
        await door.client.search()
        calls = len(door.twin.calls)
        person = await door.client.person("10050")

        assert len(door.twin.calls) == calls + 1
        assert b"<maxResults>1</maxResults>" in door.twin.calls[-1].body
    assert person is not None


async def test_who_moved_is_still_found(rig: Any):
    async with rig("documented", people=60, dialect="documented") as door:
        await door.client.search()
        door.world.terminal.delete(("10001",))
        person = await door.client.person("10050")
        gone = await door.client.person("10001")
    assert person is not None
    assert person.employee_no == "10050"
    assert gone is None


async def test_a_terminal_that_cannot_search_for_one_is_read_through(
    rig: Any, monkeypatch: pytest.MonkeyPatch
):
    async with rig("k1t342", people=60, dialect="terminal") as door:
        terminal = door.world.terminal
        monkeypatch.setattr(terminal, "_matching", lambda _asked: tuple(terminal.users))
        person = await door.client.person("10050")
    assert person is not None


async def test_an_empty_page_that_does_not_say_so_never_means_gone(
    rig: Any, monkeypatch: pytest.MonkeyPatch
):
    async with rig("k1t342", people=5, dialect="terminal") as door:
        monkeypatch.setattr(
            door.world.terminal, "search", lambda _asked: SearchAnswer("1", None, None, ())
        )
        with pytest.raises(Unreadable):
            await door.client.person("10001")
        assert isinstance(await door.client.delete("10001"), Unknown)


@pytest.mark.parametrize("told", [-1, 0, 10**9])
async def test_a_senseless_page_size_is_not_taken_at_its_word(rig: Any, told: int):
    async with rig("k1t342", people=5, dialect="terminal") as door:
        real = door.world.terminal.capabilities()
        search = msgspec.structs.replace(real.search, max_results=Range(told))
        door.world.terminal.capabilities = lambda: msgspec.structs.replace(real, search=search)
        assert isinstance(await door.client.search(), Complete)


async def test_whether_somebody_is_there_is_not_told_from_a_partial_list(
    rig: Any, monkeypatch: pytest.MonkeyPatch
):
    async with rig("documented", people=10, dialect="documented") as door:
        real = door.world.terminal.search
        monkeypatch.setattr(
            door.world.terminal,
            "search",
            lambda asked: (
                SearchAnswer("1", "OK", 40, real(asked).found)
                if asked.search_result_position == 0
                else SearchAnswer("1", "NO MATCH", 40, ())
            ),
        )
        with pytest.raises(Unreadable, match="10 of 40"):
            await door.client.person("99999")


async def test_an_answer_larger_than_we_take_is_refused(rig: Any):
    small = Limits(connect=2.0, total=5.0, body=2000)
    async with rig("k1t342", dialect="terminal", limits=small) as door:
        with pytest.raises(TooLarge):
            await door.client.search()


async def test_garbage_instead_of_a_page_is_unreadable(rig: Any):
    async with rig("k1t342", dialect="terminal") as door:
        await door.client.search()
        door.fault("/Search", "garbage", times=None)
        with pytest.raises(Unreadable):
            await door.client.search()


@pytest.mark.parametrize("status", [3, 4, 5, 6])
async def test_a_terminal_may_refuse_the_documented_dialect_in_its_own_way(
    rig: Any, monkeypatch: pytest.MonkeyPatch, status: int
):
    async with rig("documented") as door:
        real = door.world.terminal.search
        seen = []

        def search(asked: SearchCondition) -> SearchAnswer | Reply:
            seen.append(asked)
            return reply(status, "someReason") if len(seen) == 1 else real(asked)

        monkeypatch.setattr(door.world.terminal, "search", search)
        assert await door.client.dialect() == "terminal"


async def test_a_terminal_that_speaks_neither_dialect_says_so(rig: Any):
    async with rig("k1t342") as door:
        door.world.terminal.profile = door.world.terminal.profile.__class__(
            model="x", firmware="y", dialects=()
        )
        with pytest.raises(NotSupported) as error:
            await door.client.search()
    assert "dialect" in error.value.remedy


async def test_two_people_with_one_address_are_both_listed(rig: Any):
    async with rig("documented") as door:
        twice = [door.stored(number) | {"email": "us@example.org"} for number in ("10001", "10002")]
        door.state(users=twice)
        found = await door.client.search()
    assert [person.email for person in found.people] == ["us@example.org"] * 2


async def test_a_closed_line_is_opened_again(rig: Any):
    async with rig("k1t342") as door:
        await door.client.search()
        door.fault("/Search", "drop", times=2)
        assert isinstance(await door.client.search(), Complete)


def test_a_forbidden_call_has_a_remedy():
    assert TerminalForbidden("no").remedy
