"""Measures a safety check («Are you safe?») of a hundred people on three platforms; a tenth of messages fail at first.

    python -m benchmarks safety [--people 100] [--failures 0.1]

Telegram applies its published limits. Measured, in real time: from the organiser's second tap until every message is
delivered, from the press on a list until it is there, and from each answer until the lists of organisers and of
facilitators show it, on Telegram and on pages. People answer one by one and all at once; an organiser marks those who
say nothing, which all others see. Then some say where they are, again and again, at any moment: from the answer,
which comes after its commit, until the lists show it. A failed call is refused by the server with 500 or 429, or its
connection is cut.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from random import Random

from benchmarks.load import PATIENCE, Act, Load, load
from benchmarks.report import options, percentile
from bot.clock import SystemClock
from bot.database.engine import Transaction
from bot.people import facilitator_store, participant_store
from bot.people.audiences import EVERYONE
from handlers.groups.store.rounds import mark_round_published
from handlers.trust.actions import AnswerHelp, AnswerSafe, OpenCheck, SayWhere
from handlers.trust.facilitator.lists import mark_seen
from tests.crowds import THEMES, Person, put_into_groups

_ONE_BY_ONE = 12
_IN_NEED = 3
_SILENT = 8
_PLACES = 8
_BETWEEN = 0.2, 3.0
"""Seconds between two marks or places, at least and at most."""
_FAULTS = ({"status": 500}, {"retry_after": 1}, {"reset": True})
_SIZE = 12
"""How many people a group has."""
_MARKING = "of an organiser on Telegram"
_WHERE = {"telegram": "Telegram", "web": "a page"}
_HANDED_OVER = "SELECT COUNT(*) FROM deliveries WHERE kind = 'everywhere' AND subject <> '' AND state = 'sent'"


class _Lists:
    """The lists of two organisers and of two facilitators of all groups, by where each is."""

    def __init__(self, room: Load, page: Person, leaders: Sequence[Person]) -> None:
        self._room = room
        self._readers = {_MARKING: room.organiser, "of an organiser on a page": page}
        self._readers |= {f"of a facilitator on {_WHERE[person.platform]}": person for person in leaders}
        self.others = [where for where in self._readers if where != _MARKING]
        self.organisers = [where for where in self._readers if "organiser" in where]

    async def open(self, words: str) -> Mapping[str, float]:
        """Have each opened, one after the other; return after how many seconds it was there, with these words."""
        there: dict[str, float] = {}
        for where, person in self._readers.items():
            [pressed] = await self._room.act([Act(person, "forge", OpenCheck(1).encode())], 0)
            assert pressed is not None
            there |= await self.show(words, pressed, where)
        await self._room.times()
        return there

    async def show(self, words: str, since: float, *lists: str) -> Mapping[str, float]:
        """Return after how many seconds from an instant on some `lists`, all for none, showed some words."""
        shown: dict[str, float] = {}
        wanted = {where: self._readers[where] for where in lists or self._readers}
        while not shown.keys() >= wanted.keys():
            assert time.time() < since + PATIENCE, f"the lists {wanted.keys() - shown.keys()} do not show «{words}»"
            for where, person in wanted.items():
                seen = await self._room.rooms[person.platform].seen(words, since)
                if (at := seen.get(person.native_id or str(person.id))) is not None:
                    shown[where] = at - since
            await asyncio.sleep(0)  # pages hear in this process, and looking at them alone never lets them
        return shown


def _safe(count: int) -> str:
    return f"En sécurité\xa0: {count} "


def _mark(person: Person) -> str:
    """Return the press by which an organiser marks somebody who has not answered."""
    return mark_seen.to(1, person.id, 1, str(person.group), 0).encode()


def _tell(what: str, lags: list[Mapping[str, float]], after: str) -> None:
    for where in lags[0]:
        ordered = sorted(lag[where] for lag in lags if where in lag)
        print(
            f"{what}, the list {where} shows one {percentile(ordered, 0.5):.2f} s after {after}, at most"
            f" {ordered[-1]:.2f} s",
            flush=True,
        )


async def measure(people: int, failures: float) -> None:
    """Ask `people` people whether they are safe, while a share (`failures`) of messages fails at first; print
    measurements.
    """
    chance = Random(18)
    async with load(people + 3, pace="bucket") as room:
        page, leaders = room.on("web")[-1], (room.on("telegram")[-1], room.on("web")[-2])
        players = [person for person in room.people if person not in (page, *leaders)]

        async def unit(tx: Transaction) -> list[Person]:
            for person in (page, *leaders):
                await tx.run("UPDATE participants SET attends = 0 WHERE id = :id", id=person.id)
            await participant_store.set_organises(tx, page.id, True)
            for person in leaders:
                await facilitator_store.give(tx, person.id, [EVERYONE])
            now = SystemClock().now()
            themes = [theme["key"] for theme in THEMES]
            _groups, placed = await put_into_groups(tx, players, themes, -(-people // _SIZE), now)
            await mark_round_published(tx, 1, now)
            await tx.run("UPDATE rounds SET day = :day", day=now.date().isoformat())
            return placed

        players = await room.store.transact(unit)
        async with room.running(None):
            there = [person for person in players if person.platform == "telegram"]
            failing = chance.sample(there, min(len(there), round(people * failures)))
            for place, person in enumerate(failing):
                fault = {"method": "sendMessage", "chat": int(person.native_id), **_FAULTS[place % 3]}
                await room.peer.ask("fail", **fault)
            lists = _Lists(room, page, leaders)
            [tapped] = await room.act([Act(room.organiser, "forge", "sab-all-0")], 0)
            assert tapped is not None
            while (handed := await room.count(_HANDED_OVER)) < people:
                assert time.time() < tapped + PATIENCE, f"{people - handed} messages were not handed over"
                await asyncio.sleep(0.02)
            took = time.time() - tapped
            print(f"{people} people, {len(failing)} messages failed once: all handed over within {took:.2f} s")
            opened = await lists.open(_safe(0))
            for where, lag in opened.items():
                print(f"the list {where} is there after {lag:.2f} s", flush=True)
            await _answer(room, lists, players, chance)
            refused = (await room.peer.ask("counters"))["refusals"]
            print(f"refused by Telegram's server, those that were to fail included: {refused}")
            await _say_where(room, lists, room.on("discord")[:_IN_NEED], chance)


async def _answer(room: Load, lists: _Lists, players: list[Person], chance: Random) -> None:
    """Let some answer one by one and the others at once, and print how soon lists show it."""
    safe = AnswerSafe(1).encode()
    lags = []
    for place, person in enumerate(players[:_ONE_BY_ONE], start=1):
        [pressed] = await room.act([Act(person, "forge", safe)], 0)
        assert pressed is not None
        lags.append(await lists.show(_safe(place), pressed))
    _tell("one by one", lags, "an answer")
    silent, rest = players[-_SILENT:], players[_ONE_BY_ONE:-_SILENT]
    began = time.time()
    await room.act([Act(person, "forge", safe) for person in rest], 0)
    _tell(f"{len(rest)} at once", [await lists.show(_safe(len(players) - _SILENT), began)], "they answered")
    lags = []
    for place, person in enumerate(silent, start=1 - _SILENT):
        await asyncio.sleep(chance.uniform(*_BETWEEN))  # a list on Telegram changes once a second at most
        [pressed] = await room.act([Act(room.organiser, "forge", _mark(person))], 0)
        assert pressed is not None
        lags.append(await lists.show(_safe(len(players) + place), pressed, *lists.others))
    _tell("marked by an organiser", lags, "the press")


async def _say_where(room: Load, lists: _Lists, people: list[Person], chance: Random) -> None:
    """Let some people who need help say where they are, one by one and again, and print how soon lists show it."""
    await room.act([Act(person, "forge", AnswerHelp(1).encode()) for person in people], 0)
    await lists.open("En sécurité")  # an organiser has a group open, after the last mark
    lags: list[Mapping[str, float]] = []
    for turn in range(_PLACES):
        for number, person in enumerate(people):
            await asyncio.sleep(chance.uniform(*_BETWEEN))
            words = f"Lieu {turn}-{number}."
            await room.act([Act(person, "forge", SayWhere(1).encode())], 0)
            await room.rooms["discord"].times()
            [said] = await room.act([Act(person, "send", words)], 0)
            assert said is not None
            [answered] = await room.rooms["discord"].times()
            shown = await lists.show(words, said, *lists.organisers)
            lags.append({where: max(0.0, lag - answered) for where, lag in shown.items()})
    _tell(f"{len(lags)} places", lags, "its commit")


def main() -> None:
    asked = options(__doc__, people=100, failures=0.1)
    asyncio.run(measure(asked.people, asked.failures))
