"""A file of members as a register."""

import asyncio
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from doorward.connectors.csvfile import file
from doorward.connectors.csvfile.adapter import SOURCE, CsvRegister
from doorward.connectors.csvfile.file import Unreadable, read_file
from doorward.connectors.csvfile.settings import CsvSettings
from doorward.connectors.csvfile.wire.members import Form
from doorward.connectors.kinds import Surroundings
from doorward.core.errors import Kind
from doorward.core.people import Membership, Person
from doorward.core.ports import Finding, silent
from doorward.core.reads import Complete, Failed, Partial
from doorward.core.sync import gather_members

HEADER = "member,first name,last name,email,phone,from,until,role,Town\n"
ANNA = "1001,Anna,Berg,anna@example.org,070-123 45 67,2026-01-01,2026-12-31,Gym,Umeå\n"
EVA = "1002,Eva,Lind,,,,2026-06-30,Pool,\n"

Opened = Callable[..., Any]


@pytest.fixture
async def register(tmp_path: Path):
    """Write a file and open it as the register 'club'."""

    async def opened(text: str | bytes, **settings: Any) -> CsvRegister:
        content = text if isinstance(text, bytes) else text.encode()
        await asyncio.to_thread((tmp_path / "members.csv").write_bytes, content)
        around = Surroundings(zone=ZoneInfo("Europe/Stockholm"), folder=tmp_path)
        made = CsvSettings(path=settings.pop("path", "members.csv"), **settings)
        async with SOURCE.open("club", made, around) as found:
            assert isinstance(found, CsvRegister)
            return found

    return opened


async def test_everybody_in_the_file_is_read(register: Opened):
    read = await (await register(HEADER + ANNA + EVA)).people(silent)

    assert read == Complete(
        [
            Person(
                "club/1001",
                "Anna",
                "Berg",
                ("anna@example.org",),
                "+46701234567",
                "1001",
                (Membership("Gym", date(2026, 1, 1), date(2026, 12, 31)),),
                (("Town", "Umeå"),),
            ),
            Person(
                "club/1002",
                "Eva",
                "Lind",
                number="1002",
                memberships=(Membership("Pool", None, date(2026, 6, 30)),),
            ),
        ]
    )


async def test_one_bad_line_protects_its_member_and_nobody_else(register: Opened):
    text = HEADER + ANNA.replace("2026-12-31", "soon") + EVA
    read = await (await register(text)).people(silent)

    (faulty,) = read.faulty
    assert (faulty.key, faulty.where) == ("club/1001", "members.csv line 2, column 'until'")
    members = gather_members({"club": read})
    assert not members.trusted("club/1001")
    assert members.trusted("club/1002")


async def test_a_line_that_is_nobodys_lets_nobody_lapse(register: Opened):
    read = await (await register(HEADER + ANNA + ",Eva,Lind,,,,,,\n")).people(silent)

    assert isinstance(read, Partial)
    assert "members.csv line 3, column 'member'" in read.trouble.reason
    assert not gather_members({"club": read}).trusted("club/1001")


async def test_a_file_that_is_cut_off_lets_nobody_lapse(register: Opened):
    read = await (await register(HEADER + ANNA + EVA.strip())).people(silent)

    assert isinstance(read, Partial)
    assert [person.key for person in read.items] == ["club/1001"]
    assert read.trouble.kind is Kind.RETRY
    assert read.trouble.reason.startswith("members.csv line 3: ")


@pytest.mark.parametrize("text", ["", "\n", HEADER])
async def test_an_empty_file_is_no_empty_club(register: Opened, text: str):
    read = await (await register(text)).people(silent)

    assert isinstance(read, Failed)
    assert read.trouble.kind is Kind.PERMANENT
    assert read.trouble.remedy


async def test_a_missing_file_may_come_back(register: Opened):
    read = await (await register("", path="nowhere.csv")).people(silent)

    assert isinstance(read, Failed)
    assert read.trouble.kind is Kind.RETRY
    assert "nowhere.csv cannot be read: No such file" in read.trouble.reason


async def test_a_folder_is_no_file(register: Opened):
    assert isinstance(await (await register("", path=".")).people(silent), Failed)


async def test_a_file_anywhere_else_is_read(register: Opened, tmp_path: Path):
    (tmp_path / "other.csv").write_text(HEADER + ANNA)

    read = await (await register("", path=str(tmp_path / "other.csv"))).people(silent)

    assert len(read.items) == 1


async def test_a_file_is_read_anew_each_time(register: Opened, tmp_path: Path):
    club = await register(HEADER + ANNA)
    await club.people(silent)
    (tmp_path / "members.csv").write_text(HEADER + ANNA + EVA)

    assert len((await club.people(silent)).items) == 2


async def test_progress_is_told(register: Opened):
    seen: list[tuple[int, int | None]] = []
    rows = "".join(ANNA.replace("1001", str(one)) for one in range(2500))

    await (await register(HEADER + rows)).people(lambda done, total: seen.append((done, total)))

    assert seen == [(1000, None), (2000, None), (2500, 2500)]


async def test_a_run_that_is_given_up_stops_the_reading(register: Opened):
    rows = "".join(ANNA.replace("1001", str(one)) for one in range(50_000))
    club = await register(HEADER + rows)
    started, seen = asyncio.Event(), list[int]()

    def progress(done: int, _total: int | None) -> None:
        seen.append(done)
        started.set()

    reading = asyncio.create_task(club.people(progress))
    await started.wait()
    reading.cancel()

    with pytest.raises(asyncio.CancelledError):
        await reading
    await asyncio.sleep(0.05)
    last = len(seen)
    await asyncio.sleep(0.2)
    assert len(seen) == last < 50


