"""A screen for the wall, staged: a gathering whose groups have written and confirmed their slides, and its plenary."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import aiohttp

from bot.conversation import display_store
from bot.database.engine import Transaction
from handlers.groups.model import Group
from handlers.groups.store.groups import rename_group
from handlers.plenary.model.questions import StageQuestion
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.service import questions
from handlers.plenary.service.conducting import SCREEN, begun, store_step
from handlers.plenary.store.questions import add_question, find_question, set_named
from handlers.programme.model import Plan
from handlers.programme.store import add_session
from handlers.results.service import confirm_deck, find_deck
from handlers.syntheses.store import save_version
from tests.drivers.web import WebHarness, open_web
from tests.groups.builders import crowd, group, mark_published
from tests.participants import number
from tests.plenary.builders import LENGTHS, prepared, state_of
from tests.workshops.builders import PHASES
from tests.world import World, make_settings, open_world

PEOPLE = ("P1", "P2", "P3", "P4")
PATIENCE = 10.0
"""Seconds that a screen has to show something."""


@dataclass(frozen=True)
class StagedGroup:
    """A group: its theme, its name, its challenge and its solution."""

    theme: str
    name: str
    challenge: str
    solution: str


FRENCH = (
    StagedGroup(
        "civic",
        "Médiathèque mobile",
        "Comment faire participer celles et ceux qui ne viennent jamais aux réunions publiques ?",
        "Un bus qui s'arrête devant les écoles et les marchés : on y emprunte un livre, on y donne son avis, et la"
        " réponse de la commune revient au prochain passage.",
    ),
    StagedGroup(
        "culture",
        "Scènes voisines",
        "Comment ouvrir les lieux de culture à qui vit à plus d'une heure d'une salle ?",
        "Des répétitions chez l'habitant, tirées au sort dans trois villages, avant chaque création.",
    ),
    StagedGroup("school", "Classe inversée", "Comment apprendre le numérique sans écran ?", "Un atelier de cartes."),
    StagedGroup("civic", "Budget de quartier", "Comment décider à cent ?", "Un tirage au sort, deux soirées, un vote."),
)
"""What groups wrote, in French."""
LONG = (
    StagedGroup(
        "school",
        "Donaudampfschifffahrtsgesellschaft für generationenübergreifende Beteiligung",
        "Wie erreichen wir Menschen, die an Bürgerversammlungen, Anhörungen und Beteiligungsverfahren bisher"
        " grundsätzlich nicht teilnehmen, ohne diejenigen zu verlieren, die seit Jahren kommen? " * 2,
        "Eine Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung für alle Nachbarschaften. " * 6,
    ),
    StagedGroup("civic", "Rechtsschutzversicherungsgesellschaften im Gespräch " * 2, "Wie?", "So."),
)
"""The longest that groups write, in German."""
IDEAS = (
    "Une boîte à idées dans chaque bus scolaire",
    "Un café des langues, le jeudi, à la médiathèque",
    "Traduire le budget en bande dessinée",
    "Prêter la salle du conseil aux associations le soir",
    "Un jury tiré au sort, payé comme des jurés",
    "Faire visiter la mairie par des enfants de dix ans, et noter leurs questions",
    "Un numéro de téléphone que l'on rappelle vraiment",
    "Des ambassadrices et ambassadeurs par cage d'escalier",
    "Une carte des lieux où l'on attend : y mettre les consultations",
    "Le compte rendu en trois phrases, lu à la radio locale",
    "Un marché des bonnes volontés, deux fois par an",
    "Inviter les voisins d'autres communes à donner leur avis",
)


class Screen:
    """A screen that is open at an address, and what its stream sends."""

    def __init__(self, stream: aiohttp.ClientResponse) -> None:
        self.status = stream.status
        self.html = ""
        self.told: list[tuple[str, str]] = []
        self._stream = stream

    async def next(self) -> tuple[str, str]:
        """The next event: its name and its data; («», «») at the end of the stream."""
        name = ""
        while line := (await self._stream.content.readline()).decode():
            key, _colon, value = line.rstrip("\n").partition(": ")
            if key == "event":
                name = value
            elif key.startswith("data") and name:
                if name == "scene":  # the short address is drawn at random, and may hold any letters
                    self.html = re.sub("<wbr>/e/<strong>.*?</strong>", "", json.loads(value)["html"])
                self.told.append((name, value))
                return name, value
        return "", ""

    async def until(self, *words: str, gone: Sequence[str] = ()) -> str:
        """The scene, once it has all these words and none of those that must be gone."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not all(word in self.html for word in words) or any(word in self.html for word in gone):
                    name, _data = await self.next()
                    assert name, f"the stream ended without {words}: {self.html}"
        except TimeoutError:
            raise AssertionError(f"never {words} without {gone}: {self.html}") from None
        return self.html

    async def until_event(self, wanted: str) -> str:
        """Wait for an event; its data."""
        async with asyncio.timeout(PATIENCE):
            while True:
                name, data = await self.next()
                if name == wanted:
                    return data
                assert name, f"the stream ended without {wanted}"


