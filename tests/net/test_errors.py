"""What every error of the net tells: whether trying again can help, and what to do."""

import pytest

from doorward.net import errors
from doorward.net.errors import RemoteError

KINDS = [
    one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, RemoteError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_what_to_do(kind: type[RemoteError]):
    error = kind("the reason", status=403)
    assert (str(error), error.reason, error.status) == ("the reason", "the reason", 403)
    assert error.remedy == kind.advice
    assert error.kind in ("retry", "permanent", "credential", "capacity")


def test_a_remedy_of_its_own_goes_before_the_general_one():
    assert RemoteError("a", remedy="b").remedy == "b"
