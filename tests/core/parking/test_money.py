"""Amounts: two places, exact, and VAT that rounds half a cent away from zero."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.parking.money import exact, in_cents, of_cents, vat_in

cents = st.integers(-10_000_000, 10_000_000)
rates = st.integers(0, 10_000)


@pytest.mark.parametrize("text", ["0.5", "0.50", "5E-1"])
def test_an_amount_gets_two_places(text: str):
    assert str(exact(Decimal(text))) == "0.50"


@pytest.mark.parametrize("text", ["0.505", "NaN", "Infinity", "1e99"])
def test_what_is_no_amount_of_two_places_is_refused(text: str):
    with pytest.raises(ValueError, match="two places"):
        exact(Decimal(text))


def test_fractions_of_a_cent_are_no_cents():
    with pytest.raises(ValueError, match="two places"):
        in_cents(Decimal("0.505"))


@given(cents)
def test_cents_are_the_same_amount(many: int):
    assert in_cents(of_cents(many)) == many
    assert of_cents(many).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("gross", "rate", "vat"),
    [
        ("5.00", "19.00", "0.80"),
        ("-5.00", "19.00", "-0.80"),
        ("0.03", "19.00", "0.00"),
        ("0.04", "19.00", "0.01"),
        ("0.01", "100.00", "0.01"),  # exactly half a cent
        ("-0.01", "100.00", "-0.01"),
        ("107.00", "7.00", "7.00"),
        ("5.00", "0.00", "0.00"),
    ],
)
def test_vat_is_taken_out_of_the_gross_amount(gross: str, rate: str, vat: str):
    assert str(vat_in(Decimal(gross), Decimal(rate))) == vat


@given(cents, rates)
def test_vat_is_the_exact_share_rounded_half_up(many: int, rate: int):
    share = Fraction(many * rate, 10_000 + rate)
    wanted = (abs(share) * 2 + 1) // 2
    got = in_cents(vat_in(of_cents(many), of_cents(rate)))
    assert got == (wanted if share >= 0 else -wanted)
    assert abs(got - share) <= Fraction(1, 2)


@given(cents)
def test_vat_agrees_with_decimal_arithmetic(many: int):
    gross = of_cents(many)
    wanted = (gross * 19 / 119).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert vat_in(gross, Decimal(19)) == wanted
