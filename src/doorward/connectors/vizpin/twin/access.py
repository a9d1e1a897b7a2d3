"""VIZpins: granted, superseded, revoked, and what they are just now.

Source: VIZpin OEM API 4.3, VIZpin object and methods. At a vPROX location a VIZpin has the user's
card number; a user who has none at that account gets one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from doorward.connectors.vizpin import timetables
from doorward.connectors.vizpin.server.backend import Caller
from doorward.connectors.vizpin.twin.cards import CardsDesk
from doorward.connectors.vizpin.twin.desk import refuse_any
from doorward.connectors.vizpin.twin.records import KeptReader, KeptVizpin
from doorward.connectors.vizpin.twin.store import Change
from doorward.connectors.vizpin.wire import dates
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.schedules import ALWAYS, AroundTheClock, Schedule
from doorward.connectors.vizpin.wire.session import Done, Time
from doorward.connectors.vizpin.wire.vizpins import (
    LIVE,
    Vizpin,
    VizpinGrant,
    VizpinList,
    VizpinRevoke,
    Vizpins,
)
from doorward.connectors.vizpin.wire.weeks import WeeklyElement
from doorward.net.secrets import CardNumber

VPROX = "VIZpin vPROX"
AT_ONCE = 10_000
"""VIZpins made by one call: so many rows the platform underneath writes in one transaction."""

Cards = dict[tuple[str, str], CardNumber]


@dataclass(frozen=True, slots=True)
class Grant:
    """What one user is to have at one reader."""

    user: str
    reader: str
    start_date: str
    stop_date: str
    schedule: Schedule = ALWAYS
    role: str = ""


class AccessDesk(CardsDesk):
    """The VIZpin methods."""

    def time(self, _caller: Caller, _asked: Time) -> Done:
        """The time stands in every answer."""
        return Done()

    def vizpin_list(self, caller: Caller, asked: VizpinList) -> Vizpins:
        """A user's VIZpins at an account, at some of its readers or at all."""
        account = self.account(caller, asked.account_id, "account_id").id
        user = self.user(caller, asked.user_id, "user_id").id
        wanted = {self.reader(caller, ident, "reader_ids").id for ident in asked.reader_ids}
        if any(self.location_of(reader).account_id != account for reader in wanted):
            raise Faulty("reader_ids", "has a reader that is not of the account")
        rows = self.store.vizpins.some(self.store.vizpins_of(user))
        found = [
            self.told(row)
            for row in rows
            if (not wanted or row.vizpin.reader_id in wanted)
            and self.site_of(row).account_id == account
        ]
        return Vizpins(vizpins=tuple(found))

    def vizpin_grant(self, caller: Caller, asked: VizpinGrant) -> Vizpins:
        """A VIZpin for each user at each reader."""
        refuse_any(timetables.faults(asked.schedule))
        readers = [self.reader(caller, ident, "reader_ids") for ident in asked.reader_ids]
        users = [self.user(caller, ident, "user_ids").id for ident in asked.user_ids]
        self.demand_few(len(users) * len(readers), "user_ids")
        self._demand_access(caller, users, readers)
        start, stop = written_start(asked.start_date), written_stop(asked.stop_date)
        grants = [
            Grant(user, reader.id, start, stop, asked.schedule)
            for reader in readers
            for user in users
        ]
        with self.store.change() as change:
            made = self.give(change, caller, grants)
        return Vizpins(vizpins=tuple(map(self.told, made)))

    def demand_few(self, count: int, where: str) -> None:
        """Raise Faulty for more VIZpins than are made by one call."""
        if count > AT_ONCE:
            raise Faulty(where, f"and readers make {count} VIZpins, more than {AT_ONCE} at once")

    def _demand_access(
        self, caller: Caller, users: Sequence[str], readers: Sequence[KeptReader]
    ) -> None:
        for account in {self.location_of(row.id).account_id for row in readers}:
            self.demand_active(caller, account, "reader_ids")
            for user in users:
                self.demand_member(user, account, "user_ids")

    def demand_active(self, caller: Caller, account: str, where: str) -> None:
        """Raise Faulty for an account that is deactivated."""
        if self.account(caller, account, where).account.deactivated == "true":
            raise Faulty(where, "is of an account that is deactivated")

    def give(self, change: Change, caller: Caller, grants: Sequence[Grant]) -> list[KeptVizpin]:
        """New VIZpins; those that are live supersede the live ones of the same user and reader.

        To be called once for a change, because card numbers are counted up from what is kept.
        """
        cards = self._cards_for(change, caller, grants)
        made = []
        for grant in grants:
            vizpin = Vizpin(
                id=change.new_id("vizpin"),
                reader_id=grant.reader,
                user_id=grant.user,
                start_date=grant.start_date,
                stop_date=grant.stop_date,
                schedule=_numbered(change, grant.schedule),
                cardnumber=self._card(cards, grant),
            )
            kept = KeptVizpin(vizpin=vizpin, role=grant.role)
            self._supersede(change, kept)
            change.put(self.store.vizpins, kept)
            made.append(kept)
        return made

    def _supersede(self, change: Change, kept: KeptVizpin) -> None:
        if self.status(kept) not in LIVE:
            return
        for earlier in self.store.vizpins.some(self.store.vizpins_of(kept.vizpin.user_id)):
            if earlier.vizpin.reader_id == kept.vizpin.reader_id and self.is_live(earlier):
                over = msgspec.structs.replace(earlier, ended="superseded")
                change.put(self.store.vizpins, over)

    def _card(self, cards: Cards, grant: Grant) -> CardNumber:
        home = self.location_of(grant.reader)
        if home.locationtype != VPROX:
            return CardNumber("")
        return cards[home.account_id, grant.user]

    def _cards_for(self, change: Change, caller: Caller, grants: Sequence[Grant]) -> Cards:
        """The users' card numbers, by account and user, where a location is vPROX."""
        needed: dict[str, dict[str, None]] = {}
        for grant in grants:
            home = self.location_of(grant.reader)
            if home.locationtype == VPROX:
                needed.setdefault(home.account_id, {})[grant.user] = None
        found: Cards = {}
        for ident, users in needed.items():
            for user in users:
                for card in self.store.credentials.some(self.store.cards_of(user)):
                    if card.account_id == ident:
                        found.setdefault((ident, user), card.cardnumber)
            without = [user for user in users if (ident, user) not in found]
            account = self.account(caller, ident, "reader_ids")
            for card in self.new_cards(change, account, without, "reader_ids"):
                found[ident, card.user_id] = card.cardnumber
        return found

    def vizpin_revoke(self, caller: Caller, asked: VizpinRevoke) -> Vizpins:
        """VIZpins that open nothing any more; one that was ended before stays what it is."""
        rows = [self.vizpin(caller, ident, "vizpin_ids") for ident in asked.vizpin_ids]
        with self.store.change() as change:
            after = self.end(change, rows)
        return Vizpins(vizpins=tuple(map(self.told, after)))

    def end(self, change: Change, rows: Sequence[KeptVizpin]) -> list[KeptVizpin]:
        """Revoke these. A role of which a user has no live VIZpin left is held no more."""
        after = [
            row if row.ended else msgspec.structs.replace(row, ended="revoked") for row in rows
        ]
        for row in after:
            change.put(self.store.vizpins, row)
        ending = {row.id for row in rows}
        for role, user in {(row.role, row.vizpin.user_id) for row in rows if row.role}:
            held = self.store.vizpins.some(self.store.vizpins_of(user))
            left = (row for row in held if row.role == role and row.id not in ending)
            if not any(map(self.is_live, left)):
                change.drop(self.store.holdings, [f"{role}/{user}"])
        return after


def written_start(start: datetime | None) -> str:
    """A start as it is kept; "" for none."""
    return dates.write_moment(start) if start else ""


def written_stop(stop: datetime | None) -> str:
    """A stop as it is kept; "" for none."""
    return dates.write_stop(stop) if stop else ""


def _numbered(change: Change, schedule: Schedule) -> Schedule:
    """The schedule with its ids; the element of one that is always open means nothing."""
    ident = change.new_id("schedule")
    if isinstance(schedule, AroundTheClock):
        return msgspec.structs.replace(schedule, id=ident)
    own = {"id": change.new_id("element")}
    element = schedule.scheduleelement
    if isinstance(element, WeeklyElement):
        own["schedule_id"] = ident
    element = msgspec.structs.replace(element, **own)
    return msgspec.structs.replace(schedule, id=ident, scheduleelement=element)
