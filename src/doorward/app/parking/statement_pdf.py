"""A statement on paper: A4, the same bytes whenever it is made."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TableCellFillMode, TextEmphasis
from fpdf.fonts import FontFace

from doorward.app.parking.fonts import Letters
from doorward.app.parking.settling import Account
from doorward.app.parking.words import Row, held, moment, place, plain, rows
from doorward.core.parking.money import ZERO
from doorward.core.parking.statements import Totals

_MARGIN, _LINE, _ROW = 18.0, 5.2, 6.5  # millimetres
_SMALL, _TEXT, _LARGE = 8, 9, 20  # points
_GREY, _DARK = (105, 110, 118), (25, 28, 33)
_SHADE, _RULE = (243, 244, 246), (205, 208, 213)
_LINES = ("In", "Out", "Where", "With", "VAT rate", "VAT", "Amount")
_LINES_WIDTHS = (27, 27, 36, 32, 16, 16, 20)
_TOTALS = ("VAT rate", "Net", "VAT", "Gross")
_TOTALS_WIDTHS = (20, 25, 25, 25)
_TITLES = {"refund": "Refund", "correction": "Correction"}


class _Paper(FPDF):
    """A4 with a line at the foot of each page."""

    def __init__(self, letters: Letters, foot: str) -> None:
        super().__init__(format="A4")
        self.letters, self.foot = letters, foot
        self.add_font("text", "", letters.regular)
        self.add_font("text", "B", letters.bold)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN + 4)
        self.set_draw_color(*_RULE)

    def footer(self) -> None:
        """Which statement, and which page of it."""
        self.set_y(-_MARGIN)
        self.type_in(_SMALL, _GREY)
        self.cell(0, 4, self.letters.written(f"{self.foot} · page {self.page_no()} of ") + "{nb}")

    def type_in(self, size: int, color: tuple[int, int, int] = _DARK, style: str = "") -> None:
        """Write like this from now on."""
        self.set_font("text", style, size)
        self.set_text_color(*color)

    def line_of(self, text: str, height: float = _LINE, width: float = 0, align: str = "L") -> None:
        """One line, on as many as it needs."""
        written = self.letters.written(text)
        self.multi_cell(width, height, written, align=align, new_x="LMARGIN", new_y="NEXT")


def statement_pdf(account: Account, billed_at: datetime, letters: Letters) -> bytes:
    """An account's month: whose it is, each line, the totals by VAT rate."""
    one, zone = account.statement, account.park.zone
    billed_there = billed_at.astimezone(zone)
    paper = _Paper(letters, f"{one.system} · {one.number}")
    paper.set_creation_date(billed_there)
    paper.set_title(f"Parking statement {one.number}")
    paper.set_creator("Doorward")
    paper.set_lang("en")
    paper.add_page()
    _head(paper, account, billed_there.date())
    _table(paper, list(rows(one)), zone)
    _sums(paper, one.totals)
    return bytes(paper.output())


def _head(paper: _Paper, account: Account, billed_on: date) -> None:
    one = account.statement
    paper.type_in(_SMALL, _GREY)
    paper.line_of("PARKING STATEMENT")
    paper.type_in(_LARGE, style="B")
    paper.line_of(one.system, 9)
    paper.ln(5)
    for name, fact in (
        ("Month", str(one.month)),
        ("Statement", one.number),
        ("Date", billed_on.isoformat()),
        ("For", plain(account.holder.name) or "–"),
        ("Account", plain(one.account)),
    ):
        paper.type_in(_TEXT, _GREY)
        paper.cell(24, _LINE, name)
        paper.type_in(_TEXT, style="B" if name == "For" else "")
        paper.line_of(fact)
    paper.ln(6)


def _table(paper: _Paper, lines: Sequence[Row], zone: ZoneInfo) -> None:
    paper.type_in(_SMALL)
    with paper.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        cell_fill_color=_SHADE,
        cell_fill_mode=TableCellFillMode.NONE,
        col_widths=_LINES_WIDTHS,
        headings_style=_heading(),
        line_height=4,
        padding=(1.1, 1),
        text_align=("LEFT", "LEFT", "LEFT", "LEFT", "RIGHT", "RIGHT", "RIGHT"),
        width=sum(_LINES_WIDTHS),
    ) as table:
        table.row(_LINES)
        for line in lines:
            row = table.row()
            for text, columns in _cells(line, zone):
                row.cell(paper.letters.written(text), colspan=columns)


def _cells(line: Row, zone: ZoneInfo) -> Iterator[tuple[str, int]]:
    """The cells of a line, and over how many columns each goes."""
    visit, entry = line.visit, line.entry
    came = moment(visit.entry.at, zone)
    if entry.kind == "charge":
        note = f"\n{line.note}" if line.note else ""
        yield came, 1
        yield moment(visit.exit.at, zone) if visit.exit else "", 1
        yield place(visit.car_park) + note, 1
        yield held(visit.entry.medium), 1
    else:
        about = f"{_TITLES[entry.kind]} for the visit of {came}"
        yield moment(entry.at, zone), 1
        yield about + (f": {line.note}" if line.note else ""), 3
    yield f"{entry.vat_rate:.2f} %", 1
    yield money(entry.vat), 1
    yield money(entry.amount), 1


def _sums(paper: _Paper, totals: Totals) -> None:
    paper.ln(2)
    paper.type_in(_SMALL, _GREY)
    paper.line_of("All amounts in EUR; those of single lines with VAT.")
    paper.ln(4)
    if paper.will_page_break(_ROW * (len(totals.rates) + 4)):
        paper.add_page()
    paper.type_in(_SMALL)
    with paper.table(
        align="RIGHT",
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        cell_fill_color=_SHADE,
        cell_fill_mode=TableCellFillMode.NONE,
        col_widths=_TOTALS_WIDTHS,
        headings_style=_heading(),
        line_height=4,
        padding=(1.1, 1),
        text_align="RIGHT",
        width=sum(_TOTALS_WIDTHS),
    ) as table:
        table.row(_TOTALS)
        for one in totals.rates:
            table.row((f"{one.rate:.2f} %", money(one.net), money(one.vat), money(one.gross)))
        table.row(("in all", money(totals.net), money(totals.vat), money(totals.gross)))
    paper.ln(5)
    paper.type_in(12, style="B")
    paper.line_of(_verdict(totals.gross), 6, align="R")


def _heading() -> FontFace:
    return FontFace(emphasis=TextEmphasis.NONE, color=_GREY, fill_color=_SHADE)


def _verdict(gross: Decimal) -> str:
    if gross > ZERO:
        return f"To pay: {money(gross)} EUR"
    return f"To be paid back: {money(-gross)} EUR" if gross < ZERO else "Nothing to pay"


def money(amount: Decimal) -> str:
    """An amount with two places, a blank between thousands, a real minus."""
    return f"{amount:,.2f}".replace(",", "\u00a0").replace("-", "\u2212")
