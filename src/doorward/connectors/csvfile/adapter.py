"""A file of members as a register."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from doorward.connectors.csvfile.file import Unreadable, read_file
from doorward.connectors.csvfile.preview import preview
from doorward.connectors.csvfile.settings import CsvSettings
from doorward.connectors.csvfile.wire.members import Listing, Member
from doorward.connectors.kinds import SourceKind, Surroundings
from doorward.core.errors import Kind, Trouble
from doorward.core.people import Faulty, Membership, Person
from doorward.core.ports import Finding, Progress, silent
from doorward.core.reads import Failed, Partial, Read, graded

_STEP = 1000  # records between two signs of progress


class Stopped(Exception):
    """The reading was given up from outside."""


@dataclass(frozen=True, slots=True)
class CsvRegister:
    """A register that is a file, read anew at each call."""

    name: str
    settings: CsvSettings
    path: Path

    async def people(self, progress: Progress) -> Read[Person]:
        """Everybody in the file."""
        try:
            listing = await self._listing(progress)
        except Unreadable as fault:
            kind = Kind.RETRY if fault.passing else Kind.PERMANENT
            return Failed(Trouble(kind, fault.reason, fault.remedy))
        people = [_person(self.name, member) for member in listing.members.values()]
        faulty = _faulty(self.name, self.path.name, listing)
        if listing.cut is None:
            return graded(people, faulty)
        where = f"{self.path.name} line {listing.cut.line}"
        trouble = Trouble(Kind.RETRY, f"{where}: {listing.cut.reason}", listing.cut.remedy)
        return Partial(people, trouble, tuple(faulty))

    async def check(self) -> list[Finding]:
        """What was understood of the file, as a preview, and what was not."""
        try:
            listing = await self._listing(silent)
        except Unreadable as fault:
            return [Finding(self.name, "file", False, fault.reason, fault.remedy)]
        return preview(self.name, self.path, listing)

    async def _listing(self, progress: Progress) -> Listing:
        """The file, read in a thread so that nothing else waits for it."""
        loop, given_up = asyncio.get_running_loop(), threading.Event()

        def step(rows: int) -> None:
            if given_up.is_set():
                raise Stopped
            if rows % _STEP == 0:
                loop.call_soon_threadsafe(progress, rows, None)

        try:
            listing = await asyncio.to_thread(read_file, self.path, self.settings.form, step)
        except asyncio.CancelledError:
            given_up.set()
            raise
        progress(listing.rows, listing.rows)
        return listing


def _person(source: str, member: Member) -> Person:
    return Person(
        key=f"{source}/{member.id}",
        first_name=member.first_name,
        last_name=member.last_name,
        emails=member.emails,
        phone=member.phone,
        number=member.id,
        memberships=tuple(Membership(stay.role, stay.start, stay.end) for stay in member.stays),
        attributes=member.attributes,
    )


def _faulty(source: str, file: str, listing: Listing) -> Sequence[Faulty]:
    return [
        Faulty(
            None if flaw.member is None else f"{source}/{flaw.member}",
            f"{file} {flaw.where}",
            flaw.reason,
            flaw.remedy,
        )
        for flaw in listing.flaws
    ]


@asynccontextmanager
async def _open(
    name: str, settings: CsvSettings, around: Surroundings
) -> AsyncIterator[CsvRegister]:
    yield CsvRegister(name, settings, _beside(around.folder, settings.path))


def _beside(folder: Path, path: str) -> Path:
    return folder / Path(path).expanduser()


SOURCE = SourceKind(CsvSettings, _open)
"""`type = "csvfile"`."""
