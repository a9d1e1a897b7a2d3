"""Reading a configuration file, TOML or INI, into settings."""

import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

from doorward.app.config.build import build
from doorward.app.config.document import Document, Place, dotted, read_text
from doorward.app.config.ini import is_ini, read_ini
from doorward.app.config.lines import locate
from doorward.app.config.problems import ConfigError, Problem
from doorward.app.config.secrets import Vault
from doorward.app.config.settings import Settings
from doorward.app.config.systems import Kinds
from doorward.app.config.zone import machine_zone


def load(
    file: Path,
    *,
    vault: Vault | None = None,
    kinds: Kinds | None = None,
    zone: ZoneInfo | None = None,
) -> Settings:
    """The settings that a TOML or INI file holds, secrets resolved.

    `zone` is the machine's, for a file that names none. Raises ConfigError with every problem.
    """
    file = file.absolute()
    text = read_text(file)
    vault = vault or Vault(file.parent)
    document = read_ini(file, text, vault) if is_ini(file, text) else read_toml(file, text)
    return build(document, vault, kinds or Kinds(), zone or machine_zone())


def read_toml(file: Path, text: str) -> Document:
    """A TOML text as tables. Raises ConfigError with the line for one that is not TOML."""
    try:
        tables, lines = tomllib.loads(text), locate(text)
    except tomllib.TOMLDecodeError as fault:
        raise ConfigError([_syntax(file, text, str(fault))]) from None
    except RecursionError:
        remedy = "Check that it is the right file."
        raise ConfigError([Problem(file, 1, "", "it is nested too deeply", remedy)]) from None
    places = {path: Place(line, dotted(path)) for path, line in lines.items()}
    return Document(file=file, tables=tables, places=places)


def _syntax(file: Path, text: str, said: str) -> Problem:
    """The parser's word with its line; what it meets only at the end is told there."""
    reason, _, where = said.partition(" (at ")
    told = re.match(r"line (\d+), column (\d+)", where)
    line = int(told[1]) if told else text.rstrip().count("\n") + 1
    if "twice" in reason or "overwrite" in reason:
        return Problem(file, line, "", "this is written a second time", "Keep one, or rename one.")
    column = f" (column {told[2]})" if told else " (the file ends in the middle of it)"
    remedy = "See https://toml.io; texts are in quotes, lists in [brackets]."
    return Problem(file, line, "", f"not valid TOML: {reason}{column}", remedy)
