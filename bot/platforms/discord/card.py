"""Posts the welcome card, a message with the buttons for registering, in the welcome channel, and updates it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import discord

from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.entry_points import EntryPoint, buttons_to
from bot.content.texts import Reader, Strong, _, plain
from bot.content.views import View
from bot.database.engine import Store, Transaction
from bot.platforms.discord.render import MessagePart, draw

CARD = "discord_card"
"""The key of the setting with the posted card: the channel's id, the message's id and a digest of the content."""


async def update_card(client: discord.Client, store: Store, settings: Settings) -> None:
    """Post the welcome card, the message with the buttons for registering; edit the card if it exists and has changed.

    Does nothing if no welcome channel is configured. Raises discord.py's exceptions if Discord refuses, and
    StoreUnavailable if the database cannot be used.
    """
    channel_id = settings.discord.welcome_channel_id
    if channel_id is None:
        return
    card = _draw_card(settings)
    digest = _digest(card)
    posted = (await store.read(lambda tx: setting_store.get(tx, CARD)) or "").split()
    channel = client.get_partial_messageable(channel_id, guild_id=settings.discord.guild_id)
    message_id = await _edit_posted(channel, card, posted, digest) or (await channel.send(**card.as_new())).id

    async def store_card(tx: Transaction) -> None:
        await setting_store.put(tx, CARD, f"{channel_id} {message_id} {digest}")

    await store.transact(store_card)


async def _edit_posted(
    channel: discord.PartialMessageable, card: MessagePart, posted: list[str], digest: str
) -> int | None:
    """Edit the posted card if it is outdated. Returns its id; None where the channel has none (any more)."""
    match posted:
        case [channel_id, message_id, shown] if channel_id == str(channel.id):
            try:
                message = await channel.fetch_message(int(message_id))
                if shown != digest:
                    await message.edit(**card.as_edit())
            except discord.NotFound:
                return None
            return message.id
    return None


def _draw_card(settings: Settings) -> MessagePart:
    """Return the card in every language of the gathering, because the bot does not know its readers' yet."""
    card = _card(settings)
    readers = [Reader(locale, settings.gathering.zone) for locale in settings.gathering.locales]
    texts = dict.fromkeys(draw(View(card.lines), reader)[0].content for reader in readers)
    labels = [dict.fromkeys(plain(button.label, reader) for reader in readers) for button in card.buttons]
    buttons = tuple(
        replace(button, label=" · ".join(label)) for button, label in zip(card.buttons, labels, strict=True)
    )
    [drawn] = draw(View((), buttons), readers[0])
    return replace(drawn, content="\n\n".join(texts))


def _card(settings: Settings) -> View:
    hello = _("Welcome to {gathering}.", gathering=Strong(settings.gathering.name))
    if settings.gathering.registration == "open":
        return View(
            (hello, _("Register in a minute, or enter the code of your invitation."), _PRIVATE),
            buttons_to(EntryPoint.REGISTER, EntryPoint.ENTER_CODE),
        )
    return View(
        (hello, _("Have your invitation code ready and press the button."), _PRIVATE),
        # L10N: a button, the verb.
        tuple(replace(button, label=_("Register"), style="primary") for button in buttons_to(EntryPoint.ENTER_CODE)),
    )


# L10N: on the card in Discord's welcome channel, about the answer to its button.
_PRIVATE = _("Only you will see what follows.")


def _digest(card: MessagePart) -> str:
    components = card.components.to_components() if card.components else []
    return hashlib.sha256(json.dumps([card.content, components]).encode()).hexdigest()
