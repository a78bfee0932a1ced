"""The people of a plenary on three platforms: they open lists of questions and vote, and it is seen what they see."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Protocol, Self

import aiohttp

from benchmarks.peer import Peer
from benchmarks.plenary_stage import Listener
from benchmarks.workshop_driven import Driven
from benchmarks.workshop_people import Browser, replied
from handlers.plenary.actions import ShowQuestions
from handlers.plenary.participant.questions import VoteForQuestion
from tests.platforms.discord.local import LocalDiscord, press

_PATIENCE = 60.0
_BRISKLY = 0.8
_MARKDOWN = re.compile(r"[*\\]")
_VOTES = re.compile(r"<li>([\d\s]+)voix</li>")  # the wall speaks the first language of the gathering


@dataclass(frozen=True, slots=True)
class Press:
    """What someone presses: ▲ at the place `vote` of their list of questions to a `group` (an id), or (0) that list."""

    person: Listener
    group: int
    vote: int = 0


class Room(Protocol):
    """The people of one platform."""

    async def act(self, presses: Sequence[Press], within: float) -> Sequence[float | None]:
        """Let people press, evenly over so many seconds.

        Returns when each did, in seconds since 1970, None for who had not got their list yet.
        """

    async def times(self) -> list[float]:
        """Wait until all is answered; return the seconds until each press was, since this was asked last."""

    async def seen(self, words: str, since: float) -> Mapping[str, float]:
        """Return when each first saw these words from an instant on, by native id, in seconds since 1970."""


class TelegramRoom:
    """People on Telegram, in the process of the Bot API server."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._pressed = self._timed = 0

    async def _ask(self, name: str, **asked: Any) -> dict[str, Any]:
        return await asyncio.to_thread(self._peer, name, **asked)

    async def come(self, people: Sequence[int], a_second: float) -> None:
        """Let people open their chats."""
        acts = [[person, "start", ""] for person in people]
        await self._ask("act", acts=acts, spread=len(acts) / a_second)
        await self._ask("wait", replied=len(acts), settled=True, timeout=_PATIENCE)
        await self._ask("reset")

    async def say(self, person: int, words: str) -> None:
        """Let someone write, and wait for the answer."""
        await self._ask("act", acts=[[person, "send", words]])
        await self._ask("wait", replied=1, settled=True, timeout=_PATIENCE)
        await self._ask("reset")

    async def press_first(self, person: int, label: str) -> float:
        """Let someone press the latest button whose label begins so; when that was, in seconds since 1970."""
        deadline = time.time() + _PATIENCE
        while time.time() < deadline:
            shown = (await self._ask("shown", person=person, count=1))["shown"]
            buttons = [button for message in shown for button in message["buttons"]]
            if found := [button for button in buttons if button.startswith(label)]:
                at = time.time()
                await self._ask("act", acts=[[person, "press", found[0]]])
                self._pressed += 1
                return at
            await asyncio.sleep(0.02)
        raise AssertionError(f"no button «{label}», but {buttons}")

    async def act(self, presses: Sequence[Press], within: float) -> Sequence[float | None]:
        acts = [
            [int(pressed.person.native_id), "press", f"▲ {pressed.vote}"]
            if pressed.vote
            # Not by its label: the person's card may be a moment behind.
            else [int(pressed.person.native_id), "forge", ShowQuestions(pressed.group).encode()]
            for pressed in presses
        ]
        began = time.time()
        missed = (await self._ask("act", acts=acts, spread=within, patient=True))["missed"]
        self._pressed += len(acts) - len(missed)
        return [None if place in missed else began + within * place / len(acts) for place in range(len(acts))]

    async def times(self) -> list[float]:
        await self._ask("wait", acknowledged=self._pressed, settled=True, timeout=_PATIENCE)
        await asyncio.sleep(1)  # presses are acknowledged beside the reply, perhaps before it
        times: list[float] = (await self._ask("timings"))["replied"]
        new, self._timed = times[self._timed :], len(times)
        return new

    async def seen(self, words: str, since: float) -> Mapping[str, float]:
        at: dict[str, float] = (await self._ask("seen", words=words, since=since))["at"]
        return at


