"""All that the tests of this folder know of the program: a gathering, its people, and where it keeps things.

The tests themselves speak HTTP and chat. When the code is arranged otherwise, this module changes and they stay.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web

from bot.app import build
from bot.content.forms import Upload
from bot.content.views import View
from bot.database.engine import Transaction
from bot.membership.erasure import finish_erasures
from bot.people import facilitator_store, participant_store, secret_store
from bot.people.audiences import parse
from bot.platforms.web import page_store
from bot.platforms.web.page_store import NewAttachment
from bot.rehearsal.chat_driver import Chat, ChatDriver
from bot.rehearsal.chat_driver_discord import DiscordChat
from bot.rehearsal.chat_driver_web import WebChat
from handlers.groups.service.membership import publish_round
from handlers.groups.store.members import put_in_group
from handlers.syntheses.participant import territory_grid
from handlers.themes.service import choose_theme
from handlers.workshops.actions import CallForHelp, MyDeck, NudgeSilent, OpenTerritories, RunPhases
from tests.drivers.web import WebHarness, open_web, page_link
from tests.groups.builders import found_round, group
from tests.harmful_files import CALENDARS, TABLES, WORKBOOKS
from tests.participants import number
from tests.pictures import OWNER, PLACE, PROGRAM, drawn, heic, taken
from tests.scenarios.conftest import FIRST_ORGANISER, Stage, open_platform
from tests.stored_rows import tables
from tests.workshops.builders import PHASES, ended, revealed, started
from tests.world import DECLARED, World, make_settings, open_world

__all__ = [
    "OWNER",
    "PLACE",
    "PROGRAM",
    "Gathering",
    "Upload",
    "WebChat",
    "drawn",
    "heic",
    "impatient",
    "killing",
    "open_gathering",
    "proxied",
    "taken",
    "unread",
]

_TABLES = tuple(dict.fromkeys(tables()))

_numbers = count(1)

PHASE = "solutions"
"""The phase that `Gathering.start_phase` begins: people give ideas in it."""


@dataclass
class Gathering:
    """A gathering that has begun, on its page and wherever else the test wants it."""

    world: World
    site: WebHarness
    _stages: dict[str, Stage] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The address of the web page, without a slash at its end."""
        return self.site.root

    @property
    def folder(self) -> Path:
        """Where the photos and documents that people sent are kept."""
        return self.world.settings.storage.folder

    def kept(self) -> dict[Path, bytes]:
        """Everything on disk: the SQLite file with its log, if it is one, and the files beside it."""
        database = Path(self.world.settings.storage.url.removeprefix("sqlite:///"))  # no file of a server's
        url = self.world.settings.storage.url
        beside = (
            [file for file in database.parent.glob(f"{database.name}*") if file.is_file()]
            if url.startswith("sqlite")
            else []
        )
        return {file: file.read_bytes() for file in [*beside, *(f for f in self.folder.rglob("*") if f.is_file())]}

    def visitor(self, **headers: str) -> WebChat:
        """Someone with a browser who has no page yet."""
        return self.site.person(**headers)

    def client(self) -> aiohttp.ClientSession:
        """A bare HTTP client without cookies, closed with the gathering."""
        return self.visitor().browser

    async def page_link(self, given_name: str, **facts: Any) -> str:
        """The secret of the personal page of someone who is invited: what follows /p/ in its address."""
        return await page_link(self.world, await self.world.invite(given_name, **facts))

    async def forge(self, chat: WebChat, to: str, **fields: str | Sequence[str]) -> int:
        """Post fields of one's own making from someone's page, with all that a form of theirs holds; the status.

        The page knows all that was said before, so it is answered with what this gesture brings, and nothing else.
        """
        known = await self.world.read(page_store.latest_revision, int(chat.person_id))
        return (await self.forge_and_read(chat, to, **{"after": str(known), **fields}))[0]

    async def forge_and_read(self, chat: WebChat, to: str, **fields: str | Sequence[str]) -> tuple[int, str]:
        """Post fields as `forge` does; the status and the answer."""
        seal = next(each["value"] for each in chat.page.walk() if each.get("name") == "seal")
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{name.replace("_", "-")}"\r\n\r\n{value}\r\n'
            for name, values in {"seal": seal, "token": f"forged-{next(_numbers)}", **fields}.items()
            for value in ((values,) if isinstance(values, str) else values)
        ]
        body = BytesIO("".join([*parts, "--x--\r\n"]).encode())
        headers = {"Accept": "application/json", "Content-Type": "multipart/form-data; boundary=x"}
        async with chat.browser.post(f"{self.root}/c/{chat.person_id}/{to}", data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    @asynccontextmanager
    async def posting(self, chat: WebChat, to: str, **fields: str) -> AsyncIterator[Callable[[], Awaitable[str]]]:
        """Begin to post fields from someone's page; the rest comes once the function that this yields is called.

        It returns the whole answer, as text, with its status in the first line.
        """
        seal = next(each["value"] for each in chat.page.walk() if each.get("name") == "seal")
        body = urlencode({"seal": seal, "token": f"late-{next(_numbers):04}", **fields}).encode()
        host = self.root.removeprefix("http://")
        head = {
            "Host": host,
            "Cookie": "; ".join(f"{cookie.key}={cookie.value}" for cookie in chat.browser.cookie_jar),
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        lines = [f"POST /c/{chat.person_id}/{to} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        name, _colon, port = host.partition(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode() + body[:20])
            await writer.drain()
            await chat.look()  # by the time that this is answered, the other request has long been recognised

            async def finish() -> str:
                writer.write(body[20:])
                await writer.drain()
                return (await reader.read()).decode()

            yield finish
        finally:
            writer.close()
            await writer.wait_closed()

    async def hang_file(self, chat: WebChat, content: bytes) -> str:
        """Let a file hang on a message of someone's page; its address below the page's."""
        hanging = NewAttachment("file", "film.mp4", "video/mp4", digest=self.world.files.keep(content))
        said, now = View(("A film",)), self.world.clock.now()
        message = await self.world.store.transact(
            lambda tx: page_store.add(tx, int(chat.person_id), "bot", said, now, attached=(hanging,))
        )
        return f"file/{message}/0"

    async def page_link_of(self, chat: WebChat) -> str:
        """One more secret of someone's page, for another device of theirs."""
        return await self.world.store.transact(
            lambda tx: secret_store.issue(tx, "page", int(chat.person_id), self.world.clock.now())
        )

    async def join(self, given_name: str, on: str = "web", **facts: Any) -> Chat:
        """Someone invited who has just come in."""
        return await self._stages[on].join(given_name, **facts)

    async def join_page(self, given_name: str, **facts: Any) -> WebChat:
        """Someone invited who has just opened their page."""
        return cast("WebChat", await self.join(given_name, "web", **facts))

    async def organiser(self, on: str = "web") -> Chat:
        """Inès, who organises."""
        return await self._stages[on].organiser()

    async def organiser_page(self) -> WebChat:
        """Inès, who organises, on her page."""
        return cast("WebChat", await self.organiser("web"))

    async def stranger(self, name: str, on: str) -> Chat:
        """Someone with an account there whom nobody knows, and who is greeted as such."""
        chat = self._stages[on].person(name)
        await chat.command("start")
        return chat

    async def invite(self, given_name: str) -> str:
        """The code that invites someone, without its hyphens."""
        return await self.world.invite(given_name)

    async def linked(self, chat: Chat, name: str, on: str) -> Chat:
        """Another account of who has this chat: they type the code there, and say yes here."""
        await chat.command("lier")
        code = next(word for word in chat.text.split() if word.count("-") == 1)
        other = await self.stranger(name, on)
        await other.command("lier", code)
        await other.press("Yes, that is me")
        await self.delivered(chat)
        await chat.press("Yes, link it")
        await self.delivered(chat, other)
        return other

    async def person_card(self, organiser: Chat, given_name: str) -> None:
        """Let an organiser open what they see of someone."""
        await organiser.command("organiser")
        await organiser.press("Find someone")
        await organiser.fill(given_name)
        await organiser.press(next(label for label in organiser.buttons if given_name in label))

    async def group(self, *given_names: str, number: int = 1, room: str = "") -> None:
        """Put people into a group of their own; nobody is told before it is published."""
        self._group = await group(self.world, given_names, number_=number, room=room)

    async def let_facilitate(self, given_name: str) -> None:
        """Let someone run all workshops, and be in none of the groups."""
        person = await number(self.world, given_name)
        await self.world.store.transact(lambda tx: facilitator_store.give(tx, person, [parse("all")]))

    @property
    def of_the_group(self) -> tuple[str, ...]:
        """What buttons about the group made last carry: its slides, its territories, its phase, a call for help."""
        every = (MyDeck, OpenTerritories, territory_grid.draw.to, RunPhases, NudgeSilent, CallForHelp)
        return tuple(action(self._group.id).encode() for action in every)

    async def join_group(self, *family_names: str) -> None:
        """Put more people into the group made last, known by their family names."""

        async def unit(tx: Transaction) -> None:
            for name in family_names:
                row = await tx.one("SELECT id FROM participants WHERE family_name = :name", name=name)
                person = await participant_store.find(tx, row["id"]) if row else None
                assert person is not None
                await choose_theme(tx, person, self._group.theme, self.world.clock.now())
                await put_in_group(tx, person.id, self._group)

        await self.world.store.transact(unit)

    async def start_phase(self, *given_names: str, minutes: int = 60, phase: str = PHASE) -> None:
        """Put people (none: the same as before) into a group and begin a phase for it, in which they give ideas."""
        if given_names:
            await self.group(*given_names)
        self._run = await started(self.world, self._group, phase, minutes=minutes)

    async def reveal(self) -> None:
        """Let the group read its ideas."""
        self._run = await revealed(self.world, self._run)

    async def end_phase(self) -> None:
        """Close the phase that `start_phase` began."""
        self._run = await ended(self.world, self._run)

    async def publish(self) -> None:
        """Tell everyone their group."""
        round_ = await found_round(self.world)
        await self.world.store.transact(lambda tx: publish_round(tx, round_, self.world.clock.now()))

    async def finish_erasing(self) -> None:
        """What the program does a moment after someone was erased."""
        await finish_erasures(self.world.store, DECLARED, self.world.settings.storage, self.world.files)

    async def restart(self) -> None:
        """What the program does when it starts, before it listens to anybody."""
        async with build(self.world.settings, only=frozenset(), clock=self.world.clock):
            pass

    async def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table, on either engine."""

        async def unit(tx: Transaction) -> dict[str, list[dict[str, Any]]]:
            return {
                table: [dict(cast("Any", row)) for row in await tx.all(f"SELECT * FROM {table}")] for table in _TABLES
            }

        return await self.world.store.read(unit)

    async def count_people_from(self, first: int) -> None:
        """Give people, and accounts a million later, numbers that nothing else has: before anybody came in."""

        async def unit(tx: Transaction) -> None:
            for table, start in (("participants", first), ("accounts", first + 1_000_000)):
                if tx.dialect == "sqlite":
                    await tx.run("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)", name=table, seq=start)
                else:
                    await tx.run(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH {start}")

        await self.world.store.transact(unit)

    async def put_back(self, rows: dict[str, list[dict[str, Any]]], files: dict[Path, bytes]) -> None:
        """Have the database hold these rows and no others, as a restore by its own tools does, and these files back."""
        for file, content in files.items():
            if file.is_relative_to(self.folder):
                file.write_bytes(content)

        async def unit(tx: Transaction) -> None:
            if tx.dialect == "postgresql":
                await tx.run("SET LOCAL session_replication_role = replica")  # in any order
            else:
                await tx.run("PRAGMA defer_foreign_keys = ON")
            for table in reversed(_TABLES):
                await tx.run(f"DELETE FROM {table}")
            for table, kept in rows.items():
                for row in kept:
                    names = ", ".join(row)
                    await tx.run(
                        f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{each}' for each in row)})", **row
                    )

        await self.world.store.transact(unit)

    async def delivered(self, *chats: Chat) -> None:
        """Wait until all jobs are done and all messages have arrived; each of these looks at what came."""
        await self.world.dispatcher.close()  # which writes down the replies that left
        await next(iter(self._stages.values())).delivered(*chats)

    def shown(self, chat: Chat) -> tuple[str, ...]:
        """The words of every message of the bot's that can be read in a chat now."""
        if isinstance(chat, DiscordChat):
            return chat.history
        return tuple(each.text for each in cast("ChatDriver", chat).received)

    async def wait(self, **by: float) -> None:
        """Let time pass, as `timedelta` takes it."""
        await self.world.clock.advance(timedelta(**by))

    async def break_store(self) -> None:
        """Let whatever asks for somebody's link fail, as a defect of ours would."""
        await self.world.store.transact(lambda tx: tx.run("ALTER TABLE secrets RENAME TO secrets_lost"))


@asynccontextmanager
async def open_gathering(
    url: str, *also_on: str, public_url: str = "http://127.0.0.1", **sections: object
) -> AsyncIterator[Gathering]:
    """A gathering over the database at `url`, on its page and `also_on` these: telegram, discord.

    `public_url` is where people reach the page, `sections` are as in config.toml.
    """
    named = {"telegram": [FIRST_ORGANISER], "discord": [FIRST_ORGANISER]}
    settings = make_settings(**{"organisers": named, "phases": PHASES, **sections})
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(url, settings))
        site = await stack.enter_async_context(open_web(world, public_url=public_url))
        stages: dict[str, Stage] = {}
        person: Callable[[str], Chat] = lambda _name: site.person()  # noqa: E731
        stages["web"] = Stage(world, "web", [site.adapter], person)
        for platform in also_on:
            stages[platform] = await stack.enter_async_context(open_platform(world, platform, stages["web"].platforms))
        yield Gathering(world, site, stages)


def killing(what: str) -> bytes:
    """A file made so that reading it never ends, or takes all memory; see tests/harmful_files.py for what there is."""
    return {**WORKBOOKS, **TABLES, **CALENDARS}[what]()


def unread(gathering: Gathering) -> int:
    """How many connections to the page have something to send that their other side does not read."""
    port = int(gathering.root.rpartition(":")[2])
    transports = list(cast("Any", asyncio.get_running_loop())._transports.values())
    theirs = [transport for transport in transports if (transport.get_extra_info("sockname") or ("", 0))[1] == port]
    return sum(each.get_write_buffer_size() > 0 for each in theirs)


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the page wait for a third of a second only until what it sends is read."""
    monkeypatch.setattr("bot.platforms.web.sending.READ_WITHIN", 0.3)


@asynccontextmanager
async def proxied(gathering: Gathering, path: str) -> AsyncIterator[str]:
    """The pages of a gathering once more, below `path` of a proxy that calls them by another name; their address."""
    upstream = ""
    client = aiohttp.ClientSession(auto_decompress=False)

    async def forward(request: web.Request) -> web.StreamResponse:
        headers = {name: value for name, value in request.headers.items() if name != "Host"} | {"Host": "localhost"}
        target = f"{upstream}{request.raw_path.removeprefix(path)}"
        body = await request.read()
        async with client.request(request.method, target, headers=headers, data=body, allow_redirects=False) as answer:
            kept = [each for each in answer.headers.items() if each[0] not in ("Transfer-Encoding", "Content-Length")]
            response = web.StreamResponse(status=answer.status)
            response.headers.extend(kept)
            await response.prepare(request)
            async for part in answer.content.iter_any():
                await response.write(part)
        return response

    app = web.Application()
    app.router.add_route("*", f"{path}/{{rest:.*}}", forward)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    root = f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
    try:
        async with open_web(gathering.world, public_url=root) as site:
            upstream = site.root
            yield root
    finally:
        await client.close()
        await runner.cleanup()
