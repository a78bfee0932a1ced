"""Telegram: python-telegram-bot over HTTP to a local Bot API server, which refuses what Telegram would."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from bot.config.settings import TelegramSettings
from bot.platforms.telegram.adapter import Telegram
from bot.rehearsal.botapi import BotApi, SeenMessage, TelegramUser
from bot.rehearsal.botapi.wire import Json
from bot.rehearsal.chat_driver_telegram import TelegramChat
from tests.drivers.telegram import TelegramHarness, open_harness
from tests.platforms.conformance.peer import Peer, Person, Seen
from tests.world import World, open_world

_STYLES = {"bold": "strong", "strikethrough": "strike", "blockquote": "quote"}


class TelegramPeer(Peer):
    """People's phones on a Bot API server."""

    def __init__(self, world: World, harness: TelegramHarness) -> None:
        super().__init__(world, harness.adapter)
        self._harness = harness
        self._api = harness.api

    async def person(self, name: str = "Zoé", *, locale: str = "en") -> Person:
        user = TelegramUser(self._api, name, language_code=locale, started=True)
        chat = str(user.id)
        return Person(await self.join("telegram", chat, name, locale), chat, locale, user)

    async def screen(self, person: Person) -> list[Seen]:
        present = [shown for shown in person.hand.shown if shown.current]
        return [_seen(shown) for shown in sorted(present, key=lambda shown: shown.message.id)]

    async def press(self, person: Person, label: str) -> str:
        chat = TelegramChat(person.hand, self._harness.adapter.replies.drained)
        await chat.press(label)
        return chat.text

    async def shut(self, person: Person) -> None:
        person.hand.chat.blocked = True

    def postpone(self, person: Person) -> None:
        self._api.fail("sendMessage", retry_after=3, chat=int(person.chat))

    def lose_answer(self, person: Person) -> None:
        self._api.fail("sendMessage", reset=True, after_effect=True, chat=int(person.chat))

    def refuse(self, person: Person) -> None:
        self._api.fail("sendMessage", status=400, description="Bad Request: can't parse", chat=int(person.chat))

    def throw_away(self, person: Person) -> None:
        for message in person.hand.chat.messages.values():
            message.gone = True

    async def restart(self) -> None:
        """The one that receives goes on; another one sends."""
        await self.close()
        telegram = TelegramSettings.model_validate({"token": self._api.token, "api_base": self._api.root})
        settings = self.world.settings.model_copy(update={"telegram": telegram})
        self.adapter = Telegram(settings, self.world.dispatcher, self.world.store, self.world.clock)

    async def close(self) -> None:
        """Close the program that a restart began."""
        if self.adapter is not self._harness.adapter:
            await self.adapter.close()


def _seen(shown: SeenMessage) -> Seen:
    file = shown.file
    pictures = (file.content,) if file and file.kind == "photo" else ()
    files = ((file.name, file.content),) if file and file.kind != "photo" else ()
    carried = [(button["text"], _leads(button)) for row in shown.rows for button in row]
    return Seen(
        shown.text,
        frozenset(_styled(shown)),
        tuple((label, leads) for label, leads in carried if not _is_option(leads)),
        tuple(label for label, leads in carried if _is_option(leads)),
        pictures,
        files,
        place="location" in shown.data,
        silent=shown.silent,
    )


def _leads(button: Json) -> str:
    return str(button.get("callback_data") or button.get("url") or button["web_app"]["url"])


def _is_option(leads: str) -> bool:
    return "://" not in leads and any(sign in leads for sign in ":~+")


def _styled(shown: SeenMessage) -> Iterator[tuple[str, str]]:
    units = shown.text.encode("utf-16-le")
    for entity in shown.entities:
        start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
        kind = str(entity["type"])
        kind = f"link {entity['url']}" if kind == "text_link" else _STYLES.get(kind, kind)
        yield kind, units[start:end].decode("utf-16-le")


@asynccontextmanager
async def open_telegram(url: str) -> AsyncIterator[Peer]:
    """A gathering on Telegram."""
    async with open_world(url) as world, BotApi() as api, open_harness(world, api) as harness:
        peer = TelegramPeer(world, harness)
        yield peer
        await peer.close()
