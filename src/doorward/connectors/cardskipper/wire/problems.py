"""What can be wrong with an answer as a whole. None of it is ever read as "nobody is a member".

doorward.net.errors.Unreadable
└── UnusableAnswer
    ├── WebPage            HTML: a login page, a proxy, another service
    ├── UnsafeDocument     a DOCTYPE: entities could be declared
    ├── Garbled            not in the encoding that it says
    ├── CutOff             ends before its root does
    ├── NotWellFormed      not XML at some place
    ├── WrongRoot          XML, but another document
    ├── OverlongRecord     too many bytes between two members
    ├── NoMembers          an export of nobody
    ├── NoneReadable       members, none of whom could be read
    └── NoMemberships      members, but not one membership of the organisation that was asked
"""

import re
from typing import BinaryIO

from doorward.connectors.cardskipper.wire.names import shown
from doorward.net.errors import Unreadable
from doorward.net.xml import DoctypeFound, HtmlInstead, WrongEncoding, XmlRefused

_TAIL = 512
_LAST_TAG = re.compile(rb"(?:</\s*([^\s<>/]+)\s*|/)>(?:\s|<!--.*?-->)*$", re.DOTALL)


class UnusableAnswer(Unreadable):
    """The answer as a whole cannot be used."""

    advice = "Run 'doorward check': it says which calls work. If it goes on, ask Cardskipper."


class WebPage(UnusableAnswer):
    """A web page came where XML was asked for."""

    advice = (
        "Check the address: it should be https://api.cardskipper.se or "
        "https://api-test.cardskipper.se, and no proxy may put its own page in between."
    )


class UnsafeDocument(UnusableAnswer):
    """The document has a DOCTYPE."""

    advice = "Check that the address leads to Cardskipper: its answers never have a DOCTYPE."


class Garbled(UnusableAnswer):
    """The bytes are not in the encoding of the document."""

    advice = "Cardskipper answers in UTF-8. Check for a proxy that rewrites answers."


class CutOff(UnusableAnswer):
    """The document ends before its root does."""

    advice = "Nothing to do if it happens once. If it goes on, look for a proxy with a size limit."


class NotWellFormed(UnusableAnswer):
    """The document is not XML at some place."""


class WrongRoot(UnusableAnswer):
    """The document is XML, but not the answer to this call."""


class OverlongRecord(UnusableAnswer):
    """More bytes lie between two members than any member has."""


class NoMembers(UnusableAnswer):
    """The export holds nobody."""

    advice = (
        "Check the organisation id, and in Cardskipper that the organisation has active members "
        "and that this login may see them. Nobody loses access because of it."
    )


class NoneReadable(UnusableAnswer):
    """The export holds members, none of whom could be read."""

    advice = (
        "The form of the export seems to have changed: send the first lines of the answer "
        "('doorward calls') to Doorward's maintainers. Nobody loses access because of it."
    )


class NoMemberships(UnusableAnswer):
    """The export holds members, but no membership of the organisation that was asked for."""

    advice = (
        "Check that the organisation id is the one whose members these are "
        "('doorward check' lists those that this login sees)."
    )


def from_refusal(refusal: XmlRefused, *, whole: bool) -> UnusableAnswer:
    """The problem behind refused XML. `whole`: the document goes on to the end of its root."""
    reason = str(refusal)
    match refusal:
        case HtmlInstead():
            return WebPage(reason)
        case DoctypeFound():
            return UnsafeDocument(reason)
        case _ if not whole:  # which may be in the middle of a character
            return CutOff(f"the answer ends too early: {reason}")
        case WrongEncoding():
            return Garbled(reason)
        case _:
            return NotWellFormed(reason)


def from_root(root: str, wanted: str) -> UnusableAnswer:
    """The problem behind a root element of that local name, where `wanted` should have come."""
    if root == "html":
        return WebPage("an HTML page came instead of XML")
    return WrongRoot(f"the answer is not {wanted} but a document {shown(root)}")


def is_whole(stream: BinaryIO, root: str | None) -> bool:
    """Whether a document's last tag closes its root (a local name in lower case, None any)."""
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - _TAIL))
    last = _LAST_TAG.search(stream.read().replace(b"\x00", b""))
    if last is None:
        return False
    name = (last[1] or b"").rpartition(b":")[2].decode("utf-8", "replace").lower()
    return root is None or name == root
