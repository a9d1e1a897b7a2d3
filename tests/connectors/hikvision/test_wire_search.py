"""Pages of people from terminals of every manner."""

import pytest

from doorward.connectors.hikvision.wire.form import NotUnderstood
from doorward.connectors.hikvision.wire.person import FaultyUser, UserInfo
from doorward.connectors.hikvision.wire.search import (
    condition,
    read_answer,
    read_condition,
    write_answer,
    write_condition,
)

NAMESPACES = [
    "",
    ' xmlns="http://www.isapi.org/ver20/XMLSchema"',
    ' xmlns="http://www.hikvision.com/ver20/XMLSchema"',
    ' version="2.0" xmlns="http://www.std-cgi.org/ver20/XMLSchema"',
]


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("root", ["UserInfoSearch", "UserInfoSearchResult", "UserInfoList"])
def test_people_are_found_under_any_envelope(namespace: str, root: str):
    body = (
        f"<{root}{namespace}><List><UserInfo><employeeNo>1</employeeNo></UserInfo>"
        f"<UserInfo><employeeNo>2</employeeNo></UserInfo></List></{root}>"
    )
    page = read_answer(body.encode(), "documented")
    assert [user.employee_no for user in page.found if isinstance(user, UserInfo)] == ["1", "2"]
    assert (page.status, page.total) == (None, None)


def test_another_document_is_not_a_page():
    with pytest.raises(NotUnderstood):
        read_answer(b"<DeviceInfo/>", "documented")


@pytest.mark.parametrize(
    ("said", "status"),
    [("OK", "OK"), ("more", "MORE"), ("NO MATCHES", "NO MATCH"), ("NO_MATCH", "NO MATCH")],
)
def test_the_status_is_read_in_its_forms(said: str, status: str):
    body = f'{{"UserInfoSearch":{{"searchID":"1","responseStatusStrg":"{said}"}}}}'
    assert read_answer(body.encode(), "terminal").status == status


def test_a_status_that_is_none_of_them_is_not_understood():
    with pytest.raises(NotUnderstood):
        read_answer(b'{"UserInfoSearch":{"responseStatusStrg":"MAYBE"}}', "terminal")


def test_one_bad_record_leaves_the_others():
    body = b'{"UserInfoSearch":{"UserInfo":[{"employeeNo":"1"},{"name":"x"},{"employeeNo":"2"}]}}'
    found = read_answer(body, "terminal").found
    assert [type(entry) for entry in found] == [UserInfo, FaultyUser, UserInfo]


def test_the_documented_dialect_cannot_ask_for_certain_people():
    with pytest.raises(ValueError, match="certain"):
        write_condition(condition("1", 0, 1, ("4021",)), "documented")


def test_a_search_under_another_root_is_not_understood():
    with pytest.raises(NotUnderstood):
        read_condition(b"<UserInfo/>", "documented")


def test_a_terminal_may_call_its_condition_by_the_other_name():
    body = (
        b"<UserInfoSearchCond><searchID>1</searchID><searchResultPosition>0</searchResultPosition>"
        b"<maxResults>5</maxResults></UserInfoSearchCond>"
    )
    assert read_condition(body, "documented") == condition("1", 0, 5)


def test_an_answer_can_be_written_in_a_namespace():
    page = read_answer(
        b"<UserInfoSearch><UserInfo><employeeNo>1</employeeNo></UserInfo></UserInfoSearch>",
        "documented",
    )
    written = write_answer(page, "documented", "http://www.isapi.org/ver20/XMLSchema")
    assert b'xmlns="http://www.isapi.org/ver20/XMLSchema"' in written
    assert read_answer(written, "documented").found == page.found
