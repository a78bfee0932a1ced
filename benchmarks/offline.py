"""Checks that words written without network arrive once and in order, and that a page opens soon.

    python -m benchmarks offline [--cuts 100]

A headless Chromium opens somebody's page, whose group is at work in a phase that collects ideas. For each cut, two
ideas are written while the network fails at a random moment of a request or its answer, and returns. Then each idea
must be stored once, in the order of writing. Before that, the page is opened at the speed of slow 3G: the latest
message must be in view, and the field must take words, before any of its pictures is there.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from random import Random

import structlog
from playwright.async_api import Page, expect

from benchmarks.report import options
from tests.drivers.browser import open_browser
from tests.drivers.mobile_network import MobileNetwork
from tests.drivers.web import WebHarness, open_web
from tests.groups.builders import group
from tests.platforms.web.phone import enter, fill, first_visit
from tests.workshops.builders import PHASES, started
from tests.world import make_settings, open_world

_MOST_BYTES, _WITHIN = 40_000, 3.0
_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""What the developer tools of browsers call slow 3G: 50 kB/s, 400 ms."""
_LONGEST_CUT = 9_000
"""Bytes: a press, its answer and the stream that follows are some 6,000."""


async def measure(cuts: int) -> bool:
    """Print whether the ideas of `cuts` network cuts arrived once and in order. Returns whether all did."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_world(f"sqlite:///{folder}/offline.db", make_settings(phases=PHASES), migrate=True) as world,
            open_web(world) as harness,
            open_browser() as browser,
        ):
            assert harness.adapter.server.address
            async with MobileNetwork(harness.adapter.server.address[1]) as network:
                page = await browser.new_page(viewport={"width": 360, "height": 740}, locale="en-GB")
                well = await _first_view(harness, network, page)
                made = await group(world, ["Zoé"])
                await started(world, made, "solutions", minutes=600)
                well &= await _cut_off(harness, network, page, cuts)
            return well


async def _first_view(harness: WebHarness, network: MobileNetwork, page: Page) -> bool:
    await fill(harness, await enter(harness, page, root=network.root))
    received: list[float] = []
    async with first_visit(page) as new:
        session = await new.context.new_cdp_session(new)
        session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", _3G)
        began = time.monotonic()
        await new.goto(page.url, wait_until="commit")
        await expect(new.get_by_text("Word 49")).to_be_in_viewport()
        await new.get_by_label("Your message").fill("Hello")
        seconds, count = time.monotonic() - began, sum(received)
    print(f"first view: {count:.0f} bytes (at most {_MOST_BYTES}), {seconds:.2f} s at slow 3G (at most {_WITHIN})")
    return count <= _MOST_BYTES and seconds <= _WITHIN


async def _cut_off(harness: WebHarness, network: MobileNetwork, page: Page, cuts: int) -> bool:
    chance = Random(18)  # the same cuts each time
    await page.reload()
    await page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    words, send = page.get_by_label("Your message"), page.get_by_role("button", name="Send", exact=True)
    written = []
    for number in range(cuts):
        network.cut_after(chance.randrange(_LONGEST_CUT))
        for which in ("first", "second"):
            idea = f"A shared kitchen in quarter {number}, the {which} of two"
            written.append(idea)
            await words.fill(idea)
            await send.click()
            await expect(words).to_have_value("", timeout=30_000)
        network.cut()
        await asyncio.sleep(chance.uniform(0, 0.5))
        network.mend()
        await expect(page.locator("#unsent")).to_be_hidden(timeout=60_000)
    rows = await harness.world.store.read(lambda tx: tx.all("SELECT text FROM ideas ORDER BY id"))
    stored = [row["text"] for row in rows]
    lost, twice = len(set(written) - set(stored)), len(stored) - len(set(stored))
    print(f"{cuts} cut-offs, {len(written)} ideas: lost {lost}, twice {twice}, in order: {stored == written}")
    return stored == written


def main() -> None:
    """Run the benchmark; exit with 1 if an idea was lost, doubled or out of order, or the page was late."""
    cuts = options(__doc__, cuts=100).cuts
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    raise SystemExit(not asyncio.run(measure(cuts)))
