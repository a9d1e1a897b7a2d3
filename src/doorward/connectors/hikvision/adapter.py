"""What this connector offers: the twin."""

from pathlib import Path
from typing import Annotated

import msgspec

from doorward.connectors.hikvision.profiles import DEFAULT, PROFILES
from doorward.connectors.hikvision.twin import hikvision_twin
from doorward.connectors.kinds import TwinKind
from doorward.twinkit.twin import Twin


def _told(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class TwinOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A Hikvision door terminal: people, doors, clock, lock-out."""

    people: Annotated[int, _told("How many invented people it holds.")] = 500
    seed: Annotated[int, _told("Another number invents other people.")] = 1
    profile: Annotated[str, _told(f"Which kind of terminal: {', '.join(PROFILES)}.")] = DEFAULT
    username: Annotated[str, _told("The account that may log in.")] = "admin"
    password: Annotated[str, _told("Its password.")] = "doorward-twin-1"  # noqa: S105  # a twin's
    state: Annotated[Path | None, _told("File that keeps its state over restarts.")] = None


def make_twin(options: TwinOptions) -> Twin:
    """The twin that these options describe. Raises ValueError for a profile that isn't known."""
    return hikvision_twin(
        options.username,
        options.password,
        options.people,
        options.seed,
        options.profile,
        options.state,
    )


TWIN = TwinKind(TwinOptions, make_twin)
