"""What is wrong with a value: which field, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that cannot be taken. `field` is a path as sent, such as "user.phone".

    Neither part repeats what was sent: a fault may be shown and logged.
    """

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"

    def under(self, path: str) -> "Fault":
        """The same fault, seen from the object that holds the field."""
        return Fault(f"{path}.{self.field}" if path else self.field, self.reason)


class Faulty(ValueError):
    """A value with a fault in it."""

    def __init__(self, field: str, reason: str) -> None:
        self.fault = Fault(field, reason)
        super().__init__(str(self.fault))


class NotUnderstood(ValueError):
    """Bytes that are not the message they should be; the text says why."""
