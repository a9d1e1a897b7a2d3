"""Who was in the registers when they were last read: for search, `explain` and the record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from doorward.core.match import folded
from doorward.core.people import Person
from doorward.core.reads import Complete, Failed, Partial, Read
from doorward.core.sync import gather_members
from doorward.storage.encoding import like, person_of, person_text, row_digest
from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import people
from doorward.storage.upsert import upsert

SLICE = 5_000  # rows in one statement

_GONE = update(people).where(people.c.key == bindparam("whose")).values(gone_at=bindparam("at"))


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person, when she was first seen and last changed, and since when she is gone, if she is."""

    person: Person
    seen_at: datetime
    changed_at: datetime
    gone_at: datetime | None


class KnownPeople:
    """The people of all registers, those who are gone too."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def get(self, key: str) -> KnownPerson | None:
        """One of them by key."""
        return self._reads.first(select(people).where(people.c.key == key), _known)

    def search(self, text: str, limit: int = 50, *, gone: bool = True) -> list[KnownPerson]:
        """Those who have this in their key, name, e-mail address, number or phone number.

        Letter case does not count. Whoever is named exactly comes first, who is gone comes last.
        """
        sought = folded(" ".join(text.split()))
        if not sought:
            return []
        exact = or_(people.c.sought.contains(f"\n{sought}\n", autoescape=True))
        query = select(people).where(people.c.sought.like(like(sought), escape="\\"))
        if not gone:
            query = query.where(people.c.gone_at.is_(None))
        order = (case((exact, 0), else_=1), people.c.gone_at.is_not(None), people.c.last_name)
        return self._reads.each(query.order_by(*order, people.c.key).limit(limit), _known)

    def count(self) -> Mapping[str, int]:
        """How many are in each register now."""
        query = select(people.c.source, func.count().label("many")).group_by(people.c.source)
        rows = self._reads.rows(query.where(people.c.gone_at.is_(None)))
        return {row.source: row.many for row in rows}


def remember(connection: Connection, reads: Mapping[str, Read[Person]], at: datetime) -> None:
    """Keep who is in each register that could be read; only changed rows are written.

    Only a complete read says that somebody is gone, and not of whom a record was faulty.
    """
    for source, read in reads.items():
        if not isinstance(read, Failed):
            _remember(connection, source, read, at)


def _remember(
    connection: Connection, source: str, read: Complete[Person] | Partial[Person], at: datetime
) -> None:
    known = _known_digests(connection, source)
    here = gather_members({source: read})
    new = list(_new_rows(source, here.by_key.values(), known, at))
    for start in range(0, len(new), SLICE):
        upsert(connection, people, new[start : start + SLICE], keep=("seen_at",))
    gone = [key for key, (_, already) in known.items() if not already and key not in here.by_key]
    if source in here.complete:
        _mark_gone(connection, [key for key in gone if key not in here.faulty], at)


def _new_rows(
    source: str, persons: Iterable[Person], known: Mapping[str, tuple[str, bool]], at: datetime
) -> Iterator[dict[str, Any]]:
    """The rows of those who are new, changed or back."""
    for person in persons:
        text = person_text(person)
        digest = row_digest(text)
        if known.get(person.key) != (digest, False):
            yield _row(source, person, text.decode(), digest, at)


def _known_digests(connection: Connection, source: str) -> dict[str, tuple[str, bool]]:
    """Of each person her digest, and whether she is gone."""
    query = select(people.c.key, people.c.digest, people.c.gone_at.is_not(None))
    rows = connection.execute(query.where(people.c.source == source))
    return {key: (digest, bool(gone)) for key, digest, gone in rows}


def _mark_gone(connection: Connection, keys: Sequence[str], at: datetime) -> None:
    if keys:
        connection.execute(_GONE, [{"whose": key, "at": at} for key in keys])


def _row(source: str, person: Person, text: str, digest: str, at: datetime) -> dict[str, Any]:
    return {
        "key": person.key,
        "source": source,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.emails[0] if person.emails else "",
        "number": person.number,
        "phone": person.phone,
        "sought": _sought(person),
        "document": text,
        "digest": digest,
        "seen_at": at,
        "changed_at": at,
        "gone_at": None,
    }


def _sought(person: Person) -> str:
    """All that a person is looked for by, folded, each on a line of its own."""
    own_id = person.key.rpartition("/")[2]
    names = (person.key, own_id, person.name, person.number, person.phone, *person.emails)
    lines = [" ".join(name.split()) for name in names]
    return f"\n{folded(chr(10).join(filter(None, lines)))}\n"


def _known(row: AnyRow) -> KnownPerson:
    return KnownPerson(person_of(row.document), row.seen_at, row.changed_at, row.gone_at)
