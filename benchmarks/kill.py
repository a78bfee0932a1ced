"""kill -9 while updates arrive: none lost, none applied twice, nobody left without an answer.

    python -m benchmarks.kill updates [--kills 50] [--updates 1000] [--seed 1]
    python -m benchmarks.kill publishing [--kills 50] [--people 60] [--seed 1]
    python -m benchmarks.kill broadcast [--kills 50] [--people 1000] [--seed 1]

Each person asks the team one question: a command, then its text, two updates with one row to show for them. The program
dies at random moments and at failpoints around commit and reply, and is started again each time. How groups are
published under kills is told in benchmarks/kill_publishing.py, how an announcement goes out in
benchmarks/kill_broadcast.py.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crowd import fill
from benchmarks.killed import FIRST, PATIENCE, POINTS, program, until_polling
from bot.rehearsal.botapi import BotApi, StoredMessage, TelegramUser


@dataclass(frozen=True, slots=True)
class Toll:
    """What the kills cost, in updates and people. All but `kills` and `updates` should be nothing."""

    kills: int
    updates: int
    lost: int
    twice: int
    unanswered: int


async def survive(kills: int, updates: int, seed: int, folder: Path) -> Toll:
    """Kill the program that often while so many updates arrive, then look what became of them."""
    dice = random.Random(seed)
    people = updates // 2
    store = folder / "killed.db"
    await asyncio.to_thread(fill, store, people, FIRST, people)
    async with BotApi() as api:
        crowd = [TelegramUser(api, f"Personne {n}", started=True, user_id=FIRST + n) for n in range(people)]
        last_words: dict[int, StoredMessage] = {}
        share = -(-people // kills)
        for life in range(kills):
            asking = crowd[life * share : (life + 1) * share]
            failpoint = (dice.choice(POINTS), dice.randint(1, 2 * max(1, len(asking)))) if life % 2 else None
            with program(api.root, store, failpoint) as running:
                await until_polling(api, running)
                for user in asking:
                    user.send("/equipe")
                    last_words[user.id] = user.send(_question(user))
                if failpoint:
                    with contextlib.suppress(TimeoutError):  # the point may not be passed that often
                        await asyncio.wait_for(running.wait(), 5)
                else:
                    await asyncio.sleep(dice.uniform(0, 0.05))
        with program(api.root, store) as running:
            await until_polling(api, running)
            patience = PATIENCE + updates / 10
            await api.settled(patience)
            with contextlib.suppress(AssertionError):
                # What the lives before left unanswered leaves at the pace Telegram takes: hundreds take half a minute
                await api.until(lambda: not _unanswered(crowd, last_words), lambda: "", patience)
        asked = [row[0] for row in sqlite3.connect(store).execute("SELECT question FROM questions")]
        return Toll(
            kills=kills,
            updates=2 * people,
            lost=len({_question(user) for user in crowd} - set(asked)),
            twice=len(asked) - len(set(asked)),
            unanswered=len(_unanswered(crowd, last_words)),
        )


def _question(user: TelegramUser) -> str:
    return f"Question de {user.id} ?"


def _unanswered(crowd: list[TelegramUser], last_words: Mapping[int, StoredMessage]) -> list[TelegramUser]:
    """Who was shown nothing after their last words."""
    return [user for user in crowd if not any(shown.message.id > last_words[user.id].id for shown in user.shown)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["updates", "publishing", "broadcast"])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--updates", type=int, default=1000)
    parser.add_argument("--people", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.what == "publishing":
        from benchmarks.kill_publishing import measure

        sys.exit(measure(options.kills, options.people or 60, options.seed))
    if options.what == "broadcast":
        from benchmarks import kill_broadcast

        sys.exit(kill_broadcast.measure(options.kills, options.people or 1000, options.seed))
    with tempfile.TemporaryDirectory() as folder:
        toll = asyncio.run(survive(options.kills, options.updates, options.seed, Path(folder)))
    print(toll)
    sys.exit(bool(toll.lost or toll.twice or toll.unanswered))


if __name__ == "__main__":
    main()
