"""A load: people on Telegram, on Discord and on pages who act on one program, and the times at which they see answers.

Telegram is the local Bot API server, Discord the local one of the tests, and pages are read and posted to by browsers
of aiohttp; all of them are 50 ms away there and back. Times are by the machine's clock, in seconds since 1970.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape
from typing import Any, Literal, NamedTuple, Protocol

import aiohttp
import discord
import pytest

from benchmarks.programs import Peer, Program, bot_api, program, settings_for
from benchmarks.report import percentile
from bot.clock import SystemClock
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.people import secret_store
from tests.crowds import FIRST, THEMES, Person, add_people
from tests.platforms.discord.local import LocalDiscord, local_discord, press
from tests.world import AllSettings, seed

PLATFORMS = ("telegram", "discord", "web")
TRIP = 0.05
"""How long a message takes from a person to the program and back, in seconds."""
PATIENCE = 120.0
_GENTLY = 40
"""People a second who come in."""
_LABEL, _TYPED, _MODAL, _SUBMITTED = 18, 4, 9, 5
_MARKDOWN = re.compile(r"[*\\]")
_FOR_EVER = aiohttp.ClientTimeout(total=None)


class Act(NamedTuple):
    """What one person does: `kind` tells what, `words` is the text to send, or the label of the button to press.

    For «forge», it is any payload; for «vote», the place (from 0) of a shown question.
    """

    person: Person
    kind: Literal["send", "press", "forge", "vote"]
    words: str


_QUESTIONS = re.compile("pnmq-([0-9a-z_]+)")
"""The list of questions to the group on stage, with their ids."""


def _found(act: Act, buttons: Mapping[str, str]) -> str | None:
    """Return the payload of the button that someone presses among those shown, by label; None where there is none."""
    if act.kind == "vote":  # by the button that messages sent earlier have, as an option of the list does
        listed = next((found[1] for payload in buttons.values() if (found := _QUESTIONS.match(payload))), "")
        asked = listed.split("_")[int(act.words) :] if listed else []
        return f"pnm-{asked[0]}-{listed}" if asked else None
    return buttons.get(act.words)


class Room(Protocol):
    """The people on one platform, who can act on the program."""

    async def act(self, acts: Sequence[Act], within: float) -> Sequence[float | None]:
        """Let people act, evenly over `within` seconds.

        Returns for each of `acts` when it was done, None if the person had no button with that label.
        """

    async def times(self) -> list[float]:
        """Wait until all acts are answered; return the seconds that each answer took, for acts since the last call."""

    async def seen(self, words: str, since: float) -> Mapping[str, float]:
        """Return when each person first saw `words` after `since`, by native id (on pages, by participant id)."""


class TelegramRoom:
    """People on Telegram, who act in the process of the Bot API server."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._done: dict[str, int] = {"replied": 0, "acknowledged": 0}
        self._timed = 0

    async def act(self, acts: Sequence[Act], within: float) -> Sequence[float | None]:
        began = time.time()
        asked = [[int(act.person.native_id), act.kind, act.words] for act in acts]
        missed = (await self._peer.ask("act", acts=asked, spread=within, patient=True))["missed"]
        for place, act in enumerate(acts):
            self._done["replied" if act.kind == "send" else "acknowledged"] += place not in missed
        return [None if place in missed else began + within * place / len(acts) for place in range(len(acts))]

    async def press_first(self, person: Person, label: str) -> float:
        """Press a person's latest button whose label begins with `label`, once there is one; return when that was."""
        deadline, buttons = time.time() + PATIENCE, []
        while time.time() < deadline:
            shown = (await self._peer.ask("shown", person=int(person.native_id), count=1))["shown"]
            buttons = [button for message in shown for button in message["buttons"]]
            if found := [button for button in buttons if button.startswith(label)]:
                [at] = await self.act([Act(person, "press", found[0])], 0)
                assert at is not None
                return at
            await asyncio.sleep(0.02)
        raise AssertionError(f"no button «{label}», but {buttons}")

    async def times(self) -> list[float]:
        await self._peer.ask("wait", **self._done, settled=True, timeout=PATIENCE)
        await asyncio.sleep(1)  # presses are acknowledged beside the reply, perhaps before it
        times: list[float] = (await self._peer.ask("timings"))["replied"]
        new, self._timed = times[self._timed :], len(times)
        return new

    async def seen(self, words: str, since: float) -> Mapping[str, float]:
        at: dict[str, float] = (await self._peer.ask("seen", words=words, since=since))["at"]
        return at


