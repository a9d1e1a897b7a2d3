"""The document's lists, as printed, beside those that are spoken, and where libraries differ."""

import zoneinfo
from datetime import timedelta

import pycountry
import pytest

from doorward.connectors.vizpin.wire import codes, policies
from doorward.connectors.vizpin.wire.codes import ErrorCode, RpcCode, Status, Success
from doorward.connectors.vizpin.wire.events import EVENTS, event
from doorward.connectors.vizpin.wire.places import countries, state_fault, us_states
from doorward.connectors.vizpin.wire.zones import TIME_ZONES

PRINTED_ZONES = """
Africa/Algiers Africa/Cairo Africa/Casablanca Africa/Johannesburg Africa/Nairobi America/Adak
America/Anchorage America/Bogota America/Buenos_Aires America/Caracas America/Chicago
America/Denver America/El_Salvador America/Halifax America/Indiana/Indianapolis America/Lima
America/Los_Angeles America/Mazatlan America/Mexico_City America/New_York America/Panama
America/Phoenix America/Puerto_Rico America/Santiago America/Sao_Paulo America/Scoresbysund
America/St_Johns America/Tijuana Asia/Baghdad Asia/Baku Asia/Bangkok Asia/Beirut Asia/Colombo
Asia/Dhaka Asia/Dubai Asia/Ho_Chi_Minh Asia/Hong_Kong Asia/Jakarta Asia/Jerusalem Asia/Kabul
Asia/Kamchatka Asia/Karachi Asia/Katmandu Asia/Kolkata Asia/Kuala_Lumpur Asia/Kuwait Asia/Manila
Asia/Rangoon Asia/Riyadh Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Taipei Asia/Tashkent
Asia/Tbilisi Asia/Tehran Asia/Tokyo Asia/Yekaterinburg Asia/Yerevan Atlantic/Azores
Atlantic/Bermuda Atlantic/Cape_Verde Atlantic/South_Georgia Australia/Adelaide Australia/Brisbane
Australia/Darwin Australia/Lord_Howe Australia/Perth Australia/Sydney Europe/Amsterdam
Europe/Athens Europe/Berlin Europe/Brussels Europe/Bucharest Europe/Dublin Europe/Helsinki
Europe/Istanbul Europe/Lisbon Europe/London Europe/Minsk Europe/Moscow Europe/Paris Europe/Prague
Europe/Rome GMT Pacific/Auckland Pacific/Chatham Pacific/Enderbury Pacific/Fiji Pacific/Gambier
Pacific/Guadalcanal Pacific/Honolulu Pacific/Kiritimati Pacific/Marquesas Pacific/Niue
Pacific/Norfolk Pacific/Pago_Pago Pacific/Pitcairn Pacific/Tongatapu
""".split()
PRINTED_STATES = """
AK AL AR AS AZ CA CO CT DC DE FL FM GA GU HI IA ID IL IN KS KY LA MA MD ME MH MI MN MO MP MS MT NC
ND NE NH NJ NM NV NY OH OK OR PA PR PW RI SC SD TN TX UT VA VI VT WA WI WV WY
""".split()
PRINTED_COUNTRIES = """
ABW AFG AGO AIA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR
BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK
COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN
FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG
HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR
KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD
MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL
NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN
SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD
TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR
VNM VUT WLF WSM YEM ZAF ZMB ZWE
""".split()
PRINTED_SUCCESSES = """
AUTENTICATE_SUCCESS=9 TIME_SUCCESS=30 ACCOUNT_LIST_SUCCESS=32 ACCOUNT_ADD_SUCCESS=34
READER_LIST_SUCCESS=36 READER_ADD_SUCCESS=38 READER_EDIT_SUCCESS=40 USER_LIST_SUCCESS=42
ACTIVITY_LIST_SUCCESS=43 USER_FIND_SUCCESS=44 USER_ASSOCIATE_SUCCESS=46 VIZPIN_LIST_SUCCESS=48
VIZPIN_GRANT_SUCCESS=50 VIZPIN_REVOKE_SUCCESS=52 VIZPIN_ADD_SUCCESS=54 USER_ACCESS_SUCCESS=62
ACCOUNT_GET_SUCCESS=64 ACCOUNT_EDIT_SUCCESS=93 LOCATION_LIST_SUCCESS=66 LOCATION_GET_SUCCESS=67
LOCATION_ADD_SUCCESS=68 LOCATION_EDIT_SUCCESS=69 READER_GET_SUCCESS=70 USER_COUNT_SUCCESS=71
USER_GET_SUCCESS=72 USER_REGISTER_SUCCESS=73 USER_EDIT_SUCCESS=74 CREDENTIAL_GET_SUCCESS=75
CREDENTIAL_GENERATE_SUCCESS=76 USER_PREREGISTER_SUCCESS=97 USER_DELETE_SUCCESS=100
USER_ACCOUNT_REMOVE_SUCCESS=102 OBJECT_DELETE_SUCCESS=105 USER_GRANT_SUCCESS=108
ROLE_LIST_SUCCESS=110 ROLE_ADD_SUCCESS=113 ROLE_EDIT_SUCCESS=115
""".split()
PRINTED_ERRORS = """
BAD_SESSION=20 VERIFY_PENDING=24 BAD_USERNAME=65 BAD_PASSWORD=4 ACCOUNT_ADD_ERROR=35 TIME_ERROR=31
ACCOUNT_LIST_ERROR=33 READER_LIST_ERROR=37 READER_ADD_ERROR=39 READER_EDIT_ERROR=41
USER_LIST_ERROR=43 USER_FIND_ERROR=45 USER_ASSOCIATE_ERROR=47 VIZPIN_LIST_ERROR=49
VIZPIN_GRANT_ERROR=51 VIZPIN_REVOKE_ERROR=53 VIZPIN_ADD_ERROR=55 ACTIVITY_LIST_ERROR=57
BAD_OEM_KEY=59 USER_LOGIN_ERROR=61 USER_ACCESS_ERROR=63 LOCATION_LIST_ERROR=81
LOCATION_GET_ERROR=82 LOCATION_ADD_ERROR=83 LOCATION_EDIT_ERROR=84 USER_COUNT_ERROR=86
USER_GET_ERROR=87 USER_REGISTER_ERROR=88 USER_EDIT_ERROR=89 CREDENTIAL_GET_ERROR=90
CREDENTIAL_GENERATE_ERROR=91 BAD_APP_VERSION=95 USER_PREREGISTER_ERROR=96 ACCOUNT_EDIT_ERROR=98
USER_DELETE_ERROR=101 USER_ACCOUNT_REMOVE_ERROR=103 OBJECT_DELETE_ERROR=104 SITE_DELETE_ERROR=106
READER_DELETE_ERROR=107 USER_GRANT_ERROR=109 ROLE_LIST_ERROR=111 ROLE_ADD_ERROR=112
ROLE_EDIT_ERROR=114
""".split()
READER_EVENTS = """
36 39 40 65 76 83 84 85 87 88 89 90 91 92
"""
OTHER_EVENTS = """
30 31 32 33 34 35 37 38 41 43 45 46 47 48 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 66 67 68 70
71 72 73 74 75 77 78 79 80 81 82 86 94 96 97
"""
RESERVED_EVENTS = """
101 103 104 106 108 109 110 111 116 117 118 119 121 122 124 125 130 131 132 136 137
"""


