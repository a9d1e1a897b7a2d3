"""The closed lists of WinCardCore 3.3, as numbers with names.

InfoId, Blocked and Category are open: any number (InfoId and Blocked from 0 on).
"""

from enum import IntEnum


class MediaType(IntEnum):
    """What identifies at the barrier (2.1, MediaType)."""

    UHF_TAG = 1
    PLATE = 2
    MIFARE_CLASSIC = 21
    MIFARE_ULTRALIGHT = 22
    MIFARE_DESFIRE = 23
    LEGIC_PRIME = 31
    LEGIC_ADVANT = 32
    CARD_NUMBER = 255


class Gender(IntEnum):
    """Of the holder (2.1)."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


class DisplayPermission(IntEnum):
    """Whether the holder's name may be shown at the barrier (2.1)."""

    SYSTEM = 0
    ALLOWED = 1
    FORBIDDEN = 2


class EmailActivity(IntEnum):
    """Whether the holder is told of entries and exits by e-mail (2.1)."""

    SYSTEM = 0
    ALWAYS = 1
    NEVER = 2


class CardVariant(IntEnum):
    """Test cards are not to be billed (2.1)."""

    STANDARD = 0
    TEST = 1


class VisitStatus(IntEnum):
    """Of the whole visit (4.1, Status)."""

    OPEN = 0
    ENDED = 1
    CANCELLED = 2


class EntryStatus(IntEnum):
    """How a visit began (4.1, DriveIn)."""

    SYSTEM = 1
    OPERATOR = 2
    OPERATOR_REPLACEMENT = 3
    SYSTEM_AUTHORISED = 4


class ExitStatus(IntEnum):
    """How a visit ended; from 101 on, how it was cancelled (4.1, DriveOut)."""

    SYSTEM = 1
    OPERATOR = 2
    SYSTEM_PRICE_OVERSTAY = 3
    OPERATOR_PRICE = 4
    SYSTEM_AUTHORISED = 5
    SYSTEM_AUTHORISED_PRICE = 6
    CANCELLED_REENTRY = 101
    CANCELLED_OPERATOR = 102
    CANCELLED_ROLLBACK = 103
    CANCELLED_OVERSTAY = 104
    CANCELLED_REPLACED = 105

    @property
    def cancels(self) -> bool:
        """Whether it belongs to a cancelled visit."""
        return self >= ExitStatus.CANCELLED_REENTRY


class Action(IntEnum):
    """What the car park may ask for (6.1)."""

    SEND_ALL_ACCOUNTS = 1
