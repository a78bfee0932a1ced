"""A gathering with initiatives, and people who write their card and exchange contacts in the chat."""

from __future__ import annotations

from typing import Any

from tests.drivers.neutral import NeutralChat
from tests.world import World, make_settings

SETTINGS = make_settings(
    organisers={"telegram": [900], "discord": [900]}, initiatives={}, web={"public_url": "https://r.example"}
)


async def writing(world: World, name: str, native_id: str, *words: str, **how: Any) -> NeutralChat:
    """Someone who joined and wrote a card that nobody sees yet; by default «Jardin de …», which looks for a place."""
    chat = await world.join(name, native_id, **how)
    await chat.command("initiative")
    await chat.press("Present my initiative")
    await chat.fill(*(words or (f"Garden of {name}", "We grow vegetables with schools.", "Senegal", "")))
    await chat.pick("a place")
    await chat.pick("volunteers")
    return chat


async def showing(world: World, name: str, native_id: str, *words: str, **how: Any) -> NeutralChat:
    """Someone who joined and shows a card."""
    chat = await writing(world, name, native_id, *words, **how)
    await chat.press("Yes, show it")
    return chat


async def giving(chat: NeutralChat, mail: str) -> NeutralChat:
    """The same person, who gives a mail address to whom they keep in touch with."""
    await chat.command("initiative")
    await chat.press("My contact details")
    await chat.fill(mail, "", "")
    return chat


async def code_of(chat: NeutralChat) -> str:
    """The code that somebody shows now."""
    await chat.command("contacts")
    await chat.press("My code")
    return chat.text.split("type ")[1].split(" in")[0]


async def typing(chat: NeutralChat, code: str) -> None:
    """Type somebody's code."""
    await chat.command("contacts")
    await chat.press("Type a code")
    await chat.fill(code)
