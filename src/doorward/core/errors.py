"""Trouble as a value: what kind it is, what happened, who can do what about it."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Whether trying again can help."""

    RETRY = "retry"  # by itself, later
    PERMANENT = "permanent"  # not until something is changed
    CREDENTIAL = "credential"  # not until the login is corrected: never repeated by itself
    CAPACITY = "capacity"  # not until somebody is removed


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something did not work, and the remedy."""

    kind: Kind
    reason: str
    remedy: str


class Troubled(Exception):
    """A port could not do what was asked; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.reason)
        self.trouble = trouble


def unforeseen(error: Exception) -> Trouble:
    """The trouble of a port that raised although it promises not to: our own mistake."""
    reason = f"unforeseen {type(error).__name__}: {error}"
    return Trouble(Kind.PERMANENT, reason, "This is a mistake in Doorward itself: report it.")
