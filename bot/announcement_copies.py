"""A copy of an announcement, as one reader gets it: delivery, the preview and the digest draw the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot import campaign_copies
from bot.actions import Action
from bot.announcement_parts import FROM_TEAM
from bot.storage.announcement_contents import Content, Lines
from bot.texts import Moment, Strong, _
from bot.views import Button, View


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
        return campaign_copies.draw(content, lines, done=seen)
    link = (Button(content.link.label, url=content.link.url),) if content.link else ()
    asks = content.asks_seen and not seen
    return View(
        lines,
        (*link, *((Button(_("Seen"), Seen(content.announcement_id), style="primary"),) if asks else ())),
        attachments=content.attachments,
    )


def _said(content: Content, locale: str) -> Lines:
    """Whose words they are, the words, and that they are not the first ones."""
    corrected = (_("Corrected {moment}.", moment=Moment(content.corrected)),) if content.corrected else ()
    return (Strong(FROM_TEAM), *content.lines(locale), *corrected)
