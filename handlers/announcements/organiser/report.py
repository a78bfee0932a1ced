"""Screens that report on a sent announcement: how many people got it, who did not, and who has seen it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.folding import MOST_FOR_LEADERS
from bot.content.names import collation
from bot.content.texts import Listing, Moment, Span, Strong, _, _n, plain
from bot.content.views import Button, Reply, View, reply
from bot.conversation import live_screens
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.delivery import outbox
from bot.people.audience_store import describe
from bot.people.naming import called, platform_name
from bot.people.roster_columns import NAMES
from handlers.announcements.actions import ANNOUNCEMENTS, OpenAnnouncement, find, title_of
from handlers.announcements.messages import (
    STATES,
    ReadAnnouncement,
    count_failed,
    count_there,
    count_waiting,
    lines_by_platform,
    lines_by_reason,
    progress_line,
    reason,
    what_became,
)
from handlers.announcements.model import GRACE, Announcement
from handlers.announcements.progress import screen_of
from handlers.announcements.service import changing, recipients, titles
from handlers.announcements.store import acknowledgements, announcements, changes, contents, reports
from handlers.announcements.store.reach import PersonReach
from handlers.announcements.store.reports import CopyCount
from handlers.navigation.actions import BACK
from handlers.navigation.layout import paged
from handlers.navigation.tables import to_take_along

routes = Routes()

_OUT = ("sending", "sent")
_BETWEEN_REMINDERS = timedelta(hours=1)

_COLUMNS = (
    NAMES["ref"],
    NAMES["name"],
    NAMES["platform"],
    # L10N: a column's heading in the table of copies of an announcement
    _("state"),
    # L10N: a column's heading in the table of copies of an announcement
    _("reason"),
    _("sent (UTC)"),
    _("perhaps twice"),
)


class CancelAnnouncement(Action, code="ac"):
    """The button that cancels a scheduled announcement, or the messages that have not been sent yet."""

    announcement: int


class AskToCorrect(Action, code="aw"):
    """The button that asks which words of a sent announcement should be corrected."""

    announcement: int


class AskToWithdraw(Action, code="az"):
    """The button that asks an organiser to confirm that an announcement is withdrawn."""

    announcement: int


async def report(request: Request, announcement: Announcement) -> Reply:
    """Show how many messages of an announcement have arrived, with buttons to cancel, correct or withdraw it."""
    return Reply(await _view(request.tx, announcement))


async def _view(tx: Transaction, announcement: Announcement, below: datetime | None = None) -> View:
    """Return the report. `below` is the present time if it is shown below the answer that was sent with a press."""
    content = await contents.find_words(tx, announcement.id)
    assert content is not None
    heading = _(
        "«{title}», for: {audience}",
        title=titles.title_of(content),
        audience=await describe(tx, announcement.audience),
    )
    if announcement.state == "draft":
        again = Button(_("See the announcement"), OpenAnnouncement(announcement.id))
        return View((Strong(heading), _("Nothing was sent. It is a draft again.")), (again, ANNOUNCEMENTS, BACK))
    if announcement.state == "waiting":
        assert announcement.due is not None
        return View(
            (Strong(heading), _("It leaves {moment}.", moment=Moment(announcement.due))),
            (Button(_("Call it back"), CancelAnnouncement(announcement.id), style="danger"), ANNOUNCEMENTS, BACK),
        )
    tally = await reports.tally_copies(tx, announcement.id)
    lines: list[Span] = [Strong(heading)]
    said_so = await acknowledgements.count_seen(tx, announcement.id)
    if announcement.state in ("sending", "sent"):
        lines.append(progress_line(tally, said_so if announcement.asks_seen else None))
    else:
        over = {"cancelled": _("Cancelled before all messages had left."), "withdrawn": _("Withdrawn.")}
        never_left = announcement.state == "cancelled" and announcement.released is None
        lines.append(_("It was never sent: the deadline came first.") if never_left else over[announcement.state])
    if announcement.copied_to is not None:
        lines.append(_("More messages are being prepared."))
    elif announcement.calling_back:
        lines.append(_("The messages that have not left are being removed."))
    elif announcement.changed_to is not None:
        if announcement.state == "withdrawn":
            lines.append(_("More messages are being withdrawn."))
        elif announcement.trying_again:
            lines.append(_("More messages will be tried again in a moment."))
        else:
            lines.append(_("More messages are being corrected."))
    lines += [*lines_by_platform(tally), *lines_by_reason(tally)]
    if announcement.kind != "announcement":
        lines.append(_n("{count} person has done it.", "{count} people have done it.", said_so))
    # A live screen has no second page of buttons; the list of announcements leads back too.
    return View(tuple(lines), (*_buttons(announcement, tally, below), ANNOUNCEMENTS, BACK)[:MOST_FOR_LEADERS])


def _buttons(announcement: Announcement, tally: Sequence[CopyCount], below: datetime | None) -> list[Button]:
    key = announcement.id
    can: list[Button] = []
    # As long as the answer above offers to cancel everything, this does not offer it a second time.
    leaves = announcement.released and announcement.released + GRACE
    above = leaves and below and below < leaves and any(copies.due == leaves for copies in tally)
    if announcement.state == "sending" and count_waiting(tally) and not above:
        can.append(Button(_("Cancel the rest"), CancelAnnouncement(key), style="danger"))
    over = announcement.state not in ("sending", "sent")
    if count_failed(tally, over=over):
        can.append(Button(_("Try again") if over else _("Send failures again"), retry.to(key)))
    if announcement.asks_seen:
        can.append(Button(_("Who has seen it"), who_has_seen.to(key, 0)))
    if announcement.is_out and (count_there(tally) or count_waiting(tally)):
        can.append(Button(_("Correct"), AskToCorrect(key)))
    if announcement.is_out and count_there(tally):
        can.append(Button(_("Withdraw"), AskToWithdraw(key), style="danger"))
    if announcement.state != "sending":
        can.append(Button(_("As a file"), report_file.to(key)))
    return can


@routes.live_screen("announcement", who=ORGANISER)
async def show_progress(tx: Transaction, subject: str, now: datetime) -> View | None:
    """Return the report on an announcement, which is updated while messages are sent; None if it was deleted.

    `subject` is the announcement's id.
    """
    announcement = await announcements.find_announcement(tx, int(subject))
    return await _view(tx, announcement, now) if announcement else None


@routes.press("arr", who=ORGANISER)
async def retry(request: Request, announcement_id: int) -> Reply:
    """Try again to send, edit or delete every message for which this failed. Raises UserError if nothing failed."""
    announcement = await find(request, announcement_id)
    failed = partial(changes.count_failed, announcement_id=announcement.id)
    again = await request.preload(("failed", announcement.id), lambda perform: perform(failed))
    if not again:
        raise UserError(_("There is nothing to send again."), buttons=(ANNOUNCEMENTS, BACK))
    await changing.retry_failures(request.tx, announcement, request.now)
    await live_screens.touch(request.tx, screen_of(announcement.id))
    sentence = _n("{count} message is being sent again.", "{count} messages are being sent again.", again)
    view = await _view(request.tx, await find(request, announcement.id))
    return Reply(View((sentence, "", *view.lines), view.buttons))


@routes.press("avw", who=ORGANISER)
async def who_has_seen(request: Request, announcement_id: int, page_number: int) -> Reply:
    """Show how many people pressed «Seen», and the names of the people who did not, with a button to remind them."""
    announcement = await find(request, announcement_id)
    # Else the report, which is drawn again with every «Seen», would take the place of the names.
    await live_screens.leave(request.tx, screen_of(announcement.id), request.account)
    seen = await acknowledgements.who_has_seen(request.tx, announcement.id)
    people, missing = await _missing(request, announcement, seen)
    to_come = await reports.people_to_come(request.tx, announcement.id)
    reminded = len(_to_remind(missing, to_come))
    remind = (
        (
            Button(
                _n("Remind {count} person", "Remind {count} people", reminded),
                remind_unseen.to(announcement.id),
                style="primary",
            ),
        )
        if _can_remind(announcement) and reminded
        else ()
    )
    shown, pages = paged(missing, page_number, partial(who_has_seen.to, announcement.id))
    lines: list[Span] = [
        Strong(await title_of(request, announcement)),
        _n("«Seen»: {count} person of {all}.", "«Seen»: {count} people of {all}.", len(seen), all=len(people)),
    ]
    if to_come:
        lines.append(_n("{count} person has not had it yet.", "{count} people have not had it yet.", len(to_come)))
    if shown:
        names = Listing(tuple(called(reach, "full") for reach in shown))
        lines.append(_("Not yet: {names}.", names=names))
    return reply(
        *lines,
        buttons=(
            *remind,
            *pages,
            Button(_("As a file"), report_file.to(announcement.id)),
            Button(_("See the announcement"), OpenAnnouncement(announcement.id)),
            BACK,
        ),
    )


async def _missing(
    request: Request, announcement: Announcement, seen: Collection[int]
) -> tuple[Sequence[PersonReach], Sequence[PersonReach]]:
    """Return all people in the audience, and by name the ones who have not pressed «Seen»."""
    people = await recipients.preview_reach(request.tx, request.settings, announcement.audience, request.now)
    missing = [person for person in people if person.id not in seen]
    return people, sorted(missing, key=lambda reach: collation(reach.full_name))


def _to_remind(missing: Sequence[PersonReach], to_come: Collection[int]) -> Sequence[PersonReach]:
    """Return which of those who have not pressed «Seen» can be reminded: not whose copy is still to come.

    Else who sleeps would get the reminder of an announcement before the announcement itself.
    """
    return [reach for reach in missing if reach.reached and reach.id not in to_come]


def _can_remind(announcement: Announcement) -> bool:
    """Return whether people can be reminded to press «Seen»; a campaign has reminders of its own instead."""
    return announcement.asks_seen and announcement.kind == "announcement" and announcement.state in _OUT


@routes.press("avr", who=ORGANISER)
async def remind_unseen(request: Request, announcement_id: int) -> Reply:
    """Send a reminder to everyone who got the announcement and has not pressed «Seen».

    In quiet hours, the reminder is sent when they end. Raises UserError if a reminder was sent less than an hour ago.
    """
    announcement = await find(request, announcement_id)
    if not _can_remind(announcement):
        raise Stale
    subject = f"unseen:{announcement.id}"
    before = await outbox.last_notified_at(request.tx, subject)
    if before and abs(request.now - before) < _BETWEEN_REMINDERS:
        raise UserError(
            _("They were reminded {moment}. Leave them an hour before you ask again.", moment=Moment(before)),
            buttons=(Button(_("See the announcement"), OpenAnnouncement(announcement.id)), BACK),
        )
    seen = await acknowledgements.who_has_seen(request.tx, announcement.id)
    _people, missing = await _missing(request, announcement, seen)
    to_come = await reports.people_to_come(request.tx, announcement.id)
    view = View(
        (
            _(
                "An announcement from the team is waiting for you: «{title}».",
                title=await title_of(request, announcement),
            ),
            _("Press «Seen» once you have read it: the team wants to be sure that everybody knows."),
        ),
        # L10N: a button: read an announcement again
        (Button(_("Read it"), ReadAnnouncement(announcement.id), style="primary"),),
    )
    hours = request.settings.gathering.hours
    awake = {
        reach.id: hours.wakes_at(reach.territory, request.now, away=reach.away) or request.now
        for reach in _to_remind(missing, to_come)
    }
    told = await outbox.notify_many(
        request.tx, awake.keys(), view, request.now, outbox.Telling.NEWS, topic="team", due=awake, subject=subject
    )
    sentence = _n("{count} person is reminded.", "{count} people are reminded.", told)
    return reply(
        sentence,
        buttons=(Button(_("See the announcement"), OpenAnnouncement(announcement.id)), BACK),
        toast=_("Reminded."),
    )


@routes.press("arf", who=ORGANISER)
async def report_file(request: Request, announcement_id: int) -> Reply:
    """Send a file with a table of all recipients, and whether the message reached each of them. Times are in UTC."""
    announcement = await find(request, announcement_id)
    seen = await acknowledgements.who_has_seen(request.tx, announcement.id)
    rows = await reports.copies_of(request.tx, announcement.id)
    table = [
        (
            row.ref,
            row.name,
            plain(platform_name(row.platform), request.reader),
            plain(STATES[what_became(row.state, row.op)], request.reader),
            plain(reason(row.reason), request.reader) if row.reason else "",
            _instant(row.sent),
            # L10N: in a table's cell
            plain(_("yes"), request.reader) if row.repeated else "",
            _instant(seen.get(row.participant or 0)),
        )
        for row in rows
    ]
    named = frozenset(row.participant for row in rows if row.participant is not None)
    campaign = announcement.kind != "announcement"
    headings = (*_COLUMNS, _("done (UTC)") if campaign else _("seen (UTC)"))
    done = (_n("{count} person has done it.", "{count} people have done it.", len(seen)),) if campaign else ()
    return reply(
        _n("{count} message, and what happened to it.", "{count} messages, and what happened to each.", len(table)),
        *done,
        file=to_take_along(
            _("announcement-{number}.csv", number=announcement.id), headings, table, request.reader, named
        ),
        buttons=(Button(_("See the announcement"), OpenAnnouncement(announcement.id)), BACK),
        fresh=True,
    )


def _instant(instant: datetime | None) -> str:
    return instant.isoformat(timespec="seconds") if instant else ""
