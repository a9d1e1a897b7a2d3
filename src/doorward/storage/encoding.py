"""Core values as the text and times that the tables hold. Each is read back as it was.

Times are kept in UTC. SQLite has no type for them: there they are text that its own date functions
and a person at the shell can read, `2026-11-01 17:04:00`.
"""

import hashlib
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.engine import Dialect
from sqlalchemy.types import DateTime, TypeDecorator

from doorward.core.people import Access, Membership, Options, Person
from doorward.core.windows import Bound, Window

DIGEST = 16  # bytes: enough that two different people never share one


class _Access(msgspec.Struct, frozen=True):
    start: datetime | None
    end: datetime | None
    options: Options = ()


class _Membership(msgspec.Struct, frozen=True):
    role: str
    start: str | None
    end: str | None


class _Person(msgspec.Struct, frozen=True):
    key: str
    first_name: str
    last_name: str
    emails: tuple[str, ...]
    phone: str
    number: str
    memberships: tuple[_Membership, ...]
    attributes: tuple[tuple[str, str], ...]


_encoder = msgspec.json.Encoder(order="deterministic")
_read_access = msgspec.json.Decoder(_Access).decode
_read_person = msgspec.json.Decoder(_Person).decode
_read_counts = msgspec.json.Decoder(dict[str, int]).decode


def access_text(access: Access) -> str:
    """Access as JSON: `start` and `end` in UTC (null: open), `options` as ordered pairs."""
    window = access.window
    return _encoder.encode(_Access(window.start, window.end, access.options)).decode()


@lru_cache(maxsize=65_536)
def access_of(text: str) -> Access:
    """The access that `access_text` wrote."""
    kept = _read_access(text)
    return Access(Window(kept.start, kept.end), kept.options)


def person_text(person: Person) -> bytes:
    """A person as JSON, the same bytes for equal people."""
    return _encoder.encode(
        _Person(
            person.key,
            person.first_name,
            person.last_name,
            person.emails,
            person.phone,
            person.number,
            tuple(_kept(one) for one in person.memberships),
            person.attributes,
        )
    )


def person_of(text: str) -> Person:
    """The person that `person_text` wrote."""
    kept = _read_person(text)
    return Person(
        key=kept.key,
        first_name=kept.first_name,
        last_name=kept.last_name,
        emails=kept.emails,
        phone=kept.phone,
        number=kept.number,
        memberships=tuple(
            Membership(one.role, _bound(one.start), _bound(one.end)) for one in kept.memberships
        ),
        attributes=kept.attributes,
    )


def row_digest(text: bytes) -> str:
    """What tells whether a row is still the same."""
    return hashlib.blake2b(text, digest_size=DIGEST).hexdigest()


def counts_text(counts: dict[str, int]) -> str:
    """Named numbers as JSON."""
    return _encoder.encode(counts).decode()


def counts_of(text: str) -> dict[str, int]:
    """The numbers that `counts_text` wrote."""
    return _read_counts(text)


def end_text(access: Access | None) -> str | None:
    """When access ends, for people to read, in UTC; None where there is no access at all."""
    if access is None:
        return None
    end = access.window.end
    return end.strftime("%Y-%m-%d %H:%M:%S") if end else "no end"


def like(text: str) -> str:
    """A LIKE pattern (escape character backslash) for texts that contain this one."""
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"


def _kept(one: Membership) -> _Membership:
    return _Membership(one.role, _bound_text(one.start), _bound_text(one.end))


def _bound_text(bound: Bound) -> str | None:
    return None if bound is None else bound.isoformat()


@lru_cache(maxsize=16_384)
def _bound(text: str | None) -> Bound:
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


class Words(TypeDecorator[str]):
    """Text of any origin. PostgreSQL keeps no zero characters, so nowhere are they kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.replace("\0", "\ufffd") if value and "\0" in value else value


class Key(Words):
    """Text that is put in order by its code points, as Python does, on every database."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name != "postgresql":
            return super().load_dialect_impl(dialect)
        return TEXT(collation="C")


class Instant(TypeDecorator[datetime]):
    """A moment with its zone. Raises ValueError for one without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class Second(Instant):
    """A moment in whole seconds, without the fraction that a person would have to read past."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name != "sqlite":
            return super().load_dialect_impl(dialect)
        return DATETIME(truncate_microseconds=True)  # type: ignore[no-untyped-call]

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        moment = super().process_bind_param(value, dialect)
        return moment.replace(microsecond=0) if moment else None


class AccessText(TypeDecorator[Access]):
    """Access as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Access | None, dialect: Dialect) -> str | None:
        return None if value is None else access_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Access | None:
        return None if value is None else access_of(value)


class Counts(TypeDecorator[dict[str, int]]):
    """Named numbers as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, int] | None, dialect: Dialect) -> str | None:
        return None if value is None else counts_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, int] | None:
        return None if value is None else counts_of(value)
