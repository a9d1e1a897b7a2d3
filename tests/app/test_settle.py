"""A month of parking, settled: what is billed, what is written, what is refused."""

import asyncio
import csv
import io
import json
import sqlite3
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from app.garage import PLATE, SOUTH, Garage, at, garage, listed, visit
from doorward.app.parking.files import private_file, write_private
from doorward.app.parking.settling import Disagreement, settle_all
from doorward.app.parking.words import held
from doorward.cli.main import app
from doorward.core.parking.months import Month
from doorward.core.parking.visits import Discount, Medium
from doorward.core.ports import Progress

OCTOBER = Month(2024, 10)


def run(place: Garage, *given: str, code: int = 0) -> Result:
    """What `doorward` prints, once it has ended with this code."""
    environment = {"COLUMNS": "160", "DOORWARD_CONFIG": str(place.file)}
    ended = CliRunner().invoke(app, list(given), env=environment)
    assert ended.exit_code == code, (ended.output, ended.exception)
    return ended


def settle(place: Garage, *given: str, code: int = 0, month: str = "2024-10") -> Result:
    return run(place, "settle", "--month", month, *given, code=code)


def table(file: Path) -> list[dict[str, str]]:
    """A CSV file as a spreadsheet has it."""
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def text(file: Path) -> str:
    """What is printed on the pages of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(file).pages).replace("\xa0", " ")


def picked(rows: Sequence[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def others(place: Garage) -> set[str]:
    """What lies beside the database."""
    return {file.name for file in place.folder.iterdir() if "doorward.db" not in file.name}


def tamper(place: Garage, statement: str) -> None:
    """Change the database behind the store's back."""
    with sqlite3.connect(place.folder / "doorward.db") as other:
        other.execute(statement)
    other.close()


@pytest.fixture
def place(tmp_path: Path) -> Garage:
    return garage(tmp_path)


@pytest.fixture
def october(place: Garage) -> Path:
    """Where the statements of October are."""
    return place.folder / "statements" / "2024-10"


def test_each_account_has_a_csv_and_a_pdf_and_all_have_a_summary(place: Garage, october: Path):
    place.deliver(visit("T1"), visit("T2", "K2"))
    settle(place)
    assert sorted(file.name for file in october.iterdir()) == [
        "2024-10-00001.csv",
        "2024-10-00001.pdf",
        "2024-10-00002.csv",
        "2024-10-00002.pdf",
        "summary-garage.csv",
    ]


def test_only_their_owner_can_read_the_files(place: Garage, october: Path):
    place.deliver(visit("T1"))
    settle(place)
    for folder in (october, october.parent):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in october.iterdir()} == {0o600}


def test_a_csv_has_each_line_and_the_totals_by_vat_rate_to_the_cent(place: Garage, october: Path):
    place.link("K1", "Eva", "Lind")
    place.deliver(
        visit("T1", gross="12.50"),
        visit("T2", came="2024-10-05 08:00", gross="9.99", rate="12.00", car_park=SOUTH),
        visit("T3", came="2024-10-06 08:00", gross="0.01"),
    )
    place.refund("T1", "2.49", "2024-10-04 09:00", "barrier stood still")
    place.correct("T2", "1.00", "2024-10-07 09:00", "wrong tariff")
    settle(place)
    rows = table(october / "2024-10-00001.csv")
    money = ("transaction", "kind", "gross", "vat_rate", "net", "vat")
    assert picked(rows, *money) == [
        ("T1", "charge", "12,50", "25,00", "10,00", "2,50"),
        ("T1", "refund", "-2,49", "25,00", "-1,99", "-0,50"),
        ("T2", "charge", "9,99", "12,00", "8,92", "1,07"),
        ("T2", "correction", "1,00", "12,00", "0,89", "0,11"),
        ("T3", "charge", "0,01", "25,00", "0,01", "0,00"),
        ("", "total", "10,99", "12,00", "9,81", "1,18"),
        ("", "total", "10,02", "25,00", "8,02", "2,00"),
        ("", "sum", "21,01", "", "17,83", "3,18"),
    ]
    assert picked(rows[:2], "in", "out", "booked", "car_park", "medium", "note") == [
        (
            "2024-10-03 14:05:00",
            "2024-10-03 15:35:00",
            "2024-10-03 15:35:00",
            "Norra däcket",
            "plate ABC 123",
            "",
        ),
        (
            "2024-10-03 14:05:00",
            "2024-10-03 15:35:00",
            "2024-10-04 09:00:00",
            "Norra däcket",
            "plate ABC 123",
            "barrier stood still",
        ),
    ]
    assert rows[2]["car_park"] == "car park 2"
    whose = ("statement", "target", "month", "account", "person")
    assert set(picked(rows, *whose)) == {("2024-10-00001", "garage", "2024-10", "K1", "Eva Lind")}


