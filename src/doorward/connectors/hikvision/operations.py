"""Every call of the protocol, declared once: the client sends by it, the server answers by it.

Sources: Cardskipper-IVMS document, IVMS API (the documented dialect); Hikvision terminals as
observed, Two dialects (the rest).
"""

from dataclasses import dataclass
from typing import Literal

from doorward.connectors.hikvision.wire.form import Dialect

Form = Literal["xml", "json"]


@dataclass(frozen=True, slots=True)
class Operation:
    """A call: where it goes, and in which form its body is.

    `seconds`: how long it may take where that is longer than usual.
    """

    name: str
    method: str
    path: str
    form: Form
    seconds: float = 0.0

    @property
    def target(self) -> str:
        """Path and query as they are sent."""
        return f"{self.path}?format=json" if self.form == "json" else self.path

    @property
    def content_type(self) -> str:
        """Of the request's body and of the answer's."""
        return f"application/{self.form}"


_PEOPLE = "/ISAPI/AccessControl/UserInfo"
_DETAIL = "/ISAPI/AccessControl/UserInfoDetail"

SEARCH: dict[Dialect, Operation] = {
    "documented": Operation("search", "POST", f"{_PEOPLE}/search", "xml"),
    "terminal": Operation("search", "POST", f"{_PEOPLE}/Search", "json"),
}
MODIFY: dict[Dialect, Operation] = {
    "documented": Operation("modify", "PUT", f"{_PEOPLE}/modify", "xml"),
    "terminal": Operation("modify", "PUT", f"{_PEOPLE}/Modify", "json"),
}
RECORD = Operation("record", "POST", f"{_PEOPLE}/Record", "json")
SET_UP = Operation("set up", "PUT", f"{_PEOPLE}/SetUp", "json")
DELETE = Operation("delete", "PUT", f"{_PEOPLE}/Delete", "json", 60.0)
DETAIL_DELETE = Operation("detail delete", "PUT", f"{_DETAIL}/Delete", "json", 60.0)
DELETE_PROGRESS = Operation("progress", "GET", f"{_DETAIL}/DeleteProcess", "json")
COUNT = Operation("count", "GET", f"{_PEOPLE}/Count", "json")
CAPABILITIES = Operation("capabilities", "GET", f"{_PEOPLE}/capabilities", "json")
EVENTS = Operation("events", "POST", "/ISAPI/AccessControl/AcsEvent", "json")
DEVICE_INFO = Operation("info", "GET", "/ISAPI/System/deviceInfo", "xml")
TIME = Operation("time", "GET", "/ISAPI/System/time", "xml")
USER_CHECK = Operation("check", "GET", "/ISAPI/Security/userCheck", "xml")
HOSTS = Operation("hosts", "GET", "/ISAPI/Event/notification/httpHosts", "xml")
SET_HOSTS = Operation("set hosts", "PUT", "/ISAPI/Event/notification/httpHosts", "xml")

OPERATIONS: tuple[Operation, ...] = (
    *SEARCH.values(),
    *MODIFY.values(),
    RECORD,
    SET_UP,
    DELETE,
    DETAIL_DELETE,
    DELETE_PROGRESS,
    COUNT,
    CAPABILITIES,
    EVENTS,
    DEVICE_INFO,
    TIME,
    USER_CHECK,
    HOSTS,
    SET_HOSTS,
)


def takes(operation: Operation, form: Form) -> bool:
    """Whether a call in this form is this operation: the system's own answer XML to either."""
    return operation.form == form or "/AccessControl/" not in operation.path
