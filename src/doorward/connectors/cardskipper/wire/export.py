"""Reading the answer of `Member/Export`: a stream in, members out, one at a time.

No public recording of this answer exists, so nothing is taken for granted but its outline
(Cardskipper facts, "A reader that cannot be fooled"): any letter case, any namespace, values as
attributes, as `value` of child elements or as their text. A record that cannot be understood comes
out as `UnreadableMember`; a document that cannot be believed ends in an error of `problems`.

**Records are good only when the iteration has come to its end**: a document that is cut off shows
it last.
"""

from collections.abc import Generator
from itertools import product
from typing import BinaryIO, cast

from doorward.connectors.cardskipper.wire.members import Member, UnreadableMember
from doorward.connectors.cardskipper.wire.names import Odd, shown
from doorward.connectors.cardskipper.wire.plain import read_plain
from doorward.connectors.cardskipper.wire.problems import (
    CutOff,
    NoMembers,
    NoMemberships,
    NoneReadable,
    OverlongRecord,
    from_refusal,
    from_root,
    is_whole,
)
from doorward.connectors.cardskipper.wire.record import read_id, read_member
from doorward.net.xml import XmlRefused, events, local

RECORD_LIMIT = 4 * 1024 * 1024
"""Bytes that may lie between the ends of two members."""

ROOTS = frozenset({"cardskipper", "members", "cardskippermembers"})

# lxml matches tags with regard to letter case, so it is given every spelling.
_MEMBER_TAGS = tuple(
    "{*}" + "".join(letters) for letters in product(*((c, c.upper()) for c in "member"))
)


def read_export(stream: BinaryIO, organisation: str) -> Generator[Member | UnreadableMember]:
    """The members in a seekable stream, with their roles in the organisation of that id.

    In constant memory. Raises `problems.UnusableAnswer`, some of them only at the end.
    """
    root = _root(stream)
    stream.seek(0)
    metered = _Metered(stream)
    place = unreadable = 0
    dated = False
    try:
        for _, element in events(cast("BinaryIO", metered), _MEMBER_TAGS, ("end",)):
            metered.taken = 0
            place += 1
            try:
                member = read_plain(element, organisation) or read_member(element, organisation)
                dated = dated or _has_dates(member)
                yield member
            except Odd as odd:
                unreadable += 1
                line = cast("int | None", element.sourceline) or 0
                ident = read_id(element)
                yield UnreadableMember(ident, line, place, odd.field, odd.found, odd.remedy)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except XmlRefused as refusal:
        raise from_refusal(refusal, whole=is_whole(stream, root)) from None
    _judge(place, place - unreadable, dated, organisation)


def _root(stream: BinaryIO) -> str:
    try:
        # A document without a first element is refused, so there is one.
        root = local(next(events(stream, ("{*}*",)))[1].tag)
    except XmlRefused as refusal:
        raise from_refusal(refusal, whole=is_whole(stream, None)) from None
    if root not in ROOTS and not is_whole(stream, root):
        raise CutOff("the answer ends too early")
    if root not in ROOTS:
        raise from_root(root, "a member export")
    return root


def _has_dates(member: Member) -> bool:
    return any(stay.start is not None or stay.end is not None for stay in member.stays)


def _judge(members: int, readable: int, dated: bool, organisation: str) -> None:
    if not members:
        raise NoMembers("the export holds no members at all")
    if not readable:
        raise NoneReadable(f"the export holds {members} members, none of whom could be read")
    if not dated:
        raise NoMemberships(
            f"none of the {members} members in the export has a dated membership "
            f"of organisation {shown(organisation)}"
        )


class _Metered:
    """A stream that ends the reading when one record never ends."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.taken = 0

    def seek(self, offset: int) -> int:
        return self._stream.seek(offset)

    def read(self, size: int) -> bytes:
        chunk = self._stream.read(size)
        self.taken += len(chunk)
        if self.taken > RECORD_LIMIT:
            raise OverlongRecord(f"more than {RECORD_LIMIT} bytes without the end of a member")
        return chunk
