"""The plan as a whole: a value that is shown, refused, approved; known by its digest."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from doorward.core.changes import Change
from doorward.core.errors import Trouble
from doorward.core.guard import Hold, held_back
from doorward.core.people import Access, Faulty
from doorward.core.proposal import Proposal


@dataclass(frozen=True, slots=True)
class SystemTrouble:
    """A register or target that could not be read, or not to its end (`partly`)."""

    system: str
    trouble: Trouble
    partly: bool = False


@dataclass(frozen=True)
class Plan:
    """What would be written, what holds it, what is doubtful.

    `version` stands for the configuration that decided. Nothing of a failed system is in it.
    `faulty` are records that could not be understood, by system: nobody's access changes for them.
    `whole` is False for a part (`only`): what is not in it may be wanted all the same.
    """

    proposals: Sequence[Proposal]
    holds: tuple[Hold, ...]
    troubles: tuple[SystemTrouble, ...]
    version: str
    made_at: datetime
    faulty: tuple[tuple[str, Faulty], ...] = ()
    whole: bool = True

    @property
    def changes(self) -> Iterator[Change]:
        """All changes, those that are held too."""
        for proposal in self.proposals:
            yield from proposal.changes

    def writable(self, *, approved: bool = False) -> list[Change]:
        """The changes that may be written: those not held, or all when a person approved them."""
        return [change for change in self.changes if approved or not held_back(change, self.holds)]

    @property
    def holding(self) -> tuple[Hold, ...]:
        """The holds that keep some of its changes from being written: a part may have none."""
        return tuple(
            hold
            for hold in self.holds
            if any(held_back(change, (hold,)) for change in self.changes)
        )

    @cached_property
    def digest(self) -> str:
        """Names exactly these changes under these rules from these old states.

        The order in which a register or a target lists people makes no difference.
        """
        digest = hashlib.sha256(self.version.encode())
        for fingerprint in sorted(map(_fingerprint, self.changes)):
            digest.update(fingerprint)
        return digest.hexdigest()

    def only(self, person: str | None, target: str | None) -> "Plan":
        """The part about one person (her key) or one target; the guard's word stays as it is."""
        kept = [
            _about(proposal, person)
            for proposal in self.proposals
            if target is None or proposal.target == target
        ]
        everything = person is None and target is None
        return replace(self, proposals=kept, whole=self.whole and everything)


def _about(proposal: Proposal, person: str | None) -> Proposal:
    if person is None:
        return proposal
    return replace(
        proposal,
        changes=[entry for entry in proposal.changes if entry.person == person],
        adoptions=[entry for entry in proposal.adoptions if entry.agreed.person == person],
        doubtful=[entry for entry in proposal.doubtful if entry.person == person],
        unmatched=[entry for entry in proposal.unmatched if entry.person == person],
        drifts=[entry for entry in proposal.drifts if entry.person == person],
        orphans=[],
    )


def _fingerprint(change: Change) -> bytes:
    parts = (change.target, change.person, change.holder, change.kind)
    return json.dumps([*parts, _stable(change.before), _stable(change.after)]).encode()


def _stable(access: Access | None) -> list[object] | None:
    if access is None:
        return None
    return [str(access.window.start), str(access.window.end), access.options]
