"""Measures the time of prints and pictures, compared with an empty page in the same run.

    python -m benchmarks prints [--rounds 5]

Each round runs in its own process. The fastest times of all rounds are printed, because other work of the machine only
makes times longer. All of `/bilan` and the stalls of the loop meanwhile are measured by `benchmarks.workshop`.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import typst

from benchmarks.programs import memory
from benchmarks.report import options
from bot.background.side_process import SideProcess
from bot.clock import SystemClock
from bot.content.branding import Branding
from bot.database.opening import open_store
from bot.files.folder import Folder
from handlers.groups import jobs
from handlers.registration.drawing import InvitationCard, draw_card
from handlers.results.jobs import make_file
from handlers.results.store.snapshots import read_snapshot
from tests.results.builders import populate
from tests.world import make_settings, seed

_EMPTY = "an empty page"
_WANTED: Mapping[str, float] = {
    "card": 25,
    "group picture": 25,
    "plan of 17 groups": 250,
    "17 door pages": 100,
    "booklet of 100 groups": 2_000,
    "import": 50,
}
"""The most milliseconds that each may take."""
_MOST_MEGABYTES = 320
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


def _empty(number: int) -> object:
    return typst.compile(f"#set document(title: [{number}])\n".encode(), ignore_system_fonts=True)


def _card(number: int) -> object:
    card = InvitationCard(
        "fr",
        f"Élise {number}",
        instructions=["Scanne ce code avec ton téléphone : Telegram s'ouvre.", "Cette carte est pour toi."],
        link="https://t.me/RencontresBot?start=j-7Qx2mPz4KtVb9sRw3YhN6c",
        code="K7MQ-2F9X",
        code_label="Ton code",
    )
    return draw_card(card, Branding(_GATHERING))


def _group(number: int, day: int) -> Any:
    lines = ["6 personnes · 5 nationalités", f"3 femmes · {day} hommes"]
    return {"title": f"Culture {number}", "members": _MEMBERS, "lines": lines}


def _plan(number: int) -> object:
    themes = [
        {
            "title": theme,
            "lines": ["33 personnes", "Nationalités : 65 sur 65"],
            "groups": [_group(place, number) for place in range(1, count + 1)],
        }
        for theme, count in (("Culture", 6), ("Innovation pédagogique", 6), ("CivicTech", 5))
    ]
    return jobs.draw_plans({**_ROUND, "title": _GATHERING, "themes": themes})


def _doors(number: int) -> object:
    lists = [{**_group(place, 3), "number": place, "lines": [f"Salle {number}"]} for place in range(1, 18)]
    return jobs.make_lists({**_ROUND, "lists": lists})


def _group_picture(number: int) -> object:
    where, when = f"Salle {number}", "vendredi 3 mai, 09:30"
    words = {"title": "Culture 3", "where": where, "when": when, "lines": [where, when]}
    return jobs.draw_card({**_ROUND, **words, "members": _MEMBERS})


async def _booklet() -> tuple[float, float]:
    """Return the milliseconds of a booklet in a process of its own, from its start, and the megabytes it takes."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/r.db")
        try:
            await seed(store, make_settings())
            await populate(store, SystemClock().now(), groups=_GROUPS, ideas=_PER_PHASE)
            snapshot = await store.read(read_snapshot)
        finally:
            await store.close()
        files = Folder(Path(folder))
        payload = {**_ROUND, "zone": "Europe/Paris", "snapshot": snapshot, "files": files, "what": "pdf"}
        side, began = SideProcess(), time.perf_counter()
        await side.do(make_file, payload)
        took = time.perf_counter() - began
        [process] = multiprocessing.active_children()
        megabytes = memory(process.pid, "VmHWM") / 1024
        side.close()
    return took * 1000, megabytes


def _import() -> float:
    begin, end = "from time import perf_counter as now; began = now()", "print((now() - began) * 1000)"
    command = [sys.executable, "-c", f"{begin}; import bot.drawing.typeset, typst; {end}"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _round() -> Mapping[str, float]:
    """Measure everything once, in this process."""
    works = {
        _EMPTY: _empty,
        "card": _card,
        "group picture": _group_picture,
        "plan of 17 groups": _plan,
        "17 door pages": _doors,
    }
    figures = {what: _fastest(work) for what, work in works.items()} | {"import": _import()}
    figures["booklet of 100 groups"], figures["memory"] = asyncio.run(_booklet())
    return figures


def main() -> None:
    """Measure all rounds, and print the fastest time of each print and picture, and the memory for the booklet."""
    asked = options(__doc__, rounds=5)
    fastest: dict[str, float] = {}
    for _number in range(asked.rounds):
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
            for what, value in alone.submit(_round).result().items():
                fastest[what] = min(value, fastest.get(what, value))
    print(f"reference, {_EMPTY}: {fastest[_EMPTY]:.1f} ms")
    for what, wanted in _WANTED.items():
        ratio = fastest[what] / fastest[_EMPTY]
        print(f"{what}: {fastest[what]:,.0f} ms (wanted at most {wanted:,g}), {ratio:.1f} times the reference")
    print(f"memory for the booklet: {fastest['memory']:.0f} MB (wanted at most {_MOST_MEGABYTES})")