class DiscordRoom:
    """People on Discord: their events are put into the program, whose calls go to a local server."""

    def __init__(self, serving: Program, local: LocalDiscord) -> None:
        self._program = serving
        self._local = local
        self._read = 0
        self._began: dict[str, float] = {}
        self._tokens: dict[Person, str] = {}
        self._answered: dict[str, float] = {}
        self._buttons: dict[str, dict[str, str]] = {}
        self._modals: dict[str, Any] = {}
        self._messages: list[tuple[float, str, str]] = []
        self._past = time.time() - asyncio.get_running_loop().time()

    async def act(self, acts: Sequence[Act], within: float) -> Sequence[float | None]:
        self._note()
        payloads = [self._payload(act) for act in acts]
        put = [payload for payload in payloads if payload is not None]
        # A little faster, so that what is put in next need not wait.
        times = (await self._program.ask(put=[put, within * 0.8, TRIP / 2]))["at"] if put else []
        self._began |= {payload["token"]: at for payload, at in zip(put, times, strict=True)}
        pressed = iter(times)
        return [None if payload is None else next(pressed) + self._past for payload in payloads]

    def _payload(self, act: Act) -> Any:
        """Return the interaction; None where there is no such button."""
        person, token = act.person, self._tokens.get(act.person, "")
        if act.kind == "send":  # into the form that was opened
            return self._own(_submitted(self._modals[token], act.words, int(person.native_id)), person)
        payload = act.words if act.kind == "forge" else _found(act, self._buttons.get(token, {}))
        if payload is None:
            return None
        made = self._own(press(payload, int(person.native_id)), person)
        if act.kind == "forge":
            self._tokens[person] = made["token"]
        return made

    def _own(self, payload: Any, person: Person) -> Any:
        payload["channel_id"] = person.native_id
        payload["channel"] = {"id": person.native_id, "type": 1, "last_message_id": None, "recipients": []}
        return payload

    def _note(self) -> None:
        """Read the calls that are new."""
        for call in self._local.calls[self._read :]:
            body = call.body if isinstance(call.body, dict) else {}
            match call.path.strip("/").split("/"):
                case ["interactions" | "webhooks", _id, token, *_rest]:
                    if body.get("type") == _MODAL:
                        self._modals[token] = body["data"]
                    elif not (body.get("data") or body).get("content"):
                        continue
                    self._answered.setdefault(token, call.at)
                    if buttons := dict(_buttons(body)):
                        self._buttons.setdefault(token, buttons)
                case ["channels", channel, *_rest]:
                    said = _MARKDOWN.sub("", body.get("content") or "")
                    self._messages.append((call.at + self._past, channel, said))
        self._read = len(self._local.calls)

    async def times(self) -> list[float]:
        def answered() -> bool:
            self._note()
            return began.keys() <= self._answered.keys()

        began, self._began = self._began, {}
        async with asyncio.timeout(PATIENCE):
            await self._local.until(answered)
        return [self._answered[token] - at for token, at in began.items()]

    async def seen(self, words: str, since: float) -> Mapping[str, float]:
        self._note()
        at: dict[str, float] = {}
        for when, channel, said in self._messages:
            if when >= since and words in said:
                at.setdefault(channel, when)
        return at


def _buttons(part: Any) -> Iterator[tuple[str, str]]:
    """Yield the label and the id of each button in what Discord is sent."""
    if isinstance(part, dict):
        if "custom_id" in part and ("label" in part or "options" in part):
            yield str(part.get("label", part["custom_id"])), str(part["custom_id"])
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _buttons(inner)


def _submitted(modal: Mapping[str, Any], words: str, user_id: int) -> Any:
    """What the gateway brings when someone writes into the first text field of a modal and sends it."""
    components: list[Any] = []
    left = [words]
    for part in modal["components"]:
        if part["type"] == _LABEL:
            field = part["component"]
            typed = field["type"] == _TYPED
            given = {"value": left.pop() if left else ""} if typed else {"values": ()}
            given |= {"type": field["type"], "custom_id": field["custom_id"], "id": len(components)}
            components.append({"type": _LABEL, "id": 100 + len(components), "component": given})
    assert not left, modal
    data = {"custom_id": modal["custom_id"], "components": components}
    return {**press("", user_id), "type": _SUBMITTED, "data": data}


