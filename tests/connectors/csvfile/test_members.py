"""Who is in a file, and what is said of what could not be understood."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest

from doorward.connectors.csvfile.wire.members import NOTES, Form, Listing, Member, Stay, read
from doorward.connectors.csvfile.wire.text import Unusable

HEADER = "member,first name,last name,email,phone,from,until,role\n"
ANNA = "1001,Anna,Berg,anna@example.org,+46701234567,2026-01-01,2026-12-31,Gym\n"


def listing(text: str | bytes, **form: Any) -> Listing:
    """What a file says."""
    content = text if isinstance(text, bytes) else text.encode()
    return read(io.BytesIO(content), Form(**form))


def only(text: str, **form: Any) -> Member:
    """The one member of a file with one line under the usual header."""
    (member,) = listing(HEADER + text, **form).members.values()
    return member


def line(**cells: str) -> str:
    """A line under the usual header: Anna's, with some cells replaced."""
    names = HEADER.strip().split(",")
    values = dict(zip(names, ANNA.strip().split(","), strict=True))
    values |= {
        name.replace("_", " ").replace("start", "from"): cell for name, cell in cells.items()
    }
    return ",".join(values[name] for name in names) + "\n"


def test_a_line_becomes_a_member():
    assert only(ANNA) == Member(
        "1001",
        2,
        "Anna",
        "Berg",
        ("anna@example.org",),
        "+46701234567",
        (Stay("Gym", date(2026, 1, 1), date(2026, 12, 31)),),
    )


def test_several_lines_of_one_member_are_several_memberships():
    pool = line(role="Pool", until="2027-03-31")
    found = listing(HEADER + ANNA + line(member="1002") + pool + ANNA)

    assert list(found.members) == ["1001", "1002"]
    assert [stay.role for stay in found.members["1001"].stays] == ["Gym", "Pool"]
    assert found.rows == 4


def test_member_numbers_stay_text():
    found = listing(HEADER + line(member="007") + line(member="7"))

    assert list(found.members) == ["007", "7"]


def test_other_columns_are_kept_as_they_are():
    (member,) = listing("member,until,Ort,Note,\n7,2026-12-31,Umeå,,x\n").members.values()

    assert member.attributes == (("Ort", "Umeå"),)


def test_addresses_of_several_lines_come_together():
    text = line(email="a@example.org") + line(email="b@example.org") + line(email="A@EXAMPLE.ORG")

    assert only(text).emails == ("a@example.org", "b@example.org", "A@example.org")


def test_what_one_line_leaves_out_another_gives():
    text = line(first_name="", last_name="", phone="") + line(phone="070-123 45 67")

    member = only(text)
    assert (member.name, member.phone) == ("Anna Berg", "+46701234567")


def test_a_name_in_one_column_is_taken():
    (member,) = listing("Medlemsnr;Namn;Slut\n1;Anna Berg;2026-12-31\n").members.values()

    assert (member.first_name, member.last_name) == ("", "Anna Berg")


def test_an_end_that_is_empty_is_none():
    assert only(line(until="", start="")).stays == (Stay("Gym", None, None),)


def test_midnight_as_an_end_is_that_day():
    (stay,) = only(line(until="2026-12-31 00:00:00", start="2026-01-01 00:00:00")).stays

    assert stay.end == date(2026, 12, 31)
    assert stay.start == datetime(2026, 1, 1)


