"""XML from strangers: no entities, no DTD, no network, bounded; by local name, in any letter case.

lxml with entity resolution off drops an entity in silence and leaves a cut value, which would be a
wrong e-mail instead of an error. So any DOCTYPE is refused as a whole.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from lxml import etree

MAX_BYTES = 200 * 1024 * 1024
_DOCTYPE = b"<!doctype"
_WEB_PAGE = re.compile(rb"<html[\s>]|<!doctype\s+html")
_ENCODING_CODES = frozenset(
    {
        etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
        etree.ErrorTypes.ERR_INVALID_ENCODING,
    }
)


class XmlRefused(ValueError):
    """The bytes are not XML that we are willing to read; the text says why and where."""


class HtmlInstead(XmlRefused):
    """A web page, such as a login form or a proxy's error, came where XML should have come."""


class DoctypeFound(XmlRefused):
    """The document declares entities, or could: a billion laughs look like this."""


class WrongEncoding(XmlRefused):
    """The bytes are not in the encoding that the document says or that XML takes for granted."""


@lru_cache(maxsize=512)
def local(tag: object) -> str:
    """The element's name without its namespace, in lower case; "" for comments and the like."""
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def refuse_doctype(start: bytes) -> None:
    """Raise XmlRefused where the first bytes of a document hold a DOCTYPE, or are a web page."""
    head = start[:4096].lower().replace(b"\x00", b"")  # a NUL: UTF-16 spelled markup
    if _WEB_PAGE.search(head):
        raise HtmlInstead("an HTML page came instead of XML")
    if _DOCTYPE in head:
        raise DoctypeFound("the document has a DOCTYPE, which is never needed and not safe")


_PARSER = etree.XMLParser(  # one for all: making one costs as much as a small document
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


def parse(body: bytes, *, max_bytes: int = 1024 * 1024) -> etree._Element:
    """A small document as a tree. Raises XmlRefused."""
    if len(body) > max_bytes:
        raise XmlRefused(f"the document has {len(body)} bytes, more than the {max_bytes} allowed")
    refuse_doctype(body)
    try:
        root = etree.fromstring(body, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(error) from None
    _refuse_dtd(root)
    return root


def events(
    stream: BinaryIO, tags: tuple[str, ...], kinds: tuple[str, ...] = ("start", "end")
) -> Iterator[tuple[str, etree._Element]]:
    """Start and end events of a large document, in constant memory when the caller clears.

    `tags` are lxml tag patterns such as "{*}Member". Raises XmlRefused, also at the cut of a
    document that ends early.
    """
    refuse_doctype(stream.read(4096))
    stream.seek(0)
    walk = etree.iterparse(
        stream,
        events=kinds,
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, element in walk:
            _refuse_dtd(element)
            yield event, element
            break
        yield from walk  # a Python loop here would cost a large export a few percent
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(error) from None


def _refuse_dtd(element: etree._Element) -> None:
    # A DOCTYPE may stand behind any amount of blanks and comments, so the parser is asked as well.
    if element.getroottree().docinfo.internalDTD is not None:
        raise DoctypeFound("the document has a DOCTYPE, which is never needed and not safe")


def _refusal(error: ValueError | etree.XMLSyntaxError) -> XmlRefused:
    if isinstance(error, XmlRefused):
        return error
    wrong = getattr(error, "code", None) in _ENCODING_CODES
    kind = WrongEncoding if wrong else XmlRefused
    return kind(f"not readable as XML: {error}")
