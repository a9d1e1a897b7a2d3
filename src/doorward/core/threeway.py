"""What the register wants, what was last agreed, what the target shows: who changed what."""

from dataclasses import dataclass
from typing import Literal

from doorward.core.people import Access
from doorward.core.ports import Agreed

DriftPolicy = Literal["put back", "accept", "report"]


@dataclass(frozen=True, slots=True)
class InStep:
    """Nothing to write. `news`: what is agreed now differs from what is remembered."""

    news: bool


@dataclass(frozen=True, slots=True)
class Due:
    """The target is to be written. `because` ends the sentence that says why."""

    because: str = ""


@dataclass(frozen=True, slots=True)
class Drifted:
    """Only the target changed, and the policy is to leave it so."""

    agreed: Access
    accept: bool


Verdict = InStep | Due | Drifted

_IN_STEP, _NEWS = InStep(news=False), InStep(news=True)


def verdict(
    wanted: Access, shown: Access, last: Agreed | None, holder: str, policy: DriftPolicy
) -> Verdict:
    """Judge one person at one target.

    When both sides changed the register wins, because a membership was changed on purpose and
    most lately; the line says that the target had been changed as well.
    """
    if last is not None and last.holder != holder:
        last = None  # agreed about another holder: this one is met for the first time
    if wanted.satisfied_by(shown):
        known = last is not None and last.wanted == wanted and last.shown == shown
        return _IN_STEP if known else _NEWS
    if last is None:
        return Due()
    if last.wanted != wanted:
        return Due("" if last.shown == shown else " (it had been changed at the target as well)")
    if last.shown == shown:
        return _IN_STEP  # a difference that was accepted before
    if policy == "put back":
        return Due(" (changed at the target itself, put back)")
    return Drifted(last.shown, accept=policy == "accept")
