"""One call and one answer of each method, as values and as the JSON that goes over the line."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doorward.connectors.vizpin.wire import operations as ops
from doorward.connectors.vizpin.wire.accounts import (
    Account,
    AccountAdd,
    AccountEdit,
    AccountFields,
    AccountGet,
    AccountList,
    Accounts,
    OneAccount,
)
from doorward.connectors.vizpin.wire.activity import (
    Activities,
    Activity,
    ActivityList,
    ObjectDelete,
)
from doorward.connectors.vizpin.wire.credentials import (
    Credential,
    CredentialGenerate,
    CredentialGet,
    Credentials,
    OneCredential,
)
from doorward.connectors.vizpin.wire.form import Count
from doorward.connectors.vizpin.wire.locations import (
    Location,
    LocationAdd,
    LocationEdit,
    LocationFields,
    LocationGet,
    LocationList,
    Locations,
    OneLocation,
)
from doorward.connectors.vizpin.wire.operation import AnyOperation
from doorward.connectors.vizpin.wire.readers import (
    OneReader,
    Reader,
    ReaderAdd,
    ReaderEdit,
    ReaderFields,
    ReaderGet,
    ReaderList,
    Readers,
    ReaderSettings,
    ReaderSettingsFields,
)
from doorward.connectors.vizpin.wire.roles import (
    GrantPhoneRole,
    Role,
    RoleAdd,
    RoleAdded,
    RoleEdit,
    RoleList,
    Roles,
)
from doorward.connectors.vizpin.wire.schedules import (
    CustomSchedule,
    FirstInSchedule,
    MultipleSchedule,
)
from doorward.connectors.vizpin.wire.session import Done, Login, Time, Token
from doorward.connectors.vizpin.wire.users import (
    Counted,
    NeedAccess,
    OnePreRegistered,
    OneUser,
    PreRegisteredFields,
    PreRegisteredUser,
    User,
    UserAssociate,
    UserCount,
    UserDelete,
    UserEdit,
    UserFields,
    UserFind,
    UserGet,
    UserList,
    UserPreregister,
    UserRegister,
    UserRemove,
    Users,
)
from doorward.connectors.vizpin.wire.vizpins import (
    Vizpin,
    VizpinGrant,
    VizpinList,
    VizpinRevoke,
    Vizpins,
)
from doorward.connectors.vizpin.wire.weeks import (
    DayTimes,
    ExcludeDates,
    IncludeDate,
    MultipleElement,
    TimeSpan,
    Weekdays,
    WeeklyElement,
)
from doorward.net.secrets import CardNumber, Secret

KEY = Secret("5f3a9c0017be42d8")


@dataclass(frozen=True)
class Example:
    """A method's parameters and answer; `sent` and `said` are their JSON."""

    operation: AnyOperation
    params: Any
    sent: str
    answer: Any
    said: str

    @property
    def raw(self) -> dict[str, Any]:
        """The parameters as they come out of a request."""
        return json.loads(self.sent)


GYM = Account(
    id="acc01",
    name="Gym Söder",
    phone="08 123 456",
    street="Götgatan 1",
    city="Stockholm",
    zipcode="11646",
    country="SWE",
    type="VIZpin PLUS",
)
GYM_JSON = (
    '{"id":"acc01","name":"Gym Söder","phone":"08 123 456","street":"Götgatan 1",'
    '"city":"Stockholm","state":"","zipcode":"11646","country":"SWE","deactivated":"false",'
    '"type":"VIZpin PLUS"}'
)
HALL = Location(
    id="loc01",
    account_id="acc01",
    name="Hall A",
    locationcode="hA7",
    timezone="Europe/Berlin",
    locationtype="VIZpin PLUS",
    country="SWE",
)
HALL_JSON = (
    '{"id":"loc01","accountid":"acc01","name":"Hall A","locationcode":"hA7",'
    '"timezone":"Europe/Berlin","locationtype":"VIZpin PLUS","country":"SWE","phone":"",'
    '"state":"","address1":"","address2":"","zipcode":"","city":""}'
)
EARLY = FirstInSchedule(
    id="s1",
    scheduleelement=WeeklyElement(
        id="e1", schedule_id="s1", monday_begin="06:00 AM", monday_end="07:30 AM"
    ),
)
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def week(ids: str, **times: str) -> str:
    """The JSON of a weekly element: fourteen times, those that aren't given empty."""
    names = [f"{day}_{end}" for day in DAYS for end in ("begin", "end")]
    return "{" + ids + ",".join(f'"{name}":"{times.get(name, "")}"' for name in names) + "}"


