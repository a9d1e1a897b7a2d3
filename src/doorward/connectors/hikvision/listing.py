"""Reading a list page by page to its end, whatever the terminal makes of the page size.

Source: Hikvision terminals as observed, Two dialects: a terminal caps its pages without a word, so
the next position is advanced by what came, never by what was asked for.
"""

from collections.abc import Awaitable, Callable

from doorward.connectors.hikvision.outcome import Complete, Listing, Partial
from doorward.connectors.hikvision.wire.person import FaultyUser, UserInfo
from doorward.connectors.hikvision.wire.search import SearchAnswer
from doorward.net.errors import Unreadable

MOST = 1_000_000  # more people than this is a terminal that never ends

PageAt = Callable[[int], Awaitable[SearchAnswer]]
Progress = Callable[[int, int | None], None]


class Pages:
    """Collects pages; says when the list is at its end, and whether it is whole."""

    def __init__(self) -> None:
        self.people: dict[str, UserInfo] = {}
        self.places: dict[str, int] = {}
        self.position = 0
        self.total: int | None = None
        self._reason = ""
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to ask for."""
        return self._ended

    def take(self, page: SearchAnswer) -> None:
        """The page that starts at `position`."""
        if page.status == "NO MATCH" or not page.found:
            self._finish(page)
            return
        if self.total is not None and page.total not in (None, self.total):
            self._spoil(f"the list changed from {self.total} to {page.total} while it was read")
        self.total = page.total if page.total is not None else self.total
        before = len(self.people)
        for entry in page.found:
            self._add(entry)
        if len(self.people) == before:
            self._stop(f"nobody new came up to position {self.position}")
        elif self.position >= MOST:
            self._stop(f"the list has no end after {MOST} people")
        elif self._was_last(page):
            self._finish(page)

    def _add(self, entry: UserInfo | FaultyUser) -> None:
        if isinstance(entry, FaultyUser):
            self._spoil(f"the record at position {self.position} can't be read: {entry.reason}")
        elif entry.employee_no in self.people:
            self._spoil(f"employee number {entry.employee_no} comes twice")
        else:
            self.people[entry.employee_no] = entry
            self.places[entry.employee_no] = self.position
        self.position += 1

    def _was_last(self, page: SearchAnswer) -> bool:
        if self.total is not None:
            return self.position >= self.total
        return page.status == "OK"

    def _finish(self, page: SearchAnswer) -> None:
        self._ended = True
        total = self.total if self.total is not None else page.total
        if total is not None and self.position < total:
            self._spoil(f"the list ended after {self.position} of {total} people")
        elif self.position == 0 and page.status != "NO MATCH" and total != 0:
            self._spoil("an empty page came that does not say that nobody is there")

    def _stop(self, reason: str) -> None:
        self._ended = True
        self._spoil(reason)

    def _spoil(self, reason: str) -> None:
        self._reason = self._reason or reason

    def listing(self) -> Listing:
        """What was read, once it has ended."""
        people = tuple(self.people.values())
        return Partial(people, self._reason) if self._reason else Complete(people)


async def read_all(page_at: PageAt, progress: Progress) -> Pages:
    """Everybody. Raises RemoteError where a page can't be had."""
    pages = Pages()
    while not pages.ended:
        pages.take(await page_at(pages.position))
        progress(pages.position, pages.total)
    return pages


def among(page: SearchAnswer, employee_no: str) -> UserInfo | None:
    """The person of that number on a page; None when she is not on it."""
    for entry in page.found:
        if isinstance(entry, UserInfo) and entry.employee_no == employee_no:
            return entry
    return None


def find(listing: Listing, employee_no: str) -> UserInfo | None:
    """The person of that number. Raises Unreadable where only a whole listing could say None."""
    for person in listing.people:
        if person.employee_no == employee_no:
            return person
    if isinstance(listing, Partial):
        raise Unreadable(f"whether {employee_no} is there can't be told: {listing.reason}")
    return None
