"""Whether the hub may answer other machines: over TLS, or in the clear because somebody said so."""

from doorward.app.config import Serving
from doorward.net.trust import is_loopback


class NotServed(Exception):
    """The hub does not answer there; `remedy` says what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


def judge(serving: Serving, host: str) -> str:
    """What to be warned of when serving there; "" for nothing. Raises NotServed."""
    identity = serving.identity
    if identity is not None:
        try:
            identity.context()
        except OSError as error:
            reason = f"{identity.certificate} and {identity.key}: {error.strerror or error}"
            remedy = "Correct 'certificate', 'key' and 'clients' under 'serve'."
            raise NotServed(reason, remedy) from None
        return ""
    if is_loopback(host):
        return ""
    if not serving.plain_http:
        remedy = (
            "Give 'certificate' and 'key' under 'serve' in the configuration; or plain_http = true"
            " there, where the network is yours alone."
        )
        raise NotServed(f"{host}: other machines would be answered in plain http", remedy)
    who = "each target's 'inbound' says who may call"
    return f"{host}: other machines can reach this, in plain http; {who}"
