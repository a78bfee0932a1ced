"""The menu, as someone sees all of it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.content.texts import plain
from bot.conversation.incoming import Called, Incoming
from tests.drivers.neutral import NeutralChat


async def menu_of(chat: NeutralChat) -> Mapping[str, tuple[str, ...]]:
    """What the person can do now, by the headings of the menu."""
    sections = await chat.dispatcher.menu(Incoming(chat.platform, "", chat.sender, Called("")))
    return {
        plain(each.section.heading, chat.reader): tuple(plain(button.label, chat.reader) for button in each.buttons)
        for each in sections
    }
