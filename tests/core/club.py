"""A hub in memory: registers, doors and a notebook, run as often as a test likes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.doubles import FakeDoor, FakeRegister, Notebook
from core.factories import NOW, holder, rule
from doorward.core.apply import Approval, Work
from doorward.core.entitlements import Rule
from doorward.core.errors import Trouble
from doorward.core.guard import Limits
from doorward.core.people import Person
from doorward.core.proposal import Policy
from doorward.core.sync import Hub, Prepared, Report, carry_out, prepare

LIMITS = Limits()
WIDE = Limits(share=1, number=1000, few=1000)


class Club:
    """A hub with its registers, doors and notebook."""

    def __init__(
        self,
        people: Sequence[Person] | FakeRegister | Iterable[FakeRegister] = (),
        *doors: FakeDoor,
        notebook: Notebook | None = None,
        limits: Limits = LIMITS,
        rules: Sequence[Rule] = (),
        blocked: Mapping[str, Trouble] | None = None,
        **policy: Any,
    ) -> None:
        given_people = [people] if isinstance(people, FakeRegister) else list(people)
        registers = [one for one in given_people if isinstance(one, FakeRegister)]
        persons = [one for one in given_people if isinstance(one, Person)]
        self.doors = {one.name: one for one in doors}
        self.notebook = notebook or Notebook()
        self.hub = Hub(
            registers=registers or [FakeRegister(persons=persons)],
            doors=self.doors,
            rules=rules or [rule(target=name, name=name) for name in self.doors],
            policies=dict.fromkeys(self.doors, Policy(**policy)),
            limits=limits,
            version="1",
            blocked=blocked or {},
        )

    async def prepare(self) -> Prepared:
        return await prepare(self.hub, self.notebook, NOW)

    async def carry_out(
        self, prepared: Prepared, approval: Approval | None = None, **told: Any
    ) -> Report:
        work = Work(run=1, doors=self.doors, journal=self.notebook, clock=lambda: NOW, **told)
        return await carry_out(prepared, approval, self.notebook, self.notebook, work)

    async def run(self) -> Report:
        return await self.carry_out(await self.prepare())


def gate(*numbers: int, **told: Any) -> FakeDoor:
    return FakeDoor("gate", [holder(number) for number in numbers], **told)


def pool(*numbers: int, **told: Any) -> FakeDoor:
    return FakeDoor("pool", [holder(number) for number in numbers], **told)
