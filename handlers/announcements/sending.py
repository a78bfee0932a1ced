"""Sending an announcement: now, at an hour, or urgently; and calling it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.forms import Form, Incomplete, text
from bot.content.texts import Moment, Name, Span, Text, _, _n
from bot.content.typed_times import (
    REFUSALS,
    Problem,
    echo,
    from_minute,
    read_time,
    reading_buttons,
    refusal,
    to_minute,
)
from bot.content.views import Button, Later, Reply, View, reply, with_lines_first
from bot.conversation import live_screens
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.people import participant_store
from bot.people.presence_store import zone_elsewhere
from handlers.announcements import service, store
from handlers.announcements.actions import ANNOUNCEMENTS, OpenAnnouncement, find, find_draft, mark_of
from handlers.announcements.model import GRACE, Announcement
from handlers.announcements.preview import AskUrgent, ChooseTime, Send, counts, later, preview
from handlers.announcements.progress import screen_of
from handlers.announcements.reach import by_platform
from handlers.announcements.report_screen import Cancel, report
from handlers.navigation.actions import BACK

routes = Routes()


@dataclass(frozen=True, slots=True)
class SendAt(Action):
    """Let it leave at a minute since 1970."""

    code: ClassVar[str] = "aty"
    announcement: int
    minute: int
    seen: str
    sure: bool


@dataclass(frozen=True, slots=True)
class TimeForm(Form):
    """When it leaves."""

    title: ClassVar[Text] = _("When is it sent?")
    at: str = text(_("Day and hour"), max_length=60, hint=_("For instance «tomorrow 2 pm» or «10 June 14:00»."))


@routes.action(Send, who=ORGANISER)
async def send(request: Request, action: Send) -> Reply:
    """Make the copies, unless it was changed, reaches nobody, or somebody just sent the same."""
    announcement = await find(request, action.announcement)
    if not announcement.is_open:
        return await report(request, announcement)
    if refused := await _refused(request, announcement, action.seen):
        return refused
    _check_end(announcement, request.now)
    again = Send(announcement.id, action.seen, action.urgent, True)
    if not action.sure and (warned := await _warned(request, announcement, again)):
        return warned
    people = await service.preview(request.tx, request.settings, announcement.audience, request.now)
    await service.release(request.tx, request.settings, announcement, request.now, urgent=action.urgent)
    await live_screens.show(request.tx, screen_of(announcement.id), request.account)
    count = sum(by_platform(people).values())
    put_off = () if action.urgent else later(request, people, request.now)
    ways_on = (Button(_("How far it is"), OpenAnnouncement(announcement.id)), ANNOUNCEMENTS)
    leaves = _n(
        "It leaves in {seconds} seconds, for {count} person.",
        "It leaves in {seconds} seconds, for {count} people.",
        count,
        seconds=int(GRACE.total_seconds()),
    )
    left = _n("It has left, for {count} person.", "It has left, for {count} people.", count)
    return reply(
        leaves,
        *put_off,
        buttons=(Button(_("Cancel"), Cancel(announcement.id), style="danger"), *ways_on),
        later=Later(GRACE, View((left, *put_off), ways_on, quiet=True)),
    )


async def _refused(request: Request, draft: Announcement, seen: str) -> Reply | None:
    """Why it is not sent as it stands; None where nothing speaks against it."""
    people = await service.preview(request.tx, request.settings, draft.audience, request.now)
    if not any(each.reached for each in people):
        return await preview(request, draft)
    if await mark_of(request, draft) == seen:
        return None
    changed = _("This was changed meanwhile, so nothing was sent. This is how it is now.")
    return with_lines_first(await preview(request, draft, copy=True), changed, "")


def _check_end(draft: Announcement, leaves: datetime) -> None:
    """Raises UserError for a campaign that would leave when it is over."""
    end = draft.deadline
    if end is not None and end <= leaves:
        raise UserError(
            _("Its end is {deadline}: nothing leaves after that. It is kept as it was.", deadline=Moment(end)),
            buttons=(Button(_("See the announcement"), OpenAnnouncement(draft.id)), ANNOUNCEMENTS, BACK),
        )


async def _warned(request: Request, draft: Announcement, again: Action) -> Reply | None:
    """What is said where the same was just sent, or waits; `again` sends it all the same. None where it is new."""
    twin = await service.twin(request.tx, draft, request.now)
    if twin is None:
        return None
    return reply(
        await _who_sent(request, twin),
        _("Yours is kept as a draft."),
        buttons=(
            Button(_("See the other"), OpenAnnouncement(twin.id), style="primary"),
            Button(_("Send it all the same"), again),
            Button(_("See the announcement"), OpenAnnouncement(draft.id)),
            ANNOUNCEMENTS,
        ),
    )


async def _who_sent(request: Request, twin: Announcement) -> Span:
    if twin.due is not None:
        return _("The same leaves {moment}, for the same people. Send it a second time?", moment=Moment(twin.due))
    author = await participant_store.find(request.tx, twin.author_id) if twin.author_id else None
    if author is None:
        return _("The same was sent to the same people a few minutes ago. Send it a second time?")
    return _(
        "{name} sent the same to the same people a few minutes ago. Send it a second time?",
        name=Name(author.given_name),
    )


@routes.action(AskUrgent, who=ORGANISER)
async def ask_urgent(request: Request, action: AskUrgent) -> Reply:
    """Say what urgent means before it is."""
    draft = await find_draft(request, action.announcement)
    people = await service.preview(request.tx, request.settings, draft.audience, request.now)
    return reply(
        _("Urgent: it leaves before everything else, also at night, and though they had two messages today."),
        counts(people),
        buttons=(
            Button(_("Yes, it is urgent"), Send(draft.id, action.seen, True, False), style="danger"),
            Button(_("No, as usual"), OpenAnnouncement(draft.id)),
        ),
    )


@routes.action(ChooseTime, who=ORGANISER, form=TimeForm)
async def choose_time(request: Request, action: ChooseTime, form: TimeForm) -> Reply:
    """Read the hour back before it is saved, or offer what it could mean."""
    draft = await find_draft(request, action.announcement)
    zone = request.settings.gathering.zone
    typed = read_time(form.at, zone=zone, now=request.now, locale=request.locale)
    again = Button(_("Write another time"), ChooseTime(draft.id, action.seen))
    back = Button(_("See the announcement"), OpenAnnouncement(draft.id))
    if typed.instant is None:
        if not typed.readings:
            raise Incomplete("at", refusal(typed))

        def leave(minute: int) -> SendAt:
            return SendAt(draft.id, minute, action.seen, False)

        readings = reading_buttons(typed, zone, request.now, leave)
        return reply(refusal(typed), buttons=(*readings, again, back))
    elsewhere = await zone_elsewhere(request.tx, zone, typed.instant)
    people = await service.preview(request.tx, request.settings, draft.audience, request.now)
    said = echo(typed.instant, zone=zone, now=request.now, elsewhere=elsewhere)
    return reply(
        _("It leaves {moment}. Right?", moment=said),
        *later(request, people, typed.instant),
        buttons=(
            Button(_("Confirm"), SendAt(draft.id, to_minute(typed.instant), action.seen, False), style="primary"),
            again,
            back,
        ),
    )


@routes.action(SendAt, who=ORGANISER)
async def send_at(request: Request, action: SendAt) -> Reply:
    """Let it wait for its hour."""
    announcement = await find(request, action.announcement)
    if not announcement.is_open:
        return await report(request, announcement)
    if refused := await _refused(request, announcement, action.seen):
        return refused
    _check_end(announcement, from_minute(action.minute))
    due = from_minute(action.minute)
    if due <= request.now:
        return reply(
            REFUSALS[Problem.PAST],
            buttons=(Button(_("Write another time"), ChooseTime(announcement.id, action.seen)), BACK),
        )
    again = SendAt(announcement.id, action.minute, action.seen, True)
    if not action.sure and (warned := await _warned(request, announcement, again)):
        return warned
    await store.wait(request.tx, announcement.id, due)
    return await report(request, await find(request, announcement.id))


@routes.action(Cancel, who=ORGANISER)
async def cancel(request: Request, action: Cancel) -> Reply:
    """Keep from leaving what has not left; nothing that was written is lost."""
    announcement = await find(request, action.announcement)
    after = await service.cancel(request.tx, announcement, request.now)
    await live_screens.touch(request.tx, screen_of(announcement.id))
    if after.is_open and not announcement.is_open:
        said = _("Cancelled: nothing was sent. It is a draft again.")
        return with_lines_first(await preview(request, after), said, "")
    return await report(request, after)
