"""«Are you safe?» to a hundred people on three platforms, a tenth of whose messages fail at first.

    python -m benchmarks.safety [--people 100] [--failures 0.1]

The whole program runs against the rehearsal's strict servers: Telegram with its published limits, Discord in memory,
pages over HTTP. Measured, in real time: from the organiser's second tap until every message is handed over, and from
each answer until the organiser's list shows it, in a chat of Telegram and on a page. People answer one by one and all
at once. Then some say where they are, again and again, at any moment: from the answer to each, which comes after its
commit, until the list shows it. A failed call is refused by the server with 500 or 429, or its connection is cut.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from random import Random

from benchmarks.updates import percentile
from bot.clock import ShiftedClock
from bot.content.features import features_of
from bot.content.texts import Reader
from bot.database.engine import Transaction
from bot.people import participant_store, secret_store
from bot.rehearsal.botapi import RateLimits
from bot.rehearsal.cast import CastMember, act_together, cast
from bot.rehearsal.chat_driver import ChatDriver
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.demo import free_port
from bot.rehearsal.rehearsing import rehearsal_settings
from bot.rehearsal.servers import FakeServers, open_servers

_SEED = 18
_ONE_BY_ONE = 12
_IN_NEED = 3
_PLACES = 8
_BETWEEN_PLACES = 0.2, 3.0
"""Seconds between two places, at least and at most."""
_PATIENCE = 60.0
_LOOK_EVERY = 0.02


async def _come(servers: FakeServers, people: int) -> list[CastMember]:
    """Let so many invented people come in on three platforms."""
    settings = servers.settings
    players: list[CastMember] = []
    for person, platform in cast(people, _SEED, ["culture"], settings.gathering.starts.year):
        driver: ChatDriver
        match platform:
            case "telegram":
                driver = servers.on_telegram(person.given_name, "fr")
            case "web":
                driver = servers.on_page("fr")
            case "discord":
                driver = servers.on_discord(person.given_name)
        player = CastMember(
            person, platform, driver, Reader("fr", settings.gathering.zone), "culture", settings.gathering.hours
        )

        async def invite(tx: Transaction, player: CastMember = player) -> str:
            stored = await participant_store.add(
                tx,
                ref=player.person.ref,
                given_name=player.person.given_name,
                family_name=player.person.family_name,
                territory=player.person.territory,
                locale="fr",
                now=servers.clock.now(),
            )
            player.id = stored.id
            now = servers.clock.now()
            if player.platform == "web":
                return await secret_store.issue(tx, "page", stored.id, now)
            return await secret_store.issue(tx, "invitation", stored.id, now)

        secret = await servers.app.store.transact(invite)
        await driver.follow(f"/{secret}" if platform == "web" else f"j-{secret}")
        player.comes = True
        players.append(player)
    return players


async def _handed_over(servers: FakeServers, count: int) -> float:
    """Wait until so many messages of the check have arrived; when the last one did."""

    async def waiting(tx: Transaction) -> tuple[int, int]:
        row = await tx.one(
            "SELECT COUNT(CASE WHEN state = 'sent' THEN 1 END) AS sent, COUNT(*) AS count FROM deliveries"
            " WHERE kind = 'everywhere' AND subject <> ''"
        )
        assert row is not None
        return row["sent"], row["count"]

    until, sent, known = time.monotonic() + _PATIENCE, 0, 0
    while time.monotonic() < until:
        sent, known = await servers.app.store.read(waiting)
        if sent == known >= count:
            return time.monotonic()
        await asyncio.sleep(_LOOK_EVERY)
    raise SystemExit(f"{sent} of {known} messages were handed over within {_PATIENCE} s")


def _fail(servers: FakeServers, players: list[CastMember], share: float) -> int:
    """Let a share of the messages to people on Telegram fail once each; how many."""
    there = [player for player in players if player.platform == "telegram"]
    failing = Random(_SEED).sample(there, min(len(there), round(len(players) * share)))
    for place, player in enumerate(failing):
        assert isinstance(player.driver, TelegramChat)
        chat = player.driver.user.id
        if place % 3 == 0:
            servers.telegram.fail("sendMessage", chat=chat, status=500)
        elif place % 3 == 1:
            servers.telegram.fail("sendMessage", chat=chat, retry_after=1)
        else:
            servers.telegram.fail("sendMessage", chat=chat, reset=True)
    return len(failing)


async def _shown(driver: ChatDriver, safe: int) -> float:
    """Wait until a list shows so many who are safe; when it did."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        await driver.look()
        if any(f"En sécurité\xa0: {safe} " in message.text for message in driver.received):
            return time.monotonic()
        await asyncio.sleep(_LOOK_EVERY)
    raise SystemExit(f"the list did not show {safe} within {_PATIENCE} s")


