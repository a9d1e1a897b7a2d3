"""Which systems should have called the hub by now: a dead line looks dead, not quiet."""

from collections.abc import Sequence
from datetime import datetime

from doorward.app.config import Settings
from doorward.connectors.kinds import target_kind
from doorward.core.parking.alive import Silence, silences
from doorward.storage.store import Reader


def silent_systems(
    settings: Settings, store: Reader, now: datetime, listening_since: datetime | None
) -> Sequence[Silence]:
    """The car parks that are silent for too long; none while the hub listens to nobody."""
    if listening_since is None:
        return ()
    signs, found = store.parking.signs(), list[Silence]()
    for name, target in settings.targets.items():
        limit = target_kind(target.type).silent_after(target.settings)
        if limit is not None:
            found += silences([name], signs, now, limit, listening_since)
    return found