@dataclass
class Wall:
    """A gathering with a plenary, and its pages."""

    world: World
    harness: WebHarness
    groups: list[Group]
    state: PlenaryState

    async def link(self, participant_id: int | None = None, plenary_id: int | None = None) -> str:
        """The address of a new link to the screen."""
        subject = str(plenary_id or self.state.plenary.id)
        now = self.world.clock.now()
        secret = await self.world.change(display_store.issue, SCREEN, subject, participant_id, now)
        return f"{self.harness.root}/ecran/{secret}"

    async def change(self, step: Callable[[PlenaryState], PlenaryState]) -> PlenaryState:
        """Make a step of the plenary."""
        before = await state_of(self.world, self.state.plenary.id)
        after = step(before)
        await self.world.change(store_step, before, after, self.world.clock.now())
        self.state = after
        return after

    async def begin(self) -> None:
        """Begin the plenary; the first group has a minute to come on stage."""
        now = self.world.clock.now()
        await self.change(lambda state: begun(state, now, now))

    async def next(self) -> PlenaryState:
        """Go one step further."""
        return await self.change(lambda state: state.advance(self.world.clock.now()))

    async def wait(self, **time: float) -> None:
        """Let time pass."""
        await self.world.clock.advance(timedelta(**time))

    async def asked(self, author: str, words: str, *, place: int = 0, named: bool = False) -> StageQuestion:
        """A question to a group that is asked aloud now."""
        question = await self.written(author, words, place=place, named=named)
        await self.world.change(questions.ask, question, self.world.clock.now())
        return question

    async def written(self, author: str, words: str, *, place: int = 0, named: bool = False) -> StageQuestion:
        """A question to a group."""
        who, now = await number(self.world, author), self.world.clock.now()
        question_id = await self.world.change(add_question, self.groups[place].id, who, words, "", now)
        await self.world.change(set_named, question_id, named)
        question = await self.world.read(find_question, question_id)
        assert question is not None
        return question

    @asynccontextmanager
    async def open(self, address: str, word: str = "") -> AsyncIterator[Screen]:
        """Open a screen at an address; `word` is the one that its browser chose for it."""
        query = {"screen": word} if word else {}
        async with aiohttp.ClientSession() as browser, browser.get(f"{address}/events", params=query) as stream:
            yield Screen(stream)


async def stage(
    world: World, groups: Sequence[StagedGroup], names: Sequence[str], *, confirmed: bool = True
) -> list[Group]:
    """Published groups of one person each, with what they wrote."""
    await crowd(world, *names)
    made: list[Group] = []
    for name, staged in zip(names, groups, strict=False):
        same = sum(other.theme == staged.theme for other in made)
        created = await group(world, [name], theme=staged.theme, number_=same + 1)
        await world.change(rename_group, created.id, staged.name)
        made.append(created)
    await mark_published(world)
    for name, created, staged in zip(names, made, groups, strict=False):
        who = await number(world, name)

        async def write(
            tx: Transaction, who: int = who, created: Group = created, staged: StagedGroup = staged
        ) -> None:
            now = world.clock.now()
            await save_version(tx, created.id, "challenge", who, {"sentence": staged.challenge}, 0, now)
            await save_version(tx, created.id, "solutions", who, {"idea": staged.solution}, 0, now)
            deck = await find_deck(tx, created.id)
            assert deck is not None
            if confirmed:
                await confirm_deck(tx, deck, who, now)

        await world.store.transact(write)
    return made


@asynccontextmanager
async def open_wall(
    url: str,
    groups: Sequence[StagedGroup] = FRENCH,
    *,
    locale: str = "en",
    confirmed: bool = False,
    hours: float = 0,
    migrate: bool = False,
    names: Sequence[str] = PEOPLE,
    **sections: Any,
) -> AsyncIterator[Wall]:
    """A plenary that is prepared to begin in so many hours, its screen in the language of a locale.

    With `migrate` the store need have no tables.
    """
    others = [other for other in ("fr", "en", "de") if other != locale]
    gathering = {"locales": [locale, *others], **sections.pop("gathering", {})}
    settings = make_settings(organisers={"telegram": [900]}, phases=PHASES, gathering=gathering, **sections)
    async with open_world(url, settings, migrate=migrate) as world, open_web(world) as harness:
        made = await stage(world, groups, names, confirmed=confirmed)
        state = await prepared(world, lengths=replace(LENGTHS, change=30), hours=hours)
        by_theme = [turn.group_id for turn in state.turns]
        assert set(by_theme) == {each.id for each in made}
        wall = Wall(world, harness, made, state)
        await wall.change(lambda state: state.ordered([each.id for each in made]))
        yield wall


async def programme(world: World, *titles: tuple[float, float, str]) -> None:
    """Sessions of today: in how many hours each begins, how many minutes long it is, its title."""
    for place, (hours, minutes, title) in enumerate(titles):
        starts = world.clock.now() + timedelta(hours=hours)
        words = dict.fromkeys(("fr", "en", "de"), title)
        plan = Plan(f"s{place}", words, starts, starts + timedelta(minutes=minutes), "Europe/Paris")
        await world.change(add_session, plan)
