"""Text into XML: escaped, and refused where XML cannot carry it."""

import re

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'

_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile('[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]')
_MARKUP = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)


def possible(text: str) -> bool:
    """Whether XML 1.0 can carry a text at all."""
    return _IMPOSSIBLE.search(text) is None


def escaped(text: str) -> str:
    """A text for use between tags or quotes. Raises ValueError where XML cannot carry it."""
    if not _SPECIAL.search(text):
        return text
    if not possible(text):
        raise ValueError(f"XML cannot carry the control characters in {text!r}")
    return text.translate(_MARKUP)


def element(name: str, values: dict[str, str], inner: str = "") -> str:
    """An element with the values that are not empty as attributes."""
    said = "".join(f' {key}="{escaped(value)}"' for key, value in values.items() if value)
    return f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"
