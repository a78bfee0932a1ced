"""Kills the program (-9) while a group is on stage: clocks must be right, no message doubled, no vote lost.

The program serves Telegram, over the local Bot API server with its strictest limits and 50 ms of round trip. Between
two kills, the conductor looks at the clock, people vote, the conductor makes a step, and the program is killed at a
random moment, or at a failpoint around commit and reply.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.plenary_stage import PreparedPlenary, prepare_plenary
from bot.clock import SystemClock
from bot.database.engine import Transaction
from bot.rehearsal.botapi import BotApi, RateLimits, TelegramUser
from bot.rehearsal.botapi.chats import SeenMessage
from tests.crowds import FIRST, THEMES, add_people, in_store
from tests.killed.lives import PATIENCE, crowd, failpoint, life, until_called
from tests.world import AllSettings

_GROUPS, _SIZE = 17, 4
_VOTERS = 10
"""How many people vote in one life of the program."""
_LEFT = re.compile(r"(?:(?P<left>\d+:\d\d) left|Over time: \+(?P<over>\d+:\d\d)|begins in (?P<begins>\d+:\d\d))")
_TOLD = re.compile(r"You are next|You go on stage in|It is your turn|1 minute|30 seconds|\d+:\d\d$|Time is up")
_STEPS = ("Start the clock", "Next: questions", "Next group")


@dataclass(frozen=True, slots=True)
class Toll:
    """The results of the kills. All but `kills`, `steps`, `clocks`, `worst` and `votes` should be 0.

    `clocks` were looked at after a restart, of which `wrong` were off by more than a second; `worst` is the largest
    error, in seconds from the whole seconds that a clock should show. `moved` are stored times that a restart changed.
    Pushes are messages nobody asked for, with a notification: `twice` counts surplus ones, `untold` presenters who got
    none.
    """

    kills: int
    steps: int
    clocks: int
    worst: float
    wrong: int
    moved: int
    twice: int
    untold: int
    votes: int
    lost: int
    refused: int


async def survive(kills: int, seed: int, url: str) -> Toll:
    """Conduct a plenary while the program is killed `kills` times, and return what went wrong."""
    dice = random.Random(seed)
    people = _GROUPS * _SIZE

    async def prepared(tx: Transaction) -> PreparedPlenary:
        accounts = [("telegram", str(FIRST + number)) for number in range(people + 1)]
        conductor, *added = await add_people(tx, accounts, SystemClock().now(), "en")
        await tx.run("UPDATE participants SET organises = 1, attends = 0 WHERE id = :id", id=conductor.id)
        return await prepare_plenary(tx, added, _GROUPS)

    plenary = await in_store(url, prepared, AllSettings.model_validate({"themes": THEMES}))
    async with BotApi(pace=RateLimits(strict=True), latency=0.05) as api:
        conductor, *users = crowd(api, people + 1, language_code="en")
        voters = itertools.cycle(dice.sample(users, len(users)))
        stage = _Stage(api, conductor, url, plenary)
        for number in range(kills):
            voting = [next(voters) for _voter in range(_VOTERS)]
            # What is handled before the votes: the command, their lists of questions, and «Begin» at first.
            before = 1 + len(voting) + (number == 0)
            point = failpoint(dice, number, before + 1, before + len(voting))
            with life(api.root, url, point) as running:
                await until_called(api, running)
                await (stage.look_at_the_clock() if number else stage.begin(users))
                stage.vote(await stage.open_lists(voting))
                if not point:
                    await asyncio.sleep(dice.uniform(0, 0.3))
                stage.make_step()
                await running.wait_or_sleep(dice, point, 2, 2)
            await stage.remember()
        with life(api.root, url) as running:
            await until_called(api, running)
            await stage.look_at_the_clock()
            await stage.until_told()
        return await stage.toll(kills, users)


class _Stage:
    """The conductor, what was seen of the clock, and what people pressed."""

    def __init__(self, api: BotApi, conductor: TelegramUser, url: str, plenary: PreparedPlenary) -> None:
        self._api = api
        self._conductor = conductor
        self._url = url
        self._plenary = plenary
        self._steps = 0
        self._votes = 0
        self._differences: list[float] = []
        self._moved = 0
        self._remembered: Sequence[Any] = ()
        self._pending = True
        """Whether something that was pressed was not handled yet at the last kill, and may change the instants."""

    async def begin(self, users: Sequence[TelegramUser]) -> None:
        """Begin the plenary, and wait until everybody has the card."""
        await self._say("/pleniere", "Begin")
        self._conductor.press("Begin")
        await self._conductor.sees("begins in", PATIENCE)
        await self._api.until(lambda: all(map(_cards, users)), lambda: "no cards", PATIENCE)

    async def _say(self, command: str, label: str) -> SeenMessage:
        """Write a command, and wait for a new message with a button whose label begins so."""
        known = len(self._conductor.shown)
        self._conductor.send(command)

        def found() -> SeenMessage | None:
            messages = (shown for shown in self._conductor.shown[known:] if not shown.edited)
            return next((shown for shown in messages if any(b.startswith(label) for b in shown.buttons)), None)

        return await self._api.until(found, lambda: f"no «{label}»: {self._conductor.last}", PATIENCE)

    async def look_at_the_clock(self) -> None:
        """Open a new card once all from before is handled, and compare its clock with the instants in the store."""
        updates = self._api.world.updates
        await self._api.until(lambda: updates.confirmed(updates.last_id), timeout=PATIENCE)
        if not self._pending and self._remembered != await self._instants():
            self._moved += 1
        card = await self._say("/pleniere", "Pause")
        shown = _LEFT.search(card.text)
        assert shown, card.text
        [(began, ends)] = await self._instants()
        left = (began if shown["begins"] else ends) / 1e6 - card.at
        told = -_seconds(shown["over"]) if shown["over"] else _seconds(shown["begins"] or shown["left"])
        # Clocks show whole seconds, begun ones too: with 2.3 s left they show 3.
        self._differences.append(max(left - told, told - left - 1, 0.0))

    async def remember(self) -> None:
        """Note the instants in the store right after a kill, and whether what was pressed may still change them."""
        self._pending = bool(self._api.world.updates.pending)
        self._remembered = await self._instants()

    async def _instants(self) -> Sequence[Any]:
        return await self._ask("SELECT began_at, ends_at FROM stage_turns WHERE state IN ('talk', 'questions')")

    async def _ask(self, sql: str) -> Sequence[Any]:
        """Ask the store beside the program."""
        rows: Sequence[Any] = await in_store(self._url, lambda tx: tx.all(sql))
        return [tuple(row) for row in rows]

    async def open_lists(self, voting: Sequence[TelegramUser]) -> list[TelegramUser]:
        """Let people open the list of questions; those who have it."""
        known = {user.id: len(user.shown) for user in voting}
        for user in voting:
            user.press("See the questions")

        def has(user: TelegramUser) -> bool:
            return any(label.startswith("1") for shown in user.shown[known[user.id] :] for label in shown.buttons)

        with contextlib.suppress(AssertionError):
            await self._api.until(lambda: all(map(has, voting)), timeout=5)
        return [user for user in voting if has(user)]

    def vote(self, voting: Sequence[TelegramUser]) -> None:
        """Let people vote for the first question of their list."""
        for user in voting:
            labels = (label for shown in reversed(user.shown) for label in shown.buttons)
            user.press(next(label for label in labels if label.startswith("1")))
            self._votes += 1

    def make_step(self) -> None:
        """Let the conductor press the button for the next step."""
        shown = [button for shown in self._conductor.shown if shown.current for button in shown.buttons]
        label = next((label for label in reversed(shown) if label.startswith(_STEPS)), None)
        if label is not None:
            self._conductor.press(label)
            self._steps += 1

    async def until_told(self) -> None:
        """Wait until nothing waits to be shown."""
        waiting = "SELECT COUNT(*) AS n FROM screens s WHERE s.wanted > s.shown OR (s.shown > 0 AND s.digest = '')"
        deadline = time.monotonic() + PATIENCE
        while (await self._ask(waiting))[0][0]:
            assert time.monotonic() < deadline, "some cards are never shown"
            await asyncio.sleep(0.2)

    async def toll(self, kills: int, users: Sequence[TelegramUser]) -> Toll:
        """Count how it all ended."""
        [[stored]] = await self._ask("SELECT COUNT(*) AS n FROM stage_votes")
        called = await self._ask("SELECT group_id FROM stage_turns WHERE called_at IS NOT NULL")
        by_id = {user.id: user for user in users}
        presenting = [by_id[int(person.native_id)] for [group] in called for person in self._plenary.presenters[group]]
        told = Counter({user.id: sum(bool(_TOLD.match(text)) for text in _new(user)) for user in users})
        reached = {user.id for user in users if any(_TOLD.match(shown.text) for shown in user.shown)}
        cards = Counter({user.id: len(_cards(user)) for user in users})
        return Toll(
            kills,
            self._steps,
            len(self._differences),
            round(max(self._differences), 2),
            sum(difference > 1 for difference in self._differences),
            self._moved,
            sum(max(0, number - 1) for number in (*told.values(), *cards.values())),
            sum(user.id not in reached for user in presenting),
            self._votes,
            self._votes - stored,
            self._api.refusals[429],
        )


def _new(user: TelegramUser) -> list[str]:
    """The texts of messages that came as such, not by editing others, and with a notification."""
    return [shown.text for shown in user.shown if not shown.edited and not shown.silent]


def _cards(user: TelegramUser) -> list[str]:
    return [text for text in _new(user) if text.startswith(("On stage:", "Questions to"))]


def _seconds(clock: str) -> int:
    minutes, seconds = clock.split(":")
    return 60 * int(minutes) + int(seconds)


def measure(kills: int, seed: int, url: str | None) -> int:
    """Print the results of the kills; return 1 if a clock was wrong, a push missing or doubled, or a vote lost."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"kill -9 in mid-turn, {kills} times, on {'PostgreSQL' if url else 'SQLite'};", end=" ")
        print(f"load of the machine {os.getloadavg()[0]:.1f}:", flush=True)
        toll = asyncio.run(survive(kills, seed, url or f"sqlite:///{folder}/plenary.db"))
    print(
        f"  {toll.clocks} clocks after a restart, at most {toll.worst:.2f} s off (wanted at most 1), {toll.moved} moved"
        f" (wanted 0)\n  {toll.steps} steps: {toll.twice} pushes twice (wanted 0), {toll.untold} presenters untold"
        f" (wanted 0)\n  {toll.votes} votes, {toll.lost} lost (wanted 0); {toll.refused} refused with 429 (wanted 0)",
        flush=True,
    )
    return int(bool(toll.wrong or toll.moved or toll.twice or toll.untold or toll.lost or toll.refused))
