"""What is wrong with a configuration: where, why, and what to do; all of it at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. `line` counts from 1; `key` is as the file writes it."""

    file: Path
    line: int
    key: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        subject = f"{self.key}: " if self.key else ""
        return f"{self.file}:{self.line}: {subject}{self.reason}. {self.remedy}"


class ConfigError(Exception):
    """A configuration that cannot be used. `problems` are all that were found, by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))
