"""Bodies that change and delete people."""

import pytest

from doorward.connectors.hikvision.wire.change import (
    Deletion,
    read_deletion,
    read_person,
    read_progress,
    write_person,
)
from doorward.connectors.hikvision.wire.form import NotUnderstood
from doorward.connectors.hikvision.wire.person import UserInfo, Writing
from doorward.connectors.hikvision.wire.validity import EARLIEST, LATEST, Window


@pytest.mark.parametrize("names", [(), ("",), ("1", " "), ("x" * 33,)])
def test_a_deletion_without_names_cannot_be_made(names: tuple[str, ...]):
    with pytest.raises(ValueError, match=r"deletion|number"):
        Deletion(names)


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"UserInfoDelCond":{}}', b'{"UserInfoDelCond":{"EmployeeNoList":[]}}'],
)
def test_a_terminal_reads_a_missing_list_as_nobody_in_particular(body: bytes):
    assert read_deletion(body) == ()


def test_the_documents_own_change_is_read():
    body = (
        b"<UserInfo><employeeNo>8</employeeNo><Valid><enable>true</enable>"
        b"<beginTime>2026-02-04T00:00:00</beginTime><endTime>2026-08-04T00:00:00</endTime></Valid>"
        b"</UserInfo>"
    )
    assert read_person(body, "documented").employee_no == "8"


def test_a_change_under_another_root_is_not_understood():
    with pytest.raises(NotUnderstood):
        read_person(b"<User><employeeNo>8</employeeNo></User>", "documented")


def test_a_name_that_xml_cannot_hold_is_an_error():
    valid = Window(EARLIEST, LATEST).form(None)
    with pytest.raises(ValueError, match="XML"):
        write_person(Writing(UserInfo(employee_no="8", name="\x01", valid=valid)), "documented")


@pytest.mark.parametrize(
    ("word", "progress"),
    [
        ("success", "success"),
        ("failed", "failed"),
        ("processing", "processing"),
        ("inProgress", "processing"),
    ],
)
def test_progress_is_read_in_its_words(word: str, progress: str):
    body = f'{{"UserInfoDetailDeleteProcess":{{"status":"{word}"}}}}'
    assert read_progress(body.encode()) == progress


def test_progress_in_another_word_is_not_understood():
    with pytest.raises(NotUnderstood):
        read_progress(b'{"UserInfoDetailDeleteProcess":{"status":"perhaps"}}')
