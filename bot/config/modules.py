"""Modules of capabilities that are loaded by themselves, found by name: a command needs few parts of each.

Loading a capability whole brings all of its screens, and everything those import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from bot.people import audiences, group_store


def modules(name: str, capabilities: Iterable[str]) -> Iterator[ModuleType]:
    """The module of this name of each of these capabilities that has one, in their order."""
    for capability in capabilities:
        if find_spec(f"handlers.{capability}.{name}"):
            yield import_module(f"handlers.{capability}.{name}")


def load_audiences(capabilities: Iterable[str]) -> None:
    """Make the kinds of audiences known that these capabilities own: the `AUDIENCES` of their modules `audiences`.

    Until then a word like «theme:culture», in the configuration or in the store, is no audience. Where groups are is
    known with them: the `GROUPS` of the capability that forms them, nowhere without such a capability.
    """
    for module in modules("audiences", capabilities):
        audiences.declare(*module.AUDIENCES)
        group_store.declare(getattr(module, "GROUPS", group_store.NOBODY))
    group_store.declare(group_store.NOBODY)
