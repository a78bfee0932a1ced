"""Measures what prints cost in the checkout that this process imports, and prints it as JSON; `benchmarks.prints` asks.

It is run from another checkout too, and so uses only what both have: the jobs' functions.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_GROUPS, _PER_PHASE = 100, 13
_GATHERING = "Rencontres francophones de l'innovation sociale"
_NAMES = ("Élise Côté", "Œuvrard Cœur", "Łukasz Żak", "Hương Nguyễn", "Marie-Thérèse Andriantsimitoviamin", "Zoé D.")
_COUNTRIES = ("France", "Québec", "Pologne", "Viêt Nam", "Madagascar", "Belgique")
_MEMBERS = [list(pair) for pair in zip(_NAMES, _COUNTRIES, strict=True)]
_ROUND = {"gathering": _GATHERING, "branding": {"name": _GATHERING}, "locale": "fr", "round": 1, "alt": "", "day": ""}


def _fastest(work: Callable[[int], object], times: int = 7) -> float:
    """Return the milliseconds of the fastest of some calls, each with another number, so that none is remembered."""
    took = []
    for number in range(times):
        began = time.perf_counter()
        work(number)
        took.append(time.perf_counter() - began)
    return min(took[1:]) * 1000  # what is loaded first is measured by itself


def _import() -> float:
    before = set(sys.modules)
    began = time.perf_counter()
    for name in ("bot.drawing.typeset", "bot.drawing.printing"):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    importlib.import_module("typst" if "bot.drawing.typeset" in sys.modules else "fpdf")
    assert set(sys.modules) > before
    return (time.perf_counter() - began) * 1000


def _card() -> Callable[[int], object]:
    drawing: Any = importlib.import_module("handlers.registration.drawing")
    words: dict[str, Any] = {
        "instructions": ["Scanne ce code avec ton téléphone : Telegram s'ouvre.", "Cette carte est pour toi."],
        "link": "https://t.me/RencontresBot?start=j-7Qx2mPz4KtVb9sRw3YhN6c",
        "code": "K7MQ-2F9X",
        "code_label": "Ton code",
    }
    if not hasattr(drawing, "InvitationCard"):
        return lambda number: drawing.draw_card(name=f"Élise {number}", gathering=_GATHERING, **words)
    from bot.content.branding import Branding

    branding = Branding(_GATHERING)
    return lambda number: drawing.draw_card(
        drawing.InvitationCard("fr", f"Élise {number}", **words),
        branding,
    )


def _group(number: int, day: int, *, mapping: bool) -> Any:
    title, lines = f"Culture · groupe {number}", ["6 personnes · 5 nationalités", f"3 femmes · {day} hommes"]
    return {"title": title, "members": _MEMBERS, "lines": lines} if mapping else [title, _MEMBERS, lines]


def _plan(number: int) -> Mapping[str, Any]:
    from handlers.groups import jobs

    mapping = not hasattr(jobs, "MOST_GROUPS")
    themes: list[Any] = []
    for theme, count in (("Culture", 6), ("Innovation pédagogique", 6), ("CivicTech", 5)):
        groups = [_group(place + 1, number, mapping=mapping) for place in range(count)]
        lines = ["33 personnes", "Nationalités : 65 sur 65"]
        themes.append({"title": theme, "lines": lines, "groups": groups} if mapping else [theme, lines, groups])
    return jobs.draw_plans({**_ROUND, "title": _GATHERING, "themes": themes})


def _doors(number: int) -> Mapping[str, Any]:
    from handlers.groups import jobs

    lists: list[Any] = [
        {"title": f"Culture · groupe {place}", "number": place, "lines": [f"Salle {number}"], "members": _MEMBERS}
        for place in range(1, 18)
    ]
    if hasattr(jobs, "MOST_GROUPS"):
        lists = [[list_["title"], list_["lines"], list_["members"]] for list_ in lists]
    return jobs.make_lists({**_ROUND, "lists": lists})


def _group_picture(number: int) -> Mapping[str, Any]:
    from handlers.groups import jobs

    where, when = f"Salle {number}", "vendredi 3 mai, 09:30"
    words = {"title": "Culture · groupe 3", "where": where, "when": when, "lines": [where, when]}
    return jobs.draw_card({**_ROUND, **words, "members": _MEMBERS})


async def _snapshot(folder: Path) -> Any:
    """Return what a hundred groups wrote, without photos."""
    from bot.clock import SystemClock
    from bot.database.opening import open_store
    from handlers.results.store.snapshots import read_snapshot
    from tests.results.builders import populate
    from tests.world import make_settings, seed

    store = await open_store(f"sqlite:///{folder}/r.db")
    try:
        await seed(store, make_settings())
        await populate(store, SystemClock().now(), groups=_GROUPS, ideas=_PER_PHASE)
        return await store.read(read_snapshot)
    finally:
        await store.close()


async def _booklet(payload: Mapping[str, Any]) -> tuple[float, float]:
    """Return the milliseconds of a booklet in a process of its own, from its start, and the megabytes it takes."""
    from bot.background.side_process import SideProcess
    from handlers.results.jobs import make_file

    side, began = SideProcess(), time.perf_counter()
    await side.do(make_file, payload)
    took = time.perf_counter() - began
    [process] = multiprocessing.active_children()
    megabytes = _most_memory(process.pid)
    side.close()
    return took * 1000, megabytes


def _most_memory(process_id: int | None) -> float:
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Print all figures: milliseconds, and the megabytes of memory that the booklet takes."""
    measured = {"import": _import()}
    measured["card"] = _fastest(_card())
    measured["group picture"] = _fastest(_group_picture)
    measured["plan of 17 groups"] = _fastest(_plan)
    measured["17 door pages"] = _fastest(_doors)
    with tempfile.TemporaryDirectory() as folder:
        snapshot = asyncio.run(_snapshot(Path(folder)))
        from bot.files.folder import Folder

        payload = {**_ROUND, "zone": "Europe/Paris", "snapshot": snapshot, "files": Folder(Path(folder)), "what": "pdf"}
        measured["booklet of 100 groups"], measured["memory for the booklet"] = asyncio.run(_booklet(payload))
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
