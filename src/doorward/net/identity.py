"""Who we are to those that call us, and where it stands who they have proved to be."""

import ssl
from dataclasses import dataclass
from pathlib import Path

PEER = "doorward.peer"
"""The extension of a request's scope that has the SHA-256 of the caller's own certificate."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to those that call: a certificate and its key, as PEM files.

    `clients` is a PEM file of the certificates that vouch for callers' own.
    """

    certificate: Path
    key: Path
    clients: Path | None = None

    def context(self) -> ssl.SSLContext:
        """What TLS is spoken with. Raises OSError for files that are missing or no such thing."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        if self.clients is not None:
            context.load_verify_locations(self.clients)
            context.verify_mode = ssl.CERT_OPTIONAL
        return context
