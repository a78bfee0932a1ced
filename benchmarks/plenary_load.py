"""A room in a plenary: people vote all the time, the conductor goes on, presenters are told, everybody's card follows.

One program serves the three platforms and the wall, and may use both cores, as its other process does, which draws
slides. Telegram is the local Bot API server, with its strictest limits, Discord the local one of the tests, and pages
are posted to by browsers of aiohttp; all of them are 50 ms away there and back.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import chain
from typing import Any

import discord
import pytest

from benchmarks.crowd import THEMES
from benchmarks.peer import bot_api
from benchmarks.plenary_people import DiscordRoom, Press, Room, TelegramRoom, Wall, WebRoom
from benchmarks.plenary_stage import Listener, PreparedPlenary, prepare_plenary
from benchmarks.updates import percentile
from benchmarks.workshop_driven import program
from bot.clock import SystemClock
from bot.conversation import display_store
from bot.conversation.displays import PATH
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.people import secret_store
from bot.rehearsal.botapi import TOKEN
from handlers.plenary.model.turns import Lengths
from handlers.plenary.service.conducting import SCREEN
from tests.platforms.discord.local import local_discord
from tests.world import AllSettings, seed

PLATFORMS = ("telegram", "discord", "web")
TRIP = 0.05
_TRIPS = 5.0
_VOTES = 30
"""Votes a second."""
_VOTES_OF_ONE = 3
"""How many votes someone gives among the six questions that they were shown."""
_READING = 2.0
"""Seconds until the first of these."""
_SLICE = 0.5
_CALM = 15.0
"""Seconds of votes before the conductor makes a step, for comparison."""
_QUESTIONS = 40
_RUSH = 400
_TOLD_WITHIN = 2.0
_SHOWN_WITHIN = 1.0
_GENTLY = 40
"""People a second who come in."""
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the conductor pressed at an instant (seconds since 1970), and who is to read what then."""

    at: float
    words: str
    presenters: Sequence[tuple[Listener, str]] = ()


async def measure(people: int, groups: int, url: str | None = None) -> None:
    """Print how a plenary of that many groups goes for a room of that many people; `url` is that of another store."""
    # With a hundred people each step stands for longer than cards may take: none is overtaken by the next.
    turn, within = (12.0, 5.0) if people <= 100 else (30.0, 40.0)
    options = ("--latency", str(TRIP), "--pace", "strict")
    with tempfile.TemporaryDirectory() as folder, bot_api(*options) as peer:
        async with AsyncExitStack() as stack:
            patch = pytest.MonkeyPatch()
            stack.callback(patch.undo)
            local = await stack.enter_async_context(local_discord(patch, latency=TRIP))
            settings = _settings(folder, peer.root, url or f"sqlite:///{folder}/r.db")
            first = int(peer("people", count=people + 1)["first"])
            plenary, links, secret = await _prepare(settings, people, groups, first)
            serving = await stack.enter_async_context(program(settings, None, discord.http.Route.BASE))
            print(
                f"{people:,} people, {groups} groups, {_VOTES} votes a second, on"
                f" {'PostgreSQL' if url else 'SQLite'}; load of the machine {os.getloadavg()[0]:.1f}:",
                flush=True,
            )
            on = {
                platform: [person for person in plenary.listeners if person.platform == platform]
                for platform in PLATFORMS
            }
            local.histories |= {person.native_id: [] for person in on["discord"]}
            telegram = TelegramRoom(peer)
            web = await stack.enter_async_context(WebRoom(serving.pages, links, on["web"], TRIP / 2))
            guild = DiscordRoom(serving, local, TRIP / 2)
            rooms: dict[str, Room] = {"telegram": telegram, "discord": guild, "web": web}
            await telegram.come([first, *(int(person.native_id) for person in on["telegram"])], _GENTLY)
            audience = _Audience(plenary, rooms)
            conductor = _Conductor(telegram, first, audience)
            began = await conductor.begin()
            await audience.until_all_see(Step(began, f"On stage: {plenary.titles[plenary.groups[0]]}"))
            wall = await stack.enter_async_context(Wall(f"{serving.pages}{PATH}{secret}", TRIP / 2))
            await guild.watch(True)
            began, spent = time.monotonic(), serving.spent()
            await _vote_and_conduct(audience, conductor, wall, turn, within)
            late = await guild.watch(False)
            busy = (serving.spent() - spent) / (time.monotonic() - began)
            print(
                f"  the program took {busy:.0%} of a core; its loop was late by {late['worst'] * 1e3:.0f} ms at most,"
                f" {late['own'] * 1e3:.0f} by its own work; load of the machine {os.getloadavg()[0]:.1f}"
            )
            await audience.rush()
            await _tell_votes(settings, audience)
            counters = peer("counters")
            calls = ", ".join(f"{counters['calls'].get(name, 0):,} {name}" for name in _CALLS)
            refused = counters["refusals"]
            print(f"  Telegram was asked for {calls}; refused {refused or 'none'} (wanted none with 429)", flush=True)


