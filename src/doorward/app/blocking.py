"""Systems that refused our login are left alone until the login changes or a person clears it.

A terminal locks its account after five wrong logins, and a schedule would make them within the
hour. Only a slow digest of the login is kept, to see whether it has changed.
"""

import hashlib
from collections.abc import Mapping

import msgspec

from doorward.app.config import Settings, Source, Target
from doorward.app.hub import Clock
from doorward.core.errors import Kind, Trouble
from doorward.core.plan import Plan
from doorward.storage.store import Reader, Store


def fingerprints(settings: Settings) -> dict[str, str]:
    """What each system's settings come to, secrets included: another login, another digest."""
    systems: dict[str, Source | Target] = {**settings.sources, **settings.targets}
    return {name: _fingerprint(name, system) for name, system in systems.items()}


def _fingerprint(name: str, system: Source | Target) -> str:
    secret = msgspec.json.encode(system.settings, enc_hook=str)
    return hashlib.scrypt(secret, salt=name.encode(), n=2**12, r=8, p=1).hex()[:32]


def blocked(settings: Settings, memory: Reader) -> Mapping[str, Trouble]:
    """The systems not to be called now, and what a run says of them."""
    if not memory.blocked.all():
        return {}
    found = memory.blocked.now(fingerprints(settings))
    return {name: _not_called(trouble) for name, trouble in found.items()}


def _not_called(trouble: Trouble) -> Trouble:
    return Trouble(
        Kind.CREDENTIAL,
        f"not called: it refused our login before ({trouble.reason})",
        trouble.remedy,
    )


async def block_refused(
    settings: Settings, store: Store, plan: Plan, skipped: Mapping[str, Trouble], clock: Clock
) -> None:
    """Remember who refused our login in this run. `skipped` were not called at all."""
    refused = {
        one.system: one.trouble
        for one in plan.troubles
        if one.trouble.kind is Kind.CREDENTIAL and one.system not in skipped
    }
    if refused:
        known = fingerprints(settings)
        for system, trouble in refused.items():
            await store.blocked.set(system, known[system], trouble, clock())