def test_the_summary_has_a_row_per_account_and_vat_rate(place: Garage, october: Path):
    place.link("K2", "Åsa", "Öberg")
    place.deliver(visit("T1"), visit("T2", "K2"), visit("T3", "K2", rate="12.00", gross="1.12"))
    settle(place)
    columns = ("statement", "account", "person", "lines", "gross", "vat_rate", "net", "vat")
    assert picked(table(october / "summary-garage.csv"), *columns) == [
        ("2024-10-00001", "K1", "", "1", "12,50", "25,00", "10,00", "2,50"),
        ("2024-10-00002", "K2", "Åsa Öberg", "2", "1,12", "12,00", "1,00", "0,12"),
        ("2024-10-00002", "K2", "Åsa Öberg", "2", "12,50", "25,00", "10,00", "2,50"),
    ]


FORMULAS = ("=1+1", "+46 70 1", "-5", "@sum", "＝1", "\t=1+1", " =1+1", "\u200b=1", "\r\n=1")


def test_no_text_of_others_becomes_a_formula(place: Garage, october: Path):
    for number, name in enumerate(FORMULAS, 1):
        place.link(f"K{number}", name, "")
        place.deliver(visit(f"T{number}", f"K{number}", medium=Medium(9, "")))
        place.refund(f"T{number}", "1.00", "2024-10-04 09:00", name)
    settle(place)
    summary = table(october / "summary-garage.csv")
    for number, name in enumerate(FORMULAS, 1):
        row = table(october / f"2024-10-0000{number}.csv")[1]
        safe = "'" + name.strip("\u200b").strip()
        assert (row["person"], row["note"], row["gross"]) == (safe, safe, "-1,00")
        assert summary[number - 1]["person"] == safe


NAMES = ("Łukasz Żółć", "Ελένη Παπαδοπούλου", "Иван Петров", "Nguyễn Thị Hạnh", "Þórður Ægir")


def test_a_pdf_has_the_letters_of_europe(place: Garage, october: Path):
    for number, name in enumerate(NAMES, 1):
        place.link(f"K{number}", *name.split(" ", 1))
        place.deliver(visit(f"T{number}", f"K{number}"))
    settle(place)
    for number, name in enumerate(NAMES, 1):
        assert name in text(october / f"2024-10-0000{number}.pdf")


def test_a_character_that_the_font_does_not_have_is_a_square_on_paper(place: Garage, october: Path):
    place.link("K1", "王", "Wang")
    place.deliver(visit("T1"))
    settle(place)
    assert "□ Wang" in text(october / "2024-10-00001.pdf")
    assert table(october / "2024-10-00001.csv")[0]["person"] == "王 Wang"


def test_a_pdf_says_what_was_parked_where_and_what_is_to_pay(place: Garage, october: Path):
    saved = Discount(Decimal("1.50"), location_name="Café Söder")
    place.deliver(
        visit("T1", gross="1234.50", discounts=[saved]), visit("T2", rate="12.00", gross="9.99")
    )
    place.refund("T1", "0.50", "2024-10-04 09:00", "barrier stood still")
    settle(place)
    told = text(october / "2024-10-00001.pdf")
    for part in (
        "garage",
        "2024-10-00001",
        "K1",
        "2024-10-03 14:05 2024-10-03 15:35",
        "plate ABC 123",
        "discount 1.50 (Café Söder)",
        "25.00 % 246.90 1 234.50",
        "Refund for the visit of 2024-10-03 14:05: barrier stood still",
        "25.00 % −0.10 −0.50",
        "12.00 % 8.92 1.07 9.99",
        "25.00 % 987.20 246.80 1 234.00",
        "in all 996.12 247.87 1 243.99",
        "To pay: 1 243.99 EUR",
        "page 1 of 1",
    ):
        assert part in told, told


