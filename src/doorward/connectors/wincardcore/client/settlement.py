"""Telling the settlement side what happens in a car park, and asking it (sections 3 to 6)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import BinaryIO, TypeVar

from doorward.connectors.wincardcore.client.patience import PATIENT, Patience
from doorward.connectors.wincardcore.client.session import Request, Session, Sleep
from doorward.connectors.wincardcore.signing import TOLERANCE, KeyPair
from doorward.connectors.wincardcore.wire import operations as ops
from doorward.connectors.wincardcore.wire.codes import Action
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.lists import read_accounts, read_card
from doorward.connectors.wincardcore.wire.operations import PREFIX
from doorward.connectors.wincardcore.wire.requests import (
    Command,
    Lock,
    Refund,
    write_command,
    write_lock,
    write_refund,
)
from doorward.connectors.wincardcore.wire.streaming import ArraySplitter
from doorward.connectors.wincardcore.wire.transaction import Transaction, write_transaction
from doorward.connectors.wincardcore.wire.whitelist import Account, Card
from doorward.net.errors import Unreadable
from doorward.net.line import Answer, Limits, Line

T = TypeVar("T")

ACCOUNTS_LIMITS = Limits(total=3600.0, body=8 * 1024**3)
CHUNK = 256 * 1024
STILL_FRESH = TOLERANCE - timedelta(minutes=1)  # how long the same LocalTime is sent again


class SettlementClient:
    """One settlement system. Every call is tried again as `patience` says; each then is final.

    `prefix`: as `wire.operations.normal_prefix` gives it; `clock`: what LocalTime is told by.
    All methods raise RemoteError, and ValueError for a key that no path can carry.
    """

    def __init__(
        self,
        line: Line,
        client_id: str,
        keys: KeyPair,
        *,
        prefix: str = PREFIX,
        clock: Callable[[], datetime] | None = None,
        patience: Patience = PATIENT,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._session = Session(
            line, client_id, keys, prefix=prefix, clock=clock, patience=patience, sleep=sleep
        )

    async def put_transaction(self, id: str, transaction: Transaction) -> None:
        """Deliver a visit; the same again is no error (4.1). Raises Conflict."""
        body = write_transaction(transaction)
        await self._session.patient_call(Request(ops.PUT_TRANSACTION, body, id))

    async def patch_transaction(self, id: str, transaction: Transaction) -> None:
        """Deliver what became of a visit (4.2). Raises Conflict."""
        body = write_transaction(transaction)
        await self._session.patient_call(Request(ops.PATCH_TRANSACTION, body, id))

    async def refund(
        self, id: str, refund: Refund | None = None, at: datetime | None = None
    ) -> None:
        """Give money back, all that is left where nothing is said (4.3). Raises Conflict, NotFound.

        Tried again with the same LocalTime only, which makes it the same refund. When AnswerLost is
        raised it may have been done: call it again with the same `at`, the LocalTime.
        """
        told = at or self._session.clock()
        request = Request(ops.REFUND, write_refund(refund or Refund()), id)
        await self._session.patiently(
            lambda: self._session.call(request, told), until=told + STILL_FRESH
        )

    async def lock_card(self, card_key: str, info: str | None = None) -> None:
        """Lock a card (5.1). Raises NotFound."""
        body = write_lock(Lock(info=info))
        await self._session.patient_call(Request(ops.LOCK_CARD, body, card_key))

    async def release_card(self, card_key: str, info: str | None = None) -> None:
        """Release a card (5.2). Raises NotFound."""
        body = write_lock(Lock(info=info))
        await self._session.patient_call(Request(ops.RELEASE_CARD, body, card_key))

    async def command(self, action: Action = Action.SEND_ALL_ACCOUNTS) -> None:
        """Ask for something to be done, by and by (6.1)."""
        await self._session.patient_call(Request(ops.COMMAND, write_command(Command(action))))

    async def alive(self) -> None:
        """Say that the car park is there, and learn whether the other side is (6.2)."""
        await self._session.patient_call(Request(ops.ALIVE))

    async def account(self, key: str) -> Account:
        """One account (3.2). Raises NotFound."""
        answer = await self._session.patient_call(Request(ops.GET_ACCOUNT, key=key))
        return _understood(lambda body: read_accounts(body).records[0], answer)

    async def card(self, key: str) -> Card:
        """One card (3.3). Raises NotFound."""
        answer = await self._session.patient_call(Request(ops.GET_CARD, key=key))
        return _understood(read_card, answer)

    @asynccontextmanager
    async def accounts(self, limits: Limits = ACCOUNTS_LIMITS) -> AsyncIterator[Iterator[Account]]:
        """All accounts (3.1), in constant memory: the whole answer is in a file before the first.

        Cards without exactly one number are left out. Reading them raises Unreadable for what is no
        list of accounts; that an account stands twice is seen only nearby.
        """
        async with self._session.patient_download(Request(ops.GET_ACCOUNTS), limits) as file:
            yield _accounts(file)


def _accounts(file: BinaryIO) -> Iterator[Account]:
    splitter, first = ArraySplitter(), 1
    try:
        while chunk := file.read(CHUNK):
            if records := splitter.feed(chunk):
                yield from read_accounts(b"[%s]" % b",".join(records), first).records
                first += len(records)
        splitter.end()
    except Fault as fault:
        raise Unreadable(f"this is no list of accounts: {fault}", status=200) from None


def _understood(read: Callable[[bytes], T], answer: Answer) -> T:
    try:
        return read(answer.body)
    except (Fault, IndexError) as fault:
        raise Unreadable(f"not what was asked for: {fault}", status=answer.status) from None
