"""Faults that a twin was given on order, seen while a test runs.

What a twin does on order says nothing of how the real system behaves. So a test in which an ordered
fault came due, however it was ordered, cannot claim to show that (`scripts/evidence`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from doorward.twinkit.faults import Fault, Faults


@contextmanager
def watched() -> Iterator[list[Fault]]:
    """The faults of all twins of this process that come due within."""
    seen: list[Fault] = []
    real = Faults.due

    def due(faults: Faults, label: str) -> list[Fault]:
        found = real(faults, label)
        seen.extend(found)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Faults, "due", due)
        yield seen


def claimed(marks: list[pytest.Mark]) -> list[str]:
    """What these `covers` marks claim to show of how real systems behave."""
    # Only where a fault came due: no other test pays for it.
    import coverage_pages
    from evidence.page import fidelity

    by_system = {page.system: page for page in coverage_pages.pages()}
    claims: list[str] = []
    for mark in marks:
        shows = [(keyword, tuple(words.split())) for keyword, words in mark.kwargs.items()]
        claims += fidelity(by_system[mark.args[0]], shows)
    return claims


@pytest.fixture(autouse=True)
def ordered_faults_are_no_evidence(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that claims to show how a real system behaves while a fault came due in it."""
    marks = list(request.node.iter_markers("covers"))
    if not marks:
        yield
        return
    with watched() as seen:
        yield
    assert not (seen and claimed(marks)), "a twin's fault shows nothing of real systems"
