"""Which systems should have called the hub by now: a dead line looks dead, not quiet."""

from collections.abc import Sequence
from datetime import datetime

from doorward.app.config import Settings
from doorward.connectors.kinds import target_kind
from doorward.core.parking.alive import Silence, lasting, silence_key, silences
from doorward.storage.store import Reader


def silent_systems(
    settings: Settings, store: Reader, now: datetime, listening_since: datetime | None
) -> Sequence[Silence]:
    """The car parks that are silent for too long.

    While the hub listens to nobody no silence begins; one that is known lasts until it is heard.
    """
    signs, found = store.parking.signs(), list[Silence]()
    for name, target in settings.targets.items():
        limit = target_kind(target.type).silent_after(target.settings)
        if limit is None:
            continue
        begun = silences([name], signs, now, limit, listening_since) if listening_since else []
        known = store.incidents.of(silence_key(name))
        still = known and lasting(name, signs.get(name), known.opened_at)
        found += begun or ([still] if still else [])
    return found
