"""HTTP Basic authentication as a server sees it: parsed tolerantly, compared in constant time."""

import base64
import binascii
import hmac


def credentials(header: str | None) -> tuple[str, str] | None:
    """User name and password of an Authorization header; None where it holds none."""
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    name, colon, password = text.partition(":")
    return (name, password) if colon else None


def same(given: str, expected: str) -> bool:
    """Compare two texts without telling by the time taken how much of them agrees."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
