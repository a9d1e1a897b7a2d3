"""What the twin's page shows: the cloud's card, then its first users and what they may open."""

from itertools import islice
from typing import TYPE_CHECKING

from doorward.connectors.vizpin.twin.records import KeptUser
from doorward.connectors.vizpin.wire.vizpins import LIVE
from doorward.twinkit.twin import Overview

if TYPE_CHECKING:
    from doorward.connectors.vizpin.twin.world import VizpinWorld

SHOWN_ROWS = 100
COLUMNS = ("User", "Name", "Phone", "Verified", "VIZpins", "Until")


def overview(world: "VizpinWorld") -> Overview:
    """Facts, then the first users."""
    users = world.store.users.rows
    rows = [_row(world, kept) for kept in islice(users.values(), SHOWN_ROWS)]
    if len(users) > SHOWN_ROWS:
        rows.append((f"… and {len(users) - SHOWN_ROWS} more", *[""] * (len(COLUMNS) - 1)))
    return Overview("VIZpin", _facts(world), COLUMNS, rows)


def _facts(world: "VizpinWorld") -> dict[str, str]:
    store = world.store
    locked = [one.username for one in store.logins.rows.values() if world.cloud.is_locked(one)]
    return {
        "Partners": ", ".join(oem.name for oem in store.oems.rows.values()),
        "Accounts, locations, readers": f"{len(store.accounts.rows)}, "
        f"{len(store.locations.rows)}, {len(store.readers.rows)}",
        "Users": str(len(store.users.rows)),
        "VIZpins": str(len(store.vizpins.rows)),
        "Roles": ", ".join(row.role.name for row in store.roles.rows.values()),
        "Locked logins": ", ".join(locked) or "none",
        "Events": f"{len(store.activity.rows)}, {_waiting(world)}",
    }


def _waiting(world: "VizpinWorld") -> str:
    boxes = (world.events, world.verified)
    told = f"{sum(map(len, boxes))} waiting to be pushed"
    dropped = sum(box.dropped for box in boxes)
    if dropped:
        told += f", {dropped} dropped"
    trouble = next((box.trouble for box in boxes if box.trouble), "")
    return f"{told} ({trouble})" if trouble else told


def _row(world: "VizpinWorld", kept: KeptUser) -> tuple[str, ...]:
    user = kept.user
    told = [
        world.cloud.told(row) for row in world.store.vizpins.some(world.store.vizpins_of(kept.id))
    ]
    live = [vizpin for vizpin in told if vizpin.status in LIVE]
    readers = world.store.readers.rows
    return (
        user.id,
        f"{user.first_name} {user.last_name}",
        user.phone,
        "yes" if user.verified else "no",
        ", ".join(readers[vizpin.reader_id].reader.name for vizpin in live) or "none",
        max((vizpin.stop_date or "no end" for vizpin in live), default=""),
    )
