"""What one write comes to: the VIZpins that go, and what is given. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from doorward.connectors.vizpin import translate
from doorward.connectors.vizpin.granting import Grant, grant
from doorward.connectors.vizpin.settings import VizpinSettings
from doorward.connectors.vizpin.site import Site
from doorward.connectors.vizpin.translate import READERS, ROLES, Dates, dates_of
from doorward.connectors.vizpin.wire.schedules import AroundTheClock
from doorward.connectors.vizpin.wire.users import User
from doorward.connectors.vizpin.wire.vizpins import Vizpin
from doorward.core.errors import Kind, Trouble, Troubled
from doorward.core.people import Access
from doorward.core.ports import Outcome, Write


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user is to have at a location: readers by what rules call them; none: no access."""

    readers: frozenset[str]
    dates: Dates

    @classmethod
    def of(cls, access: Access, zone: ZoneInfo) -> "Wanted":
        """What fitted access comes to. Raises Troubled for access that cannot be given."""
        options = dict(access.options)
        for role in options.get(ROLES, ()):
            reason = f"the configuration does not say which readers the role '{role}' opens"
            remedy = f'Add it to \'roles\' of this target: roles = {{ "{role}" = ["…"] }}.'
            raise Troubled(Trouble(Kind.PERMANENT, reason, remedy))
        readers = frozenset(options.get(READERS, ()))
        if not readers and access != translate.NO_ACCESS:
            reason = "the rule names no readers and no roles"
            remedy = "Name them in the rule's grant, or set 'readers' of this target."
            raise Troubled(Trouble(Kind.PERMANENT, reason, remedy))
        return cls(readers, translate.dates(access.window, zone))

    def right(self, live: Sequence[Vizpin], site: Site) -> dict[str, str]:
        """Those that are as wanted, by reader: the first of each, as its id."""
        found: dict[str, str] = {}
        for one in live:
            name = site.readers[one.reader_id]
            as_wanted = dates_of(one) == self.dates and isinstance(one.schedule, AroundTheClock)
            if as_wanted and name in self.readers:
                found.setdefault(name, one.id)
        return found


@dataclass(slots=True)
class Job:
    """One write under way.

    `access` is what is wanted, fitted; None where she is to go. `revoked` and `given` are what is
    done for it. `lost`: a call whose answer did not come may have been made, so only reading tells.
    `outcome` is set once it is known how it ends.
    """

    write: Write
    access: Access | None
    user: str = ""
    record: User | None = None
    held: Sequence[Vizpin] = ()
    revoked: Sequence[str] = ()
    given: Grant | None = None
    lost: Trouble | None = None
    outcome: Outcome | None = field(default=None)


def plan(job: Job, site: Site, zone: ZoneInfo, settings: VizpinSettings) -> None:
    """Say what is done for a job. Raises Troubled, and ValueError for VIZpins that are odd.

    An old VIZpin of a reader that stays open is not revoked: a new one takes its place.
    """
    live = translate.live(job.held, site.readers)
    if job.access is None:
        job.revoked = [one.id for one in live]
        return
    wanted = Wanted.of(job.access, zone)
    site.reader_ids(sorted(wanted.readers))
    job.revoked = [one.id for one in live if site.readers[one.reader_id] not in wanted.readers]
    lacking = wanted.readers - set(wanted.right(live, site))
    if lacking:
        job.given = grant(wanted.dates, wanted.readers, lacking, settings.roles)


def beside(job: Job, site: Site, zone: ZoneInfo) -> Sequence[str]:
    """The ids of what opens a reader beside what is wanted. Raises ValueError for odd VIZpins.

    An old VIZpin of a wanted reader stays as long as the new one is not there.
    """
    live = translate.live(job.held, site.readers)
    if job.access is None:
        return [one.id for one in live]
    wanted = Wanted.of(job.access, zone)
    right = wanted.right(live, site)
    waiting = wanted.readers - set(right)
    return [
        one.id
        for one in live
        if one.id not in right.values() and site.readers[one.reader_id] not in waiting
    ]
