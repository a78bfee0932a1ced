"""Photographs the plenary's wall screen in each of its states, for the manual.

`python -m tools.walls FOLDER` stages a plenary in French with a new store and writes a PNG of 1280 × 720 for each state
into the folder; with `--every`, also pictures of 800 × 600, 1920 × 1080 and 3840 × 2160, in light and dark colours.
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page

from bot.config import setting_store
from handlers.plenary.store.echo import applaud, put_also_here
from handlers.plenary.store.voting import toggle_vote
from handlers.plenary.store.wishes import set_shows_names
from tests.drivers.browser import open_browser
from tests.ideas.builders import idea
from tests.participants import number
from tests.plenary.walls import FRENCH, IDEAS, Wall, open_wall, programme
from tests.workshops.builders import revealed, started

_MANUAL = ((1280, 720),)
_EVERY = (*_MANUAL, (800, 600), (1920, 1080), (3840, 2160))
_PEOPLE = ("Awa", "Léo", "Inès", "Jonas")
_QUESTION = "Qui conduit le bus, et qui décide des arrêts quand deux communes veulent le même jour ?"


class Photographer:
    """Takes pictures of one screen in all sizes, and writes them into a folder."""

    def __init__(self, page: Page, folder: Path, *, every: bool) -> None:
        self._page = page
        self._folder = folder
        self._sizes = _EVERY if every else _MANUAL
        self._schemes = ("light", "dark") if every else ("light",)

    async def take(self, name: str, awaited: str) -> None:
        """Take pictures of the screen once it shows an element with the CSS selector `awaited`."""
        await self._page.locator(awaited).first.wait_for(timeout=60_000)
        await self._page.wait_for_timeout(3_000)  # until it has heard what time it is
        for scheme in self._schemes:
            await self._page.evaluate("(scheme) => { document.documentElement.dataset.scheme = scheme; }", scheme)
            for width, height in self._sizes:
                await self._page.set_viewport_size({"width": width, "height": height})
                await self._page.wait_for_function("() => [...document.images].every((image) => image.complete)")
                await self._page.evaluate("document.body.classList.add('idle')")
                mark = "" if (width, height) in _MANUAL else f"-{width}"
                dark = "" if scheme == "light" else "-nuit"
                await self._page.screenshot(path=self._folder / f"ecran-{name}{mark}{dark}.png")


async def live(wall: Wall, photographer: Photographer) -> None:
    """Play a plenary, from the waiting screen to its end."""
    world, first = wall.world, wall.groups[0]
    await wall.change(lambda state: replace(state, plenary=replace(state.plenary, seed=4171)))
    await photographer.take("attente", ".agenda .after")

    runs = [await started(world, group, "solutions", minutes=45) for group in wall.groups]
    for place, words in enumerate(IDEAS):
        of = wall.groups[place % len(wall.groups)]
        await idea(world, of, _PEOPLE[place % len(_PEOPLE)], words)
    for run in runs:
        await revealed(world, run)
    await wall.wait(minutes=27, seconds=46)
    await photographer.take("atelier", ".board .cards li")

    await wall.begin()
    await wall.next()
    await wall.wait(seconds=19)
    for name in _PEOPLE[1:]:
        for _clap in range(9):
            await world.change(applaud, first.id, await number(world, name))
        await world.change(put_also_here, first.id, await number(world, name), "BE", world.clock.now())
    for words in (_QUESTION, "Combien coûte un arrêt ?", "Et l'hiver ?"):
        question = await wall.written("Léo", words)
        for name in _PEOPLE[2:]:
            await world.change(toggle_vote, question.id, await number(world, name))
    await photographer.take("parole", ".slide picture img")

    await wall.next()
    await wall.asked("Inès", _QUESTION, named=True)
    await wall.wait(seconds=22)
    await photographer.take("questions", ".quote .part")

    await wall.wait(seconds=80)
    await photographer.take("depassement", ".quote .clock.over")
    for _step in range(6):
        await wall.next()
        await wall.next()
    await photographer.take("merci", ".words h1")


async def photograph(folder: Path, *, every: bool) -> None:
    """Stage a plenary and write photographs of its screen into `folder`; with `every`, in all sizes and in dark colours
    too.
    """
    with TemporaryDirectory() as place:
        gathering = {"name": "Rencontres francophones de l'innovation sociale"}
        url = f"sqlite:///{place}/walls.sqlite3"
        async with (
            open_wall(
                url, FRENCH, locale="fr", confirmed=True, hours=0.5, migrate=True, names=_PEOPLE, gathering=gathering
            ) as wall,
            open_browser() as browser,
        ):
            await wall.world.change(setting_store.set_telegram_username, "rencontres_bot")
            await wall.world.change(set_shows_names, wall.groups[0].id, True)
            sessions = ((-1, 85, "Ateliers"), (2.5, 60, "Repas à la Ruche"), (4, 90, "Visite du Centquatre"))
            await programme(wall.world, *sessions)
            page = await browser.new_page(locale="fr-FR")
            await page.goto(await wall.link())
            await live(wall, Photographer(page, folder, every=every))


def main() -> None:
    """Write a picture of the wall screen in each of its states into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--every", action="store_true", help="at the sizes of projectors too, in the light and the dark"
    )
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(photograph(given.folder, every=given.every))


if __name__ == "__main__":
    main()