def test_a_pdf_names_nobody_outside_its_pages(place: Garage, october: Path):
    place.link("K1", "Eva", "Lind")
    place.deliver(visit("T1"))
    settle(place)
    told = PdfReader(october / "2024-10-00001.pdf").metadata
    assert told is not None
    assert told.title == "Parking statement 2024-10-00001"
    assert "Lind" not in str(told)


def test_many_lines_go_over_many_pages_and_none_is_lost(place: Garage, october: Path):
    place.deliver(*(visit(f"T{number:03}", gross=f"{number}.00") for number in range(1, 121)))
    settle(place)
    pages = [page.extract_text() for page in PdfReader(october / "2024-10-00001.pdf").pages]
    assert len(pages) > 2
    assert all("Amount" in page for page in pages[:-1])
    told = text(october / "2024-10-00001.pdf")
    assert all(f" {number}.00\n" in told for number in range(1, 121))
    assert told.count("To pay: 7 260.00 EUR") == 1
    assert f"page {len(pages)} of {len(pages)}" in pages[-1]


def test_the_totals_are_never_torn_from_what_is_to_pay(place: Garage, october: Path):
    each = range(26, 34)
    place.deliver(
        *(
            visit(f"T{lines}-{one}", f"K{lines}", gross="1.00")
            for lines in each
            for one in range(lines)
        )
    )
    settle(place)
    turned = set()
    for number, _ in enumerate(each, 1):
        reader = PdfReader(october / f"2024-10-0000{number}.pdf")
        pages = [page.extract_text() for page in reader.pages]
        assert [page for page in pages if "Net" in page] == [pages[-1]]
        assert "To pay" in pages[-1]
        turned.add("Where" in pages[-1])
    assert turned == {True, False}


def test_settled_once_more_a_month_gives_the_same_numbers_and_the_same_bytes(
    place: Garage, october: Path
):
    place.deliver(visit("T1"), visit("T2", "K2"))
    settle(place)
    before = {file.name: file.read_bytes() for file in october.iterdir()}
    place.deliver(visit("T3", came="2024-10-09 10:00"))
    again = place.folder / "again"
    settle(place, "--out", str(again))
    assert {file.name: file.read_bytes() for file in again.iterdir()} == before


def test_what_comes_after_its_month_was_settled_is_on_the_next_statement(place: Garage):
    place.deliver(visit("T1"))
    settle(place)
    place.deliver(visit("T2", came="2024-10-30 10:00", gross="3.00"))
    place.correct("T1", "-2.50", "2024-11-02 09:00", "promised")
    settle(place, month="2024-11")
    november = table(place.folder / "statements" / "2024-11" / "2024-11-00001.csv")
    assert picked(november, "transaction", "kind", "gross", "vat") == [
        ("T1", "correction", "-2,50", "-0,50"),
        ("T2", "charge", "3,00", "0,60"),
        ("", "total", "0,50", "0,10"),
        ("", "sum", "0,50", "0,10"),
    ]


def test_a_month_in_which_nothing_is_to_pay_says_so(place: Garage, october: Path):
    place.deliver(visit("T1", gross="0.00"))
    settle(place)
    assert "Nothing to pay" in text(october / "2024-10-00001.pdf")


def test_more_given_back_than_charged_is_to_be_paid_back(place: Garage):
    place.deliver(visit("T1"))
    settle(place)
    place.correct("T1", "-12.50", "2024-11-02 09:00", "promised")
    settle(place, month="2024-11")
    november = place.folder / "statements" / "2024-11" / "2024-11-00001.pdf"
    assert "To be paid back: 12.50 EUR" in text(november)


@pytest.mark.covers("wincardcore", rule="test-cards-unbilled")
def test_test_cards_and_open_visits_are_on_no_statement(place: Garage, october: Path):
    place.list_accounts(listed("K9", test=True), now=visit("T0").entry.at)
    place.deliver(visit("T1", "K9"), visit("T2", "K2", status="open"), visit("T3", "K3"))
    settle(place)
    assert picked(table(october / "summary-garage.csv"), "account") == [("K3",)]


