"""How full the car parks were, as an SVG picture: no script, nothing fetched from elsewhere."""

from lxml import etree

from doorward.app.parking.looking import Filled, View
from doorward.app.parking.words import place
from doorward.core.parking.visits import CarPark

_SVG = "http://www.w3.org/2000/svg"
_WIDTH, _LEFT, _RIGHT, _TOP = 860, 56, 24, 72
_PLOT, _HEAD, _PANEL = 150, 28, 236  # heights: of the bars, of the name above, of it all
_BAR = 0.72  # a bar's share of its hour
_STEPS = 4  # lines at most above the ground
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #4b5563 }
.end { text-anchor: end } .middle { text-anchor: middle }
.title { font-size: 20px; font-weight: 600; fill: #111827 }
.name { font-size: 14px; font-weight: 600; fill: #111827 }
.bar { fill: #2563eb } .line { stroke: #e5e7eb } .ground { stroke: #9ca3af }
"""


def picture(view: View) -> bytes:
    """Each car park's hours: how many were in at most. An SVG document."""
    wide, high = str(_WIDTH), str(_TOP + max(1, len(view.filled)) * _PANEL)
    title = f"How full the car parks were on {view.day}"
    shape = {"width": wide, "height": high, "viewBox": f"0 0 {wide} {high}", "role": "img"}
    drawn = etree.Element("svg", {"xmlns": _SVG, **shape})
    _add(drawn, "title", title)
    _add(drawn, "style", _STYLE)
    _add(drawn, "rect", width="100%", height="100%", fill="#ffffff")
    _write(drawn, 24, 36, title, "title")
    for number, filled in enumerate(view.filled):
        _panel(drawn, filled, _TOP + number * _PANEL)
    if not view.filled:
        _write(drawn, 24, _TOP, "Nobody was in.", "name")
    return etree.tostring(drawn, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _panel(drawn: etree._Element, filled: Filled, top: int) -> None:
    """A car park: its name, lines at round numbers, a bar per hour, the hours below."""
    most, wide = max(1, filled.peak), (_WIDTH - _LEFT - _RIGHT) / len(filled.day)
    foot = top + _HEAD + _PLOT
    name = f"{filled.target.name} · {place(CarPark(filled.number, filled.name))}"
    _write(drawn, 24, top, name, "name")
    _write(drawn, _WIDTH - _RIGHT, top, filled.told, "end")
    for level in range(0, most + 1, _step(most)):
        _level(drawn, level, foot - level / most * _PLOT)
    for number, hour in enumerate(filled.day):
        left = _LEFT + number * wide
        clock = hour.begin.astimezone(filled.target.zone)
        _write(drawn, left + wide / 2, foot + 18, f"{clock:%H}", "middle")
        if number < filled.begun:
            told = f"{clock:%H:%M}: at most {hour.peak} in, {hour.came} came, {hour.left} left"
            box = (left + wide * (1 - _BAR) / 2, foot, wide * _BAR, hour.peak / most * _PLOT)
            _bar(drawn, told, *box)


def _bar(
    drawn: etree._Element, told: str, left: float, foot: float, wide: float, high: float
) -> None:
    where = {"x": _places(left), "y": _places(foot - high), "rx": "2", "class": "bar"}
    bar = _add(drawn, "rect", **where, width=_places(wide), height=_places(high))
    _add(bar, "title", told)


def _level(drawn: etree._Element, level: int, y: float) -> None:
    ends = {"x1": str(_LEFT), "x2": str(_WIDTH - _RIGHT), "y1": _places(y), "y2": _places(y)}
    _add(drawn, "line", **ends, **{"class": "line" if level else "ground"})
    _write(drawn, _LEFT - 8, y + 4, str(level), "end")


def _write(drawn: etree._Element, x: float, y: float, text: str, kind: str) -> None:
    _add(drawn, "text", text, x=_places(x), y=_places(y), **{"class": kind})


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    node = etree.SubElement(parent, name, attributes)
    node.text = text or None
    return node


def _step(most: int) -> int:
    """The distance of lines: 1, 2 or 5, or ten times as much."""
    scale = int("1".ljust(len(str(most)) - 1, "0"))
    steps = (scale * digit for digit in (1, 2, 5, 10, 20, 50))
    return next(step for step in steps if most / step <= _STEPS)


def _places(value: float) -> str:
    return f"{value:.1f}"
