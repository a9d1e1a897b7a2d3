"""Car parks that have not been heard for too long."""

from datetime import datetime, timedelta

from core.parking.world import HOUR, NOON
from doorward.core.parking.alive import Sign, Silence, lasting, silences

LIMIT = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)


def silent(signs: dict[str, Sign], since: datetime = NOON - 10 * HOUR) -> list[Silence]:
    return silences(["garage"], signs, NOON, LIMIT, since)


def heard(ago: timedelta) -> dict[str, Sign]:
    return {"garage": Sign("garage", NOON - ago)}


def test_one_that_was_heard_just_now_is_not_silent():
    assert silent(heard(LIMIT)) == []


def test_one_that_was_heard_too_long_ago_is():
    [found] = silent(heard(HOUR))
    assert found == Silence("garage", NOON - HOUR, ever=True)
    assert found.key == "silent/garage"
    assert "last heard at 2026-10-05 09:00:00" in found.text
    assert found.remedy


def test_one_that_was_never_heard_is_expected_since_the_hub_listens():
    [found] = silent({})
    assert not found.ever
    assert "never been heard" in found.text
    assert silent({"garage": Sign("garage")}) == [found]


def test_while_the_hub_was_down_nobody_was_silent():
    assert silent(heard(5 * HOUR), since=NOON - MINUTE) == []
    assert silent({}, since=NOON - MINUTE) == []


def test_a_silence_that_is_known_lasts_until_the_car_park_is_heard():
    known_since = NOON - HOUR
    for sign, since, ever in (
        (None, known_since, False),
        (Sign("garage"), known_since, False),
        (Sign("garage", NOON - 5 * HOUR), NOON - 5 * HOUR, True),
    ):
        assert lasting("garage", sign, known_since) == Silence("garage", since, ever)
    assert lasting("garage", Sign("garage", NOON), known_since) is None
