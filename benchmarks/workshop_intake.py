"""Ideas of many people at once on three platforms: how soon each reads the answer to theirs, and whether one is lost.

One house serves all three, on one core. Telegram is the local Bot API server, Discord the local one of the tests, and
the page is posted to by browsers of aiohttp; all of them are 50 ms away there and back, and share the other core.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, closing
from itertools import chain
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from benchmarks.crowd import THEMES
from benchmarks.peer import BOT_CORE, Peer, bot_api
from benchmarks.updates import percentile
from benchmarks.workshop_driven import Driven, program
from benchmarks.workshop_people import Browser, modals, replied, submitted
from benchmarks.workshop_servers import Person, gather, sentence
from bot.clock import SystemClock
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.people import secret_store
from bot.rehearsal.botapi import TOKEN
from handlers.workshops.actions import GiveIdea
from tests.platforms.discord.local import LocalDiscord, local_discord, press
from tests.workshops.builders import PHASES
from tests.world import AllSettings, seed

_PLATFORMS = ("telegram", "discord", "web")
_TRIP = 0.05
_TRIPS = 5.0
_A_SECOND = 100
_GENTLY = 50
"""People a second at the preparations."""
_PATIENCE = 60.0

Times = Mapping[str, Sequence[float]]


async def measure(people: int) -> None:
    """Print how soon the first and the second idea of each were answered, a hundred people a second."""
    with tempfile.TemporaryDirectory() as folder, bot_api("--latency", str(_TRIP)) as peer:
        async with AsyncExitStack() as stack:
            patch = pytest.MonkeyPatch()
            stack.callback(patch.undo)
            local = await stack.enter_async_context(local_discord(patch, latency=_TRIP))
            settings = _settings(folder, peer.root)
            everyone, links = await _prepare(settings, people, peer)
            serving = await stack.enter_async_context(program(settings, BOT_CORE, discord.http.Route.BASE))
            crowd = _Crowd(peer, local, serving, everyone, links)
            stack.push_async_callback(crowd.leave)
            await crowd.come()
            for number, which in enumerate(("first", "second"), 1):
                times = await crowd.give(people / _A_SECOND)
                kept = _kept(Path(folder) / "r.db")
                print(f"{people:,} people within {people / _A_SECOND:g} s, their {which} ideas:")
                _tell(times)
                print(f"  ideas given {people * number:,}, in the store {kept:,}, lost {people * number - kept}")
            calls = peer("counters")["calls"]
            kinds = ("sendMessage", "setMessageReaction", "editMessageText")
            print(f"  Telegram was asked for {', '.join(f'{calls.get(kind, 0):,} {kind}' for kind in kinds)}")


def _settings(folder: str, api: str) -> dict[str, Any]:
    return {
        "gathering": {"name": "Rencontres", "theme_deadline": "2027-05-01T12:00:00"},
        "themes": THEMES,
        "phases": PHASES,
        "telegram": {"token": TOKEN, "api_base": api},
        "discord": {"token": "token"},
        "web": {"port": 0, "public_url": "http://127.0.0.1"},
        "storage": {"url": f"sqlite:///{folder}/r.db"},
    }


async def _prepare(settings: Mapping[str, Any], people: int, peer: Peer) -> tuple[list[Person], dict[int, str]]:
    """Who takes part, a third on each platform, and the personal links of those who read pages."""
    first = int(peer("people", count=people)["first"])
    native = {"telegram": first, "discord": 1_000, "web": 1}
    accounts = [
        (platform, str(native[platform] + number) if platform != "web" else "")
        for number, platform in zip(range(people), _PLATFORMS * people, strict=False)
    ]
    store = await open_store(settings["storage"]["url"])
    now = SystemClock().now()

    async def unit(tx: Transaction) -> tuple[list[Person], dict[int, str]]:
        everyone = await gather(tx, accounts, [theme["key"] for theme in settings["themes"]], now)
        await tx.run("INSERT INTO facilitators VALUES (:id, 'all')", id=everyone[0].id)
        return everyone, {person.id: await secret_store.issue(tx, "page", person.id, now) for person in everyone[2::3]}

    try:
        await seed(store, AllSettings.model_validate(settings))
        return await store.transact(unit)
    finally:
        await store.close()


class _Crowd:
    """Everyone, with what each holds in their hands."""

    def __init__(
        self, peer: Peer, local: LocalDiscord, serving: Driven, everyone: Sequence[Person], links: Mapping[int, str]
    ) -> None:
        self._peer = peer
        self._local = local
        self._program = serving
        self._on = {platform: [p for p in everyone if p.platform == platform] for platform in _PLATFORMS}
        self._links = links
        self._modals: list[Any] = []
        self._browsers: list[Browser] = []
        self._chance = random.Random(1)

    async def come(self) -> None:
        """Chats are opened, forms and pages too; who facilitates has a panel. Nothing of it is measured."""
        telegram, discord_ = self._on["telegram"], self._on["discord"]
        await self._telegram([[int(each.native_id), "start", ""] for each in telegram], len(telegram) / _GENTLY)
        await self._telegram([[int(telegram[0].native_id), "send", "/panneau"]], 0)
        asked = [press(GiveIdea(each.run).encode(), int(each.native_id)) for each in discord_]
        await self._program.ask(put=[asked, len(asked) / _GENTLY, 0])
        async with asyncio.timeout(_PATIENCE):
            await self._local.until(lambda: len(modals(self._local)) == len(asked))
        opened = modals(self._local)
        self._modals = [opened[payload["id"]] for payload in asked]
        for each in self._on["web"]:
            session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
            self._browsers.append(Browser(session, self._program.pages, self._links[each.id], _TRIP / 2))
            await self._browsers[-1].open()

    async def leave(self) -> None:
        """Close the pages."""
        for browser in self._browsers:
            await browser.close()

    async def give(self, within: float) -> Times:
        """One idea of each, evenly over so many seconds; the seconds until each was answered, by platform, sorted."""
        acts = [[int(each.native_id), "send", sentence(self._chance)] for each in self._on["telegram"]]
        found = await asyncio.gather(
            self._telegram(acts, within), self._discord(within), self._pages(within), return_exceptions=False
        )
        return dict(zip(_PLATFORMS, map(sorted, found), strict=True))

    async def _telegram(self, acts: list[list[Any]], within: float) -> list[float]:
        await asyncio.to_thread(self._peer, "reset")
        await asyncio.to_thread(self._peer, "act", acts=acts, spread=within)
        await asyncio.to_thread(self._peer, "wait", replied=len(acts), timeout=_PATIENCE)
        times: list[float] = (await asyncio.to_thread(self._peer, "timings"))["replied"]
        return times

    async def _discord(self, within: float) -> list[float]:
        people = self._on["discord"]
        payloads = [
            submitted(modal, sentence(self._chance), int(each.native_id))
            for modal, each in zip(self._modals, people, strict=True)
        ]
        self._local.calls.clear()
        began = (await self._program.ask(put=[payloads, within, _TRIP / 2]))["at"]
        async with asyncio.timeout(_PATIENCE):
            await self._local.until(lambda: len(replied(self._local)) == len(payloads))
        answers = replied(self._local)
        return [answers[payload["token"]] - at for payload, at in zip(payloads, began, strict=True)]

    async def _pages(self, within: float) -> list[float]:
        async def one(place: int, browser: Browser) -> float:
            await asyncio.sleep(within * place / len(self._browsers))
            return await browser.say(sentence(self._chance))

        return list(await asyncio.gather(*(one(*numbered) for numbered in enumerate(self._browsers))))


def _kept(database: Path) -> int:
    with closing(sqlite3.connect(database)) as store:
        kept: int = store.execute("SELECT COUNT(*) FROM ideas WHERE state = 'live' AND text <> ''").fetchone()[0]
    return kept


def _tell(times: Times) -> None:
    for platform, each in {**times, "all three": sorted(chain.from_iterable(times.values()))}.items():
        p50, p99 = percentile(list(each), 0.5), percentile(list(each), 0.99)
        print(
            f"  {platform}: replied p50 {p50 * 1e3:.0f} ms = {p50 / _TRIP:.1f} round trips,"
            f" p99 {p99 * 1e3:.0f} ms = {p99 / _TRIP:.1f} (wanted at most {_TRIPS:g})",
            flush=True,
        )
