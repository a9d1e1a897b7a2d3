"""What all systems that are called over HTTP share: an address, whom to trust, what goes wrong."""

from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from doorward.connectors.kinds import Surroundings
from doorward.core.errors import Kind, Trouble
from doorward.net.errors import RemoteError, Untrusted
from doorward.net.line import Limits, Line, Login
from doorward.net.trust import Trust


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a system that is called. Raises ValueError for what cannot be.

    A connector's own settings begin here, and say in their `url` what it looks like. `path_key`
    is the key for a path, where the system has one.
    """

    path_key: ClassVar[str] = ""

    url: Annotated[str, Meta(description="such as https://192.168.1.100")]
    fingerprint: Annotated[str, Meta(description="SHA-256 of its certificate")] | None = None
    ca_file: Annotated[str, Meta(description="its certificate, as a PEM file")] | None = None
    verify: Annotated[bool, Meta(description="false: take any certificate; not safe")] = True
    plain_http: Annotated[bool, Meta(description="allow http: only on a network of your own")] = (
        False
    )

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("url is not an address such as https://192.168.1.100")
        if parts.username is not None or parts.path.strip("/") or parts.query:
            path = f"the path is '{self.path_key}'" if self.path_key else "no path"
            raise ValueError(f"url holds the address alone: no login, {path}")
        if self.fingerprint is not None and not _is_fingerprint(self.fingerprint):
            raise ValueError("fingerprint is not a SHA-256: 64 digits of 0-9 and A-F")

    def line(
        self, name: str, around: Surroundings, limits: Limits, basic: Login | None = None
    ) -> Line:
        """The line to it, on which nothing is called yet."""
        return Line(
            name,
            self.url,
            basic=basic,
            trust=self.trust(around.folder),
            limits=limits,
            record=around.record,
            clock=around.clock,
        )

    def trust(self, folder: Path) -> Trust:
        """How its certificate is judged; a file's path is relative to `folder`."""
        ca_file = str(folder / self.ca_file) if self.ca_file else None
        return Trust(ca_file, self.fingerprint, self.verify, self.plain_http)

    def unusable(self, folder: Path) -> RemoteError | None:
        """Why it cannot be called at all: a certificate file that is not there."""
        ca_file = self.trust(folder).ca_file
        if ca_file is None or Path(ca_file).is_file():
            return None
        return Untrusted(f"{ca_file} is not there", remedy="Correct 'ca_file' of this system.")


def _is_fingerprint(text: str) -> bool:
    try:
        return len(bytes.fromhex(text.replace(":", ""))) == 32
    except ValueError:
        return False


def trouble(error: RemoteError) -> Trouble:
    """What went wrong with a call, as the core knows it."""
    return Trouble(Kind(error.kind), error.reason, error.remedy)
