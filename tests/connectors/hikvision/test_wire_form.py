"""JSON and XML as values, from strangers."""

import msgspec
import pytest

from doorward.connectors.hikvision.wire.form import (
    NotUnderstood,
    from_json,
    from_xml,
    is_xml,
    root,
    to_json,
    to_xml,
)
from doorward.net.secrets import Secret


class Leaf(msgspec.Struct, rename="camel"):
    door_no: int


class Tree(msgspec.Struct, rename="camel"):
    user_name: str
    pin: Secret | None = None
    open_now: bool | None = None
    leaves: tuple[Leaf, ...] = msgspec.field(default=(), name="Leaf")


def test_names_are_read_in_any_namespace_and_letter_case():
    body = (
        b'<h:tree xmlns:h="http://www.std-cgi.org/ver20/XMLSchema"><h:USERNAME> Ann </h:USERNAME>'
        b"<h:leaf><h:DOORNO>3</h:DOORNO></h:leaf></h:tree>"
    )
    assert from_xml(root(body), Tree) == Tree("Ann", leaves=(Leaf(3),))


def test_a_name_that_repeats_is_a_list_and_one_alone_too():
    one = from_xml(root(b"<t><userName/><Leaf><doorNo>1</doorNo></Leaf></t>"), Tree)
    two = from_xml(
        root(
            b"<t><userName/><Leaf><doorNo>1</doorNo></Leaf><Leaf><doorNo>2</doorNo></Leaf>"
            b"<other>a</other><other>b</other><other>c</other></t>"
        ),
        Tree,
    )
    assert (len(one.leaves), len(two.leaves)) == (1, 2)


def test_text_is_taken_for_numbers_and_truth():
    body = b"<t><userName>7</userName><openNow>true</openNow></t>"
    assert from_xml(root(body), Tree) == Tree("7", open_now=True)


def test_a_secret_is_read_as_one_and_written_as_text():
    tree = from_json(b'{"userName":"a","pin":"0042"}', Tree)
    assert isinstance(tree.pin, Secret)
    assert "0042" not in repr(tree)
    assert b'"pin":"0042"' in to_json(tree)


def test_a_secret_that_is_no_text_is_not_understood():
    with pytest.raises(NotUnderstood):
        from_json(b'{"userName":"a","pin":42}', Tree)


def test_what_is_missing_is_named():
    with pytest.raises(NotUnderstood) as error:
        from_json(b'{"pin":"1"}', Tree)
    assert (error.value.lacks, error.value.field, error.value.shape) == (
        "userName",
        "userName",
        True,
    )


def test_what_is_wrong_is_named():
    with pytest.raises(NotUnderstood) as error:
        from_json(b'{"userName":"a","Leaf":[{"doorNo":1},{"doorNo":"x"}]}', Tree)
    assert (error.value.lacks, error.value.field) == ("", "doorNo")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"userName":"\xff"}', b'{"a":' * 50_000],
)
def test_what_is_no_json_is_told_apart_from_a_wrong_shape(body: bytes):
    with pytest.raises(NotUnderstood) as error:
        from_json(body, Tree)
    assert not error.value.shape


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a>",
        b"<!DOCTYPE a><a/>",
        b"<html></html>",
        b"<a>" * 300 + b"</a>" * 300,
        b"<a>&e;</a>",
    ],
)
def test_xml_that_is_unsafe_or_broken_is_refused(body: bytes):
    with pytest.raises(NotUnderstood):
        root(body)


def test_a_strict_reader_takes_no_text_for_a_number():
    with pytest.raises(NotUnderstood):
        from_json(b'{"doorNo":"3"}', Leaf, lax=False)
    assert from_json(b'{"doorNo":"3"}', Leaf) == Leaf(3)


def test_a_document_is_written_in_a_namespace_or_in_none():
    fields = {"a": "1", "b": None, "c": ["x", "y"], "d": {"e": True}}
    assert to_xml("t", fields).endswith(b"<t><a>1</a><c>x</c><c>y</c><d><e>true</e></d></t>")
    assert b'<t xmlns="urn:x"><a>1</a>' in to_xml("t", fields, "urn:x")


def test_a_text_that_xml_cannot_hold_is_an_error():
    with pytest.raises(ValueError, match="XML"):
        to_xml("t", {"a": "\x00"})


@pytest.mark.parametrize("name", ["", "a b", "1a", "a:b", "<a", "{urn:x}a"])
def test_a_name_that_no_element_can_have_is_an_error(name: str):
    with pytest.raises(ValueError, match=r"name|called"):
        to_xml("t", {name: "x"})


def test_signs_of_markup_are_text():
    text = "<a> & \"b\" 'c'\r\n\t</a>"
    assert root(to_xml("t", {"a": text}, "urn:a&b")).findtext("{*}a") == text


@pytest.mark.parametrize(
    ("body", "xml"), [(b"\xef\xbb\xbf <a/>", True), (b" {}", False), (b"", False)]
)
def test_xml_is_told_from_json(body: bytes, xml: bool):
    assert is_xml(body) is xml
