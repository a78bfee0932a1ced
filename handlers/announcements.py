"""What the team announced, for who reads it: having seen it, and reading what was said before one came."""

from __future__ import annotations

from bot import screens
from bot.announcement_copies import WITHDRAWN, ReadAnnouncement, Seen, draw
from bot.delivery.progress import screen_of
from bot.domain.announcements import Announcement
from bot.errors import Stale, UserError
from bot.routes import Go, Request, Routes
from bot.storage import announcement_contents, announcements, audiences, reach
from bot.texts import _
from bot.views import Button, Reply, reply

routes = Routes()

_HOME = (Button(_("My place"), Go("moi")),)


@routes.action(Seen)
async def seen(request: Request, action: Seen) -> Reply:
    """Note that someone has seen it; pressing again changes nothing."""
    announcement = await announcements.find(request.tx, action.announcement)
    if announcement is not None and announcement.state in ("draft", "waiting") and request.participant.organises:
        return reply(_("This is the preview: readers will press this."), buttons=_HOME, fresh=True)
    await _readable(request, announcement)
    new = await announcements.acknowledge(request.tx, action.announcement, request.participant.id, request.now)
    await screens.touch(request.tx, screen_of(action.announcement))
    content = await announcement_contents.content(request.tx, action.announcement)
    assert content is not None
    said = _("Noted, thank you.") if new else _("You had said so already.")
    if content.attachments:  # what hangs on the message need not travel again
        return reply(said, buttons=_HOME, toast=said, fresh=True)
    return Reply(draw(content, request.locale, seen=True), toast=said)


@routes.action(ReadAnnouncement)
async def read(request: Request, action: ReadAnnouncement) -> Reply:
    """What was announced, as everyone got it, with the corrections since."""
    announcement = await announcements.find(request.tx, action.announcement)
    await _readable(request, announcement)
    content = await announcement_contents.content(request.tx, action.announcement)
    assert content is not None
    known = await announcements.seen_by(request.tx, action.announcement)
    return Reply(draw(content, request.locale, seen=request.participant.id in known), fresh=True)


async def _readable(request: Request, announcement: Announcement | None) -> None:
    """Raises Stale for what is not for them, UserError for what was withdrawn."""
    person = request.participant
    if announcement is None or not (announcement.is_out or announcement.state == "withdrawn"):
        raise Stale
    if announcement.id not in await reach.received(request.tx, person.id) and not await audiences.includes(
        request.tx, announcement.audience, person.id
    ):
        raise Stale
    if announcement.state == "withdrawn":
        raise UserError(WITHDRAWN, buttons=_HOME)
