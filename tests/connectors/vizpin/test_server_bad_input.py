"""Bad input, for every method and every parameter of it: a failed call that names the field.

The table is generated from the methods' declarations, so that a method or a parameter that is added
is tried as well. Each call is one fault away from a call that works (that it does is tried, too).
Whatever is sent, the answer has the method's own code, and the state is the same as before.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
import pytest

from connectors.vizpin.twin_rig import NEW_ACCOUNT, PASSWORD, Club, Frozen, Rig, club, neighbour
from doorward.connectors.vizpin.server.endpoint import PATH
from doorward.connectors.vizpin.twin import make_twin
from doorward.connectors.vizpin.twin_settings import OEM_KEY, TwinOptions
from doorward.connectors.vizpin.wire import fields
from doorward.connectors.vizpin.wire.fields import fold
from doorward.connectors.vizpin.wire.operations import DELETE_ERRORS, OPERATIONS
from doorward.connectors.vizpin.wire.rules import Ids, Nested
from doorward.connectors.vizpin.wire.schedules import ScheduleRule
from doorward.net.serving import running

SHORT = [operation.short for operation in OPERATIONS.values()]
MEGABYTE = "x" * 1_000_000
HALF = "\ud83d"

ANYTHING_WRONG: dict[str, Any] = {
    "a megabyte": MEGABYTE,
    "half a character": f"a{HALF}b",
    "a NUL": "a\x00b",
    "a line break": "a\nb",
    "too long": "x" * 256,
    "an object": {"a": {"b": []}},
    "a list of objects": [{"a": 1}],
    "a number with a fraction": 1.5,
    "a huge number": 10**30,
    "true": True,
}
TEXTS_THAT_ARE_TEXT = {
    "quotes": 'O\'Brien "The" `x` \\',
    "markup": "<script>alert(1)</script>&amp;<!--",
    "SQL": "'; delete from record; --",
    "a template": "{{7*7}}${x}%s%n",
    "right to left": "\u202eabc\u200f",
    "emoji": "🔑" * 40,
}
CODED = {"username": 65, "password": 4, "oem_key": 59}


@dataclass
class Stage:
    """A twin of two partners with one of everything each, and a call of each method that works."""

    rig: Rig
    right: dict[str, dict[str, Any]]
    theirs: dict[str, str]


def put_up() -> Stage:
    here = club()
    rig = here.rig
    user = rig.member(here.location)
    role = rig.role(here.location, "Rowers", here.gate)
    vizpin = rig.grant(user, here.gate)["id"]
    rig.ok("credential.generate", userid=user, account_id=here.account)
    rig.unlock(user, here.gate)
    ids = {"account": here.account, "location": here.location, "reader": here.gate}
    ids |= {"user": user, "role": role, "vizpin": vizpin}
    return Stage(rig, calls(here, user, role, vizpin), foreign(rig))


def calls(here: Club, user: str, role: str, vizpin: str) -> dict[str, dict[str, Any]]:
    account, site, reader = here.account, here.location, here.gate
    somewhere = {"account_id": account, "locationid": site}
    person = {"first_name": "Bo", "last_name": "Ek", "phone": "+4915100000009", "country": "DEU"}
    days = {"start_date": "2026-01-01", "stop_date": "2026-12-31"}
    location = {"accountid": account, "name": "New", "country": "DEU"}
    element = {"monday_begin": "09:00 AM", "monday_end": "05:00 PM"}
    schedule = {"type": "custom", "scheduleelement": element}
    return {
        "user.authenticate": {"username": "demo", "password": "demo"},
        "time": {},
        "account.list": {},
        "account.get": {"id": account},
        "account.add": {"add_account": {**NEW_ACCOUNT, "name": "Another"}},
        "account.edit": {"account": {"id": account, "city": "Kiel"}},
        "location.list": {"accountid": account},
        "location.get": {"id": site},
        "location.add": {"location": {**location, "timezone": "GMT", "locationtype": ""}},
        "location.edit": {"location": {"id": site, "name": "Renamed"}},
        "reader.list": {"locationid": site},
        "reader.get": {"readerid": reader},
        "reader.add": {"add_reader": {"locationid": site, "name": "Yard", "serial": "9"}},
        "reader.edit": {"edit_reader": {"id": reader, "readersettings": {"relay_time": "6"}}},
        "user.count": somewhere,
        "user.list": {**somewhere, "totalcount": "1", "batchcounter": "1"},
        "user.find": {"phone": "+4915112345678", "last_name": "Berg"},
        "user.get": {"userid": user},
        "user.preregister": {"preregister_user": person},
        "user.register": {"user": {**person, "password": PASSWORD}},
        "user.edit": {"user": {"id": user, "city": "Kiel"}},
        "user.delete": {"user_id": user},
        "user.associate": {"location_ids": [site], "assoc_user": {"id": user}},
        "credential.get": {"userid": user},
        "credential.generate": {"userid": user, "account_id": account},
        "user.NeedAccess": somewhere,
        "user.grantphonerole": {"site_id": site, "user_ids": [user], "role_ids": [role], **days},
        "role.list": {"site_id": site, "role_type": "Phone"},
        "role.add": {"site_id": site, "role_name": "New", "role_type": "Phone"},
        "role.edit": {
            "site_id": site,
            "role_id": role,
            "reader_id": here.shed,
            "schedule_type": "24x7",
        },
        "vizpin.list": {"account_id": account, "user_id": user, "reader_ids": [reader]},
        "vizpin.grant": {"user_ids": [user], "reader_ids": [reader], **days, "schedule": schedule},
        "vizpin.revoke": {"vizpin_ids": [vizpin]},
        "activity.list": {
            "start_date": "03/01/2026",
            "end_date": "03/31/2026",
            "account_id": account,
            "user_id": user,
            "reader_id": reader,
        },
        "user.remove": {"userid": user, "accountId": account},
        "object.delete": {"objectId": reader, "objectname": "reader"},
    }


def foreign(rig: Rig) -> dict[str, str]:
    """One of everything that belongs to the other partner."""
    other = neighbour(rig)
    account = other.ok("account.list")["accounts"][0]["id"]
    site = other.ok("location.list", accountid=account)["locations"][0]["id"]
    user = other.ok("user.list", account_id=account)["users"][0]["id"]
    vizpins = other.ok("vizpin.list", account_id=account, user_id=user)["vizpins"]
    return {
        "account": account,
        "site": site,
        "location": site,
        "reader": other.ok("reader.list", locationid=site)["readers"][0]["id"],
        "user": user,
        "role": other.ok("role.list", site_id=site)["roles"][0]["id"],
        "vizpin": (vizpins or [{"id": min(rig.world.store.vizpins.rows)}])[0]["id"],
    }


@cache
def stage() -> Stage:
    """One for all that is refused: it is the same after each call."""
    return put_up()


def code_of(method: str, field: str, params: Any) -> int:
    """The code that a fault in this field is told with."""
    operation = OPERATIONS[f"com.vizpin.{method}"]
    if field == "oem_key" or (method == "user.authenticate" and field in CODED):
        return CODED[field]
    said = params.items() if isinstance(params, dict) else ()
    kinds = [value for name, value in said if name.lower() == "objectname"]
    if method == "object.delete":
        kind = kinds[0] if len(kinds) == 1 else None
        return int(
            DELETE_ERRORS.get(kind if isinstance(kind, str) else "", DELETE_ERRORS["account"])
        )
    return int(operation.error)


def refuse(found: Stage, method: str, params: Any, field: str) -> str:
    """Raises unless a call fails with the code for the field, names it, and changes nothing."""
    before = found.rig.world.document()
    answer = found.rig.raw(method, params)
    assert found.rig.world.document() == before
    assert answer["status"] == 0, answer
    assert answer["error"] == answer["result"]
    code, message = answer["error"]["code"], answer["error"]["message"]
    assert code == code_of(method, field, params), message
    named, _, reason = message.partition(": ")
    if field != "oem_key" or reason:
        assert fold(field) in fold(named), message
    assert len(message) < 300, "what was sent is not repeated"
    assert MEGABYTE[:200] not in message
    return str(message)


def params_of(method: str) -> dict[str, Any]:
    return {"oem_key": OEM_KEY, **copy.deepcopy(stage().right[method])}


def leaves(method: str) -> Iterator[tuple[str, ...]]:
    """The paths of everything that a call of a method may say, objects' fields too."""
    for spec in OPERATIONS[f"com.vizpin.{method}"].parameters:
        yield (spec.name,)
        if type(spec.rule).__name__ in {"Nested", "_Settings"}:
            assert isinstance(spec.rule, Nested)
            for inner in fields.specs(spec.rule.kind):
                yield spec.name, inner.name
                if isinstance(inner.rule, Nested):
                    for deep in fields.specs(inner.rule.kind):
                        yield spec.name, inner.name, deep.name


