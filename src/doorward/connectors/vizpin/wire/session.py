"""Logging in, and the time; what every method's parameters have in common.

The document writes in one place that every data call needs the OEM key, and lists it for some
methods only. Here: required where it is listed, optional elsewhere, checked wherever it is sent.
A caller sends it always.
"""

from typing import Annotated

import msgspec

from doorward.connectors.vizpin.wire.fields import Asked, Field
from doorward.connectors.vizpin.wire.rules import FILLED, KEY
from doorward.net.secrets import Secret

Key = Annotated[Secret, Field(KEY)]
Id = Annotated[str, Field(FILLED)]


class Keyed(Asked, frozen=True, kw_only=True):
    """Parameters of a method that demands the OEM key."""

    oem_key: Key


class Keyless(Asked, frozen=True, kw_only=True):
    """Parameters of a method that doesn't list the OEM key."""

    oem_key: Key | None = None


class Login(Keyed, frozen=True, kw_only=True):
    """com.vizpin.user.authenticate."""

    username: Annotated[str, Field(FILLED)]
    password: Key


class Time(Keyed, frozen=True, kw_only=True):
    """com.vizpin.time."""


class Token(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """The session: goes into the `token` header of every other call. Expires when unused."""

    token: Secret


class Done(
    msgspec.Struct,
    frozen=True,
):
    """Nothing to say but that it worked."""
