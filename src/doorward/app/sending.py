"""Sends messages through Apprise: e-mail, chat, push. In threads, never raising."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from doorward.app.config.settings import Mail, Notify, Security
from doorward.core.incidents import Message
from doorward.net.secrets import Secret

REMEDY = "Check the address, user name and password in [notify] and [smtp]; then try it out."
LONGEST = 60.0  # seconds for one message
_MODES: Mapping[Security, str] = {"starttls": "starttls", "tls": "ssl", "none": "insecure"}
_TALKATIVE = ("apprise", "urllib3", "requests")
"""Loggers of libraries whose lines may show an address with a token in it."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to somebody. `label` may be shown; `address` is Apprise's and may not."""

    label: str
    address: Secret | Mapping[str, Any] = field(repr=False)


def channels(settings: Notify) -> list[Channel]:
    """Everybody who is told, each e-mail address by itself."""
    urls = [
        Channel(f"{url.partition('://')[0]} ({place})", url)
        for place, url in enumerate(settings.urls, 1)
    ]
    mail = settings.mail
    return urls + ([] if mail is None else [_by_mail(mail, to) for to in mail.to])


def _by_mail(mail: Mail, to: str) -> Channel:
    """Apprise's form of an e-mail, taken apart so that nothing has to be quoted."""
    address: dict[str, Any] = {
        "schema": "mailto",
        "host": mail.sender.rpartition("@")[2],
        "smtp_host": mail.host,
        "port": mail.port,
        "secure_mode": _MODES[mail.security],
        "from_addr": mail.sender,
        "targets": [to],
        "format": "text",
    }
    if mail.username:
        address |= {"user": mail.username, "password": str(mail.password)}
    return Channel(f"e-mail to {to}", address)


async def send(to: Sequence[Channel], message: Message) -> list[Channel]:
    """Send to all of them, side by side; those that took it. Never raises."""
    went = await asyncio.gather(*(_one(channel, message) for channel in to))
    return [channel for channel, good in zip(to, went, strict=True) if good]


async def _one(channel: Channel, message: Message) -> bool:
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(asyncio.to_thread(_deliver, channel, message), LONGEST)
    return False


def _deliver(channel: Channel, message: Message) -> bool:
    import apprise  # noqa: PLC0415  # takes a second, and most runs have nothing to tell

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    asset = apprise.AppriseAsset(
        app_id="Doorward", app_desc="Doorward", storage_mode="memory", async_mode=False
    )
    try:
        sender = apprise.Apprise(asset=asset)
        return bool(
            sender.add(_plain(channel.address))
            and sender.notify(
                title=message.title, body=message.body, body_format=apprise.NotifyFormat.TEXT
            )
        )
    except Exception:  # a plugin's mistake; its text may show the address
        return False


def _plain(address: Secret | Mapping[str, Any]) -> str | dict[str, Any]:
    return str(address) if isinstance(address, str) else dict(address)
