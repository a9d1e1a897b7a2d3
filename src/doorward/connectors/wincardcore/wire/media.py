"""When two media are the same: the form in which they are compared.

WinCardCore 3.3, 2.1: a MediaId is compared without regard to case. Beyond that, plates are read by
cameras and typed by people, and tags are printed with and without separators; so these count for
nothing.
"""

import re
import unicodedata

from doorward.connectors.wincardcore.wire.codes import MediaType

_PUNCTUATION = str.maketrans("", "", " \t\u00a0-_.:/\u00b7\u2010\u2011\u2012\u2013\u2022")
_HEX = re.compile(r"(?:[0-9A-F]{2}){4,}")


def folded(media_type: int, media_id: str) -> str:
    """What a medium is looked up by, together with its type. Never empty unless the MediaId is.

    A plate is its letters and digits; a tag written in hexadecimal is its digits; everything else
    is its text in upper case.
    """
    text = media_id if media_id.isascii() else unicodedata.normalize("NFKC", media_id)
    text = text.upper().strip() or media_id
    if media_type == MediaType.CARD_NUMBER or text.isalnum():
        return text
    bare = text.translate(_PUNCTUATION)
    if media_type == MediaType.PLATE:
        return bare or text
    return bare if _HEX.fullmatch(bare) else text


def same_medium(media_type: int, one: str, other: str) -> bool:
    """Whether two media of one type are the same."""
    return folded(media_type, one) == folded(media_type, other)