class DiscordRoom:
    """People on Discord: what the gateway brings is put into the program, what it calls comes to the local server."""

    def __init__(self, serving: Driven, local: LocalDiscord, delay: float) -> None:
        """`delay` is how many seconds an interaction takes to reach the program."""
        self._program = serving
        self._local = local
        self._delay = delay
        self._one_at_a_time = asyncio.Lock()
        self._began: dict[str, float] = {}
        self._opened: dict[int, str] = {}
        self._ids: dict[str, list[str]] = {}
        self._read = 0

    async def act(self, presses: Sequence[Press], within: float) -> Sequence[float | None]:
        payloads = [self._payload(press) for press in presses]
        put = [payload for payload in payloads if payload is not None]
        async with self._one_at_a_time:
            # A little faster, so that what is put in next need not wait.
            times = (await self._program.ask(put=[put, within * _BRISKLY, self._delay]))["at"]
        self._began |= {payload["token"]: at for payload, at in zip(put, times, strict=True)}
        past = time.time() - asyncio.get_running_loop().time()
        pressed = iter(times)
        return [None if payload is None else next(pressed) + past for payload in payloads]

    async def watch(self, on: bool) -> Mapping[str, float]:
        """Begin or end to watch how late the program's loop is; by how many seconds it was, see `workshop_app`."""
        async with self._one_at_a_time:
            late: dict[str, float] = await self._program.ask(watch=on)
        return late

    def _payload(self, pressed: Press) -> Any:
        """Return the interaction; None for a vote for which no list has come."""
        person = pressed.person
        if not pressed.vote:
            payload = press(ShowQuestions(pressed.group).encode(), int(person.native_id))
            self._opened[person.id] = payload["token"]
        else:
            token = self._opened[person.id]
            if token not in self._lists():
                return None
            payload = press(self._ids[token][pressed.vote - 1], int(person.native_id))
        payload["channel_id"] = person.native_id
        payload["channel"] = {"id": person.native_id, "type": 1, "last_message_id": None, "recipients": []}
        return payload

    def _lists(self) -> Mapping[str, list[str]]:
        """Return what carries votes in each list of questions that was answered, by the token of the interaction."""
        calls = self._local.calls
        for call in calls[self._read :]:
            parts = call.path.strip("/").split("/")
            if parts[0] in ("interactions", "webhooks") and len(parts) > 2:
                votes = [id_ for id_ in _custom_ids(call.body) if id_.startswith(f"{VoteForQuestion.code}-")]
                if votes:
                    self._ids.setdefault(parts[2], votes)
        self._read = len(calls)
        return self._ids

    async def times(self) -> list[float]:
        began = self._began
        async with asyncio.timeout(_PATIENCE):
            await self._local.until(lambda: began.keys() <= replied(self._local).keys())
        answers = replied(self._local)
        self._began = {}
        return [answers[token] - at for token, at in began.items()]

    async def seen(self, words: str, since: float) -> Mapping[str, float]:
        past = time.time() - asyncio.get_running_loop().time()
        at: dict[str, float] = {}
        for call in self._local.calls:
            parts = call.path.strip("/").split("/")
            if parts[0] != "channels" or not isinstance(call.body, dict) or call.at + past < since:
                continue
            if words in _MARKDOWN.sub("", call.body.get("content") or ""):
                at.setdefault(parts[1], call.at + past)
        return at


