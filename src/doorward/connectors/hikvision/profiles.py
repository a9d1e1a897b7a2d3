"""What differs between terminals, as a frozen set of switches for each kind.

Source: Hikvision terminals as observed. Every habit was seen on some terminal; which model has it
was recorded for few. Where nobody recorded anything the switch holds a guess, marked (?). Each can
be set otherwise in a twin's state (`settings`), so that a client is tested against either.
"""

from typing import Literal

import msgspec

from doorward.connectors.hikvision.digest import Scheme
from doorward.connectors.hikvision.wire.form import Dialect

Zone = str  # as a terminal writes it, see wire.clock

STOCKHOLM: Zone = "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00"


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of terminal. The defaults are those of a terminal of today."""

    model: str
    firmware: str
    serial: str = "DOORWARD0001"
    mac: str = "00:00:5e:00:53:01"

    dialects: tuple[Dialect, ...] = ("terminal",)  # in which people can be asked for and changed
    namespace: str = "http://www.isapi.org/ver20/XMLSchema"  # of XML answers; "" for none
    schemes: tuple[Scheme, ...] = ("digest",)  # offered in a 401, in this order
    one_header: bool = False  # both schemes in one WWW-Authenticate line
    qop: bool = True
    nonce_seconds: int = 300  # (?)
    tries: int = 5
    lock_seconds: int = 1800

    refusal_status: Literal[200, 400, 403] = 400  # HTTP status of a refusal
    exist_code: Literal["employeeNoAlreadyExist", "deviceUserAlreadyExist"] = (
        "employeeNoAlreadyExist"
    )
    missing_code: Literal["employeeNoNotExist", "deviceUserNotExist"] = "employeeNoNotExist"

    page_cap: int = 30
    capacity: int = 3000
    number_pattern: str = "[^\\x00-\\x1f]{1,32}"  # what an employee number may look like
    mail: Literal["field", "slot", "none"] = "none"  # where an e-mail address can be kept
    name_limit: int = 128
    doors: int = 1

    untyped_times: Literal["local", "UTC"] = "local"  # how times without timeType are read
    tells_time_type: bool = True  # whether answers hold timeType
    tells_password: bool = True  # whether answers hold an empty password
    partial_modify_keeps: bool = True  # (?) whether a change keeps what it leaves out
    empty_password_clears: bool = True  # (?)
    detail_delete: bool = True  # UserInfoDetail/Delete with DeleteProcess
    delete_polls: int = 1  # (?) how often it says "processing" first
    event_bounds: bool = True  # whether an event search takes startTime and endTime
    events_kept: int = 10_000  # (?)

    time_zone: Zone = STOCKHOLM
    time_offset: bool = True  # whether localTime carries its offset


PROFILES: dict[str, Profile] = {
    # What the Cardskipper-IVMS document describes; it answers JSON as well.
    "documented": Profile(
        model="DS-K1T-DOCUMENTED",
        firmware="V1.0.0",
        dialects=("documented", "terminal"),
        namespace="",
        schemes=("digest", "basic"),
        page_cap=1000,
        capacity=100_000,
        mail="field",
        tells_time_type=False,
        tells_password=False,
        refusal_status=400,
    ),
    # A face terminal of firmware V3: one free slot, refusals as 400, UserInfoDetail.
    "k1t342": Profile(
        model="DS-K1T342MFWX",
        firmware="V3.4.2",
        serial="DSK1T342MFWX0001",
        capacity=1500,
        mail="slot",
        number_pattern="[A-Za-z0-9]{1,32}",
    ),
    # A larger one: refusals as 403, event searches refuse bounds, times without timeType are UTC.
    "k1t673": Profile(
        model="DS-K1T673DWX",
        firmware="V3.3.60",
        serial="DSK1T673DWX0001",
        namespace="http://www.hikvision.com/ver20/XMLSchema",
        schemes=("digest", "basic"),
        one_header=True,
        capacity=50_000,
        doors=2,
        refusal_status=403,
        untyped_times="UTC",
        event_bounds=False,
        exist_code="deviceUserAlreadyExist",
        missing_code="deviceUserNotExist",
        partial_modify_keeps=False,
    ),
    # Firmware V4 of whatever model: refusals with 200, no qop, no asynchronous deletion.
    "generic-v4": Profile(
        model="DS-K1T808",
        firmware="V4.38.0",
        serial="DSK1T8080001",
        namespace="http://www.std-cgi.org/ver20/XMLSchema",
        qop=False,
        refusal_status=200,
        detail_delete=False,
        page_cap=20,
        time_offset=False,
    ),
}
DEFAULT = "documented"


def configured(name: str, settings: dict[str, object] | None = None) -> Profile:
    """A profile with some switches set otherwise. Raises ValueError, naming what is wrong."""
    if name not in PROFILES:
        raise ValueError(f"'profile' is one of {', '.join(PROFILES)}, not {name!r}")
    plain = msgspec.to_builtins(PROFILES[name]) | (settings or {})
    try:
        return msgspec.convert(plain, Profile)
    except msgspec.ValidationError as error:
        raise ValueError(f"'settings': {error}") from None
