"""The small bodies: refunds, locks and releases, commands (WinCardCore 3.3, 4.3, 5, 6)."""

from decimal import Decimal
from typing import TypeVar

import msgspec
from msgspec.structs import force_setattr

from doorward.connectors.wincardcore.wire.amounts import two_places
from doorward.connectors.wincardcore.wire.codes import Action
from doorward.connectors.wincardcore.wire.fields import Counting, Text
from doorward.connectors.wincardcore.wire.form import read, write


class Refund(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False
):
    """Gives back `amount` euro of a visit; everything that is left where it is None."""

    amount: Decimal | None = None
    info_id: Counting | None = None
    info: Text | None = None

    def __post_init__(self) -> None:
        if self.amount is not None:
            force_setattr(self, "amount", two_places(self.amount, "Amount"))


class Lock(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False
):
    """Why an operator locks or releases a card."""

    info: Text | None = None


class Command(msgspec.Struct, frozen=True, rename="pascal", gc=False):
    """What the car park asks for."""

    command: Action


S = TypeVar("S", Refund, Lock)


def read_refund(body: bytes) -> Refund:
    """No body at all refunds everything. Raises Fault."""
    return _perhaps(body, Refund)


def read_lock(body: bytes) -> Lock:
    """No body at all gives no reason. Raises Fault."""
    return _perhaps(body, Lock)


def _perhaps(body: bytes, kind: type[S]) -> S:
    return read(body, kind) if body.strip() else kind()


def read_command(body: bytes) -> Command:
    """Raises Fault, also for a command that is not listed."""
    return read(body, Command)


def write_refund(refund: Refund) -> bytes:
    """As it is sent."""
    return write(refund)


def write_lock(lock: Lock) -> bytes:
    """As it is sent."""
    return write(lock)


def write_command(command: Command) -> bytes:
    """As it is sent."""
    return write(command)
