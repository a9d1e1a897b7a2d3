"""The table of methods: complete, and true to the document's codes."""

import typing

import msgspec
import pytest

from doorward.connectors.vizpin.wire import operations as ops
from doorward.connectors.vizpin.wire.activity import OBJECTS
from doorward.connectors.vizpin.wire.fields import specs
from doorward.connectors.vizpin.wire.operations import MASKED, OPERATIONS
from doorward.connectors.vizpin.wire.push import Push
from doorward.net.secrets import CardNumber, Secret, masked_names

METHODS = """
user.authenticate 9 61
time 30 31
account.list 32 33
account.get 64 33
account.add 34 35
account.edit 93 98
location.list 66 81
location.get 67 82
location.add 68 83
location.edit 69 84
reader.list 36 37
reader.get 70 37
reader.add 38 39
reader.edit 40 41
user.count 71 86
user.list 42 43
user.find 44 45
user.get 72 87
user.preregister 97 96
user.register 73 88
user.edit 74 89
user.delete 100 101
user.associate 46 47
credential.get 75 90
credential.generate 76 91
user.NeedAccess 42 43
user.grantphonerole 108 109
role.list 110 111
role.add 113 112
role.edit 115 114
vizpin.list 48 49
vizpin.grant 50 51
vizpin.revoke 52 53
activity.list 43 57
user.remove 102 103
object.delete 105 104
"""

KEYLESS = {
    "user.find",
    "user.get",
    "user.preregister",
    "user.register",
    "user.edit",
    "user.delete",
    "user.remove",
    "credential.get",
    "credential.generate",
    "object.delete",
}


@pytest.mark.covers("vizpin", rule="codes-as-printed")
def test_there_are_the_36_methods_with_their_codes():
    table = [line.split() for line in METHODS.split("\n") if line]
    assert len(table) == 36
    assert [
        [operation.short, str(int(operation.success)), str(int(operation.error))]
        for operation in OPERATIONS.values()
    ] == table
    assert all(name == f"com.vizpin.{OPERATIONS[name].short}" for name in OPERATIONS)


def test_only_logging_in_needs_no_session():
    assert [o.short for o in OPERATIONS.values() if not o.needs_session] == ["user.authenticate"]


@pytest.mark.covers("vizpin", rule="oem-key")
def test_the_key_is_optional_only_where_the_document_does_not_list_it():
    assert {o.short for o in OPERATIONS.values() if not o.needs_key} == KEYLESS


@pytest.mark.covers("vizpin", rule="repeat-harmless-only")
def test_what_makes_takes_or_counts_is_not_repeated():
    never = {"authenticate", "add", "register", "preregister", "delete", "remove", "generate"}
    never |= {"grant", "grantphonerole"}
    for operation in OPERATIONS.values():
        assert operation.repeatable == (operation.short.split(".")[-1] not in never)


@pytest.mark.covers("vizpin", rule="delete-codes")
def test_each_kind_of_object_has_its_error():
    assert {kind: int(code) for kind, code in ops.DELETE_ERRORS.items()} == dict(
        zip(OBJECTS, (104, 106, 107), strict=True)
    )


def secrets_in(kind: type[msgspec.Struct]) -> set[str]:
    found = set()
    hints = typing.get_type_hints(kind)
    for spec in specs(kind):
        for leaf in (hints[spec.attribute], *typing.get_args(hints[spec.attribute])):
            if isinstance(leaf, type) and issubclass(leaf, Secret | CardNumber):
                found.add(spec.name)
            elif isinstance(leaf, type) and issubclass(leaf, msgspec.Struct):
                found |= secrets_in(leaf)
    return found


@pytest.mark.covers("vizpin", rule="secrets-hidden")
def test_every_secret_on_the_wire_is_masked_in_recorded_calls():
    answered = masked_names(*(operation.answers for operation in OPERATIONS.values()))
    asked = set().union(*(secrets_in(operation.asks) for operation in OPERATIONS.values()))
    assert asked == {"oem_key", "password"}
    assert answered | asked == MASKED
    assert secrets_in(Push) == set()
