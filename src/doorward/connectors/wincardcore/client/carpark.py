"""Telling a car park who may drive in (WinCardCore 3.3, section 2).

The car park acknowledges what it has received; it takes it over on its own time (1.4), so nothing
is read back.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from doorward.connectors.wincardcore.client.failures import Invalid, Misread
from doorward.connectors.wincardcore.client.patience import PATIENT, Patience
from doorward.connectors.wincardcore.client.session import Request, Session, Sleep
from doorward.connectors.wincardcore.signing import KeyPair
from doorward.connectors.wincardcore.wire import operations as ops
from doorward.connectors.wincardcore.wire.blocks import Block, blocks
from doorward.connectors.wincardcore.wire.lists import write_list
from doorward.connectors.wincardcore.wire.operations import PREFIX, Operation
from doorward.connectors.wincardcore.wire.whitelist import Account, AccountCards, AccountCustomer
from doorward.net.errors import RemoteError
from doorward.net.line import Line

BLOCK = 1000  # accounts
Progress = Callable[[int, int], None]


def _quiet(_done: int, _total: int) -> None:
    """Show no progress."""


class CarParkClient:
    """One car park, one request at a time: any other in between would discard an upload's blocks.

    `prefix`: as `wire.operations.normal_prefix` gives it; `clock`: what LocalTime is told by.
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
        self._turn = asyncio.Lock()

    async def put_all(
        self,
        accounts: Callable[[], Iterable[Account]],
        count: int,
        size: int = BLOCK,
        progress: Progress = _quiet,
    ) -> None:
        """Put these accounts, `count` in all, in the place of everything that is there (2.1).

        `accounts` is called again for each start, since an upload that fails in the middle begins
        again; it is gone through in a thread, `size` accounts at a time. `progress` is told how
        many have been sent. Raises RemoteError: what was there before is there still, unless the
        answer to the last block was lost. Raises ValueError where there are not `count` accounts.
        """
        failures: list[RemoteError] = []
        async with self._turn:
            while True:
                upload = _Upload(self._session, blocks(accounts(), count, size), progress)
                try:
                    return await upload.send()
                except RemoteError as error:
                    failures.append(error)
                    if not (upload.may_be_discarded(failures) or await self._paused(failures)):
                        raise

    async def _paused(self, failures: list[RemoteError]) -> bool:
        return await self._session.paused(failures)

    async def patch_accounts(self, accounts: Iterable[Account]) -> None:
        """Change accounts, or add them; cards that an account does not list go (2.2)."""
        await self._send(ops.PATCH_ACCOUNTS, write_list(accounts))

    async def post_accounts(self, accounts: Iterable[Account]) -> None:
        """Add accounts (2.3)."""
        await self._send(ops.POST_ACCOUNTS, write_list(accounts))

    async def delete_accounts(self, keys: Sequence[str]) -> None:
        """Delete accounts by their keys; one that is not there is no error (2.4)."""
        await self._send(ops.DELETE_ACCOUNTS, write_list(keys))

    async def patch_cards(self, cards: Iterable[AccountCards]) -> None:
        """Change cards, or add them; those that are not listed stay (2.5)."""
        await self._send(ops.PATCH_CARDS, write_list(cards))

    async def post_cards(self, cards: Iterable[AccountCards]) -> None:
        """Add cards to accounts that are there (2.6)."""
        await self._send(ops.POST_CARDS, write_list(cards))

    async def delete_cards(self, keys: Sequence[str]) -> None:
        """Delete cards by their keys; one that is not there is no error (2.7)."""
        await self._send(ops.DELETE_CARDS, write_list(keys))

    async def put_cards(self, cards: Iterable[AccountCards]) -> None:
        """Give accounts exactly these cards (2.8)."""
        await self._send(ops.PUT_CARDS, write_list(cards))

    async def patch_customers(self, customers: Iterable[AccountCustomer]) -> None:
        """Replace the holders of accounts; their cards stay (2.9)."""
        await self._send(ops.PATCH_CUSTOMERS, write_list(customers))

    async def _send(self, operation: Operation, body: bytes) -> None:
        """All or nothing; harmless to repeat, so it is. Raises RemoteError."""
        async with self._turn:
            await self._session.patient_call(Request(operation, body))


class _Upload:
    """One start of an upload, from its first block on."""

    def __init__(
        self, session: Session, coming: Iterator[tuple[Block, bytes]], progress: Progress
    ) -> None:
        self._session = session
        self._coming = coming
        self._progress = progress
        self._block: Block | None = None  # the last one that was sent

    async def send(self) -> None:
        """Send all blocks, each once."""
        while found := await asyncio.to_thread(next, self._coming, None):
            self._block, body = found
            await self._send(self._block, body)
            self._progress(self._block.last, self._block.count)

    async def _send(self, block: Block, body: bytes) -> None:
        answer = await self._session.call(Request(ops.PUT_ACCOUNTS, body, query=block.query))
        if (answer.status == 202) is block.completes:
            took = "as a part" if block.completes else "for the whole"
            what = "the last block" if block.completes else "a block in the middle"
            raise Misread(f"the car park took {what} ({block}) {took}", status=answer.status)

    def may_be_discarded(self, failures: Sequence[RemoteError]) -> bool:
        """Whether the blocks before may be gone for reasons of the other side: a first 422 there.

        Another program with the same ClientId does that with any request.
        """
        begun = self._block is not None and not self._block.restarts
        invalid = [one for one in failures if isinstance(one, Invalid)]
        return begun and failures[-1:] == invalid and len(invalid) == 1
