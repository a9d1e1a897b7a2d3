"""What to send so that a car park has what is wanted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.parking.whitelist import Added, Dropped, compare

lists = st.dictionaries(st.text(max_size=3), st.sampled_from(["x", "y"]))


@given(lists, lists)
def test_what_is_sent_makes_the_one_into_the_other(known: dict[str, str], wanted: dict[str, str]):
    have = dict(known)
    changes = list(compare(sorted(known.items()), sorted(wanted.items())))
    for change in changes:
        if isinstance(change, Added):
            have[change.key] = wanted[change.key]
        else:
            del have[change.key]
    assert have == wanted
    assert len({change.key for change in changes}) == len(changes)


def test_what_is_the_same_is_not_sent():
    same, other = ("a", "1"), ("b", "1")
    assert list(compare([same, other], [same, ("b", "2"), ("c", "1")])) == [Added("b"), Added("c")]
    assert list(compare([same, other], [other])) == [Dropped("a")]


def test_a_side_out_of_order_is_refused():
    with pytest.raises(ValueError, match="comes after"):
        list(compare([], [("b", "1"), ("a", "1")]))
