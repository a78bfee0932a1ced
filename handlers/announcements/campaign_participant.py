"""What a campaign asks for, for who gets it: doing it, and passing it on."""

from __future__ import annotations

from bot.content.errors import Stale, UserError
from bot.content.texts import Reader, Styled, _, plain
from bot.content.views import Reply, reply
from bot.conversation import live_screens
from bot.conversation.routes import Request, Routes
from handlers.announcements import campaigns, content_store, store
from handlers.announcements.campaign_messages import OVER, DidIt, PassOn, buttons, gist
from handlers.announcements.content_store import Content
from handlers.announcements.messages import WITHDRAWN, draw
from handlers.announcements.progress import screen_of
from handlers.navigation.actions import HOME

routes = Routes()


@routes.action(DidIt)
async def did_it(request: Request, action: DidIt) -> Reply:
    """Note that someone has done it, and remind them no more; pressing again changes nothing."""
    content = await _running(request, action.campaign)
    announcement = await store.find(request.tx, action.campaign)
    if announcement is None or announcement.state in ("draft", "waiting"):
        return reply(_("This is the preview: readers will press this."), buttons=(HOME,), fresh=True)
    new = await campaigns.did_it(request.tx, action.campaign, request.participant.id, request.now)
    await live_screens.touch(request.tx, screen_of(action.campaign))
    said = _("Thank you! You will not be reminded of it.") if new else _("You had said so already.")
    if action.reminded:
        return reply(gist(content), said, buttons=(*buttons(content, done=True), HOME), toast=said)
    if content.attachments:  # what hangs on the message need not travel again
        return reply(said, buttons=(HOME,), toast=said, fresh=True)
    return Reply(draw(content, request.locale, seen=True), toast=said)


@routes.action(PassOn)
async def pass_on(request: Request, action: PassOn) -> Reply:
    """Words and address in one piece, to be copied."""
    content = await _running(request, action.campaign)
    url = content.link.url if content.link else ""
    words = plain(gist(content), Reader(request.locale, request.reader.zone))
    return reply(
        _("Copy this and send it to whoever could help:"),
        Styled(f"{words} {url}".strip(), "code"),
        buttons=(HOME,),
        fresh=True,
    )


async def _running(request: Request, campaign_id: int) -> Content:
    """What a campaign says. Raises UserError where it is over or was withdrawn, Stale for what is none."""
    announcement = await store.find(request.tx, campaign_id)
    content = await content_store.content(request.tx, campaign_id)
    if announcement is None or content is None or announcement.kind == "announcement":
        raise Stale
    if announcement.state == "withdrawn":
        raise UserError(WITHDRAWN, buttons=(HOME,))
    if announcement.kind != campaigns.KIND or announcement.deadline is None or announcement.deadline <= request.now:
        raise UserError(OVER, buttons=(HOME,))
    return content
