"""What several scenarios do and read."""

from __future__ import annotations

from bot.rehearsal.chat_driver import Chat
from bot.rehearsal.chat_driver_web import WebChat


def words(text: str) -> str:
    """Without the marks that isolate a name's direction."""
    return text.replace("\u2068", "").replace("\u2069", "")


async def wants_to_be_told(chat: Chat) -> None:
    """Agree to private messages, where that is asked for, in any of the three languages."""
    await chat.command("moi")
    for label in ("Me prévenir en privé", "Tell me in private", "Schreib mir privat"):
        if label in chat.buttons:
            await chat.press(label)
            return


async def take_culture(*chats: Chat) -> None:
    """Choose the theme with two places, one person after the other; whoever finds it full waits for it."""
    for chat in chats:
        await chat.command("theme")
        await chat.pick("Culture")
        await chat.press("Confirm" if "Confirm this theme" in chat.buttons else "Join the waiting list")


async def choose_in_menu(chat: WebChat, label: str) -> None:
    """Press the entry of a page's menu with this label."""
    menu = chat.page.first("details", css="menu")
    assert menu is not None, "no menu"
    [entry] = [button for button in menu.all("button") if button.text.startswith(label)]
    form = next(form for form in menu.all("form") if entry in form.walk())
    await chat.post(form, {entry["name"]: entry["value"]} if entry.get("name") else {})