DOOR = Reader(
    id="rdr01",
    location_id="loc01",
    name="Main door",
    serial="VP-100",
    version="4.1",
    reader_collateral="00112233445566778899aabbccddeeff",
    readersettings=ReaderSettings(
        id="set1", reader_id="rdr01", first_in_mode="on", first_in_schedule=EARLY
    ),
    batterylifestatus="MidPower",
    batterylife="700",
)
DOOR_JSON = (
    '{"id":"rdr01","locationid":"loc01","name":"Main door","serial":"VP-100","version":"4.1",'
    '"reader_collateral":"00112233445566778899aabbccddeeff","readersettings":{"id":"set1",'
    '"readerid":"rdr01","read_range":"Unlimited","relay_mode":"Normally Open","powermode":"",'
    '"relay_time":"5","first_in_mode":"on","first_in_schedule":{"type":"firstin","id":"s1",'
    '"scheduleelement":'
    + week('"id":"e1","scheduleid":"s1",', monday_begin="06:00 AM", monday_end="07:30 AM")
    + '}},"batterylifestatus":"MidPower","batterylife":"700"}'
)
MAJA = User(
    id="usr01",
    first_name="Maja",
    last_name="Ek",
    password=Secret("********"),
    emailaddress="maja@example.org",
    phone="+46701740605",
    country="SWE",
    phoneconfirmation=Secret("402961"),
    sf_user_id="ext9",
)
MAJA_JSON = (
    '{"id":"usr01","first_name":"Maja","last_name":"Ek","password":"********",'
    '"emailaddress":"maja@example.org","phone":"+46701740605","country":"SWE","state":"",'
    '"address1":"","address2":"","city":"","phoneconfirmation":"402961","sfUserID":"ext9"}'
)
OLLE = PreRegisteredUser(
    id="usr02", first_name="Olle", last_name="Å", phone="+46701740606", country="SWE"
)
OLLE_JSON = (
    '{"id":"usr02","first_name":"Olle","last_name":"Å","emailaddress":"",'
    '"phone":"+46701740606","country":"SWE","state":"","address1":"","address2":"","city":""}'
)
CARD = Credential(
    id="crd01",
    user_id="usr01",
    account_id="acc01",
    cardnumber=CardNumber("50001"),
    cardnumberformatted=CardNumber("1-50001"),
)
CARD_JSON = (
    '{"id":"crd01","userid":"usr01","accountId":"acc01","cardnumber":"50001",'
    '"cardnumberformatted":"1-50001"}'
)
EVENINGS = CustomSchedule(
    scheduleelement=WeeklyElement(tuesday_begin="05:00 PM", tuesday_end="11:30 PM")
)
LESSONS = MultipleSchedule(
    id="s2",
    scheduleelement=MultipleElement(
        id="e2",
        includedates=(
            IncludeDate(
                date="2026-06-06", recurring="true", time=(TimeSpan("10:00 AM", "02:00 PM"),)
            ),
        ),
        excludedates=ExcludeDates(recurring=("2026-12-24",), nonrecurring=("2026-05-14",)),
        weekdays=Weekdays(
            monday=DayTimes((TimeSpan("08:00 AM", "08:45 AM"), TimeSpan("09:00 AM", "09:45 AM")))
        ),
    ),
)
LESSONS_JSON = (
    '{"type":"multiple","id":"s2","scheduleelement":{"id":"e2","includedates":[{"date":'
    '"2026-06-06","recurring":"true","time":[{"begin":"10:00 AM","end":"02:00 PM"}]}],'
    '"excludedates":{"recurring":["2026-12-24"],"nonrecurring":["2026-05-14"]},"weekdays":{'
    '"monday":{"time":[{"begin":"08:00 AM","end":"08:45 AM"},{"begin":"09:00 AM",'
    '"end":"09:45 AM"}]},"tuesday":{"time":[]},"wednesday":{"time":[]},"thursday":{"time":[]},'
    '"friday":{"time":[]},"saturday":{"time":[]},"sunday":{"time":[]}}}}'
)
PINS = (
    Vizpin(
        id="pin01",
        reader_id="rdr01",
        user_id="usr01",
        start_date="2026-03-01 00:00:00",
        stop_date="2026-09-30 22:00:01",
        schedule=LESSONS,
        status="Confirmed",
        cardnumber=CardNumber("50001"),
    ),
    Vizpin(id="pin02", status="Superceded"),
)
PINS_JSON = (
    '[{"id":"pin01","readerid":"rdr01","userid":"usr01","start_date":"2026-03-01 00:00:00",'
    '"stop_date":"2026-09-30 22:00:01","schedule":'
    + LESSONS_JSON
    + ',"status":"Confirmed","cardnumber":"50001"},{"id":"pin02","readerid":"","userid":"",'
    '"start_date":"","stop_date":"","schedule":{"type":"24x7","id":"","scheduleelement":'
    + week('"id":"","scheduleid":"",')
    + '},"status":"Superceded","cardnumber":""}]'
)
ENTRY = Activity(
    audit_id="aud01",
    user_id="usr01",
    first_name="Maja",
    last_name="Ek",
    phone="+46701740605",
    reader_name="Main door",
    audit_date="2026-03-02 05:11:09",
    description="Mar 02 2026 06:11:09 AM CET",
    reader_id="rdr01",
    activity_code="52",
)
ENTRY_JSON = (
    '{"audit_id":"aud01","user_id":"usr01","first_name":"Maja","last_name":"Ek",'
    '"phone":"+46701740605","reader_name":"Main door","audit_date":"2026-03-02 05:11:09",'
    '"description":"Mar 02 2026 06:11:09 AM CET","readerId":"rdr01","activity_code":"52"}'
)

