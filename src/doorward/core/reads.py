"""What a read is worth. Only a complete one may take access away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from doorward.core.errors import Kind, Trouble
from doorward.core.people import Faulty

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Complete(Generic[T]):
    """Everything there is: who is not in it is not there."""

    items: Sequence[T]
    faulty: tuple[Faulty, ...] = ()


@dataclass(frozen=True, slots=True)
class Partial(Generic[T]):
    """Some of what there is: who is not in it may well be there."""

    items: Sequence[T]
    trouble: Trouble
    faulty: tuple[Faulty, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing is known."""

    trouble: Trouble


Read = Complete[T] | Partial[T] | Failed


def graded(items: Sequence[T], faulty: Sequence[Faulty]) -> Complete[T] | Partial[T]:
    """A read to its end: partial when a record could not even be told whose it is."""
    for record in faulty:
        if record.key is None:
            reason = f"{record.where}: {record.reason}; it is not known whose record this is"
            trouble = Trouble(Kind.PERMANENT, reason, record.remedy)
            return Partial(items, trouble, tuple(faulty))
    return Complete(items, tuple(faulty))
