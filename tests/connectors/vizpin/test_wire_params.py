"""What a server takes as parameters of each method, and how it says no."""

from typing import Any

import pytest

from connectors.vizpin.wire_examples import EXAMPLES, KEY, Example
from doorward.connectors.vizpin.wire import operations as ops
from doorward.connectors.vizpin.wire.accounts import AccountEdit, AccountFields
from doorward.connectors.vizpin.wire.codes import ErrorCode
from doorward.connectors.vizpin.wire.faults import Fault, Faulty
from doorward.connectors.vizpin.wire.fields import given
from doorward.connectors.vizpin.wire.operation import AnyOperation
from doorward.connectors.vizpin.wire.policies import PASSWORD_MASK
from doorward.connectors.vizpin.wire.rules import MAX_IDS
from doorward.connectors.vizpin.wire.schedules import ALWAYS
from doorward.connectors.vizpin.wire.users import UserFind

BY_NAME = {example.operation.short: example for example in EXAMPLES}
each = pytest.mark.parametrize("example", EXAMPLES, ids=list(BY_NAME))
HOSTILE = {
    "a number": 5,
    "a boolean": True,
    "a list of lists": [[]],
    "an object of something else": {"x": {"y": []}},
    "a megabyte": "x" * 1_000_000,
    "half a character": "\ud800",
    "a control character": "a\x00b",
}


def fault_of(operation: AnyOperation, raw: Any) -> Fault:
    fault = operation.read_params(raw)
    assert isinstance(fault, Fault), fault
    return fault


def changed(short: str, **params: Any) -> dict[str, Any]:
    return {**BY_NAME[short].raw, **params}


def inner(short: str, name: str, /, **said: Any) -> dict[str, Any]:
    raw = BY_NAME[short].raw
    return {**raw, name: {**raw[name], **said}}


@pytest.mark.covers("vizpin", rule="own-error-code")
@each
def test_a_missing_parameter_is_named(example: Example):
    for spec in example.operation.parameters:
        raw = {name: value for name, value in example.raw.items() if name != spec.name}
        if spec.required:
            assert fault_of(example.operation, raw) == Fault(spec.name, "is required")
            assert fault_of(example.operation, {**raw, spec.name: None}).field == spec.name


@pytest.mark.covers("vizpin", rule="hostile-values")
@each
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_parameter_is_named_and_never_repeated(example: Example, hostile: Any):
    for spec in example.operation.parameters:
        read = example.operation.read_params({**example.raw, spec.name: hostile})
        if isinstance(read, Fault):
            assert read.field.startswith(spec.name)
            assert len(str(read)) < 200
            assert "\ud800" not in str(read)
        else:  # a number where text or a number will do
            assert (spec.name, hostile) in {("totalcount", 5), ("batchcounter", 5)}


@pytest.mark.covers("vizpin", rule="named-parameters own-error-code")
@each
@pytest.mark.parametrize("raw", [None, [], "x", 7], ids=repr)
def test_parameters_that_are_no_object_have_the_methods_own_code(example: Example, raw: Any):
    fault = fault_of(example.operation, raw)
    assert fault == Fault("params", "is not an object")
    assert example.operation.code_for(fault) == example.operation.error
    assert example.operation.read_key(raw) == fault


@pytest.mark.covers("vizpin", rule="unknown-parameters")
@each
def test_unknown_parameters_are_passed_over(example: Example):
    assert example.operation.read_params({**example.raw, "shoe": [1]}) == example.params


@each
def test_names_are_found_in_any_spelling(example: Example):
    raw = {name.replace("_", "").upper(): value for name, value in example.raw.items()}
    assert example.operation.read_params(raw) == example.params


@pytest.mark.covers("vizpin", rule="parameters-by-other-names")
@each
def test_the_other_names_of_the_document_are_read(example: Example):
    for spec in example.operation.parameters:
        for name in spec.also:
            raw = example.raw
            raw[name] = raw.pop(spec.name)
            assert example.operation.read_params(raw) == example.params


