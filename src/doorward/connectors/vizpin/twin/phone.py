"""A phone at a reader, and what its owner does in the app.

Which event a refusal is, the document leaves open: a phone without any VIZpin for the reader, or
whose VIZpin was taken away, is "not authorised"; one whose VIZpin is not open now is "refused".

Passwords are those of appendix 4: three wrong ones lock, they last for 90 days, and a new one is
none of the last three.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from doorward.connectors.vizpin import timetables
from doorward.connectors.vizpin.opening.access import HORIZON, Access, Open
from doorward.connectors.vizpin.server.backend import Declined
from doorward.connectors.vizpin.twin.happenings import FIRMWARE, FIRST_IN_BEGAN, Happenings
from doorward.connectors.vizpin.twin.outbox import Outbox
from doorward.connectors.vizpin.twin.passwords import fits, hashed
from doorward.connectors.vizpin.twin.records import KeptReader, KeptUser
from doorward.connectors.vizpin.wire.activity import Activity
from doorward.connectors.vizpin.wire.codes import ErrorCode
from doorward.connectors.vizpin.wire.events import NOT_AUTHORISED, REJECTED, UNLOCKED
from doorward.connectors.vizpin.wire.policies import (
    PASSWORD_AGE,
    PASSWORDS_REMEMBERED,
    WRONG_LOGINS,
    password_reason,
)
from doorward.connectors.vizpin.wire.users import VERIFIED
from doorward.connectors.vizpin.wire.vizpins import VizpinStatus

_REFUSALS = (
    (VizpinStatus.CONFIRMED, REJECTED, "outside the hours of the VIZpin"),
    (VizpinStatus.SCHEDULED, REJECTED, "the VIZpin begins later"),
    (VizpinStatus.EXPIRED, REJECTED, "the VIZpin has expired"),
    (VizpinStatus.BLACKLISTED, NOT_AUTHORISED, "the VIZpin is blacklisted"),
    (VizpinStatus.REVOKED, NOT_AUTHORISED, "the VIZpin was revoked"),
    (VizpinStatus.SUPERSEDED, NOT_AUTHORISED, "the VIZpin was superseded"),
)


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of an attempt. `opens`: what a person at the door sees."""

    opens: bool
    why: str
    event: Activity


class Phones(Happenings):
    """What phones do. `verified` is set before the first phone is."""

    verified: Outbox

    def unlock(self, user: str, reader: str) -> Tried:
        """A user's phone asks a reader to unlock; both are known."""
        self.settle()
        row, who = self.store.readers.rows[reader], self.store.users.rows[user]
        now = self.clock()
        code, why = self._decided(user, reader)
        with self.store.change() as change:
            happened = self.note(change, row, code, now, who)
            after = row
            if not row.reader.version:
                seen = msgspec.structs.replace(row.reader, version=FIRMWARE)
                after = msgspec.structs.replace(row, reader=seen)
            until = self._first_in(row) if code == UNLOCKED else None
            if until is not None:
                after = msgspec.structs.replace(after, stands_open_until=until)
                self.note(change, row, FIRST_IN_BEGAN, now, None)
            change.put(self.store.readers, after)
        if code != UNLOCKED and row.stands_open_until:
            return Tried(True, f"the door stands open (first-in mode); {why}", happened)
        return Tried(code == UNLOCKED, why, happened)

    def _decided(self, user: str, reader: str) -> tuple[int, str]:
        location = self.location_of(reader)
        if self.store.accounts.rows[location.account_id].account.deactivated == "true":
            return NOT_AUTHORISED, "the account is deactivated"
        rows = self.store.vizpins.some(self.store.vizpins_of(user))
        here = [(self.status(row), row.vizpin) for row in rows if row.vizpin.reader_id == reader]
        zone = self.zone_of(reader)
        for status, vizpin in here:
            opening = timetables.access_of(vizpin, zone)
            if status is VizpinStatus.CONFIRMED and opening.open_at(self.clock()):
                return UNLOCKED, "the VIZpin is open"
        held = {status for status, _vizpin in here}
        for status, code, why in _REFUSALS:
            if status in held:
                return code, why
        return NOT_AUTHORISED, "the user has no VIZpin for this reader"

    def _first_in(self, row: KeptReader) -> datetime | None:
        """Until when an unlocking now leaves the door open; None if it does not."""
        settings = row.reader.readersettings
        if settings.first_in_mode != "on" or row.stands_open_until:
            return None
        hours = timetables.timetable_of(settings.first_in_schedule)
        now = self.clock()
        found = Access(hours, self.zone_of(row.id)).at(now)
        return (found.until or now + HORIZON) if isinstance(found, Open) else None

    def verify(self, user: str) -> None:
        """A pre-registered user's phone is verified; the partner is told, once.

        Raises ValueError for one that is verified already.
        """
        kept = self.store.users.rows[user]
        if kept.user.verified:
            raise ValueError("the phone of this user is verified already")
        with self.store.change() as change:
            after = msgspec.structs.replace(kept.user, phoneconfirmation=VERIFIED)
            change.put(self.store.users, msgspec.structs.replace(kept, user=after))
            self.verified.add(change, user)

    def set_password(self, user: str, password: str) -> None:
        """A user chooses a password, which ends a lock. Raises ValueError for one that won't do."""
        reason = password_reason(password)
        if reason:
            raise ValueError(f"the password {reason}")
        kept = self.store.users.rows[user]
        if any(fits(password, earlier) for earlier in kept.passwords):
            raise ValueError(f"the password is one of the last {PASSWORDS_REMEMBERED}")
        remembered = (hashed(password), *kept.passwords)[:PASSWORDS_REMEMBERED]
        with self.store.change() as change:
            after = msgspec.structs.replace(
                kept, registered=True, passwords=remembered, password_at=self.clock(), wrong=0
            )
            change.put(self.store.users, after)

    def sign_in(self, user: str, password: str) -> None:
        """A user logs in to the app. Raises Declined with the code that says why not."""
        kept = self.store.users.rows[user]
        if not kept.user.verified:
            raise Declined(ErrorCode.VERIFY_PENDING)
        if kept.wrong >= WRONG_LOGINS:
            raise Declined(ErrorCode.USER_LOGIN_ERROR)
        if not kept.passwords or not fits(password, kept.passwords[0]):
            self._count_wrong(kept, kept.wrong + 1)
            raise Declined(ErrorCode.BAD_PASSWORD)
        if kept.password_at is None or self.clock() - kept.password_at >= PASSWORD_AGE:
            raise Declined(ErrorCode.USER_LOGIN_ERROR, "the password is older than 90 days")
        self._count_wrong(kept, 0)

    def _count_wrong(self, kept: KeptUser, wrong: int) -> None:
        if wrong != kept.wrong:
            with self.store.change() as change:
                change.put(self.store.users, msgspec.structs.replace(kept, wrong=wrong))

    def blacklist(self, vizpin: str) -> None:
        """A VIZpin will not be used again, such as that of a stolen phone."""
        kept = self.store.vizpins.rows[vizpin]
        with self.store.change() as change:
            change.put(self.store.vizpins, msgspec.structs.replace(kept, ended="blacklisted"))
