"""Sends thousands of invalid requests to each entry of the program, while an honest person is served (`make fuzz`).

    python -m tools.fuzz [--count 10000] [--seed 8] [telegram webhook discord page]

For each entry, requests of honest people are recorded, changed (`tools.mutating`) and sent. The honest person must
always be answered, what was sent must be confirmed, the program must not fail, and memory must stay bounded.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import structlog

from bot.content.forms import Upload
from bot.content.roles import known
from bot.people import role_store
from bot.platforms.telegram.webhook import WEBHOOK_PATH
from bot.rehearsal.botapi import BotApi
from bot.rehearsal.botapi.updates import Update
from bot.rehearsal.chat_driver import Chat
from bot.rehearsal.chat_driver_web import WebChat
from tests.drivers import discord, telegram, web
from tests.world import World, make_settings, open_world
from tools.mutating import DEEP, broken, deepened, encode, mutant

_SECRET = "a-secret-of-the-webhook_2027"  # noqa: S105 - of a server on this machine
_SERVED_EVERY = 500
_PATIENCE = 0.5
"""Seconds in which a request is answered that is whole."""
_MEMORY = 300 << 20
"""Bytes that one way in may come to hold besides: the servers on which people write are in memory too."""


@dataclass
class Figures:
    """What happened to the malformed inputs that were sent to one of the program's ways in, such as its web server."""

    intake: str
    sent: int = 0
    seconds: float = 0.0
    served: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    logged: Counter[str] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)
    grown: int = 0

    def __str__(self) -> str:
        malformed = self.logged["telegram.update_malformed"] + self.logged["discord.update_malformed"]
        parts = [f"{self.sent} sent in {self.seconds:.0f} s", f"{self.served} times an honest person was answered"]
        parts += [f"{malformed} malformed"] if malformed else []
        parts += [f"HTTP {status}: {count}" for status, count in sorted(self.statuses.items())]
        return "\n  ".join([f"{self.intake}: {', '.join(parts)}, {self.grown >> 20} MB", *self.defects[:20]])


class _Watch(logging.Handler):
    """Notes whatever is logged, by the program or by a library, that tells of a defect."""

    def __init__(self, figures: Figures) -> None:
        super().__init__(logging.ERROR)
        self._figures = figures

    def emit(self, record: logging.LogRecord) -> None:
        self._figures.defects.append(f"{record.name}: {record.getMessage()} {record.exc_info and record.exc_info[1]!r}")

    def note(self, _logger: object, method: str, event: Any) -> Any:
        """A line of our own."""
        self._figures.logged[event["event"]] += 1
        if method in ("error", "exception", "critical"):
            reason = repr(sys.exc_info()[1]) if event.get("exc_info") else ""
            self._figures.defects.append(f"{ {**event, 'exc_info': reason} }")
        raise structlog.DropEvent


@contextlib.contextmanager
def _watched(figures: Figures) -> Any:
    watch, before = _Watch(figures), structlog.get_config()
    root = logging.getLogger()
    structlog.configure(processors=[watch.note])
    root.addHandler(watch)
    held, began = _held(), time.perf_counter()
    try:
        yield
    finally:
        figures.seconds, figures.grown = time.perf_counter() - began, _held() - held
        root.removeHandler(watch)
        structlog.configure(**before)
        if figures.grown > _MEMORY:
            figures.defects.append(f"{figures.grown >> 20} MB more than before")


