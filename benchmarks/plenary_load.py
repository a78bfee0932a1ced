"""A plenary under load: people keep voting, the conductor makes steps, presenters are notified, cards are updated.

One program serves the three platforms and the wall, and may use both cores, as its other process does, which draws
slides. Telegram holds its strictest limits.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from benchmarks.load import PATIENCE, TRIP, Act, Load, load
from benchmarks.plenary_stage import PreparedPlenary, prepare_plenary
from benchmarks.report import percentile
from bot.clock import SystemClock
from bot.conversation import display_store
from bot.conversation.displays import PATH
from bot.database.engine import Transaction
from handlers.plenary.actions import ShowQuestions
from handlers.plenary.service.conducting import SCREEN
from tests.crowds import Person

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
_RUSH, _GENTLY = 400, 40
_TOLD_WITHIN, _SHOWN_WITHIN = 2.0, 1.0
_CALLS = ("sendMessage", "editMessageText", "answerCallbackQuery")
_SHOWN_VOTES = re.compile(r"<li>([\d\s]+)voix</li>")  # the wall speaks the first language of the gathering


@dataclass(frozen=True, slots=True)
class Step:
    """A step that the conductor made: when, and which words each presenter is to read then."""

    at: float
    words: str
    presenters: Sequence[tuple[Person, str]] = ()


async def measure(people: int, groups: int, url: str | None = None) -> None:
    """Print how fast votes and steps are seen in a plenary, and what is lost. `url` None stands for a SQLite file."""
    # With a hundred people each step stands for longer than cards may take: none is overtaken by the next.
    turn, within = (12.0, 5.0) if people <= 100 else (30.0, 40.0)
    async with load(people, url, pace="strict", locale="en") as room:

        async def prepared(tx: Transaction) -> tuple[PreparedPlenary, str]:
            plenary = await prepare_plenary(tx, room.people, groups)
            return plenary, await display_store.issue(tx, SCREEN, str(plenary.id), None, SystemClock().now())

        plenary, secret = await room.store.transact(prepared)
        async with room.running(None):
            print(
                f"{people:,} people, {groups} groups, {_VOTES} votes a second, on"
                f" {'PostgreSQL' if url else 'SQLite'}; load of the machine {os.getloadavg()[0]:.1f}:",
                flush=True,
            )
            audience = _Audience(plenary, room)
            conductor = _Conductor(room, audience)
            began = await conductor.begin()
            await audience.until_all_see(began, f"On stage: {plenary.titles[plenary.groups[0]]}")
            async with _wall(f"{room.program.pages}{PATH}{secret}") as shown:
                await room.program.ask(watch=True)
                clock, spent = time.monotonic(), room.program.spent()
                await _vote_and_conduct(audience, conductor, shown, turn, within)
            late = await room.program.ask(watch=False)
            busy = (room.program.spent() - spent) / (time.monotonic() - clock)
            print(
                f"  the program took {busy:.0%} of a core; its loop was late by {late['worst'] * 1e3:.0f} ms at most,"
                f" {late['own'] * 1e3:.0f} by its own work; load of the machine {os.getloadavg()[0]:.1f}"
            )
            await audience.rush()
            stored = await room.count("SELECT COUNT(*) FROM stage_votes")
            pressed = sum(map(len, audience.voted.values()))
            print(
                f"  votes pressed {pressed:,}, in the store {stored:,}, lost {pressed - stored} (wanted 0);"
                f" not pressed for want of a list {audience.late} (wanted 0)"
            )
            counters = await room.peer.ask("counters")
            calls = ", ".join(f"{counters['calls'].get(name, 0):,} {name}" for name in _CALLS)
            refused = counters["refusals"] or "none"
            print(f"  Telegram was asked for {calls}; refused {refused} (wanted none with 429)", flush=True)


async def _vote_and_conduct(
    audience: _Audience, conductor: _Conductor, shown: Sequence[tuple[float, int]], turn: float, within: float
) -> None:
    """Let the room vote, first while nothing else happens, then while the plenary is conducted, and print both."""
    room = audience.room
    await audience.vote(_CALM)
    print(f"  votes while nothing else happens, for {_CALM:g} s:")
    room.tell(await room.times(), _TRIPS)
    voting = asyncio.create_task(audience.vote(None))
    try:
        steps = await conductor.conduct(turn)
        await asyncio.sleep(within)
    finally:
        audience.over.set()
    await voting
    print(f"  votes while a group is on stage for {turn:g} s:")
    room.tell(await room.times(), _TRIPS)
    waits, unseen = _waits(
        shown,
        [audience.voted.get(group, []) for group in audience.plenary.groups],
        [*conductor.left, time.time()],
    )
    print(
        f"  vote → wall ({len(waits):,}): p50 {percentile(waits, 0.5):.2f} s, p95 {percentile(waits, 0.95):.2f}"
        f" (wanted at most {_SHOWN_WITHIN:g}), at most {waits[-1]:.2f}, never {unseen} (wanted 0)"
    )
    told, late = await room.waited([(step.at, *presenter) for step in steps for presenter in step.presenters])
    print(
        f"  «Next» → presenters told ({len(told)}): p50 {percentile(told, 0.5):.2f} s,"
        f" p95 {percentile(told, 0.95):.2f}, at most {told[-1]:.2f} (wanted at most {_TOLD_WITHIN:g}),"
        f" never {late} (wanted 0)"
    )
    followed = [await room.waited([(step.at, person, step.words) for person in room.people]) for step in steps]
    last, lacking = sorted(seen[-1] for seen, _never in followed), sum(never for _seen, never in followed)
    print(
        f"  everybody's card shows it ({len(last)} changes): after {percentile(last, 0.5):.1f} s at the median,"
        f" {last[-1]:.1f} at most (wanted at most {within:g}), never {lacking} (wanted 0)",
        flush=True,
    )


@asynccontextmanager
async def _wall(address: str) -> AsyncIterator[Sequence[tuple[float, int]]]:
    """A screen on the wall that follows the plenary: the numbers of votes that it showed, each with its time."""
    shown: list[tuple[float, int]] = []

    async def follow() -> None:
        whole = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession() as session, session.get(f"{address}/events", timeout=whole) as stream:
            assert stream.status == 200, stream
            async for line in stream.content:
                if line.startswith(b"data: {"):
                    found = _SHOWN_VOTES.search(json.loads(line.removeprefix(b"data: "))["html"])
                    votes = int(re.sub(r"\D", "", found[1])) if found else 0
                    shown.append((time.time() + TRIP / 2, votes))

    following = asyncio.create_task(follow())
    try:
        yield shown
    finally:
        following.cancel()
        await asyncio.wait((following,))


def _waits(
    shown: Sequence[tuple[float, int]], groups: Sequence[Sequence[float]], until: Sequence[float]
) -> tuple[list[float], int]:
    """Return how long votes took to be shown, sorted, and how many were not.

    `groups` has the times of the votes for each group in the order of the groups, `until` when each group left the
    stage; votes in the last second before that are left out. The count on the wall begins anew with each group.
    """
    segments: list[list[tuple[float, int]]] = [[]]
    for at, votes in shown:
        if segments[-1] and votes < segments[-1][-1][1]:
            segments.append([])
        segments[-1].append((at, votes))
    waited, never = [], 0
    for times, left, segment in zip(groups, until, segments, strict=False):
        for number, pressed in enumerate(sorted(times), start=1):
            if pressed < left - 1:
                seen = [at for at, votes in segment if votes >= number][:1]
                waited += [max(0.0, at - pressed) for at in seen]
                never += not seen
    return sorted(waited), never


class _Audience:
    """Everyone in the room, who open lists of questions and vote, and look at their cards."""

    def __init__(self, plenary: PreparedPlenary, room: Load) -> None:
        self.plenary = plenary
        self.room = room
        self.on_stage = plenary.groups[0]
        self.voted: dict[int, list[float]] = {}
        """When votes were pressed, by group."""
        self.late = 0
        """Votes that were not pressed, as no list had come yet."""
        self.over = asyncio.Event()
        self._turns: Iterator[Person] = itertools.cycle(random.Random(1).sample(room.people, len(room.people)))

    async def vote(self, seconds: float | None) -> None:
        """Let people open lists and vote, so many votes a second, for so many seconds, or (None) until it is over."""
        due: dict[int, list[tuple[int, Act]]] = {}
        acting: set[asyncio.Task[None]] = set()
        began, openers = asyncio.get_running_loop().time(), 0.0
        for number in itertools.count() if seconds is None else range(round(seconds / _SLICE)):
            if seconds is None and self.over.is_set():
                break
            openers += _VOTES / _VOTES_OF_ONE * _SLICE
            opening = [next(self._turns) for _opener in range(int(openers))]
            openers -= int(openers)
            for person in opening:
                for vote in range(_VOTES_OF_ONE):
                    later = number + round(_READING / _SLICE) + vote
                    due.setdefault(later, []).append((self.on_stage, Act(person, "vote", f"{vote}")))
            acts = [*(self._opens(person) for person in opening), *due.pop(number, ())]
            acting.add(asyncio.create_task(self._act(acts, _SLICE)))
            await asyncio.sleep(max(0.0, began + _SLICE * (number + 1) - asyncio.get_running_loop().time()))
        for later in sorted(due):
            await self._act(due[later], _SLICE)
        await asyncio.gather(*acting)

    def _opens(self, person: Person) -> tuple[int, Act]:
        # Not by its label: the person's card may be a moment behind.
        return self.on_stage, Act(person, "forge", ShowQuestions(self.on_stage).encode())

    async def _act(self, acts: Sequence[tuple[int, Act]], within: float) -> None:
        """Let people act, each towards a group."""
        times = await self.room.act([act for _group, act in acts], within)
        for (group, act), at in zip(acts, times, strict=True):
            if act.kind == "vote" and at is not None:
                self.voted.setdefault(group, []).append(at)
            self.late += at is None

    async def rush(self) -> None:
        """Let 400 votes come within a second, and print how soon they are answered."""
        people = self.room.people[:_RUSH]
        await self._act([self._opens(person) for person in people], len(people) / _GENTLY)
        await asyncio.sleep(_READING)
        await self.room.times()
        each = range(-(-_RUSH // len(people)))
        votes = [(self.on_stage, Act(person, "vote", f"{vote}")) for vote in each for person in people]
        await self._act(votes[:_RUSH], 1.0)
        print(f"  {_RUSH} vote within a second:")
        self.room.tell(await self.room.times())

    async def until_all_see(self, since: float, words: str) -> None:
        """Wait until everybody's card shows these words, and print how long that took."""
        expected = [(since, person, words) for person in self.room.people]
        deadline = time.time() + PATIENCE
        waited, never = await self.room.waited(expected)
        while never and time.time() < deadline:
            await asyncio.sleep(1)
            waited, never = await self.room.waited(expected)
        print(f"  everybody's card came after {waited[-1]:.1f} s, to {len(waited):,} people", flush=True)
        assert not never, f"{never} people got no card"


