"""Which addresses a password may be sent to, and how the other side's certificate is judged."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from doorward.net.errors import Untrusted

ADDRESS = "Write the address as https://host or https://host:port, and the login in its own place."


@dataclass(frozen=True, slots=True)
class Trust:
    """How the other side's certificate is judged. The default is the system's own store."""

    ca_file: str | None = None
    fingerprint: str | None = None  # SHA-256 of the certificate, hex, with or without colons
    verify: bool = True
    plain_http: bool = False  # allow http beyond loopback: only where the operator said so


def refuse_plain_http(url: str, trust: Trust) -> None:
    """Raise Untrusted for an http address beyond loopback that nobody allowed.

    And for one that is no http address at all, or has a login in it: an address is shown in logs.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Untrusted("the address cannot be understood", remedy=ADDRESS) from None
    if parts.scheme not in ("http", "https"):
        raise Untrusted("the address is neither http nor https", remedy=ADDRESS)
    if "@" in parts.netloc:
        raise Untrusted("the address has a login in it", remedy=ADDRESS)
    if parts.scheme == "https" or trust.plain_http or is_loopback(parts.hostname or ""):
        return
    raise Untrusted(f"http://{parts.netloc} would send the password in the clear")


def is_loopback(host: str) -> bool:
    """Whether a host name or address stays on this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
