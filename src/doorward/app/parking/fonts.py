"""The letters of a PDF: Arimo, cut down to Europe's scripts, upright and bold.

The font's wheel has one variable file. Making the two of it and leaving out most of its glyphs
takes a second, and is done once for all statements: each PDF reads its fonts whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

MISSING = "\N{WHITE SQUARE}"
_REGULAR, _BOLD = 400, 700
_KEPT = (
    range(0x20, 0x250),  # Latin
    range(0x370, 0x530),  # Greek, Cyrillic
    range(0x590, 0x600),  # Hebrew
    range(0x1E00, 0x1F00),  # Vietnamese, and Latin of Wales
    range(0x2010, 0x2040),  # dashes, quotes
    (0x20AC, 0x2212, ord(MISSING)),
)


@dataclass(frozen=True, slots=True)
class Letters:
    """Two font files, and which characters they have."""

    regular: Path
    bold: Path
    has: frozenset[int]

    def written(self, text: str) -> str:
        """Text of which each character can be printed: a square for those that cannot."""
        return "".join(one if ord(one) in self.has or one == "\n" else MISSING for one in text)


@contextmanager
def letters() -> Iterator[Letters]:
    """The fonts, for as long as they are needed."""
    with TemporaryDirectory(prefix="doorward-fonts-") as folder:
        regular, bold = Path(folder, "regular.ttf"), Path(folder, "bold.ttf")
        regular.write_bytes(_made(_REGULAR))
        bold.write_bytes(_made(_BOLD))
        with TTFont(regular) as font:
            yield Letters(regular, bold, frozenset(font.getBestCmap()))


@cache
def _made(weight: int) -> bytes:
    """The font of a weight, cut down."""
    made, source = BytesIO(), files("fontpkg_arimo") / "files" / "Arimo[wght].ttf"
    with source.open("rb") as variable, TTFont(variable, recalcTimestamp=False) as font:
        cut = Subsetter(Options(layout_features=[], hinting=False, glyph_names=False))
        cut.populate(unicodes=chain(*_KEPT))
        cut.subset(font)
        instantiateVariableFont(font, {"wght": weight}, inplace=True)
        font.save(made)
    return made.getvalue()
