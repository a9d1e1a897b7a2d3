"""How full a car park was, drawn with the blocks of a terminal: an hour is two columns wide."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from doorward.app.parking.looking import Filled

HEIGHT = 5
_BLOCKS = " ▁▂▃▄▅▆▇█"


def chart(filled: Filled, height: int = HEIGHT) -> Iterator[str]:
    """Lines from the top: the most that were in, down to none, and the hours."""
    most = max(1, filled.peak)
    wide = len(str(most))
    for row in range(height, 0, -1):
        label = str(most) if row == height else ""
        bars = " ".join(_block(one.peak / most * height - row + 1) * 2 for one in filled.hours)
        yield f"{label:>{wide}} │{bars}".rstrip()
    yield f"{0:>{wide}} └" + "─" * (3 * len(filled.day) - 1)
    yield f"{'':>{wide}}  " + _hours(filled, filled.target.zone)


def _block(height: float) -> str:
    """How much of a row is filled; something where it is not quite nothing."""
    eighths = min(8, max(0, round(height * 8)))
    return _BLOCKS[max(eighths, 1) if 0 < height < 1 else eighths]


def _hours(filled: Filled, zone: ZoneInfo) -> str:
    return " ".join(f"{one.begin.astimezone(zone):%H}" for one in filled.day)
