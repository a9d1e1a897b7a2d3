"""HTTP Basic as a server reads it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.net.basic import credentials, same


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@given(st.text().filter(lambda name: ":" not in name), st.text())
def test_a_name_and_a_password_come_back_as_they_were_sent(name: str, password: str):
    assert credentials(f"Basic {encoded(f'{name}:{password}')}") == (name, password)


@pytest.mark.parametrize("form", ["basic {}", "BASIC {}", "Basic  {} "])
def test_the_scheme_is_read_in_any_letter_case(form: str):
    assert credentials(form.format(encoded("a:b:c"))) == ("a", "b:c")


@pytest.mark.parametrize(
    "header",
    [None, "", "Basic", "Basic ", "Digest a", "Basic å", "Basic !!!", "Basic YQ", "Basic YQ=="],
)
def test_what_holds_no_login_is_none(header: str | None):
    assert credentials(header) is None


def test_bytes_that_are_no_text_are_no_login():
    assert credentials("Basic " + base64.b64encode(b"\xff:\xff").decode()) is None


@given(st.text(st.characters()), st.text(st.characters(exclude_categories=["Cs"])))
def test_two_texts_are_the_same_when_they_are(given_text: str, expected: str):
    assert same(given_text, expected) == (given_text == expected)
    assert same(expected, expected)
