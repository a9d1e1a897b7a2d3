"""The XML schemas that the server serves under /Doc/, written from the Cardskipper facts.

Our own answers validate against them; imports are checked against them.
"""

from functools import cache
from pathlib import Path

from lxml import etree

from doorward.connectors.cardskipper.wire.operations import SCHEMAS

_FOLDER = Path(__file__).parent


@cache
def source(name: str) -> bytes:
    """The text of one of `operations.SCHEMAS`. Raises KeyError for any other name."""
    if name not in SCHEMAS:
        raise KeyError(name)
    return (_FOLDER / name).read_bytes()


@cache
def schema(name: str) -> etree.XMLSchema:
    """One of `operations.SCHEMAS`, to validate with. Raises KeyError for any other name."""
    return etree.XMLSchema(etree.fromstring(source(name)))
