"""What the team announced, for who reads it: having seen it, and reading what was said before one came."""

from __future__ import annotations

from bot.content.errors import Stale, UserError
from bot.content.texts import _
from bot.content.views import Reply, reply
from bot.conversation import live_screens
from bot.conversation.routes import Request, Routes
from bot.people import audience_store
from handlers.announcements import content_store, reach, store
from handlers.announcements.messages import WITHDRAWN, ReadAnnouncement, Seen, draw
from handlers.announcements.model import Announcement
from handlers.announcements.progress import screen_of
from handlers.navigation.actions import HOME

routes = Routes()


@routes.action(Seen)
async def seen(request: Request, action: Seen) -> Reply:
    """Note that someone has seen it; pressing again changes nothing."""
    announcement = await store.find(request.tx, action.announcement)
    if announcement is not None and announcement.state in ("draft", "waiting") and request.participant.organises:
        return reply(_("This is the preview: readers will press this."), buttons=(HOME,), fresh=True)
    await _readable(request, announcement)
    new = await store.acknowledge(request.tx, action.announcement, request.participant.id, request.now)
    await live_screens.touch(request.tx, screen_of(action.announcement))
    content = await content_store.content(request.tx, action.announcement)
    assert content is not None
    said = _("Noted, thank you.") if new else _("You had said so already.")
    if content.attachments:  # what hangs on the message need not travel again
        return reply(said, buttons=(HOME,), toast=said, fresh=True)
    return Reply(draw(content, request.locale, seen=True), toast=said)


@routes.action(ReadAnnouncement)
async def read(request: Request, action: ReadAnnouncement) -> Reply:
    """What was announced, as everyone got it, with the corrections since."""
    announcement = await store.find(request.tx, action.announcement)
    await _readable(request, announcement)
    content = await content_store.content(request.tx, action.announcement)
    assert content is not None
    known = await store.seen_by(request.tx, action.announcement)
    return Reply(draw(content, request.locale, seen=request.participant.id in known), fresh=True)


async def _readable(request: Request, announcement: Announcement | None) -> None:
    """Raises Stale for what is not for them, UserError for what was withdrawn."""
    person = request.participant
    if announcement is None or not (announcement.is_out or announcement.state == "withdrawn"):
        raise Stale
    if announcement.id not in await reach.received(request.tx, person.id) and not await audience_store.includes(
        request.tx, announcement.audience, person.id
    ):
        raise Stale
    if announcement.state == "withdrawn":
        raise UserError(WITHDRAWN, buttons=(HOME,))