@pytest.mark.covers("vizpin", rule="oem-key")
@each
def test_the_key_is_required_where_it_is_listed(example: Example):
    operation = example.operation
    raw = {name: value for name, value in example.raw.items() if name != "oem_key"}
    assert operation.read_key({**raw, "oem_key": KEY}) == KEY
    if operation.needs_key:
        fault = operation.read_key(raw)
        assert isinstance(fault, Fault)
        assert operation.code_for(fault) == ErrorCode.BAD_OEM_KEY
    else:
        assert operation.read_key(raw) is None
        assert not isinstance(operation.read_params(raw), Fault)
    wrong = operation.read_key({**raw, "oem_key": 5})
    assert isinstance(wrong, Fault)
    assert operation.code_for(wrong) == ErrorCode.BAD_OEM_KEY


def test_two_names_for_one_parameter_may_not_disagree():
    raw = {**BY_NAME["account.get"].raw, "accountid": "acc02"}
    assert fault_of(ops.ACCOUNT_GET, raw) == Fault("id", "is given twice, differently")
    assert ops.ACCOUNT_GET.read_params({**raw, "accountid": "acc01"}).account_id == "acc01"
    add = BY_NAME["account.add"].raw
    add["account"] = add["add_account"]
    assert fault_of(ops.ACCOUNT_ADD, add).field == "add_account"


@pytest.mark.covers("vizpin", rule="login-codes")
@pytest.mark.parametrize(
    ("field", "code"), [("username", ErrorCode.BAD_USERNAME), ("password", ErrorCode.BAD_PASSWORD)]
)
def test_a_login_without_one_of_its_parts_has_a_code_for_it(field: str, code: ErrorCode):
    fault = fault_of(ops.AUTHENTICATE, changed("user.authenticate", **{field: ""}))
    assert ops.AUTHENTICATE.code_for(fault) == code


@pytest.mark.parametrize(
    ("short", "name", "fields"),
    [
        ("account.add", "add_account", "name phone street city zipcode country state"),
        ("account.edit", "account", "id"),
        ("location.add", "location", "accountid name country"),
        ("location.edit", "location", "id"),
        ("reader.add", "add_reader", "locationid name serial"),
        ("reader.edit", "edit_reader", "id"),
        ("user.preregister", "preregister_user", "first_name last_name phone country"),
        ("user.register", "user", "first_name last_name phone country password"),
        ("user.edit", "user", "id"),
    ],
)
def test_what_an_object_cannot_do_without_is_named(short: str, name: str, fields: str):
    for field in fields.split():
        for nothing in (None, ""):
            fault = fault_of(BY_NAME[short].operation, inner(short, name, **{field: nothing}))
            assert fault.field == f"{name}.{field}"


@pytest.mark.parametrize(
    ("short", "name", "field", "bad"),
    [
        ("account.add", "add_account", "country", "Sweden"),
        ("account.add", "add_account", "country", "ALA"),
        ("account.add", "add_account", "state", "XX"),
        ("account.add", "add_account", "type", "VIZpin Ultra"),
        ("account.edit", "account", "deactivated", "maybe"),
        ("account.edit", "account", "name", " "),
        ("location.add", "location", "timezone", "Europe/Stockholm"),
        ("location.add", "location", "timezone", "europe/berlin"),
        ("location.add", "location", "locationtype", "VIZpin Lite"),
        ("location.edit", "location", "city", "x" * 256),
        ("reader.add", "add_reader", "reader_collateral", "0011"),
        ("reader.add", "add_reader", "reader_collateral", "x" * 32),
        ("reader.add", "add_reader", "readersettings", "Short"),
        ("user.register", "user", "phone", "0701740605"),
        ("user.register", "user", "phone", "+999 123 456"),
        ("user.register", "user", "phone", "+4670"),
        ("user.register", "user", "phone", "+46 70 CALL ME"),
        ("user.register", "user", "password", "short1"),
        ("user.register", "user", "password", "onlyletters"),
        ("user.register", "user", "password", "1234567890"),
        ("user.edit", "user", "password", "another1pass"),
    ],
)
def test_a_value_against_the_rules_is_named(short: str, name: str, field: str, bad: str):
    fault = fault_of(BY_NAME[short].operation, inner(short, name, **{field: bad}))
    assert fault.field == f"{name}.{field}"


