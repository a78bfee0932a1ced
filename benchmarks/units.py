"""Presses answered without a chat platform: `python -m benchmarks.units URL KIND SECONDS FIRST LAST`.

own     each person looks at a screen of theirs: no two write the same row
one     everybody changes between the same two themes
spread  each changes between two of a hundred themes: those who press at the same time share none

Prints how many presses a second of the people FIRST to LAST (Telegram ids) were answered, 32 of them at a time.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import time

from benchmarks.crowd import MANY_THEMES, THEMES
from bot.clock import SystemClock
from bot.conversation.dispatch import Dispatcher
from bot.conversation.incoming import Actor, Incoming, Pressed
from bot.database.opening import open_store
from tests.world import DECLARED, ROUTER, AllSettings

KINDS = ("own", "one", "spread")
_AT_A_TIME = 32


def _payload(kind: str, place: int, again: int) -> str:
    """What a person presses, each time something else; `place` says who that is in the order in which they press."""
    if kind == "own":
        return ("go-moi", "go-programme")[again % 2]
    if kind == "spread":  # neighbours, who press at the same time, share no theme
        pair = place % (len(MANY_THEMES) // 2)
        return f"tt-{MANY_THEMES[2 * pair + again % 2]['key']}"
    return f"tt-{THEMES[1:][again % 2]['key']}"


async def answered(url: str, kind: str, seconds: float, first: int, last: int) -> float:
    """Presses answered a second."""
    store = await open_store(url)
    dispatcher = Dispatcher(store, ROUTER, DECLARED, AllSettings.model_validate({"themes": THEMES}), SystemClock())
    until = time.monotonic() + seconds
    order = [*range(first, last + 1)]
    random.Random(1).shuffle(order)  # people do not press in the order in which they joined
    people, presses = itertools.cycle(enumerate(order)), itertools.count()
    run, done = os.getpid(), 0

    async def press() -> None:
        nonlocal done
        while time.monotonic() < until:
            (place, person), number = next(people), next(presses)
            payload = _payload(kind, place, number // len(order))
            sender = Actor(str(person), "Personne", "fr", str(person))
            reply = await dispatcher.handle(Incoming("telegram", f"{run}-{number}", sender, Pressed(payload)))
            assert reply.account_id is not None, reply
            dispatcher.sent(reply, "1")
            done += 1

    started = time.monotonic()
    await asyncio.gather(*(press() for _chat in range(_AT_A_TIME)))
    rate = done / (time.monotonic() - started)
    await dispatcher.close()
    await store.close()
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("seconds", type=float)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    options = parser.parse_args()
    print(asyncio.run(answered(options.url, options.kind, options.seconds, options.first, options.last)), flush=True)


if __name__ == "__main__":
    main()
