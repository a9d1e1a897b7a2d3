"""Which column means what."""

import pytest

from doorward.connectors.csvfile.wire.columns import COLUMNS, layout, meaning, understood
from doorward.connectors.csvfile.wire.text import Unusable

USUAL = ["member", "first name", "last name", "email", "phone", "from", "until", "role"]


@pytest.mark.parametrize(
    "header",
    [
        USUAL,
        ["Member", "First_Name", "LASTNAME", "E-mail", "Telephone", "Start date", "End date",
         "Type"],
        ["Medlemsnummer", "Förnamn", "Efternamn", "E-post", "Mobil", "Fr.o.m.", "T.o.m.", "Roll"],
        ["Medlemsnr", "Fo\u0308rnamn", "Efternamn", "E-postadress", "Telefon", "Giltig från",
         "Giltig t.o.m.", "Medlemstyp"],
        ["Id", "Tilltalsnamn", "Efternamn", "Mejl", "Tel.", "Startdatum", "Slutdatum", "Grupp"],
    ],
)  # fmt: skip
def test_the_usual_names_are_understood(header: list[str]):
    found = layout(header, {})

    assert found.places == {column: place for place, column in enumerate(USUAL)}
    assert found.extra == ()


def test_a_surer_name_wins_over_a_less_sure_one():
    found = layout(["Id", "Medlemsnummer", "Typ", "Roll", "Telefon", "Mobil", "T.o.m."], {})

    assert [found.places[one] for one in ("member", "role", "phone", "until")] == [1, 3, 5, 6]
    assert [name for _, name in found.extra] == ["Id", "Typ", "Telefon"]


def test_our_own_name_wins_over_all():
    found = layout(["slutdatum", "until", "member"], {})

    assert found.places["until"] == 1


def test_a_column_that_is_told_is_taken():
    found = layout(["Nr", "Slut", "Sista dag"], {"member": "NR", "until": "sista_dag"})

    assert (found.places["member"], found.places["until"]) == (0, 2)
    assert found.shown("until") == "Sista dag"


def test_a_column_that_is_told_for_one_thing_is_not_guessed_for_another():
    found = layout(["member", "until", "type"], {"until": "until", "first name": "type"})

    assert "role" not in found.places


def test_two_that_fit_are_a_question():
    with pytest.raises(Unusable) as refused:
        layout(["member", "Slutdatum", "Giltig t.o.m."], {})

    assert "'Slutdatum' (column 2), 'Giltig t.o.m.' (column 3)" in refused.value.reason
    assert '"until" = ' in refused.value.remedy


def test_the_same_name_twice_is_a_question():
    with pytest.raises(Unusable, match="several columns"):
        layout(["member", "until", "until"], {"until": "until"})


@pytest.mark.parametrize(
    ("header", "told", "reason"),
    [
        (["Nr", "Slut"], {}, "no column that could be for 'member'; there is: 'Nr', 'Slut'"),
        (["member", "Sista"], {}, "no column that could be for 'until'"),
        (["member", "until"], {"role": "Roll"}, "no column 'Roll' for 'role'"),
        (["member", "until"], {"until": "Slut"}, "no column 'Slut' for 'until'"),
        (["member", "until"], {"member": ""}, "no column that could be for 'member'"),
    ],
)
def test_a_missing_column_is_told_with_those_that_there_are(
    header: list[str], told: dict[str, str], reason: str
):
    with pytest.raises(Unusable) as refused:
        layout(header, told)

    assert reason in refused.value.reason
    assert "columns = {" in refused.value.remedy


@pytest.mark.parametrize("column", ["until", "role"])
def test_it_can_be_said_that_there_is_no_such_column(column: str):
    found = layout(["member", "slut", "roll"], {column: ""})

    assert column not in found.places


def test_how_much_is_understood_tells_headers_apart():
    assert understood(["Medlemsnr", "Namn", "Slut"], {}) == 3
    assert understood(["Medlemsnr;Namn;Slut"], {}) == 0


def test_our_names_may_be_written_in_any_way():
    assert meaning("First_Name") == "first name"
    assert meaning("firstname") == "first name"
    assert meaning("shoe size") is None
    assert all(meaning(column) == column for column in COLUMNS)
