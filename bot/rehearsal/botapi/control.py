"""Lets another process drive the server by JSON posted to /control/…, as benchmarks do on another CPU core."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Any

from aiohttp import web

from bot.rehearsal.botapi.people import TelegramUser
from bot.rehearsal.botapi.server import BotApi
from bot.rehearsal.botapi.wire import Json, encode


class Control:
    """Lets another process control the simulated Telegram server by POST /control/<command>, with bodies in JSON.

    people    {count, started, language_code} → {first, last}: invent people; returns the first and the last id
    act       {acts: [[person, act, words], …], spread, patient} → {last, missed}: let people act, evenly over
              `spread` seconds; an act is start, send, press, forge or vote; with `patient`, an act on a button
              that is not shown is skipped, and `missed` are the positions of these acts; `last` is the id of the
              last update
    push      {updates: [[kind, payload, chat], …]} → {last}: send the bot any updates
    wait      {calls: {method: number}, replied, acknowledged, settled, timeout}: wait until all these counters
              are reached, then answer like `counters`; 504 after `timeout` seconds
    counters  {} → {calls, refusals, pending, unanswered, replied, acknowledged}
    timings   {} → {replied, acknowledged}: seconds from each act to the first message or edit in its chat,
              and from each press to its answer
    shown     {person, count} → {shown: [{text, buttons, edited}, …]}: the latest `count` messages that the person
              saw, oldest first
    seen      {words, since} → {at: {person: seconds}}: when each person first saw a message with these words,
              not counting messages before `since`; both times are in seconds since 1970
    fail      the arguments of `BotApi.fail`
    reset     {}: reset counters and timings
    """

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._people: dict[int, TelegramUser] = {}
        self._names: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "people": self._invent,
            "act": self._act,
            "push": self._push,
            "wait": self._wait,
            "counters": self._counters,
            "timings": self._timings,
            "shown": self._shown,
            "seen": self._seen,
            "fail": self._fail,
            "reset": self._reset,
        }
        api.control = self.serve

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request to control the simulated Telegram server.

        The status is 404 for an unknown command, 400 for invalid arguments, 504 if a wait took too long.
        """
        command = self._names.get(request.raw_path.removeprefix("/control/"))
        if command is None:
            return web.Response(status=404, text="no such control")
        try:
            answer = await command(json.loads(await request.read() or b"{}"))
        except (KeyError, TypeError, ValueError) as error:
            return web.Response(status=400, text=repr(error))
        except AssertionError as error:
            return web.Response(status=504, text=str(error))
        return web.Response(body=encode(answer).encode(), content_type="application/json")

    async def _invent(self, asked: Json) -> Json:
        language, started = asked.get("language_code", "fr"), asked.get("started", True)
        people = [
            TelegramUser(self._api, f"Personne {number}", language_code=language, started=started)
            for number in range(1, asked["count"] + 1)
        ]
        self._people |= {person.id: person for person in people}
        return {"first": people[0].id, "last": people[-1].id}

    async def _act(self, asked: Json) -> Json:
        acts, spread = asked["acts"], asked.get("spread", 0.0)
        missed: list[int] = []
        started = asyncio.get_running_loop().time()
        for number, act in enumerate(acts):
            if spread and (early := started + spread * number / len(acts) - asyncio.get_running_loop().time()) > 0:
                await asyncio.sleep(early)
            try:
                self._one(*act)
            except AssertionError:
                if not asked.get("patient"):
                    raise
                missed.append(number)
        return {"last": self._api.world.updates.last_id, "missed": missed}

    def _one(self, person: int, act: str, words: str = "") -> None:
        user = self._people[person]
        deeds: dict[str, Callable[[str], Any]] = {
            "start": user.start,
            "send": user.send,
            "press": user.press,
            "forge": user.forge,
            "vote": lambda place: user.press(_vote(user, int(place))),
        }
        deeds[act](words)

    async def _push(self, asked: Json) -> Json:
        for kind, payload, chat in asked["updates"]:
            self._api.push(kind, payload, chat)
        return {"last": self._api.world.updates.last_id}

    async def _wait(self, asked: Json) -> Json:
        api, world = self._api, self._api.world
        last, settles = world.updates.last_id, asked.get("settled", False)

        def reached() -> bool:
            return (
                all(api.calls[method] >= number for method, number in asked.get("calls", {}).items())
                and len(world.replied) >= asked.get("replied", 0)
                and len(world.acknowledged) >= asked.get("acknowledged", 0)
                and (not settles or (world.updates.confirmed(last) and not world.registry.unanswered))
            )

        await api.until(reached, lambda: encode(self._count()), asked.get("timeout", 60.0))
        return self._count()

    async def _counters(self, _asked: Json) -> Json:
        return self._count()

    def _count(self) -> Json:
        world = self._api.world
        return {
            "calls": self._api.calls,
            "refusals": self._api.refusals,
            "pending": len(world.updates.pending),
            "unanswered": len(world.registry.unanswered),
            "replied": len(world.replied),
            "acknowledged": len(world.acknowledged),
        }

    async def _timings(self, _asked: Json) -> Json:
        return {"replied": self._api.world.replied, "acknowledged": self._api.world.acknowledged}

    async def _shown(self, asked: Json) -> Json:
        latest = islice(reversed(self._people[asked["person"]].shown), asked.get("count", 1))
        seen = [{"text": shown.text, "buttons": shown.buttons, "edited": shown.edited} for shown in latest]
        return {"shown": seen[::-1]}

    async def _seen(self, asked: Json) -> Json:
        words, since = asked["words"], asked["since"]
        at: dict[int, float] = {}
        for number, person in self._people.items():
            shown = (shown for shown in person.shown if shown.at >= since and words in shown.text)
            if first := next(shown, None):
                at[number] = first.at
        return {"at": at}

    async def _fail(self, asked: Json) -> Json:
        self._api.fail(**asked)
        return {}

    async def _reset(self, _asked: Json) -> Json:
        self._api.calls.clear()
        self._api.refusals.clear()
        self._api.world.replied.clear()
        self._api.world.acknowledged.clear()
        return {}


def _vote(user: TelegramUser, place: int) -> str:
    """Return the label of an option that votes, by its place from 0 on the latest message with numbered options."""
    for shown in reversed(user.shown):
        if labels := [label for label in shown.buttons if label.partition(".")[0].isdigit()]:
            return next(islice(labels, place, None), "no such vote")
    raise AssertionError(f"no message offers a vote; the latest: {user.last}")