def _custom_ids(part: Any) -> Iterator[str]:
    """The ids of all components of a message, from what Discord is sent."""
    if isinstance(part, dict):
        if isinstance(part.get("custom_id"), str):
            yield part["custom_id"]
        for inner in part.values():
            yield from _custom_ids(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _custom_ids(inner)


class WebRoom:
    """People with pages, each open in a browser; to be entered with `async with`."""

    def __init__(self, root: str, links: Mapping[int, str], people: Sequence[Listener], half: float) -> None:
        """`root` is where pages are, `links` their secrets by person, `half` half a round trip in seconds."""
        self._root = root
        self._links = links
        self._people = people
        self._half = half
        self._browsers: dict[int, Browser] = {}
        self._lists: dict[int, tuple[list[str], str]] = {}
        self._times: list[float] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for person in self._people:
            session = aiohttp.ClientSession(
                cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Accept-Language": "en"}
            )
            browser = Browser(session, self._root, self._links[person.id], self._half)
            self._stack.push_async_callback(browser.close)
            self._browsers[person.id] = browser
            await browser.open()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()

    async def act(self, presses: Sequence[Press], within: float) -> Sequence[float | None]:
        async def one(place: int, pressed: Press) -> float | None:
            await asyncio.sleep(within * place / len(presses))
            at = time.time()
            return at if await self._press(pressed) else None

        return await asyncio.gather(*(one(place, pressed) for place, pressed in enumerate(presses)))

    async def _press(self, pressed: Press) -> bool:
        """Press it, and wait for the answer; False for a vote for which no list has come."""
        person = pressed.person.id
        if pressed.vote and person not in self._lists:
            return False
        if not pressed.vote:
            self._lists.pop(person, None)
            took, answer = await self._browsers[person].press(ShowQuestions(pressed.group).encode())
            html = next(m["html"] for m in answer["messages"] if m["id"] == answer["focus"])
            votes = re.findall(rf'value="({VoteForQuestion.code}-[^"]+)"', html)
            self._lists[person] = votes, str(answer["focus"])
        else:
            votes, message = self._lists[person]
            took, _answer = await self._browsers[person].press(votes[pressed.vote - 1], message)
        self._times.append(took)
        return True

    async def times(self) -> list[float]:
        times, self._times = self._times, []
        return times

    async def seen(self, words: str, since: float) -> Mapping[str, float]:
        at: dict[str, float] = {}
        for person, browser in self._browsers.items():
            for heard, text in browser.heard:
                if heard >= since and words in text:
                    at[str(person)] = heard
                    break
        return at


class Wall:
    """A screen on the wall, which follows the plenary; to be entered with `async with`.

    `shown` are the numbers of votes that it showed, each with its time in seconds since 1970.
    """

    def __init__(self, address: str, half: float) -> None:
        """`half` is half a round trip in seconds."""
        self.shown: list[tuple[float, int]] = []
        self._address = address
        self._half = half

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        self._following = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._following.cancel()
        await asyncio.wait((self._following,))
        await self._session.close()

    async def _follow(self) -> None:
        whole = aiohttp.ClientTimeout(total=None)
        async with self._session.get(f"{self._address}/events", timeout=whole) as stream:
            assert stream.status == 200, stream
            async for line in stream.content:
                if line.startswith(b"data: {"):
                    html = json.loads(line.removeprefix(b"data: "))["html"]
                    found = _VOTES.search(html)
                    votes = int(re.sub(r"\D", "", found[1])) if found else 0
                    self.shown.append((time.time() + self._half, votes))

    def waits(self, groups: Sequence[Sequence[float]], until: Sequence[float]) -> tuple[list[float], int]:
        """Return how long votes took to be shown, sorted, and how many were not.

        `groups` has the times of the votes for each group in the order of the groups, `until` when each group left the
        stage; votes in the last second before that are left out. The count on the wall begins anew with each group.
        """
        segments: list[list[tuple[float, int]]] = [[]]
        for at, votes in self.shown:
            if segments[-1] and votes < segments[-1][-1][1]:
                segments.append([])
            segments[-1].append((at, votes))
        waited, never = [], 0
        for times, left, segment in zip(groups, until, segments, strict=False):
            for number, pressed in enumerate(sorted(times), start=1):
                if pressed < left - 1:
                    shown = [at for at, votes in segment if votes >= number][:1]
                    waited += [max(0.0, at - pressed) for at in shown]
                    never += not shown
        return sorted(waited), never
