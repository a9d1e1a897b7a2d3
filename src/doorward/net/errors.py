"""What can go wrong between us and a remote system.

RemoteError
├── Unreachable            no answer: refused, timed out, cut off           (kind "retry")
│   └── AnswerLost         cut off after the request had gone out: it may have been done
├── Untrusted              TLS or plain-http rule broken                    (kind "permanent")
├── LoginRefused           a confirmed 401: never tried again by itself     (kind "credential")
├── Forbidden              logged in, but this call has no grant            (kind "permanent")
├── Busy                   the system asks us to come back                  (kind "retry")
├── Refused                understood and declined                          (kind "permanent")
├── Full                   no room for more                                 (kind "capacity")
└── Unreadable             an answer that is not what the protocol says     (kind "permanent")
    └── TooLarge           an answer of more bytes than we take

The facts stay in fields; text is made at the edge. `kind` says whether trying again can help,
`remedy` says who can do what about it.
"""

from typing import ClassVar, Literal

Kind = Literal["retry", "permanent", "credential", "capacity"]


class RemoteError(Exception):
    """A call to a remote system that did not give a usable answer."""

    kind: ClassVar[Kind] = "permanent"
    advice: ClassVar[str] = "Look at the call with 'doorward calls'."

    def __init__(
        self, reason: str, *, remedy: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy or self.advice
        self.status = status


class Unreachable(RemoteError):
    """No answer came."""

    kind = "retry"
    advice = "Check that the system is switched on and that the address and port are right."


class AnswerLost(Unreachable):
    """The line broke after the request was sent: whether it was done is known only by reading."""

    advice = "Nothing to do: the next run reads the system and settles it."


class Untrusted(RemoteError):
    """The other side's certificate could not be trusted, or plain http was asked for."""

    advice = (
        "Use https; for a self-signed certificate set 'fingerprint' or 'ca_file' for this system."
    )


class LoginRefused(RemoteError):
    """The user name or password is wrong, or the account is locked. Never repeated by itself."""

    kind = "credential"
    advice = "Correct the user name or password in the configuration; then run 'doorward check'."


class Forbidden(RemoteError):
    """The login works, but it may not make this call."""

    advice = "Ask the system's administrator to grant this login the call that is named."


class Busy(RemoteError):
    """The system is there but asks us to come back later."""

    kind = "retry"
    advice = "Nothing to do: it is tried again."


class Refused(RemoteError):
    """The system understood and declined."""


class Full(RemoteError):
    """The system has no room for more."""

    kind = "capacity"
    advice = "Remove people who no longer need access, or use a larger device."


class Unreadable(RemoteError):
    """The answer is not what the protocol says it is."""

    advice = "Check that the address leads to the right system, then look at 'doorward calls'."


class TooLarge(Unreadable):
    """The answer has more bytes than we take; reading stopped there."""

    advice = "Ask the system for less at a time, or check that it is the right system."
