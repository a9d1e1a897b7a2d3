"""What is declared of one method, and how its parameters are read and written by it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec

from doorward.connectors.vizpin.wire import fields, session
from doorward.connectors.vizpin.wire.codes import ErrorCode, Success
from doorward.connectors.vizpin.wire.faults import Fault, Faulty
from doorward.connectors.vizpin.wire.fields import Asked, Spec
from doorward.connectors.vizpin.wire.rules import KEY
from doorward.net.secrets import Secret

PREFIX = "com.vizpin."

P = TypeVar("P", bound=Asked)
A = TypeVar("A", bound=msgspec.Struct)


def _as_sent(raw: object) -> object:
    return raw


@dataclass(frozen=True)
class Operation(Generic[P, A]):
    """One method; `short` is its name without the part that all have.

    `repeatable`: a second call does no harm and answers the same, so it may be sent again when an
    answer was lost. `errors`: the codes of faults in fields that have one of their own.
    """

    short: str
    asks: type[P]
    answers: type[A]
    success: Success
    error: ErrorCode
    repeatable: bool = True
    needs_session: bool = True
    errors: tuple[tuple[str, ErrorCode], ...] = ()
    tidied: Callable[[object], object] = _as_sent

    @cached_property
    def name(self) -> str:
        """The method's name as it is called."""
        return PREFIX + self.short

    @property
    def parameters(self) -> tuple[Spec, ...]:
        """The parameters: name, other names, rule, whether required."""
        return fields.specs(self.asks)

    @property
    def needs_key(self) -> bool:
        """Whether the OEM key is required."""
        return issubclass(self.asks, session.Keyed)

    def read_key(self, raw: object) -> Secret | Fault | None:
        """The OEM key that was sent, before anything else is read; None where it may be missing."""
        try:
            said = fields.folded(raw, "")
            key = fields.pick(said, ("oemkey",), "oem_key")
            if key is None and not self.needs_key:
                return None
            return KEY.read("" if key is None else key, "oem_key")
        except Faulty as faulty:
            return faulty.fault

    def read_params(self, raw: object) -> P | Fault:
        """The parameters, each by its rule; the first fault where one cannot be taken."""
        try:
            return fields.read(self.asks, self.tidied(raw))
        except Faulty as faulty:
            return faulty.fault

    def write_params(self, params: P) -> dict[str, object]:
        """The parameters as they are sent. Raises Faulty for what the rules don't allow."""
        return fields.write(params)

    def code_for(self, fault: Fault) -> ErrorCode:
        """The error code of a call with this fault."""
        return dict(self.errors).get(fault.field, _KEY_ERRORS.get(fault.field, self.error))


AnyOperation = Operation[Any, Any]

_KEY_ERRORS = {"oem_key": ErrorCode.BAD_OEM_KEY}
