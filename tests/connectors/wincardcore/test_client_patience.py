"""How long is waited before a call is tried again."""

import pytest

from doorward.connectors.wincardcore.client.failures import (
    Conflict,
    InternalError,
    Invalid,
    Malformed,
    Misread,
    NotFound,
    SignatureRefused,
    Unavailable,
)
from doorward.connectors.wincardcore.client.patience import Patience
from doorward.net.errors import AnswerLost, RemoteError, Unreachable, Untrusted

PATIENCE = Patience(attempts=6, wait=30.0, backoff=0.5, backoff_max=1.5)


def pauses(*failures: RemoteError) -> list[float | None]:
    return [PATIENCE.pause(failures[:count]) for count in range(1, len(failures) + 1)]


@pytest.mark.covers("wincardcore", rule="other-5xx-at-once")
@pytest.mark.parametrize("kind", [Unavailable, Unreachable, AnswerLost])
def test_what_can_pass_is_tried_at_once_and_then_ever_later(kind: type[RemoteError]):
    assert pauses(*[kind("-")] * 6) == [0.0, 0.5, 1.0, 1.5, 1.5, None]


@pytest.mark.covers("wincardcore", rule="after-500-wait")
def test_after_an_internal_error_some_time_has_to_pass():
    assert pauses(*[InternalError("-")] * 6) == [30.0] * 5 + [None]


def test_what_failed_last_decides():
    assert pauses(InternalError("-"), Unavailable("-"), InternalError("-")) == [30.0, 0.5, 30.0]


@pytest.mark.parametrize(
    "kind", [Malformed, SignatureRefused, NotFound, Conflict, Invalid, Misread, Untrusted]
)
def test_what_is_final_is_not_tried_again(kind: type[RemoteError]):
    assert pauses(kind("-")) == [None]


def test_a_thousand_failures_are_no_overflow():
    endless = Patience(attempts=10_000)
    assert endless.pause([Unavailable("-")] * 5_000) == endless.backoff_max
