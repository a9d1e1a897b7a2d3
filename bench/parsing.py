"""Reading an export of 100,000 members, beside bare `lxml.etree.iterparse` loops.

The bare loops know the one form that the file has, believe every value and build the same records,
of which the roles and tags are those of the organisation that is asked for: one loop as such are
mostly written, with `find`, and one that does as little as can be, the floor.
All run in processes of their own, in turns; every record is looked at
and let go, as a run does. Seconds are those of the processor: nothing is waited for.
`python -m bench.parsing {ours,usual,bare} FILE` is one such process.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import zip_longest
from pathlib import Path
from statistics import median
from typing import BinaryIO

from lxml import etree

from bench.report import Figures, apart, columns, cpu, heading, peak, row, spread
from doorward.connectors.cardskipper.seed import seeded
from doorward.connectors.cardskipper.twin_settings import Settings
from doorward.connectors.cardskipper.wire.export import read_export
from doorward.connectors.cardskipper.wire.members import Member, RoleStay, UnreadableMember
from doorward.connectors.cardskipper.wire.writing import write_export

MEMBERS, ROUNDS, ORGANISATION = 100_000, 7, "123"

Record = Member | UnreadableMember


def write(file: Path) -> None:
    """The members of a club, as the twin of the register tells them."""
    club = seeded(ORGANISATION, MEMBERS, 1, date(2026, 6, 1), Settings())
    with file.open("wb") as stream:
        stream.writelines(write_export((one.told() for one in club.members), ORGANISATION))


def ours(stream: BinaryIO) -> Iterator[Record]:
    """As the hub reads it."""
    return read_export(stream, ORGANISATION)


def bare(stream: BinaryIO) -> Iterator[Record]:
    """As the least code that builds the same records reads it."""
    for _, element in etree.iterparse(stream, events=("end",), tag="Member"):
        get = element.get
        mails: tuple[str, ...] = ()
        phones: tuple[str, ...] = ()
        stays: list[RoleStay] = []
        tags: list[str] = []
        for child in element:
            if child.tag == "ContactInfo":
                mail, phone = child.get("EMail"), child.get("CellPhone1")
                mails, phones = (mail,) if mail else (), (phone,) if phone else ()
            elif child.tag == "Organisations":
                for asked in child:
                    if asked.get("Id") != ORGANISATION:
                        continue
                    for inner in asked.iter("Role", "Tag"):
                        if inner.tag == "Role":
                            start, end = inner.get("StartDate"), inner.get("EndDate")
                            stays.append(RoleStay(inner.get("Id"), _day(start), _day(end)))
                        else:
                            tags.append(inner.get("Label"))
        yield Member(
            get("OrganisationMemberId"),
            get("Firstname"),
            get("Lastname"),
            _day(get("Birthdate")),
            mails,
            phones,
            tuple(stays),
            tuple(tags),
        )
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def usual(stream: BinaryIO) -> Iterator[Record]:
    """As such a loop is mostly written."""
    for _, element in etree.iterparse(stream, events=("end",), tag="Member"):
        contact = element.find("ContactInfo")
        mail = contact.get("EMail") if contact is not None else None
        phone = contact.get("CellPhone1") if contact is not None else None
        asked = element.find(f"Organisations/Organisation[@Id='{ORGANISATION}']")
        yield Member(
            element.get("OrganisationMemberId"),
            element.get("Firstname"),
            element.get("Lastname"),
            _day(element.get("Birthdate")),
            (mail,) if mail else (),
            (phone,) if phone else (),
            tuple(
                RoleStay(role.get("Id"), _day(role.get("StartDate")), _day(role.get("EndDate")))
                for role in asked.iterfind("Roles/Role")
            ),
            tuple(tag.get("Label") for tag in asked.iterfind("Tags/Tag")),
        )
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


READERS: dict[str, Callable[[BinaryIO], Iterator[Record]]] = {
    "usual": usual,
    "bare": bare,
    "ours": ours,
}


def once(which: str, file: Path) -> Figures:
    """One reading: seconds, MB at the most before and after, and how many there were."""
    count = 0
    with file.open("rb") as stream:
        before, begun = peak(), cpu()
        for _ in READERS[which](stream):
            count += 1
        seconds = cpu() - begun
    return {"seconds": seconds, "before": before, "peak": peak(), "count": count}


def same(file: Path) -> bool:
    """Whether all read the same records."""
    with file.open("rb") as one, file.open("rb") as two, file.open("rb") as three:
        rows = zip_longest(ours(one), usual(two), bare(three))
        return all(first == second == third for first, second, third in rows)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export.xml"
        write(file)
        assert same(file)
        size = file.stat().st_size / 2**20
        heading(f"An export of {MEMBERS:,} members, {size:.0f} MB")
        found: dict[str, list[Figures]] = {which: [] for which in READERS}
        for _ in range(ROUNDS):
            for which, rounds in found.items():
                rounds.append(apart("bench.parsing", which, file))
    columns("", "seconds", "members a second", "MB more than before", "Doorward's rate beside it")
    titles = {"usual": "usual loop", "bare": "least loop", "ours": "Doorward"}
    for which, rounds in found.items():
        seconds = [one["seconds"] for one in rounds]
        more = max(one["peak"] - one["before"] for one in rounds)
        rates = [one / ours["seconds"] for one, ours in zip(seconds, found["ours"], strict=True)]
        rate = f"{MEMBERS / median(seconds):,.0f}"
        row(titles[which], spread(seconds), rate, f"{more:.0f}", spread(rates))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(once(sys.argv[1], Path(sys.argv[2]))))
    else:
        main()
