"""The text of a file: which encoding it is in, and its lines.

Source: Unicode byte order marks; files as Excel, LibreOffice and club programs export them.
"""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from charset_normalizer import from_bytes

LONGEST = 65_536  # characters of one line
_CHUNK = 1024 * 1024
_SAMPLE = 65_536  # bytes with letters beyond ASCII that are looked at
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_OLDER = ["cp1252", "cp850"]  # Windows, and the command line of it, in Western Europe


class Unusable(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def encoding_of(stream: BinaryIO) -> str:
    """The encoding, as Python calls it: by its mark, else UTF-8 if all of it is, else by its look.

    Reads to the end and goes back to the beginning. Raises Unusable.
    """
    first = stream.read(_CHUNK)
    marked = next((name for mark, name in _MARKS.items() if first.startswith(mark)), None)
    found = marked or _unmarked(first, stream)
    stream.seek(0)
    return found


def _unmarked(first: bytes, stream: BinaryIO) -> str:
    if first.count(0) * 10 > len(first):
        raise Unusable(
            "this is not a text file", 'Export it as CSV, or set encoding, e.g. "utf-16-le".'
        )
    sample, valid = bytearray(), True
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = first
    while chunk:
        valid = valid and _decodes(decoder, chunk)
        sample += _not_ascii(chunk, _SAMPLE - len(sample))
        chunk = stream.read(_CHUNK)
    if valid and _decodes(decoder, b"", final=True):
        return "utf-8"
    return _guessed(bytes(sample))


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _not_ascii(chunk: bytes, room: int) -> bytes:
    """The lines with letters beyond ASCII: only they tell encodings apart."""
    if room <= 0 or chunk.isascii():
        return b""
    return b"\n".join(line for line in chunk.splitlines() if not line.isascii())[:room] + b"\n"


def _guessed(sample: bytes) -> str:
    best = from_bytes(sample, cp_isolation=_OLDER).best()
    if best is None:
        raise Unusable(
            "it cannot be told which encoding the file is in",
            'Save it as UTF-8, or set encoding, e.g. "cp1252".',
        )
    return str(best.encoding)


class Overlong(Exception):
    """A line longer than any that a person's record has."""

    def __str__(self) -> str:
        return f"a line of more than {LONGEST} characters"


class Lines:
    """The lines of a file with their line breaks, one at a time.

    Raises Overlong and UnicodeDecodeError where it meets them.
    """

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._text = io.TextIOWrapper(stream, encoding, newline="")

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST and line[-1] not in "\r\n":
            raise Overlong
        return line

    def release(self) -> None:
        """Let go of the file without closing it."""
        self._text.detach()