def with_value(params: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    *outer, last = path
    held = params
    for name in outer:
        held = held.setdefault(name, {})
    held[last] = value
    return params


CASES = [(method, path) for method in SHORT for path in leaves(method)]
each_method = pytest.mark.parametrize("method", SHORT)
each_field = pytest.mark.parametrize(
    ("method", "path"), CASES, ids=[f"{method}-{'.'.join(path)}" for method, path in CASES]
)


@pytest.mark.covers("vizpin", server="*", twin="*", answers="*_SUCCESS")
@each_method
def test_the_call_that_each_case_is_one_fault_away_from_works(method: str):
    found = put_up()
    answer = found.rig.raw(method, {"oem_key": OEM_KEY, **found.right[method]})
    assert answer["status"] == 1, answer
    assert answer["result"]["code"] == OPERATIONS[f"com.vizpin.{method}"].success


def required(method: str) -> list[tuple[str, ...]]:
    specs = OPERATIONS[f"com.vizpin.{method}"].parameters
    found: list[tuple[str, ...]] = [(spec.name,) for spec in specs if spec.required]
    for spec in specs:
        if isinstance(spec.rule, Nested):
            inner = {one.attribute: one.name for one in fields.specs(spec.rule.kind)}
            found += [(spec.name, inner[attribute]) for attribute in spec.rule.need]
    return found


MISSING = [(method, path) for method in SHORT for path in required(method)]


@pytest.mark.covers("vizpin", server="*", rule="own-error-code")
@pytest.mark.parametrize(
    ("method", "path"), MISSING, ids=[f"{method}-{'.'.join(path)}" for method, path in MISSING]
)
def test_a_parameter_that_is_missing_is_named(method: str, path: tuple[str, ...]):
    params = params_of(method)
    held = params
    for name in path[:-1]:
        held = held[name]
    for gone in (lambda: held.pop(path[-1]), lambda: held.update({path[-1]: None})):
        gone()
        refuse(stage(), method, params, path[-1])


@pytest.mark.covers(
    "vizpin",
    server="*",
    rule="named-parameters own-error-code",
    answers=(
        "TIME_ERROR ACCOUNT_*_ERROR LOCATION_*_ERROR READER_LIST_ERROR READER_ADD_ERROR "
        "READER_EDIT_ERROR USER_*_ERROR CREDENTIAL_*_ERROR ROLE_*_ERROR VIZPIN_*_ERROR "
        "ACTIVITY_LIST_ERROR OBJECT_DELETE_ERROR"
    ),
)
@each_method
def test_parameters_that_are_no_object_are_refused(method: str):
    for params in (None, [], "x", 7, True, [{"oem_key": OEM_KEY}]):
        answer = stage().rig.raw(method, params)
        assert answer["status"] == 0
        assert answer["error"]["code"] == code_of(method, "params", params)
        assert answer["error"]["message"]


IGNORED = {
    # Made by the server: what a caller says of them doesn't count.
    *((method, "id") for method in ("account.add", "location.add", "reader.add")),
    *((method, "id") for method in ("user.preregister", "user.register")),
}


@pytest.mark.covers("vizpin", server="*", rule="hostile-values own-error-code")
@each_field
def test_a_value_that_cannot_be_is_refused_and_its_field_is_named(
    method: str, path: tuple[str, ...]
):
    for what, wrong in ANYTHING_WRONG.items():
        if _is_taken(method, path, what):
            continue
        params = with_value(params_of(method), path, wrong)
        refuse(stage(), method, params, path[-1])


def _is_taken(method: str, path: tuple[str, ...], what: str) -> bool:
    """Values that are wrong elsewhere and right here."""
    return (path[-1], what) in {("deactivated", "true"), ("readersettings", "an object")}


@pytest.mark.covers("vizpin", server="*", rule="hostile-values")
@each_field
def test_hostile_text_is_text_or_is_refused_and_harms_nothing(method: str, path: tuple[str, ...]):
    """Where any text may stand it is kept as it is; everywhere else the field is named."""
    for what, text in TEXTS_THAT_ARE_TEXT.items():
        found = stage()
        params = with_value(params_of(method), path, text)
        before = found.rig.world.document()
        answer = found.rig.raw(method, params)
        if answer["status"] == 1:
            assert _free(method, path), (what, answer)
            found.rig.world.restore(before)
            continue
        if method == "user.authenticate":
            found.rig.world.restore(before)
        assert found.rig.world.document() == before
        assert text not in answer["error"]["message"]
        field = "phone" if (method, path) == ("user.find", ("last_name",)) else path[-1]
        assert answer["error"]["code"] == code_of(method, field, params)
        if method != "user.authenticate":
            assert fold(field) in fold(answer["error"]["message"].partition(": ")[0])


def _free(method: str, path: tuple[str, ...]) -> bool:
    """Whether any text may stand there."""
    free = {"name", "phone", "street", "city", "state", "zipcode", "address1", "address2", "serial"}
    free |= {"first_name", "last_name", "emailaddress", "sfUserID", "role_name"}
    if path[-1] == "password":
        return method == "user.register"
    return path[-1] in free or (method, path[-1]) in IGNORED


FOREIGN = [
    (method, path)
    for method, path in CASES
    if path[-1].lower().endswith(("id", "ids"))
    and path[-1] not in {"sfUserID"}
    and (method, path[-1]) not in IGNORED
] + [("user.associate", ("assoc_user",))]


def _kind(method: str, name: str) -> str:
    if name == "objectId":
        return "reader"
    plain = name.lower().replace("_", "").removesuffix("s").removesuffix("id")
    own = method.partition(".")[0]
    return {"": own, "assocuser": "user"}.get(plain, plain)


@pytest.mark.covers("vizpin", rule="foreign-objects confined-to-oem")
@pytest.mark.parametrize(
    ("method", "path"), FOREIGN, ids=[f"{method}-{'.'.join(path)}" for method, path in FOREIGN]
)
def test_what_belongs_to_another_partner_is_not_there(method: str, path: tuple[str, ...]):
    found = stage()
    theirs = found.theirs[_kind(method, path[-1])]
    spec = next(one for one in OPERATIONS[f"com.vizpin.{method}"].parameters if one.name == path[0])
    messages = []
    for ident in (theirs, "a0X000000000000AAA"):
        value: Any = [ident] if isinstance(spec.rule, Ids) else ident
        params = with_value(params_of(method), path, value)
        messages.append(refuse(found, method, params, path[-1]))
    assert messages[0] == messages[1], "an answer tells whether another partner has it"


@pytest.mark.covers("vizpin", rule="hostile-values revoke")
@pytest.mark.parametrize(
    ("method", "field"),
    [
        (method, spec.name)
        for method in SHORT
        for spec in OPERATIONS[f"com.vizpin.{method}"].parameters
        if isinstance(spec.rule, Ids)
    ],
)
def test_one_bad_id_in_a_list_refuses_the_whole_call(method: str, field: str):
    right = params_of(method)[field]
    for bad in ("a0X000000000000AAA", "", None, 7, {}, MEGABYTE, HALF):
        refuse(stage(), method, {**params_of(method), field: [*right, bad]}, field)
    for many in ([f"a{n}" for n in range(1001)], "", {}):
        refuse(stage(), method, {**params_of(method), field: many}, field)


@pytest.mark.covers("vizpin", server="*", rule="unknown-parameters")
@each_method
def test_what_is_not_known_is_passed_over(method: str):
    found = put_up()
    extra = {"shoe_size": 9, "nested": {"a": [HALF]}, "": MEGABYTE}
    params = {"oem_key": OEM_KEY, **extra, **found.right[method]}
    assert found.rig.raw(method, params)["status"] == 1


@each_method
def test_a_parameter_that_is_given_twice_differently_is_refused(method: str):
    for spec in OPERATIONS[f"com.vizpin.{method}"].parameters:
        params = params_of(method)
        if spec.name in params:
            other = {**params, spec.name.upper(): "something else"}
            refuse(stage(), method, other, spec.name)


@pytest.mark.covers("vizpin", server="vizpin.grant", rule="hostile-values")
def test_schedules_are_tried_to_their_depth():
    spans = [
        {"begin": 9, "end": "10:00 AM"},
        {"begin": "09:00 AM"},
        {"begin": HALF, "end": "10:00 AM"},
        "09:00 AM",
        None,
    ]
    elements: list[Any] = [{"weekdays": {"monday": {"time": [span]}}} for span in spans]
    elements += [
        {"weekdays": {"monday": 7}},
        {"weekdays": 7},
        {"weekdays": {"monday": {"time": {"begin": "x"}}}},
        {"includedates": [{"date": "2026-02-30", "time": [{"begin": "a", "end": "b"}]}]},
        {"includedates": [{"date": "2026-02-20", "time": []}]},
        {"includedates": MEGABYTE},
        {"excludedates": {"recurring": ["today"]}, "weekdays": {}},
        {"excludedates": {"recurring": ["2026-01-01"] * 401}},
        MEGABYTE,
        [[]],
        7,
    ]
    for element in elements:
        schedule = {"type": "multiple", "scheduleelement": element}
        params = {**params_of("vizpin.grant"), "schedule": schedule}
        refuse(stage(), "vizpin.grant", params, "schedule")
    assert any(
        isinstance(spec.rule, ScheduleRule)
        for spec in OPERATIONS["com.vizpin.vizpin.grant"].parameters
    )


@pytest.mark.covers("vizpin", server="*", rule="http-200")
async def test_a_sample_of_it_over_the_line_is_never_an_http_error():
    """The same answers come over a real socket, whatever the bytes are."""
    twin = make_twin(TwinOptions(people=1), Frozen())
    envelope = {"!version": "2", "id": 1, "jsonrpc": "2.0"}
    async with running(twin) as url, aiohttp.ClientSession(url) as session:

        async def post(body: bytes, token: str = "") -> tuple[int, Any]:
            headers = {"Content-Type": "application/json", "token": token}
            async with session.post(PATH, data=body, headers=headers) as answer:
                return answer.status, await answer.json()

        login = {"oem_key": OEM_KEY, "username": "demo", "password": "demo"}
        named = {**envelope, "method": "com.vizpin.user.authenticate", "params": login}
        token = (await post(json.dumps(named).encode()))[1]["result"]["token"]
        async with session.get("/_twin/state") as answer:
            before = await answer.read()
        for method in SHORT:
            for wrong in (HALF, "x" * 100_000, 7, None, {"a": []}, "<b>'\"</b>"):
                params = {
                    spec.name: wrong if spec.name != "oem_key" else OEM_KEY
                    for spec in OPERATIONS[f"com.vizpin.{method}"].parameters
                }
                if len(params) == 1 or method == "user.authenticate":
                    continue
                call = {**envelope, "method": f"com.vizpin.{method}", "params": params}
                status, answered = await post(json.dumps(call).encode(), token)
                assert (status, answered["status"]) == (200, 0), (method, wrong)
        async with session.get("/_twin/state") as answer:
            assert await answer.read() == before
