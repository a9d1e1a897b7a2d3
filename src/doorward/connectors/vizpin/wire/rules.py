"""What a field may hold: text, ids, choices, numbers, objects, lists.

Text without a printed length has at most 255 characters and is refused beyond, never cut.
Markup and quotes are text like any other; control characters and unpaired surrogates are not.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import phonenumbers

from doorward.connectors.vizpin.wire import fields
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.form import Count, count
from doorward.net.secrets import Secret

LIMIT = 255
MAX_IDS = 1000
"""The most ids in one list."""

_IMPOSSIBLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DIALLED = re.compile(r"\+[0-9 ().-]+")
_COLLATERAL = re.compile(r"(?:[0-9A-Fa-f]{32})?")


@dataclass(frozen=True, slots=True)
class Text:
    """Text, stored as it is sent. `blank`: whether "" will do."""

    blank: bool = True
    limit: int = LIMIT

    def read(self, raw: object, where: str) -> str:
        """The text. Raises Faulty."""
        if not isinstance(raw, str):
            raise Faulty(where, "is not text")
        if len(raw) > self.limit:
            raise Faulty(where, f"has more than {self.limit} characters")
        if not raw.isprintable() and _IMPOSSIBLE.search(raw):
            raise Faulty(where, "holds a control character or half a character")
        if not self.blank and not raw.strip():
            raise Faulty(where, "is empty")
        return raw

    def write(self, value: str) -> object:
        """The text."""
        return value


@dataclass(frozen=True, slots=True)
class Hidden(Text):
    """Text that is never shown."""

    def read(self, raw: object, where: str) -> Secret:
        """The text. Raises Faulty."""
        return Secret(Text.read(self, raw, where))

    def write(self, value: str) -> object:
        """The plain text."""
        return str(value)


@dataclass(frozen=True, slots=True)
class OwnId(Text):
    """An object's id: empty, or the word null, where the object is still to be made."""

    def read(self, raw: object, where: str) -> str:
        """The id, or "". Raises Faulty."""
        text = Text.read(self, raw, where)
        return "" if text.lower() == "null" else text


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the printed words; blanks around it and letter case don't count."""

    words: tuple[str, ...]
    blank: bool = False

    def read(self, raw: object, where: str) -> str:
        """The word as it is printed, or "" where that will do. Raises Faulty."""
        text = Text(self.blank).read(raw, where).strip().casefold()
        for word in self.words:
            if text == word.casefold():
                return word
        if not text:
            return ""
        raise Faulty(where, f"is none of {', '.join(self.words)}")

    def write(self, value: str) -> object:
        """The word."""
        return value


@dataclass(frozen=True, slots=True)
class Listed:
    """One of a printed list, exactly as printed, or ""."""

    words: Callable[[], frozenset[str]]
    called: str
    blank: bool = True

    def read(self, raw: object, where: str) -> str:
        """The value. Raises Faulty."""
        text = Text(self.blank).read(raw, where)
        if text and text not in self.words():
            raise Faulty(where, f"is not in the list of {self.called}")
        return text

    def write(self, value: str) -> object:
        """The value."""
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no, sent as the text "true" or "false"; taken as true or false, too."""

    def read(self, raw: object, where: str) -> str:
        """ "true" or "false". Raises Faulty."""
        if isinstance(raw, bool):
            return str(raw).lower()
        return OneOf(("true", "false")).read(raw, where)

    def write(self, value: str) -> object:
        """The word."""
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from `least` up, sent as text; taken as text or as a number."""

    least: int = 0

    def read(self, raw: object, where: str) -> Count:
        """The number. Raises Faulty."""
        try:
            number = count(raw)
        except ValueError:
            raise Faulty(where, "is not a whole number from 0 of at most 9 digits") from None
        if number < self.least:
            raise Faulty(where, f"is less than {self.least}")
        return number

    def write(self, value: int) -> object:
        """Its digits."""
        return str(int(value))


@dataclass(frozen=True, slots=True)
class Seconds:
    """A number of seconds that stays text: "5"."""

    def read(self, raw: object, where: str) -> str:
        """Its digits. Raises Faulty."""
        return str(int(Number().read(raw, where)))

    def write(self, value: str) -> object:
        """Its digits."""
        return value


@dataclass(frozen=True, slots=True)
class Phone:
    """A mobile phone with plus and country code; blanks and dashes in it are taken out."""

    def read(self, raw: object, where: str) -> str:
        """The number in E.164. Raises Faulty."""
        text = Text(blank=False).read(raw, where).strip()
        if not _DIALLED.fullmatch(text):
            raise Faulty(where, "is not a phone number with plus and country code")
        try:
            number = phonenumbers.parse(text, None)
        except phonenumbers.NumberParseException:
            raise Faulty(where, "has no country code that exists") from None
        if not phonenumbers.is_possible_number(number):
            raise Faulty(where, "has too few or too many digits for its country")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def write(self, value: str) -> object:
        """The number."""
        return value


@dataclass(frozen=True, slots=True)
class Collateral:
    """16 bytes of the OEM's own as 32 hex digits, or ""."""

    def read(self, raw: object, where: str) -> str:
        """The digits as they came. Raises Faulty."""
        text = Text().read(raw, where)
        if not _COLLATERAL.fullmatch(text):
            raise Faulty(where, "is not 32 hex digits")
        return text

    def write(self, value: str) -> object:
        """The digits."""
        return value


@dataclass(frozen=True, slots=True)
class Ids:
    """A list of ids, each once. `blank`: whether an empty list will do."""

    blank: bool = False

    def read(self, raw: object, where: str) -> tuple[str, ...]:
        """The ids in order. Raises Faulty."""
        items = [raw] if isinstance(raw, str) and raw else raw
        if not isinstance(items, list) or (not items and not self.blank):
            raise Faulty(where, "is not a list of ids" if items else "is empty")
        if len(items) > MAX_IDS:
            raise Faulty(where, f"has more than {MAX_IDS} ids")
        text = Text(blank=False)
        return tuple(dict.fromkeys(text.read(item, where) for item in items))

    def write(self, value: Iterable[str]) -> object:
        """The ids."""
        return list(value)


@dataclass(frozen=True, slots=True)
class Nested:
    """An object in a field. `need`: the attributes of it that must be given here."""

    kind: type[fields.Asked]
    need: tuple[str, ...] = ()

    def read(self, raw: object, where: str) -> Any:
        """The object. Raises Faulty."""
        value = fields.read(self.kind, raw, where)
        for spec in fields.specs(self.kind):
            if spec.attribute in self.need and not getattr(value, spec.attribute):
                raise Faulty(f"{where}.{spec.name}", "is required")
        return value

    def write(self, value: msgspec.Struct) -> object:
        """The fields that are given."""
        return fields.unchecked(value)


TEXT = Text()
FILLED = Text(blank=False)
OWN_ID = OwnId()
KEY = Hidden(blank=False)
FLAG = Flag()
PHONE = Phone()
