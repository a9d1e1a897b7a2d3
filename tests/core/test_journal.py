"""How a write ended: as the target answered, or as reading shows later."""

import pytest

from core.factories import AWAY, NEXT_YEAR, REFUSED, access, agreement, change, holder, pending
from doorward.core.journal import Settlement, settled, settled_by_reading
from doorward.core.people import Access
from doorward.core.ports import Agreed, Confirmed, Declined, Differs, Outcome, Unknown

AFTER = access(*NEXT_YEAR)


def test_a_confirmed_write_is_agreed_upon():
    shown = access(*NEXT_YEAR, plan=("4",))
    done = settled(7, change(1, origin="email"), Confirmed(holder(1, shown)))
    assert done == Settlement(
        7, "done", agreed=Agreed("club/1", "h1", AFTER, shown), origin="email"
    )


def test_a_confirmed_expiry_is_agreed_upon_as_it_shows():
    over = access(*NEXT_YEAR)
    done = settled(7, change(1, wanted=None), Confirmed(holder(1, over)))
    assert done.agreed == Agreed("club/1", "h1", over, over)


def test_a_confirmed_removal_leaves_nobody():
    assert settled(7, change(1, wanted=None), Confirmed(None)) == Settlement(7, "done", gone=True)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Differs(holder(1), REFUSED), "differs"),
        (Unknown(AWAY), "unknown"),
        (Declined(REFUSED), "declined"),
    ],
)
def test_what_did_not_go_through_agrees_on_nothing(outcome: Outcome, state: str):
    ended = settled(7, change(1), outcome)
    assert (ended.state, ended.agreed, ended.gone) == (state, None, False)
    assert ended.trouble == outcome.trouble  # type: ignore[union-attr]


# --- by reading


def read(after: Access | None, shown: Access | None, *, whole: bool = True) -> Settlement | None:
    found = holder(1, shown) if shown else None
    return settled_by_reading(pending(1, after, origin="email"), found, whole=whole)


def test_a_cut_write_that_shows_was_done_and_its_origin_is_kept():
    assert read(AFTER, AFTER) == Settlement(1, "done", agreed=agreement(1, AFTER), origin="email")


def test_a_cut_write_that_does_not_show_was_not_done():
    assert read(AFTER, access()) == Settlement(1, "not done")


def test_what_the_target_adds_of_its_own_does_not_make_a_write_undone():
    shown = access(*NEXT_YEAR, plan=("4",))
    done = read(AFTER, shown)
    assert done is not None
    assert done.agreed == Agreed("club/1", "h1", AFTER, shown)


def test_a_cut_removal_was_done_when_nobody_is_there():
    assert read(None, None) == Settlement(1, "done", gone=True)


def test_a_cut_removal_was_not_done_when_somebody_is_there():
    assert read(None, access()) == Settlement(1, "not done")


def test_a_cut_change_of_somebody_who_is_gone_was_not_done():
    assert read(AFTER, None) == Settlement(1, "not done", gone=True)


@pytest.mark.parametrize("after", [AFTER, None])
def test_half_a_read_tells_nothing_of_who_is_not_in_it(after: Access | None):
    assert read(after, None, whole=False) is None


def test_half_a_read_tells_of_who_is_in_it():
    done = read(AFTER, AFTER, whole=False)
    assert done is not None
    assert done.state == "done"
