"""Whom a terminal pushes its events to (`Event/notification/httpHosts`), always XML.

Source: Hikvision terminals as observed, Two dialects; Events.
"""

import msgspec

from doorward.connectors.hikvision.wire.form import NotUnderstood, from_xml, root, to_xml
from doorward.net.xml import local


class Host(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One listener: events go to `protocol`://`ip_address`:`port_no``url` by POST."""

    id: str
    url: str = "/"
    protocol_type: str = "HTTP"
    parameter_format_type: str = "JSON"
    addressing_format_type: str = "ipaddress"
    ip_address: str | None = None
    host_name: str | None = None
    port_no: int = 80
    http_authentication_method: str = "none"

    @property
    def address(self) -> str:
        """The host, by name or number; "" where neither is set."""
        return self.ip_address or self.host_name or ""


class Hosts(msgspec.Struct, frozen=True):
    """All listeners of a terminal."""

    hosts: tuple[Host, ...] = msgspec.field(default=(), name="HttpHostNotification")


def read_hosts(body: bytes) -> Hosts:
    """Raises NotUnderstood."""
    element = root(body)
    if local(element.tag) != "httphostnotificationlist":
        raise NotUnderstood(f"expected HttpHostNotificationList, not {element.tag}")
    return from_xml(element, Hosts)


def write_hosts(hosts: Hosts, namespace: str = "") -> bytes:
    """As both sides send it; every field of a listener is spelled out."""
    listed = [msgspec.structs.asdict(host) for host in hosts.hosts]
    wire = {field.name: field.encode_name for field in msgspec.structs.fields(Host)}
    elements = [{wire[name]: value for name, value in host.items()} for host in listed]
    return to_xml("HttpHostNotificationList", {"HttpHostNotification": elements}, namespace)
