"""Users: phones, registration, batches, association, cards, and what goes with them."""

from typing import Any

import pytest

from connectors.vizpin.twin_rig import PASSWORD, Rig, club, made, neighbour
from doorward.connectors.vizpin.wire.codes import ErrorCode

PERSON = {
    "first_name": "Ida",
    "last_name": "Berg",
    "phone": "+4915112345678",
    "country": "DEU",
}


@pytest.fixture
def rig() -> Rig:
    return made()


def register(rig: Rig, **said: Any) -> dict[str, Any]:
    user = {**PERSON, "password": PASSWORD, **said}
    return dict(rig.ok("user.register", user=user)["user"])


@pytest.mark.covers(
    "vizpin",
    twin="user.preregister user.get",
    told="PreRegistered-User",
    rule="preregister",
)
def test_a_pre_registered_user_has_six_digits_to_enter(rig: Rig):
    found = rig.user()
    assert set(found) >= {"id", "first_name", "phone", "country"}
    assert "password" not in found
    user = rig.ok("user.get", userid=found["id"])["user"]
    assert len(user["phoneconfirmation"]) == 6
    assert user["phoneconfirmation"].isdecimal()
    assert user["password"] == ""


@pytest.mark.covers("vizpin", twin="user.register", told="User", rule="register secrets-hidden")
def test_a_registered_user_is_verified_and_the_password_is_masked(rig: Rig):
    user = register(rig)
    assert user["phoneconfirmation"] == "X"
    assert user["password"] == "********"
    assert PASSWORD.encode() not in rig.world.document()


@pytest.mark.covers(
    "vizpin",
    twin="user.register",
    rule="password-policy",
    answers="USER_REGISTER_ERROR",
)
@pytest.mark.parametrize("password", ["short1", "lettersonly", "1234567890", ""])
def test_a_password_that_is_against_the_policy_is_refused(rig: Rig, password: str):
    code, message = rig.refused("user.register", user={**PERSON, "password": password})
    assert code == ErrorCode.USER_REGISTER_ERROR
    assert message.startswith("user.password: ")


@pytest.mark.covers("vizpin", twin="user.preregister user.register", rule="phone-unique phone-form")
def test_a_phone_is_unique_in_whatever_form_it_is_written(rig: Rig):
    register(rig)
    again = {**PERSON, "phone": "+49 151 1234-5678"}
    code, message = rig.refused("user.preregister", preregister_user=again)
    assert code == ErrorCode.USER_PREREGISTER_ERROR
    assert message.startswith("preregister_user.phone: ")
    code, message = rig.refused("user.register", user={**again, "password": PASSWORD})
    assert code == ErrorCode.USER_REGISTER_ERROR
    assert message.startswith("user.phone: ")
    assert neighbour(rig).user(PERSON["phone"])


@pytest.mark.covers("vizpin", twin="user.register", rule="completes-preregistered")
def test_registering_a_pre_registered_phone_completes_that_user(rig: Rig):
    before = rig.user(emailaddress="ida@example.org")
    user = register(rig, first_name="Ida Maria")
    assert user["id"] == before["id"]
    assert (user["first_name"], user["emailaddress"]) == ("Ida Maria", "ida@example.org")
    assert user["phoneconfirmation"] == "X"


@pytest.mark.covers("vizpin", twin="user.delete", rule="phone-freed")
def test_a_deleted_users_phone_is_free_again(rig: Rig):
    user = register(rig)
    rig.ok("user.delete", userid=user["id"])
    assert register(rig)["id"] != user["id"]


@pytest.mark.covers("vizpin", twin="user.find", rule="find", answers="USER_FIND_ERROR")
def test_a_user_is_found_by_phone_and_last_name(rig: Rig):
    user = register(rig)
    found = rig.ok("user.find", phone="+49 (151) 12345678", last_name="BERG")["user"]
    assert found == user
    code, message = rig.refused("user.find", phone=PERSON["phone"], last_name="Bergh")
    assert code == ErrorCode.USER_FIND_ERROR
    assert message.startswith("phone: ")
    assert rig.refused("user.find", phone="+4915100000000", last_name="Berg")[0] == code


