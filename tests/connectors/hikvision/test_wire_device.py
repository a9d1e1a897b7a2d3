"""Who a terminal is and what it can."""

import pytest

from doorward.connectors.hikvision.wire import device, hosts
from doorward.connectors.hikvision.wire.form import NotUnderstood
from doorward.connectors.hikvision.wire.hosts import Host
from doorward.connectors.hikvision.wire.status import Lock


@pytest.mark.parametrize("read", [device.read_info, device.read_check, hosts.read_hosts])
def test_another_document_is_not_understood(read: object):
    with pytest.raises(NotUnderstood):
        read(b"<Other/>")  # type: ignore[operator]


def test_a_capability_of_another_shape_counts_as_not_said():
    known = device.read_capabilities(
        b'{"UserInfo":{"maxRecordNum":{"@max":3},"supportFunction":{"@opt":"get, PUT"},'
        b'"purePwdVerifyEnable":true}}'
    )
    assert known.capacity is None
    assert known.page_size is None
    assert "put" in known.support_function
    assert "delete" not in known.support_function


@pytest.mark.parametrize("body", [b"{}", b'{"UserInfo":5}', b"[]", b'{"CardInfo":{}}'])
def test_capabilities_that_say_nothing_of_people_are_not_understood(body: bytes):
    with pytest.raises(NotUnderstood):
        device.read_capabilities(body)


def test_a_refused_login_tells_its_lock():
    check = device.unauthorised(Lock(True, 0, 12))
    assert (check.status_value, check.lock_status, check.res_lock_time) == (401, "lock", 12)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        (Host(id="1", ip_address="127.0.0.1"), "127.0.0.1"),
        (Host(id="1", host_name="localhost"), "localhost"),
        (Host(id="1"), ""),
    ],
)
def test_a_listener_has_an_address_by_number_or_name(host: Host, address: str):
    assert host.address == address
