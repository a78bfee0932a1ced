"""Simulated servers of Telegram, Discord, mail and pushes, and the program that a rehearsal runs with them.

The program is the one that `bot.app` builds. It can be stopped as by SIGTERM, and started again with the same database;
the servers and the browsers of simulated people keep what they had.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
from pydantic import SecretStr

from bot import app
from bot.app import App
from bot.background.side_process import SideProcess
from bot.clock import ShiftedClock
from bot.config.installation import EmailSettings
from bot.config.settings import Settings
from bot.platforms.telegram.adapter import Telegram
from bot.platforms.web.adapter import Web
from bot.rehearsal.botapi import BotApi, RateLimits, TelegramGroup, TelegramUser
from bot.rehearsal.chat_driver_discord import DiscordChat
from bot.rehearsal.chat_driver_mail import MailChat
from bot.rehearsal.chat_driver_page import LivePage
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.discord_server import DiscordServer
from bot.rehearsal.mail_server import MailServer, open_mail_server
from bot.rehearsal.passing import pass_time, wait_until_idle
from bot.rehearsal.push_service import PushService

_PARTS = app.PARTS - {"discord"}
"""The parts of the program that run: simcord takes the place of the part that receives from Discord."""
_PATIENCE = 120.0


@dataclass
class FakeServers:
    """The simulated servers of Telegram, Discord, mail and pushes, and the program that uses them in a rehearsal.

    `restarts` counts how often the program was started again.
    """

    settings: Settings
    clock: ShiftedClock
    telegram: BotApi
    discord: DiscordServer
    mail: MailServer
    pushes: PushService
    new_process: Callable[[], SideProcess] = SideProcess
    forum: TelegramGroup | None = None
    restarts: int = 0
    _browsers: list[aiohttp.ClientSession] = field(default_factory=list)
    _app: App | None = None
    _standing: AsyncExitStack = field(default_factory=AsyncExitStack)
    _serving: asyncio.Task[None] | None = None

    @property
    def app(self) -> App:
        """Return the running program."""
        assert self._app is not None, "the program does not run"
        return self._app

    @property
    def running(self) -> bool:
        """Return whether the program runs."""
        return self._app is not None

    # --- the program

    async def open(self) -> None:
        """Start the program with the simulated servers, and wait until it is ready."""
        building = app.build(self.settings, only=_PARTS, clock=self.clock, new_process=self.new_process)
        self._app = await self._standing.enter_async_context(building)
        await self.discord.connect(self._app.platforms["discord"])
        self._serving = asyncio.create_task(self._app.serve())
        pages = self._app.platforms["web"]
        assert isinstance(pages, Web)
        listening = asyncio.create_task(pages.server.listening.wait())
        await asyncio.wait({listening, self._serving}, return_when=asyncio.FIRST_COMPLETED)
        if self._serving.done():
            listening.cancel()
            await self._serving  # raises the reason why it did not begin

    async def close(self) -> None:
        """Stop the program, as the signal SIGTERM does."""
        assert self._serving is not None
        self._serving.cancel()
        await asyncio.wait({self._serving})  # `wait` tells our own cancellation from the task's
        if not self._serving.cancelled():
            self._serving.result()
        await self.discord.leave()
        await self._standing.aclose()
        self._app = self._serving = None

    async def reopen(self) -> None:
        """Start the program again with the same database, and wait until it has handled what people wrote meanwhile."""
        await self.open()
        await self.telegram.settled(_PATIENCE)
        self.restarts += 1

    async def restart(self) -> None:
        """Stop the program and start it again."""
        await self.close()
        await self.reopen()

    # --- time

    async def until(self, instant: datetime) -> None:
        """Move the clock to an instant, and let the program do everything that becomes due on the way.

        Raises TimeoutError if the program takes too long.
        """
        await self.app.dispatcher.close()  # or a message is changed that shows something else by now
        if not await pass_time(self.app.store, self.app.ticker, self.clock, instant, patience=_PATIENCE):
            raise TimeoutError(f"what was due before {instant:%d %B %H:%M} UTC is not done")

    async def calm(self) -> None:
        """Wait until the program has done everything that is due now. Raises TimeoutError if it takes too long."""
        await self.app.dispatcher.close()  # as in `until`
        if not await wait_until_idle(self.app.store, self.app.ticker, self.clock, patience=_PATIENCE):
            raise TimeoutError("what is due is not done")

    async def wait(self, **by: float) -> None:
        """Move the clock forward by a duration, given by the arguments of `timedelta`, for example `minutes=5`.

        The program does everything that becomes due on the way. Raises TimeoutError if it takes too long.
        """
        await self.until(self.clock.now() + timedelta(**by))

    # --- people

    def on_telegram(self, name: str, locale: str, user_id: int | None = None) -> TelegramChat:
        """Return the private chat of a new invented person on Telegram, who has not written to the bot yet.

        If `user_id` is None, any free id is used.
        """
        user = TelegramUser(self.telegram, name, language_code=locale, user_id=user_id)
        return TelegramChat(user, self._answered, strict=False)

    def on_discord(self, name: str) -> DiscordChat:
        """Return the private chat of a new invented person on the gathering's Discord server."""
        return self.discord.person(name)

    def on_page(self, locale: str) -> LivePage:
        """Return the page of a new invented person, in a browser with the language `locale`."""
        browser, root = self._browser(locale), self.settings.web.public_url
        return LivePage(browser, root, self.settings.gathering.zone, _secret_of, self.pushes)

    def on_mail(self, locale: str, address: str) -> MailChat:
        """Return the mailbox of a new invented person, and the page to which its letters lead, as `on_page` does."""
        browser, root = self._browser(locale), self.settings.web.public_url
        return MailChat(browser, root, self.settings.gathering.zone, _secret_of, self.mail, address)

    def _browser(self, locale: str) -> aiohttp.ClientSession:
        browser = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Accept-Language": locale})
        self._browsers.append(browser)
        return browser

    async def read_page(self, path: str) -> str:
        """Return the text of the page at a path, as a browser without a login gets it; '' if there is no such page."""
        async with (
            aiohttp.ClientSession(headers={"Accept-Language": "fr"}) as browser,
            browser.get(f"{self.settings.web.public_url.rstrip('/')}{path}") as page,
        ):
            return await page.text() if page.status == 200 else ""

    async def _answered(self) -> None:
        telegram = self.app.platforms["telegram"]
        assert isinstance(telegram, Telegram)
        await telegram.replies.drained()

    async def leave(self) -> None:
        """Close all browsers of invented people."""
        for browser in self._browsers:
            await browser.close()


