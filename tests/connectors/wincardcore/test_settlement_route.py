"""The settlement side among other routes, and what is answered when its store fails."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import NoMatchFound, Route

from connectors.wincardcore.settlement_desk import HURRIED, ID, Desk, Time, counter, garage
from connectors.wincardcore.test_wire_golden import OPEN
from doorward.connectors.wincardcore.client.failures import InternalError, NotFound, Unavailable
from doorward.connectors.wincardcore.client.session import Request as Sent
from doorward.connectors.wincardcore.server.settlement import SettlementServer
from doorward.connectors.wincardcore.server.settlement_route import SettlementRoute
from doorward.connectors.wincardcore.wire.operations import Operation
from doorward.connectors.wincardcore.wire.whitelist import Account
from doorward.net.errors import AnswerLost, Refused


class Full(Exception):
    """The store cannot write now."""


async def _put_off(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("it cannot be kept now", 503)


async def _here(_request: Request) -> Response:
    return PlainTextResponse("here", 200)


def hub_app(server: SettlementServer) -> Any:
    """As the hub serves it: among others, a failing store being answered with 503."""
    routes = [Route("/healthz", _here), SettlementRoute(server), Route("/{rest:path}", _here)]
    return Starlette(routes=routes, exception_handlers={Full: _put_off})


async def test_it_answers_among_other_routes():
    async with counter(app=hub_app) as hub:
        await hub.client.put_transaction(ID, OPEN)
        async with hub.client.accounts() as accounts:
            assert len(list(accounts)) == 2
        assert (await hub.line.call("GET", "/healthz")).body == b"here"
        assert hub.desk.visits == {("garage", ID): OPEN}


@pytest.mark.covers("wincardcore", rule="prefix")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/ica/v1/command", 401),
        ("/api/ica/v1/nothing", 401),
        ("/api/ica/accounts", 401),
        ("/api/ica/accounts/1", 401),
        ("/api/ica", 200),
        ("/api/ica/accountsofall", 200),
        ("/api/icarus/v1/command", 200),
    ],
)
async def test_it_takes_what_is_below_its_prefix_and_nothing_else(path: str, status: int):
    async with counter(app=hub_app) as hub:
        assert (await hub.line.call("GET", path)).status == status


@pytest.mark.covers("wincardcore", rule="other-5xx-at-once", answers="settlement-side/503")
async def test_a_store_that_fails_is_tried_again_at_once():
    async with counter(app=hub_app) as hub:
        hub.desk.fails = [Full()]
        await hub.client.put_transaction(ID, OPEN)
        assert hub.time.slept == [0.0]
        assert hub.desk.visits == {("garage", ID): OPEN}


@pytest.mark.covers("wincardcore", rule="after-500-wait", answers="settlement-side/500")
async def test_a_mistake_of_ours_is_tried_again_after_a_wait():
    async with counter(app=hub_app) as hub:
        hub.desk.fails = [RuntimeError("a mistake")]
        await hub.client.put_transaction(ID, OPEN)
        assert hub.time.slept[0] == HURRIED.wait


async def test_a_store_that_goes_on_failing_is_told_of():
    async with counter(app=hub_app) as hub:
        hub.desk.fails = [Full(), Full(), Full()]
        with pytest.raises(Unavailable, match="503, it cannot be kept now"):
            await hub.client.alive()
        assert hub.desk.alive_calls == []


async def test_accounts_that_cannot_be_begun_are_an_error_and_no_list():
    async with counter(app=hub_app) as hub:
        hub.desk.fails = [RuntimeError(), RuntimeError(), RuntimeError()]
        # The server hangs up after its mistake; who asks again in that very moment hears nothing.
        with pytest.raises((InternalError, AnswerLost)):
            async with hub.client.accounts():
                raise AssertionError


async def test_accounts_that_break_off_are_no_list():
    async with counter(app=hub_app) as hub:
        hub.desk.listed = [Account(account_key=f"{number}") for number in range(5_000)]
        broken = Breaking(hub.desk)
        hub.desk.__dict__["accounts"] = broken.accounts
        with pytest.raises(AnswerLost):
            async with hub.client.accounts():
                raise AssertionError
        assert broken.times == HURRIED.attempts


class Breaking:
    """Accounts of which the 4,000th cannot be read."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.times = 0

    def accounts(self, _system: str) -> Any:
        self.times += 1
        for number, account in enumerate(self._desk.listed):
            if number == 4_000:
                raise RuntimeError("the whitelist was replaced")
            yield account


async def test_a_method_that_is_none_is_told_those_that_are():
    async with counter(app=hub_app) as hub:
        with pytest.raises(NotFound):
            await hub.client.account("nobody")
        with pytest.raises(Refused, match="405"):
            await _wrongly(hub)


async def _wrongly(hub: Any) -> None:
    wrong = Operation("wrong", "settlement", "PUT", "/v1/command")
    await hub.client._session.call(Sent(wrong))


def test_it_has_no_names():
    route = SettlementRoute(SettlementServer(Desk(), [garage()], Time()))
    with pytest.raises(NoMatchFound):
        route.url_path_for("settlement")
