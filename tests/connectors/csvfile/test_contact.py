"""E-mail addresses and telephone numbers in cells."""

import pytest

from doorward.connectors.csvfile.wire.contact import emails, is_region, phone


@pytest.mark.parametrize(
    ("cell", "good", "bad"),
    [
        ("anna@example.org", ("anna@example.org",), ()),
        ("Anna.Berg+gym@EXAMPLE.org", ("Anna.Berg+gym@example.org",), ()),
        ("a@example.org; b@example.org,a@example.org", ("a@example.org", "b@example.org"), ()),
        ("a@example.org nonsense", ("a@example.org",), ("nonsense",)),
        ("åsa@example.org", ("åsa@example.org",), ()),
        ("anna@exämple.org", ("anna@exämple.org",), ()),
        ("o'neill@example.org", ("o'neill@example.org",), ()),
        ("anna@gmail", (), ("anna@gmail",)),
        ("@example.org", (), ("@example.org",)),
        ("a..b@example.org", (), ("a..b@example.org",)),
        ("x" * 65 + "@example.org", (), ("x" * 65 + "@example.org",)),
        ("a@b@example.org", (), ("a@b@example.org",)),
    ],
)
def test_addresses_are_told_apart_from_what_is_none(
    cell: str, good: tuple[str, ...], bad: tuple[str, ...]
):
    assert emails(cell) == (good, bad)


@pytest.mark.parametrize(
    ("cell", "region", "expected"),
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
def test_numbers_become_international(cell: str, region: str, expected: str):
    assert phone(cell, region) == expected


def test_countries_are_known():
    assert is_region("SE")
    assert not is_region("XX")
