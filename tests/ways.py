"""The shortest way to the commonest acts, for somebody who opens the bot and never takes a wrong one.

Nothing is called by a command, and the menu, which lists them, is left out. Buttons are not told by their labels: from
the first screen on every button is pressed, the buttons of one tap before the buttons of two, each in a gathering of
its own that stands as the buttons before it left it, until the act shows in the store or on the screen. What is to be
written is written on any screen, asked for or not, as people do. So the same program measures any arrangement of the
screens.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.config.settings import Settings
from bot.content.folding import in_sight
from bot.content.texts import Reader, plain
from bot.content.views import Choice, View
from bot.conversation.incoming import Content, Picked, Pressed, Typed
from bot.database.engine import Transaction
from bot.people.audiences import Audience
from handlers.groups.model import Group
from handlers.groups.store.rounds import mark_round_published
from handlers.trust.facilitator.lists import turn_list
from handlers.trust.service import begin_check
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import choose, group
from tests.ideas.builders import idea, voted
from tests.participants import number
from tests.workshops.builders import PHASES, revealed, started
from tests.world import World, make_settings, open_world

_THEMES = ("school",) * 7 + ("civic",) * 6
"""The theme of each group."""
_OF_EACH = 5
PEOPLE = tuple(f"Zoé{place:02}" for place in range(len(_THEMES) * _OF_EACH))
"""Sixty-five people, who read French."""
_PARTICIPANT, _ORGANISER = "1000", "900"
_MOST_TAPS = 6
"""Of one part of a way: beyond, there is none."""
_PAGE = 4096
"""Bytes of a SQLite file that are kept together."""
_WITHOUT_THEME = PEOPLE[-1]
_LOOKED_FOR = PEOPLE[3]


def _gathering(first_day: str, **facts: str) -> Settings:
    """A gathering with a programme and phases. People act on 1 March 2027, in the morning."""
    return make_settings(
        phases=PHASES,
        organisers={"telegram": [int(_ORGANISER)]},
        gathering={"starts": first_day, "ends": "2027-03-06", **facts},
        sessions=[
            {
                "key": "opening",
                "title": {"fr": "Ouverture", "en": "Opening", "de": "Eröffnung"},
                "place": {"fr": "Salle Agora", "en": "Agora"},
                "starts": "2027-03-01T11:00:00",
                "ends": "2027-03-01T12:00:00",
                "kind": "plenary",
            },
            {
                "key": "lunch",
                "title": {"fr": "Déjeuner", "en": "Lunch", "de": "Mittagessen"},
                "place": {"fr": "Cour", "en": "Yard"},
                "starts": "2027-03-01T12:30:00",
                "ends": "2027-03-01T14:00:00",
                "kind": "meal",
            },
        ],
    )


_ITS_FIRST_DAY = _gathering("2027-03-01")
_THEMES_OPEN = _gathering("2027-03-04", theme_deadline="2027-03-02T12:00:00")
_THEMES_CHOSEN = _gathering("2027-03-04", theme_deadline="2027-02-28T12:00:00")

Goal = Callable[[World, NeutralChat], Awaitable[bool]]
"""Whether something is reached, by what the store holds or what is on the screen."""


def stored(query: str) -> Goal:
    """Reached once a query of the store has a row; `:name` in it is the first name of the participant who acts."""

    async def goal(world: World, _chat: NeutralChat) -> bool:
        async def unit(tx: Transaction) -> bool:
            return await tx.one(query, name=PEOPLE[0]) is not None

        return await world.store.read(unit)

    return goal


def shown(*words: str, labels: bool = False) -> Goal:
    """Reached once a screen's text has all these words; with `labels` they may stand on its buttons, too."""

    async def goal(_world: World, chat: NeutralChat) -> bool:
        text = " ".join((chat.text, *chat.buttons, *chat.options)) if labels else chat.text
        return all(word in text for word in words)

    return goal


# --- where the gathering stands