@pytest.mark.covers("vizpin", rule="us-state")
def test_a_state_is_judged_only_in_the_usa():
    assert fault_of(
        ops.LOCATION_EDIT, inner("location.edit", "location", state="ZZ", country="USA")
    )
    for said in ({"state": "ZZ", "country": "SWE"}, {"state": "ZZ"}, {"country": "USA"}):
        raw = inner("location.edit", "location", **said)
        assert not isinstance(ops.LOCATION_EDIT.read_params(raw), Fault)
    palau = inner("location.edit", "location", state="PW", country="USA")
    assert ops.LOCATION_EDIT.read_params(palau).location.state == "PW"


def test_quotes_and_markup_are_text_like_any_other():
    name = 'O\'Brien & "Sons" <b>;--'
    raw = inner("user.edit", "user", last_name=name)
    assert ops.USER_EDIT.read_params(raw).user.last_name == name


@pytest.mark.covers("vizpin", rule="phone-form")
def test_a_phone_is_read_as_e164():
    raw = changed("user.find", phone="+46 (70) 174-06 05")
    assert ops.USER_FIND.read_params(raw).phone == "+46701740605"


@pytest.mark.covers("vizpin", rule="made-by-server")
def test_an_id_in_an_add_may_be_the_word_null():
    for own in ("null", "", None):
        read = ops.LOCATION_ADD.read_params(inner("location.add", "location", id=own))
        assert not read.location.id
    assert fault_of(ops.LOCATION_EDIT, inner("location.edit", "location", id="null"))


def test_flags_and_choices_are_read_in_any_form_and_kept_as_printed():
    read = ops.ACCOUNT_EDIT.read_params(inner("account.edit", "account", deactivated=False))
    assert read.account.deactivated == "false"
    settings = {"read_range": " unlimited", "relay_time": 9, "first_in_mode": "OFF"}
    read = ops.READER_EDIT.read_params(inner("reader.edit", "edit_reader", readersettings=settings))
    said = given(read.reader.readersettings)
    assert said == {"read_range": "Unlimited", "relay_time": "9", "first_in_mode": "off"}


def test_the_mask_of_a_password_may_come_back_in_an_edit():
    raw = inner("user.edit", "user", password=PASSWORD_MASK)
    assert ops.USER_EDIT.read_params(raw).user.password == PASSWORD_MASK


def test_a_list_of_users_needs_an_account_or_a_location():
    raw = changed("user.count", account_id=" ", locationid="")
    assert fault_of(ops.USER_COUNT, raw).field == "account_id"


@pytest.mark.parametrize("count", ["-1", -1, "1.5", 1.5, "", "x", "١", True, 10**9, "1" * 10])
def test_a_count_is_a_whole_number(count: Any):
    assert fault_of(ops.USER_LIST, changed("user.list", totalcount=count)).field == "totalcount"


@pytest.mark.covers("vizpin", rule="counted-in-batches")
def test_batches_are_counted_from_one_and_default_to_it():
    raw = changed("user.list", batchcounter="0")
    assert fault_of(ops.USER_LIST, raw) == Fault("batchcounter", "is less than 1")
    del raw["batchcounter"]
    assert ops.USER_LIST.read_params(raw).batch == 1


@pytest.mark.covers("vizpin", rule="associate")
def test_a_user_is_associated_by_object_or_by_id():
    for user in ("usr01", {"id": "usr01", "first_name": "Maja"}):
        read = ops.USER_ASSOCIATE.read_params(changed("user.associate", assoc_user=user))
        assert read.user_id == "usr01"
    for user, field in (({}, "assoc_user.id"), ({"id": 5}, "assoc_user.id"), ("", "assoc_user")):
        fault = fault_of(ops.USER_ASSOCIATE, changed("user.associate", assoc_user=user))
        assert fault.field == field


def test_ids_come_once_each_and_not_too_many():
    read = ops.VIZPIN_REVOKE.read_params(changed("vizpin.revoke", vizpin_ids=["a", "b", "a"]))
    assert read.vizpin_ids == ("a", "b")
    read = ops.VIZPIN_REVOKE.read_params(changed("vizpin.revoke", vizpin_ids="a"))
    assert read.vizpin_ids == ("a",)
    many = [str(number) for number in range(MAX_IDS + 1)]
    for ids in (many, [], "", {}, [1], [""]):
        fault = fault_of(ops.VIZPIN_REVOKE, changed("vizpin.revoke", vizpin_ids=ids))
        assert fault.field == "vizpin_ids"


