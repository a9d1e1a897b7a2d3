"""What the twin tells the settlement system, in which order, and how often (WinCardCore 3.3, 4)."""

import asyncio
import random
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from connectors.wincardcore.carpark_rig import (
    Script,
    Settlement,
    account,
    at_noon,
    card,
    medium,
    numberless,
    rig,
    settled_rig,
)
from doorward.connectors.wincardcore.signing import Caller, KeyPair, Keyring, verify
from doorward.connectors.wincardcore.twin import make_twin
from doorward.connectors.wincardcore.twin.outbox import pause
from doorward.connectors.wincardcore.twin_settings import DEMO_AUTH_KEY, DEMO_SIG_KEY, TwinOptions
from doorward.net.secrets import Secret
from doorward.net.serving import running
from doorward.twinkit.clock import real_time

FIRST, SECOND = "/transactions/0006-0000000001", "/transactions/0006-0000000002"
ONE = account("a", card("1"))


@pytest.mark.covers("wincardcore", twin="put-transaction patch-transaction", rule="exit-by-status")
async def test_a_visit_is_put_at_its_entry_and_patched_at_its_exit():
    async with settled_rig(ONE) as (park, settlement):
        await park.drive_in("N1")
        await park.drive_out("N1")
        await settlement.until(2)
        assert settlement.calls() == [f"PUT {FIRST}", f"PATCH {FIRST}"]
        [(_, _, entry), (_, _, exit)] = settlement.told
        assert (entry["Status"], exit["Status"], exit["Price"]["PriceGross"]) == (0, 1, 2.0)
        assert entry["DriveIn"] == exit["DriveIn"]
        await _empty(park)


async def _empty(park: Any) -> None:
    async with asyncio.timeout(5):
        while len(park.world.garage.outbox):
            await asyncio.sleep(0.002)


async def _postponed(park: Any) -> None:
    """Return when what failed is put off."""
    async with asyncio.timeout(5):
        while park.world.garage.outbox.next_due() is None:
            await asyncio.sleep(0.002)


@pytest.mark.covers("wincardcore", rule="signature")
async def test_calls_are_signed_by_the_twins_clock():
    async with settled_rig(ONE) as (park, settlement):
        park.later(days=40)
        await park.operator("lock", card="1")
        await settlement.until(1)
        keys = KeyPair(Secret(DEMO_AUTH_KEY), Secret(DEMO_SIG_KEY))
        headers = [(name.encode(), value.encode()) for name, value in settlement.signed[0].items()]
        found = verify(headers, Keyring({"garage-1": [keys]}), park.world.clock(), timedelta(0))
    assert isinstance(found, Caller)
    assert found.local_time == "2027-01-05T12:00:00+01:00"


@pytest.mark.covers("wincardcore", rule="delivery", twin="put-transaction patch-transaction")
@pytest.mark.parametrize("trouble", ["before", "after", 500, 503, 401])
async def test_what_may_pass_is_tried_again_with_the_same_id_and_in_order(trouble: Script):
    async with settled_rig(ONE, script=[trouble] * 3, clock=None) as (park, settlement):
        park.world.clock._real = real_time  # waits are by this clock
        await park.drive_in("N1")
        await park.drive_out("N1")
        again = 0 if trouble == "before" else 3
        await settlement.until(again + 2)
        assert settlement.calls() == [f"PUT {FIRST}"] * (again + 1) + [f"PATCH {FIRST}"]
        bodies = [body for _, _, body in settlement.told[: again + 1]]
        assert bodies == [bodies[0]] * len(bodies)
        await _empty(park)


@pytest.mark.covers("wincardcore", rule="delivery")
@pytest.mark.parametrize("status", [400, 409, 422])
async def test_what_is_declined_is_final_and_shown(status: int):
    async with settled_rig(ONE, script=[status]) as (park, settlement):
        await park.drive_in("N1")
        await park.drive_out("N1")
        await settlement.until(2)
        assert settlement.calls() == [f"PUT {FIRST}", f"PATCH {FIRST}"]
        await _empty(park)
        [declined] = park.state()["deliveries"]
        assert (declined["kind"], declined["refused"]) == ("put", True)
        assert f"{status}, said by the test" in declined["said"]
        async with park.session.get(f"{park.url}/_twin/") as page:
            assert "put, declined" in await page.text()
        await park.operator("forget")
        assert park.state()["deliveries"] == []


@pytest.mark.covers("wincardcore", twin="lock-card release-card")
@pytest.mark.parametrize(("do", "call"), [("lock", "POST"), ("release", "DELETE")])
async def test_a_lock_of_a_card_that_is_not_known_there_is_declined(do: str, call: str):
    async with settled_rig(script=[404]) as (park, settlement):
        await park.operator(do, card="a/b c", info="lost")
        await settlement.until(1)
        assert settlement.told == [(call, "/lock/cards/a%2Fb%20c", {"Info": "lost"})]
        await _empty(park)
        assert park.state()["deliveries"][0]["refused"]


