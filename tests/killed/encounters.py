"""kill -9 during encounters: around an answer in the middle of a seating, and between two seatings.

Nobody loses their table, a restart moves no clock, and each «yes» is kept, also one pressed as the program died.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.clock import SystemClock, to_micros
from bot.database.engine import Transaction
from bot.rehearsal.botapi import BotApi, TelegramUser
from handlers.encounters import service, store
from handlers.encounters.jobs import plan
from handlers.encounters.model import Encounter, Seats
from handlers.initiatives.store import contacts
from handlers.programme.model import Plan
from handlers.programme.store import add_session
from tests.crowds import FIRST, THEMES, add_people, in_store
from tests.killed.lives import PATIENCE, crowd, failpoint, life, until_called
from tests.world import AllSettings

_SEATINGS, _MINUTES = 2, 10
_YES = 0.9


@dataclass(frozen=True, slots=True)
class Held:
    """How encounters ended under kills. All but `kills` and `yeses` should be 0.

    `yeses` are the presses of «Keep in touch», of which `lost` are not stored. `moved` counts restarts after which
    somebody sat elsewhere, `clocks` restarts after which another seating went on, or it ended at another time.
    `contacts` are those that are not due, or missing; `untold` are people who were told of theirs not at all, or twice.
    """

    kills: int
    yeses: int
    lost: int
    moved: int
    clocks: int
    contacts: int
    untold: int


async def survive_encounters(people: int, seed: int, url: str, folder: Path) -> Held:
    """Hold encounters, and kill the program twice in each seating: as people answer, and before its end."""
    dice, config = random.Random(seed), folder / "config.toml"
    config.write_text("[initiatives]\n[encounters]\n")
    ids = await in_store(url, lambda tx: _begin(tx, people), AllSettings.model_validate({"themes": THEMES}))
    _begun, planned = await in_store(url, _state)
    yes: set[tuple[int, int]] = set()
    moved = clocks = 0
    async with BotApi() as api:
        users = dict(zip(ids, crowd(api, people, language_code="en"), strict=True))
        for seating in range(1, _SEATINGS + 1):
            point = failpoint(dice, seating, 1, people // 2)
            with life(api.root, url, point, config=config) as running:  # from the second on, what was due begins now
                await until_called(api, running)
                await _until_shown(api, users, planned, seating)
                before, _seats = await in_store(url, _state)
                yes |= _answer(users, planned, seating, dice)
                await running.wait_or_sleep(dice, point, 0.2, 5)
            with life(api.root, url, config=config) as running:  # presses that were not confirmed come again
                await until_called(api, running)
                await api.until(lambda: api.world.updates.confirmed(api.world.updates.last_id), timeout=PATIENCE)
            after, seats = await in_store(url, _state)
            clocks += (after.seating, after.ends_at) != (seating, before.ends_at)
            moved += seats.seatings != planned.seatings
            await in_store(url, _end_now)
        both = {(one, other) for one, other in yes if (other, one) in yes}
        due = [users[one] for one, _other in both]
        with life(api.root, url, config=config) as running:
            await until_called(api, running)
            await api.until(lambda: all(map(_told, due)), lambda: "somebody is not told", PATIENCE)
    stored, handed = await in_store(url, lambda tx: _answers(tx, ids))
    untold = sum(len(_told(user)) != (user in due) for user in users.values())
    return Held(2 * _SEATINGS, len(yes), len(yes - stored), moved, clocks, len(handed ^ both), untold)


async def _begin(tx: Transaction, people: int) -> Sequence[int]:
    """Add people and a session of encounters that has just begun for all of them; return their ids."""
    now = SystemClock().now()
    added = await add_people(tx, [("telegram", str(FIRST + number)) for number in range(people)], now, "en")
    title = dict.fromkeys(("fr", "en", "de"), "Coffee")
    session = await add_session(tx, Plan("coffee", title, now, now + timedelta(hours=1), "Europe/Paris"))
    await store.add(tx, session_id=session.id, seatings=_SEATINGS, minutes=_MINUTES, language="en")
    encounter, _seats = await _state(tx)
    job = await service.request_plan(tx, encounter, 0, now.date())
    assert await service.keep_plan(tx, encounter, plan(job.payload))
    assert await service.begin(tx, encounter, now.date(), now)
    return [person.id for person in added]


async def _state(tx: Transaction) -> tuple[Encounter, Seats]:
    """Return the only session of encounters, and who sits where."""
    [encounter] = await store.everything(tx)
    return encounter, await store.seats_of(tx, encounter)


async def _until_shown(api: BotApi, users: Mapping[int, TelegramUser], seats: Seats, seating: int) -> None:
    """Wait until everybody's card shows their table in a seating, and asks about whom they sit with."""

    def shown(person: int) -> bool:
        heading = f"Encounter {seating} of {_SEATINGS} · table {seats.table_of(person, seating)[0]}"
        return any(each.current and each.text.startswith(heading) and each.buttons for each in users[person].shown)

    await api.until(lambda: all(map(shown, users)), lambda: "somebody has no card", PATIENCE)


def _answer(users: Mapping[int, TelegramUser], seats: Seats, seating: int, dice: random.Random) -> set[tuple[int, int]]:
    """Let everybody answer about the person at their table; return who pressed «Keep in touch» about whom."""
    said = {person: dice.random() < _YES for person in users}
    for person, user in users.items():
        user.press("Keep in touch" if said[person] else "Not for me")
    return {(person, other.id) for person in users if said[person] for other in seats.table_of(person, seating)[1]}


async def _end_now(tx: Transaction) -> None:
    """Let the present seating be over, while no program runs."""
    await tx.run("UPDATE encounters SET ends_at = :now", now=to_micros(SystemClock().now()))


async def _answers(tx: Transaction, ids: Sequence[int]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Return who said yes about whom, and who was given whose contact."""
    stored = {(one, other) for one in ids for other, yes in (await contacts.answers_of(tx, one)).items() if yes}
    return stored, {(one, each.id) for one in ids for each in await contacts.contacts_of(tx, one)}


def _told(user: TelegramUser) -> list[str]:
    """Return the messages by which a person was told of their contacts."""
    return [shown.text for shown in user.shown if not shown.edited and shown.text.startswith("The encounters gave you")]