async def come_in(world: World) -> NeutralChat:
    """Let everybody come in, by the Telegram ids from 1000 on, and the organiser, whose chat is returned."""
    for place, name in enumerate(PEOPLE):
        code = await world.invite(name, locale="fr")
        await world.chat(str(1000 + place), name=name, locale="fr").follow(f"j-{code}")
    return await world.organiser(_ORGANISER, locale="fr")


async def publish_groups(world: World) -> Sequence[Group]:
    """The groups of everybody, by theme, told to their members."""
    groups = []
    for place, theme in enumerate(_THEMES):
        names = PEOPLE[place * _OF_EACH : (place + 1) * _OF_EACH]
        groups.append(await group(world, names, theme=theme, number_=place + 1))
    await world.store.transact(partial(mark_round_published, number=1, now=world.clock.now()))
    return groups


async def nobody_decided(_world: World) -> None:
    """Everybody came in, nobody has a theme."""


async def nearly_all_decided(world: World) -> None:
    """All but one have a theme."""
    for place, name in enumerate(PEOPLE[:-1]):
        await choose(world, name, ("school", "civic")[place % 2])


async def groups_published(world: World) -> None:
    """Everybody has a group and was told."""
    await publish_groups(world)


async def phase_open(world: World) -> None:
    """The group of the participant collects ideas."""
    groups = await publish_groups(world)
    await started(world, groups[0], "solutions")


async def all_are_asked(world: World) -> None:
    """Everybody has a group, and is asked whether they are safe."""
    await publish_groups(world)
    by = await number(world, PEOPLE[0])
    await world.change(begin_check, by, Audience(), world.clock.now(), drill=False)


async def idea_unseen(world: World) -> None:
    """A group gave two ideas: one was revealed and has a vote, the other has none."""
    await give_two_ideas(world, (await publish_groups(world))[0])


async def give_two_ideas(world: World, first: Group) -> None:
    """Let a group give an idea that has a vote, and one that has none."""
    await revealed(world, await started(world, first, "solutions"))
    liked = await idea(world, first, PEOPLE[0], "Une navette")
    await idea(world, first, PEOPLE[1], "Un four")
    await voted(world, first, PEOPLE[1], liked)


@dataclass(frozen=True)
class Act:
    """Something people do often: how the gathering stands when they do, and what they reach on the way, in order."""

    name: str
    who: str
    standing: Callable[[World], Awaitable[None]]
    goals: Sequence[Goal]
    line: str = ""
    """What they write where they are asked."""
    settings: Settings = _ITS_FIRST_DAY
    opened: str = ""
    """What button opens the first screen, '' for the screen that «start» opens."""


_WRITTEN = "Une navette part à 9 h de la gare."
ACTS = (
    Act(
        "choose a theme",
        _PARTICIPANT,
        nobody_decided,
        [stored("SELECT 1 FROM choices WHERE theme IS NOT NULL")],
        settings=_THEMES_OPEN,
    ),
    Act("see one's group", _PARTICIPANT, groups_published, [shown(*PEOPLE[1:5])]),
    Act("see what is next, and where", _PARTICIPANT, groups_published, [shown("Ouverture", "Salle Agora")]),
    Act(
        "give an idea while a phase is open",
        _PARTICIPANT,
        phase_open,
        [stored("SELECT 1 FROM ideas i JOIN participants p ON p.id = i.author_id WHERE p.given_name = :name")],
        _WRITTEN,
    ),
    Act("ask the team", _PARTICIPANT, groups_published, [stored("SELECT 1 FROM questions")], _WRITTEN),
    Act("change a reminder", _PARTICIPANT, groups_published, [stored("SELECT 1 FROM reminder_mutes")]),
    Act(
        "announce something to everybody",
        _ORGANISER,
        groups_published,
        [
            stored("SELECT 1 FROM announcements"),
            stored("SELECT 1 FROM announcements WHERE state <> 'draft' AND audience = 'all'"),
        ],
        _WRITTEN,
    ),
    Act("find someone and see their card", _ORGANISER, groups_published, [shown(_LOOKED_FOR, "R-")], _LOOKED_FOR),
    Act(
        "see who lacks a theme",
        _ORGANISER,
        nearly_all_decided,
        [shown(_WITHOUT_THEME, labels=True)],
        settings=_THEMES_OPEN,
    ),
    Act(
        "form the groups",
        _ORGANISER,
        nearly_all_decided,
        [stored("SELECT 1 FROM jobs WHERE kind = 'form'")],
        settings=_THEMES_CHOSEN,
    ),
    Act(
        "attendance of 13 groups, one absent",
        _ORGANISER,
        groups_published,
        [
            stored("SELECT 1 FROM attendance WHERE present = 0"),
            stored("SELECT COUNT(*) FROM attendance HAVING COUNT(*) >= 30"),
            stored(f"SELECT COUNT(*) FROM attendance HAVING COUNT(*) = {len(PEOPLE)}"),
        ],
    ),
    Act(
        "mark a name safe, from the list",
        _ORGANISER,
        all_are_asked,
        [stored("SELECT 1 FROM safety_marks")],
        opened=turn_list.to(1, "all", 0).encode(),
    ),
    Act("start a phase", _ORGANISER, groups_published, [stored("SELECT 1 FROM phase_runs")]),
    Act("make the booklet", _ORGANISER, groups_published, [stored("SELECT 1 FROM jobs WHERE kind = 'bilan-pdf'")]),
    Act(
        "make the booklet, with an idea nobody saw",
        _ORGANISER,
        idea_unseen,
        [stored("SELECT 1 FROM jobs WHERE kind = 'bilan-pdf'")],
    ),
)


