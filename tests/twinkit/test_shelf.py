"""State on a shelf: what was written is there, also when the process was killed."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from doorward.twinkit.shelf import Record, Shelf


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "twin.db"


def kept(path: Path) -> list[Record]:
    shelf = Shelf(path)
    found = shelf.load()
    shelf.close()
    return found


def put(path: Path, *records: Record) -> None:
    shelf = Shelf(path)
    shelf.write(records)
    shelf.close()


ONE, TWO = Record("note", "1", b"one"), Record("note", "2", b"two")


def test_a_new_shelf_is_empty(path: Path):
    assert kept(path) == []


def test_what_was_written_is_there_in_order_of_kind_and_key(path: Path):
    other = Record("card", "9", b"\x00\xff")
    put(path, TWO, ONE, other)
    assert kept(path) == [other, ONE, TWO]


def test_writing_again_replaces_and_none_removes(path: Path):
    put(path, ONE, TWO)
    put(path, ONE._replace(body=b"new"), TWO._replace(body=None))
    assert kept(path) == [Record("note", "1", b"new")]


def test_of_two_records_about_one_key_the_last_counts(path: Path):
    put(path, ONE, ONE._replace(body=None), TWO._replace(body=None), TWO)
    assert kept(path) == [TWO]


def test_an_empty_body_is_a_body(path: Path):
    put(path, ONE._replace(body=b""))
    assert kept(path) == [ONE._replace(body=b"")]


def test_rewriting_keeps_these_and_nothing_else(path: Path):
    put(path, ONE)
    shelf = Shelf(path)
    shelf.rewrite([TWO])
    shelf.close()
    assert kept(path) == [TWO]


def test_what_fails_leaves_all_as_it_was_and_the_shelf_of_use(path: Path):
    shelf = Shelf(path)
    shelf.write([ONE])
    broken = [TWO, Record("note", "3", object())]  # type: ignore[arg-type]
    with pytest.raises(sqlite3.Error):
        shelf.rewrite(broken)
    assert shelf.load() == [ONE]
    shelf.write([TWO])
    assert shelf.load() == [ONE, TWO]
    shelf.close()


def test_without_a_file_nothing_is_kept():
    shelf = Shelf()
    shelf.write([ONE])
    shelf.rewrite([ONE])
    assert shelf.load() == []
    shelf.close()


WRITER = """
import sys
from pathlib import Path
from doorward.twinkit.shelf import Record, Shelf
shelf = Shelf(Path(sys.argv[1]))
for number in range(1_000_000):
    both = [Record("a", "n", b"%d" % number), Record("b", "n", b"%d" % number)]
    shelf.rewrite(both) if number % 3 else shelf.write(both)
    print(number, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 7, 40])
def test_what_was_answered_survives_kill_9_and_nothing_is_half_done(path: Path, lines: int):
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        answered = [int(writer.stdout.readline()) for _ in range(lines)][-1]
        os.kill(writer.pid, signal.SIGKILL)
        answered = [answered, *map(int, writer.stdout.read().split())][-1]
    first, second = kept(path)
    assert first.body == second.body
    assert first.body is not None
    assert int(first.body) >= answered
