"""Faults on order: which call, how often, what goes wrong.

"lost answer" is the one that finds double writes: the work is done, then the line is cut.
"""

import re
from typing import Literal

import msgspec

FaultKind = Literal["slow", "busy", "refuse", "drop", "lost answer", "garbage", "unauthorised"]


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """One entry of `PUT /_twin/faults`.

    `match` is searched in "METHOD /path" (for JSON-RPC, in the method's name); `times` None means
    always; `seconds` is how long "slow" waits.
    """

    match: str
    kind: FaultKind
    times: int | None = None
    seconds: float = 1.0

    def __post_init__(self) -> None:
        try:
            re.compile(self.match)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"'match' is not a regular expression: {error}") from None
        if self.times is not None and self.times < 0:
            raise ValueError("'times' counts from 0, or is null for always")
        if self.seconds < 0:
            raise ValueError("'seconds' counts from 0")


class Faults:
    """The faults in force; each use counts."""

    def __init__(self) -> None:
        self.ordered: list[Fault] = []
        self.injected = 0

    def order(self, faults: list[Fault]) -> None:
        """Put these in place of what was there."""
        self.ordered = faults

    def due(self, label: str) -> list[Fault]:
        """The faults for this call: any waits, then at most one that breaks it."""
        found: list[Fault] = []
        for fault in self.ordered:
            if fault.times != 0 and re.search(fault.match, label):
                found.append(self._use(fault))
                if fault.kind != "slow":
                    break
        return found

    def _use(self, fault: Fault) -> Fault:
        self.injected += 1
        if fault.times is not None:
            fault.times -= 1
        return fault
