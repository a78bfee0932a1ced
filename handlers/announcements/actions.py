"""Buttons that lead to an announcement, shared by every module about announcements, and how one is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.forms import Composition, Incomplete
from bot.content.texts import Span, _
from bot.content.views import Button
from bot.conversation.routes import Go, Request
from handlers.announcements import service, store
from handlers.announcements.model import Announcement
from handlers.announcements.store import CopiedContent
from handlers.navigation.actions import BACK
from handlers.navigation.layout import mark, who_was_faster

ANNOUNCEMENTS = Button(_("Announcements"), Go("annoncer"))


@dataclass(frozen=True, slots=True)
class OpenAnnouncement(Action):
    """Open an announcement: a draft to go on with, any other to see how far it has come."""

    code: ClassVar[str] = "ao"
    announcement: int


@dataclass(frozen=True, slots=True)
class ChooseAudience(Action):
    """Choose whom an announcement is for."""

    code: ClassVar[str] = "aa"
    announcement: int


def subject(announcement: Announcement) -> str:
    """Return the journal's subject for an announcement."""
    return f"announcement:{announcement.id}"


def back_to(announcement_id: int) -> tuple[Button, ...]:
    """Return the buttons that lead on from something done to an announcement."""
    return Button(_("See the announcement"), OpenAnnouncement(announcement_id)), ANNOUNCEMENTS, BACK


async def find(request: Request, announcement_id: int) -> Announcement:
    """Return an announcement by id. Raises Stale where it no longer exists."""
    announcement = await store.find_announcement(request.tx, announcement_id)
    if announcement is None:
        raise Stale
    return announcement


async def find_draft(request: Request, announcement_id: int) -> Announcement:
    """Return an announcement that can still be written and addressed. Raises UserError where it was sent meanwhile."""
    found = await find(request, announcement_id)
    if not found.is_open:
        raise UserError(
            _("This announcement is no draft any more, so nothing was changed. See how far it has come."),
            buttons=back_to(found.id),
        )
    return found


def check(request: Request, made: Composition) -> None:
    """Check the length of what was written. Raises Incomplete where it is too long: the form stays open with it."""
    try:
        service.check_length(made.body, request.settings)
    except UserError as refusal:
        raise Incomplete("message", refusal.text) from None


async def words_of(request: Request, announcement: Announcement) -> CopiedContent:
    """Return what an announcement says, without its files."""
    content = await store.find_words(request.tx, announcement.id)
    assert content is not None
    return content


async def title_of(request: Request, announcement: Announcement) -> Span:
    """Return the title by which an announcement is known among others."""
    return service.title_of(await words_of(request, announcement))


async def mark_of(request: Request, announcement: Announcement) -> str:
    """Return a digest of everything that would be sent, and to whom."""
    content = await words_of(request, announcement)
    files = await store.file_kinds(request.tx, announcement.id)
    return mark(content.words, content.link, content.asks_seen, announcement.audience, announcement.deadline, files)


async def unless_changed(request: Request, announcement: Announcement, seen: str, question: str) -> None:
    """Check that an announcement is still as it was when `seen` was made.

    Raises Incomplete at that question where it is not: what was typed is kept.
    """
    if await mark_of(request, announcement) != seen:
        said = await who_was_faster(request, subject(announcement))
        raise Incomplete(question, _("{reason} Cancel this form to see how it reads now.", reason=said))