def test_a_dry_run_shows_the_sums_and_writes_nothing(place: Garage):
    place.link("K1", "Eva", "Lind")
    place.deliver(visit("T1"), visit("T2", rate="12.00", gross="1.12"), visit("T3", "K2"))
    before = others(place)
    shown = settle(place, "--dry-run").stdout
    lines = [" ".join(line.replace("│", " ").split()) for line in shown.splitlines()]
    assert "draft garage K1 Eva Lind 2 11.00 2.62 13.62" in lines
    assert "draft garage K2 – 1 10.00 2.50 12.50" in lines
    assert "garage 12.00 % 1.00 0.12 1.12" in lines
    assert "garage 25.00 % 20.00 5.00 25.00" in lines
    assert "all 21.00 5.12 26.12" in lines
    assert others(place) == before
    with place.store() as store:
        assert store.parking.settlement("garage", OCTOBER) is None


def test_a_dry_run_of_a_settled_month_shows_it_as_it_was_billed(place: Garage):
    place.deliver(visit("T1"))
    settle(place)
    place.deliver(visit("T2", came="2024-10-09 10:00"))
    [account] = json.loads(settle(place, "--dry-run", "--json").stdout)
    assert account["statement"] == "2024-10-00001"
    assert [line["transaction"] for line in account["lines"]] == ["T1"]


def test_a_month_that_is_not_over_is_refused_and_can_be_looked_at(place: Garage):
    place.deliver(visit("T1"))
    refused = settle(place, month="9000-01", code=1).stderr
    assert "9000-01 is not over yet" in refused
    assert "What to do: It is over at 9000-02-01 00:00 (Europe/Stockholm)" in refused
    assert not (place.folder / "statements").exists()
    assert "12.50" in settle(place, "--dry-run", month="9000-01").stdout


def test_a_month_before_one_that_is_settled_is_refused(place: Garage):
    place.deliver(visit("T1"))
    settle(place)
    for given in ((), ("--dry-run",)):
        refused = settle(place, *given, month="2024-09", code=1).stderr
        assert "2024-10 of garage is settled" in refused
        assert "What to do:" in refused


@pytest.mark.covers("wincardcore", rule="sums-twice")
def test_sums_that_differ_stop_the_run_and_name_account_and_transactions(place: Garage):
    place.deliver(visit("T1"), visit("T2", "K2"), visit("T3", "K2"), visit("T4", "K3"))
    tamper(place, "update parking_entries set vat = vat + 1 where visit = 'T3'")
    for given in (("--dry-run",), ()):
        refused = settle(place, *given, code=1).stderr
        assert "account K2" in refused
        assert "transactions: T3\n" in refused
        assert "Nothing was billed" in refused
    assert not (place.folder / "statements").exists()
    with place.store() as store:
        assert store.parking.settlements("garage") == []


def test_one_car_park_whose_sums_differ_keeps_the_others_from_being_billed(tmp_path: Path):
    place = garage(tmp_path, "east", "west")
    place.deliver(visit("T1", system="east"), visit("T2", system="west"))
    tamper(place, "update parking_entries set amount = amount + 4 where visit = 'T2'")
    assert "west" in settle(place, code=1).stderr
    with place.store() as store:
        assert store.parking.settlements("east") == []


def test_what_changes_while_it_is_checked_is_not_billed(place: Garage):
    place.deliver(visit("T1"), visit("T2", "K2"))

    def changing(_name: str) -> Progress:
        def step(done: int, _total: int | None) -> None:
            if done == 2:
                tamper(place, "update parking_entries set vat = vat + 1 where visit = 'T1'")

        return step

    parks = list(place.settings.targets.values())[1:]
    with place.store() as store, pytest.raises(Disagreement) as refused:
        asyncio.run(settle_all(store, parks, OCTOBER, at("2024-11-02 09:00"), "eva", changing))
    assert (refused.value.account, refused.value.transactions) == ("K1", ["T1"])
    with place.store() as store:
        assert store.parking.settlements("garage") == []


def test_two_car_parks_share_a_folder_and_their_numbers_differ(tmp_path: Path):
    place = garage(tmp_path, "east", "west")
    place.deliver(visit("T1", system="east"), visit("T1", system="west"))
    settle(place, "--target", "west")
    settle(place)
    folder = tmp_path / "statements" / "2024-10"
    numbers = [
        row["statement"]
        for name in ("west", "east")
        for row in table(folder / f"summary-{name}.csv")
    ]
    assert numbers == ["2024-10-00001", "2024-10-00002"]
    assert len(list(folder.glob("*.pdf"))) == 2


