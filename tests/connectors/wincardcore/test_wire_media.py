"""When two media are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.connectors.wincardcore.wire.media import folded, same_medium


@pytest.mark.parametrize(
    "text",
    ["MDW4021", "m-dw 4021", "M DW 4021", " M·DW-4021 ", "M\u2013DW\u00a04021", "\uff2d-DW 4021"],
)
def test_a_plate_is_its_letters_and_digits(text: str):
    assert folded(MediaType.PLATE, text) == "MDW4021"


def test_umlauts_make_another_plate():
    assert folded(MediaType.PLATE, "mü-x 1") == "MÜX1"
    assert folded(MediaType.PLATE, "mu\u0308-x 1") == "MÜX1"
    assert not same_medium(MediaType.PLATE, "MÜ-X 1", "MU-X 1")


@pytest.mark.parametrize("text", ["04:a2:2b:91", "04A22B91", "04 a2 2b 91", "04-A2-2B-91"])
def test_a_tag_in_hexadecimal_is_its_digits(text: str):
    assert folded(MediaType.MIFARE_DESFIRE, text) == "04A22B91"


def test_any_other_tag_keeps_its_separators():
    assert not same_medium(MediaType.UHF_TAG, "UHF-12-3", "UHF-1-23")
    assert same_medium(MediaType.UHF_TAG, "uhf-12-3", "UHF-12-3 ")
    assert not same_medium(MediaType.UHF_TAG, "1-23", "12-3")


def test_a_card_number_is_compared_without_regard_to_case_alone():
    assert folded(MediaType.CARD_NUMBER, "ab-40213") == "AB-40213"
    assert not same_medium(MediaType.CARD_NUMBER, "04-A2-2B-91", "04A22B91")


@pytest.mark.parametrize("text", ["-", " ", "--", "\u2013", ". ."])
def test_nothing_but_separators_is_still_something(text: str):
    for media_type in MediaType:
        assert folded(media_type, text)


@pytest.mark.covers("wincardcore", rule="case-of-media")
@given(st.sampled_from(list(MediaType)), st.text(min_size=1, max_size=40))
def test_letter_case_never_counts(media_type: MediaType, text: str):
    assert folded(media_type, text)
    if text.isascii():
        assert same_medium(media_type, text.lower(), text.upper())
