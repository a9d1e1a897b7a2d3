"""What the configuration says of a VIZpin account's location as a target."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from doorward.connectors.reception import Inbound
from doorward.connectors.remote import Remote
from doorward.connectors.vizpin.client.session import ENDPOINT
from doorward.net.line import Limits
from doorward.net.secrets import Secret

PRODUCTION = "https://www.vizpin.net"
LARGEST = 16 * 1024 * 1024
"""Bytes of one answer: the users who need access come in one, however many they are."""

Named = Annotated[str, Meta(min_length=1)]
ReaderNames = tuple[Named, ...]


class VizpinSettings(Remote, frozen=True, kw_only=True):
    """A location as a target. Raises ValueError for what cannot be.

    `roles` says which readers each role opens, because no method of the API tells.
    """

    path_key: ClassVar[str] = "endpoint"

    url: Annotated[str, Meta(description="such as https://www.vizpin.net")] = PRODUCTION
    endpoint: Annotated[str, Meta(description="the path of the API there")] = ENDPOINT
    username: Annotated[str, Meta(min_length=1, description="the partner's login")]
    password: Annotated[Secret, Meta(description="its password")]
    oem_key: Annotated[Secret, Meta(description="the partner's OEM key")]
    account: Annotated[str, Meta(min_length=1, description="an account: its name or id")]
    location: Annotated[str, Meta(min_length=1, description="a location: its name or id")]
    readers: Annotated[
        ReaderNames, Meta(description="readers that a grant opens when it names none")
    ] = ()
    roles: Annotated[
        Mapping[Named, Annotated[ReaderNames, Meta(min_length=1)]],
        Meta(description="roles of the location, each with the readers that it opens"),
    ] = msgspec.field(default_factory=dict)
    timeout: Annotated[float, Meta(ge=1, le=300, description="seconds for one answer")] = 60.0
    inbound: Annotated[Inbound, Meta(description="who may push its events")] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.endpoint.startswith("/"):
            raise ValueError("endpoint does not begin with /")

    @property
    def within(self) -> str:
        """Which part of what is at `url` it is: other targets may be other locations there."""
        return f"{self.account}/{self.location}"

    @property
    def limits(self) -> Limits:
        """Seconds and bytes for one answer."""
        return Limits(connect=min(10.0, self.timeout), total=self.timeout, body=LARGEST)
