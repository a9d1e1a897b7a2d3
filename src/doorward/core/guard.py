"""The guard: holds a plan in which too many people at one target would lose or gain access.

It trips before the first write, on a share *and* on a number, whichever is reached first, counting
every change by which access gets less, over the last 24 hours. Losses that look wrong at one target
come from a register that looks wrong, so they hold the losses at all the others too.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from doorward.core.changes import Change
from doorward.core.proposal import Proposal

HoldKind = Literal["losses", "gains", "suspicion"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many people may lose access at a target within 24 hours, and gain it in one plan.

    `share` is of the people in the target, from 0 to 1. Up to `few` are never too many by share,
    or no small club could change anything. That everybody loses access is held whatever the
    limits.
    """

    share: float = 0.10
    number: int = 25
    few: int = 3

    def allowed(self, population: int) -> int:
        """The most people that pass."""
        share = int(round(self.share * population, 6))  # 29 % of 100 are 29, also in binary
        return min(self.number, max(self.few, share))


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a target is not written. `allowed` is what would have passed."""

    target: str
    kind: HoldKind
    count: int
    population: int
    allowed: int
    reason: str


def guard(
    proposals: Sequence[Proposal],
    limits: Limits,
    lost_lately: Mapping[str, Collection[str]],
) -> tuple[Hold, ...]:
    """The holds of a plan; none when it may be written. `lost_lately`: persons by target."""
    holds = [
        hold
        for proposal in proposals
        for hold in _judge(proposal, limits, lost_lately.get(proposal.target, ()))
    ]
    return tuple(holds) + _suspicion(proposals, holds)


def _judge(proposal: Proposal, limits: Limits, lately: Collection[str]) -> list[Hold]:
    lost = {change.person for change in proposal.changes if change.loss}
    gained = {change.person for change in proposal.changes if change.gain}
    there, allowed = proposal.population, limits.allowed(proposal.population)
    holds: list[Hold] = []
    within_a_day = lost | set(lately)
    nobody_left = len(lost) >= proposal.living and len(within_a_day) > 1
    if lost and (len(within_a_day) > allowed or nobody_left):
        before = len(within_a_day - lost)
        lately_said = f" ({before} more did in the last 24 hours)" if before else ""
        reason = f"{len(lost)} of {there} people would lose access{lately_said}"
        holds.append(_hold(proposal, "losses", len(lost), allowed, reason))
    if len(gained) > allowed:
        reason = f"{len(gained)} people would gain access at a target of {there}"
        holds.append(_hold(proposal, "gains", len(gained), allowed, reason))
    return holds


def _hold(proposal: Proposal, kind: HoldKind, count: int, allowed: int, reason: str) -> Hold:
    told = f"{reason}; at most {allowed} pass unasked"
    return Hold(proposal.target, kind, count, proposal.population, allowed, told)


def _suspicion(proposals: Sequence[Proposal], holds: Sequence[Hold]) -> tuple[Hold, ...]:
    """Hold the losses everywhere once they look wrong somewhere."""
    origin = next((hold.target for hold in holds if hold.kind == "losses"), None)
    held = {hold.target for hold in holds if hold.kind == "losses"}
    if origin is None:
        return ()
    reason = f"the losses at {origin} look wrong, so those here wait as well"
    return tuple(
        Hold(proposal.target, "suspicion", lost, proposal.population, 0, reason)
        for proposal in proposals
        if proposal.target not in held and (lost := sum(change.loss for change in proposal.changes))
    )


def held_back(change: Change, holds: Collection[Hold]) -> Hold | None:
    """The hold that keeps a change from being written, if any.

    A target with too many gains or losses of its own is not written at all: nothing half done.
    """
    for hold in holds:
        if hold.target == change.target and (hold.kind != "suspicion" or change.loss):
            return hold
    return None
