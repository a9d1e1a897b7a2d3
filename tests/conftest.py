"""What holds for every test."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from docs import fault_watch

# In CI the same examples every time: a failure there is one that anybody can have again.
settings.register_profile("ci", deadline=None, max_examples=60, derandomize=True, database=None)
settings.register_profile("here", deadline=None, max_examples=60)
settings.register_profile("long", deadline=None, max_examples=3000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "here")
)


@pytest.fixture(autouse=True)
def _ordered_faults_are_no_evidence(request: pytest.FixtureRequest) -> Iterator[None]:
    marks = list(request.node.iter_markers("covers"))
    if not marks:
        yield
        return
    with fault_watch.watched() as seen:
        yield
    assert not (seen and fault_watch.claimed(marks)), "a twin's fault shows nothing of real systems"
