"""The menu and the organisers' screen, as someone sees all of it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.content.texts import plain
from bot.conversation.incoming import Called, Incoming
from tests.drivers.neutral import NeutralChat


async def menu_of(chat: NeutralChat) -> Mapping[str, tuple[str, ...]]:
    """What the person can do now, by the headings of the menu."""
    menu = await chat.dispatcher.menu(Incoming(chat.platform, "", chat.sender, Called("")))
    return {
        plain(section.section.heading, chat.reader): tuple(
            plain(button.label, chat.reader) for button in section.buttons
        )
        for section in menu.sections
    }


async def steps_of(chat: NeutralChat) -> list[str]:
    """What the organisers' screen leads with below what is to prepare: the steps, the most pressing first."""
    await chat.command("organiser")
    steps, _blank, _sections = chat.text.partition("\n\n")
    return [line.removeprefix("Then: ") for line in steps.splitlines() if not line.startswith("To prepare: ")]


async def stand_of(chat: NeutralChat) -> Mapping[str, str]:
    """Where the gathering stands, by the headings of the organisers' screen; "" for what stands below none."""
    await chat.command("organiser")
    _steps, _blank, sections = chat.text.partition("\n\n")
    lines = (line.rpartition(" · ") if " · " in line else ("", "", line) for line in sections.splitlines())
    return {heading: words for heading, _sign, words in lines}