_K = '"oem_key":"5f3a9c0017be42d8"'

EXAMPLES = [
    Example(
        ops.AUTHENTICATE,
        Login(oem_key=KEY, username="hub@example.org", password=Secret("tall-Oak-77")),
        "{" + _K + ',"username":"hub@example.org","password":"tall-Oak-77"}',
        Token(token=Secret("00Dxyz!AR8.a_b")),
        '{"token":"00Dxyz!AR8.a_b"}',
    ),
    Example(ops.TIME, Time(oem_key=KEY), "{" + _K + "}", Done(), "{}"),
    Example(
        ops.ACCOUNT_LIST,
        AccountList(oem_key=KEY),
        "{" + _K + "}",
        Accounts(accounts=(GYM,)),
        '{"accounts":[' + GYM_JSON + "]}",
    ),
    Example(
        ops.ACCOUNT_GET,
        AccountGet(oem_key=KEY, account_id="acc01"),
        "{" + _K + ',"id":"acc01"}',
        OneAccount(account=GYM),
        '{"account":' + GYM_JSON + "}",
    ),
    Example(
        ops.ACCOUNT_ADD,
        AccountAdd(
            oem_key=KEY,
            account=AccountFields(
                id="",
                name="Box Utah",
                phone="801",
                street="Main St",
                city="Provo",
                state="UT",
                zipcode="84601",
                country="USA",
                type="VIZpin Lite",
            ),
        ),
        "{" + _K + ',"add_account":{"id":"","name":"Box Utah","phone":"801","street":"Main St",'
        '"city":"Provo","state":"UT","zipcode":"84601","country":"USA","type":"VIZpin Lite"}}',
        OneAccount(account=GYM),
        '{"account":' + GYM_JSON + "}",
    ),
    Example(
        ops.ACCOUNT_EDIT,
        AccountEdit(oem_key=KEY, account=AccountFields(id="acc01", deactivated="true")),
        "{" + _K + ',"account":{"id":"acc01","deactivated":"true"}}',
        OneAccount(account=GYM),
        '{"account":' + GYM_JSON + "}",
    ),
    Example(
        ops.LOCATION_LIST,
        LocationList(oem_key=KEY, account_id="acc01"),
        "{" + _K + ',"accountid":"acc01"}',
        Locations(locations=(HALL,)),
        '{"locations":[' + HALL_JSON + "]}",
    ),
    Example(
        ops.LOCATION_GET,
        LocationGet(oem_key=KEY, location_id="loc01"),
        "{" + _K + ',"id":"loc01"}',
        Locations(locations=(HALL,)),
        '{"locations":[' + HALL_JSON + "]}",
    ),
    Example(
        ops.LOCATION_ADD,
        LocationAdd(
            oem_key=KEY,
            location=LocationFields(
                account_id="acc01",
                name="Hall A",
                timezone="Europe/Berlin",
                locationtype="VIZpin PLUS",
                country="SWE",
            ),
        ),
        "{" + _K + ',"location":{"accountid":"acc01","name":"Hall A","timezone":"Europe/Berlin",'
        '"locationtype":"VIZpin PLUS","country":"SWE"}}',
        OneLocation(location=HALL),
        '{"locations":' + HALL_JSON + "}",
    ),
    Example(
        ops.LOCATION_EDIT,
        LocationEdit(oem_key=KEY, location=LocationFields(id="loc01", city="Solna")),
        "{" + _K + ',"location":{"id":"loc01","city":"Solna"}}',
        OneLocation(location=HALL),
        '{"locations":' + HALL_JSON + "}",
    ),
    Example(
        ops.READER_LIST,
        ReaderList(oem_key=KEY, location_id="loc01"),
        "{" + _K + ',"locationid":"loc01"}',
        Readers(readers=(DOOR,)),
        '{"readers":[' + DOOR_JSON + "]}",
    ),
    Example(
        ops.READER_GET,
        ReaderGet(oem_key=KEY, reader_id="rdr01"),
        "{" + _K + ',"readerid":"rdr01"}',
        Readers(readers=(DOOR,)),
        '{"readers":[' + DOOR_JSON + "]}",
    ),
    Example(
        ops.READER_ADD,
        ReaderAdd(
            oem_key=KEY,
            reader=ReaderFields(
                location_id="loc01",
                name="Main door",
                serial="VP-100",
                readersettings=ReaderSettingsFields(
                    read_range="Short",
                    relay_time="8",
                    first_in_mode="on",
                    first_in_schedule=FirstInSchedule(
                        scheduleelement=WeeklyElement(
                            friday_begin="06:00 AM", friday_end="07:00 AM"
                        )
                    ),
                ),
            ),
        ),
        "{" + _K + ',"add_reader":{"locationid":"loc01","name":"Main door","serial":"VP-100",'
        '"readersettings":{"read_range":"Short","relay_time":"8","first_in_mode":"on",'
        '"first_in_schedule":{"type":"firstin","scheduleelement":'
        + week("", friday_begin="06:00 AM", friday_end="07:00 AM")
        + "}}}}",
        OneReader(reader=DOOR),
        '{"reader":' + DOOR_JSON + "}",
    ),
    Example(
        ops.READER_EDIT,
        ReaderEdit(oem_key=KEY, reader=ReaderFields(id="rdr01", name="Side door")),
        "{" + _K + ',"edit_reader":{"id":"rdr01","name":"Side door"}}',
        OneReader(reader=DOOR),
        '{"reader":' + DOOR_JSON + "}",
    ),
    Example(
        ops.USER_COUNT,
        UserCount(oem_key=KEY, account_id="acc01", location_id=""),
        "{" + _K + ',"account_id":"acc01","locationid":""}',
        Counted(totalcount=Count(217), batchcounter=Count(3)),
        '{"totalcount":"217","batchcounter":"3"}',
    ),
    Example(
        ops.USER_LIST,
        UserList(oem_key=KEY, location_id="loc01", totalcount=Count(217), batch=Count(3)),
        "{" + _K + ',"account_id":"","locationid":"loc01","totalcount":"217","batchcounter":"3"}',
        Users(users=(MAJA,), total=Count(217)),
        '{"users":[' + MAJA_JSON + '],"totalCount":"217"}',
    ),
    Example(
        ops.USER_FIND,
        UserFind(oem_key=KEY, phone="+46701740605", last_name="Ek"),
        "{" + _K + ',"phone":"+46701740605","last_name":"Ek"}',
        OneUser(user=MAJA),
        '{"user":' + MAJA_JSON + "}",
    ),
    Example(
        ops.USER_GET,
        UserGet(user_id="usr01"),
        '{"userid":"usr01"}',
        OneUser(user=MAJA),
        '{"user":' + MAJA_JSON + "}",
    ),
    Example(
        ops.USER_PREREGISTER,
        UserPreregister(
            oem_key=KEY,
            user=PreRegisteredFields(
                first_name="Olle", last_name="Å", phone="+46701740606", country="SWE"
            ),
        ),
        "{" + _K + ',"preregister_user":{"first_name":"Olle","last_name":"Å",'
        '"phone":"+46701740606","country":"SWE"}}',
        OnePreRegistered(user=OLLE),
        '{"preregister_user":' + OLLE_JSON + "}",
    ),
    Example(
        ops.USER_REGISTER,
        UserRegister(
            oem_key=KEY,
            user=UserFields(
                first_name="Maja",
                last_name="Ek",
                phone="+46701740605",
                country="SWE",
                password=Secret("vinter2026"),
                sf_user_id="ext9",
            ),
        ),
        "{" + _K + ',"user":{"first_name":"Maja","last_name":"Ek","phone":"+46701740605",'
        '"country":"SWE","password":"vinter2026","sfUserID":"ext9"}}',
        OneUser(user=MAJA),
        '{"user":' + MAJA_JSON + "}",
    ),
    Example(
        ops.USER_EDIT,
        UserEdit(oem_key=KEY, user=UserFields(id="usr01", last_name="Ek-Lund")),
        "{" + _K + ',"user":{"id":"usr01","last_name":"Ek-Lund"}}',
        OneUser(user=MAJA),
        '{"user":' + MAJA_JSON + "}",
    ),
    Example(
        ops.USER_DELETE,
        UserDelete(oem_key=KEY, user_id="usr01"),
        "{" + _K + ',"user_id":"usr01"}',
        Done(),
        "{}",
    ),
    Example(
        ops.USER_ASSOCIATE,
        UserAssociate(oem_key=KEY, location_ids=("loc01", "loc02"), user_id="usr01"),
        "{" + _K + ',"location_ids":["loc01","loc02"],"assoc_user":{"id":"usr01"}}',
        OneUser(user=MAJA),
        '{"user":' + MAJA_JSON + "}",
    ),
    Example(
        ops.CREDENTIAL_GET,
        CredentialGet(oem_key=KEY, user_id="usr01"),
        "{" + _K + ',"userid":"usr01"}',
        Credentials(credentials=(CARD,)),
        '{"credentials":[' + CARD_JSON + "]}",
    ),
    Example(
        ops.CREDENTIAL_GENERATE,
        CredentialGenerate(oem_key=KEY, user_id="usr01", account_id="acc01"),
        "{" + _K + ',"userid":"usr01","account_id":"acc01"}',
        OneCredential(credential=CARD),
        '{"credentials":' + CARD_JSON + "}",
    ),
    Example(
        ops.NEED_ACCESS,
        NeedAccess(oem_key=KEY, account_id="acc01", location_id="loc01"),
        "{" + _K + ',"account_id":"acc01","locationid":"loc01"}',
        Users(users=(), total=Count(0)),
        '{"users":[],"totalCount":"0"}',
    ),
    Example(
        ops.GRANT_PHONE_ROLE,
        GrantPhoneRole(
            oem_key=KEY,
            site_id="loc01",
            user_ids=("usr01",),
            role_ids=("rol01", "rol02"),
            start_date=datetime(2026, 3, 1),
            stop_date=datetime(2026, 9, 30, 22, 0, 1),
        ),
        "{" + _K + ',"site_id":"loc01","user_ids":["usr01"],"role_ids":["rol01","rol02"],'
        '"start_date":"2026-03-01 00:00:00","stop_date":"2026-09-30 22:00:01"}',
        Done(),
        "{}",
    ),
    Example(
        ops.ROLE_LIST,
        RoleList(oem_key=KEY, site_id="loc01"),
        "{" + _K + ',"site_id":"loc01","role_type":"Phone"}',
        Roles(roles=(Role(id="rol01", name="Members", site_id="loc01"),)),
        '{"roles":[{"id":"rol01","name":"Members","siteid":"loc01"}]}',
    ),
    Example(
        ops.ROLE_ADD,
        RoleAdd(oem_key=KEY, site_id="loc01", role_name="Members"),
        "{" + _K + ',"site_id":"loc01","role_name":"Members","role_type":"Phone"}',
        RoleAdded(role_id="rol01"),
        '{"roleId":"rol01"}',
    ),
    Example(
        ops.ROLE_EDIT,
        RoleEdit(
            oem_key=KEY, site_id="loc01", role_id="rol01", reader_id="rdr01", schedule_type="None"
        ),
        "{" + _K + ',"site_id":"loc01","role_id":"rol01","reader_id":"rdr01",'
        '"schedule_type":"None"}',
        Done(),
        "{}",
    ),
    Example(
        ops.VIZPIN_LIST,
        VizpinList(oem_key=KEY, account_id="acc01", user_id="usr01", reader_ids=("rdr01",)),
        "{" + _K + ',"account_id":"acc01","user_id":"usr01","reader_ids":["rdr01"]}',
        Vizpins(vizpins=PINS),
        '{"vizpins":' + PINS_JSON + "}",
    ),
    Example(
        ops.VIZPIN_GRANT,
        VizpinGrant(
            oem_key=KEY,
            user_ids=("usr01",),
            reader_ids=("rdr01",),
            start_date=datetime(2026, 3, 1),
            stop_date=datetime(2026, 9, 30, 22, 0, 1),
            schedule=EVENINGS,
        ),
        "{" + _K + ',"user_ids":["usr01"],"reader_ids":["rdr01"],'
        '"start_date":"2026-03-01 00:00:00","stop_date":"2026-09-30 22:00:01","schedule":'
        '{"type":"custom","scheduleelement":'
        + week("", tuesday_begin="05:00 PM", tuesday_end="11:30 PM")
        + "}}",
        Vizpins(vizpins=PINS),
        '{"vizpins":' + PINS_JSON + "}",
    ),
    Example(
        ops.VIZPIN_REVOKE,
        VizpinRevoke(oem_key=KEY, vizpin_ids=("pin01",)),
        "{" + _K + ',"vizpin_ids":["pin01"]}',
        Vizpins(vizpins=()),
        '{"vizpins":[]}',
    ),
    Example(
        ops.ACTIVITY_LIST,
        ActivityList(
            oem_key=KEY,
            start_date=date(2026, 3, 1),
            end_date=date(2026, 3, 31),
            account_id="acc01",
            reader_id="rdr01",
        ),
        "{" + _K + ',"start_date":"03/01/2026","end_date":"03/31/2026","account_id":"acc01",'
        '"user_id":"","reader_id":"rdr01"}',
        Activities(activity=(ENTRY,)),
        '{"activity":[' + ENTRY_JSON + "]}",
    ),
    Example(
        ops.USER_REMOVE,
        UserRemove(oem_key=KEY, user_id="usr01", account_id="acc01"),
        "{" + _K + ',"userid":"usr01","accountId":"acc01"}',
        Done(),
        "{}",
    ),
    Example(
        ops.OBJECT_DELETE,
        ObjectDelete(oem_key=KEY, object_id="rdr01", kind="reader"),
        "{" + _K + ',"objectId":"rdr01","objectname":"reader"}',
        Done(),
        "{}",
    ),
]
