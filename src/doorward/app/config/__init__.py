"""The configuration: a file becomes one frozen `Settings`, or the list of all that is wrong.

reading       read_text, then TOML or the document's INI form, as tables that know their lines
  build       sources, targets, rules, limits and the rest, each fitted to its type
Settings      what everything else is wired from
"""

from doorward.app.config.problems import ConfigError, Problem
from doorward.app.config.reading import load
from doorward.app.config.secrets import Vault
from doorward.app.config.settings import (
    CallRetention,
    Mail,
    Notify,
    Serving,
    Settings,
    Source,
    Target,
)
from doorward.app.config.systems import Kinds
from doorward.app.config.template import template

__all__ = [
    "CallRetention",
    "ConfigError",
    "Kinds",
    "Mail",
    "Notify",
    "Problem",
    "Serving",
    "Settings",
    "Source",
    "Target",
    "Vault",
    "load",
    "template",
]
