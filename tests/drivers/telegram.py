"""A chat on Telegram: python-telegram-bot over HTTP to a local Bot API server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.config import TelegramSettings
from bot.errors import ConfigError
from bot.forms import Upload
from bot.platforms.telegram.adapter import Telegram
from bot.platforms.telegram.render import SELECTED
from bot.rehearsal.botapi import BotApi, TelegramUser
from bot.views import File
from tests.world import World


class TelegramChat:
    """One person's private chat."""

    def __init__(self, adapter: Telegram, user: TelegramUser) -> None:
        self.user = user
        self._adapter = adapter
        self._toast: str | None = None
        self._seen = 0

    async def _settled(self) -> None:
        await self.user.settled()
        await self._adapter.replies.drained()
        self._seen = len(self.user.shown)

    async def follow(self, payload: str) -> None:
        self.user.start(payload)
        await self._settled()

    async def command(self, word: str, argument: str = "") -> None:
        if not self.user.chat.started:
            self.user.start()
            await self._settled()
        self.user.send(f"/{word} {argument}".strip())
        await self._settled()

    async def send(self, text: str) -> None:
        self.user.send(text)
        await self._settled()

    async def press(self, label: str) -> None:
        full = next((shown for shown in self.buttons if shown.startswith(label)), None)
        assert full, f"no button «{label}» among {self.buttons} under «{self.text}»"
        await self._press(full)

    async def _press(self, label: str) -> None:
        press = self.user.press(label, on=self.user.last)
        await self._settled()
        self._toast = press.toast or None

    async def pick(self, *labels: str) -> None:
        for label in labels:
            full = next((o for o in self.options if o.removeprefix(SELECTED).startswith(label)), None)
            assert full, f"no option «{label}» among {self.options} under «{self.text}»"
            await self._press(full)

    async def fill(self, *answers: str | Upload) -> None:
        for answer in answers:
            if isinstance(answer, Upload):
                self.user.send_document(answer.name, answer.content)
                await self._settled()
            elif answer == "":
                await self.press("Skip")
            elif answer in self.options:
                await self.pick(answer)
            else:
                await self.send(answer)

    async def look(self) -> None:
        """Nothing to do: what comes is shown as it comes."""

    @property
    def text(self) -> str:
        return self.user.last.text

    def _labels(self, *, options: bool) -> tuple[str, ...]:
        return tuple(
            button["text"]
            for row in self.user.last.rows
            for button in row
            if any(sign in button.get("callback_data", "") for sign in ":~+") == options
        )

    @property
    def buttons(self) -> tuple[str, ...]:
        return self._labels(options=False)

    @property
    def options(self) -> tuple[str, ...]:
        return self._labels(options=True)

    @property
    def toast(self) -> str | None:
        return self._toast

    @property
    def file(self) -> File | None:
        file = self.user.last.message.file
        return File(file.name, file.content, file.mime_type) if file else None

    @property
    def pushed(self) -> tuple[str, ...]:
        return tuple(shown.text for shown in self.user.shown[self._seen :] if not shown.edited)


@dataclass
class TelegramTown:
    """A local Bot API server with the bot on it."""

    world: World
    api: BotApi
    adapter: Telegram
    running: asyncio.Task[None]

    def person(self, name: str = "Zoé", **how: object) -> TelegramChat:
        """Someone with an account, who never wrote to the bot."""
        return TelegramChat(self.adapter, TelegramUser(self.api, name, **{"language_code": "en", **how}))  # type: ignore[arg-type]


@asynccontextmanager
async def open_town(world: World, api: BotApi, **how: object) -> AsyncIterator[TelegramTown]:
    """Run the adapter of a gathering against a Bot API server, and stop it at the end."""
    telegram = TelegramSettings.model_validate({"token": api.token, "api_base": api.root, **how})
    settings = world.settings.model_copy(update={"telegram": telegram})
    adapter = Telegram(settings, world.dispatcher, world.store, world.clock)
    running = asyncio.create_task(adapter.run())
    try:
        yield TelegramTown(world, api, adapter, running)
    finally:
        running.cancel()
        await asyncio.wait({running})
        await adapter.close()
        if not running.cancelled() and not isinstance(running.exception(), ConfigError):
            await running  # a crash fails the test
