"""Loads single modules of capabilities by name, for commands that need few of them.

A capability is one folder of handlers/. Loading all of it also loads its screens, and everything that they import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from bot.people import audiences, group_store


def modules(name: str, capabilities: Iterable[str]) -> Iterator[ModuleType]:
    """Yield the Python module `name` of each of these capabilities, in order.

    A capability is one folder of handlers/. Capabilities without such a module are skipped.
    """
    for capability in capabilities:
        if _exists(f"handlers.{capability}.{name}"):
            yield import_module(f"handlers.{capability}.{name}")


@cache
def _exists(module: str) -> bool:
    return find_spec(module) is not None


def load_audiences(capabilities: Iterable[str]) -> None:
    """Register the kinds of audiences that these capabilities declare in their modules `audiences`.

    An audience is a set of people to whom something is sent, written like «group:12» in the configuration or the
    database; before this call no such word is understood. This call also registers the SQL that finds the members of a
    group; if no capability forms groups, all groups count as empty.
    """
    for module in modules("audiences", capabilities):
        audiences.declare(*module.AUDIENCES)
        group_store.declare(getattr(module, "GROUPS", group_store.NOBODY))
    group_store.declare(group_store.NOBODY)
