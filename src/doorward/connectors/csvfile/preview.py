"""What `doorward check` shows of a file: how it was understood, the first people, and the flaws."""

from collections.abc import Iterator
from pathlib import Path

from doorward.connectors.csvfile.wire.columns import COLUMNS
from doorward.connectors.csvfile.wire.members import Flaw, Listing, Member, Stay
from doorward.core.ports import Finding

FIRST = 3  # people shown
MOST = 10  # flaws and notes shown, each

_SIGNS = {"\t": "tab", " ": "blank"}


def preview(name: str, path: Path, listing: Listing) -> list[Finding]:
    """The findings about one file that could be read."""
    return [
        Finding(name, "file", True, f"{path}: {_form(listing)}"),
        Finding(name, "columns", True, _columns(listing)),
        Finding(name, "people", True, f"{len(listing.members)} on {listing.rows} lines"),
        *(Finding(name, f"line {one.line}", True, _shown(one)) for one in _first(listing)),
        *_cut(name, listing),
        *_flaws(name, listing),
        *_notes(name, listing),
    ]


def _form(listing: Listing) -> str:
    sign = _SIGNS.get(listing.delimiter, f"'{listing.delimiter}'")
    return f"{listing.encoding}, columns apart by {sign}"


def _columns(listing: Listing) -> str:
    layout = listing.layout
    taken = [f"'{layout.shown(one)}' as {one}" for one in COLUMNS if one in layout.places]
    kept = [f"'{name}'" for _, name in layout.extra]
    return ", ".join(taken) + (f"; kept besides: {', '.join(kept)}" if kept else "")


def _first(listing: Listing) -> list[Member]:
    return [member for member, _ in zip(listing.members.values(), range(FIRST), strict=False)]


def _shown(member: Member) -> str:
    mail = "".join(f" <{one}>" for one in member.emails[:1])
    stays = "; ".join(map(_stay, member.stays)) or "no membership"
    return f"{member.id} {member.name}{mail}: {stays}"


def _stay(stay: Stay) -> str:
    role = f"'{stay.role}' " if stay.role else ""
    return f"{role}{stay.start or 'any time'} to {stay.end or 'no end'}"


def _cut(name: str, listing: Listing) -> Iterator[Finding]:
    cut = listing.cut
    if cut is not None:
        yield Finding(name, f"line {cut.line}", False, cut.reason, cut.remedy)


def _flaws(name: str, listing: Listing) -> Iterator[Finding]:
    for flaw in listing.flaws[:MOST]:
        yield Finding(name, flaw.where, False, f"{flaw.reason}; {_effect(flaw)}", flaw.remedy)
    more = len(listing.flaws) - MOST
    if more > 0:
        yield Finding(name, "lines", False, f"{more} more could not be understood", "As above.")


def _effect(flaw: Flaw) -> str:
    if flaw.member is None:
        return "it is not known whose it is, so nobody loses access by this file"
    return f"member {flaw.member} keeps the access that is there"


def _notes(name: str, listing: Listing) -> Iterator[Finding]:
    remedy = "Correct it; everything else on the line is taken."
    for note in listing.notes[:MOST]:
        yield Finding(name, "contact", False, note, remedy)
    more = len(listing.notes) + listing.unnoted - MOST
    if more > 0:
        yield Finding(name, "contact", False, f"{more} more of these", remedy)
