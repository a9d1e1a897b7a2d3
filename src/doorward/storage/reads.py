"""Looking things up, over connections that cannot write."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row

from doorward.storage.opening import Place, told

T = TypeVar("T")
AnyRow = Row[*tuple[Any, ...]]
"""A row of any columns."""


class Reads:
    """Answers questions. Safe from any thread; each answer is of one moment."""

    def __init__(self, place: Place, engine: Engine) -> None:
        self.place = place
        self.engine = engine

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Several questions about one and the same moment."""
        with told(self.place), self.engine.connect() as connection:
            yield connection

    def rows(self, query: Executable) -> Sequence[AnyRow]:
        """All rows."""
        with self.snapshot() as connection:
            return connection.execute(query).all()

    def each(self, query: Executable, shape: Callable[[AnyRow], T]) -> list[T]:
        """All rows, each as what `shape` makes of it."""
        return [shape(row) for row in self.rows(query)]

    def first(self, query: Executable, shape: Callable[[AnyRow], T]) -> T | None:
        """The first row, if there is one."""
        with self.snapshot() as connection:
            row = connection.execute(query).first()
        return None if row is None else shape(row)
