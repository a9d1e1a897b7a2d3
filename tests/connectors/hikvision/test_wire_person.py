"""A person's record: what is kept of it, and what may be written."""

from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.hikvision.wire import change, search
from doorward.connectors.hikvision.wire.form import NotUnderstood
from doorward.connectors.hikvision.wire.person import (
    Extend,
    FaultyUser,
    RightPlan,
    Rights,
    Unlisted,
    UserInfo,
    Writing,
    differences,
    fields_of,
    newcomer,
    read_user,
    rewritten,
    take_user,
)
from doorward.connectors.hikvision.wire.search import SearchAnswer
from doorward.connectors.hikvision.wire.validity import EARLIEST, LATEST, ValidForm, Window
from doorward.net.secrets import Secret

WINDOW = Window(datetime(2026, 4, 1), datetime(2027, 3, 31, 23, 59, 59))


def user(**fields: Any) -> UserInfo:
    return UserInfo(**({"employee_no": "31", "valid": WINDOW.form("local")} | fields))


def raw(**fields: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(fields))


def test_fields_that_are_not_known_are_kept_to_the_digit():
    read = read_user(msgspec.Raw(b'{"employeeNo":"31","weight":1.50,"tags":[{"a":null}]}'))
    assert isinstance(read, UserInfo)
    assert read.extra == (Unlisted("weight", b"1.50"), Unlisted("tags", b'[{"a":null}]'))
    written = change.write_person(rewritten(read, WINDOW, "local"), "terminal")
    assert b'"weight":1.50,"tags":[{"a":null}]' in written


def test_what_is_not_known_is_not_shown():
    assert "4711" not in repr(Unlisted("pinCode", b'"4711"'))


def test_a_known_field_of_an_odd_type_is_kept_unread():
    read = read_user(raw(employeeNo="31", gender=4, name="Ann"))
    assert isinstance(read, UserInfo)
    assert (read.name, read.gender) == ("Ann", None)
    assert read.extra == (Unlisted("gender", b"4"),)


def test_an_odd_validity_does_not_come_back_with_a_written_window():
    read = read_user(raw(employeeNo="31", Valid="always"))
    assert isinstance(read, UserInfo)
    assert fields_of(rewritten(read, WINDOW, "local").user)["Valid"] == WINDOW.form("local")


def test_a_number_that_is_printed_as_a_number_is_text():
    read = read_user(raw(employeeNo=31, name="Ann"))
    assert isinstance(read, UserInfo)
    assert (read.employee_no, read.name) == ("31", "Ann")


@pytest.mark.parametrize(
    "record", [b'{"name":"Ann"}', b'{"employeeNo":[1]}', b'{"employeeNo":null}', b"[]", b'"x"']
)
def test_a_record_without_a_number_is_faulty(record: bytes):
    assert isinstance(read_user(msgspec.Raw(record)), FaultyUser)


def test_a_client_is_read_strictly():
    with pytest.raises(NotUnderstood) as error:
        take_user(raw(employeeNo="31", RightPlan=[{"doorNo": 1, "planTemplateNo": 1}]), lax=False)
    assert error.value.field == "planTemplateNo"


def test_a_change_writes_all_that_can_be_written_and_the_window():
    before = user(
        name="Ann", email="a@example.org", gender="female", num_of_card=2, password=Secret("")
    )
    window = Window(datetime(2026, 1, 1), datetime(2026, 2, 1))
    written = rewritten(before, window, "local").user
    assert fields_of(written) == {
        "employeeNo": "31",
        "name": "Ann",
        "email": "a@example.org",
        "gender": "female",
        "Valid": window.form("local"),
    }


def test_a_password_that_is_told_is_written_back():
    written = rewritten(user(password=Secret("4711")), WINDOW, "local").user
    assert written.password == "4711"


def test_a_read_only_field_of_an_odd_type_is_not_written():
    read = read_user(raw(employeeNo="31", numOfCard="many", password=5))
    assert isinstance(read, UserInfo)
    assert rewritten(read, WINDOW, None).user.extra == ()


