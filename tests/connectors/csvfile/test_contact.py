"""E-mail addresses in cells."""

import pytest

from doorward.connectors.csvfile.wire.contact import emails


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