def test_a_moment_as_an_end_stays_a_moment():
    (stay,) = only(line(until="2026-12-31T18:30Z")).stays

    assert stay.end == datetime(2026, 12, 31, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize("blank", ["\n", " , ,,,,,,\n", "\r\n"])
def test_blank_lines_do_not_count(blank: str):
    found = listing(HEADER + blank + ANNA + blank)

    assert (found.rows, len(found.members), found.flaws) == (1, 1, [])


@pytest.mark.parametrize(
    ("cells", "where", "reason"),
    [
        ({"until": "soon"}, "line 2, column 'until'", "'soon' is not a date"),
        ({"start": "2026-13-01"}, "line 2, column 'from'", "not a date that there is"),
        ({"until": "02/03/2026"}, "line 2, column 'until'", "two different days"),
        ({"until": "2025-12-31"}, "line 2, column 'until'", "ends 2025-12-31 before it begins"),
    ],
)
def test_dates_that_are_wrong_protect_their_member(cells: dict[str, str], where: str, reason: str):
    found = listing(HEADER + line(**cells) + line(member="1002"))

    (flaw,) = found.flaws
    assert (flaw.member, flaw.where) == ("1001", where)
    assert reason in flaw.reason
    assert flaw.remedy
    assert found.members["1001"].stays == ()
    assert len(found.members["1002"].stays) == 1


def test_a_member_with_a_flaw_is_still_known_by_her_address():
    (member,) = listing(HEADER + line(until="soon")).members.values()

    assert member.emails == ("anna@example.org",)


def test_two_names_for_one_member_are_told_with_both_lines():
    text = HEADER + ANNA + line(member="1002") + line(first_name="Eva") + line(first_name="Ida")

    (flaw,) = listing(text).flaws

    assert (flaw.member, flaw.where) == ("1001", "lines 2 and 4")
    assert "'Anna Berg' and 'Eva Berg'" in flaw.reason


@pytest.mark.parametrize("name", ["ANNA", "anna", ""])
def test_a_name_may_be_spaced_and_capitalised_differently(name: str):
    other = line(first_name=name, last_name=" berg " if name else "")

    assert listing(HEADER + ANNA + other).flaws == []


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("1001,Anna,Berg\n", "1001"),
        ("1001,Anna,Berg, Jr.,a@example.org,,2026-01-01,2026-12-31,Gym\n", "1001"),
        (" ,Anna,Berg\n", None),
        ("1001,An\0na,Berg,,,,,\n", "1001"),
        ("10\x0001,Anna,Berg,,,,,\n", None),
        (",Anna,Berg,,,,2026-12-31,Gym\n", None),
    ],
)
def test_a_line_that_does_not_fit_the_table_is_told(text: str, member: str | None):
    found = listing(HEADER + text + line(member="1002"))

    (flaw,) = found.flaws
    assert flaw.member == member
    assert flaw.where.startswith("line 2")
    assert list(found.members) == ["1002"]


def test_a_misshapen_line_is_nobodys_where_the_member_is_not_in_front():
    text = "first name,member,until\nAnna,Berg,1001,2026-12-31\nEva,1002,2026-12-31\n"

    (flaw,) = listing(text).flaws

    assert flaw.member is None


def test_empty_cells_behind_the_last_column_do_no_harm():
    assert listing(HEADER + ANNA.strip() + ",,\n").flaws == []


@pytest.mark.parametrize(
    "text", ['1001,"Anna"x,Berg,,,,,\n', '1001,An,"na\n'], ids=["text behind a quote", "open quote"]
)
def test_a_line_with_broken_quotes_is_told_and_nobody_may_be_missed(text: str):
    found = listing(HEADER + line(member="1000") + text)

    (flaw,) = found.flaws
    assert (flaw.member, flaw.where) == (None, "line 3")
    assert "not a line of CSV" in flaw.reason
    assert list(found.members) == ["1000"]


def test_lines_behind_a_broken_one_are_read():
    found = listing(HEADER + '1001,"Anna"x,Berg,,,,,\n' + line(member="1002"))

    assert list(found.members) == ["1002"]


def test_line_numbers_count_breaks_inside_quotes():
    text = HEADER + line(first_name='"An\nna"') + line(member="1002", until="soon")

    found = listing(text)

    assert found.members["1001"].first_name == "An\nna"
    assert found.flaws[0].where == "line 4, column 'until'"


def test_a_contact_that_is_none_is_a_note_and_the_member_stays():
    found = listing(HEADER + line(email="anna(at)example.org", phone="12"))

    assert found.flaws == []
    assert found.members["1001"].emails == ()
    assert found.notes == [
        "line 2, column 'email': 'anna(at)example.org' is not an e-mail address",
        "line 2, column 'phone': '12' is not a telephone number",
    ]


def test_of_very_many_notes_only_the_number_is_kept():
    many = "".join(line(member=str(one), email="x") for one in range(NOTES + 7))

    found = listing(HEADER + many)

    assert (len(found.notes), found.unnoted) == (NOTES, 7)


def test_a_last_line_without_a_break_is_taken_as_cut_off():
    found = listing(HEADER + ANNA + line(member="1002").strip())

    assert list(found.members) == ["1001"]
    assert found.cut is not None
    assert found.cut.line == 3
    assert "ends_with_newline" in found.cut.remedy


def test_a_last_line_without_a_break_is_taken_where_it_is_usual():
    found = listing(HEADER + ANNA + line(member="1002").strip(), ends_with_newline=False)

    assert list(found.members) == ["1001", "1002"]
    assert found.cut is None