@pytest.mark.covers("wincardcore", rule="delivery")
async def test_an_address_that_knows_no_visits_loses_none():
    async with settled_rig(ONE, script=[404, 403, 200]) as (park, settlement):
        await park.drive_in("N1")
        await settlement.until(1)
        for count in (2, 3, 4):  # a 200 with words is from somebody else
            await _postponed(park)
            park.later(seconds=1)
            await settlement.until(count)
        await _empty(park)
        assert park.state()["deliveries"] == []


@pytest.mark.covers("wincardcore", rule="delivery")
async def test_a_500_waits_and_the_clock_ends_the_wait():
    async with settled_rig(ONE, script=[500, 500], wait=30) as (park, settlement):
        await park.drive_in("N1")
        await settlement.until(1)
        await _postponed(park)
        assert len(settlement.told) == 1
        park.later(seconds=30)
        await settlement.until(2)
        await _postponed(park)
        await park.operator("retry")
        await settlement.until(3)
        await _empty(park)


@pytest.mark.parametrize(
    ("failures", "long", "seconds"),
    [(1, False, 0), (2, False, 0.5), (3, False, 1), (9, False, 30), (99, False, 30), (1, True, 30)],
)
def test_tries_follow_at_once_and_then_ever_later(failures: int, long: bool, seconds: float):
    assert pause(failures, 0.5, 30, long=long) == timedelta(seconds=seconds)


async def test_one_visit_that_fails_does_not_hold_up_another():
    async with settled_rig(ONE, account("b", card("2")), script=[500], wait=30) as (
        park,
        settlement,
    ):
        await park.drive_in("N1")
        await settlement.until(1)
        await park.drive_in("N2")
        await park.drive_out("N1")
        await settlement.until(2)
        await _postponed(park)
        assert settlement.calls() == [f"PUT {FIRST}", f"PUT {SECOND}"]
        park.later(seconds=31)
        await settlement.until(4)
        assert settlement.calls()[2:] == [f"PUT {FIRST}", f"PATCH {FIRST}"]


@pytest.mark.covers("wincardcore", twin="refund-transaction", rule="refund-to-the-letter")
async def test_a_refund_is_repeated_as_the_very_same_call():
    async with settled_rig(ONE) as (park, settlement):
        await park.drive_in("N1")
        await park.drive_out("N1")
        await settlement.until(2)
        settlement.script.extend(["after", "after"])
        await park.operator("refund", medium="N1", amount=0.5, info="noise")
        await settlement.until(4)
        await _postponed(park)
        park.later(minutes=1)
        await settlement.until(5)
        assert settlement.calls()[2:] == [f"DELETE {FIRST}"] * 3
        assert [body for _, _, body in settlement.told[2:]] == [
            {"Amount": 0.5, "Info": "noise"}
        ] * 3
        assert len({one["localtime"] for one in settlement.signed[2:]}) == 1


async def test_a_refund_that_took_too_long_is_signed_anew():
    async with settled_rig(ONE, script=[204, 204, 500], wait=3600) as (park, settlement):
        await park.drive_in("N1")
        await park.drive_out("N1")
        await park.operator("refund", medium="N1")
        await settlement.until(3)
        await _postponed(park)
        park.later(hours=1)
        await settlement.until(4)
        assert len({one["localtime"] for one in settlement.signed[2:]}) == 2


@pytest.mark.covers("wincardcore", twin="command")
async def test_the_whole_list_can_be_asked_for():
    async with settled_rig() as (park, settlement):
        await park.operator("ask-all")
        await settlement.until(1)
        assert settlement.told == [("POST", "/command", {"Command": 1})]


@pytest.mark.covers("wincardcore", twin="alive")
async def test_it_says_that_it_is_alive_every_so_often():
    async with settled_rig(alive=60) as (park, settlement):
        await park.control("clock", {}, "PUT")
        await settlement.until(1)
        park.later(seconds=61)
        await settlement.until(2)
        park.later(days=-1)
        await settlement.until(3)
        assert settlement.calls() == ["GET /command"] * 3
        assert (await park.operator("alive"))["said"] == "answered"
        settlement.script.append(503)
        assert "503" in (await park.operator("alive"))["said"]


# --- asking about a card


@pytest.mark.covers("wincardcore", twin="get-card", rule="lock-asked-online")
async def test_a_blocked_card_is_asked_about_where_the_rules_say_so():
    blocked = account("a", card("1", Blocked=1))
    async with settled_rig(blocked, ask="blocked") as (park, settlement):
        settlement.known["/cards/1"] = card("1")
        assert (await park.drive_in("N1"))["opens"]
        assert "GET /cards/1" in settlement.calls()
        assert park.card_of("1")["Blocked"] == 0


@pytest.mark.covers("wincardcore", twin="get-card", rule="lock-asked-online")
@pytest.mark.parametrize("known", [card("1", Blocked=2), numberless("1"), None, card("1", "N2")])
async def test_a_card_that_is_blocked_there_too_stays_out(known: Any):
    blocked = account("a", card("1", Blocked=1))
    async with settled_rig(blocked, account("b", card("2")), ask="blocked") as (park, settlement):
        if known is not None:
            settlement.known["/cards/1"] = known
        else:
            settlement.script.append(404)
        assert (await park.drive_in("N1"))["reason"][:17] in (
            "blocked: reason 1",
            "blocked: reason 2",
        )


