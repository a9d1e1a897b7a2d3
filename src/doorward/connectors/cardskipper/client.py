"""Asking Cardskipper: who is a member, and what the organisation's roles are called.

Reads only: the hub never writes to a register. Each call is harmless, so it is tried again when
nothing was answered or the system is busy, a few times and with pauses; a refused login never.
"""

from collections.abc import AsyncIterator, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal, cast

import stamina

from doorward.connectors.cardskipper.answers import fault
from doorward.connectors.cardskipper.exporting import Export
from doorward.connectors.cardskipper.wire.criteria import (
    DIALECTS,
    Criteria,
    Dialect,
    write_criteria,
)
from doorward.connectors.cardskipper.wire.operations import (
    MASKED,
    MEMBER_EXPORT,
    ORGANISATION_INFO,
    Operation,
)
from doorward.connectors.cardskipper.wire.organisation import (
    Organisation,
    read_organisations,
)
from doorward.connectors.cardskipper.wire.problems import NoMembers, WrongRoot
from doorward.net.calls import Masker
from doorward.net.errors import Busy, LoginRefused, RemoteError, Unreachable
from doorward.net.line import Limits, Line

DialectSetting = Literal["documented", "vendor", "auto"]

EXPORT_LIMITS = Limits(total=600.0, body=200 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a read is tried, and how long is waited in between, in seconds."""

    attempts: int = 3
    wait: float = 0.5
    wait_max: float = 5.0


PATIENT = Patience()


class CardskipperClient:
    """Asks one Cardskipper installation over one line (with the login as `basic`).

    `dialect` "auto" tries the documented dialect, then the vendor's, and keeps in `remembered`, by
    address, the one that worked. `language` is that of base data and messages.
    """

    def __init__(
        self,
        line: Line,
        *,
        dialect: DialectSetting = "auto",
        language: str = "en",
        patience: Patience = PATIENT,
        limits: Limits = EXPORT_LIMITS,
        remembered: MutableMapping[str, Dialect] | None = None,
    ) -> None:
        line.masker = Masker(MASKED)
        self._line = line
        self._setting = dialect
        self._headers = {"Accept-Language": language, "Content-Type": "application/xml"}
        self._patience = patience
        self._limits = limits
        self._remembered = {} if remembered is None else remembered
        self._worked: set[str] = set()
        self._denied: LoginRefused | None = None

    @property
    def dialect(self) -> Dialect | None:
        """The dialect that is spoken; None as long as that is not known."""
        if self._setting != "auto":
            return self._setting
        return self._remembered.get(self._line.url)

    async def organisation_info(self) -> tuple[Organisation, ...]:
        """The organisations that this login may see, with their roles. Raises RemoteError."""
        # A small answer: whether it is one is judged by reading it.
        async with self._fetched(
            ORGANISATION_INFO, b"", replace(self._limits, body=4 << 20)
        ) as file:
            return read_organisations(file.read())

    @asynccontextmanager
    async def export(self, criteria: Criteria) -> AsyncIterator[Export]:
        """The members that fit. Raises RemoteError: no answer, no grant, or nothing to believe.

        An answer without members is `problems.NoMembers`, also when nobody fits.
        """
        async with AsyncExitStack() as stack:
            yield await self._in_some_dialect(stack, criteria)

    async def _in_some_dialect(self, stack: AsyncExitStack, criteria: Criteria) -> Export:
        known = self.dialect
        troubles: list[RemoteError] = []
        for dialect in (known,) if known else DIALECTS:
            try:
                export = await self._begun(stack, criteria, dialect)
            except RemoteError as trouble:
                if self._setting == "auto":
                    self._remembered.pop(self._line.url, None)
                if not _may_be_the_dialect(trouble):
                    raise
                troubles.append(trouble)
            else:
                if self._setting == "auto":
                    self._remembered[self._line.url] = dialect
                return export
        raise _most_telling(troubles)

    async def _begun(self, stack: AsyncExitStack, criteria: Criteria, dialect: Dialect) -> Export:
        async with AsyncExitStack() as trial:
            body = write_criteria(criteria, dialect)
            file = await trial.enter_async_context(self._fetched(MEMBER_EXPORT, body, self._limits))
            export = Export(file, criteria.organisation_id, dialect)
            await trial.enter_async_context(export)
            stack.push_async_exit(trial.pop_all())
            return export

    @asynccontextmanager
    async def _fetched(
        self, operation: Operation, body: bytes, limits: Limits
    ) -> AsyncIterator[BinaryIO]:
        async with AsyncExitStack() as stack:
            patience = self._patience
            async for attempt in stamina.retry_context(
                on=_can_pass,
                attempts=patience.attempts,
                timeout=None,
                wait_initial=patience.wait,
                wait_max=patience.wait_max,
                wait_jitter=patience.wait,
            ):
                with attempt:
                    file = await self._once(stack, operation, body, limits)
            yield file

    async def _once(
        self, stack: AsyncExitStack, operation: Operation, body: bytes, limits: Limits
    ) -> BinaryIO:
        if self._denied:
            raise self._denied
        async with AsyncExitStack() as trial:
            answer, file = await trial.enter_async_context(
                self._line.download(
                    operation.method, operation.path, body, self._headers, limits=limits
                )
            )
            trouble = fault(operation, answer.status, answer.body, self._worked)
            if isinstance(trouble, LoginRefused):
                self._denied = trouble
            if trouble:
                raise trouble
            self._worked.add(operation.name)
            stack.push_async_exit(trial.pop_all())
        return cast("BinaryIO", file)


def _can_pass(error: Exception) -> bool:
    return isinstance(error, Unreachable | Busy)


def _may_be_the_dialect(trouble: RemoteError) -> bool:
    """Whether the other dialect may do better: refused as a request, or answered without members.

    A server that falls over what it does not know says 500.
    """
    return isinstance(trouble, NoMembers | WrongRoot) or trouble.status in {400, 415, 422, 500}


def _most_telling(troubles: list[RemoteError]) -> RemoteError:
    """An answer without members was at least understood."""
    return next((trouble for trouble in troubles if isinstance(trouble, NoMembers)), troubles[-1])
