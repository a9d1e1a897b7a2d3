"""What `doorward check` says about a car park: connection, signature, whitelist, its calls."""

from datetime import datetime

from doorward.connectors.wincardcore.client.carpark import CarParkClient
from doorward.connectors.wincardcore.client.failures import Invalid, Malformed
from doorward.connectors.wincardcore.settings import WinCardCoreSettings
from doorward.core.parking.alive import Sign
from doorward.core.parking.ports import ParkingBook
from doorward.core.ports import Finding
from doorward.net.errors import LoginRefused, RemoteError


async def findings(
    name: str,
    settings: WinCardCoreSettings,
    client: CarParkClient,
    parking: ParkingBook,
    now: datetime,
) -> list[Finding]:
    """All of them."""
    sign = parking.signs().get(name)
    return [
        await _connection(name, client),
        _whitelist(name, parking, sign),
        _calls(name, settings, sign, now),
    ]


async def _connection(name: str, client: CarParkClient) -> Finding:
    """Changes nobody: one that wants a record at least has read the signature all the same."""
    try:
        await client.patch_customers([])
    except (Invalid, Malformed):
        pass
    except RemoteError as error:
        refused = isinstance(error, LoginRefused)
        return Finding(name, "connection", False, error.reason, error.remedy, refused=refused)
    return Finding(name, "connection", True, "answers, and takes our signature")


def _whitelist(name: str, parking: ParkingBook, sign: Sign | None) -> Finding:
    current = parking.whitelist(name)
    if sign is not None and sign.whitelist_asked_at is not None:
        text = f"is to get the whole of it again since {_moment(sign.whitelist_asked_at)}"
        return Finding(name, "whitelist", False, text, "Nothing to do: the next run sends it.")
    if current is None:
        return Finding(name, "whitelist", True, "nobody was sent there yet")
    return Finding(
        name, "whitelist", True, f"{current.accounts} accounts with {current.cards} cards"
    )


def _calls(name: str, settings: WinCardCoreSettings, sign: Sign | None, now: datetime) -> Finding:
    if settings.inbound is None:
        text = "its visits cannot be taken in: it has no way to call the hub"
        remedy = (
            f"Add [target.{name}.inbound] with its client_id and keys, and run 'doorward serve'."
        )
        return Finding(name, "calls", False, text, remedy)
    heard = sign.heard_at if sign else None
    if heard is None:
        remedy = "Run 'doorward serve', and give its operator the address and the keys."
        return Finding(name, "calls", False, "has never called the hub", remedy)
    limit = settings.silence
    if limit is not None and now - heard > limit:
        remedy = "Look whether it reaches the hub: address, certificate, keys and clock."
        return Finding(name, "calls", False, f"silent since {_moment(heard)}", remedy)
    return Finding(name, "calls", True, f"called last at {_moment(heard)}")


def _moment(instant: datetime) -> str:
    return instant.isoformat(" ", "minutes")
