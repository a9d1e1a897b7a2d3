"""The twin of a WinCardCore car park, on a real socket. `wincardcore_twin` makes one.

Besides the protocol and every twin's controls it answers `POST /_twin/drive-in`, `/_twin/drive-out`
and `/_twin/operator` (see `controls`). It calls the settlement system by itself while it is served.

stock, rows, staging, changing, reading, whitelist   the whitelist, which may be huge
rules, tariff, admission                             how the car park is run
visits, garage, barriers, operator                   who is inside, what happens at the barriers
outbox, courier, peer                                what the settlement system is told
world, state, page, controls                         the twin around it
"""

from starlette.applications import Starlette

from doorward.connectors.wincardcore.signing import KeyPair
from doorward.connectors.wincardcore.twin.controls import controls
from doorward.connectors.wincardcore.twin.peer import PeerAddress
from doorward.connectors.wincardcore.twin.rules import Rules
from doorward.connectors.wincardcore.twin.world import WinCardCoreWorld
from doorward.connectors.wincardcore.twin_settings import TwinOptions
from doorward.connectors.wincardcore.wire.operations import normal_prefix
from doorward.net.secrets import Secret
from doorward.twinkit import control
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.twin import Twin


def make_twin(options: TwinOptions) -> Twin:
    """The twin that these options describe. Raises ValueError for what cannot be."""
    return wincardcore_twin(options)


def wincardcore_twin(
    options: TwinOptions | None = None,
    *,
    rules: Rules | None = None,
    clock: TwinClock | None = None,
) -> Twin:
    """A car park; what its state file holds goes before `rules` and invented people.

    Raises ValueError for keys, prefixes and addresses that cannot be used.
    """
    given = options or TwinOptions()
    world = WinCardCoreWorld(
        rules or Rules(car_park=given.car_park),
        (given.client_id, KeyPair(Secret(given.auth_key), Secret(given.sig_key))),
        _address(given),
        normal_prefix(given.prefix),
        (given.people, given.seed),
        given.state,
        clock or TwinClock(),
    )
    twin = control.make_twin(world)
    twin.work, twin.pieces, twin.too_large = world.courier.work, world.pieces, world.too_large
    assert isinstance(twin.control, Starlette)
    twin.control.router.routes.extend(controls(world))
    return twin


def _address(given: TwinOptions) -> PeerAddress | None:
    if given.peer_url is None:
        return None
    keys = KeyPair(Secret(given.peer_auth_key), Secret(given.peer_sig_key))
    prefix = normal_prefix(given.peer_prefix)
    return PeerAddress(given.peer_url, given.peer_client_id, keys, prefix)