def test_an_overlong_line_ends_the_reading():
    lines = "".join(line(member=str(one)) for one in range(60))

    found = listing(HEADER + lines + line(role="x" * 70_000) + line(member="last"))

    assert len(found.members) == 60
    assert found.cut is not None
    assert (found.cut.line, "more than 65536" in found.cut.reason) == (62, True)


def test_letters_that_are_not_the_encodings_end_the_reading():
    lines = "".join(line(member=str(one)) for one in range(5000))
    content = (HEADER + lines).encode() + line(role="å").encode("cp1252")

    found = listing(content, encoding="utf-8")

    assert found.cut is not None
    assert "not utf-8" in found.cut.reason
    assert 4000 < len(found.members) <= 5000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"sep=;\r\n", "empty"),
        (HEADER.encode(), "nobody"),
        (HEADER.encode() + b"\n\n", "nobody"),
        (HEADER.encode() + b"1001,Anna", "as if cut off"),
        (b"member,until\n" + b"x" * 70_000, "more than 65536"),
        (b'"member,until\n1,2\n', "line 1: not a line of CSV"),
        (b"\0\0\0\0PK", "not a text file"),
        (b"first name,until\nAnna,2026-12-31\n", "'member'"),
    ],
)
def test_a_file_that_says_nothing_about_anybody_is_unusable(content: bytes, reason: str):
    with pytest.raises(Unusable) as refused:
        listing(content)

    assert reason in refused.value.reason
    assert refused.value.remedy


def test_a_wrong_encoding_is_told_before_anything_is_read():
    with pytest.raises(Unusable, match="not utf-8"):
        listing((HEADER + line(first_name="Åsa")).encode("cp1252"), encoding="utf-8")


def test_progress_is_told_and_may_stop_the_reading():
    seen: list[int] = []

    def stop_at_two(rows: int) -> None:
        seen.append(rows)
        if rows == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read(io.BytesIO((HEADER + ANNA * 5).encode()), Form(), stop_at_two)

    assert seen == [1, 2]


class Piecewise(io.BytesIO):
    """A file that refuses to be read whole."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0, "the whole file was asked for"
        self.largest = max(self.largest, size)
        return super().read(size)

    read1 = read


def test_a_large_file_is_never_read_whole():
    rows = "".join(line(member=str(one)) for one in range(15_000))
    file = Piecewise((HEADER + rows).encode())

    found = read(file, Form())

    assert len(found.members) == 15_000
    assert file.largest <= 1024 * 1024
    assert not file.closed


@pytest.fixture
def golden() -> bytes:
    """A file with everything in it, in the form of a Swedish Excel."""
    text = (
        "sep=;\r\n"
        "Medlemsnummer;Förnamn;Efternamn;E-post;Mobil;Fr.o.m.;T.o.m.;Roll;Ort\r\n"
        '1001;Åsa;"Berg; Lind";asa@example.org;070-123 45 67;2026-01-01;2026-12-31;Gym;Umeå\r\n'
        "1002;Björn;Öst;bjorn@example.org;;;2026-06-30;Pool;\r\n"
        '1001;Åsa;"Berg; Lind";;;2026-01-01;2026-12-31;Pool;\r\n'
    )
    return text.encode("cp1252")


def test_the_golden_file_is_read(golden: bytes):
    found = listing(golden)

    assert (found.encoding, found.delimiter) == ("cp1252", ";")
    asa, bjorn = found.members.values()
    assert (asa.name, asa.emails, asa.phone) == (
        "Åsa Berg; Lind",
        ("asa@example.org",),
        "+46701234567",
    )
    assert [stay.role for stay in asa.stays] == ["Gym", "Pool"]
    assert bjorn.stays == (Stay("Pool", None, date(2026, 6, 30)),)
    assert asa.attributes == (("Ort", "Umeå"),)
    assert not found.flaws


def test_a_file_cut_anywhere_never_gives_something_else(golden: bytes):
    whole = listing(golden, encoding="cp1252")

    for end in range(len(golden)):
        try:
            part = listing(golden[:end], encoding="cp1252")
        except Unusable:
            continue
        doubtful = part.cut is not None or any(flaw.member is None for flaw in part.flaws)
        assert doubtful or golden[:end].endswith((b"\n", b"\r"))
        for number, member in part.members.items():
            complete = whole.members[number]
            assert member.stays == complete.stays[: len(member.stays)]
            assert (member.name, member.emails) == (complete.name, complete.emails)