# --- the shortest way


@dataclass(frozen=True)
class Way:
    """What was done from the first screen on, and what it cost."""

    steps: Sequence[Content] = ()
    labels: Sequence[str] = ()
    """What stood on each, «…» for a line written."""
    words: int = 0
    buttons: Sequence[int] = ()
    """How many were in sight on each screen, as they count (`bot.content.folding.in_sight`)."""

    @property
    def taps(self) -> int:
        """Buttons and options pressed."""
        return sum(not isinstance(step, Typed) for step in self.steps)

    @property
    def lines(self) -> int:
        """Lines written."""
        return len(self.steps) - self.taps

    def seen(self, chat: NeutralChat) -> Way:
        """The same, and what its last step shows."""
        return replace(
            self, words=self.words + words_on(chat), buttons=(*self.buttons, in_sight(chat.view) if chat.view else 0)
        )

    def then(self, step: Content, label: str) -> Way:
        """The same and a step more."""
        return replace(self, steps=(*self.steps, step), labels=(*self.labels, label))


@dataclass(frozen=True)
class Standing:
    """How a gathering and a chat in it stand once a way was gone."""

    chat: NeutralChat | None
    """None before the first screen."""
    pages: Mapping[int, bytes]
    """What differs from the file of the prepared gathering, by place: few pages do, and hundreds of ways are kept."""