@pytest.mark.covers("vizpin", twin="user.edit", rule="edit-keeps")
def test_an_edit_changes_what_it_says_and_keeps_the_rest(rig: Rig):
    user = register(rig, city="Kiel", sfUserID="ext-1")
    change = {"id": user["id"], "last_name": "Ek", "password": "********"}
    edited = rig.ok("user.edit", user=change)["user"]
    assert edited == {**user, "last_name": "Ek"}
    assert rig.ok("user.find", phone=user["phone"], last_name="Ek")["user"] == edited


@pytest.mark.covers("vizpin", twin="user.edit", rule="phone-fixed", answers="USER_EDIT_ERROR")
def test_a_phone_is_never_changed_and_a_password_not_by_the_api(rig: Rig):
    user = register(rig)
    code, message = rig.refused("user.edit", user={"id": user["id"], "phone": "+4915100000000"})
    assert (code, message) == (ErrorCode.USER_EDIT_ERROR, "user.phone: is never changed")
    assert rig.ok("user.edit", user={"id": user["id"], "phone": user["phone"]})
    code, message = rig.refused("user.edit", user={"id": user["id"], "password": "Another-1"})
    assert (code, message.split(":")[0]) == (ErrorCode.USER_EDIT_ERROR, "user.password")


@pytest.mark.covers("vizpin", twin="user.edit", rule="us-state")
def test_an_american_user_has_a_state_of_the_list_or_none(rig: Rig):
    user = register(rig)["id"]
    rig.ok("user.edit", user={"id": user, "state": "Holstein"})
    code, message = rig.refused("user.edit", user={"id": user, "country": "USA"})
    assert (code, message.split(":")[0]) == (ErrorCode.USER_EDIT_ERROR, "user.state")


@pytest.mark.covers("vizpin", twin="user.associate", rule="associate")
def test_associating_twice_is_no_error_and_doubles_nothing():
    here = club()
    user = here.rig.member(here.location)
    answer = here.rig.ok("user.associate", location_ids=[here.location], assoc_user={"id": user})
    assert answer["user"]["id"] == user
    assert here.rig.ok("user.count", account_id=here.account)["totalcount"] == "1"
    assert here.rig.ok("user.list", account_id=here.account)["totalCount"] == "1"


@pytest.mark.covers("vizpin", twin="user.count user.associate", rule="counted-in-batches")
def test_a_user_at_two_locations_counts_once_in_the_account():
    here = club()
    other = here.rig.location(here.account, name="Other")["id"]
    user = here.rig.member(here.location)
    here.rig.ok("user.associate", location_ids=[here.location, other], assoc_user=user)
    assert here.rig.ok("user.count", account_id=here.account)["totalcount"] == "1"
    assert here.rig.ok("user.count", locationid=other)["totalcount"] == "1"
    here.rig.ok("object.delete", objectId=other, objectname="location")
    assert here.rig.ok("user.count", account_id=here.account)["totalcount"] == "1"


@pytest.mark.covers("vizpin", twin="user.count user.list", rule="counted-in-batches")
def test_users_are_listed_in_batches_of_a_hundred_in_the_order_of_their_age():
    rig = made(people=250)
    account = rig.ok("account.list")["accounts"][0]["id"]
    count = rig.ok("user.count", account_id=account)
    assert (count["totalcount"], count["batchcounter"]) == ("250", "3")
    pages = [
        rig.ok("user.list", account_id=account, totalcount="250", batchcounter=str(batch))["users"]
        for batch in (1, 2, 3)
    ]
    assert [len(page) for page in pages] == [100, 100, 50]
    ids = [user["id"] for page in pages for user in page]
    assert ids == sorted(set(ids))
    for batch in ("4", "0", "999999999"):
        code, message = rig.refused("user.list", account_id=account, batchcounter=batch)
        assert code == ErrorCode.USER_LIST_ERROR
        assert message.startswith("batchcounter: ")