def _held() -> int:
    """Bytes that this process holds at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@contextlib.asynccontextmanager
async def _gathering(folder: Path) -> AsyncIterator[World]:
    """A gathering whose time goes on wherever somebody waits for it."""
    settings = make_settings(organisers={"telegram": [900], "discord": [900]})
    async with open_world(f"sqlite:///{folder}/fuzz.db", settings, migrate=True) as world:

        async def tick() -> None:
            while True:
                with contextlib.suppress(IndexError):  # who slept has been woken meanwhile
                    await world.clock.advance_when_asleep()

        ticking = asyncio.create_task(tick())
        try:
            yield world
        finally:
            ticking.cancel()


async def _is_served(chat: Chat, figures: Figures) -> None:
    try:
        await chat.command("moi")
        said = chat.text
    except (AssertionError, TimeoutError) as problem:
        said = repr(problem)
    if "No theme chosen yet." in said:
        figures.served += 1
    else:
        figures.defects.append(f"after {figures.sent}, an honest person is answered: {said[:200]}")


# --- Telegram


async def _honest_on_telegram(harness: telegram.TelegramHarness, count: int) -> list[Any]:
    """Updates of all kinds, as the platform brings them."""
    seen: list[dict[str, Any]] = []
    queue = harness.api.world.updates
    push = queue.push

    def recording(kind: str, payload: object, chat: int) -> Update | None:
        update = push(kind, payload, chat)
        if update:
            seen.append(json.loads(update.body))
        return update

    queue.push = recording  # type: ignore[method-assign]
    max_ = harness.person("Max")
    await max_.follow("j-" + await harness.world.invite("Max"))
    for key, role in known().items():
        scope = "all" if role.scope else ""
        await harness.world.change(role_store.give, harness.world.ids["Max"] or 0, key, scope, None)
    for word in list(harness.world.dispatcher.router.commands)[: count // 20]:
        await max_.command(word)
        if max_.options:
            await max_.pick(max_.options[-1].removeprefix("✓ "))
        elif max_.buttons and not max_.user.last.rows[0][0].get("url"):
            await max_.press(max_.buttons[0])
    await max_.send("Une cuisine *partagée* https://example.org")
    await max_.rewrite("Une cuisine *partagée* https://example.org", "Un jardin")
    await max_.give(Upload("list.csv", b"a;b\n"), caption="what I brought")
    await max_.give(Upload("a.png", b"1"), Upload("b.png", b"2"), caption="two of them")
    max_.user.move(max_.user.send_location())
    max_.user.send_sticker()
    ines = harness.person("Inès", user_id=900)
    for word in ("start", "organiser"):
        await ines.command(word)
    for label in ines.buttons[:3]:
        await ines.command("organiser")
        await ines.press(label)
    max_.user.block()
    await harness.api.settled()
    queue.push = push  # type: ignore[method-assign]
    member = next(update["my_chat_member"] for update in seen if "my_chat_member" in update)
    seen.append({"update_id": 1, "chat_member": member})
    asked = {key: member[key] for key in ("chat", "from", "date")} | {"user_chat_id": 1}
    seen.append({"update_id": 2, "chat_join_request": asked})
    return seen


def _numbered(random: Random, update: Any, number: int) -> Any:
    """Mostly under a number that was never used: else it would be known already, and looked at no further."""
    if isinstance(update, dict) and random.random() < 0.9:
        update["update_id"] = number
    return update


async def fuzz_telegram(folder: Path, count: int, random: Random) -> Figures:
    """Send `count` mutants (broken requests) as updates that the program fetches from Telegram; return the figures."""
    figures = Figures("telegram")
    async with _gathering(folder) as world, BotApi() as api, telegram.open_harness(world, api) as harness:
        zoe = harness.person()
        await zoe.follow("j-" + await world.invite("Zoé"))
        honest = await _honest_on_telegram(harness, count)
        queue = api.world.updates
        with _watched(figures):
            for _ in range(count):
                queue.last_id += 1
                body = encode(_numbered(random, mutant(random, honest), queue.last_id))
                queue.pending[queue.last_id] = Update(queue.last_id, "message", 0, body, api.world.now())
                figures.sent += 1
                if figures.sent % min(_SERVED_EVERY, count) == 0:
                    await _is_served(zoe, figures)
            try:
                await api.settled(60)
            except AssertionError as problem:
                figures.defects.append(str(problem)[:200])
            await harness.adapter.replies.drained()
        if harness.running.done():
            figures.defects.append("polling has ended")
    return figures


async def fuzz_webhook(folder: Path, count: int, random: Random) -> Figures:
    """Send `count` mutants (broken requests) as updates that Telegram posts to the webhook; return what happened."""
    figures = Figures("webhook")
    how: dict[str, Any] = {
        "mode": "webhook",
        "webhook_url": f"http://127.0.0.1:1{WEBHOOK_PATH}",
        "webhook_secret": _SECRET,
    }
    async with _gathering(folder / "recorded") as world, BotApi() as api, telegram.open_harness(world, api) as harness:
        honest = await _honest_on_telegram(harness, count)
    async with (
        _gathering(folder) as world,
        BotApi() as api,
        telegram.open_harness(world, api, **how) as harness,
        web.open_web(world, routes=harness.adapter.webhook_routes()) as site,
    ):
        await api.until(lambda: api.world.webhook)
        code = await world.invite("Zoé")
        browser = site.person().browser
        headers = {"X-Telegram-Bot-Api-Secret-Token": _SECRET}
        zoe = harness.person(user_id=77_000)

        async def post(body: bytes, **more: str) -> None:
            async with browser.post(f"{site.root}{WEBHOOK_PATH}", data=body, headers={**headers, **more}) as answer:
                figures.statuses[answer.status] += 1

        async def bring(update: Update) -> None:
            await post(update.body)
            api.world.updates.confirm(update)
            api.world.bell.ring()

        bringing: set[asyncio.Task[None]] = set()
        api.world.updates.listener = lambda update: bringing.add(asyncio.create_task(bring(update)))
        await zoe.follow(f"j-{code}")
        with _watched(figures):
            for number in range(count):
                body = encode(_numbered(random, mutant(random, honest), 1_000 + number))
                if random.random() < 0.1:
                    await post(broken(random, body), **random.choice(_HEADERS))
                else:
                    await post(body)
                figures.sent += 1
                if figures.sent % min(_SERVED_EVERY, count) == 0:
                    await _is_served(zoe, figures)
            await harness.adapter.replies.drained()
        api.world.updates.listener = None
    _refuse_failures(figures)
    return figures


_HEADERS: tuple[Mapping[str, str], ...] = (
    {},
    {"Content-Type": "application/json; charset=nonsense"},
    {"Content-Type": "text/plain"},
    {"Content-Encoding": "gzip"},
    {"X-Telegram-Bot-Api-Secret-Token": "é\udcff".encode("utf-8", "surrogateescape").decode("latin-1")},
)


def _refuse_failures(figures: Figures) -> None:
    if failures := {status: count for status, count in figures.statuses.items() if status >= 500}:
        figures.defects.append(f"HTTP {failures}")


# --- Discord


async def fuzz_discord(folder: Path, count: int, random: Random) -> Figures:
    """Send `count` mutants (broken events) as events of Discord's gateway, and return what happened."""
    figures = Figures("discord")
    async with _gathering(folder) as world, discord.open_harness(world) as harness:
        honest = await _honest_on_discord(harness, count)
        zoe = harness.person()
        await zoe.follow("j-" + await world.invite("Zoé"))
        readers = harness.adapter.client._connection.parsers
        with _watched(figures):
            for _ in range(count):
                event, payload = random.choice(honest)
                payload = deepened(mutant(random, [each for kind, each in honest if kind == event]))
                try:
                    readers[event](payload)
                except Exception as error:  # noqa: BLE001 - the connection would end
                    figures.defects.append(f"{event}: {error!r}")
                figures.sent += 1
                if figures.sent % 20 == 0:
                    await asyncio.sleep(0)
                if figures.sent % min(_SERVED_EVERY, count) == 0:
                    await _is_served(zoe, figures)
            await harness.adapter.interactions.finish()
        figures.defects += [repr(error) for error in harness.env.errors]
        harness.env._errors.clear()
    return figures