@pytest.mark.covers("vizpin", rule="time-zones")
def test_the_time_zones_are_the_printed_ones():
    assert sorted(TIME_ZONES) == PRINTED_ZONES
    assert len(TIME_ZONES) == 99


def test_every_time_zone_is_one_that_the_library_knows():
    assert all(zoneinfo.ZoneInfo(name).key == name for name in TIME_ZONES)


def test_most_of_the_librarys_time_zones_are_not_in_the_list():
    unlisted = zoneinfo.available_timezones() - TIME_ZONES
    assert {"UTC", "Europe/Stockholm", "Asia/Kathmandu", "Asia/Yangon"} < unlisted
    assert len(unlisted) > 300


@pytest.mark.covers("vizpin", rule="countries")
def test_the_countries_are_the_printed_ones():
    assert sorted(countries()) == PRINTED_COUNTRIES
    assert len(countries()) == 248


def test_the_countries_differ_from_the_library_by_the_aland_islands():
    assert {country.alpha_3 for country in pycountry.countries} ^ countries() == {"ALA"}


@pytest.mark.covers("vizpin", rule="us-states")
def test_the_states_are_the_printed_ones():
    assert sorted(us_states()) == PRINTED_STATES
    assert len(us_states()) == 59


def test_the_states_differ_from_the_library_by_islands_and_associated_states():
    library = {area.code[3:] for area in pycountry.subdivisions if area.country_code == "US"}
    assert library - us_states() == {"UM"}
    assert us_states() - library == {"FM", "MH", "PW"}


