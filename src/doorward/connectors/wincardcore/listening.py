"""Where car parks call the hub: everything below the prefix, for all that share it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import structlog
from starlette.routing import BaseRoute

from doorward.connectors.kinds import Clash
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
    """One server for each prefix, for car parks that don't clash there."""
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
                tolerance=timedelta(seconds=own[0][1].tolerance_seconds),
                noted=_noted,
            )
        )
        for prefix, own in by_prefix.items()
    ]


def clashes(targets: Mapping[str, WinCardCoreSettings]) -> Sequence[Clash]:
    """Car parks that call under one prefix, and could not be told apart or judged there."""
    seen: defaultdict[str, dict[str, InboundSettings]] = defaultdict(dict)
    found: list[Clash] = []
    for name, target in targets.items():
        if rules := target.inbound:
            beside = seen[normal_prefix(rules.prefix)]
            found += _clashes(name, rules, beside)
            beside[name] = rules
    return found


def _clashes(
    name: str, rules: InboundSettings, beside: Mapping[str, InboundSettings]
) -> Iterator[Clash]:
    same = [other for other, its in beside.items() if its.client_id == rules.client_id]
    if same:
        yield Clash(
            name,
            ("inbound", "client_id"),
            f"'{same[0]}' calls itself {rules.client_id!r} under the same prefix already",
            "Agree on another client_id with its operator, or give it a prefix of its own.",
        )
    first = next(iter(beside.items()), None)
    if first is not None and first[1].tolerance_seconds != rules.tolerance_seconds:
        yield Clash(
            name,
            ("inbound", "tolerance_seconds"),
            f"'{first[0]}' has {first[1].tolerance_seconds:g} under the same prefix",
            "Give both the same, or give it a prefix of its own.",
        )


def _noted(turned: Noted) -> None:
    _log.warning(
        "call_refused",
        target=turned.system,
        peer=turned.peer,
        call=f"{turned.method} {turned.path}",
        why=turned.reason,
        status=turned.status,
    )