async def _honest_on_discord(harness: discord.DiscordHarness, count: int) -> list[tuple[str, Any]]:
    """Presses, choices, forms, messages and what else a server tells."""
    seen: list[tuple[str, Any]] = []
    harness.env.backend.subscribers.append(lambda event, payload: seen.append((event, json.loads(json.dumps(payload)))))
    max_ = harness.person("Max")
    await max_.follow("j-" + await harness.world.invite("Max"))
    for key, role in known().items():
        scope = "all" if role.scope else ""
        await harness.world.change(role_store.give, harness.world.ids["Max"] or 0, key, scope, None)
    for word in list(harness.world.dispatcher.router.commands)[: count // 20]:
        await max_.command(word)
        if max_.options:
            await max_.pick(max_.options[-1].removeprefix("✓ "))
        elif max_.buttons:
            await max_.press(max_.buttons[0])
    await max_.send("Une cuisine **partagée** https://example.org")
    await max_.give(Upload("list.csv", b"a;b\n"), caption="what I brought")
    member = harness.member("Anna")
    await member.command("moi")
    ines = harness.person("Inès", native_id=900)
    await ines.command("organiser")
    for label in ines.buttons[:3]:
        await ines.command("organiser")
        await ines.press(label)
    harness.env.backend.subscribers.pop()
    kept = [(event, payload) for event, payload in seen if event not in ("READY", "RESUMED")]
    acts = [each for each in kept if each[0] in ("INTERACTION_CREATE", "MESSAGE_CREATE", "MESSAGE_UPDATE")]
    edited = [("MESSAGE_UPDATE", payload) for event, payload in acts if event == "MESSAGE_CREATE"]
    return [*kept, *acts * 3, *edited]


# --- the page


async def fuzz_page(folder: Path, count: int, random: Random) -> Figures:
    """Send `count` mutants of HTTP requests, with broken lines, headers and bodies, to the page; return the figures."""
    figures = Figures("page")
    async with _gathering(folder) as world, web.open_web(world) as site:
        zoe, max_ = await site.joined("Zoé"), site.person()
        link = await site.page_link("Max")
        requests = await _honest_requests(site, max_, link)
        with _watched(figures):
            while figures.sent < count:
                if figures.sent % 200 == 0:  # one of them may have closed the session
                    requests = await _honest_requests(site, max_, link)
                sent = [_assembled(random, mutant(random, requests)) for _ in range(20)]
                statuses = await asyncio.gather(*(_exchange(site, request) for request in sent))
                figures.statuses.update(statuses)
                figures.sent += len(sent)
                if figures.sent % min(_SERVED_EVERY, count) == 0:
                    await _is_served(zoe, figures)
        if site.running.done():
            figures.defects.append("the page is not served any more")
    _refuse_failures(figures)
    return figures


async def _honest_requests(site: web.WebHarness, chat: WebChat, link: str) -> list[Any]:
    """What a browser asks of somebody's page: method, path, headers, fields, files."""
    await chat.open_link(link)
    composer = chat.page.first("form", id="composer")
    assert composer is not None
    seal = {row["name"]: row.get("value") for row in composer.all("input", type="hidden")} | {"token": "TOKEN"}
    [cookie] = [f"session={each.value}" for each in chat.browser.cookie_jar if f"/c/{chat.person_id}/" in each["path"]]
    headers = {"Host": site.root.removeprefix("http://"), "Cookie": cookie, "Accept": "*/*", "Accept-Language": "en"}
    here = f"/c/{chat.person_id}/"
    seen = ("/", "/health", "/static/chat.css?v=1", f"/p/{link}", here, f"{here}form?payload=cd&message=1")
    asked = [["GET", path, headers, {}, []] for path in (*seen, f"{here}file/1/0", f"{here}picture/2/0")]
    asked.append(["GET", f"{here}events?after=0", {**headers, "Last-Event-ID": "1"}, {}, []])
    asked.append(["POST", f"/p/{link}", headers, {}, []])
    posted: list[tuple[str, dict[str, str]]] = [
        ("say", {"text": "Une cuisine partagée"}),
        ("say", {"text": "/moi"}),
        ("press", {"payload": "go-moi", "message": "1"}),
        ("pick", {"payload": "tt", "value": "culture", "message": "1"}),
        ("call", {"word": "aide"}),
        ("submit", {"payload": "go-code", "answer-code": "x", "message": "1"}),
        ("seen", {"revision": "1"}),
    ]
    scripted = {**headers, "Accept": "application/json", "Sec-Fetch-Site": "same-origin", "Origin": site.root}
    for gesture, given in posted:
        for how in (headers, scripted):
            asked.append(["POST", here + gesture, how, {**seal, **given}, []])
            asked.append(["POST", here + gesture, how, {**seal, **given}, ["a.png", "b.csv"]])
    return asked


def _assembled(random: Random, asked: Any) -> bytes:
    """A request as it travels, whatever its parts are by now; now and then its bytes are broken too."""
    parts = asked if isinstance(asked, list) else [asked]
    method, path, headers, fields, files = [*parts, *["GET", "/", {}, {}, []][len(parts) :]][:5]
    headers = dict(headers) if isinstance(headers, dict) else {"X": headers}
    body, kind = b"", ""
    if files:
        boundary = random.choice(("b0undary", "x" * 70, "", "é"))
        pieces = [f'form-data; name="{name}"\r\n\r\n{value}' for name, value in _pairs(fields)]
        extra = random.choice(_PART_HEADERS)
        pieces += [f'form-data; name="files"; filename="{name}"{extra}\r\n\r\n\x89PNG' for _, name in _pairs(files)]
        text = "".join(f"--{boundary}\r\nContent-Disposition: {piece}\r\n" for piece in pieces) + f"--{boundary}--\r\n"
        body, kind = _bytes(text), f"multipart/form-data; boundary={boundary}"
    elif fields:
        body = urlencode([(str(name), _bytes(str(value))) for name, value in _pairs(fields)]).encode()
        kind = "application/x-www-form-urlencoded" + random.choice(_CHARSETS)
    body = body.replace(b"TOKEN", b"%020d" % random.randrange(10**20))
    if kind:
        headers.setdefault("Content-Type", kind)
    headers = {"Content-Length": len(body), "Connection": "close", **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    request = b"\r\n".join([*(_bytes(line) for line in lines), b"", b""]) + body
    return broken(random, request) if random.random() < 0.2 else request


_CHARSETS = (
    "",
    "",
    "",
    "; charset=utf-8",
    "; charset=nonsense",
    "; charset=utf-16",
    "; charset=punycode",
    "; charset=",
)
_PART_HEADERS = (
    *("", "", "\r\nContent-Type: text/plain; charset=nonsense", "\r\nContent-Transfer-Encoding: base64"),
    *("\r\nContent-Encoding: gzip", "\r\nContent-Length: -1", "\r\nContent-Type: multipart/mixed; boundary=b"),
)


def _pairs(of: Any) -> list[tuple[Any, Any]]:
    return list(of.items()) if isinstance(of, dict) else list(enumerate(of)) if isinstance(of, list) else [("x", of)]


def _bytes(text: str) -> bytes:
    return text.replace(DEEP, "[" * 3_000).encode("utf-8", "surrogatepass")


async def _exchange(site: web.WebHarness, request: bytes) -> int:
    """The status that bytes are answered with; 0 for none."""
    assert site.adapter.server.address
    reader, writer = await asyncio.open_connection(*site.adapter.server.address)
    try:
        writer.write(request)
        async with asyncio.timeout(_PATIENCE):
            line = await reader.readline()
        return int(line.split()[1]) if line.startswith(b"HTTP/") else 0
    except (ConnectionError, ValueError, TimeoutError):  # closed, no HTTP, or the rest of it is waited for
        return 0
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


# ---

Fuzz = Callable[[Path, int, Random], Awaitable[Figures]]
INTAKES: Mapping[str, Fuzz] = {
    "telegram": fuzz_telegram,
    "webhook": fuzz_webhook,
    "discord": fuzz_discord,
    "page": fuzz_page,
}


async def fuzz(intake: str, count: int, seed: int) -> Figures:
    """Send `count` mutants (broken requests) to one entry of the program, and return what happened.

    `intake` is a key of `INTAKES`, such as «page». The same `seed` sends the same mutants.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "recorded").mkdir()
        return await INTAKES[intake](Path(folder), count, Random(f"{seed} {intake}"))  # noqa: S311 - to be repeated


def main() -> int:
    """Send mutants to each way into the program that the command line names; return 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("intakes", nargs="*", metavar="INTAKE", help=f"of {', '.join(INTAKES)}; all by default")
    parser.add_argument("--count", type=int, default=10_000, help="how many to each way in")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same number sends the same again")
    asked = parser.parse_args()
    if unknown := set(asked.intakes) - set(INTAKES):
        parser.error(f"there is no way in called {', '.join(sorted(unknown))}")
    print(f"seed {asked.seed}", flush=True)
    well = True
    for intake in asked.intakes or INTAKES:
        figures = asyncio.run(fuzz(intake, asked.count, asked.seed))
        print(figures, flush=True)
        well = well and not figures.defects
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