@pytest.mark.covers("vizpin", twin="user.count user.list", rule="no-users counts-as-text")
def test_nobody_is_counted_as_zero_and_listed_as_an_empty_batch():
    here = club()
    count = here.rig.ok("user.count", locationid=here.location)
    assert (count["totalcount"], count["batchcounter"]) == ("0", "0")
    listed = here.rig.ok("user.list", locationid=here.location)
    assert (listed["users"], listed["totalCount"]) == ([], "0")
    assert here.rig.refused("user.list", locationid=here.location, batchcounter="2")[0] == 43


@pytest.mark.covers("vizpin", twin="user.count user.list user.NeedAccess")
def test_a_location_of_another_account_is_refused():
    here = club()
    other = here.rig.account(name="Other")["id"]
    for method in ("user.count", "user.list", "user.NeedAccess"):
        _, message = here.rig.refused(method, account_id=other, locationid=here.location)
        assert message.startswith("locationid: ")


@pytest.mark.covers("vizpin", twin="user.NeedAccess", rule="need-access")
def test_who_can_open_nothing_now_or_later_needs_access():
    here = club()
    rig = here.rig
    idle, later, over = (rig.member(here.location, f"+491511234567{n}") for n in range(3))
    rig.grant(later, here.gate, start_date="2027-01-01")
    rig.grant(over, here.gate, stop_date="2026-01-01 10:00:01")
    for scope in ({"account_id": here.account}, {"locationid": here.location}):
        needy = rig.ok("user.NeedAccess", **scope)
        assert [user["id"] for user in needy["users"]] == [idle, over]
        assert needy["totalCount"] == "2"


@pytest.mark.covers("vizpin", twin="user.remove", rule="user-remove")
def test_removing_a_user_revokes_vizpins_and_takes_cards_roles_and_association():
    here = club()
    rig = here.rig
    user = rig.member(here.location)
    role = rig.role(here.location, "Rowers", here.shed)
    rig.grant(user, here.gate)
    rig.ok(
        "user.grantphonerole",
        site_id=here.location,
        user_ids=[user],
        role_ids=[role],
        start_date="2026-01-01",
        stop_date="2026-12-31",
    )
    rig.ok("credential.generate", userid=user, account_id=here.account)
    rig.ok("user.remove", userid=user, accountId=here.account)
    assert rig.statuses(here.account, user) == ["Revoke Complete", "Revoke Complete"]
    assert rig.ok("credential.get", userid=user)["credentials"] == []
    assert rig.ok("user.count", account_id=here.account)["totalcount"] == "0"
    rig.put_in(here.location, role, here.gate)
    assert set(rig.statuses(here.account, user)) == {"Revoke Complete"}
    code, message = rig.refused("user.remove", userid=user, accountId=here.account)
    assert (code, message.split(":")[0]) == (ErrorCode.USER_ACCOUNT_REMOVE_ERROR, "userid")


@pytest.mark.covers("vizpin", twin="user.remove", rule="user-remove")
def test_removing_a_user_from_one_account_leaves_the_other():
    here = club()
    rig = here.rig
    other = rig.account(name="Other")["id"]
    home = rig.location(other)["id"]
    door = rig.reader(home)["id"]
    user = rig.member(here.location)
    rig.ok("user.associate", location_ids=[home], assoc_user=user)
    rig.grant(user, here.gate)
    rig.grant(user, door)
    rig.ok("credential.generate", userid=user, account_id=other)
    rig.ok("user.remove", userid=user, accountId=here.account)
    assert rig.statuses(other, user) == ["Confirmed"]
    assert len(rig.ok("credential.get", userid=user)["credentials"]) == 1


