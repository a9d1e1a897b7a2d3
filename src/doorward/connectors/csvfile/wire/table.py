"""The table in a text: which delimiter, and the records, each with the line it begins on.

Source: RFC 4180, with the delimiters and the `sep=` line that Excel writes.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

import msgspec

from doorward.connectors.csvfile.wire.text import Overlong, Unusable

DELIMITERS = ",;\t|"
_LOOKED_AT = 50  # lines
_SEP = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
_BREAKS = "\r\n"
_EXPORT = "Export it again, as CSV, with its line of column names."
_QUOTES = "Look at the quotation marks around this line, or export the file again."
_UNENDED = (
    "Export it again; if its last line never ends with a line break, set ends_with_newline = false."
)


class Record(msgspec.Struct, frozen=True):
    """One record: the line on which it begins, and its cells."""

    line: int
    cells: list[str]


class Garbled(msgspec.Struct, frozen=True):
    """A record that is none: whose it is, and how many it swallowed, is not known."""

    line: int
    reason: str
    remedy: str = _QUOTES


class Cut(msgspec.Struct, frozen=True):
    """From this line on nothing is known."""

    line: int
    reason: str
    remedy: str


Piece = Record | Garbled | Cut
Fit = Callable[[Sequence[str]], int]
"""How many columns a header makes sense of."""


class Table:
    """A table, read once from top to bottom."""

    def __init__(self, lines: Iterator[str], told: str | None, fit: Fit) -> None:
        """`told` is the delimiter where it is known. Raises Unusable."""
        sample, self._above, self._torn = _sample(lines), 0, False
        if sample and (named := _SEP.fullmatch(sample[0])):
            told, sample, self._above = told or named[1], sample[1:], 1
        self.delimiter = told or _delimiter(sample, fit)
        passing = self._passing(chain(sample, lines))
        self._reader = csv.reader(passing, delimiter=self.delimiter, strict=True)
        self.header = self._header()

    def records(self, *, must_end: bool) -> Iterator[Piece]:
        """The records under the header; blank ones are left out.

        `must_end`: a last line without a line break is taken as cut off, because one that is cut
        looks just like it.
        """
        for piece in self._pieces():
            if must_end and self._torn:
                yield Cut(piece.line, "the file ends without a line break, as if cut off", _UNENDED)
                return
            yield piece

    def _header(self) -> list[str]:
        first = next(self._pieces(), None)
        if first is None:
            raise Unusable("the file is empty", _EXPORT)
        if isinstance(first, Record):
            return [cell.strip("\ufeff").strip() for cell in first.cells]
        raise Unusable(f"line {first.line}: {first.reason}", first.remedy)

    def _pieces(self) -> Iterator[Piece]:
        while True:
            line = self._above + self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as fault:
                yield Garbled(line, f"not a line of CSV: {fault}")
                continue
            except (Overlong, UnicodeDecodeError) as fault:
                yield Cut(line, *_why(fault))
                return
            if "".join(cells).strip():
                yield Record(line, cells)

    def _passing(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self._torn = line[-1] not in _BREAKS
            yield line


def _sample(lines: Iterator[str]) -> list[str]:
    try:
        return list(islice(lines, _LOOKED_AT))
    except (Overlong, UnicodeDecodeError) as fault:
        raise Unusable(*_why(fault)) from None


def _why(fault: Overlong | UnicodeDecodeError) -> tuple[str, str]:
    if isinstance(fault, Overlong):
        return str(fault), _EXPORT
    return f"this is not {fault.encoding}", 'Set encoding to what it is, e.g. "cp1252".'


def _delimiter(sample: Sequence[str], fit: Fit) -> str:
    """The delimiter by which the header makes most sense; of several, the one that looks right."""
    tried: dict[str, None] = dict.fromkeys([*_sniffed(sample), *DELIMITERS])
    return max(tried, key=lambda one: _plausibility(sample, one, fit))


def _sniffed(sample: Sequence[str]) -> list[str]:
    try:
        return [csv.Sniffer().sniff("".join(sample), DELIMITERS).delimiter]
    except csv.Error:
        return []


def _plausibility(sample: Sequence[str], delimiter: str, fit: Fit) -> tuple[int, int, int]:
    """Columns understood, lines as wide as the header, columns at all."""
    try:
        rows = list(csv.reader(sample, delimiter=delimiter, strict=True))
    except csv.Error:
        rows = [line.rstrip(_BREAKS).split(delimiter) for line in sample]
    header = next(filter(None, rows), [])
    return fit(header), sum(len(row) == len(header) for row in rows), len(header)