class TestChanges:
    """A file that is written to while it is read."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """A file large enough to be read in several pieces."""
        path = tmp_path / "members.csv"
        path.write_text(HEADER + "".join(ANNA.replace("1001", str(one)) for one in range(300)))
        os.utime(path, (1, 1))
        return path

    @staticmethod
    def once(act: Callable[[], object]) -> Callable[[int], None]:
        """Does something at the first record."""

        def step(rows: int) -> None:
            if rows == 1:
                act()

        return step

    @pytest.mark.parametrize("size", [0, 10_000])
    def test_one_that_shrinks_is_told(self, path: Path, size: int):
        with pytest.raises(Unreadable, match="it shrank while it was read") as fault:
            read_file(path, Form(), self.once(lambda: os.truncate(path, size)))

        assert fault.value.passing

    def test_one_that_grows_is_told(self, path: Path):
        def grow() -> None:
            with path.open("a") as opened:
                opened.write(EVA)

        with pytest.raises(Unreadable, match="it was written to"):
            read_file(path, Form(), self.once(grow))

    def test_one_that_is_written_over_is_told(self, path: Path):
        text = path.read_text().replace("Anna", "Olga")

        with pytest.raises(Unreadable, match="it was written to"):
            read_file(path, Form(), self.once(lambda: path.write_text(text)))

    def test_a_new_file_renamed_over_it_does_no_harm(self, path: Path):
        new = path.with_suffix(".new")
        new.write_text(HEADER + ANNA)

        assert len(read_file(path, Form(), self.once(lambda: new.rename(path))).members) == 300


def test_a_file_that_is_far_too_large_is_refused(tmp_path: Path):
    path = tmp_path / "members.csv"
    path.touch()
    os.truncate(path, file.LARGEST + 1)

    with pytest.raises(Unreadable, match="larger than"):
        read_file(path, Form(), lambda _rows: None)


async def test_check_shows_what_was_understood(register: Opened, tmp_path: Path):
    text = HEADER + ANNA + ANNA.replace("Gym", "Pool") + EVA
    findings = await (await register(text.replace(",", ";").encode("cp1252"))).check()

    path = tmp_path / "members.csv"
    assert findings == [
        Finding("club", "file", True, f"{path}: cp1252, columns apart by ';'"),
        Finding(
            "club",
            "columns",
            True,
            "'member' as member, 'first name' as first name, 'last name' as last name, "
            "'email' as email, 'phone' as phone, 'from' as from, 'until' as until, "
            "'role' as role; kept besides: 'Town'",
        ),
        Finding("club", "people", True, "2 on 3 lines"),
        Finding(
            "club",
            "line 2",
            True,
            "1001 Anna Berg <anna@example.org>: 'Gym' 2026-01-01 to 2026-12-31; "
            "'Pool' 2026-01-01 to 2026-12-31",
        ),
        Finding("club", "line 4", True, "1002 Eva Lind: 'Pool' any time to 2026-06-30"),
    ]


async def test_check_shows_what_was_not(register: Opened):
    text = "member\temail\tuntil\n1\tx\tsoon\n\ty\t\n2\tz\t\n3"
    findings = [found for found in await (await register(text)).check() if not found.good]

    assert [(found.subject, found.text.partition(";")[0]) for found in findings] == [
        ("line 5", "the file ends without a line break, as if cut off"),
        ("line 2, column 'until'", "'soon' is not a date"),
        ("line 3, column 'member'", "it is empty"),
        ("contact", "line 2, column 'email': 'x' is not an e-mail address"),
        ("contact", "line 4, column 'email': 'z' is not an e-mail address"),
    ]
    assert all(found.remedy for found in findings)


async def test_check_shows_a_few_of_many_flaws(register: Opened):
    lines = "".join(f"{one},x,soon\n" for one in range(14)) + "14,x,\n"

    findings = await (await register("member,email,until\n" + lines)).check()

    assert findings[0].text.endswith("utf-8, columns apart by ','")
    assert findings[3].text == "0 : no membership"
    assert {found.text for found in findings} >= {
        "4 more could not be understood",
        "5 more of these",
    }


async def test_check_names_the_columns_of_a_file_it_cannot_use(register: Opened):
    (found,) = await (await register("Nr,Slut\n1,2026-12-31\n")).check()

    assert not found.good
    assert "there is: 'Nr', 'Slut'" in found.text
    assert 'columns = { "member" = "…" }' in found.remedy


async def test_columns_can_be_told(register: Opened):
    club = await register(
        "Nr^Sista dag\n1^02/03/2026\n",
        columns={"member": "nr", "Until": "sista_dag"},
        delimiter="^",
        encoding="latin-1",
        dates="%d/%m/%Y",
    )

    (person,) = (await club.people(silent)).items
    assert person.memberships[0].end == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"columns": {"shoe": "Sko"}}, "columns has 'shoe'; there is: member"),
        ({"delimiter": '"'}, "delimiter"),
        ({"delimiter": "a"}, "delimiter"),
        ({"encoding": "klingon"}, "encoding is not one"),
        ({"encoding": "hex"}, "encoding is not one"),
        ({"dates": "%d/%m"}, "dates does not say"),
        ({"region": "XX"}, "region is no country"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], reason: str):
    with pytest.raises(ValueError, match=reason.split("'", maxsplit=1)[0]) as refused:
        CsvSettings(path="x", **settings)

    assert reason in str(refused.value)
