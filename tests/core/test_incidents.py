"""What is told after a run: once, again after long, and when it is over."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.factories import AWAY, FULL, LOCKED_OUT, NOW, REFUSED, change
from doorward.core.apply import Applied
from doorward.core.changes import Change
from doorward.core.errors import Trouble
from doorward.core.guard import Hold
from doorward.core.incidents import (
    LISTED,
    Facts,
    Incident,
    Matter,
    News,
    compare,
    matters,
    message,
)
from doorward.core.parking.alive import Silence
from doorward.core.plan import Plan, SystemTrouble
from doorward.core.ports import Failure, Failures
from doorward.core.proposal import Proposal
from doorward.core.sync import Report

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAY = timedelta(days=1)
HOLD = Hold("gate", "losses", 40, 100, 10, "40 of 100 people would lose access")
UNREACHABLE = SystemTrouble("gate", AWAY)


def failure(trouble: Trouble = AWAY, attempts: int = 1, person: str = "club/1") -> Failures:
    """One open failed update."""
    one = Failure("gate", person, "extend", None, attempts, NOW, trouble)
    return {("gate", person): one}


def facts(
    *troubles: SystemTrouble,
    holds: Iterable[Hold] = (),
    changes: Iterable[Change] = (),
    failures: Failures | None = None,
    planned: Collection[str] = ("gate",),
    **others: Any,
) -> Facts:
    """A run over the register 'club' and the target 'gate'."""
    failed = {one.system for one in troubles}
    proposals = [Proposal(name, changes=list(changes)) for name in planned if name not in failed]
    plan = Plan(proposals, tuple(holds), troubles, "v1", NOW)
    given = {"systems": {"club", "gate"}, "configured": {"club", "gate"}} | others
    return Facts(report=Report(plan, Applied(), (), 0), failures=failures or {}, **given)


def incident(key: str, told: datetime | None = NOW, opened: datetime = NOW) -> Incident:
    """An open incident of which somebody was told."""
    return Incident(Matter(key, f"about {key}", "do this"), opened, told)


def news(facts: Facts, *known: Incident, at: datetime = NOW, after: timedelta | None = DAY) -> News:
    """What a run brings, three attempts making a failed update worth telling."""
    return compare(facts, 3, known, at, after)


def test_a_run_in_which_all_is_well_brings_no_news():
    assert news(facts()) == News()
    assert not news(facts()).worth_telling


def test_a_target_that_does_not_answer_is_told():
    (opened,) = news(facts(UNREACHABLE)).opened

    assert opened == Matter("system/gate", "gate: no answer", "check the cable")
    assert opened.system == "gate"


def test_a_register_that_is_read_only_in_part_is_told():
    (opened,) = news(facts(SystemTrouble("club", REFUSED, partly=True))).opened

    assert opened.text == "club, read only in part: not like this"


def test_what_the_guard_holds_is_told_with_how_to_say_yes():
    (opened,) = news(facts(holds=[HOLD])).opened

    assert opened.key == "hold/gate/losses"
    assert "40 of 100 people would lose access" in opened.text
    assert "doorward apply" in opened.remedy


@pytest.mark.parametrize("trouble", [REFUSED, LOCKED_OUT, FULL])
def test_an_update_that_cannot_go_through_by_itself_is_told_at_once(trouble: Trouble):
    (opened,) = news(facts(failures=failure(trouble))).opened

    assert opened.key == "update/gate/club/1"
    assert opened.text == f"gate: the access of club/1 is not updated, tried once: {trouble.reason}"
    assert opened.remedy == trouble.remedy


@pytest.mark.parametrize(("attempts", "told"), [(1, 0), (2, 0), (3, 1), (9, 1)])
def test_an_update_that_may_still_go_through_is_told_once_it_lasts(attempts: int, told: int):
    assert len(news(facts(failures=failure(AWAY, attempts))).opened) == told


def test_people_are_called_by_name_where_the_run_knows_them():
    one = change(1)
    found = matters(facts(changes=[one], failures=failure(REFUSED, 4, one.person)), 3)

    assert found[0].text.startswith(f"gate: the access of {one.who} is not updated, tried 4 times")


def test_what_was_told_is_not_told_again():
    assert news(facts(UNREACHABLE), incident("system/gate")) == News()


def test_what_nobody_could_be_told_is_told_now():
    assert len(news(facts(UNREACHABLE), incident("system/gate", told=None)).opened) == 1


def test_what_lasts_is_told_again_after_a_day():
    known = incident("system/gate")

    early = news(facts(UNREACHABLE), known, at=NOW + DAY - timedelta(seconds=1))
    late = news(facts(UNREACHABLE), known, at=NOW + DAY)
    never = news(facts(UNREACHABLE), known, at=NOW + 9 * DAY, after=None)

    assert (early.again, never.again) == ((), ())
    (again,) = late.again
    assert (again.matter.text, again.opened_at) == ("gate: no answer", NOW)


def test_what_is_over_is_told_too():
    known = incident("system/gate")

    assert news(facts(), known) == News(recovered=(known,))


def test_what_was_over_before_anybody_was_told_is_forgotten():
    known = incident("system/gate", told=None)

    found = news(facts(), known)

    assert found == News(forgotten=(known,))
    assert not found.worth_telling


def test_what_is_no_longer_configured_is_forgotten():
    known = incident("system/old"), incident("hold/old/losses")

    assert news(facts(), *known) == News(forgotten=known)


def test_a_system_that_a_run_did_not_read_is_not_right_again():
    assert news(facts(systems={"club"}), incident("system/gate")) == News()


def test_a_hold_is_over_once_the_target_is_planned_without_one():
    known = incident("hold/gate/losses")

    assert news(facts(), known).recovered == (known,)
    assert news(facts(holds=[HOLD]), known) == News()


def test_a_hold_is_not_over_because_something_could_not_be_read():
    register = SystemTrouble("club", AWAY)

    assert news(facts(register), incident("hold/gate/losses")).recovered == ()
    assert news(facts(planned=()), incident("hold/gate/losses")) == News()


def test_an_update_is_over_once_it_is_no_longer_open():
    known = incident("update/gate/club/1")

    assert news(facts(failures=failure(REFUSED)), known) == News()
    assert news(facts(), known).recovered == (known,)


def test_all_news_of_a_run_are_one_message():
    opened = Matter("system/club", "club: wrong password", "correct it")
    began = datetime(2026, 6, 15, 6, 30, tzinfo=UTC)
    found = News(
        opened=(opened,),
        again=(incident("system/gate", opened=began),),
        recovered=(incident("hold/gate/losses", opened=began),),
    )

    told = message(found, NOW, STOCKHOLM)

    assert told.title == "Doorward: new trouble: club; still wrong: gate; right again: gate"
    assert told.body == (
        "New:\n\n"
        "* club: wrong password\n  What to do: correct it\n\n"
        "Still wrong:\n\n"
        "* about system/gate\n  What to do: do this\n  Since 2026-06-15 08:30\n\n"
        "Right again:\n\n"
        "* about hold/gate/losses\n  It began 2026-06-15 08:30 and lasted 5 h 30 min.\n"
    )


def test_a_message_names_no_person_in_its_title():
    told = message(news(facts(failures=failure(REFUSED))), NOW, STOCKHOLM)

    assert told.title == "Doorward: new trouble: gate"


def test_a_very_long_message_is_cut_and_says_so():
    many = tuple(Matter(f"update/gate/{one}", f"no. {one}", "x") for one in range(LISTED + 5))

    body = message(News(opened=many), NOW, STOCKHOLM).body

    assert f"no. {LISTED - 1}\n" in body
    assert f"no. {LISTED}\n" not in body
    assert body.endswith("… and 5 more.\n")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=20), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=1), "1 h 0 min"),
        (timedelta(days=2, hours=3, minutes=9), "2 d 3 h"),
    ],
)
def test_how_long_it_lasted_is_said_plainly(length: timedelta, said: str):
    over = News(recovered=(incident("system/gate", opened=NOW - length),))

    assert f"lasted {said}." in message(over, NOW, STOCKHOLM).body


def test_a_car_park_that_is_silent_is_told_until_it_is_heard():
    silent = Silence("gate", NOW - DAY, ever=True)
    [matter] = matters(facts(silences=[silent]), 3)
    assert (matter.key, matter.system) == ("silent/gate", "gate")
    assert matter.text.startswith("gate was last heard at")
    known = [incident(matter.key)]
    assert compare(facts(silences=[silent]), 3, known, NOW, None).recovered == ()
    assert compare(facts(), 3, known, NOW, None).recovered == tuple(known)


def test_what_a_target_asks_for_and_does_not_get_is_told_until_it_does():
    owing = facts()
    owing.report.applied.owed["gate"] = AWAY
    [matter] = matters(owing, 3)
    assert (matter.key, matter.remedy) == ("owed/gate", AWAY.remedy)
    known = [incident(matter.key)]
    assert compare(facts(), 3, known, NOW, None).recovered == tuple(known)
    assert compare(facts(systems={"club"}), 3, known, NOW, None).recovered == ()
