"""The short ways for calls as nearly all are: they find what the long ways find.

A call takes the long way with a byte order mark in front of it, or a name that nobody knows.
"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.vizpin.wire_examples import EXAMPLES, Example
from doorward.connectors.vizpin.wire import rules
from doorward.connectors.vizpin.wire.envelope import read_request
from doorward.connectors.vizpin.wire.faults import Faulty, NotUnderstood
from doorward.connectors.vizpin.wire.fields import fold, specs
from doorward.connectors.vizpin.wire.form import parse
from doorward.connectors.vizpin.wire.operations import OPERATIONS

MARK = b"\xef\xbb\xbf"

letters = st.characters(codec="utf-8") | st.sampled_from('"\\ \x00\x1f\x7f{},:é')
texts = st.text(letters, max_size=4) | st.sampled_from(["id", "params"])
plain = texts.map(json.dumps) | texts.map(lambda text: json.dumps(text, ensure_ascii=False))
values = plain | st.sampled_from(["1", "null", "true", "1e999", "NaN", "[]", '["a"]', '"\x01"', ""])


def objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of objects, names in them that stand twice, too."""
    pairs = st.tuples(plain, inner).map(":".join)
    return st.lists(pairs, max_size=4).map(lambda each: "{" + " ,".join(each) + "}")


calls = objects(plain | objects(plain)) | objects(values | objects(values | objects(plain)))


def found(body: bytes) -> Any:
    """What a text says; the class of the error where it says nothing."""
    try:
        return parse(body)
    except NotUnderstood:
        return NotUnderstood


@given(calls)
@settings(max_examples=400, deadline=None)
def test_a_text_says_the_same_both_ways(text: str):
    body = text.encode()
    assert found(body) == found(MARK + body)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":"1","a":"1"}',
        '{"a":"1","a":{"b":"2"}}',
        '{"a":{"b":"2"},"a":{}}',
        '{"a":{},"a":{}}',
        '{"a":{"b":"1","b":"2"}}',
        '{"":"","":""}',
    ],
)
def test_a_name_that_stands_twice_is_seen_the_short_way(text: str):
    with pytest.raises(NotUnderstood, match="twice"):
        parse(text.encode())


@given(st.dictionaries(st.sampled_from(["!version", "id", "method", "jsonrpc", "params"]), texts))
@settings(max_examples=100, deadline=None)
def test_an_envelope_says_the_same_both_ways(said: dict[str, str]):
    for changed in (said, {**said, "id": "7", "jsonrpc": "2.0", "method": "com.vizpin.time"}):
        more = {**changed, "unheardof": "x"}
        assert read_request(json.dumps(changed).encode()) == read_request(json.dumps(more).encode())


@pytest.mark.parametrize("example", EXAMPLES, ids=[e.operation.short for e in EXAMPLES])
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_parameters_are_the_same_both_ways(example: Example, data: st.DataObject):
    known = sorted({*example.raw, *(spec.name for spec in example.operation.parameters)})
    odd = st.none() | texts | st.integers(-5, 5) | st.just([]) | st.just({})
    raw = example.raw | data.draw(st.dictionaries(st.sampled_from(known), odd, max_size=3))
    usual = example.operation.read_params(raw)
    assert usual == example.operation.read_params({**raw, "unheardof": "x"})


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_name_of_a_parameter_is_also_that_of_another(name: str):
    kinds = [OPERATIONS[name].asks]
    for kind in kinds:
        keys = [key for spec in specs(kind) for key in spec.keys]
        assert len(keys) == len(set(keys))
        assert all(fold(spec.name) in spec.keys for spec in specs(kind))
        nested = (spec.rule for spec in specs(kind) if isinstance(spec.rule, rules.Nested))
        kinds.extend(rule.kind for rule in nested)


def test_every_control_character_and_half_a_character_is_refused():
    impossible = {*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)}
    for number in range(0x10000):
        try:
            assert rules.TEXT.read(chr(number), "city") == chr(number)
            assert number not in impossible
        except Faulty:
            assert number in impossible
