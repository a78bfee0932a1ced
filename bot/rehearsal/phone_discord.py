"""A simulated person's phone with Discord, read from the server that simcord simulates."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from babel.dates import format_timedelta

from bot.content.forms import Upload
from bot.content.texts import Moment, MomentStyle, Reader, plain
from bot.rehearsal.chat_driver_discord import DiscordChat
from bot.rehearsal.discord_server import IMPOSSIBLE, DiscordServer
from bot.rehearsal.phone import (
    LATEST,
    PhoneButton,
    PhoneChannel,
    PhoneField,
    PhoneFile,
    PhoneMenu,
    PhoneMessage,
    PhoneModal,
    PhoneOption,
    PhoneScreen,
    PhoneSpan,
    Refusals,
    time_of,
)

_BUTTON, _MENU, _TEXT, _NOTE, _FILES = 2, 3, 4, 10, 19
_LINES = 2
_LOOKS = {1: "primary", 3: "primary", 4: "danger"}
_THINKING = 1 << 7
"""The flag of a message that stands for an answer under way."""
_MOMENTS: Mapping[str, MomentStyle] = {"t": "time", "d": "date", "D": "date"}
"""The styles of moments; another one is day and hour, and «R» the time until then."""
_TOO_LATE = re.compile(r"error code: (10015|10062|50027)\)")
"""Discord's answer to an interaction whose time is over; the bot has to ask, because only Discord knows the time."""
_MARK = re.compile(
    r"\\(?P<plain>.)"
    r"|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*|__(?P<underline>(?:\\.|[^\\])+?)__|~~(?P<strikethrough>(?:\\.|[^\\])+?)~~"
    r"|\|\|(?P<spoiler>(?:\\.|[^\\])+?)\|\||\*(?P<italic>(?:\\.|[^\\])+?)\*|`(?P<code>[^`]+)`"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\(<(?P<url>[^>]*)>\)|<(?P<address>https?://[^>]*)>"
    r"|<t:(?P<instant>-?\d+)(?::(?P<form>\w))?>|<@!?(?P<user>\d+)>"
    r"|^-# (?P<small>[^\n]*\n?)|^> (?P<blockquote>[^\n]*\n?)",
    re.DOTALL | re.MULTILINE,
)


class DiscordPhone:
    """A person's phone with Discord: the private chat with the bot, the server's channels, and the group's thread."""

    def __init__(self, server: DiscordServer, chat: DiscordChat, desk: asyncio.Lock) -> None:
        """`desk` is held during each action on any phone, because simcord supports only one at a time."""
        self._server = server
        self._backend = server.env.backend
        self._user = chat.user
        self._private = str(chat.user.dm_channel.id)
        self._chats = {self._private: chat}
        self._present = self._private
        self._desk = desk
        self._acts = False
        self._refusals = Refusals()
        self.native_id = str(chat.user.id)

    def note_refusal(self, where: str, what: str) -> None:
        parts = where.split("/")
        # An answer to a press names no chat: it is for whoever acts.
        mine = self._private in parts if "channels" in parts else self._acts
        if mine and not _TOO_LATE.search(what):
            self._refusals.noted.append((self._backend.clock.now().timestamp(), what))

    # --- gestures

    @asynccontextmanager
    async def _its_turn(self) -> AsyncIterator[DiscordChat]:
        async with self._desk:
            self._acts = True
            try:
                yield self._chats[self._present]
            except IMPOSSIBLE as impossible:
                raise LookupError(str(impossible)) from impossible
            finally:
                self._acts = False

    async def follow(self, payload: str) -> None:
        async with self._its_turn() as chat:
            await chat.follow(payload)

    async def press(self, message: str, payload: str) -> str:
        async with self._its_turn() as chat:
            await chat.press_id(payload, self._find(message, payload))
        return ""

    async def choose(self, message: str, payload: str, values: Sequence[str]) -> None:
        async with self._its_turn() as chat:
            await chat.choose_id(payload, values, self._find(message, payload))

    async def write(self, text: str, upload: Upload | None) -> None:
        async with self._its_turn() as chat:
            word, _blank, argument = text.removeprefix("/").partition(" ")
            if text.startswith("/") and any(word == known["name"] for known in self._commands()):
                await chat.command(word, argument)
            elif self._present == self._private:
                await chat.send(text, *([(upload.name, upload.content)] if upload else []))
            else:
                raise LookupError("people write to the bot in private")

    async def fill(self, answers: Mapping[str, str | Upload]) -> None:
        async with self._its_turn() as chat:
            if chat.form is None:
                raise LookupError("no form is open")
            await chat.fill_by_name(answers)

    def close(self) -> None:
        self._chats[self._present].form = None

    def turn(self, channel: str) -> None:
        if channel not in self._chats:
            handles = {str(handle.id): handle for handle in self._server.channels_of(self._user)}
            self._chats[channel] = DiscordChat(self._server.env, self._user, handles[channel])
        self._present = channel

    def _find(self, message: str, payload: str) -> Any:
        stored = next((each for each in self._there() if str(each.id) == message), None)
        if stored is None or all(part.get("custom_id") != payload for row in _rows(stored) for part in row):
            raise LookupError(payload)
        return stored

    # --- what is seen

    def _there(self) -> list[Any]:
        return self._server.said_to(self._user, int(self._present))

    def _commands(self) -> Sequence[dict[str, Any]]:
        return self._backend.visible_commands(user_id=self._user.id, channel_id=int(self._present))

    def screen(self, reader: Reader) -> PhoneScreen:
        there = self._there()
        thinking = [message for message in there if message.flags & _THINKING]
        messages = [self._read(message, reader) for message in there[-LATEST:] if message not in thinking]
        private = self._present == self._private
        rooms = [(str(handle.id), handle.name or "") for handle in self._server.channels_of(self._user)]
        channels = [PhoneChannel(*room, present=room[0] == self._present) for room in ((self._private, ""), *rooms)]
        pinned = next((message.content for message in reversed(there) if message.pinned), "")
        form = self._chats[self._present].form
        return PhoneScreen(
            self._refusals.among(messages, reader),
            bool(there) or not private,
            writable=private,
            typing=bool(thinking),
            pinned="".join(span.text for span in self._spans(pinned.partition("\n")[0], reader)),
            form=_form(form, self._chats[self._present], self._words(reader)) if form else None,
            channels=channels if rooms else [],
            commands=[(f"/{command['name']}", command["description"]) for command in self._commands()],
        )

    def _read(self, message: Any, reader: Reader) -> PhoneMessage:
        at = datetime.fromisoformat(message.timestamp).timestamp()
        rows = _rows(message)
        return PhoneMessage(
            str(message.id),
            at,
            time_of(at, reader),
            list(self._spans(message.content, reader)),
            own=message.author_id == self._user.id,
            edited=message.edited_timestamp is not None,
            private=message.is_ephemeral,
            reaction="".join(reaction.emoji for reaction in message.reactions),
            files=[
                PhoneFile(file["id"], file["filename"], file["content_type"].startswith("image/"))
                for file in message.attachments
            ],
            rows=[[_button(part) for part in row] for row in rows if row[0]["type"] == _BUTTON],
            menus=[_menu(part) for row in rows for part in row if part["type"] == _MENU],
        )

    def _words(self, reader: Reader) -> Callable[[str], str]:
        return lambda content: "".join(span.text for span in self._spans(content, reader))

    def _spans(self, content: str, reader: Reader, styles: tuple[str, ...] = (), url: str = "") -> Iterator[PhoneSpan]:
        """Yield the stretches of a text in Discord's Markdown, as far as the bot uses it."""
        reached = 0
        for mark in _MARK.finditer(content):
            if mark.start() > reached:
                yield PhoneSpan(content[reached : mark.start()], styles, url)
            reached = mark.end()
            kind, inner = next((name, found) for name, found in mark.groupdict().items() if found is not None)
            match kind:
                case "plain" | "address":
                    yield PhoneSpan(inner, styles, inner if kind == "address" else url)
                case "label":
                    yield from self._spans(inner, reader, styles, mark["url"])
                case "instant":
                    yield PhoneSpan(self._moment(int(inner), mark["form"], reader), styles, url)
                case "user":
                    known = self._backend.users.get(int(inner))
                    yield PhoneSpan(f"@{known.global_name or known.name if known else inner}", (*styles, "bold"), url)
                case _:
                    yield from self._spans(inner, reader, (*styles, kind), url)
        if reached < len(content):
            yield PhoneSpan(content[reached:], styles, url)

    def _moment(self, at: int, form: str, reader: Reader) -> str:
        instant = datetime.fromtimestamp(at, UTC)
        if form == "R":
            left = instant - self._backend.clock.now()
            return str(format_timedelta(left, add_direction=True, locale=reader.locale))
        return plain(Moment(instant, _MOMENTS.get(form, "datetime")), reader)

    def file(self, file_id: str) -> Upload | None:
        files = (file for message in self._there() for file in message.attachments)
        found = next((file for file in files if file["id"] == file_id), None)
        content = self._backend.cdn.get(found["url"]) if found else None
        return Upload(found["filename"], content) if found and content is not None else None


def _rows(message: Any) -> list[list[dict[str, Any]]]:
    return [row["components"] for row in message.components]


def _button(part: dict[str, Any]) -> PhoneButton:
    look = _LOOKS.get(part["style"], "plain")
    return PhoneButton(part["label"], part.get("custom_id") or "", part.get("url") or "", look)


def _menu(part: dict[str, Any]) -> PhoneMenu:
    least, most = part.get("min_values", 1), part.get("max_values", 1)
    return PhoneMenu(part["custom_id"], part.get("placeholder") or "", _options(part), least, most)


def _options(part: dict[str, Any]) -> list[PhoneOption]:
    return [
        PhoneOption(each["value"], each["label"], each.get("description") or "", bool(each.get("default")))
        for each in part.get("options", ())
    ]


def _form(form: dict[str, Any], chat: DiscordChat, words: Callable[[str], str]) -> PhoneModal:
    """Return an open modal; each time one opens, its id is another."""
    fields = []
    for part in form["components"]:
        if part["type"] == _NOTE:
            fields.append(PhoneField("note", words(part["content"])))
            continue
        asked = part["component"]
        kinds = {_TEXT: "lines" if asked.get("style") == _LINES else "line", _MENU: "choice", _FILES: "files"}
        fields.append(
            PhoneField(
                kinds[asked["type"]],
                part["label"],
                asked["custom_id"],
                part.get("description") or "",
                asked.get("value") or "",
                asked.get("required", True),
                asked.get("max_length") or 0,
                _options(asked),
            )
        )
    return PhoneModal(f"{id(chat.result)}", form["title"], fields)
