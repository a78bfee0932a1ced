"""Measures what share of all routes (handlers behind buttons) was pressed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.capability import load, make_router
from handlers import CAPABILITIES


@dataclass(frozen=True)
class Reach:
    """The codes of routes, by package; which were `shown` and pressed, and which were pressed `unseen`."""

    routes: Mapping[str, set[str]]
    shown: set[str]
    unseen: set[str]

    @property
    def missed(self) -> Sequence[str]:
        """The packages none of whose routes was pressed after somebody had been shown its button."""
        return [name for name, codes in self.routes.items() if not codes & self.shown]

    @property
    def lines(self) -> Sequence[str]:
        """The figures, then a line for each package with the routes not shown; in brackets those not pressed at all."""
        total, without = sum(map(len, self.routes.values())), ", ".join(self.missed) or "none"
        reached = f"{len(self.shown | self.unseen)} of {total} routes, {len(self.unseen - self.shown)} of them unseen"
        left = {name: sorted(codes - self.shown) for name, codes in self.routes.items()}
        return [
            f"reached {reached}; capabilities without any: {without}; nobody was shown:",
            *(f"  {name}: {', '.join(map(self._told, codes))}" for name, codes in left.items() if codes),
        ]

    def _told(self, code: str) -> str:
        return code if code in self.unseen else f"({code})"


def reach_of(kinds: Collection[str], unseen: Collection[str] = ()) -> Reach:
    """Return what was reached, by the kinds of pressed offers (`tools/crawl/chat_drivers.py::Offer`)."""
    routes: defaultdict[str, set[str]] = defaultdict(set)
    for code, route in make_router(load(CAPABILITIES)).routes.items():
        routes[".".join(route.handler.__module__.split(".")[:2])].add(code)
    known = set().union(*routes.values())
    return Reach(dict(sorted(routes.items())), {kind.removesuffix("?") for kind in kinds} & known, {*unseen} & known)
