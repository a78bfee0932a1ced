"""Every main screen, for who sees little, uses a keyboard, zooms in, or has a wide screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Locator, Page, expect

from bot.content.roles import Who
from bot.content.views import View
from bot.delivery.platform import Address
from bot.people import participant_store
from bot.platforms.web import page_store
from handlers.groups.store.rounds import mark_round_published
from handlers.trust import store as trust
from handlers.trust.facilitator.lists import draw_check
from handlers.workshops.actions import ShowWall, Vote
from handlers.workshops.facilitator.panel import draw_panel
from tests.announcements.copies import write
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.drivers.web import open_web
from tests.groups.builders import crowd, group
from tests.ideas.builders import idea, photo
from tests.outbox import look_at_push, press_push
from tests.participants import number
from tests.pictures import png
from tests.platforms.web.phone import READER
from tests.programme.builders import LUNCH, OPENING
from tests.workshops.builders import PHASES, facilitator, revealed, started
from tests.world import World, make_settings, open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
FINDINGS = """
async (rules) => (await axe.run({ runOnly: rules, resultTypes: ["violations"] })).violations.flatMap((found) =>
    found.nodes.map((node) => `${found.id}: ${node.target} ${node.failureSummary}`))
"""
WIFI = {"key": "wifi", "title": {"en": "Wifi"}, "text": {"en": "The network is called Halles."}}
SIZES = ((360, 740), (1400, 900))
SCHEMES: tuple[tuple[Literal["light", "dark"], str], ...] = (
    ("light", "wcag2a wcag2aa wcag21aa wcag22aa best-practice"),
    ("dark", "wcag143"),  # contrast: nothing else changes with the colours
)
READ = """
() => {
    const frame = (y) => document.elementFromPoint(innerWidth / 2, y)?.closest("header, footer");
    const heights = [...Array(innerHeight).keys()];
    return heights.filter((y) => !frame(y)).length / innerHeight;
}
"""
"""The part of the screen that is neither heading, with what is pinned below it, nor foot."""


# Wherever one scrolls to, heading and foot cover half of some button.
STANDS = """
(position) => {
    for (const bar of document.querySelectorAll(".chat > header, .chat > footer")) bar.style.position = position;
}
"""


async def clean(phone: Page, *, sizes: Sequence[tuple[int, int]] = SIZES) -> None:
    """Fail for what axe finds, on a phone and on a desk, in the light and in the dark."""
    await phone.evaluate(AXE)
    await phone.evaluate(STANDS, "static")
    found: list[Any] = []
    for width, height in sizes:
        await phone.set_viewport_size({"width": width, "height": height})
        for scheme, rules in SCHEMES:
            await phone.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [(width, scheme, each) for each in await phone.evaluate(FINDINGS, rules.split())]
    await phone.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    await phone.evaluate(STANDS, "")
    assert found == []


async def press(message: Locator, name: str) -> None:
    """Press a button of a message and wait for the screen that follows, which may have a button of the same name."""
    before = await message.get_attribute("data-revision")
    await message.get_by_role("button", name=name, exact=True).click()
    await expect(message).not_to_have_attribute("data-revision", before or "")


async def shown(chat: NeutralChat) -> View:
    assert chat.view is not None
    return chat.view


async def screens(world: World) -> list[View]:
    """The main screens, as people at work in a workshop see them."""
    people = await crowd(world, "Ana", "Bo")
    views = [await shown(people["Ana"])]
    made = await group(world, ["Ana", "Bo"], room="Salle 3")
    run = await started(world, made, "solutions")
    ideas = [
        await idea(world, made, "Ana", "Une cuisine partagée"),
        await idea(world, made, "Bo", "Un café des langues"),
    ]
    await photo(world, ideas[1], png(40, 30))
    await revealed(world, run)
    await world.store.transact(lambda tx: mark_round_published(tx, 1, world.clock.now()))
    ana = people["Ana"]
    for word in ("moi", "theme", "groupe", "reglages", "programme", "infos"):
        await ana.command(word)
        views.append(await shown(ana))
    for action in (ShowWall(run.id), Vote(run.id)):
        await ana.follow(action.encode())
        views.append(await shown(ana))
    maya = await facilitator(world)
    await maya.command("animer")
    views.append(await shown(maya))
    subject = await number(world, "Maya")
    panel = await world.store.read(lambda tx: draw_panel(tx, f"{subject}:1:0", world.clock.now()))
    assert panel is not None
    views.append(panel)
    ines = await world.organiser()
    views += await safety_screens(world, ana, maya, ines)
    await write(ines, "Le bus part à **9 h**.")
    views.append(await shown(ines))
    await ines.command("organiser")
    return [*views, await shown(ines)]


async def safety_screens(world: World, ana: NeutralChat, maya: NeutralChat, ines: NeutralChat) -> list[View]:
    """What is read in confidence, in an emergency and in a check for safety, on each side."""
    views: list[View] = []

    async def look(chat: NeutralChat) -> None:
        views.append(replace(await shown(chat), drawn=""))

    await world.change(trust.name_trusted, await number(world, "Maya"), "français", "8 h à 23 h", world.clock.now())
    await ana.command("confiance")
    await look(ana)
    await ana.press("Write to Maya")
    await look(ana)
    await ana.press("Without my name")
    await ana.fill("On me suit.")
    await look(ana)
    await press_push(world, maya, "Read")
    await look(maya)
    await ana.command("urgence")
    await look(ana)
    await ines.command("securite")
    await look(ines)
    await ines.press("Ask everyone")
    await look(ines)
    await ines.press("Yes, ask now")
    await look_at_push(world, ana)
    await look(ana)
    await ana.press("I need help")
    await look(ana)
    check = await world.read(trust.running_check)
    assert check is not None
    return [*views, await world.read(draw_check, check)]


async def test_nothing_on_the_main_screens_is_kept_from_anybody(tmp_path: Path, sqlite_url: str, phone: Page) -> None:
    settings = make_settings(organisers={"telegram": [900]}, phases=PHASES, sessions=[OPENING, LUNCH], practical=[WIFI])
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        views = await screens(world)
        await phone.goto(f"{harness.root}/p/{await harness.page_link('Inès')}")
        await clean(phone)
        await phone.get_by_role("button", name="Open my page").click()
        ines = Address(phone.url.split("/c/")[1].split("/")[0])
        await world.store.transact(lambda tx: participant_store.set_organises(tx, int(ines.chat), True))
        for delivery, view in enumerate(views, start=1):
            await harness.adapter.send(ines, view, READER, delivery_id=delivery)
        await phone.reload()
        await expect(phone.get_by_role("log").locator("article")).to_have_count(len(views) + 1)
        await phone.locator(".menu summary").click()
        await expect(phone.locator(".menu .panel")).to_be_visible()
        await clean(phone)
        log, words = phone.get_by_role("log"), phone.get_by_label("Your message")
        await words.fill("/organiser")
        await phone.get_by_role("button", name="Send", exact=True).click()
        await expect(log.locator("article")).to_have_count(len(views) + 3)  # with what was written, and its answer
        opened = log.locator(f"#{await log.locator('article').last.get_attribute('id')}")
        for name in ("More…", "People", "More…"):
            await press(opened, name)
        await opened.get_by_role("button", name="Import a list", exact=True).click()
        await expect(phone.get_by_role("dialog")).to_be_visible()
        await clean(phone)
        await phone.keyboard.press("Escape")

        await phone.get_by_label("Home", exact=True).focus()
        await phone.keyboard.press("ArrowUp")
        await expect(phone.get_by_role("button", name="Close my page on this device")).to_be_focused()
        await phone.keyboard.press("ArrowDown")
        await phone.keyboard.press("ArrowDown")
        foot = phone.get_by_role("contentinfo")
        await expect(foot.get_by_role("button", name="Find someone")).to_be_focused()
        await phone.keyboard.press("Escape")
        await expect(phone.get_by_label("Home", exact=True)).to_be_focused()

        panel = await harness.adapter.send(ines, View(tuple(f"Group {n}" for n in range(9))), READER, delivery_id=99)
        await harness.adapter.pin(ines, panel)
        await expect(log.locator(".pinned")).to_be_visible()
        await phone.set_viewport_size({"width": 180, "height": 370})  # what a phone has left at 200 %
        # A function is evaluated once, an expression at each look: the page's policy forbids that from the second on.
        await phone.wait_for_function("() => document.documentElement.scrollWidth == 180")
        assert await phone.evaluate(READ) > 0.5

        await phone.set_viewport_size({"width": 1400, "height": 900})
        side = phone.get_by_role("complementary", name="List and menu")
        await expect(side.get_by_role("button", name="Organise", exact=True)).to_be_visible()
        for name in ("Organise", "More…", "Themes"):  # what is to prepare takes the first places
            await press(opened, name)
        await expect(side.get_by_role("button", name="Themes")).to_be_visible()
        await expect(side.locator("[aria-current]")).to_have_text("Themes")
        await side.get_by_role("button", name="People").click()
        await expect(side.locator("[aria-current]")).to_have_text("People")
        latest = log.locator("article").last
        await expect(latest).to_contain_text("Joined: 3 of 3.")
        await press(latest, "Organise")
        await expect(side.get_by_role("button", name="Themes")).to_have_count(0)
        for name in ("More…", "Themes"):
            await press(latest, name)
        await expect(side.get_by_role("button", name="Themes")).to_be_visible()
        await world.store.transact(lambda tx: page_store.withhold(tx, int(ines.chat), Who.ORGANISER, world.clock.now()))
        harness.adapter._streams.wake(int(ines.chat))
        await expect(side.get_by_role("button", name="Themes")).to_have_count(0)

        data = await world.join("Zoé", "1")
        await data.command("mydata")
        await catch_up_with(world, data)
        document = tmp_path / str(data.files[0].name)
        document.write_bytes(data.files[0].content)
        await phone.goto(document.as_uri())
        await clean(phone)
