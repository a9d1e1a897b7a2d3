"""What is shown of a call: everything but the secrets, also of a body that is broken or cut off."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.net.calls import EXCERPT, Masker, shown_headers

SECRET = "hush-7719"
masked = Masker(frozenset({"password", "cardno", "pin"}))


@pytest.mark.parametrize(
    "body",
    [
        # JSON
        f'{{"password": "{SECRET}", "name": "Anna"}}',
        f'{{"PASSWORD" :\n "{SECRET}"}}',
        f'{{"password":"{SECRET}',
        f'{{"password":"a\\"{SECRET}"}}',
        f'{{"password":"a\\\\\\"{SECRET}',
        '{"cardNo": 77197719, "name": "Anna"}',
        '{"cardNo": 77197719',
        f'{{"cardNo": ["{SECRET}", "x]{SECRET}"], "name": "Anna"}}',
        f'{{"cardNo": ["{SECRET}", "{SECRET}',
        '{"cardNo": [77197719, 77197719]}',
        f'{{"cardNo": {{"a": "{SECRET}"}}}}',
        # XML elements
        f"<password>{SECRET}</password>",
        f"<Password >{SECRET}",
        f'<password encryption="none">{SECRET}</password>',
        f"<h:password>{SECRET}</h:password>",
        f"<my-ns.1:password>{SECRET}</my-ns.1:password>",
        f"<password>\n  {SECRET}\n</password>",
        f"<password><![CDATA[{SECRET}]]></password>",
        f"<password><![CDATA[a</b>{SECRET}]]></password>",
        f"<password><![CDATA[a</b>{SECRET}",
        f"<password>a<!-- b -->{SECRET}</password>",
        f"<password>a&lt;{SECRET}</password>",
        # XML attributes, and the form in which an element carries its value
        f'<Member password="{SECRET}" name="Anna"/>',
        f"<Member password='{SECRET}' name='Anna'/>",
        f"<Member password = '{SECRET}",
        f'<Member cardNo="it\'s {SECRET}"/>',
        f'<Password value="{SECRET}"/>',
        f"<Password kind='a' value='{SECRET}'/>",
        f'<h:Password\n value = "{SECRET}',
    ],
)
def test_a_secret_is_never_shown(body: str):
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        shown = masked(body.encode(encoding))
        assert "•••" in shown
        assert "7719" not in shown


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "Anna", "passwordChanged": "2026-01-01", "oldCardNo": 7}',
        "<name>Anna</name><passwordHint>dog</passwordHint>",
        '<Member name="Anna" passwordless="yes"/>',
        "<password/><name>Anna</name>",
        '<password xsi:nil="true" /><name>Anna</name>',
        "<password></password><name>Anna</name>",
        '<name value="Anna"/>',
        "password is a word",
        '{"cardNo": null',
    ],
)
def test_what_is_no_secret_is_shown(body: str):
    assert masked(body.encode()).replace("•••", "null") == body


def test_the_rest_of_a_masked_body_can_still_be_read():
    body = {"name": "Anna", "password": "a", "cardNo": ["1", "2"], "pin": "0", "end": "2026"}
    shown = masked(json.dumps(body).encode())
    assert json.loads(shown.replace("[•••]", "[]")) == body | {
        "password": "•••",
        "cardNo": [],
        "pin": "•••",
    }
    assert masked(b'<a pin="1"><password>b</password><pin value="3"/><c/></a>') == (
        '<a pin="•••"><password>•••</password><pin value="•••"/><c/></a>'
    )


words = st.text(st.sampled_from("ab7\"'\\/<>&[]{}:, \n"), max_size=12)


@given(words, st.integers(0, 60))
def test_a_json_secret_is_hidden_wherever_the_body_is_cut(word: str, cut: int):
    secret = f"Z{word}Z"
    body = json.dumps({"name": "Anna", "password": secret, "end": 1})
    shown = masked(body[: len(body) - cut].encode())
    assert "Z" not in shown


@given(words, st.integers(0, 60))
def test_an_attribute_is_hidden_wherever_the_body_is_cut(word: str, cut: int):
    value = word.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    body = f'<Member name="Anna" password="Z{value}Z" end="1"/>'
    assert "Z" not in masked(body[: len(body) - cut].encode())


@given(words, st.integers(0, 60))
def test_an_element_is_hidden_wherever_the_body_is_cut(word: str, cut: int):
    value = word.replace("&", "&amp;").replace("<", "&lt;")
    body = f"<Member><name>Anna</name><password>Z{value}Z</password></Member>"
    assert "Z" not in masked(body[: len(body) - cut].encode())


@pytest.mark.parametrize("name", ["p\u0131n", "P\u0130N", "\u017fecret", "\u212aey"])
def test_a_name_is_known_in_every_spelling_that_letter_case_allows(name: str):
    shown = Masker(frozenset({"pin", "secret", "key"}))(f'{{"{name}": "hunter2"}}'.encode())
    assert "hunter2" not in shown


def test_bytes_that_are_no_text_are_shown_as_well_as_can_be():
    assert masked(b"\x00\xff<<{{ what") == "\ufffd<<{{ what"


def test_nothing_is_masked_where_nothing_is_secret():
    assert Masker(frozenset())(b'{"password": "a"}') == '{"password": "a"}'


def test_a_long_body_is_shown_in_part_and_a_secret_at_its_edge_stays_hidden():
    start = b'{"a": "' + b"x" * (EXCERPT - 40) + b'", "password": "'
    shown = masked(start + SECRET.encode() * 10 + b'"}')
    assert shown.endswith('"password": "•••…')
    assert masked(b"x" * EXCERPT) == "x" * EXCERPT


def test_headers_that_carry_credentials_are_masked():
    shown = shown_headers(
        {"Authorization": "Basic x", "COOKIE": "a=b", "token": "t", "Accept": "*/*"}
    )
    assert shown == "Authorization: •••\nCOOKIE: •••\ntoken: •••\nAccept: */*\n"
