"""`doorward check`: ask every system what works, and say what to do about the rest."""

import asyncio
from collections.abc import Sequence

from doorward.app.config import Settings
from doorward.app.hub import Clock, Systems, open_systems, utc_now
from doorward.core.ports import Door, Finding, Register
from doorward.storage.store import Store


async def check_systems(settings: Settings, store: Store, clock: Clock = utc_now) -> list[Finding]:
    """The findings of all registers and targets, in the configuration's order.

    A system of which all is well is called again by the runs, also when it had refused our login.
    """
    async with open_systems(settings, store.calls.note, clock) as systems:
        found = await _ask_all(systems)
    bad = {finding.system for finding in found if not finding.good}
    for one in store.blocked.all():
        if one.system not in bad:
            await store.blocked.clear(one.system)
    return found


async def _ask_all(systems: Systems) -> list[Finding]:
    everything: Sequence[Register | Door] = [*systems.registers.values(), *systems.doors.values()]
    found = await asyncio.gather(*(_ask(one) for one in everything))
    return [finding for findings in found for finding in findings]


async def _ask(system: Register | Door) -> list[Finding]:
    try:
        return await system.check()
    except Exception as error:  # one connector's mistake must not hide what the others found
        reason = f"unforeseen {type(error).__name__}: {error}"
        remedy = "This is a mistake in Doorward itself: report it."
        return [Finding(system.name, "check", False, reason, remedy)]