class _Conductor:
    """The organiser, on Telegram, whose card leads from step to step."""

    def __init__(self, room: Load, audience: _Audience) -> None:
        self._room = room
        self._audience = audience
        self.left: list[float] = []
        """When each group left the stage but the last one."""

    async def begin(self) -> float:
        """Begin the plenary, and return when that was pressed."""
        await self._room.act([Act(self._room.organiser, "send", "/pleniere")], 0)
        await self._room.times()
        return await self._press("Begin")

    async def _press(self, label: str) -> float:
        return await self._room.telegram.press_first(self._room.organiser, label)

    async def conduct(self, turn: float) -> list[Step]:
        """Go through all turns, each so many seconds long. Returns the steps that change everybody's card."""
        plenary, steps = self._audience.plenary, []
        soon = ("It is your turn: come on stage", "You are next", "You go on stage in 2 groups")
        for place, group in enumerate(plenary.groups):
            if place:
                at = await self._press("Next group")
                self._audience.on_stage = group
                self.left.append(at)
                coming = zip(plenary.groups[place : place + 3], soon, strict=False)
                presenters = [(person, words) for each, words in coming for person in plenary.presenters[each]]
                steps.append(Step(at, f"On stage: {plenary.titles[group]}", presenters))
            await asyncio.sleep(turn * 0.2)
            await self._press("Start the clock")
            await asyncio.sleep(turn * 0.3)
            at = await self._press("Next: questions")
            steps.append(Step(at, f"Questions to {plenary.titles[group]}"))
            await asyncio.sleep(turn * 0.5)
        return steps