@pytest.mark.parametrize(
    "harm",
    [
        {"valid": ValidForm(enable=False)},
        {"valid": None},
        {
            "valid": ValidForm(
                enable=True, begin_time="2026-01-02T00:00", end_time="2026-01-01T00:00"
            )
        },
        {"password": Secret("")},
        {"dynamic_code": Secret("")},
        {"num_of_card": 1},
        {"face_url": "http://127.0.0.1/face"},
        {"employee_no": ""},
        {"employee_no": "x" * 33},
    ],
    ids=str,
)
def test_what_would_do_harm_cannot_be_written(harm: dict[str, Any]):
    with pytest.raises(ValueError, match=r"window|password|written|number"):
        Writing(user(**harm))


def test_rights_are_laid_over_what_somebody_has():
    before = user(door_right="1,2", right_plan=(RightPlan(1, "1"), RightPlan(2, "7")), name="Ann")
    after = Rights(doors=(2, 3)).over(before)
    assert after.doors == ("2", "3")
    assert after.right_plan == (RightPlan(2, "7"), RightPlan(3, "1"))
    assert Rights(template="9").over(before).right_plan == (RightPlan(1, "9"), RightPlan(2, "9"))


def test_rights_that_somebody_has_change_nothing():
    before = user(door_right="2, 1", right_plan=(RightPlan(1, "1"), RightPlan(2, "1")))
    assert Rights((1, 2), "1").over(before) is before
    assert Rights().over(user(door_right="")) == user(door_right="")


def test_rights_without_a_door_to_hold_change_nothing():
    assert Rights(template="2").over(user()) == user()


def test_a_newcomer_has_all_that_a_terminal_asks_for():
    ann = newcomer("31", "Ann", WINDOW, Rights((1,), "1"), email="a@example.org", slot="k").user
    assert fields_of(ann).keys() >= {"employeeNo", "name", "userType", "Valid", "doorRight"}
    assert (ann.slot, ann.email) == ("k", "a@example.org")
    assert newcomer("31", "Ann", WINDOW, Rights((1,), "1")).user.slot == ""


def test_differences_name_the_fields():
    writing = Writing(user(name="Ann", extra=(Unlisted("shirt", b'"M"'),)))
    assert differences(writing, writing.user) == ()
    later = Window(WINDOW.begin, LATEST).form("local")
    assert differences(writing, user(name="Bo", valid=later)) == ("Valid", "name", "shirt")


def test_a_hidden_password_is_no_difference():
    writing = Writing(user(password=Secret("4711")))
    assert differences(writing, user(password=Secret(""))) == ()


TEXT = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xD7FF), min_size=1, max_size=20
).map(lambda text: text.strip() or "x")
PEOPLE = st.builds(
    UserInfo,
    employee_no=TEXT,
    name=st.none() | TEXT,
    valid=st.just(Window(EARLIEST, LATEST).form("local")),
    email=st.none() | TEXT,
    door_right=st.none() | st.just("1,2"),
    right_plan=st.none()
    | st.lists(st.builds(RightPlan, st.integers(1, 9), TEXT), min_size=1, max_size=3).map(tuple),
    password=st.none() | TEXT.map(Secret),
    local_ui_right=st.none() | st.booleans(),
    max_open_door_time=st.none() | st.integers(0, 99),
    num_of_fp=st.none() | st.integers(0, 9),
    extends=st.none() | TEXT.map(lambda text: (Extend(text),)),
    extra=st.just(()) | TEXT.map(lambda text: (Unlisted("shirt", msgspec.json.encode(text)),)),
)


@given(st.lists(PEOPLE, min_size=1, max_size=4))
def test_people_come_back_as_they_were_in_either_dialect(people: list[UserInfo]):
    page = SearchAnswer("1", "OK", len(people), tuple(people))
    for dialect in ("documented", "terminal"):
        assert search.read_answer(search.write_answer(page, dialect), dialect) == page  # type: ignore[arg-type]
