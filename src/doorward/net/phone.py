"""Telephone numbers in the one form by which systems can be compared.

Source: ITU-T E.164, by phonenumbers.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

_INTERNATIONAL = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)


@lru_cache(maxsize=131_072)  # of a register that is read again and again most numbers are the same
def international(written: str, region: str) -> str:
    """The number in international form, +46701234567; "" for what is none.

    `region` is the country of numbers that are written without one.
    """
    text = re.sub(r"[\s-]", "", written)
    if _INTERNATIONAL.fullmatch(text):
        return text
    try:
        found = phonenumbers.parse(written, region)
    except NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(found):
        return ""
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)


def is_region(region: str) -> bool:
    """Whether telephone numbers of this country are known."""
    return region in phonenumbers.SUPPORTED_REGIONS
