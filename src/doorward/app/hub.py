"""The composition root: settings become registers, doors, a store, and the hub over them."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from doorward.app.config import Settings
from doorward.connectors.kinds import Surroundings, source_kind, target_kind
from doorward.core.errors import Trouble
from doorward.core.ports import Register, WritableDoor
from doorward.core.sync import Hub
from doorward.storage.store import Store

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """This machine's time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Systems:
    """Everything that is talked to, open for the length of a run."""

    registers: Mapping[str, Register]
    doors: Mapping[str, WritableDoor]


@asynccontextmanager
async def open_systems(
    settings: Settings, store: Store, clock: Clock = utc_now
) -> AsyncIterator[Systems]:
    """Open the line to every register and target; nothing is called yet.

    Of the store, connectors get a place for their calls, and what car parks are known by.
    """

    def around(zone: ZoneInfo) -> Surroundings:
        return Surroundings(
            zone=zone,
            folder=settings.folder,
            record=store.calls.note,
            clock=clock,
            parking=store.parking,
        )

    async with AsyncExitStack() as stack:
        registers: dict[str, Register] = {}
        for name, source in settings.sources.items():
            opened = source_kind(source.type).open(name, source.settings, around(source.zone))
            registers[name] = await stack.enter_async_context(opened)
        doors: dict[str, WritableDoor] = {}
        for name, target in settings.targets.items():
            door = target_kind(target.type).open(name, target.settings, around(target.zone))
            doors[name] = await stack.enter_async_context(door)
        yield Systems(registers, doors)


def hub(settings: Settings, systems: Systems, blocked: Mapping[str, Trouble]) -> Hub:
    """The core's view: what is kept in step with what, by which rules."""
    return Hub(
        registers=list(systems.registers.values()),
        doors=systems.doors,
        rules=settings.rules,
        policies={name: target.policy for name, target in settings.targets.items()},
        limits=settings.limits,
        version=settings.version,
        blocked=blocked,
    )


def open_store(settings: Settings, clock: Clock = utc_now) -> Store:
    """What the hub remembers, to be written. Raises StoreError."""
    return Store.open(settings.store_url, clock, settings.calls.most)


def zones(settings: Settings) -> Mapping[str, ZoneInfo]:
    """Where each target stands."""
    return {name: target.zone for name, target in settings.targets.items()}
