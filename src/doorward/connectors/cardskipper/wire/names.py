"""Finding a value whatever it is called and however it is written.

A value is an attribute of that name, else the `value` attribute of a child element of that name,
else that child's text; letter case and namespace never count (Cardskipper facts, "A reader that
cannot be fooled"). `xsi:nil` means that there is none.

Speed: which attribute holds what is worked out once for each spelling of an element and then
looked up by its attribute names, so that reading an element in attribute form costs one lookup.
"""

from collections.abc import Callable, Iterator
from operator import itemgetter

from lxml import etree

from doorward.net.xml import local

Values = tuple[str, ...]
_Picker = Callable[[list[str]], Values]

_REMEMBERED = 1024  # spellings; a document that invents names must not fill the memory


class Odd(ValueError):
    """A value that cannot be what its field means. `found` is what was there, made fit to show."""

    def __init__(self, field: str, found: str, remedy: str) -> None:
        super().__init__(f"{field}: {found}")
        self.field = field
        self.found = found
        self.remedy = remedy


def shown(text: str) -> str:
    """A text from outside for a message: short, on one line, in quotes."""
    cut = text if len(text) <= 60 else text[:60] + "…"
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + "'"


class Names(dict[str, str]):
    """Local names in lower case, by the name as it came."""

    def __missing__(self, tag: str) -> str:
        name = local(tag)
        if len(self) < _REMEMBERED:
            self[tag] = name
        return name


NAMES = Names()


class Slots(dict[Values, _Picker]):
    """The values that one kind of element has, each under any of several names, best first."""

    def __init__(self, *slots: Values) -> None:
        super().__init__()
        self.slots = slots
        self.known = frozenset(name for names in slots for name in names)

    def __missing__(self, keys: Values) -> _Picker:
        picker = self._picker([NAMES[key] for key in keys])
        if len(self) < _REMEMBERED:
            self[keys] = picker
        return picker

    def _picker(self, attributes: list[str]) -> _Picker:
        places = [
            [place for name in names for place, have in enumerate(attributes) if have == name]
            for names in self.slots
        ]
        if all(len(found) <= 1 for found in places):
            # The last value is always "", so -1 stands for an attribute that is not there.
            return itemgetter(*(found[0] if found else -1 for found in places))
        return lambda values: tuple(
            next((values[place].strip() for place in found if values[place].strip()), "")
            for found in places
        )


def attributes_of(element: etree._Element, slots: Slots) -> Values:
    """The values of an element that has them all as attributes; "" for what is not there."""
    # The stubs allow for bytes; attributes are text. A cast would cost time on the hot path.
    keys: list[str] = element.keys()  # type: ignore[assignment]
    values: list[str] = element.values()  # type: ignore[assignment]
    values.append("")
    return slots[tuple(keys)](values)


def values_of(element: etree._Element, slots: Slots) -> Values:
    """The values of an element in any form; "" for what is not there or nil. Raises Odd."""
    if not len(element):
        return attributes_of(element, slots)
    found: dict[str, str] = {}
    for name, value in _said(element, slots.known):
        if value and name not in found:
            found[name] = value
    return tuple(
        next((found[name] for name in names if name in found), "") for names in slots.slots
    )


def _said(element: etree._Element, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    yield from attributes(element)
    for child in element:
        name = NAMES[child.tag]
        if name in known:
            yield name, text_of(child, name)


def attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    """An element's attributes by local name in lower case, without blanks around them."""
    for key, value in element.items():
        yield NAMES[str(key)], str(value).strip()


def text_of(child: etree._Element, field: str) -> str:
    """What a child element says: its `value` attribute, else its text; "" when nil. Raises Odd."""
    if len(child):
        raise Odd(field, "elements inside a value", "Correct the member in Cardskipper.")
    said = dict(attributes(child))
    if said.get("nil") in {"true", "1"}:
        return ""
    return said.get("value") or str(child.text or "").strip()
