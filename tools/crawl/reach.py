"""How much of all that buttons lead to was pressed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.capability import load, make_router
from handlers import CAPABILITIES


@dataclass(frozen=True)
class Reach:
    """The routes of each package, by their codes, and which of them were `pressed`."""

    routes: Mapping[str, Collection[str]]
    pressed: Collection[str]

    @property
    def missed(self) -> Sequence[str]:
        """The packages with routes none of which was pressed."""
        return [name for name, codes in self.routes.items() if not set(codes) & set(self.pressed)]

    @property
    def lines(self) -> Sequence[str]:
        """The figures, then what was not reached, a package a line."""
        total = sum(map(len, self.routes.values()))
        without = ", ".join(self.missed) or "none"
        left = {name: sorted(set(codes) - set(self.pressed)) for name, codes in self.routes.items()}
        return [
            f"reached {len(self.pressed)} of {total} routes; capabilities without any: {without}; not reached:",
            *(f"  {name} ({len(codes)}): {', '.join(codes)}" for name, codes in left.items() if codes),
        ]


def reach_of(kinds: Collection[str]) -> Reach:
    """What was reached, by the kinds of what was pressed (`tools/crawl/chat_drivers.py::Offer`)."""
    routes: defaultdict[str, set[str]] = defaultdict(set)
    for code, route in make_router(load(CAPABILITIES)).routes.items():
        routes[".".join(route.handler.__module__.split(".")[:2])].add(code)
    pressed = {kind.removesuffix("?").partition("-")[0] for kind in kinds}
    return Reach(dict(sorted(routes.items())), pressed & set().union(*routes.values()))
