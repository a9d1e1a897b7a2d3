"""The version of what decides: a digest over rules, policies, limits and which systems they are."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

import msgspec

from doorward.app.config.settings import Source, Target
from doorward.core.entitlements import Rule
from doorward.core.guard import Limits
from doorward.net.secrets import Secret, masked_names

_PORTS = {"http": 80, "https": 443}


def version_of(
    sources: Iterable[Source], targets: Iterable[Target], rules: Iterable[Rule], limits: Limits
) -> str:
    """The same for two configurations that plan alike. Nothing secret goes in."""
    parts = {
        "sources": [_system(source) for source in sources],
        "targets": [{**_system(target), "policy": asdict(target.policy)} for target in targets],
        "rules": [asdict(rule) for rule in rules],
        "limits": asdict(limits),
    }
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()[:16]


def _system(system: Source | Target) -> dict[str, Any]:
    return {
        "name": system.name,
        "type": system.type,
        "zone": system.zone.key,
        "settings": _identity(system.settings),
    }


def _identity(settings: msgspec.Struct) -> Mapping[str, Any]:
    """A connector's settings without the secret ones; an address without a login in it."""
    hidden = masked_names(type(settings))
    return {
        field.encode_name: _plain(field.name, getattr(settings, field.name))
        for field in msgspec.structs.fields(settings)
        if field.encode_name.lower() not in hidden
    }


def _plain(name: str, value: Any) -> Any:
    if name == "url" and isinstance(value, str):
        return address(value)
    return msgspec.to_builtins(_shown(value), enc_hook=str)


def _shown(value: Any) -> Any:
    """A value with everything taken out that came from a secret's place."""
    match value:
        case Secret():
            return None
        case msgspec.Struct():
            return _identity(value)
        case dict():
            return {key: _shown(one) for key, one in value.items()}
        case list() | tuple():
            return [_shown(one) for one in value]
        case _:
            return value


def address(url: str) -> str:
    """An address in one form: without login, letter case of the host, usual port, last slash.

    Empty for a text that is no http or https address.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return ""
    host = parts.hostname
    if not host or parts.scheme not in _PORTS:
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}{query}"