@pytest.mark.covers("vizpin", twin="user.delete", rule="user-delete")
def test_deleting_a_user_takes_everything_but_what_happened():
    here = club()
    rig = here.rig
    user = rig.member(here.location)
    rig.grant(user, here.gate)
    rig.ok("credential.generate", userid=user, account_id=here.account)
    rig.unlock(user, here.gate)
    rig.ok("user.delete", userid=user)
    store = rig.world.store
    assert user not in store.users.rows
    assert all(row.vizpin.user_id != user for row in store.vizpins.rows.values())
    assert not store.credentials.rows
    assert rig.ok("user.count", account_id=here.account)["totalcount"] == "0"
    (event,) = rig.events(here.account, reader=here.gate)
    assert (event["user_id"], event["last_name"]) == (user, "Berg")
    assert rig.refused("user.get", userid=user)[0] == ErrorCode.USER_GET_ERROR


@pytest.mark.covers("vizpin", twin="credential.*", told="Credential", rule="card-numbers")
def test_card_numbers_are_counted_up_within_the_range_of_their_account():
    here = club()
    rig = here.rig
    user = rig.member(here.location)
    other = rig.account(name="Other")["id"]
    home = rig.location(other)["id"]
    rig.ok("user.associate", location_ids=[home], assoc_user=user)

    def card(account: str) -> int:
        made = rig.ok("credential.generate", userid=user, account_id=account)["credentials"]
        assert made["cardnumberformatted"] == f"{int(made['cardnumber']):010d}"
        return int(made["cardnumber"])

    first = card(here.account)
    assert [card(here.account), card(here.account)] == [first + 1, first + 2]
    assert abs(card(other) - first) >= 1_000_000 - 3
    assert len(rig.ok("credential.get", userid=user)["credentials"]) == 4
    rig.ok("object.delete", objectId=here.account, objectname="account")
    assert card(other) != first
    again = rig.account(name="Again")["id"]
    rig.ok("user.associate", location_ids=[rig.location(again)["id"]], assoc_user=user)
    assert card(again) > first + 1_000_000


@pytest.mark.covers(
    "vizpin",
    twin="credential.generate",
    rule="card-numbers",
    answers="CREDENTIAL_GENERATE_ERROR",
)
def test_a_range_of_card_numbers_comes_to_its_end():
    rig = made()
    rig.world.restore(b'{"settings": {"cards": 2}}')
    here = club(rig)
    user = rig.member(here.location)
    for _ in range(2):
        rig.ok("credential.generate", userid=user, account_id=here.account)
    code, message = rig.refused("credential.generate", userid=user, account_id=here.account)
    assert (code, message.split(":")[0]) == (ErrorCode.CREDENTIAL_GENERATE_ERROR, "account_id")


@pytest.mark.covers(
    "vizpin",
    twin="credential.generate",
    rule="card-of-member",
    answers="CREDENTIAL_GENERATE_ERROR",
)
def test_only_a_user_of_the_account_gets_a_card():
    here = club()
    user = here.rig.user()["id"]
    code, message = here.rig.refused("credential.generate", userid=user, account_id=here.account)
    assert (code, message.split(":")[0]) == (ErrorCode.CREDENTIAL_GENERATE_ERROR, "userid")


@pytest.mark.covers("vizpin", rule="all-attributes", told="User VIZpin")
def test_every_attribute_of_every_object_is_told():
    here = club()
    user = here.rig.member(here.location)
    assert set(here.rig.ok("user.get", userid=user)["user"]) == {
        *("id", "first_name", "last_name", "password", "emailaddress", "phone", "country"),
        *("state", "address1", "address2", "city", "phoneconfirmation", "sfUserID"),
    }
    vizpin = here.rig.grant(user, here.gate)
    assert set(vizpin) == {
        *("id", "readerid", "userid", "start_date", "stop_date", "schedule", "status"),
        "cardnumber",
    }
