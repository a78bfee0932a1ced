"""What all modules about announcements share: buttons that open one, and functions that find and check one."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.errors import UserError, existing
from bot.content.forms import Composition, refusals_about
from bot.content.texts import Span, _
from bot.content.views import Button
from bot.conversation.routes import Go, LookAgain, Request, StoredVersion
from handlers.announcements.model import Announcement
from handlers.announcements.service import drafts, titles
from handlers.announcements.store import announcements, contents
from handlers.announcements.store.contents import CopiedContent
from handlers.navigation.actions import BACK

ANNOUNCEMENTS = Button(_("Announcements"), Go("annoncer"))


class OpenAnnouncement(Action, code="ao"):
    """The button that opens an announcement (an id): a draft, to continue it; any other one, to see its progress."""

    announcement: int


class ChooseAudience(Action, code="aa"):
    """The button that shows the audiences, from which an organiser chooses one for a draft."""

    announcement: int


def subject(announcement: Announcement) -> str:
    """Return the subject (the key) under which the journal stores changes to an announcement."""
    return f"announcement:{announcement.id}"


def back_to(announcement_id: int) -> tuple[Button, ...]:
    """Return the buttons below the confirmation of a change: to the announcement, to all announcements, and back."""
    return Button(_("See the announcement"), OpenAnnouncement(announcement_id)), ANNOUNCEMENTS, BACK


async def find(request: Request, announcement_id: int) -> Announcement:
    """Return the announcement with this id. Raises Stale if it was deleted."""
    return existing(await announcements.find_announcement(request.tx, announcement_id))


async def find_draft(request: Request, announcement_id: int) -> Announcement:
    """Return the draft with this id. Raises UserError if the announcement was sent or scheduled meanwhile."""
    found = await find(request, announcement_id)
    if not found.is_open:
        raise UserError(
            _("This announcement is no longer a draft, so nothing was changed. See how far it has come."),
            buttons=back_to(found.id),
        )
    return found


def check(request: Request, made: Composition) -> None:
    """Raise Incomplete if the typed message is too long for a platform. The form then stays open."""
    with refusals_about("message"):
        drafts.check_length(made.body, request.settings)


async def words_of(request: Request, announcement: Announcement) -> CopiedContent:
    """Return the content of an announcement without its files, which may be large."""
    content = await contents.find_words(request.tx, announcement.id)
    assert content is not None
    return content


async def title_of(request: Request, announcement: Announcement) -> Span:
    """Return the short title of an announcement for lists: the beginning of its first line."""
    return titles.title_of(await words_of(request, announcement))


async def values_of(request: Request, announcement: Announcement) -> tuple[object, ...]:
    """Return the content and the audience of an announcement, from which its version is computed."""
    content = await words_of(request, announcement)
    files = await contents.file_kinds(request.tx, announcement.id)
    return content.words, content.link, content.asks_seen, announcement.audience, announcement.deadline, files


async def version_of(request: Request, announcement: Announcement) -> StoredVersion:
    """Return the version of an announcement, a digest that shows whether another organiser has changed it."""
    values = await values_of(request, announcement)
    return StoredVersion(values, LookAgain(OpenAnnouncement(announcement.id), subject(announcement)))


async def draft_now(request: Request, announcement_id: int, *_carried: object) -> StoredVersion:
    """Return the version (a digest) of a draft. Raises UserError if it was sent or scheduled meanwhile.

    `_carried` is what else the button carries, and makes no difference.
    """
    return await version_of(request, await find_draft(request, announcement_id))
