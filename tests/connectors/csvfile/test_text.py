"""Which encoding a file is in, and which delimiter its table has."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.csvfile.wire.members import Form, Listing, read
from doorward.connectors.csvfile.wire.text import Unusable, encoding_of

SWEDISH = "member;first name;until\r\n1;Åsa;2026-12-31\r\n2;Björn;2026-12-31\r\n3;Göran;\r\n"


def listing(content: bytes) -> Listing:
    """What a file says about which nothing is known."""
    return read(io.BytesIO(content), Form())


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
        ("cp850", "cp850"),
    ],
)
def test_an_encoding_is_found_out(encoding: str, found: str):
    read_back = listing(SWEDISH.encode(encoding))

    assert read_back.encoding == found
    assert [one.first_name for one in read_back.members.values()] == ["Åsa", "Björn", "Göran"]


def test_a_big_endian_file_is_known_by_its_mark():
    content = b"\xfe\xff" + SWEDISH.encode("utf-16-be")

    assert listing(content).encoding == "utf-16"


def test_plain_letters_are_utf8():
    assert encoding_of(io.BytesIO(b"member,until\n")) == "utf-8"


@pytest.mark.parametrize("split", [1024 * 1024 - 1, 1024 * 1024])
def test_a_letter_across_two_pieces_of_the_file_is_read(split: int):
    head = b"member,first name,until\n"
    content = head + b"#" * (split - len(head)) + "å\n".encode()

    assert encoding_of(io.BytesIO(content)) == "utf-8"


def test_a_letter_cut_in_half_is_not_utf8():
    content = SWEDISH.encode("cp1252") + b"\xc3"

    assert encoding_of(io.BytesIO(content)) == "cp1252"


def test_letters_far_behind_tell_the_encoding():
    content = b"x" * 2_000_000 + b"\n" + SWEDISH.encode("cp1252")

    assert encoding_of(io.BytesIO(content)) == "cp1252"


def test_a_sample_is_enough_to_tell_the_encoding():
    content = SWEDISH.encode("cp1252") * 5000

    assert encoding_of(io.BytesIO(content)) == "cp1252"


def test_bytes_that_are_in_no_encoding_are_refused():
    with pytest.raises(Unusable) as refused:
        encoding_of(io.BytesIO(bytes(range(128, 160)) * 3 + b"\x81\x8d\x8f\x90\x9d\n"))

    assert "set encoding" in refused.value.remedy


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("form", ["many", "one line", "commas inside"])
def test_a_delimiter_is_found_out(delimiter: str, form: str):
    rows = [["Medlemsnr", "Namn", "Slut"], ["1", "Åsa, Anna; Bo", "2026-12-31"]]
    rows += [[str(one), "Eva", "2026-12-31"] for one in range(2, 60 if form == "many" else 3)]
    if form == "commas inside":
        rows += [[str(one), "a,b,c", "2026-12-31"] for one in range(5, 30)]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)

    assert listing(text.getvalue().encode()).delimiter == delimiter


def test_a_line_that_names_the_delimiter_is_obeyed():
    found = listing(b'"sep=^"\r\nmember^until\r\n1^2026-12-31\r\n2^soon\r\n')

    assert found.delimiter == "^"
    assert found.flaws[0].where == "line 4, column 'until'"


def test_a_delimiter_is_found_although_a_quote_is_open():
    found = listing(b'member;until;role\r\n1;2026-12-31;Gym\r\n2;2026-12-31;"Gym\r\n')

    assert found.delimiter == ";"
    assert list(found.members) == ["1"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_line_break_is_read(ending: str):
    text = SWEDISH.replace("\r\n", ending)

    assert len(listing(text.encode()).members) == 3


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]))


@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_is_written_is_read_back(
    rows: list[tuple[str, str]], delimiter: str, encoding: str
):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["member", "first name", "until", "role"])
    for number, (name, role) in enumerate(rows):
        writer.writerow([number, name, "", role])

    found = listing(text.getvalue().encode(encoding))

    assert not found.flaws
    assert [(one.first_name, one.stays[0].role) for one in found.members.values()] == [
        (name.strip(), role.strip()) for name, role in rows
    ]


@given(st.binary(max_size=300), st.sampled_from([b"", b"member,until\n", b"\xff\xfem\0"]))
def test_no_bytes_break_the_reader(content: bytes, head: bytes):
    try:
        found = listing(head + content)
    except Unusable:
        return
    assert found.rows
