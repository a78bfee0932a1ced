"""What participants do with announcements: read them, confirm that they saw them, do what a campaign asks.

A campaign is an announcement with a link, a deadline and reminders.
"""

from __future__ import annotations

from bot.content.errors import Stale, UserError
from bot.content.texts import Reader, Styled, _, plain
from bot.content.views import Reply, reply
from bot.conversation import live_screens
from bot.conversation.routes import Request, Routes
from bot.people import audience_store
from handlers.announcements.messages import OVER, WITHDRAWN, DidIt, PassOn, ReadAnnouncement, Seen, buttons, draw, gist
from handlers.announcements.model import Announcement
from handlers.announcements.progress import screen_of
from handlers.announcements.service import campaigns
from handlers.announcements.store import acknowledgements, announcements, contents, reports
from handlers.announcements.store.contents import CopiedContent
from handlers.navigation.actions import HOME

routes = Routes()


@routes.press(Seen)
async def seen(request: Request, announcement_id: int) -> Reply:
    """Store that the participant has seen an announcement; pressing «Seen» again changes nothing.

    Raises UserError if the announcement was withdrawn. For an organiser who previews a draft, nothing is stored.
    """
    announcement = await announcements.find_announcement(request.tx, announcement_id)
    if announcement is not None and announcement.state in ("draft", "waiting") and request.participant.organises:
        return reply(
            _("This is only a preview: this button is for the people who get the message."), buttons=(HOME,), fresh=True
        )
    await _readable(request, announcement)
    new = await acknowledgements.mark_seen(request.tx, announcement_id, request.participant.id, request.now)
    await live_screens.touch(request.tx, screen_of(announcement_id))
    content = await contents.find_content(request.tx, announcement_id)
    assert content is not None
    said = _("Noted, thank you.") if new else _("You had said so already.")
    if content.attachments:  # what hangs on the message need not travel again
        return reply(said, buttons=(HOME,), toast=said, fresh=True)
    return Reply(draw(content, request.locale, seen=True), toast=said)


@routes.press(ReadAnnouncement)
async def read(request: Request, announcement_id: int) -> Reply:
    """Show an announcement with its present words, which include all corrections."""
    announcement = await announcements.find_announcement(request.tx, announcement_id)
    await _readable(request, announcement)
    content = await contents.find_content(request.tx, announcement_id)
    assert content is not None
    seen_at = await acknowledgements.who_has_seen(request.tx, announcement_id)
    return Reply(draw(content, request.locale, seen=request.participant.id in seen_at), fresh=True)


async def _readable(request: Request, announcement: Announcement | None) -> None:
    """Check that the participant may read an announcement.

    Raises Stale if it was not sent or is not for them, UserError if it was withdrawn.
    """
    person = request.participant
    if announcement is None or not (announcement.is_out or announcement.state == "withdrawn"):
        raise Stale
    received = await reports.received_by(request.tx, person.id)
    if announcement.id not in received and not await audience_store.includes(
        request.tx, announcement.audience, person.id
    ):
        raise Stale
    if announcement.state == "withdrawn":
        raise UserError(WITHDRAWN, buttons=(HOME,))


# --- What a campaign asks for, for who gets it: doing it, and passing it on.


@routes.press(DidIt)
async def did_it(request: Request, campaign: int, reminded: bool) -> Reply:
    """Store that the participant has done what a campaign asks, and cancel the participant's reminders of the campaign.

    `reminded` says whether the pressed button was below a reminder, or else below the campaign's first message. Raises
    UserError if the campaign is over or withdrawn. Pressing again changes nothing.
    """
    content = await _running(request, campaign)
    announcement = await announcements.find_announcement(request.tx, campaign)
    if announcement is None or announcement.state in ("draft", "waiting"):
        return reply(
            _("This is only a preview: this button is for the people who get the message."), buttons=(HOME,), fresh=True
        )
    new = await campaigns.mark_done(request.tx, campaign, request.participant.id, request.now)
    await live_screens.touch(request.tx, screen_of(campaign))
    said = _("Thank you! You will get no reminder.") if new else _("You had said so already.")
    if reminded:
        return reply(gist(content), said, buttons=(*buttons(content, done=True), HOME), toast=said)
    if content.attachments:  # what hangs on the message need not travel again
        return reply(said, buttons=(HOME,), toast=said, fresh=True)
    return Reply(draw(content, request.locale, seen=True), toast=said)


@routes.press(PassOn)
async def pass_on(request: Request, campaign: int) -> Reply:
    """Show a campaign's words and address in one text, to be copied and sent on to others.

    `campaign` is an id. Raises UserError if the campaign is over or was withdrawn.
    """
    content = await _running(request, campaign)
    url = content.link.url if content.link else ""
    words = plain(gist(content), Reader(request.locale, request.reader.zone))
    return reply(
        _("Copy this and send it to anybody who could help:"),
        Styled(f"{words} {url}".strip(), "code"),
        buttons=(HOME,),
        fresh=True,
    )


async def _running(request: Request, campaign_id: int) -> CopiedContent:
    """Return what a running campaign says.

    Raises UserError if it is over or withdrawn, Stale if there is no such campaign.
    """
    announcement = await announcements.find_announcement(request.tx, campaign_id)
    content = await contents.find_content(request.tx, campaign_id)
    if announcement is None or content is None or announcement.kind == "announcement":
        raise Stale
    if announcement.state == "withdrawn":
        raise UserError(WITHDRAWN, buttons=(HOME,))
    if announcement.kind != campaigns.KIND or announcement.deadline is None or announcement.deadline <= request.now:
        raise UserError(OVER, buttons=(HOME,))
    return content
