"""Measures the export of a hundred groups and five thousand ideas: its duration, and stalls of the program.

The program serves only Telegram, where the organiser gets files; it may use both cores, as its other process does. Its
loop is watched all the time. The command runs beside it, over the same store.
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

from benchmarks.programs import Peer, Program, bot_api, process, processor_seconds, program, settings_for
from bot.clock import SystemClock
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.files.folder import Folder
from handlers.results.actions import DownloadResults, ShowCharts
from tests.crowds import FIRST, THEMES
from tests.results.builders import attach, populate
from tests.workshops.builders import PHASES
from tests.world import AllSettings, seed

_GROUPS, _PER_PHASE = 100, 13
_PHOTOS = 40
_PIXELS = (4000, 3000)
_WITHIN, _STALL = 8.0, 25.0
_PATIENCE = 250.0
_CALM = 5.0
"""Seconds for which the loop is watched with nothing to do, to know what the machine does by itself."""


async def measure(*, busy: bool) -> None:
    """Print the duration of the exports and the longest stall of the loop. If `busy`, others use both cores too."""
    with tempfile.TemporaryDirectory() as folder, bot_api() as peer:
        await peer.ask("people", count=1)
        settings = settings_for(
            peer,
            f"sqlite:///{folder}/r.db",
            folder,
            gathering={"name": "Rencontres", "theme_deadline": "2027-05-01T12:00:00"},
            themes=THEMES,
            phases=PHASES,
            organisers={"telegram": [FIRST]},
        )
        made = await _populate(settings, Path(folder))
        async with program(settings, None) as serving:
            await peer.ask("act", acts=[[FIRST, "start", ""]])
            await peer.ask("wait", replied=1, settled=True)
            with _burning() if busy else contextlib.nullcontext(()) as others:
                print(f"{made}{', others use both cores' if busy else ''}:", flush=True)

                async def watch(what: str, work: Callable[[], None], within: float | None = _WITHIN) -> None:
                    await _watched(serving, what, work, within, others)

                await watch(f"nothing for {_CALM:g} s", lambda: time.sleep(_CALM), None)
                await watch("all of /bilan (XLSX, PPTX, PDF, charts)", lambda: _take_away(peer))
                await watch("rencontres export", lambda: _export(settings, Path(folder)))


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


async def _watched(
    serving: Program, what: str, work: Callable[[], None], within: float | None, others: tuple[int, ...]
) -> None:
    await serving.ask(watch=True)
    began, worked = time.monotonic(), _worked(others)
    await asyncio.to_thread(work)
    took, cost = time.monotonic() - began, _worked(others) - worked
    seen = await serving.ask(watch=False)
    lasted = f"{took:.1f} s (wanted at most {within:g}), {cost:.1f} of CPU, " if within else ""
    worst, own = seen["worst"] * 1e3, seen["own"] * 1e3
    print(
        f"  {what}: {lasted}longest stall {worst:.1f} ms (wanted at most {_STALL:g}), {own:.1f} by its own work",
        flush=True,
    )


def _worked(others: tuple[int, ...]) -> float:
    """Seconds of CPU of every process we started, and of those they did, but for `others`; the gone ones too."""

    def alive(pid: int) -> float:
        children = [
            int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()
        ]
        own = 0.0 if pid == os.getpid() else processor_seconds(pid, children=True)
        return own + sum(alive(child) for child in children if child not in others)

    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime + alive(os.getpid())


def _take_away(peer: Peer) -> None:
    """Press every button of `/bilan`, and wait for the files and the charts."""
    peer("reset")
    actions = (*map(DownloadResults, ("xlsx", "pptx", "pdf")), ShowCharts())
    peer("act", acts=[[FIRST, "send", "/bilan"], *([FIRST, "forge", action.encode()] for action in actions)])
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
def _burning() -> Iterator[tuple[int, ...]]:
    """Something else that has work for every core: the ids of its processes."""
    with contextlib.ExitStack() as stack:
        forever = ["-c", "while True: pass"]
        yield tuple(stack.enter_context(process(forever, core)).pid for core in range(len(os.sched_getaffinity(0))))
