"""Any method of VIZpin's API, called with the login of a configured target."""

import inspect
import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from doorward.app.blocking import blocked, fingerprints
from doorward.app.config import Settings, Target
from doorward.app.hub import Clock, utc_now
from doorward.app.runs import NoSuchTarget
from doorward.connectors.kinds import Surroundings
from doorward.connectors.vizpin.client import VizpinClient
from doorward.connectors.vizpin.dialling import dialled
from doorward.connectors.vizpin.settings import VizpinSettings
from doorward.connectors.vizpin.wire.faults import Fault
from doorward.connectors.vizpin.wire.fields import fold
from doorward.connectors.vizpin.wire.operation import PREFIX, AnyOperation
from doorward.connectors.vizpin.wire.operations import MASKED, OPERATIONS
from doorward.core.errors import Kind, Trouble
from doorward.net.errors import LoginRefused, RemoteError
from doorward.net.secrets import MASK
from doorward.storage.store import Store


class NoSuchMethod(LookupError):
    """No method of the API has that name."""

    remedy = "See: doorward vizpin methods"

    def __init__(self, name: str) -> None:
        super().__init__(f"VIZpin has no method '{name}'")


class WrongParameter(LookupError):
    """A parameter that the method does not have, or whose value it does not take."""

    def __init__(self, operation: AnyOperation, reason: str) -> None:
        super().__init__(f"{operation.name}: {reason}")
        names = ", ".join(_asked(operation)) or "none"
        self.remedy = f"Its parameters (? may be left out): {names}."


class NotCalled(RemoteError):
    """VIZpin refused this very login before."""

    advice = "Correct the login; then run 'doorward check'."


def operation_of(method: str) -> AnyOperation:
    """The method of that name, with or without its first part. Raises NoSuchMethod."""
    wanted = method.casefold().removeprefix(PREFIX)
    for operation in OPERATIONS.values():
        if operation.short.casefold() == wanted:
            return operation
    raise NoSuchMethod(method)


def methods() -> list[dict[str, str]]:
    """Every method: its name, its parameters ("?": may be left out), what it is for."""
    return [
        {"method": one.short, "parameters": " ".join(_asked(one)), "for": _purpose(one)}
        for one in OPERATIONS.values()
    ]


def _purpose(operation: AnyOperation) -> str:
    method = getattr(VizpinClient, operation.short.replace(".", "_").lower())
    return (inspect.getdoc(method) or "").partition("\n")[0]


def _asked(operation: AnyOperation) -> list[str]:
    """What is to be given with a call: the login and the key are those of the target."""
    specs = (one for one in operation.parameters if one.name not in _OURS)
    return [one.name if one.required else f"{one.name}?" for one in specs]


_OURS = ("oem_key", "username", "password")


def vizpin_target(settings: Settings, name: str | None) -> Target:
    """The VIZpin target of that name, or the only one. Raises NoSuchTarget."""
    known = {one.name: one for one in settings.targets.values() if one.type == "vizpin"}
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None or name not in known:
        raise NoSuchTarget(name or "(none named)", known)
    return known[name]


def read_parameters(operation: AnyOperation, given: Iterable[str]) -> dict[str, Any]:
    """Texts such as `userid=a0q…` by name; JSON as what it says. Raises WrongParameter."""
    known = {key for one in operation.parameters for key in one.keys}
    found: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise WrongParameter(operation, f"'{name}' is no NAME=VALUE")
        if fold(name) not in known:
            raise WrongParameter(operation, f"there is no parameter '{name}'")
        found[name] = _value(value)
    return found


def _value(text: str) -> Any:
    """Lists, objects and quoted text as JSON; a bare number stays the text that ids are."""
    if not text.startswith(("[", "{", '"')):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


async def call_method(
    settings: Settings,
    store: Store,
    target: Target,
    operation: AnyOperation,
    given: Mapping[str, Any],
    clock: Clock = utc_now,
) -> dict[str, Any]:
    """Call it; its answer as plain values, secrets masked.

    Raises WrongParameter before anything is sent, and RemoteError. A login that is refused is
    remembered as in a run, so that nobody locks it by trying.
    """
    refused = blocked(settings, store).get(target.name)
    if refused is not None:
        raise NotCalled(f"{target.name} is {refused.reason}", remedy=refused.remedy)
    connector = target.settings
    assert isinstance(connector, VizpinSettings)
    params = operation.read_params({**_login(operation, connector), **given})
    if isinstance(params, Fault):
        raise WrongParameter(operation, str(params))
    around = Surroundings(
        zone=target.zone, folder=settings.folder, record=store.calls.note, clock=clock
    )
    try:
        async with dialled(target.name, connector, around) as session:
            answer = await session.call(operation, params)
    except LoginRefused as error:
        trouble = Trouble(Kind.CREDENTIAL, error.reason, error.remedy)
        await store.blocked.set(target.name, fingerprints(settings)[target.name], trouble, clock())
        raise
    return _shown(answer)


def _login(operation: AnyOperation, settings: VizpinSettings) -> dict[str, Any]:
    ours = {one.name for one in operation.parameters} & set(_OURS)
    # Text like any other: the wire reads what a caller sent, and makes it secret again.
    return {name: str(getattr(settings, name)) for name in ours}


def _shown(answer: msgspec.Struct) -> dict[str, Any]:
    plain = msgspec.to_builtins(answer, enc_hook=str)
    masked = _masked(plain)
    assert isinstance(masked, dict)
    return masked


def _masked(value: Any) -> Any:
    match value:
        case dict():
            return {
                name: MASK if name.lower() in MASKED and one else _masked(one)
                for name, one in value.items()
            }
        case list() | tuple():
            return [_masked(one) for one in value]
        case _:
            return value
