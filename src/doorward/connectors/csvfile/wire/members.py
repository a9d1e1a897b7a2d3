"""Who is in a file: members with their memberships, and all that could not be understood.

Several lines of one member are several memberships. What is wrong on one line concerns that
member alone; a line whose member is not known makes the whole listing doubtful.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO, NamedTuple

import msgspec

from doorward.connectors.csvfile.wire import contact, dates
from doorward.connectors.csvfile.wire.columns import COLUMNS, Layout, layout, understood
from doorward.connectors.csvfile.wire.dates import Bound, NotADate
from doorward.connectors.csvfile.wire.table import Cut, Record, Table
from doorward.connectors.csvfile.wire.text import Lines, Unusable, encoding_of
from doorward.net.phone import international

_DATES = 'Write 2026-12-31, or say how dates are written: dates = "%d/%m/%Y".'
NOTES = 100  # remarks that are kept; of more, only how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is known of a file beforehand; None and what is not named is found out.

    `dates` is a format in the letters of `strptime`, `region` the country of telephone numbers.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: str | None = None
    dates: str | None = None
    region: str = "SE"
    ends_with_newline: bool = True


class Stay(msgspec.Struct, frozen=True):
    """One membership. An end that is a day lasts through it."""

    role: str
    start: Bound
    end: Bound


@dataclass(slots=True)
class Member:
    """One member, from all of her lines. `line` is the first of them."""

    id: str
    line: int
    first_name: str = ""
    last_name: str = ""
    emails: tuple[str, ...] = ()
    phone: str = ""
    stays: tuple[Stay, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """First and last name as one text."""
        return f"{self.first_name} {self.last_name}".strip()


class Flaw(msgspec.Struct, frozen=True):
    """What could not be understood. `member` None: not even whose it is."""

    member: str | None
    where: str
    reason: str
    remedy: str


@dataclass(slots=True)
class Listing:
    """What a file says. `rows` counts its records; `notes` are harmless, `unnoted` how many more.

    `cut` is set when the file could not be read to its end.
    """

    encoding: str
    delimiter: str
    layout: Layout
    rows: int = 0
    members: dict[str, Member] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unnoted: int = 0
    cut: Cut | None = None

    def note(self, text: str) -> None:
        """Keep a remark."""
        if len(self.notes) < NOTES:
            self.notes.append(text)
        else:
            self.unnoted += 1


Step = Callable[[int], None]
"""Called with how many records are read; may raise to stop."""


def read(stream: BinaryIO, form: Form, step: Step = lambda _rows: None) -> Listing:
    """Everybody in a file. Raises Unusable for a file that says nothing about anybody."""
    encoding = form.encoding or encoding_of(stream)
    lines = Lines(stream, encoding)
    try:
        table = Table(lines, form.delimiter, lambda header: understood(header, form.columns))
        listing = Listing(encoding, table.delimiter, layout(table.header, form.columns))
        _Reader(form, listing).read(table, step)
    finally:
        lines.release()
    if not listing.rows:
        raise _nobody(listing.cut)
    return listing


def _nobody(cut: Cut | None) -> Unusable:
    if cut is not None:
        return Unusable(f"line {cut.line}: {cut.reason}", cut.remedy)
    return Unusable("there is nobody in the file", "Export it again, with its members.")


class _Row(NamedTuple):
    """The cells of one record that mean something, in the order of COLUMNS; "" where none is."""

    line: int
    member: str
    first_name: str
    last_name: str
    whole_name: str
    email: str
    phone: str
    start: str
    end: str
    role: str

    @property
    def names(self) -> tuple[str, str]:
        """First and last name; a name that is not taken apart is a last name."""
        if self.first_name or self.last_name:
            return self.first_name, self.last_name
        return "", self.whole_name


class _Reader:
    """Reads the records of one table."""

    def __init__(self, form: Form, listing: Listing) -> None:
        self._form = form
        self._listing = listing
        self._layout = listing.layout
        self._width = len(listing.layout.header)
        self._places = [listing.layout.places.get(column, -1) for column in COLUMNS]
        self._quarrels: set[str] = set()  # members whose names contradict each other

    def read(self, table: Table, step: Step) -> None:
        for piece in table.records(must_end=self._form.ends_with_newline):
            if isinstance(piece, Cut):
                self._listing.cut = piece
                continue
            if isinstance(piece, Record):
                self._record(piece.line, [*map(str.strip, piece.cells)])
            else:
                self._flaw(None, f"line {piece.line}", piece.reason, piece.remedy)
            self._listing.rows += 1
            step(self._listing.rows)

    def _record(self, line: int, cells: list[str]) -> None:
        fault = self._misshapen(cells)
        if fault:
            # The first cell stands where it should even in a line that is too long or too short.
            sure = self._layout.places["member"] == 0 and "\0" not in cells[0]
            self._flaw(cells[0] if sure and cells[0] else None, f"line {line}", *fault)
            return
        attributes = [(name, cells[place]) for place, name in self._layout.extra if cells[place]]
        cells.append("")  # found at place -1, where there is no such column
        row = _Row(line, *[cells[place] for place in self._places])
        if row.member:
            self._take(row, attributes)
        else:
            where = self._where(line, "member")
            self._flaw(None, where, "it is empty", "Give every line its member.")

    def _misshapen(self, cells: list[str]) -> tuple[str, str] | None:
        """Why a record is not one line of this table, and what to do."""
        if "\0" in "".join(cells):
            return "it has NUL characters in it", "Export the file again: it is damaged."
        if len(cells) < self._width or any(cells[self._width :]):
            return (
                f"it has {len(cells)} columns where there are {self._width}",
                f"Put quotation marks around texts with '{self._listing.delimiter}' in them.",
            )
        return None

    def _take(self, row: _Row, attributes: list[tuple[str, str]]) -> None:
        member = self._listing.members.get(row.member)
        if member is None:
            member = Member(row.member, row.line, *row.names, attributes=tuple(attributes))
            self._listing.members[row.member] = member
        else:
            self._compare_names(member, row)
        self._take_contact(member, row)
        stay = self._stay(row)
        if stay is not None and stay not in member.stays:
            member.stays = (*member.stays, stay)

    def _compare_names(self, member: Member, row: _Row) -> None:
        """One member has one name; with another one on another line nothing of hers is sure."""
        other = " ".join(filter(None, row.names))
        if not member.name:
            member.first_name, member.last_name = row.names
        if not other or _same(other, member.name) or member.id in self._quarrels:
            return
        self._quarrels.add(member.id)
        self._flaw(
            member.id,
            f"lines {member.line} and {row.line}",
            f"member {member.id} is called '{member.name}' and '{other}'",
            "Correct the name, or give each of the two a number of their own.",
        )

    def _take_contact(self, member: Member, row: _Row) -> None:
        if row.email:
            good, bad = contact.emails(row.email)
            member.emails = tuple(dict.fromkeys((*member.emails, *good)))
            for text in bad:
                self._note(row.line, "email", f"'{text}' is not an e-mail address")
        if row.phone and not member.phone:
            member.phone = international(row.phone, self._form.region)
            if not member.phone:
                self._note(row.line, "phone", f"'{row.phone}' is not a telephone number")

    def _stay(self, row: _Row) -> Stay | None:
        try:
            column = "from"
            start = dates.bound(row.start, self._form.dates)
            column = "until"
            end = dates.through(dates.bound(row.end, self._form.dates))
        except NotADate as fault:
            self._flaw(row.member, self._where(row.line, column), str(fault), _DATES)
            return None
        if dates.backwards(start, end):
            reason = f"it ends {end} before it begins {start}"
            where = self._where(row.line, "until")
            self._flaw(row.member, where, reason, "Correct one of the two dates.")
            return None
        return Stay(row.role, start, end)

    def _where(self, line: int, column: str) -> str:
        return f"line {line}, column '{self._layout.shown(column)}'"

    def _note(self, line: int, column: str, text: str) -> None:
        self._listing.note(f"{self._where(line, column)}: {text}")

    def _flaw(self, member: str | None, where: str, reason: str, remedy: str) -> None:
        self._listing.flaws.append(Flaw(member, where, reason, remedy))


@lru_cache(maxsize=4096)
def _same(one: str, other: str) -> bool:
    """Whether two names are one, however they are spaced and capitalised."""
    return one.casefold().split() == other.casefold().split()