async def _follow(player: CastMember, lists: dict[str, ChatDriver], safe: int) -> dict[str, float]:
    """Let one more person answer; after how many seconds from their press each list shows so many who are safe."""
    pressed = time.monotonic()

    async def press() -> None:
        await player.driver.look()
        await player.driver.act("sfy")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(press())
        shown = {name: tasks.create_task(_shown(driver, safe)) for name, driver in lists.items()}
    return {name: task.result() - pressed for name, task in shown.items()}


async def _shows(driver: ChatDriver, words: str) -> float:
    """Wait until a list shows some words; when it did."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        await driver.look()
        if any(words in message.text for message in driver.received):
            return time.monotonic()
        await asyncio.sleep(_LOOK_EVERY)
    raise SystemExit(f"the list did not show «{words}» within {_PATIENCE} s")


async def _say_where(players: list[CastMember], lists: dict[str, ChatDriver]) -> None:
    """Let some people who need help say where they are, one by one and again, and print how soon lists show it."""
    lags: dict[str, list[float]] = {name: [] for name in lists}
    chance = Random(_SEED)
    for player in players:
        await player.driver.look()
        await player.driver.act("sfh")
    for turn in range(_PLACES):
        for number, player in enumerate(players):
            await asyncio.sleep(chance.uniform(*_BETWEEN_PLACES))
            words = f"Lieu {turn}-{number}."
            answered = 0.0

            async def say(player: CastMember = player, words: str = words) -> None:
                nonlocal answered
                await player.driver.act("sfw")
                await player.driver.fill(words)
                answered = time.monotonic()

            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(say())
                shown = {name: tasks.create_task(_shows(driver, words)) for name, driver in lists.items()}
            for name, task in shown.items():
                lags[name].append(max(0.0, task.result() - answered))
    for name, measured in lags.items():
        ordered = sorted(measured)
        print(
            f"{len(ordered)} places, the list {name} shows one {percentile(ordered, 0.5):.2f} s after its commit,"
            f" at most {ordered[-1]:.2f} s"
        )


async def _organiser_on_page(servers: FakeServers) -> ChatDriver:
    async def add(tx: Transaction) -> str:
        now = servers.clock.now()
        person = await participant_store.add(
            tx, ref="O-1", given_name="Maud", family_name="", territory="", locale="fr", now=now, attends=False
        )
        await participant_store.set_organises(tx, person.id, True)
        return await secret_store.issue(tx, "page", person.id, now)

    page = servers.on_page("fr")
    await page.follow("/" + await servers.app.store.transact(add))
    return page


async def measure(people: int, failures: float) -> None:
    """Ask so many people, of whose messages a share fails, and print what was measured."""
    clock = ShiftedClock()
    with tempfile.TemporaryDirectory() as folder:
        settings = rehearsal_settings(Path(folder), free_port(0), clock, people)
        async with open_servers(settings, clock, pace=RateLimits()) as servers:
            ines = servers.on_telegram("Inès", "fr", settings.organisers.telegram[0])
            await ines.command("start")
            maud = await _organiser_on_page(servers)
            players = await _come(servers, people)
            await servers.calm()
            failing = _fail(servers, players, failures)
            await ines.command("securite")
            await ines.act("saq-all-0")
            tapped = time.monotonic()
            await ines.act("sab-all-0")
            handed_over = await _handed_over(servers, people) - tapped
            print(f"{people} people, {failing} messages failed once: all handed over within {handed_over:.2f} s")
            await maud.command("securite")
            lists: dict[str, ChatDriver] = {"in a chat of Telegram": ines, "on a page": maud}
            for driver in lists.values():
                await _shown(driver, 0)
            lags: dict[str, list[float]] = {name: [] for name in lists}
            for place, player in enumerate(players[:_ONE_BY_ONE], start=1):
                for name, lag in (await _follow(player, lists, place)).items():
                    lags[name].append(lag)
            for name, measured in lags.items():
                ordered = sorted(measured)
                print(
                    f"one by one, the list {name} shows an answer after {percentile(ordered, 0.5):.2f} s,"
                    f" at most {ordered[-1]:.2f} s"
                )
            rest = players[_ONE_BY_ONE:]

            async def answer(player: CastMember) -> None:
                await player.driver.look()
                await player.driver.act("sfy")

            began = time.monotonic()
            await act_together(rest, answer)
            ended = time.monotonic()
            refused = dict(servers.telegram.refusals)
            print(f"refused by Telegram's server, those that were to fail included: {refused}")
            for name, driver in lists.items():
                late = await _shown(driver, people) - ended
                took = f"{len(rest)} at once, within {ended - began:.1f} s"
                print(f"{took}: the list {name} shows the last {late:.2f} s later")
            with_forms = [player for player in players if features_of(player.platform).opens_forms]
            await _say_where(with_forms[:_IN_NEED], lists)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--failures", type=float, default=0.1)
    options = parser.parse_args()
    asyncio.run(measure(options.people, options.failures))


if __name__ == "__main__":
    main()
