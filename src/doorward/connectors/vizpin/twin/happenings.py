"""What happened at readers: noted, listed, told to the partner.

Source: VIZpin OEM API 4.3, activity.list, appendix 5. Days of a list are GMT, as audit dates are.
While first-in mode holds a door open that is an event when it begins and when it ends; the end is
noted with its own time by whatever looks at events next.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

import msgspec

from doorward.connectors.vizpin.server.backend import Caller
from doorward.connectors.vizpin.twin.desk import Desk
from doorward.connectors.vizpin.twin.outbox import Outbox
from doorward.connectors.vizpin.twin.records import KeptReader, KeptUser
from doorward.connectors.vizpin.twin.store import Change
from doorward.connectors.vizpin.wire import dates
from doorward.connectors.vizpin.wire.activity import Activities, Activity, ActivityList
from doorward.connectors.vizpin.wire.events import event
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.form import Count
from doorward.connectors.vizpin.wire.push import Push, write_push

KEPT = 50_000
"""So many events are kept; the oldest one makes room."""
FIRST_IN_BEGAN, FIRST_IN_ENDED = 37, 38
FIRMWARE = "4.3.0"


class Happenings(Desk):
    """activity.list, and the notes behind it. `events` is set before the first event."""

    events: Outbox

    def activity_list(self, caller: Caller, asked: ActivityList) -> Activities:
        """A reader's events, or a user's at the account where no reader is named."""
        self.settle()
        account = self.account(caller, asked.account_id, "account_id").id
        user, reader = asked.user_id.strip(), asked.reader_id.strip()
        if user:
            self.user(caller, user, "user_id")
        if reader:
            self.reader(caller, reader, "reader_id")
            if self.location_of(reader).account_id != account:
                raise Faulty("reader_id", "is not a reader of the account")
        found = self.store.activity_at(reader) if reader else self.store.activity_of(user)
        first, last = asked.start_date.isoformat(), asked.end_date.isoformat()
        return Activities(
            activity=tuple(
                row
                for row in self.store.activity.some(found)
                if first <= row.audit_date[:10] <= last
                and self.location_of(row.reader_id).account_id == account
            )
        )

    def note(
        self, change: Change, reader: KeptReader, code: int, at: datetime, user: KeptUser | None
    ) -> Activity:
        """An event, which is pushed as well. The reader's firmware is known from then on."""
        said = dates.describe(at.astimezone(self.zone_of(reader.id)))
        who = user.user if user else None
        row = Activity(
            audit_id=change.new_id("activity"),
            user_id=who.id if who else "",
            first_name=who.first_name if who else "",
            last_name=who.last_name if who else "",
            phone=who.phone if who else "",
            reader_name=reader.reader.name,
            audit_date=dates.write_audit(at),
            description=f"{event(code).text}, {said}",
            reader_id=reader.id,
            activity_code=str(code),
        )
        spare = max(0, len(self.store.activity.rows) + 1 - KEPT)
        change.drop(self.store.activity, islice(self.store.activity.rows, spare))
        change.put(self.store.activity, row)
        push = Push(
            description=said,
            user_id=row.user_id,
            reader_id=reader.id,
            audit_date=at,
            activity_code=Count(code),
        )
        self.events.add(change, row.audit_id, write_push(push).decode())
        return row

    def settle(self) -> None:
        """Let doors fall shut whose first-in time is over, or whose mode was switched off."""
        now = self.clock()
        over = [row for row in self.store.readers.rows.values() if _is_over(row, now)]
        if over:
            with self.store.change() as change:
                self._shut(change, over, now)

    def _shut(self, change: Change, readers: Iterable[KeptReader], now: datetime) -> None:
        for row in readers:
            at = min(row.stands_open_until or now, now)
            self.note(change, row, FIRST_IN_ENDED, at, None)
            change.put(self.store.readers, msgspec.structs.replace(row, stands_open_until=None))


def _is_over(row: KeptReader, now: datetime) -> bool:
    until = row.stands_open_until
    if until is None:
        return False
    return until <= now or row.reader.readersettings.first_in_mode == "off"
