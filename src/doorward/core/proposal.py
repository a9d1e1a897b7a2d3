"""What is proposed for one target, and what is to be told of it; and what it was made from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from doorward.core.changes import Adoption, Change, Doubt, Drift, Missing, Orphan
from doorward.core.entitlements import Rule
from doorward.core.lapse import LapsedPolicy
from doorward.core.match import MatchRule
from doorward.core.people import Holder, Person
from doorward.core.ports import Door, TargetMemory
from doorward.core.reads import Complete, Partial
from doorward.core.threeway import DriftPolicy

MissingPolicy = Literal["report", "create"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How one target is kept."""

    match: tuple[MatchRule, ...] = ("link", "email", "employee_no")
    lapsed: LapsedPolicy = "keep"
    missing: MissingPolicy = "report"
    drift: DriftPolicy = "put back"


@dataclass(frozen=True, slots=True)
class Members:
    """Everybody in the registers, by key; and of which registers everybody is really here.

    `faulty` are keys of people whose records could not be read: nothing of theirs changes.
    """

    by_key: Mapping[str, Person]
    complete: Collection[str] = ()
    faulty: Collection[str] = ()

    def trusted(self, key: str) -> bool:
        """Whether a loss may be believed: the register was read to its end, the record too."""
        return key.partition("/")[0] in self.complete and key not in self.faulty


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a plan for one target is made from. `locked`: targets by person, where she is."""

    door: Door
    read: Complete[Holder] | Partial[Holder]
    members: Members
    memory: TargetMemory
    rules: Sequence[Rule]
    policy: Policy
    now: datetime
    locked: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Proposal:
    """The plan for one target.

    `population` is how many holders it has, `living` how many of them have access, now or later.
    """

    target: str
    population: int = 0
    living: int = 0
    changes: list[Change] = field(default_factory=list)
    adoptions: list[Adoption] = field(default_factory=list)
    doubtful: list[Doubt] = field(default_factory=list)
    unmatched: list[Missing] = field(default_factory=list)
    drifts: list[Drift] = field(default_factory=list)
    orphans: list[Orphan] = field(default_factory=list)