@pytest.mark.covers("vizpin", rule="us-state")
@pytest.mark.parametrize(
    ("country", "state", "right"),
    [("USA", "NY", True), ("USA", "UM", False), ("USA", "", True), ("SWE", "UM", True)],
)
def test_a_state_is_of_the_list_in_the_usa_only(country: str, state: str, right: bool):
    assert (state_fault(country, state) is None) == right


@pytest.mark.covers("vizpin", rule="codes-as-printed")
@pytest.mark.parametrize(
    ("kind", "printed"), [(Success, PRINTED_SUCCESSES), (ErrorCode, PRINTED_ERRORS)]
)
def test_the_codes_are_the_printed_ones(kind: type[Success | ErrorCode], printed: list[str]):
    assert sorted(f"{code.name}={int(code)}" for code in kind) == sorted(printed)
    assert len(kind.__members__) == len(printed)


@pytest.mark.covers("vizpin", rule="codes-as-printed")
def test_the_states_of_a_call_are_the_printed_ones():
    assert {status.name: int(status) for status in Status} == {
        "UNKNOWN_ERROR": -1,
        "ERROR": 0,
        "SUCCESS": 1,
    }


@pytest.mark.covers("vizpin", rule="codes-as-printed")
def test_43_is_a_success_and_an_error():
    assert Success(43) == Success.ACTIVITY_LIST_SUCCESS
    assert ErrorCode(43) == ErrorCode.USER_LIST_ERROR


def test_every_code_has_a_text_of_its_own():
    for kind in (Success, ErrorCode, RpcCode):
        texts = [code.text for code in kind]
        assert all(texts)
        assert len(set(texts)) == len(texts)


def test_a_code_says_who_can_do_something():
    assert ErrorCode.BAD_SESSION.kind == "session"
    assert ErrorCode.USER_LOGIN_ERROR.kind == ErrorCode.BAD_OEM_KEY.kind == "denied"
    assert ErrorCode.BAD_APP_VERSION.kind == RpcCode.METHOD_NOT_FOUND.kind == "request"
    assert ErrorCode.READER_ADD_ERROR.kind == "failed"


def test_a_code_is_found_by_number_and_printed_in_full():
    assert codes.error_code(59) == ErrorCode.BAD_OEM_KEY
    assert codes.error_code(-32601) == RpcCode.METHOD_NOT_FOUND
    assert codes.error_code(9) is None
    assert codes.printed(Success.AUTENTICATE_SUCCESS) == "API_VIZPIN_AUTENTICATE_SUCCESS"


@pytest.mark.covers("vizpin", event="*", rule="event-codes")
@pytest.mark.parametrize(
    ("printed", "reader"), [(READER_EVENTS, True), (OTHER_EVENTS, False), (RESERVED_EVENTS, None)]
)
def test_the_events_and_whose_they_are_are_as_printed(printed: str, reader: bool | None):
    found = sorted(event.code for event in EVENTS.values() if event.reader is reader)
    assert found == [int(code) for code in printed.split()]


def test_every_event_has_a_text_of_its_own():
    assert len({event.text for event in EVENTS.values()}) == len(EVENTS) == 83


def test_an_unknown_event_says_its_number():
    assert (event(52).meaning, event(64).meaning) == ("granted", "denied")
    assert (event(999).text, event(999).reader, event(999).meaning) == ("event 999", None, "other")


@pytest.mark.covers("vizpin", rule="policies")
def test_the_policies_are_the_printed_ones():
    assert timedelta(days=90) == policies.PASSWORD_AGE
    assert policies.PASSWORDS_REMEMBERED == policies.WRONG_LOGINS == 3


@pytest.mark.covers("vizpin", rule="password-policy")
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("sju1234", "has less than 8 characters"),
        ("abcdefgh", "needs letters and digits"),
        ("12345678", "needs letters and digits"),
        ("abcdefg1", None),
        ("åäöåäöå1", None),
    ],
)
def test_a_password_has_eight_characters_with_letters_and_digits(password: str, reason: str | None):
    assert policies.password_reason(password) == reason
