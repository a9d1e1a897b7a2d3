"""Where each key of a TOML text stands."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.app.config.lines import KeyPath, locate

TEXT = '''\
# a comment with = and [brackets]
title = "a # in = a [text]"

[source."my club"]  # the club
url = 'C:\\'
many = """
first = 1
[not.a.table]
"""
raw = \'\'\'
also = "no key"\'\'\'
list = [
  1, # one ]
  { a = "x", b.c = 2 },
  ["nested", "too"],
]

[[rule]]
name = "first"
[[rule]]
name = "second"
[rule.more]
deep.er = 1979-05-27 07:32:00

[[rule.part]]
a = 1
[[rule.part]]
a = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("source",), 4),
        (("source", "my club"), 4),
        (("source", "my club", "url"), 5),
        (("source", "my club", "many"), 6),
        (("source", "my club", "raw"), 10),
        (("source", "my club", "list"), 12),
        (("source", "my club", "list", 0), 13),
        (("source", "my club", "list", 1, "a"), 14),
        (("source", "my club", "list", 1, "b", "c"), 14),
        (("source", "my club", "list", 2, 1), 15),
        (("rule",), 18),
        (("rule", 0, "name"), 19),
        (("rule", 1), 20),
        (("rule", 1, "name"), 21),
        (("rule", 1, "more"), 22),
        (("rule", 1, "more", "deep", "er"), 23),
        (("rule", 1, "part", 0, "a"), 26),
        (("rule", 1, "part", 1, "a"), 28),
    ],
)
def test_a_key_is_found_on_its_line(path: KeyPath, line: int):
    assert locate(TEXT)[path] == line


def test_text_inside_strings_is_no_key():
    assert ("source", "my club", "first") not in locate(TEXT)


def test_windows_line_breaks_count_once():
    assert locate("a = 1\r\n\r\nb = 2\r\n")[("b",)] == 3


def test_a_text_that_is_no_toml_is_refused():
    with pytest.raises(ValueError, match="line 2"):
        locate("a = 1\n= 2")


def every_path(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    """Each path that a parsed document has."""
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    paths = {path} if path else set()
    return paths.union(*(every_path(one, (*path, step)) for step, one in inner))


keys = st.one_of(
    st.text("ab-_1", min_size=1, max_size=3),
    st.text("a.\"\\=[]#{} å'", max_size=4).map(
        lambda key: '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    ),
    st.text('b."=[]#{}', max_size=4).map(lambda key: f"'{key}'"),
)
scalars = st.sampled_from(
    [
        *("1", "-2.5e3", "true", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", "07:32:00", "inf"),
        '""',
        "''",
        '"a = [1] # \\" \\\\"',
        "'b = {'",
        '"""a\n"" b = 1\\""""',
        '"""a"""""',
        "'''c''\n'''",
    ]
)
blanks = st.sampled_from(["", " ", "\n", " # note ]\n", "\t\n\n"])


def arrays(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Arrays over several lines, with comments, with and without a last comma."""
    return st.builds(
        lambda items, blank, last: (
            "[" + blank + f",{blank}".join(items) + (last if items else "") + blank + "]"
        ),
        st.lists(values, max_size=3),
        blanks,
        st.sampled_from(["", ","]),
    )


def tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Inline tables."""
    return st.dictionaries(keys, values, max_size=3).map(
        lambda pairs: "{ " + ", ".join(f"{key} = {one}" for key, one in pairs.items()) + " }"
    )


values = st.recursive(scalars, lambda inner: arrays(inner) | tables(inner), max_leaves=6)
dotted = st.lists(keys, min_size=1, max_size=3).map(" . ".join)
pairs = st.builds(lambda key, value: f"{key} = {value}", dotted, values)
headers = st.builds(lambda key, many: f"[[{key}]]" if many else f"[ {key} ]", dotted, st.booleans())


@given(st.lists(st.tuples(pairs | headers, st.sampled_from(["", " # x = 1", "\n"])), max_size=8))
def test_exactly_the_keys_of_any_document_are_found(lines: list[tuple[str, str]]):
    text = "\n".join(line + after for line, after in lines)
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # a key twice, or a table that was closed
    found = locate(text)

    assert set(found) == every_path(parsed)
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())
