"""Tells people what is wrong after a run, and when it is right again. Never harms the run.

after_run   compare with the open incidents, send one message, remember what was told
try_out     send a trial message
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from doorward.app.config.settings import Notify
from doorward.app.sending import REMEDY, Channel, channels, send
from doorward.core.incidents import Facts, Incident, Matter, Message, compare, matters, message
from doorward.core.ports import Finding

_MANY = 10_000  # incidents that are open at once and looked at
_log = structlog.get_logger("doorward.notify")


class Noted(Protocol):
    """An incident as the store has it."""

    @property
    def key(self) -> str:
        """One of a key is open at a time."""
        ...

    @property
    def text(self) -> str:
        """What is wrong."""
        ...

    @property
    def remedy(self) -> str:
        """What to do about it."""
        ...

    @property
    def opened_at(self) -> datetime:
        """When it was first seen."""
        ...

    @property
    def last_notified_at(self) -> datetime | None:
        """When somebody was last told."""
        ...


class Incidents(Protocol):
    """Where incidents are kept; the store's `incidents` is one."""

    def all(self, *, only_open: bool = False, limit: int = 100) -> Sequence[Noted]:
        """The latest first."""
        ...

    async def open(self, key: str, text: str, at: datetime, remedy: str = "") -> object:
        """It is wrong: a new incident, or the open one of this key, seen once more."""
        ...

    async def notified(self, key: str, at: datetime) -> None:
        """Somebody was told of the open one."""
        ...

    async def recover(self, key: str, at: datetime) -> object:
        """It is right again."""
        ...


async def after_run(
    settings: Notify, incidents: Incidents, facts: Facts, now: datetime, zone: ZoneInfo
) -> None:
    """Tell what is new, what lasts and what is over, in one message. Never raises.

    What could not be sent is sent after the next run. `zone` is whose clock times are shown on.
    """
    try:
        await _after_run(settings, incidents, facts, now, zone)
    except Exception as fault:
        # Without its text and trace, which may show an address with a token in it.
        _log.error("notify_failed", error=type(fault).__name__)


async def _after_run(
    settings: Notify, incidents: Incidents, facts: Facts, now: datetime, zone: ZoneInfo
) -> None:
    known = [_known(one) for one in incidents.all(only_open=True, limit=_MANY)]
    patience = settings.after_attempts
    news = compare(facts, patience, known, now, settings.remind_after)
    for matter in matters(facts, patience):
        await incidents.open(matter.key, matter.text, now, matter.remedy)
    for over in news.forgotten:
        await incidents.recover(over.matter.key, now)
    to = channels(settings)
    if to and news.worth_telling:
        if not await _told(to, message(news, now, zone)):
            return
        for matter in (*news.opened, *(one.matter for one in news.again)):
            await incidents.notified(matter.key, now)
    # Closed only now, so that a recovery that could not be told is told after the next run.
    for recovered in news.recovered:
        await incidents.recover(recovered.matter.key, now)


async def _told(to: Sequence[Channel], news: Message) -> bool:
    """Whether it reached anybody."""
    taken = await send(to, news)
    for channel in to:
        if channel in taken:
            _log.info("notified", to=channel.label, title=news.title)
        else:
            _log.warning("notification_not_sent", to=channel.label, remedy=REMEDY)
    return bool(taken)


async def try_out(settings: Notify) -> list[Finding]:
    """Send a trial message to everybody who would be told; how it went, one by one."""
    to = channels(settings)
    if not to:
        remedy = "Add [smtp] or [notify] to the configuration."
        return [Finding("notify", "nobody", False, "nobody is told of anything", remedy)]
    trial = Message("Doorward: a trial message", "Messages of this hub arrive here.\n")
    taken = await send(to, trial)
    return [
        Finding("notify", one.label, True, "sent")
        if one in taken
        else Finding("notify", one.label, False, "could not be sent", REMEDY)
        for one in to
    ]


def _known(noted: Noted) -> Incident:
    matter = Matter(noted.key, noted.text, noted.remedy)
    return Incident(matter, noted.opened_at, noted.last_notified_at)
