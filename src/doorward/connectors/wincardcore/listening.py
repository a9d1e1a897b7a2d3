"""Where car parks call the hub: everything below the prefix, for all that share it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import structlog
from starlette.routing import BaseRoute

from doorward.connectors.reception import Reached, Reception
from doorward.connectors.wincardcore.desk import SettlementDesk
from doorward.connectors.wincardcore.server.settlement import CarPark, Noted, SettlementServer
from doorward.connectors.wincardcore.server.settlement_route import SettlementRoute
from doorward.connectors.wincardcore.settings import InboundSettings, WinCardCoreSettings
from doorward.connectors.wincardcore.wire.operations import normal_prefix

_log = structlog.get_logger("doorward.inbound")


def ways_in(
    targets: Sequence[Reached[WinCardCoreSettings]], reception: Reception
) -> Sequence[BaseRoute]:
    """One server for each prefix. Raises ValueError for two car parks that call alike."""
    by_prefix: defaultdict[str, list[tuple[str, InboundSettings]]] = defaultdict(list)
    for target in targets:
        if rules := target.settings.inbound:
            by_prefix[normal_prefix(rules.prefix)].append((target.name, rules))
    desk = SettlementDesk(reception.parking, reception.clock, reception.due)
    return [
        SettlementRoute(
            SettlementServer(
                desk,
                [CarPark(name, rules.client_id, rules.keys) for name, rules in own],
                reception.clock,
                prefix=prefix,
                tolerance=timedelta(seconds=min(rules.tolerance_seconds for _, rules in own)),
                noted=_noted,
            )
        )
        for prefix, own in by_prefix.items()
    ]


def _noted(turned: Noted) -> None:
    _log.warning(
        "call_refused",
        target=turned.system,
        peer=turned.peer,
        call=f"{turned.method} {turned.path}",
        why=turned.reason,
        status=turned.status,
    )