async def _secret_of(address: str) -> str:
    """Return the secret part of a personal link: what follows its last slash."""
    return address.rpartition("/")[2]


@asynccontextmanager
async def open_servers(
    settings: Settings,
    clock: ShiftedClock,
    new_process: Callable[[], SideProcess] = SideProcess,
    *,
    pace: RateLimits | None = None,
    forum: bool = False,
) -> AsyncIterator[FakeServers]:
    """Start the simulated servers and the program; both are stopped when the `async with` block ends.

    `settings` must contain the database's folder and the web server's port; this function adds the addresses of the
    simulated servers. `new_process` creates the process in which jobs are done. `pace` are the rate limits that the
    simulated Telegram enforces, None for none. With `forum`, groups have topics on Telegram.
    """
    async with (
        BotApi(clock=clock, pace=pace) as telegram,
        DiscordServer() as discord,
        open_mail_server() as mail,
        PushService(clock.now).serving() as pushes,
    ):
        group = TelegramGroup(telegram, "Groupes", forum=True) if forum else None
        there = {"token": SecretStr(telegram.token), "api_base": telegram.root, "forum_chat_id": group and group.id}
        places = settings.model_copy(
            update={
                "telegram": settings.telegram.model_copy(update=there),
                "discord": settings.discord.model_copy(update={"token": SecretStr("rehearsal"), **discord.places}),
                "email": EmailSettings.model_validate(mail.settings()),
                "web": settings.web.model_copy(update={"push_services": (pushes.root,)}),
            }
        )
        servers = FakeServers(places, clock, telegram, discord, mail, pushes, new_process, group)
        await servers.open()
        try:
            yield servers
        finally:
            await servers.leave()
            if servers.running:
                await servers.close()
