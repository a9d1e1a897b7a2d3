"""The options of the twin of a car park."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

DEMO_AUTH_KEY, DEMO_SIG_KEY = "demo-auth-key", "demo-sig-key"


class TwinOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A WinCardCore car park: a whitelist, barriers, tariffs, visits that it reports."""

    client_id: Annotated[str, Meta(description="Who may keep its whitelist.")] = "doorward"
    auth_key: Annotated[str, Meta(description="The caller's AuthKey.")] = DEMO_AUTH_KEY
    sig_key: Annotated[str, Meta(description="The caller's SigKey.")] = DEMO_SIG_KEY
    prefix: Annotated[str, Meta(description="Before every path here.")] = "/api/ica"
    peer_url: Annotated[
        str | None, Meta(description="The settlement system that it calls; none: nobody is told.")
    ] = None
    peer_client_id: Annotated[str, Meta(description="Who it is to that system.")] = "garage-1"
    peer_auth_key: Annotated[str, Meta(description="Its AuthKey there.")] = DEMO_AUTH_KEY
    peer_sig_key: Annotated[str, Meta(description="Its SigKey there.")] = DEMO_SIG_KEY
    peer_prefix: Annotated[str, Meta(description="Before every path there.")] = "/api/ica"
    car_park: Annotated[int, Meta(ge=0, le=9999, description="The car park's number.")] = 6
    people: Annotated[int, Meta(ge=0, description="Invented people on its whitelist.")] = 0
    seed: Annotated[int, Meta(description="Another number invents other people.")] = 1
    state: Annotated[Path | None, Meta(description="File that keeps it over restarts.")] = None