_CALLS = ("sendMessage", "editMessageText", "answerCallbackQuery")


async def _vote_and_conduct(audience: _Audience, conductor: _Conductor, wall: Wall, turn: float, within: float) -> None:
    """Let the room vote, first while nothing else happens, then while the plenary is conducted, and print both."""
    await audience.vote(_CALM)
    print(f"  votes while nothing else happens, for {_CALM:g} s:")
    _tell(await audience.times())
    voting = asyncio.create_task(audience.vote(None))
    try:
        steps = await conductor.conduct(turn)
        await asyncio.sleep(within)
    finally:
        audience.over.set()
    await voting
    print(f"  votes while a group is on stage for {turn:g} s:")
    _tell(await audience.times())
    shown, unseen = wall.waits(
        [audience.voted.get(group, []) for group in audience.plenary.groups], [*conductor.left, time.time()]
    )
    print(
        f"  vote → wall ({len(shown):,}): p50 {percentile(shown, 0.5):.2f} s, p95 {percentile(shown, 0.95):.2f}"
        f" (wanted at most {_SHOWN_WITHIN:g}), at most {shown[-1]:.2f}, never {unseen} (wanted 0)"
    )
    told, late = await audience.told([(step.at, *presenter) for step in steps for presenter in step.presenters])
    print(
        f"  «Next» → presenters told ({len(told)}): p50 {percentile(told, 0.5):.2f} s,"
        f" p95 {percentile(told, 0.95):.2f}, at most {told[-1]:.2f} (wanted at most {_TOLD_WITHIN:g}),"
        f" never {late} (wanted 0)"
    )
    last, lacking = [], 0
    for step in steps:
        seen, never = await audience.told([(step.at, person, step.words) for person in audience.plenary.listeners])
        last.append(seen[-1])
        lacking += never
    last.sort()
    print(
        f"  everybody's card shows it ({len(last)} changes): after {percentile(last, 0.5):.1f} s at the median,"
        f" {last[-1]:.1f} at most (wanted at most {within:g}), never {lacking} (wanted 0)",
        flush=True,
    )


def _settings(folder: str, api: str, url: str) -> dict[str, Any]:
    return {
        "gathering": {"name": "Rencontres", "theme_deadline": "2027-05-01T12:00:00"},
        "themes": THEMES,
        "telegram": {"token": TOKEN, "api_base": api},
        "discord": {"token": "token"},
        "web": {"port": 0, "public_url": "http://127.0.0.1"},
        "storage": {"url": url, "files": f"{folder}/files"},
    }