class Browser:
    """A person's open page with its script, which receives changes and sends what the person writes."""

    def __init__(self, root: str, link: str) -> None:
        self.heard: list[tuple[float, str]] = []
        """What the stream brought, each with its time."""
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Accept-Language": "en"}
        )
        self._root, self._link = root, link
        self._here = self._seal = ""
        self._shown: Mapping[str, str] = {}
        self._message = ""
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open the personal link and begin to receive changes."""
        async with self._session.post(f"{self._root}/p/{self._link}") as page:
            text = await page.text()
        found = re.search(r'data-here="([^"]+)" data-seal="([^"]+)" data-revision="(\d+)"', text)
        assert found, text
        self._here, self._seal = found[1], found[2]
        self._listening = asyncio.create_task(self._listen(found[3]))

    async def _listen(self, revision: str) -> None:
        address = f"{self._root}{self._here}events?after={revision}"
        async with self._session.get(address, timeout=_FOR_EVER) as stream:
            async for line in stream.content:
                if line.startswith(b"data: {"):
                    html = json.loads(line.removeprefix(b"data: "))["html"]
                    self.heard.append((time.time(), _text(html)))

    async def act(self, act: Act) -> float | None:
        """Act on the page; return the seconds until the answer, None if there is no such button."""
        if act.kind == "send":
            return await self._post("say", text=act.words)
        if act.kind == "forge":
            self._shown, self._message = {}, ""
            return await self._post("press", payload=act.words, message="")
        payload = _found(act, self._shown)
        return await self._post("press", payload=payload, message=self._message) if payload else None

    async def _post(self, gesture: str, **fields: str) -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(TRIP / 2)
        filled = {"seal": self._seal, "token": secrets.token_urlsafe(12), "after": "0", **fields}
        form = aiohttp.FormData(filled, default_to_multipart=True)
        address, plain = f"{self._root}{self._here}{gesture}", {"Accept": "application/json"}
        async with self._session.post(address, data=form, headers=plain) as response:
            answer = await response.json()
            assert response.status == 200, answer
        await asyncio.sleep(TRIP / 2)
        html = next((message["html"] for message in answer["messages"] if message["id"] == answer["focus"]), "")
        if not fields.get("message"):  # what was opened, not what a press on it changed
            buttons = re.findall(r'<button[^>]* value="([^"]+)"[^>]*>(.*?)</button>', html, re.DOTALL)
            buttons += [(choice, choice) for choice in re.findall(r'name="choice" value="([^"]+)"', html)]
            self._shown, self._message = {_text(label): payload for payload, label in buttons}, str(answer["focus"])
        return loop.time() - began

    async def close(self) -> None:
        """Close the page."""
        if self._listening:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError):
                await self._listening
        await self._session.close()


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


class WebRoom:
    """People with pages, by participant id, each in a browser."""

    def __init__(self, browsers: Mapping[int, Browser]) -> None:
        self._browsers = browsers
        self._times: list[float] = []

    async def act(self, acts: Sequence[Act], within: float) -> Sequence[float | None]:
        async def one(place: int, act: Act) -> float | None:
            await asyncio.sleep(within * place / len(acts))
            at, took = time.time(), await self._browsers[act.person.id].act(act)
            if took is None:
                return None
            self._times.append(took)
            return at

        return await asyncio.gather(*(one(place, act) for place, act in enumerate(acts)))

    async def times(self) -> list[float]:
        times, self._times = self._times, []
        return times

    async def seen(self, words: str, since: float) -> Mapping[str, float]:
        found = {
            str(person): [at for at, text in browser.heard if at >= since and words in text]
            for person, browser in self._browsers.items()
        }
        return {person: times[0] for person, times in found.items() if times}


class Load:
    """People in a store, a third on each platform, and an organiser on Telegram, who act while `running`."""

    def __init__(self, peer: Peer, store: Store, settings: Mapping[str, Any], people: Sequence[Person]) -> None:
        self.peer = peer
        self.store = store
        """The store, beside the program."""
        self.organiser, *self.people = people
        self._settings = settings
        self.program: Program
        self.telegram: TelegramRoom
        self.discord: LocalDiscord
        self.rooms: Mapping[str, Room] = {}

    async def count(self, query: str) -> int:
        """Return the number that a query of the store selects."""
        return await self.store.read(lambda tx: tx.value(int, query))

    def on(self, platform: str) -> list[Person]:
        """Return the people on one platform."""
        return [person for person in self.people if person.platform == platform]

    @asynccontextmanager
    async def running(self, core: int | None) -> AsyncIterator[None]:
        """Run the program on one core, or on all for None, from when everyone on Telegram and pages has joined."""

        async def links(tx: Transaction) -> dict[int, str]:
            now = SystemClock().now()
            return {person.id: await secret_store.issue(tx, "page", person.id, now) for person in self.on("web")}

        secret_links = await self.store.transact(links)
        async with AsyncExitStack() as stack:
            patch = pytest.MonkeyPatch()
            stack.callback(patch.undo)
            self.discord = await stack.enter_async_context(local_discord(patch, latency=TRIP))
            self.discord.histories |= {person.native_id: [] for person in self.on("discord")}
            running = program(self._settings, core, discord=discord.http.Route.BASE)
            self.program = await stack.enter_async_context(running)
            self.telegram = TelegramRoom(self.peer)
            browsers = {person: Browser(self.program.pages, link) for person, link in secret_links.items()}
            rooms = self.telegram, DiscordRoom(self.program, self.discord), WebRoom(browsers)
            self.rooms = dict(zip(PLATFORMS, rooms, strict=True))
            for browser in browsers.values():
                stack.push_async_callback(browser.close)
                await browser.open()
            confirmed = "UPDATE secrets SET confirmed_at = created_at WHERE purpose = 'session'"
            await self.store.transact(lambda tx: tx.run(confirmed))  # they joined before, so these browsers are new
            there = [self.organiser, *self.on("telegram")]
            await self.act([Act(person, "send", "/start") for person in there], len(there) / _GENTLY)
            await self.times()
            yield

    async def act(self, acts: Sequence[Act], within: float) -> Sequence[float | None]:
        """Let people act, evenly over `within` seconds on each platform.

        Returns for each of `acts` when it was done, None if the person had no button with that label.
        """
        on = {name: [place for place, act in enumerate(acts) if act.person.platform == name] for name in self.rooms}
        done = await asyncio.gather(
            *(room.act([acts[place] for place in on[name]], within) for name, room in self.rooms.items())
        )
        at = dict(zip(itertools.chain.from_iterable(on.values()), itertools.chain.from_iterable(done), strict=True))
        return [at[place] for place in range(len(acts))]

    async def times(self) -> dict[str, list[float]]:
        """Wait until all is answered; return the sorted seconds of each answer since the last call, by platform."""
        return {name: sorted(await room.times()) for name, room in self.rooms.items()}

    async def waited(self, expected: Sequence[tuple[float, Person, str]]) -> tuple[list[float], int]:
        """Return how long people waited for words, in seconds, sorted, and how many never saw them.

        `expected` are triples of the time at which they began to wait, the person, and the words.
        """
        waited: list[float] = []
        for at, words in dict.fromkeys((at, words) for at, _person, words in expected):
            seen = {name: await room.seen(words, at) for name, room in self.rooms.items()}
            for since, person, wanted in expected:
                found = seen[person.platform].get(person.native_id or str(person.id))
                if (since, wanted) == (at, words) and found is not None:
                    waited.append(found - at)
        return sorted(waited), len(expected) - len(waited)

    def tell(self, times: Mapping[str, Sequence[float]], wanted: float | None = None) -> None:
        """Print how soon people were answered (`times` in seconds, by platform), in ms and in round trips."""
        for name, waited in {**times, "all three": sorted(itertools.chain.from_iterable(times.values()))}.items():
            p50, p99 = percentile(waited, 0.5), percentile(waited, 0.99)
            print(
                f"    {name}: {len(waited):,} answered, p50 {p50 * 1e3:.0f} ms = {p50 / TRIP:.1f} round trips,"
                f" p99 {p99 * 1e3:.0f} ms = {p99 / TRIP:.1f}{f' (wanted at most {wanted:g})' if wanted else ''}",
                flush=True,
            )


@asynccontextmanager
async def load(
    people: int, url: str | None = None, *, pace: str | None = None, locale: str = "fr", **sections: Any
) -> AsyncIterator[Load]:
    """Make a load of `people` people in the empty database at `url`, None for a new SQLite file.

    `pace` names the limits of Telegram to apply, None for no limits. `sections` are added to the usual settings.
    """
    limits = ("--pace", pace) if pace else ()
    with tempfile.TemporaryDirectory() as folder, bot_api("--latency", str(TRIP), *limits) as peer:
        await peer.ask("people", count=people + 1, language_code=locale)
        settings = settings_for(
            peer,
            url or f"sqlite:///{folder}/r.db",
            folder,
            gathering={"name": "Rencontres", "theme_deadline": "2027-05-01T12:00:00"},
            themes=THEMES,
            discord={"token": "token"},
            web={"port": 0, "public_url": "http://127.0.0.1"},
            limits={"presses": 1_000_000},  # some do in seconds what people do in days
            **sections,
        )
        native_ids = {"telegram": itertools.count(FIRST), "discord": itertools.count(1_000)}
        platforms = ["telegram", *itertools.islice(itertools.cycle(PLATFORMS), people)]
        accounts = [
            (platform, str(next(native_ids[platform])) if platform in native_ids else "") for platform in platforms
        ]

        async def unit(tx: Transaction) -> list[Person]:
            added = await add_people(tx, accounts, SystemClock().now(), locale)
            await tx.run("UPDATE participants SET organises = 1, attends = 0 WHERE id = :id", id=added[0].id)
            return added

        whole = AllSettings.model_validate(settings)
        store = await open_store(whole.storage.url)
        try:
            await seed(store, whole)
            yield Load(peer, store, settings, await store.transact(unit))
        finally:
            await store.close()