@pytest.mark.covers("wincardcore", twin="get-account")
async def test_an_unknown_medium_may_belong_to_an_account_that_is_known_there():
    async with settled_rig() as (park, settlement):
        settlement.known["/accounts/a"] = account("a", card("1", None, medium(2, "X")))
        assert (await park.drive_in("X", account="a"))["opens"]
        settlement.script.append(404)
        assert not (await park.drive_in("Y", account="b"))["opens"]
        assert park.stored() == {"a": ["1"]}


async def test_where_nobody_is_there_to_ask_the_whitelist_counts():
    async with rig(None, account("a", card("1", Blocked=1)), ask="blocked") as park:
        assert not (await park.drive_in("N1"))["opens"]
        assert not (await park.drive_in("Y", account="b"))["opens"]


# --- through everything


@pytest.mark.covers("wincardcore", rule="delivery")
async def test_every_visit_arrives_once_over_a_line_that_breaks_at_random():
    dice = random.Random(7)
    troubles: list[Script] = ["before", "after", 500, 503]
    script = [dice.choice([*troubles, 204, 204]) for _ in range(600)]
    cards = [account(str(n), card(str(n))) for n in range(20)]
    async with settled_rig(*cards, script=script, senders=8, wait=0.002, backoff=0.001) as (
        park,
        settlement,
    ):
        park.world.clock._real = real_time
        for _ in range(5):
            for number in range(20):
                await park.drive_in(f"N{number}")
            for number in range(20):
                await park.drive_out(f"N{number}")
        settlement.script = type(settlement.script)(list(settlement.script)[:100])
        await _empty(park)
        seen: dict[str, list[str]] = {}
        for method, path, _ in settlement.told:
            seen.setdefault(path, []).append(method)
        assert len(seen) == 100
        for methods in seen.values():  # every entry before every exit
            assert methods == sorted(methods, reverse=True)
            assert set(methods) == {"PUT", "PATCH"}
        sums = [visit.transaction.price.price_gross for visit in park.world.garage.visits.values()]
        last = {path: body for method, path, body in settlement.told if method == "PATCH"}
        assert sum(one["Price"]["PriceGross"] for one in last.values()) == sum(sums) == 200


@pytest.mark.covers("wincardcore", rule="delivery")
async def test_what_was_not_told_is_told_after_a_restart(tmp_path: Path):
    options = TwinOptions(state=tmp_path / "kept")
    async with rig(options, ONE) as park:
        await park.drive_in("N1")
        await park.operator("lock", card="1", info="lost")
    settlement = Settlement()
    async with running(settlement) as url:
        known = TwinOptions(state=tmp_path / "kept", peer_url=url)
        async with rig(known, clock=at_noon()) as park:
            assert not (await park.drive_in("N1"))["opens"]  # the lock is still there
            await park.drive_out("N1")
            await settlement.until(3)
            await _empty(park)
    assert sorted(settlement.calls()) == [
        "PATCH /transactions/0006-0000000001",
        "POST /lock/cards/1",
        "PUT /transactions/0006-0000000001",
    ]


async def _started(*given: str, folder: Path) -> tuple[asyncio.subprocess.Process, str]:
    program = "from doorward.cli.main import main; main()"
    command = ("-c", program, "twin", "wincardcore", *given)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    ready = (await process.stdout.readline()).decode()
    assert ready.startswith("ready: ")
    return process, ready.removeprefix("ready: ").strip()


@pytest.mark.covers("wincardcore", rule="delivery", twin="alive")
async def test_a_killed_twin_goes_on_by_itself(tmp_path: Path):
    given = ("--people", "2", "--state", "kept.db", "--car-park", "12")
    process, url = await _started(*given, folder=tmp_path)
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{url}/_twin/drive-in", json={"medium": "C10001"}) as answer:
            assert (await answer.json())["opens"]
    process.send_signal(signal.SIGKILL)
    await process.wait()
    settlement = Settlement()
    async with running(settlement) as peer:
        process, _ = await _started(*given, "--peer-url", peer, folder=tmp_path)
        try:
            await settlement.until(2)  # nobody has called it
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()
    assert sorted(settlement.calls()) == ["GET /command", "PUT /transactions/0012-0000000001"]


# --- what cannot be


@pytest.mark.parametrize(
    "options",
    [
        {"peer_url": "http://192.0.2.1"},
        {"peer_url": "ftp://127.0.0.1"},
        {"peer_url": "http://127.0.0.1", "peer_client_id": "d\u00f6rward"},
        {"peer_url": "http://127.0.0.1", "peer_prefix": "/a b"},
        {"auth_key": ""},
        {"sig_key": ""},
        {"client_id": " "},
        {"prefix": "/../x"},
    ],
)
def test_a_twin_that_cannot_be_is_refused(options: dict[str, str]):
    with pytest.raises(ValueError, match=r"."):
        make_twin(TwinOptions(**options))
