"""Loads single modules of capabilities by name, because a command needs few of them.

A capability is one folder of handlers/. Loading all of it brings its screens, and everything that those import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from bot.people import audiences, group_store


def modules(name: str, capabilities: Iterable[str]) -> Iterator[ModuleType]:
    """Yield the modules with this name of all these capabilities that have one, in order."""
    for capability in capabilities:
        if _exists(f"handlers.{capability}.{name}"):
            yield import_module(f"handlers.{capability}.{name}")


@cache
def _exists(module: str) -> bool:
    return find_spec(module) is not None


def load_audiences(capabilities: Iterable[str]) -> None:
    """Make known the kinds of audiences that these capabilities declare in their modules `audiences`.

    An audience is a set of people to whom something is sent. Until then a word like «group:12», in the
    configuration or in the store, is no audience. Where groups are stored (`GROUPS` in the same module of the
    capability that forms groups) is made known too; without such a capability nobody is in a group.
    """
    for module in modules("audiences", capabilities):
        audiences.declare(*module.AUDIENCES)
        group_store.declare(getattr(module, "GROUPS", group_store.NOBODY))
    group_store.declare(group_store.NOBODY)