async def _prepare(
    settings: Mapping[str, Any], people: int, groups: int, first: int
) -> tuple[PreparedPlenary, dict[int, str], str]:
    """Prepare a plenary for that many people, a third on each platform.

    Returns it with the personal links of who reads pages, and the secret of the screen for the wall.
    """
    native_ids = {"telegram": itertools.count(first + 1), "discord": itertools.count(1_000)}
    accounts = [
        (platform, str(next(native_ids[platform])) if platform in native_ids else "")
        for platform in itertools.islice(itertools.cycle(PLATFORMS), people)
    ]
    store = await open_store(settings["storage"]["url"])
    now = SystemClock().now()
    themes = [theme["key"] for theme in settings["themes"]]

    whole = AllSettings.model_validate(settings)

    async def unit(tx: Transaction) -> tuple[PreparedPlenary, dict[int, str], str]:
        plenary = await prepare_plenary(
            tx,
            accounts,
            str(first),
            themes,
            now,
            groups=groups,
            questions=_QUESTIONS,
            lengths=Lengths(180, 60, 60),
        )
        readers = [person for person in plenary.listeners if person.platform == "web"]
        links = {person.id: await secret_store.issue(tx, "page", person.id, now) for person in readers}
        secret = await display_store.issue(tx, SCREEN, str(plenary.id), None, now)
        return plenary, links, secret

    try:
        await seed(store, whole)
        return await store.transact(unit)
    finally:
        await store.close()


