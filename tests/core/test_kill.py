"""Killed at any step, with targets that fail in every way: all comes right all the same."""

import asyncio
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.club import WIDE, Club
from core.doubles import FakeDoor, FakeRegister, Killed, Life, Mode, Notebook
from core.factories import (
    AWAY,
    LAST_YEAR,
    NEXT_YEAR,
    NOW,
    STOCKHOLM,
    THIS_YEAR,
    access,
    holder,
    person,
    role,
)
from core.factories import rule as opens
from doorward.core.apply import Approval
from doorward.core.entitlements import Entitlement, entitle
from doorward.core.people import Person
from doorward.core.reads import Failed

NUMBERS = range(3)
TARGETS = ("gate", "pool")
RULES = (
    opens(name="gym at the gate", doors=("1",)),
    opens("Gym*", "Pool", name="pool", target="pool"),
)
numbers, places = st.sampled_from(NUMBERS), st.sampled_from(TARGETS)
spans = st.sampled_from([LAST_YEAR, THIS_YEAR, NEXT_YEAR])
modes = st.sampled_from(
    ["declines", "differs", "unknown but done", "unknown and not done", "away", "login", "raises"]
)


class Lives(RuleBasedStateMachine):
    """A club whose members come and go while the hub is killed again and again."""

    @initialize(lapsed=st.sampled_from(["expire", "delete"]), there=st.sets(numbers))
    def open_the_club(self, lapsed: str, there: set[int]) -> None:
        self.life = Life()
        self.register = FakeRegister()
        self.doors = {
            name: FakeDoor(name, [holder(number) for number in there], life=self.life)
            for name in TARGETS
        }
        self.club = Club(
            self.register,
            *self.doors.values(),
            notebook=Notebook(life=self.life),
            limits=WIDE,
            rules=RULES,
            lapsed=lapsed,
            missing="create",
        )
        self.members: dict[int, Person] = {number: person(number) for number in NUMBERS}

    @rule(number=numbers, name=st.sampled_from(["Gym", "Pool"]), span=spans)
    def change_the_membership(self, number: int, name: str, span: tuple[object, object]) -> None:
        self.members[number] = person(number, role(name, *span))  # type: ignore[arg-type]

    @rule(number=numbers)
    def leave(self, number: int) -> None:
        self.members.pop(number, None)

    @rule(number=numbers, where=places, span=spans)
    def touch_the_target(self, number: int, where: str, span: tuple[object, object]) -> None:
        door = self.doors[where]
        for there, one in door.by_id.items():
            if one.number == str(number):
                door.by_id[there] = replace(one, access=access(*span))  # type: ignore[arg-type]

    @rule(number=numbers, where=places, mode=modes)
    def arm(self, number: int, where: str, mode: Mode) -> None:
        for there in (f"h{number}", f"n{number}"):
            self.doors[where].faults.setdefault(there, []).append(mode)

    @rule(where=places)
    def cut_off(self, where: str) -> None:
        self.doors[where].reading = Failed(AWAY)

    @rule(steps=st.integers(0, 25), approved=st.booleans())
    def run_and_be_killed(self, steps: int, approved: bool) -> None:
        self.life.left = steps
        self._run(approved=approved)
        self.life.left, self.life.dead = None, False
        self._mend_the_lines()

    @rule(approved=st.booleans())
    def run(self, approved: bool) -> None:
        self._run(approved=approved)
        self._mend_the_lines()

    @rule()
    def come_to_rest(self) -> None:
        """Every fault is gone: one run more, and everything is as it should be."""
        self._mend_the_lines()
        for door in self.doors.values():
            door.faults.clear()
        self._run(approved=True)
        self._check_the_doors()
        for door in self.doors.values():
            written = len(door.writes)
            self._run(approved=True)
            assert len(door.writes) == written, "there was nothing left to do"
        assert self.club.notebook.pending() == []

    @precondition(lambda self: hasattr(self, "doors"))
    @invariant()
    def nothing_was_written_that_was_so_already(self) -> None:
        for door in self.doors.values():
            assert door.repeats == []

    @precondition(lambda self: hasattr(self, "doors"))
    @invariant()
    def nobody_is_there_twice(self) -> None:
        for door in self.doors.values():
            known = [one.number for one in door.by_id.values()]
            assert len(known) == len(set(known))

    def _run(self, *, approved: bool) -> None:
        self.register.persons = list(self.members.values())
        inside = {place for place in self._entitled_now() if self._is_open(*place)}
        try:
            asyncio.run(self._prepare_and_carry_out(approved=approved))
        except (Killed, BaseExceptionGroup):
            assert self.life.dead
        for place in inside:
            assert self._is_open(*place), f"{place} lost access that she should have"

    async def _prepare_and_carry_out(self, *, approved: bool) -> None:
        prepared = await self.club.prepare()
        approval = Approval(prepared.plan.digest, "Karin", held=True) if approved else None
        await self.club.carry_out(prepared, approval)

    def _mend_the_lines(self) -> None:
        for door in self.doors.values():
            door.reading = None

    def _wants(self, number: int, target: str) -> Entitlement | None:
        member = self.members.get(number)
        return entitle(member, RULES, target, STOCKHOLM, NOW) if member else None

    def _entitled_now(self) -> list[tuple[int, str]]:
        return [
            (number, target)
            for number in NUMBERS
            for target in TARGETS
            if (wanted := self._wants(number, target)) and wanted.access.window.open_at(NOW)
        ]

    def _is_open(self, number: int, target: str) -> bool:
        return any(
            one.access.window.open_at(NOW)
            for one in self.doors[target].by_id.values()
            if one.number == str(number)
        )

    def _check_the_doors(self) -> None:
        for target, door in self.doors.items():
            kept = self.club.notebook.of(target).agreed
            for number in NUMBERS:
                wanted = self._wants(number, target)
                shown = [one.access for one in door.by_id.values() if one.number == str(number)]
                if wanted and not wanted.access.window.over_at(NOW):
                    assert [wanted.access.satisfied_by(one) for one in shown] == [True]
                elif wanted is None and f"club/{number}" in kept:
                    assert all(one.window.over_at(NOW) for one in shown)


Lives.TestCase.settings = settings(stateful_step_count=20)
TestLives = Lives.TestCase
