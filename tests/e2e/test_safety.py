"""What must not happen: a mass loss, a lock-out, a plan written that nobody read."""

import json
from pathlib import Path

import pytest

from doorward.app.checking import check_systems
from doorward.app.runs import Desk, PlanChanged, apply_reviewed, plan, sync
from doorward.core.apply import Approval
from doorward.core.plan import Plan
from doorward.core.sync import Report
from doorward.storage.store import Store
from doorward.twinkit.faults import Fault
from e2e.town import Town, town

EXPIRE = 'lapsed = "expire"'


def desk(place: Town, store: Store) -> Desk:
    return Desk(settings=place.settings, store=store)


async def planned(place: Town) -> Plan:
    with place.store() as store:
        return (await plan(desk(place, store))).plan


async def approved(place: Town, digest: str, *, held: bool) -> Report:
    with place.store() as store:
        return await apply_reviewed(desk(place, store), Approval(digest, "Karin", held))


async def half_gone(place: Town) -> None:
    """A hub that has run, and a register that has lost half its members."""
    await place.sync()
    place.change_members(lambda members: members.__delitem__(slice(0, None, 2)))
    place.door.calls.clear()


async def test_half_an_export_is_held_before_the_first_write(tmp_path: Path) -> None:
    async with town(tmp_path, policy=EXPIRE) as place:
        await half_gone(place)
        report = await place.sync()
        assert (report.verdict, [hold.kind for hold in report.holds]) == ("held", ["losses"])
        assert place.writes() == []


async def test_a_yes_is_for_this_very_plan_and_then_it_is_no_longer_held(tmp_path: Path) -> None:
    async with town(tmp_path, policy=EXPIRE) as place:
        await half_gone(place)
        digest = (await planned(place)).digest
        assert (await approved(place, digest, held=False)).verdict == "held"
        assert place.writes() == []
        report = await approved(place, digest, held=True)
        assert (report.verdict, len(report.applied.done), report.holds) == ("ok", 10, ())
        assert len(place.writes()) == 10


async def test_a_plan_that_has_changed_since_it_was_read_is_refused(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        digest = (await planned(place)).digest
        place.register.world.renew("10003", "1", "2029-12-31")  # type: ignore[attr-defined]
        with pytest.raises(PlanChanged):
            await approved(place, digest, held=True)
        assert place.writes() == []


@pytest.mark.parametrize("kind", ["drop", "garbage", "busy", "refuse", "unauthorised"])
async def test_a_register_that_fails_in_any_way_takes_nobodys_access(
    tmp_path: Path, kind: str
) -> None:
    async with town(tmp_path, policy=EXPIRE) as place:
        await place.sync()
        before = place.ends()
        place.register.faults.order([Fault("Member/Export", kind)])  # type: ignore[arg-type]
        place.door.calls.clear()
        report = await place.sync()
        assert report.verdict in {"failed", "partly failed"}
        assert [trouble.system for trouble in report.plan.troubles] == ["club"]
        assert (place.writes(), place.ends()) == ([], before)


async def test_an_export_of_nobody_takes_nobodys_access(tmp_path: Path) -> None:
    async with town(tmp_path, policy=EXPIRE) as place:
        await place.sync()
        place.change_members(lambda members: members.clear())
        place.door.calls.clear()
        report = await place.sync()
        assert (report.verdict, place.writes()) == ("partly failed", [])


async def test_a_lost_answer_is_one_write(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        await place.sync()
        place.register.world.renew("10003", "1", "2029-12-31")  # type: ignore[attr-defined]
        place.door.faults.order([Fault("(?i)userinfo/modify", "lost answer", times=1)])
        place.door.calls.clear()
        report = await place.sync()
        assert (report.verdict, len(place.writes())) == ("ok", 1)
        assert place.ends()["10003"] == "2029-12-31T23:59:59"


def wrong_logins(place: Town) -> int:
    return int(json.loads(place.door.world.document())["login"]["wrong"])


async def test_a_wrong_password_is_sent_once_however_often_we_run_or_check(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        right = place.file.read_text()
        ours, theirs = right.split("[target")
        place.file.write_text(
            ours + "[target" + theirs.replace('password = "demo"', 'password = "no"')
        )
        for _ in range(3):
            with place.store() as store:
                found = await check_systems(place.settings, store)
                report = await sync(desk(place, store), "test")
            assert not all(finding.good for finding in found)
            assert report.verdict == "failed"
        assert wrong_logins(place) == 1

        place.file.write_text(right)  # another login: called again at once
        assert (await place.sync()).verdict == "ok"
        assert wrong_logins(place) == 0
