"""What happened at readers, as the core's happenings: pushed by VIZpin, or asked for.

A push carries no id, a listed activity does. So that one that is told both ways is noted once, its
serial is made of what both carry: reader, event code, user; the second it happened is beside it.

Source: VIZpin OEM API 4.3, Push API Calls, Activity object, appendix 5.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from doorward.connectors import remote
from doorward.connectors.vizpin.client import VizpinClient
from doorward.connectors.vizpin.site import Site
from doorward.connectors.vizpin.wire import events, form
from doorward.connectors.vizpin.wire.activity import Activity
from doorward.connectors.vizpin.wire.events import Meaning
from doorward.connectors.vizpin.wire.operations import MASKED
from doorward.connectors.vizpin.wire.push import Push
from doorward.core.errors import Kind, Trouble
from doorward.core.inbound import Happening, HappeningKind, Mark
from doorward.core.reads import Complete, Failed, Partial, Read
from doorward.net.calls import Masker
from doorward.net.errors import RemoteError

LATE = timedelta(minutes=10)
"""A reader has no line of its own: what it tells comes with the next phone that is near it."""

OVERLAP = timedelta(days=2)
"""So far back it is asked again: events of a reader that nobody passed by come late."""

_KINDS: dict[Meaning, HappeningKind] = {
    "granted": "granted",
    "denied": "denied",
    "door": "door",
    "alarm": "door",
    "device": "other",
    "other": "other",
}
_masked = Masker(frozenset(MASKED))


def pushed(name: str, push: Push, body: bytes, received_at: datetime) -> Happening:
    """What a push to the target of that name tells."""
    return _happening(
        name,
        push.reader_id,
        push.user_id,
        push.activity_code,
        push.audit_date,
        door=push.reader_id,
        raw=_masked(body),
        late=received_at - push.audit_date > LATE,
    )


def listed(name: str, activity: Activity) -> Happening:
    """An entry of the activity list. Raises ValueError for a time or code that is none."""
    return _happening(
        name,
        activity.reader_id,
        activity.user_id,
        activity.code,
        activity.at,
        who=f"{activity.first_name} {activity.last_name}".strip(),
        door=activity.reader_name or activity.reader_id,
        raw=_masked(form.encode(activity)),
    )


def verified(name: str, user: str, at: datetime) -> Happening:
    """A pre-registered user's phone was verified for the first time."""
    text = "phone verified for the first time"
    serial = f"verified {user}"
    return Happening(
        system=name, serial=serial, at=_second(at), kind="other", holder=user, text=text
    )


def _happening(
    name: str,
    reader: str,
    user: str,
    code: int,
    at: datetime,
    *,
    door: str,
    raw: str,
    who: str = "",
    late: bool = False,
) -> Happening:
    event = events.event(code)
    return Happening(
        system=name,
        serial=f"{reader} {int(code)} {user}".rstrip(),
        at=_second(at),
        kind=_KINDS[event.meaning],
        holder=user,
        name=who,
        door=door,
        text=event.text,
        late=late,
        raw=raw,
    )


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


async def happenings(
    name: str, client: VizpinClient, site: Site, after: Mark, now: datetime
) -> Read[Happening]:
    """What VIZpin keeps of a location from that mark on, reader by reader, by time.

    Days are asked for whole, and one more on each side: the document does not say whose days.
    """
    since = after.at - OVERLAP
    first, last = (since - timedelta(days=1)).date(), (now + timedelta(days=1)).date()
    found: list[Activity] = []
    failed: Trouble | None = None
    for reader in site.readers:
        try:
            found += await client.activity_list(first, last, site.account.id, reader_id=reader)
        except RemoteError as error:
            failed = remote.trouble(error)
            break
    items, odd = _sorted(name, found, since)
    if failed is not None:
        return Partial(items, failed) if items else Failed(failed)
    return Partial(items, _unreadable(odd)) if odd else Complete(items)


def _sorted(
    name: str, found: Iterable[Activity], since: datetime
) -> tuple[Sequence[Happening], str]:
    """In the order in which they happened; and what is wrong with one that cannot be read."""
    items: list[Happening] = []
    odd = ""
    for activity in found:
        try:
            happening = listed(name, activity)
        except ValueError as error:
            odd = f"activity {activity.audit_id}: {error}"
        else:
            items.append(happening)
    return sorted((one for one in items if one.at >= since), key=lambda one: one.at), odd


def _unreadable(reason: str) -> Trouble:
    remedy = "Nothing to do: what can be read is read again after the next run."
    return Trouble(Kind.RETRY, reason, remedy)
