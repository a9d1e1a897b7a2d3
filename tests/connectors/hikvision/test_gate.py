"""The lock after wrong passwords, as a terminal keeps it."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from doorward.connectors.hikvision.gate import Admitted, Gate, GateRules, Tally, Turned

START = datetime(2026, 5, 1, tzinfo=UTC)


class Door:
    """A gate with a clock in the hand and a list of what it kept."""

    def __init__(self, **rules: object) -> None:
        self.now = START
        self.kept: list[Tally] = []
        given = {"schemes": ("basic",)} | rules
        self.gate = Gate(
            ("admin", "right"),
            GateRules(**given),  # type: ignore[arg-type]
            lambda: self.now,
            self.kept.append,
        )

    def knock(self, password: str | None = None, name: str = "admin") -> Admitted | Turned:
        header = None
        if password is not None:
            header = "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
        return self.gate.admit(header, "GET", "/x")

    def tries_left(self) -> int | None:
        turned = self.knock()
        assert isinstance(turned, Turned)
        return turned.lock.tries_left


def test_the_right_password_is_let_in():
    assert Door().knock("right") == Admitted()


@pytest.mark.parametrize(("name", "password"), [("admin", "wrong"), ("root", "right"), ("", "")])
def test_a_wrong_one_is_counted(name: str, password: str):
    door = Door()
    assert isinstance(door.knock(password, name), Turned)
    assert door.tries_left() == 4
    assert door.kept == [Tally(1)]


def test_asking_without_credentials_counts_for_nothing():
    door = Door()
    for _ in range(20):
        door.knock()
    assert door.tries_left() == 5
    assert door.gate.attempts == 0
    assert not door.kept


def test_the_fifth_wrong_one_locks_for_half_an_hour():
    door = Door()
    turned = [door.knock("wrong") for _ in range(5)][-1]
    assert isinstance(turned, Turned)
    assert (turned.lock.locked, turned.lock.tries_left, turned.lock.seconds) == (True, 0, 1800)


def test_then_the_right_one_fails_too_until_the_time_is_over():
    door = Door()
    for _ in range(5):
        door.knock("wrong")
    door.now += timedelta(seconds=1799)
    assert isinstance(door.knock("right"), Turned)
    door.now += timedelta(seconds=1)
    assert door.knock("right") == Admitted()


def test_a_wrong_one_while_locked_does_not_lengthen_the_lock():
    door = Door()
    for _ in range(9):
        door.knock("wrong")
    door.now += timedelta(seconds=1800)
    assert door.knock("right") == Admitted()


def test_after_a_lock_the_count_begins_anew():
    door = Door()
    for _ in range(5):
        door.knock("wrong")
    door.now += timedelta(seconds=1800)
    assert door.tries_left() == 5
    door.knock("wrong")
    assert door.tries_left() == 4


def test_a_right_one_clears_the_count():
    door = Door()
    for _ in range(4):
        door.knock("wrong")
    door.knock("right")
    assert door.tries_left() == 5
    assert door.kept[-1] == Tally()


def test_basic_is_refused_where_it_is_not_offered():
    assert isinstance(Door(schemes=("digest",)).knock("right"), Turned)


def test_a_header_that_is_none_is_a_wrong_login():
    door = Door()
    assert isinstance(door.gate.admit("Basic %%%", "GET", "/x"), Turned)
    assert isinstance(door.gate.admit("Digest x", "GET", "/x"), Turned)
    assert door.tries_left() == 3


def test_both_schemes_are_offered_in_one_line_or_in_two():
    both = ("digest", "basic")
    assert len(Door(schemes=both).gate.offers()) == 2
    assert len(Door(schemes=both, one_header=True).gate.offers()) == 1