class Search:
    """The shortest way of one act, looked for from one standing of a gathering, kept as the content of its file."""

    def __init__(self, act: Act, prepared: bytes, file: Path) -> None:
        self._act = act
        self._prepared = prepared
        self._file = file

    async def find(self) -> Way:
        """The way to the last goal by the others. Raises LookupError where there is none."""
        async with self._gathering(Standing(None, {})) as (_world, chat):
            await (chat.follow(self._act.opened) if self._act.opened else chat.command("start"))
            way = Way().seen(chat)
        standing = self._standing(chat)
        for goal in self._act.goals:
            way, standing = await self._reach(goal, way, standing)
        return way

    async def _reach(self, goal: Goal, begun: Way, standing: Standing) -> tuple[Way, Standing]:
        """The shortest continuation to a goal, every step of it tried once, the nearest first."""
        tried = set()
        ways: list[tuple[Way, Standing, tuple[Content, str] | None]] = [(begun, standing, None)]
        for _tap in range(_MOST_TAPS + 1):
            longer: list[tuple[Way, Standing, tuple[Content, str] | None]] = []
            for before, stood, last in ways:
                way = before
                async with self._gathering(stood) as (world, chat):
                    if last:
                        await chat.act(last[0])
                        way = before.then(*last).seen(chat)
                    reached = await goal(world, chat)
                    offered = [] if reached else self._offered(chat)
                stands = self._standing(chat)
                if reached:
                    return way, stands
                for step, label in offered:
                    mark = (step, way.steps[-1:] if isinstance(step, Typed) else ())  # perhaps the answer to a question
                    if mark not in tried:
                        tried.add(mark)
                        longer.append((way, stands, (step, label)))
            ways = longer
        raise LookupError(f"no way by buttons: {self._act.name}")

    @asynccontextmanager
    async def _gathering(self, standing: Standing) -> AsyncIterator[tuple[World, NeutralChat]]:
        """A gathering of its own that stands so, and the chat."""
        with self._file.open("wb") as file:
            file.write(self._prepared)
            for place, page in standing.pages.items():
                file.seek(place)
                file.write(page)
        async with open_world(f"sqlite:///{self._file}", self._act.settings, seeded=True) as world:
            chat = world.chat(self._act.who, name=PEOPLE[0], locale="fr")
            if standing.chat:
                chat = copy(standing.chat)
                chat.dispatcher, chat.marked = world.dispatcher, [*chat.marked]
            yield world, chat

    def _standing(self, chat: NeutralChat) -> Standing:
        """How the gathering stands that was just closed."""
        content = self._file.read_bytes()
        pages = {
            place: content[place : place + _PAGE]
            for place in range(0, len(content), _PAGE)
            if content[place : place + _PAGE] != self._prepared[place : place + _PAGE]
        }
        return Standing(chat, pages)

    def _offered(self, chat: NeutralChat) -> Sequence[tuple[Content, str]]:
        """What can be done on a screen, with its label: write, choose, press."""
        steps: list[tuple[Content, str]] = []
        if self._act.line:
            steps.append((Typed(self._act.line, message="7001"), "…"))
        if chat.view:
            steps += zip(_choices(chat.view.choice), chat.options, strict=True)
            pressed = zip(chat.view.buttons, chat.buttons, strict=True)
            steps += [(Pressed(button.action.encode()), label) for button, label in pressed if button.action]
        return steps


def _choices(choice: Choice | None) -> Sequence[Content]:
    """Each option of a choice, taken alone, or beside what is chosen where there may be several."""
    if choice is None:
        return ()
    code, chosen = choice.action.encode(), choice.selected
    if choice.at_most == 1:
        return [Picked(code, (option.value,)) for option in choice.options]
    values = [option.value for option in choice.options]
    toggled = [tuple(value for value in values if (value in chosen) != (value == other)) for other in values]
    return [Picked(code, selection) for selection in toggled]


def words_on(chat: NeutralChat) -> int:
    """The words on a screen, labels included, once where a list stands in the text already."""
    return words_of(chat.view, chat.reader) if chat.view else len(chat.text.split())


def words_of(view: View, reader: Reader) -> int:
    """The words of a message, with its buttons and options."""
    options = view.choice.options if view.choice else ()
    parts = [*view.lines, *(button.label for button in view.buttons), *(option.label for option in options)]
    if view.choice and view.choice.listed:
        parts += [option.description for option in options if option.description is not None]
    return sum(len(plain(part, reader).split()) for part in parts)


_prepared: dict[tuple[str, str], bytes] = {}
"""By settings and standing, the content of the database of a gathering that stands so: several acts begin there."""


async def _prepare(act: Act, empty: Path | None) -> bytes:
    """The database of a gathering of 65 people that stands as an act wants it, made in a copy of an empty one."""
    key = act.settings.model_dump_json(), act.standing.__name__
    if key not in _prepared:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "standing.sqlite3"
            if empty:
                shutil.copy(empty, file)
            async with open_world(f"sqlite:///{file}", act.settings, migrate=not empty) as world:
                await come_in(world)
                await act.standing(world)
            _prepared[key] = file.read_bytes()
    return _prepared[key]


async def measured(act: Act, empty: Path | None = None) -> Way:
    """The shortest way of an act in a gathering of 65 people; `empty` is a database with the program's own tables."""
    prepared = await _prepare(act, empty)
    with TemporaryDirectory() as folder:
        return await Search(act, prepared, Path(folder) / "taps.sqlite3").find()
