"""Months begin at midnight in the club's zone."""

from datetime import UTC, datetime

import pytest

from core.parking.world import BERLIN
from doorward.core.parking.months import Month


@pytest.mark.parametrize("text", ["2026-10", "0999-01", "2026-12"])
def test_a_month_is_read_and_written_alike(text: str):
    assert str(Month.of(text)) == text


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026", "26-10", "2026-1", "2026-1x", ""])
def test_what_is_no_month_is_refused(text: str):
    with pytest.raises(ValueError, match=r"month|range"):
        Month.of(text)


def test_months_follow_each_other():
    assert Month(2026, 10).next == Month(2026, 11)
    assert Month(2026, 12).next == Month(2027, 1)
    assert Month(2026, 12) < Month(2027, 1)


def test_a_month_lasts_from_midnight_to_midnight_whatever_the_clocks_do():
    october = Month(2026, 10)
    assert october.begin(BERLIN) == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert october.end(BERLIN) == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert Month.at(october.begin(BERLIN), BERLIN) == october
    assert Month.at(october.end(BERLIN), BERLIN) == Month(2026, 11)