@pytest.mark.covers("vizpin", rule="list-filters")
def test_no_readers_stand_for_all_in_a_list():
    assert ops.VIZPIN_LIST.read_params(changed("vizpin.list", reader_ids=[])).reader_ids == ()


@pytest.mark.covers("vizpin", rule="grant-ends-after-start")
def test_a_grant_ends_after_it_starts():
    raw = changed("vizpin.grant", start_date="2026-03-02", stop_date="2026-03-01")
    assert fault_of(ops.VIZPIN_GRANT, raw) == Fault("stop_date", "is not after start_date")
    raw = changed("user.grantphonerole", start_date="2026-03-02", stop_date="2026-03-01")
    assert fault_of(ops.GRANT_PHONE_ROLE, raw).field == "stop_date"


@pytest.mark.covers("vizpin", rule="grant-open")
def test_a_grant_without_dates_or_schedule_is_open():
    raw = {"oem_key": KEY, "user_ids": ["u"], "reader_ids": ["r"]}
    read = ops.VIZPIN_GRANT.read_params(raw)
    assert (read.start_date, read.stop_date, read.schedule) == (None, None, ALWAYS)


@pytest.mark.covers("vizpin", rule="role-phone-only")
def test_a_role_type_is_phone_and_nothing_else():
    raw = changed("role.add", role_type="Card")
    assert fault_of(ops.ROLE_ADD, raw) == Fault("role_type", "is none of Phone")
    del raw["role_type"]
    assert ops.ROLE_ADD.read_params(raw).role_type == "Phone"


def test_a_roles_reader_and_schedule_go_together():
    assert fault_of(ops.ROLE_EDIT, changed("role.edit", reader_id=None)).field == "reader_id"
    lone = changed("role.edit", schedule_type=None)
    assert fault_of(ops.ROLE_EDIT, lone).field == "schedule_type"
    neither = changed("role.edit", schedule_type=None, reader_id=None)
    assert not isinstance(ops.ROLE_EDIT.read_params(neither), Fault)


@pytest.mark.covers("vizpin", rule="activity-list")
def test_activity_is_a_readers_or_a_users_within_days_in_order():
    nobody = changed("activity.list", user_id="", reader_id="")
    assert fault_of(ops.ACTIVITY_LIST, nobody).field == "user_id"
    backwards = changed("activity.list", end_date="02/28/2026")
    assert fault_of(ops.ACTIVITY_LIST, backwards).field == "end_date"


@pytest.mark.covers("vizpin", rule="delete-swapped")
def test_an_object_to_delete_is_recognised_when_its_two_names_are_swapped():
    for raw in (
        {"objectId": "account", "objectname": "acc01"},
        {"objectId": "acc01", "objectname": "Account"},
    ):
        read = ops.OBJECT_DELETE.read_params(raw)
        assert (read.kind, read.object_id) == ("account", "acc01")


def test_an_object_of_no_kind_is_not_deleted():
    for raw in ({"objectId": "x", "objectname": "user"}, {"objectId": "x", "objectname": 5}):
        assert fault_of(ops.OBJECT_DELETE, raw).field == "objectname"
    assert fault_of(ops.OBJECT_DELETE, {"objectId": "reader"}).field == "objectname"


@pytest.mark.covers("vizpin", rule="nothing-refused-is-sent")
def test_a_client_sends_nothing_that_would_be_refused():
    with pytest.raises(Faulty) as refused:
        ops.USER_FIND.write_params(UserFind(oem_key=KEY, phone="070", last_name="Ek"))
    assert refused.value.fault.field == "phone"
    edit = AccountEdit(oem_key=KEY, account=AccountFields(id="a", country="XYZ"))
    with pytest.raises(Faulty, match=r"account\.country"):
        ops.ACCOUNT_EDIT.write_params(edit)


def test_only_what_was_said_is_given():
    read = ops.LOCATION_EDIT.read_params(BY_NAME["location.edit"].raw)
    assert given(read.location) == {"id": "loc01", "city": "Solna"}
