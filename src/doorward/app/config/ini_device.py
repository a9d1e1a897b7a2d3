"""The address of the terminal from `DEVICE_IP` and `PORT`.

The Cardskipper-IVMS document, section IVMS API, prints `http://<device_ip>:<port>/ISAPI/`. Plain
http is taken within a local network only; `https://` may stand before the address.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from doorward.net.trust import is_loopback

_LOCAL_ENDINGS = ("local", "lan", "home.arpa", "internal", "localdomain")
_USUAL = {"http": 80, "https": 443}


class Misaddressed(ValueError):
    """Not the address of a terminal."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Device:
    """`plain_http`: it is http, and allowed. `odd`: what looks wrong but is understood."""

    url: str
    plain_http: bool = False
    odd: str = ""


def device_url(written: str, port: str) -> Device:
    """The address of a terminal. Raises Misaddressed."""
    scheme, host, own_port = _parts(written)
    number = own_port or _port(port)
    scheme = scheme or ("https" if number == _USUAL["https"] else "http")
    odd = ""
    if scheme == "https" and number == _USUAL["http"]:
        number, odd = _USUAL["https"], "PORT 80 is for http; with https 443 is taken"
    plain = scheme == "http" and not is_loopback(host)
    if plain and not _is_local(host):
        raise Misaddressed(
            f"plain http to {host} would send the password over the internet in the clear",
            "Write https:// before the address.",
        )
    shown = f"[{host}]" if ":" in host else host
    ending = "" if number in (None, _USUAL[scheme]) else f":{number}"
    return Device(f"{scheme}://{shown}{ending}", plain, odd)


def _parts(written: str) -> tuple[str, str, int | None]:
    """Scheme ("" when none is written), host and port of an address."""
    text = written.strip()
    if _is_ip6(text):
        return "", text, None
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    path = parts.path.strip("/").lower()
    login = parts.username is not None
    if parts.scheme not in ("", *_USUAL) or not host or path not in ("", "isapi") or login:
        raise Misaddressed(
            f"'{re.sub(r'//.*@', '//', text)}' is not the address of a terminal",
            "Write it like 192.168.1.100 or https://192.168.1.100.",
        )
    return parts.scheme, host, port


def _port(written: str) -> int | None:
    if not written:
        return None
    if not written.isdecimal() or not 0 < int(written) < 65_536:
        raise Misaddressed("PORT is not a number from 1 to 65535", "Set PORT, usually 80 or 443.")
    return int(written)


def _is_ip6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def _is_local(host: str) -> bool:
    """Whether a host lies in a private network, as far as its name or number tells."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.lower().rstrip(".").endswith(
            tuple(f".{ending}" for ending in _LOCAL_ENDINGS)
        )
