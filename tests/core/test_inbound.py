"""Happenings, and filling the gap of what nobody heard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.factories import AWAY, NOW
from doorward.core.inbound import FIRST_LOOK, CaughtUp, Happening, Mark, Witness, catch_up
from doorward.core.reads import Complete, Failed, Partial, Read


def happening(number: int = 1, **told: Any) -> Happening:
    known: dict[str, Any] = {
        "system": "gate",
        "serial": str(number),
        "at": NOW + timedelta(minutes=number),
        "kind": "granted",
    }
    return Happening(**(known | told))


@dataclass
class Log:
    """Notes in memory."""

    noted: dict[tuple[str, str, datetime], Happening] = field(default_factory=dict)
    mark: Mark | None = None

    async def note(
        self, batch: Sequence[Happening], received_at: datetime, mark: Mark | None = None
    ) -> int:
        before = len(self.noted)
        for one in batch:
            self.noted.setdefault((one.system, one.serial, one.at), one)
        self.mark = mark or self.mark
        return len(self.noted) - before

    def read_up_to(self, system: str) -> Mark | None:
        return self.mark


@dataclass
class Told:
    """A witness that says this, or raises it."""

    read: Read[Happening] | Exception
    asked: list[Mark] = field(default_factory=list)

    async def happenings(self, after: Mark) -> Read[Happening]:
        self.asked.append(after)
        if isinstance(self.read, Exception):
            raise self.read
        return self.read


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        happening(at=datetime(2026, 1, 1))


@pytest.mark.parametrize("missing", ["system", "serial"])
def test_a_happening_says_of_which_system_it_is_and_which_one(missing: str):
    with pytest.raises(ValueError, match="names its system"):
        happening(**{missing: ""})


def test_who_can_be_asked_is_a_witness_and_nobody_else():
    assert isinstance(Told(Complete(())), Witness)
    assert not isinstance(Log(), Witness)


async def test_what_was_missed_is_noted_late_and_what_was_heard_stays_as_it_was():
    log = Log()
    await log.note([happening(1)], NOW)
    caught = await catch_up("gate", Told(Complete([happening(1), happening(2)])), log, NOW)
    assert caught == CaughtUp(missed=1)
    assert [(one.serial, one.late) for one in log.noted.values()] == [("1", False), ("2", True)]


async def test_a_system_that_was_never_asked_is_asked_for_the_last_day():
    witness = Told(Complete(()))
    assert await catch_up("gate", witness, Log(), NOW) == CaughtUp()
    assert witness.asked == [Mark("", NOW - FIRST_LOOK)]


async def test_the_next_reading_begins_where_the_last_one_ended():
    log = Log()
    await catch_up("gate", Told(Complete([happening(1), happening(2)])), log, NOW)
    witness = Told(Complete(()))
    await catch_up("gate", witness, log, NOW)
    assert witness.asked == [happening(2).mark] == [log.mark]


async def test_what_was_pushed_since_does_not_hide_what_was_missed_before_it():
    log = Log()
    await catch_up("gate", Told(Complete([happening(1)])), log, NOW)
    await log.note([happening(5)], NOW)
    witness = Told(Complete([happening(number) for number in range(2, 6)]))
    caught = await catch_up("gate", witness, log, NOW)
    assert witness.asked == [happening(1).mark]
    assert caught.missed == 3


async def test_part_of_what_was_missed_is_noted_and_the_rest_is_named():
    log = Log()
    caught = await catch_up("gate", Told(Partial([happening(1)], AWAY)), log, NOW)
    assert caught == CaughtUp(1, AWAY)
    assert log.mark == happening(1).mark


async def test_a_system_that_does_not_answer_leaves_the_mark_where_it_was():
    log = Log(mark=Mark("7", NOW))
    assert await catch_up("gate", Told(Failed(AWAY)), log, NOW) == CaughtUp(trouble=AWAY)
    assert log.mark == Mark("7", NOW)


async def test_a_witness_that_breaks_its_promise_is_trouble_and_no_crash():
    caught = await catch_up("gate", Told(ZeroDivisionError("oh")), Log(), NOW)
    assert caught.trouble is not None
    assert "ZeroDivisionError" in caught.trouble.reason
