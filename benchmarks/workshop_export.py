"""What a hundred groups and five thousand ideas make taken away: how long it takes, and whether the program stalls.

The house serves Telegram alone, so that the organiser's files arrive somewhere; it may use both cores, as its other
process does. Its loop is watched every millisecond. The command runs beside it, over the same store.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from benchmarks.crowd import THEMES
from benchmarks.peer import Peer, bot_api
from benchmarks.workshop_driven import Driven, program
from bot.clock import SystemClock
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.files.folder import Folder
from bot.rehearsal.botapi import TOKEN
from handlers.results.actions import DownloadResults, ShowCharts
from tests.results.builders import attach, populate
from tests.workshops.builders import PHASES
from tests.world import AllSettings, seed

_GROUPS, _PER_PHASE = 100, 13
_PHOTOS = 40
_PIXELS = (4000, 3000)
_WITHIN, _STALL = 8.0, 25.0
_PATIENCE = 120.0
_burners: set[int] = set()
_CALM = 5.0
"""Seconds for which the loop is watched with nothing to do, to know what the machine does by itself."""


async def measure(*, busy: bool) -> None:
    """Print the seconds, and the longest stall of the loop meanwhile; `busy` lets others use both cores, too."""
    with tempfile.TemporaryDirectory() as folder, bot_api() as peer:
        organiser = int(peer("people", count=1)["first"])
        settings = _settings(folder, peer.root, organiser)
        made = await _populate(settings, Path(folder))
        async with program(settings, None) as serving:
            await asyncio.to_thread(peer, "act", acts=[[organiser, "start", ""]])
            await asyncio.to_thread(peer, "wait", replied=1, settled=True)
            with _burning() if busy else contextlib.nullcontext():
                print(f"{made}{', others use both cores' if busy else ''}:", flush=True)
                await _watched(serving, f"nothing for {_CALM:g} s", lambda: time.sleep(_CALM), within=None)
                await _watched(serving, "all of /bilan (XLSX, PPTX, PDF, charts)", lambda: _take_away(peer, organiser))
                await _watched(serving, "rencontres export", lambda: _export(settings, Path(folder)))


def _settings(folder: str, api: str, organiser: int) -> dict[str, Any]:
    return {
        "gathering": {"name": "Rencontres", "theme_deadline": "2027-05-01T12:00:00"},
        "themes": THEMES,
        "phases": PHASES,
        "organisers": {"telegram": [organiser]},
        "telegram": {"token": TOKEN, "api_base": api},
        "storage": {"url": f"sqlite:///{folder}/r.db", "files": f"{folder}/files"},
    }


async def _populate(settings: Mapping[str, Any], folder: Path) -> str:
    """Let the groups have worked; what there is, in words."""
    store = await open_store(settings["storage"]["url"])
    files = Folder(folder / "files")
    chance = random.Random(1)

    async def hang(tx: Transaction, ideas: list[int]) -> None:
        for idea in ideas:
            await attach(tx, files, idea, _photo(chance))

    try:
        await seed(store, AllSettings.model_validate(settings))
        made = await populate(store, SystemClock().now(), groups=_GROUPS, ideas=_PER_PHASE)
        await store.transact(lambda tx: hang(tx, [made.ideas[group][0] for group in made.groups[:_PHOTOS]]))
    finally:
        await store.close()
    return f"{_GROUPS} groups, {sum(map(len, made.ideas.values())):,} ideas, {_PHOTOS} photos"


def _photo(chance: random.Random) -> bytes:
    """A sheet of paper full of writing as a phone takes it: 12 megapixels, with the grain of a dim room."""
    picture = Image.new("RGB", _PIXELS, "#ece9e0")
    pen = ImageDraw.Draw(picture)
    for line in range(300, _PIXELS[1] - 300, 120):
        heights = [line + chance.randint(-40, 40) for _place in range(300, _PIXELS[0] - 300, 25)]
        pen.line([(300 + 25 * place, height) for place, height in enumerate(heights)], fill="#20304a", width=7)
    grain = Image.effect_noise((_PIXELS[0] // 2, _PIXELS[1] // 2), 12).resize(_PIXELS).convert("RGB")
    target = io.BytesIO()
    Image.blend(picture, grain, 0.2).save(target, "JPEG", quality=80)
    return target.getvalue()


async def _watched(serving: Driven, what: str, work: Callable[[], None], within: float | None = _WITHIN) -> None:
    await serving.ask(watch=True)
    began, worked = time.monotonic(), _worked()
    await asyncio.to_thread(work)
    took, cost = time.monotonic() - began, _worked() - worked
    seen = await serving.ask(watch=False)
    lasted = f"{took:.1f} s (wanted at most {within:g}), {cost:.1f} of CPU, " if within else ""
    worst, own = seen["worst"] * 1e3, seen["own"] * 1e3
    print(
        f"  {what}: {lasted}longest stall {worst:.1f} ms (wanted at most {_STALL:g}), {own:.1f} by its own work",
        flush=True,
    )


def _worked() -> float:
    """Seconds of CPU of every process we started, and of those they did, but for what burns; the gone ones too."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    ours = [child for child in _children(os.getpid()) if child not in _burners]
    return ended.ru_utime + ended.ru_stime + sum(map(_alive, ours))


def _alive(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + sum(map(_alive, _children(process_id)))


def _children(process_id: int) -> list[int]:
    tasks = Path(f"/proc/{process_id}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _take_away(peer: Peer, organiser: int) -> None:
    """Press every button of `/bilan`, and wait for the files and the charts."""
    peer("reset")
    actions = (*map(DownloadResults, ("xlsx", "pptx", "pdf")), ShowCharts())
    peer("act", acts=[[organiser, "send", "/bilan"], *([organiser, "forge", action.encode()] for action in actions)])
    peer("wait", calls={"sendDocument": 3, "sendMediaGroup": 1}, timeout=_PATIENCE)


def _export(settings: Mapping[str, Any], folder: Path) -> None:
    target = Path(tempfile.mkdtemp(dir=folder))
    where = {
        "RENCONTRES_STORAGE__URL": settings["storage"]["url"],
        "RENCONTRES_STORAGE__FILES": settings["storage"]["files"],
    }
    command = [sys.executable, "-m", "bot", "export", str(target)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **where}, timeout=_PATIENCE)
    found = sorted(path.suffix for path in target.rglob("*") if path.is_file())
    assert found.count(".pptx") == _GROUPS + 1, found
    assert found.count(".jpg") >= _PHOTOS, found


@contextlib.contextmanager
def _burning() -> Iterator[None]:
    """Something else that has work for every core."""
    forever = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(forever) for _core in os.sched_getaffinity(0)]
    _burners.update(other.pid for other in others)
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()
