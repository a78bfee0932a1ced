"""A copy of an announcement, as one reader gets it: delivery, the preview and the digest draw the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from bot.content.actions import Action
from bot.content.i18n import LOCALES
from bot.content.texts import Moment, Strong, _, source_name
from bot.content.views import Button, View, encode_view
from bot.database.engine import Transaction
from handlers.announcements import campaign_messages, content_store, copy_store
from handlers.announcements.content_store import Content, Lines
from handlers.announcements.splitting import FROM_TEAM


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


WITHDRAWN = _("The team withdrew this announcement.")
"""What is said of one that is no more."""


def draw(content: Content, locale: str, *, seen: bool = False) -> View:
    """The exact copy for a reader of a locale; `seen`: they said so already, and are not asked again."""
    lines = _said(content, locale)
    if content.kind != "announcement":
        return campaign_messages.draw(content, lines, done=seen)
    link = (Button(content.link.label, url=content.link.url),) if content.link else ()
    asks = content.asks_seen and not seen
    return View(
        lines,
        (*link, *((Button(_("Seen"), Seen(content.announcement_id), style="primary"),) if asks else ())),
        attachments=content.attachments,
    )


def digest(content: Content, locale: str) -> str:
    """What tells this copy from any other: one that bears it already needs no edit.

    When it was corrected is no part of it: a copy whose words stay is not edited. Nor is whether its reader has said
    that they saw it, or did it: their own press redraws the copy.
    """
    view = draw(replace(content, corrected=None), locale, seen=True)
    said = json.dumps([locale, content.kind, encode_view(replace(view, attachments=()))], ensure_ascii=False)
    found = hashlib.sha256(said.encode())
    for each in view.attachments:
        found.update(json.dumps([type(each).__name__, source_name(each.name), len(each.content)]).encode())
        found.update(each.content)
    return found.hexdigest()[:32]


async def catch_up(tx: Transaction, announcement_id: int, now: datetime) -> int:
    """Have the copies that arrived say what their announcement says now; how many are edited to it.

    A correction of one language's words, or one that is taken back before it left, leaves the other copies alone.
    """
    content = await content_store.content(tx, announcement_id)
    assert content is not None
    return await copy_store.correct(tx, announcement_id, now, showing=[digest(content, locale) for locale in LOCALES])


def _said(content: Content, locale: str) -> Lines:
    """Whose words they are, the words, and that they are not the first ones."""
    corrected = (_("Corrected {moment}.", moment=Moment(content.corrected)),) if content.corrected else ()
    return (Strong(FROM_TEAM), *content.lines(locale), *corrected)
