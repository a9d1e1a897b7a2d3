"""What tests say that they show, read from their source; nothing is run.

A test that is skipped or expected to fail shows nothing, whatever it says.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SILENT = frozenset({"skip", "skipif", "xfail"})


class BadDeclaration(ValueError):
    """A line that says nothing anybody could read: where, and why."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One `covers` line: the test, its page, and the words under each keyword.

    `orders_faults`: whether the test itself mentions faults on order.
    """

    test: str
    where: str
    system: str
    shows: tuple[tuple[str, tuple[str, ...]], ...]
    orders_faults: bool = False


def declarations(root: Path) -> Iterator[Declaration]:
    """Those of all tests in a folder, by file and line. Raises BadDeclaration."""
    for file in sorted(root.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _of_test(node, file.relative_to(root.parent).as_posix())


def _of_test(test: ast.FunctionDef | ast.AsyncFunctionDef, file: str) -> Iterator[Declaration]:
    marks = [mark for mark in map(_mark, test.decorator_list) if mark is not None]
    if not test.name.startswith("test_") or any(name in _SILENT for name, _ in marks):
        return
    for name, call in marks:
        if name == "covers":
            where = f"{file}:{test.lineno}"
            if call is None:
                raise BadDeclaration(f"{where}: covers() says nothing")
            shows = tuple(_shows(call, where))
            yield Declaration(test.name, where, _page(call, where), shows, _orders_faults(test))


def _mark(decorator: ast.expr) -> tuple[str, ast.Call | None] | None:
    """The name and the call of a `pytest.mark.name` or `pytest.mark.name(...)`."""
    call = decorator if isinstance(decorator, ast.Call) else None
    named = call.func if call else decorator
    if isinstance(named, ast.Attribute) and ast.unparse(named.value) == "pytest.mark":
        return named.attr, call
    return None


def _page(call: ast.Call, where: str) -> str:
    if len(call.args) != 1:
        raise BadDeclaration(f"{where}: covers() begins with the name of one page")
    return _text(call.args[0], where)


def _shows(call: ast.Call, where: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for keyword in call.keywords:
        words = tuple(_text(keyword.value, where).split())
        if keyword.arg is None or not words:
            raise BadDeclaration(f"{where}: each keyword of covers() has names of rows")
        yield keyword.arg, words


def _text(node: ast.expr, where: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise BadDeclaration(f"{where}: covers() is read without being run, so it has plain text only")


def _orders_faults(test: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "faults")
        or (isinstance(node, ast.Constant) and "_twin/faults" in str(node.value))
        for node in ast.walk(test)
    )
