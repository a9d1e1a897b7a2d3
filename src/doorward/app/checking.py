"""`doorward check`: ask every system what works, and say what to do about the rest."""

import asyncio
from collections.abc import Mapping, Sequence

from doorward.app.blocking import blocked, fingerprints
from doorward.app.config import Settings
from doorward.app.hub import Clock, Systems, open_systems, utc_now
from doorward.core.errors import Kind, Trouble
from doorward.core.ports import Door, Finding, Register
from doorward.storage.store import Store


async def check_systems(
    settings: Settings, store: Store, *, again: bool = False, clock: Clock = utc_now
) -> list[Finding]:
    """The findings of all registers and targets, in the configuration's order.

    A system that refused this very login before is asked only `again`: five wrong logins lock a
    terminal. One of which all is well is called by the runs from then on.
    """
    skipped = {} if again else blocked(settings, store)
    async with open_systems(settings, store, clock) as systems:
        found = await _ask_all(systems, skipped)
    await _block(settings, store, found, clock)
    bad = {finding.system for finding in found if not finding.good}
    for one in store.blocked.all():
        if one.system not in bad:
            await store.blocked.clear(one.system)
    return found


async def _block(settings: Settings, store: Store, found: Sequence[Finding], clock: Clock) -> None:
    """Let nobody send a login again that has just been refused."""
    refused = [one for one in found if one.refused]
    known = fingerprints(settings) if refused else {}
    for one in refused:
        trouble = Trouble(Kind.CREDENTIAL, one.text, one.remedy)
        await store.blocked.set(one.system, known[one.system], trouble, clock())


async def _ask_all(systems: Systems, skipped: Mapping[str, Trouble]) -> list[Finding]:
    everything: Sequence[Register | Door] = [*systems.registers.values(), *systems.doors.values()]
    found = await asyncio.gather(*(_ask(one, skipped.get(one.name)) for one in everything))
    return [finding for findings in found for finding in findings]


async def _ask(system: Register | Door, refused: Trouble | None) -> list[Finding]:
    if refused is not None:
        remedy = f"{refused.remedy} To try the same login once more: doorward check --again"
        return [Finding(system.name, "login", False, refused.reason, remedy)]
    try:
        return await system.check()
    except Exception as error:  # one connector's mistake must not hide what the others found
        reason = f"unforeseen {type(error).__name__}: {error}"
        remedy = "This is a mistake in Doorward itself: report it."
        return [Finding(system.name, "check", False, reason, remedy)]
