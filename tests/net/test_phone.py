"""Telephone numbers in their international form."""

import pytest

from doorward.net.phone import international, is_region


@pytest.mark.parametrize(
    ("written", "region", "expected"),
    [
        ("070-123 45 67", "SE", "+46701234567"),
        ("0701234567", "SE", "+46701234567"),
        ("+46 (0)70 123 45 67", "SE", "+46701234567"),
        ("+46701234567", "SE", "+46701234567"),
        ("0046 70 123 45 67", "SE", "+46701234567"),
        ("040 123 4567", "FI", "+358401234567"),
        ("+1 650-253-0000", "SE", "+16502530000"),
        ("12", "SE", ""),
        ("call me", "SE", ""),
        ("", "SE", ""),
    ],
)
def test_numbers_become_international(written: str, region: str, expected: str):
    assert international(written, region) == expected


def test_countries_are_known():
    assert is_region("SE")
    assert not is_region("XX")
