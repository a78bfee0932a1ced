"""kill -9 while updates arrive: none lost, none applied twice, nobody left without an answer.

Each person asks the team one question: a command, then its text, two updates with one row to show for them. The program
dies at random moments and at failpoints around commit and reply, and is started again each time.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.rehearsal.botapi import BotApi, StoredMessage, TelegramUser
from tests.crowds import fill_store
from tests.killed.lives import PATIENCE, crowd, failpoint, life, until_called


@dataclass(frozen=True, slots=True)
class Toll:
    """What the kills cost, in updates and people. All but `kills` and `updates` should be nothing."""

    kills: int
    updates: int
    lost: int
    twice: int
    unanswered: int

    @property
    def well(self) -> bool:
        """Whether nothing was lost or done twice, and everybody was answered."""
        return not (self.lost or self.twice or self.unanswered)


async def survive(kills: int, updates: int, seed: int, folder: Path) -> Toll:
    """Kill the program that often while so many updates arrive, then look how they ended."""
    dice = random.Random(seed)
    people = updates // 2
    store = folder / "killed.db"
    url = f"sqlite:///{store}"
    await fill_store(url, people, people)
    async with BotApi() as api:
        users = crowd(api, people)
        last_words: dict[int, StoredMessage] = {}
        share = -(-people // kills)
        for number in range(kills):
            asking = users[number * share : (number + 1) * share]
            point = failpoint(dice, number, 1, 2 * max(1, len(asking)))
            with life(api.root, url, point) as running:
                await until_called(api, running)
                for user in asking:
                    user.send("/equipe")
                    last_words[user.id] = user.send(_question(user))
                await running.wait_or_sleep(dice, point, 0.05, 5)
        with life(api.root, url) as running:
            await until_called(api, running)
            patience = PATIENCE + updates / 10
            await api.settled(patience)
            with contextlib.suppress(AssertionError):
                # What the lives before left unanswered leaves at the pace Telegram takes: hundreds take half a minute
                await api.until(lambda: not _unanswered(users, last_words), lambda: "", patience)
        asked = [row[0] for row in sqlite3.connect(store).execute("SELECT question FROM questions")]
        return Toll(
            kills=kills,
            updates=2 * people,
            lost=len({_question(user) for user in users} - set(asked)),
            twice=len(asked) - len(set(asked)),
            unanswered=len(_unanswered(users, last_words)),
        )


def _question(user: TelegramUser) -> str:
    return f"Question de {user.id} ?"


def _unanswered(users: list[TelegramUser], last_words: Mapping[int, StoredMessage]) -> list[TelegramUser]:
    """Who was shown nothing after their last words."""
    return [user for user in users if not any(shown.message.id > last_words[user.id].id for shown in user.shown)]
