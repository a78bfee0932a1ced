"""Discord: discord.py's own machinery against an in-memory Discord, over a line that has its bad moments."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.rehearsal.chat_driver import read_label
from tests.drivers.discord import DiscordHarness, open_harness
from tests.drivers.discord_wire import Bad, Wire
from tests.platforms.conformance.peer import Peer, Person, Seen
from tests.world import World, open_world

_BUTTON, _MENU = 2, 3
_LINK = re.compile(r"\[([^\]]*)\]\(<([^>]*)>\)|<(https?://[^>]*)>")
_STAMP = re.compile(r" \(<t:\d+:f>\)|<t:\d+:R>")
_STYLES = {
    "code": re.compile(r"(`+) ?(.+?) ?\1"),
    "strong": re.compile(r"(\*\*)(.+?)\1(?!\*)"),
    "underline": re.compile(r"(__)(.+?)\1"),
    "italic": re.compile(r"([*_])(.+?)\1"),
    "strike": re.compile(r"(~~)(.+?)\1"),
    "spoiler": re.compile(r"(\|\|)(.+?)\1"),
    "quote": re.compile(r"^(> )(.+)$", re.MULTILINE),
}
_OTHER_MARKS = re.compile(r"^(#{1,3} |-# |[-*] |\d+\. )|<[@#:][^>]*>", re.MULTILINE)
"""What Discord would draw as a heading, small print, a list, a mention or an emoji."""
_APART = 0xE000


class DiscordPeer(Peer):
    """People's private chats on an in-memory Discord."""

    def __init__(self, world: World, harness: DiscordHarness) -> None:
        super().__init__(world, harness.adapter)
        self._harness = harness
        self._wire = Wire(harness.adapter.client.http.request)
        harness.adapter.client.http.request = self._wire.request  # type: ignore[method-assign]

    async def person(self, name: str = "Zoé", *, locale: str = "en") -> Person:
        hand = self._harness.person(name)
        chat = str(hand.user.id)
        return Person(await self.join("discord", chat, name, locale), chat, locale, hand)

    async def screen(self, person: Person) -> list[Seen]:
        return [self._seen(message) for message in person.hand.written()]

    def _seen(self, message: Any) -> Seen:
        text, styled = _read(message.content)
        parts = [part for row in message.components for part in row["components"]]
        cdn = self._harness.env.backend.cdn
        attached = [(each, cdn.get(each["url"]) or b"") for each in message.attachments]
        pictures = tuple(content for each, content in attached if each["content_type"].startswith("image/"))
        return Seen(
            text,
            frozenset(styled),
            tuple((part["label"], part.get("custom_id") or part["url"]) for part in parts if part["type"] == _BUTTON),
            tuple(
                ("✓ " if option.get("default") else "") + read_label(option["label"])
                for part in parts
                if part["type"] == _MENU
                for option in part["options"]
            ),
            pictures,
            tuple((each["filename"], content) for each, content in attached if content not in pictures),
            calls=message.mention_everyone or bool(message.ping_user_ids or message.ping_role_ids),
        )

    async def press(self, person: Person, label: str) -> str:
        await person.hand.look()
        await person.hand.press(label)
        return str(person.hand.text)

    async def shut(self, person: Person) -> None:
        self._bad(person, *[Bad(403, 50007)] * 9)

    def postpone(self, person: Person) -> None:
        self._bad(person, Bad(429, retry_after=3.0))

    def lose_answer(self, person: Person) -> None:
        self._bad(person, Bad(cut=True))

    def refuse(self, person: Person) -> None:
        self._bad(person, Bad(400, 50035))

    def _bad(self, person: Person, *moments: Bad) -> None:
        self._wire.bad[person.hand.user.dm_channel.id] += moments

    def throw_away(self, person: Person) -> None:
        for message in person.hand.written():
            self._harness.env.backend.delete_message(person.hand.user.dm_channel.id, message.id)

    async def restart(self) -> None:
        await self._harness.restart()
        self.adapter = self._harness.adapter
        self._wire.through = self._harness.adapter.client.http.request
        self._harness.adapter.client.http.request = self._wire.request  # type: ignore[method-assign]


def _read(content: str) -> tuple[str, set[tuple[str, str]]]:
    """What Discord draws of a content: the words that are read, and the words of each style."""
    rest = re.sub(r"\\([^A-Za-z0-9\s])", lambda escaped: chr(_APART + ord(escaped[1])), content)
    rest = _STAMP.sub("", rest)
    styled: set[tuple[str, str]] = set()

    def link(found: re.Match[str]) -> str:
        words, address = (found[1], found[2]) if found[3] is None else (found[3], found[3])
        styled.add((f"link {_as_read(address)}", _as_read(words)))
        return "".join(chr(_APART + ord(sign)) if sign in "_*~|`" else sign for sign in words)

    rest = _LINK.sub(link, rest)
    for style, pattern in _STYLES.items():
        for found in pattern.finditer(rest):
            styled.add((style, _as_read(re.sub(r"[*_~|`]", "", found[2]))))
        rest = pattern.sub(r"\2", rest)
    return _as_read(_OTHER_MARKS.sub("", rest)), styled


def _as_read(words: str) -> str:
    return "".join(chr(ord(sign) - _APART) if _APART <= ord(sign) < _APART + 128 else sign for sign in words)


@asynccontextmanager
async def open_discord(url: str) -> AsyncIterator[Peer]:
    """A gathering on Discord."""
    async with open_world(url) as world, open_harness(world) as harness:
        yield DiscordPeer(world, harness)
