"""A copy of an announcement, as one reader gets it: delivery, the preview and the digest draw the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from bot import campaign_copies
from bot.actions import Action
from bot.i18n import LOCALES
from bot.storage import announcement_contents, copies
from bot.storage.announcement_contents import Content
from bot.storage.engine import Transaction
from bot.texts import _
from bot.views import Button, View, encode_view


@dataclass(frozen=True, slots=True)
class Seen(Action):
    """Say that one has seen an announcement."""

    code: ClassVar[str] = "av"
    announcement: int


@dataclass(frozen=True, slots=True)
class ReadAnnouncement(Action):
    """Read an announcement again, or one made before one came."""

    code: ClassVar[str] = "ar"
    announcement: int


def draw(content: Content, locale: str, *, seen: bool = False) -> View:
    """The exact copy for a reader of a locale; `seen`: they said so already, and are not asked again."""
    if content.kind != "announcement":
        return campaign_copies.draw(content, locale, done=seen)
    link = (Button(content.link.label, url=content.link.url),) if content.link else ()
    asks = content.asks_seen and not seen
    return View(
        content.lines(locale),
        (*link, *((Button(_("Seen"), Seen(content.announcement_id), style="primary"),) if asks else ())),
        attachments=content.attachments,
    )


def digest(content: Content, locale: str) -> str:
    """What tells this copy from any other: one that bears it already needs no edit.

    Whether its reader has said that they saw it, or did it, is no part of it: their own press redraws the copy.
    """
    view = draw(content, locale, seen=True)
    said = json.dumps([locale, content.kind, encode_view(replace(view, attachments=()))], ensure_ascii=False)
    found = hashlib.sha256(said.encode())
    for each in view.attachments:
        found.update(json.dumps([type(each).__name__, each.name, len(each.content)]).encode())
        found.update(each.content)
    return found.hexdigest()[:32]


async def catch_up(tx: Transaction, announcement_id: int, now: datetime) -> int:
    """Have the copies that arrived say what their announcement says now; how many are edited to it.

    A correction of one language's words, or one that is taken back before it left, leaves the other copies alone.
    """
    content = await announcement_contents.content(tx, announcement_id)
    assert content is not None
    return await copies.correct(tx, announcement_id, now, showing=[digest(content, locale) for locale in LOCALES])
