"""XML from strangers: by local name, bounded, and without any DOCTYPE however it is hidden."""

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.net.xml import (
    DoctypeFound,
    HtmlInstead,
    WrongEncoding,
    XmlRefused,
    events,
    local,
    parse,
)

LAUGHS = (
    '<!DOCTYPE a [<!ENTITY b "ha">'
    + "".join(f'<!ENTITY b{place} "{"&b;" * 10}">' for place in range(9))
    + "]>"
)
STEAL = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
FAR = "<!-- " + "x" * 10_000 + " -->"


def read(body: bytes) -> list[str]:
    """The texts of a large document's members."""
    walk = events(io.BytesIO(body), ("{*}Member",))
    return [element.text or "" for event, element in walk if event == "end"]


def both(body: bytes) -> None:
    """Read as a small document and as a large one."""
    with pytest.raises(XmlRefused) as small:
        parse(body)
    with pytest.raises(XmlRefused) as large:
        read(body)
    assert type(small.value) is type(large.value)
    raise small.value


# --- what is read


def test_a_document_is_read_by_local_name():
    root = parse(b'<?xml version="1.0"?><a:B xmlns:a="urn:x"><C/><!-- c --><?d e?></a:B>')
    assert local(root.tag) == "b"
    assert [local(child.tag) for child in root] == ["c"]
    assert local(None) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_document_is_read_in_the_encoding_that_it_names(encoding: str):
    body = f'<?xml version="1.0" encoding="{encoding}"?><a>Åsa</a>'.encode(encoding)
    assert parse(body).text == "Åsa"


def test_a_large_document_is_read_member_by_member():
    assert read(b"<x><Member>1</Member><y:Member xmlns:y='urn:y'>2</y:Member></x>") == ["1", "2"]


def test_a_caller_may_ask_for_ends_alone():
    walk = events(io.BytesIO(b"<x><Member>1</Member></x>"), ("{*}Member",), ("end",))
    assert [event for event, _ in walk] == ["end"]


def test_a_document_without_members_has_none():
    assert read(b"<x/>") == []


@pytest.mark.parametrize("name", ["HtmlText", "html5", "htmls"])
def test_an_element_that_begins_like_a_web_page_is_none(name: str):
    assert parse(f"<{name}>a</{name}>".encode()).text == "a"


# --- DOCTYPE


@pytest.mark.parametrize("doctype", [LAUGHS, STEAL, "<!DOCTYPE a>", "<!doctype a>"])
@pytest.mark.parametrize("before", ["", "\n \n", "<!-- b -->", "<?b c?>"])
def test_a_doctype_is_refused(doctype: str, before: str):
    body = f"{before}{doctype}<a><Member>&b8;</Member></a>".encode()
    with pytest.raises(XmlRefused, match=r"DOCTYPE|not readable"):
        both(body)


@pytest.mark.parametrize("doctype", [LAUGHS, STEAL, "<!DOCTYPE a>"])
@pytest.mark.parametrize("before", [FAR, " " * 10_000, "<?b " + "c" * 10_000 + "?>"])
def test_a_doctype_behind_much_else_is_refused(doctype: str, before: str):
    with pytest.raises(DoctypeFound):
        both(f"{before}{doctype}<a><Member>1</Member></a>".encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7"])
@pytest.mark.parametrize("before", ["", FAR])
def test_a_doctype_in_another_encoding_is_refused(encoding: str, before: str):
    declared = "utf-16" if encoding.startswith("utf-16") else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?>{before}{STEAL}<a><Member>&b;</Member></a>'
    for take in (parse, read):
        with pytest.raises(XmlRefused):
            take(text.encode(encoding))


def test_laughs_in_an_attribute_are_refused():
    with pytest.raises(XmlRefused):
        both(f'{FAR}{LAUGHS}<a><Member name="&b8;"/></a>'.encode())


@pytest.mark.parametrize("text", ["&b;", "&nbsp;", "&aring;"])
def test_an_entity_that_nobody_declared_is_refused_and_never_dropped(text: str):
    with pytest.raises(XmlRefused):
        both(f"<a><Member>a{text}b</Member></a>".encode())


def test_the_five_entities_of_xml_itself_are_read():
    assert parse(b"<a>&lt;&gt;&amp;&apos;&quot;&#229;</a>").text == "<>&'\"å"


# --- what is no XML


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>Log in</body></html>",
        b"<!DOCTYPE html><html></html>",
        b"\n<!doctype  HTML PUBLIC>",
        b"<!-- proxy --><HTML lang='en'>",
        "<html><body>Log in</body></html>".encode("utf-16"),
    ],
)
def test_a_web_page_is_told_as_one(page: bytes):
    with pytest.raises(HtmlInstead, match="HTML page"):
        both(page)


@pytest.mark.parametrize(
    "body", [b"", b" ", b"{}", b"\x00\xff<<{{", b"<a>", b"<a></b>", b"<a/><b/>", b"<a b=1/>"]
)
def test_what_is_broken_is_refused(body: bytes):
    with pytest.raises(XmlRefused, match="not readable as XML"):
        both(body)


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0" encoding="utf-8"?><a>Åsa</a>'.encode("latin-1"),
        "<a>Åsa</a>".encode("latin-1"),
        b'<?xml version="1.0" encoding="made-up"?><a/>',
    ],
)
def test_bytes_in_another_encoding_than_said_are_told_as_such(body: bytes):
    with pytest.raises(WrongEncoding):
        both(body)


def test_a_document_that_is_too_large_is_refused_unread():
    assert parse(b"<a/>", max_bytes=4).tag == "a"
    with pytest.raises(XmlRefused, match="5 bytes, more than the 4 allowed"):
        parse(b"<ab/>", max_bytes=4)


def test_elements_within_elements_without_end_are_refused():
    with pytest.raises(XmlRefused):
        both(b"<a>" * 100_000 + b"</a>" * 100_000)


DOCUMENT = b'<?xml version="1.0"?><x><Member a="1">one</Member><Member>two</Member></x>'


@pytest.mark.parametrize("end", range(len(DOCUMENT)))
def test_a_document_that_is_cut_is_refused_wherever_it_is_cut(end: int):
    with pytest.raises(XmlRefused):
        both(DOCUMENT[:end])


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes):
    for take in (parse, read):
        with suppress(XmlRefused):
            take(body)
