"""Rows by id, and the indexes that find them.

Ids of one kind sort by age, so what an index holds sorted is in the order of creation, and a page
of it is a slice: the last page of 100,000 users costs what the first one does.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, Generic, Protocol, TypeVar, cast

import msgspec

from doorward.connectors.vizpin.wire import form

T = TypeVar("T", bound=msgspec.Struct)

NONE: Sequence[str] = ()


class Index(Protocol):
    """Something that is told of each row that comes or goes."""

    def add(self, key: str, row: Any) -> None:
        """A row is there now."""
        ...

    def remove(self, key: str, row: Any) -> None:
        """It is there no more."""
        ...


class Table(Generic[T]):
    """The rows of one kind, by key."""

    def __init__(self, kind: str, row: type[T], key: Callable[[T], str], *indexes: Index) -> None:
        self.kind = kind
        self.row = row
        self.key = key
        self.rows: dict[str, T] = {}
        self.indexes = indexes

    def put(self, row: T) -> None:
        """Add a row, or put it in place of the one with its key."""
        key = self.key(row)
        before = self.rows.get(key)
        self.rows[key] = row
        for index in self.indexes:
            if before is not None:
                index.remove(key, before)
            index.add(key, row)

    def drop(self, key: str) -> None:
        """Take a row away, if it is there."""
        row = self.rows.get(key)
        if row is None:
            return
        for index in self.indexes:
            index.remove(key, row)
        del self.rows[key]

    def fill(self, rows: Iterable[T]) -> None:
        """Hold these and nothing else. The indexes are as empty as new ones."""
        self.rows = {self.key(row): row for row in rows}
        for index in self.indexes:
            for key, row in self.rows.items():
                index.add(key, row)

    def some(self, keys: Iterable[str]) -> Iterator[T]:
        """The rows with these keys, all of them there."""
        return (self.rows[key] for key in keys)


def _by_key(key: str, _row: Any) -> str:
    return key


class Groups:
    """Rows of one group, sorted by key or by what `member` makes of a row."""

    def __init__(
        self,
        group: Callable[[Any], str],
        member: Callable[[str, Any], str] = _by_key,
    ) -> None:
        self._group = group
        self._member = member
        self._held: dict[str, list[str]] = {}

    def __call__(self, group: str) -> Sequence[str]:
        """The members of a group; not to be kept over a change."""
        return self._held.get(group, NONE)

    def add(self, key: str, row: Any) -> None:
        """Put a row into its group."""
        insort(self._held.setdefault(self._group(row), []), self._member(key, row))

    def remove(self, key: str, row: Any) -> None:
        """Take it out."""
        _take_out(self._held, self._group(row), self._member(key, row))


class Unique:
    """The one row that has a value in its scope, such as a name within an account."""

    def __init__(self, value: Callable[[Any], tuple[str, str]]) -> None:
        self._value = value
        self._held: dict[tuple[str, str], str] = {}

    def __call__(self, scope: str, value: str) -> str | None:
        """The key of the row that has it."""
        return self._held.get((scope, value))

    def add(self, key: str, row: Any) -> None:
        """A value is taken."""
        self._held[self._value(row)] = key

    def remove(self, key: str, row: Any) -> None:
        """It is free again."""
        if self._held.get(self._value(row)) == key:
            del self._held[self._value(row)]


class Encoded:
    """Rows as they stand in answers: made once, when a row is kept, and handed out many times."""

    def __init__(self, told: Callable[[Any], msgspec.Struct]) -> None:
        self._told = told
        self.held: dict[str, msgspec.Raw] = {}

    def add(self, key: str, row: Any) -> None:
        """Make it."""
        self.held[key] = msgspec.Raw(form.encode(self._told(row)))

    def some(self, keys: Sequence[str]) -> tuple[msgspec.Raw, ...]:
        """Those with these keys, in that order; looked up at once where there are several."""
        if len(keys) > 1:
            return cast("tuple[msgspec.Raw, ...]", itemgetter(*keys)(self.held))
        return tuple(self.held[key] for key in keys)

    def remove(self, key: str, row: Any) -> None:
        """It is told no more."""
        del self.held[key]


class Roll:
    """Who belongs to a group by one row or by several, each once, sorted."""

    def __init__(self, group: Callable[[Any], str], member: Callable[[Any], str]) -> None:
        self._group = group
        self._member = member
        self._counts: Counter[tuple[str, str]] = Counter()
        self._held: dict[str, list[str]] = {}

    def __call__(self, group: str) -> Sequence[str]:
        """The members of a group; not to be kept over a change."""
        return self._held.get(group, NONE)

    def has(self, group: str, member: str) -> bool:
        """Whether it is one of them."""
        return (group, member) in self._counts

    def add(self, _key: str, row: Any) -> None:
        """One more row for a member."""
        group, member = self._group(row), self._member(row)
        self._counts[group, member] += 1
        if self._counts[group, member] == 1:
            insort(self._held.setdefault(group, []), member)

    def remove(self, _key: str, row: Any) -> None:
        """One row less; with the last one the member goes."""
        group, member = self._group(row), self._member(row)
        self._counts[group, member] -= 1
        if not self._counts[group, member]:
            del self._counts[group, member]
            _take_out(self._held, group, member)


def _take_out(held: dict[str, list[str]], group: str, member: str) -> None:
    members = held[group]
    del members[bisect_left(members, member)]
    if not members:
        del held[group]
