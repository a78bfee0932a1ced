"""How fast the desk is with many people in a real browser: scrolling, sorting, filtering, and seeing another's edit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize

from bot.people import participant_store
from tests.crowds import add_people
from tests.drivers.browser import open_browser
from tests.drivers.web import WebHarness, open_web
from tests.participants import number
from tests.world import open_world

_MOST = {"scroll": 100, "sort": 100, "filter": 100, "seen": 1000}
_MOST_BYTES = 200_000
_SCREEN = ViewportSize(width=1280, height=800)
_STEPS = """
async (turns) => {
    const grid = document.getElementById("grid"), words = document.getElementById("words");
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const measured = { scroll: [], sort: [], filter: [] };
    const measure = async (kind, step) => {
        await drawn();
        const began = performance.now();
        step();
        grid.getBoundingClientRect();
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        measured[kind].push(performance.now() - began);
    };
    for (let turn = 0; turn < turns; turn += 1) {
        await measure("scroll", () => (grid.scrollTop = (turn % 10) * grid.scrollHeight / 10));
        const headings = document.querySelectorAll("[role=columnheader]");
        const pressed = new PointerEvent("pointerdown", { bubbles: true });
        await measure("sort", () => headings[turn % 4].dispatchEvent(pressed));
        words.value = turn % 2 ? "" : String(turn % 9);
        await measure("filter", () => words.dispatchEvent(new Event("input")));
    }
    return measured;
}
"""


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds of each step by its kind, sorted; and the bytes until the first rows were shown."""

    steps: dict[str, list[float]]
    first_view: int

    @property
    def well(self) -> bool:
        """Whether each is as fast and as small as it should be."""
        return self.first_view <= _MOST_BYTES and all(self.p95(kind) <= most for kind, most in _MOST.items())

    def p95(self, kind: str) -> float:
        """The time within which nineteen of twenty steps were done."""
        times = self.steps[kind]
        return times[min(len(times) - 1, int(len(times) * 0.95))]

    def __str__(self) -> str:
        took = (f"{kind}: p95 {self.p95(kind):.0f} ms (at most {most})" for kind, most in _MOST.items())
        return "\n".join((f"first view: {self.first_view} bytes (at most {_MOST_BYTES})", *took))


async def _open_desk(harness: WebHarness, browser: Browser, name: str) -> tuple[Page, int]:
    """The desk of somebody new who organises, once it shows everybody; and how many bytes had come by then."""
    context = await browser.new_context(viewport=_SCREEN, locale="en-GB")
    page = await context.new_page()
    door = await page.request.post(f"{harness.root}/p/{await harness.page_link(name)}", max_redirects=0)
    await harness.world.change(participant_store.set_organises, await number(harness.world, name), True)
    received: list[float] = []
    session = await context.new_cdp_session(page)
    session.on("Network.dataReceived", lambda event: received.append(event["encodedDataLength"] or event["dataLength"]))
    await session.send("Network.enable")
    await page.goto(f"{harness.root}{door.headers['location'].partition('#')[0]}desk")
    await page.wait_for_selector("[role=gridcell]")
    first = round(sum(received))
    await page.wait_for_selector("body[data-ready]")
    return page, first


async def measure_desk(people: int, turns: int, folder: Path) -> Speed:
    """Let two organisers scroll, sort, filter and edit in a table of so many people, so many turns of each."""
    async with (
        open_world(f"sqlite:///{folder / 'desk.db'}", migrate=True) as world,
        open_web(world) as harness,
        open_browser() as browser,
    ):
        await world.change(add_people, [("", "")] * people, world.clock.now())
        return await _measure(harness, browser, turns)


async def _measure(harness: WebHarness, browser: Browser, turns: int) -> Speed:
    mine, first_view = await _open_desk(harness, browser, "Inès")
    other, _bytes = await _open_desk(harness, browser, "Max")
    steps: dict[str, list[float]] = await mine.evaluate(_STEPS, turns)
    await mine.reload()
    await mine.wait_for_selector("body[data-ready]")
    seen = []
    for turn in range(turns):
        await mine.get_by_role("grid").focus()
        for key in ("Control+Home", *["ArrowDown"] * (turn % 15), "Enter"):
            await mine.keyboard.press(key)
        await mine.keyboard.type(f"Turn {turn}")
        began = time.perf_counter()
        await mine.keyboard.press("Enter")
        await other.get_by_role("gridcell", name=f"Turn {turn}", exact=True).wait_for()
        seen.append(1000 * (time.perf_counter() - began))
    steps["seen"] = seen
    return Speed({kind: sorted(times) for kind, times in steps.items()}, first_view)