class _Audience:
    """Everyone in the room, who open lists of questions and vote, and look at their cards."""

    def __init__(self, plenary: PreparedPlenary, rooms: Mapping[str, Room]) -> None:
        self.plenary = plenary
        self.on_stage = plenary.groups[0]
        self.voted: dict[int, list[float]] = {}
        """When votes were pressed, by group, in seconds since 1970."""
        self.late = 0
        """Votes that were not pressed, as no list had come yet."""
        self.over = asyncio.Event()
        self._rooms = rooms
        shuffled = random.Random(1).sample(list(plenary.listeners), len(plenary.listeners))
        self._turns: Iterator[Listener] = itertools.cycle(shuffled)

    async def vote(self, seconds: float | None) -> None:
        """Let people open lists and vote, so many votes a second, for so many seconds, or (None) until it is over."""
        due: dict[int, list[Press]] = {}
        acting: set[asyncio.Task[None]] = set()
        began, openers = asyncio.get_running_loop().time(), 0.0
        slices = itertools.count() if seconds is None else range(round(seconds / _SLICE))
        for number in slices:
            if seconds is None and self.over.is_set():
                break
            openers += _VOTES / _VOTES_OF_ONE * _SLICE
            group = self.on_stage
            opening = [next(self._turns) for _opener in range(int(openers))]
            openers -= int(openers)
            for person in opening:
                for vote in range(_VOTES_OF_ONE):
                    later = number + round(_READING / _SLICE) + vote
                    due.setdefault(later, []).append(Press(person, group, vote + 1))
            presses = [*(Press(person, group) for person in opening), *due.pop(number, ())]
            acting.add(asyncio.create_task(self._act(presses, _SLICE)))
            await asyncio.sleep(max(0.0, began + _SLICE * (number + 1) - asyncio.get_running_loop().time()))
        for later in sorted(due):
            await self._act(due[later], _SLICE)
        await asyncio.gather(*acting)

    async def _act(self, presses: Sequence[Press], within: float) -> None:
        on = {name: [pressed for pressed in presses if pressed.person.platform == name] for name in self._rooms}
        acting = (room.act(on[name], within) for name, room in self._rooms.items())
        for pressed, times in zip(on.values(), await asyncio.gather(*acting), strict=True):
            for press, at in zip(pressed, times, strict=True):
                if press.vote and at is not None:
                    self.voted.setdefault(press.group, []).append(at)
                self.late += at is None

    async def rush(self) -> None:
        """Let 400 votes come within a second, and print how soon they are answered."""
        people = self.plenary.listeners[:_RUSH]
        each = -(-_RUSH // len(people))
        await self._act([Press(person, self.on_stage) for person in people], len(people) / _GENTLY)
        await asyncio.sleep(_READING)
        await self.times()
        votes = [Press(person, self.on_stage, vote) for vote in range(1, each + 1) for person in people][:_RUSH]
        await self._act(votes, 1.0)
        print(f"  {_RUSH} press ▲ within a second:")
        _tell(await self.times(), wanted="")

    async def times(self) -> dict[str, list[float]]:
        """Return the seconds until each press was answered since this was asked last, by platform, sorted."""
        return {name: sorted(await room.times()) for name, room in self._rooms.items()}

    async def told(self, expected: Sequence[tuple[float, Listener, str]]) -> tuple[list[float], int]:
        """Return how long people waited for words, sorted, and how many never saw them.

        `expected` are triples of an instant from which they waited, the person, and the words.
        """
        waited: list[float] = []
        for at, words in dict.fromkeys((at, words) for at, _person, words in expected):
            seen: dict[str, Mapping[str, float]] = {
                name: await room.seen(words, at) for name, room in self._rooms.items()
            }
            for since, person, wanted in expected:
                if (since, wanted) == (at, words):
                    found = seen[person.platform].get(person.native_id or str(person.id))
                    waited += [found - at] if found is not None else []
        return sorted(waited), len(expected) - len(waited)

    async def until_all_see(self, step: Step) -> None:
        """Wait until everybody's card shows a step, and print how long that took."""
        expected = [(step.at, person, step.words) for person in self.plenary.listeners]
        deadline = time.time() + _PATIENCE
        told = await self.told(expected)
        while told[1] and time.time() < deadline:
            await asyncio.sleep(1)
            told = await self.told(expected)
        print(f"  everybody's card came after {told[0][-1]:.1f} s, to {len(told[0]):,} people", flush=True)
        assert not told[1], f"{told[1]} people got no card"


class _Conductor:
    """The organiser, on Telegram, whose card leads from step to step."""

    def __init__(self, telegram: TelegramRoom, person: int, audience: _Audience) -> None:
        self._telegram = telegram
        self._person = person
        self._audience = audience
        self.left: list[float] = []
        """When each group left the stage but the last one, in seconds since 1970."""

    async def begin(self) -> float:
        """Begin the plenary, and return when that was pressed."""
        await self._telegram.say(self._person, "/pleniere")
        return await self._telegram.press_first(self._person, "Begin")

    async def conduct(self, turn: float) -> list[Step]:
        """Go through all turns, each so many seconds long. Returns the steps that change everybody's card."""
        plenary, steps = self._audience.plenary, []
        groups = plenary.groups
        for place, group in enumerate(groups):
            if place:
                at = await self._telegram.press_first(self._person, "Next: the next group")
                self._audience.on_stage = group
                self.left.append(at)
                soon = zip(
                    groups[place : place + 3],
                    ("It is your turn: come on stage", "You are next", "You go on stage in 2 groups"),
                    strict=False,
                )
                presenters = [(person, words) for coming, words in soon for person in plenary.presenters[coming]]
                steps.append(Step(at, f"On stage: {plenary.titles[group]}", presenters))
            await asyncio.sleep(turn * 0.2)
            await self._telegram.press_first(self._person, "Start the clock")
            await asyncio.sleep(turn * 0.3)
            at = await self._telegram.press_first(self._person, "Next: questions")
            steps.append(Step(at, f"Questions to {plenary.titles[group]}"))
            await asyncio.sleep(turn * 0.5)
        return steps


async def _tell_votes(settings: Mapping[str, Any], audience: _Audience) -> None:
    store = await open_store(settings["storage"]["url"])
    try:
        row = await store.read(lambda tx: tx.one("SELECT COUNT(*) AS n FROM stage_votes"))
    finally:
        await store.close()
    assert row is not None
    pressed = sum(map(len, audience.voted.values()))
    print(
        f"  votes pressed {pressed:,}, in the store {row['n']:,}, lost {pressed - row['n']} (wanted 0);"
        f" not pressed for want of a list {audience.late} (wanted 0)"
    )


def _tell(times: Mapping[str, Sequence[float]], wanted: str = f" (wanted at most {_TRIPS:g})") -> None:
    for name, waited in {**times, "all three": sorted(chain.from_iterable(times.values()))}.items():
        p50, p99 = percentile(list(waited), 0.5), percentile(list(waited), 0.99)
        print(
            f"    {name}: {len(waited):,} answered, p50 {p50 * 1e3:.0f} ms = {p50 / TRIP:.1f} round trips,"
            f" p99 {p99 * 1e3:.0f} ms = {p99 / TRIP:.1f}{wanted}",
            flush=True,
        )