def test_the_json_has_each_account_with_its_lines_and_exact_amounts(place: Garage):
    place.link("K1", "Eva", "Lind")
    place.deliver(visit("T1", gross="0.50"), visit("T2", "K2"))
    accounts: list[dict[str, Any]] = json.loads(settle(place, "--json").stdout)
    first = accounts[0]
    assert {name: first[name] for name in ("statement", "account", "person", "name")} == {
        "statement": "2024-10-00001",
        "account": "K1",
        "person": "club/K1",
        "name": "Eva Lind",
    }
    assert first["rates"] == [{"rate": "25.00", "gross": "0.50", "net": "0.40", "vat": "0.10"}]
    assert first["lines"][0]["in"] == "2024-10-03T14:05:00+02:00"
    assert [one["account"] for one in accounts] == ["K1", "K2"]


def test_nothing_to_bill_is_an_empty_list_and_closes_the_month(place: Garage):
    place.deliver(visit("T1", status="open"))
    assert json.loads(settle(place, "--json").stdout) == []
    assert "nothing was to be billed" in settle(place).stdout
    with place.store() as store:
        assert store.parking.settlement("garage", OCTOBER) is not None


def test_files_that_cannot_be_written_are_written_by_the_next_run(place: Garage):
    place.deliver(visit("T1"))
    blocked = place.folder / "blocked"
    blocked.write_text("a file, and no folder")
    refused = settle(place, "--out", str(blocked / "here"), code=1).stderr
    assert "2024-10 of garage is settled, but a file could not be written" in refused
    settle(place, "--out", str(place.folder / "elsewhere"))
    assert (place.folder / "elsewhere" / "2024-10-00001.pdf").exists()


def test_a_file_is_whole_or_keeps_what_was_there(place: Garage, october: Path):
    place.deliver(visit("T1"))
    october.mkdir(parents=True)
    (october / ".2024-10-00001.pdf.unfinished").write_text("cut off")
    (october / "2024-10-00001.pdf").write_text("of before")
    settle(place)
    assert (october / "2024-10-00001.pdf").read_bytes().startswith(b"%PDF")
    assert not list(october.glob(".*"))


def test_a_file_that_cannot_be_finished_leaves_what_was_there(tmp_path: Path):
    file = tmp_path / "statement.csv"
    write_private(file, b"of before")
    with pytest.raises(ValueError, match="half"), private_file(file) as unfinished:
        unfinished.write(int("half").to_bytes())
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [
        ("statement.csv", b"of before")
    ]


def test_a_car_park_that_left_the_configuration_is_told_of(tmp_path: Path):
    garage(tmp_path, "garage", "old").deliver(visit("T1"), visit("T1", system="old"))
    told = settle(garage(tmp_path), "--dry-run").stderr
    assert "old delivered visits and is not in the configuration" in told


def test_only_car_parks_are_settled(place: Garage):
    place.deliver(visit("T1"))
    assert "main-door" not in settle(place, "--dry-run").stdout
    refused = settle(place, "--dry-run", "--target", "main-door", code=2).stderr
    assert "'main-door' is no car park" in refused
    refused = settle(place, "--dry-run", "--target", "attic", code=2).stderr
    assert "Targets in the configuration: main-door, garage." in refused


@pytest.mark.parametrize("month", ["2024-13", "2024-1", "October", "2024-10-01", ""])
def test_what_is_no_month_is_refused(place: Garage, month: str):
    assert "--month" in settle(place, "--dry-run", month=month, code=2).stderr


def test_a_dry_run_takes_no_folder(place: Garage):
    settle(place, "--dry-run", "--out", "here", code=2)


def test_a_long_table_is_cut_and_its_sums_are_of_all(place: Garage):
    place.deliver(*(visit(f"T{number:02}", f"K{number:02}") for number in range(65)))
    shown = settle(place, "--dry-run").stdout
    assert "K59" in shown
    assert "K60" not in shown
    assert "and 5 more accounts" in shown
    assert "812.50" in shown


def test_a_plate_is_told_whole_and_of_other_media_only_the_end() -> None:
    assert held(PLATE) == "plate ABC 123"
    assert held(Medium(1, "E280116060000204")) == "tag …0204"
    assert held(Medium(255, "9001")) == "card 9001"
    assert held(Medium(99, "")) == "medium"
