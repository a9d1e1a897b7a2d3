"""Writing to a location: many people's access in few calls, each read back.

known     newcomers are found or made, and what everybody has now is looked at
revoked   what is no longer wanted goes first, in one call
given     the same dates and readers to all who are to have them, in one call
read      each one's VIZpins are read back; what opens beside what is wanted is revoked then

A new VIZpin for a reader takes the place of the old one, so nobody whose membership goes on stands
at a closed door in between. A call that may not be made twice and whose answer was lost is not made
again: what it did is read.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from doorward.connectors import remote
from doorward.connectors.vizpin import translate
from doorward.connectors.vizpin.client import VizpinClient
from doorward.connectors.vizpin.granting import Grant, Granter
from doorward.connectors.vizpin.newcomers import Newcomers
from doorward.connectors.vizpin.reading import one_user
from doorward.connectors.vizpin.settings import VizpinSettings
from doorward.connectors.vizpin.site import Site
from doorward.connectors.vizpin.steps import Job, beside, plan
from doorward.connectors.vizpin.wire.users import User
from doorward.connectors.vizpin.wire.vizpins import Vizpin
from doorward.core.errors import Kind, Trouble, Troubled
from doorward.core.people import Access, Faulty, Holder
from doorward.core.ports import (
    Confirmed,
    Create,
    Declined,
    Differs,
    Outcome,
    Remove,
    SetAccess,
    Unknown,
    Write,
)
from doorward.net.errors import AnswerLost, Refused, RemoteError, Unreadable

Step = Callable[[Job], Awaitable[None]]
Call = Callable[[Sequence[Job]], Awaitable[object]]
Give = Callable[[Grant, Sequence[str]], Awaitable[None]]


@dataclass(slots=True)
class Writing:
    """Some writes at one location. `users` and `vizpins` are as they were last read.

    `_down`: VIZpin does not answer, or refuses our login; nothing more is asked then.
    """

    client: VizpinClient
    site: Site
    zone: ZoneInfo
    settings: VizpinSettings
    clock: Callable[[], datetime]
    users: dict[str, User]
    vizpins: dict[str, Sequence[Vizpin]]
    _down: Trouble | None = None

    async def done(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """Do them all and read each back. Never raises for what VIZpin did."""
        jobs = [Job(write, self._access(write)) for write in writes]
        for job in jobs:
            await self._alone(job, self._known, Declined)
        await self._several([job for job in jobs if job.revoked], self._revoke)
        await self._give(jobs)
        for job in jobs:
            if job.access is None:
                await self._alone(job, self._remove, Declined)
            await self._alone(job, self._read_back, Unknown)
        return [job.outcome for job in jobs if job.outcome is not None]

    def _access(self, write: Write) -> Access | None:
        if isinstance(write, Remove):
            return None
        return translate.fitted(write.access, self.zone, self.settings, self.clock())

    async def _known(self, job: Job) -> None:
        """Who it is, what she has, and what is done for her."""
        match job.write:
            case Create(holder, person, _):
                newcomers = Newcomers(self.client, self.site)
                job.record = await newcomers.known(holder, person)
                job.user = job.record.id
                self.users[job.user] = job.record
                job.held = await self._held(job.user)
            case SetAccess(holder, _):
                job.user, job.record = holder, self.users.get(holder)
                known = self.vizpins.get(holder)
                job.held = await self._held(holder) if known is None else known
            case Remove(holder):
                job.user, job.record = holder, self.users.get(holder)
                job.held = await self._held(holder)
            case _:
                assert_never(job.write)
        plan(job, self.site, self.zone, self.settings)

    async def _held(self, user: str) -> Sequence[Vizpin]:
        return await self.client.vizpin_list(self.site.account.id, user)

    async def _revoke(self, jobs: Sequence[Job]) -> None:
        await self.client.vizpin_revoke([one for job in jobs for one in job.revoked])

    async def _give(self, jobs: Sequence[Job]) -> None:
        """Roles first, then single readers: each call on its own, so that one may be lost."""
        granter = Granter(self.client, self.site)
        roles = [(replace(job.given, readers=()), job) for job in jobs if job.given]
        readers = [(replace(job.given, roles=()), job) for job in jobs if job.given]
        await self._alike([(one, job) for one, job in roles if one.roles], granter.by_roles)
        await self._alike([(one, job) for one, job in readers if one.readers], granter.by_readers)

    async def _alike(self, due: Sequence[tuple[Grant, Job]], give: Give) -> None:
        """One call for all who are to be given the same."""
        same = defaultdict[Grant, list[Job]](list)
        for given, job in due:
            same[given].append(job)
        for given, some in same.items():

            async def call(jobs: Sequence[Job], given: Grant = given) -> None:
                await give(given, [job.user for job in jobs])

            await self._several(some, call)

    async def _remove(self, job: Job) -> None:
        """Out of the account, if she has nothing at its other locations."""
        others = {one.reader_id: "" for one in job.held if one.reader_id not in self.site.readers}
        if translate.live(job.held, others):
            reason = "she has access at other locations of the account: only that here was taken"
            remedy = "Set lapsed = 'expire' for this target: her record stays, and opens nothing."
            raise Troubled(Trouble(Kind.PERMANENT, reason, remedy))
        try:
            await self.client.user_remove(job.user, self.site.account.id)
        except (AnswerLost, Unreadable) as lost:
            job.lost = remote.trouble(lost)

    async def _read_back(self, job: Job) -> None:
        found = await self._seen(job)
        if left := beside(job, self.site, self.zone):
            await self.client.vizpin_revoke(left)
            found = await self._seen(job)
        job.outcome = self._judged(job, found)

    async def _seen(self, job: Job) -> Holder | None:
        """Her as she is now; None for nobody, and for one without access who was to go."""
        found = await one_user(self.client, self.site, job.user)
        job.held = self.vizpins[job.user] = found or ()
        if found is None or (job.access is None and not translate.live(found, self.site.readers)):
            return None
        record = job.record or await self.client.user_get(job.user)
        read = translate.holder(record, found, self.site.readers, self.zone)
        if isinstance(read, Faulty):
            raise Troubled(Trouble(Kind.PERMANENT, f"{read.where}: {read.reason}", read.remedy))
        return read

    def _judged(self, job: Job, found: Holder | None) -> Outcome:
        if job.access is None and found is None:
            return Confirmed(None)
        if job.access and found and job.access.satisfied_by(found.access):
            return Confirmed(found)
        if job.lost is not None:
            return Unknown(job.lost)
        reason = "VIZpin shows other access than was written"
        remedy = (
            "See 'doorward plan' for what it shows. Where a role opens other readers than 'roles'"
            " of this target says, correct that."
        )
        return Differs(found, Trouble(Kind.PERMANENT, reason, remedy))

    # --- what goes wrong

    async def _alone(self, job: Job, step: Step, ends: type[Declined] | type[Unknown]) -> None:
        """A step for one job, which ends so where it goes wrong."""
        if job.outcome is not None:
            return
        trouble = self._down
        if trouble is None:
            trouble = await self._tried(step, job)
        if trouble is not None:
            job.outcome = ends(trouble)

    async def _tried(self, step: Step, job: Job) -> Trouble | None:
        try:
            await step(job)
        except RemoteError as error:
            return self._noted(remote.trouble(error))
        except Troubled as error:
            return error.trouble
        except ValueError as error:
            remedy = "Look at it with 'doorward vizpin vizpin.list', and revoke what is odd."
            return Trouble(Kind.PERMANENT, str(error), remedy)
        return None

    async def _several(self, jobs: Sequence[Job], call: Call) -> None:
        """One call for all of them; where it is refused, one for each: one may spoil it for all."""
        jobs = [job for job in jobs if job.outcome is None]
        trouble = self._down
        if jobs and trouble is None:
            try:
                trouble = await self._called(jobs, call)
            except Refused as error:
                trouble = remote.trouble(error)
                if len(jobs) > 1:
                    for job in jobs:
                        await self._several([job], call)
                    return
        if trouble is not None:
            for job in jobs:
                job.outcome = Declined(trouble)

    async def _called(self, jobs: Sequence[Job], call: Call) -> Trouble | None:
        """Why a call was not made; None also where it may have been. Raises Refused."""
        try:
            await call(jobs)
        except (AnswerLost, Unreadable) as lost:
            for job in jobs:
                job.lost = remote.trouble(lost)
        except Refused:
            raise
        except RemoteError as error:
            return self._noted(remote.trouble(error))
        except Troubled as error:
            return error.trouble
        return None

    def _noted(self, trouble: Trouble) -> Trouble:
        if trouble.kind in (Kind.RETRY, Kind.CREDENTIAL):
            self._down = trouble
        return trouble
