"""Lines that break before, while and after an answer: each call arrives, a refund once."""

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.wincardcore.settlement_desk import ID, Counter, Time, counter
from connectors.wincardcore.test_client_answers import ANSWERS, CALLS, answered
from connectors.wincardcore.test_wire_golden import ENDED
from doorward.connectors.wincardcore.wire import operations as ops
from doorward.connectors.wincardcore.wire.operations import OPERATIONS, Operation
from doorward.net.errors import AnswerLost
from net.sockets import Heard

OK = b"HTTP/1.1 204 X\r\n\r\n"


class Breaking:
    """Breaks the line in one way so often, then answers."""

    def __init__(self, how: str, times: int, operation: Operation) -> None:
        self.how = how
        self.times = times
        body = ANSWERS.get(operation.name)
        self.whole = (
            OK
            if body is None
            else b"HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        self.part = b"HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n[{" if body else OK[:-2]

    async def __call__(self, heard: Heard) -> None:
        if self.times == 0:
            await heard.say(self.whole)
            return
        self.times -= 1
        if self.how == "in the middle":
            await heard.say(self.part)
        if self.how == "reset":
            heard.reset()
        else:
            heard.hang_up()


HOWS = ["before", "in the middle", "reset"]


@pytest.mark.covers("wincardcore", client="*")
@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.name for one in OPERATIONS])
async def test_a_call_whose_answer_is_lost_is_made_again(operation: Operation, how: str):
    async with answered(Breaking(how, 2, operation)) as to:
        await CALLS[operation.name](to)
        assert len(to.server.heard) == 3
        assert to.time.slept == [0.0, 0.5]


@pytest.mark.parametrize("how", HOWS)
async def test_when_patience_ends_the_answer_is_lost(how: str):
    async with answered(Breaking(how, 3, ops.PUT_TRANSACTION)) as to:
        with pytest.raises(AnswerLost) as caught:
            await to.settlement.put_transaction(ID, ENDED)
        assert len(to.server.heard) == 3
        assert caught.value.kind == "retry"


@pytest.mark.covers("wincardcore", client="refund-transaction", rule="refund-to-the-letter")
async def test_a_refund_is_repeated_to_the_letter():
    async with answered(Breaking("before", 2, ops.REFUND)) as to:
        await to.settlement.refund(ID)
        first, second, third = to.server.heard
        assert (first.head, first.body) == (second.head, second.body) == (third.head, third.body)


async def test_a_delivery_is_signed_anew_each_time():
    async with answered(Breaking("before", 1, ops.PUT_TRANSACTION)) as to:
        moments = iter((to.time.now, to.time.now.replace(second=1)))
        to.settlement._session.clock = lambda: next(moments)
        await to.settlement.put_transaction(ID, ENDED)
        first, second = to.server.heard
        assert "LocalTime: 2026-11-26T12:00:00+00:00" in first.head
        assert "LocalTime: 2026-11-26T12:00:01+00:00" in second.head


@pytest.mark.covers("wincardcore", client="refund-transaction", rule="refund-to-the-letter")
async def test_a_refund_is_not_repeated_once_its_local_time_is_stale():
    async with answered(Breaking("before", 2, ops.REFUND)) as to:
        _ages_by_calls(to.time, to.settlement, minutes=5)
        with pytest.raises(AnswerLost):
            await to.settlement.refund(ID)
        assert len(to.server.heard) == 1


def _ages_by_calls(time: Time, client: object, minutes: int) -> None:
    def clock():
        now = time.now
        time.now = now.replace(minute=now.minute + minutes)
        return now

    client._session.clock = clock


class Cut:
    """Lets the settlement side do its work, and cuts the line before the answer, so often."""

    def __init__(self, times: int) -> None:
        self.times = times

    def __call__(self, server: ASGIApp) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            async def lose(message: Message) -> None:
                if self.times > 0 and message["type"] == "http.response.body":
                    self.times -= 1
                    raise ConnectionError
                if self.times == 0:
                    await send(message)

            await server(scope, receive, lose)

        return app


async def _refund(hub: Counter) -> None:
    hub.desk.visits["garage", ID] = ENDED
    await hub.client.refund(ID)


@pytest.mark.covers("wincardcore", client="refund-transaction", rule="replay-memory")
async def test_money_is_given_back_once_however_often_the_answer_is_lost():
    async with counter(app=Cut(2)) as hub:
        await _refund(hub)
        assert len(hub.calls) == 3
        assert len(hub.desk.refunds) == 1


@pytest.mark.covers("wincardcore", client="put-transaction")
async def test_a_visit_is_kept_once_however_often_the_answer_is_lost():
    async with counter(app=Cut(2)) as hub:
        await hub.client.put_transaction(ID, ENDED)
        assert len(hub.calls) == 3
        assert hub.desk.visits == {("garage", ID): ENDED}
