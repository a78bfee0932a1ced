"""Screens to set when the groups of a round (one day) first meet.

The typed time is shown for confirmation, then saved, and the members are notified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from bot.clock import from_micros
from bot.content.actions import Action
from bot.content.forms import Form, text
from bot.content.texts import Moment, Span, Strong, Text, _
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import ORGANISER, Request, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from handlers.groups.actions import ShowGroups
from handlers.groups.messages.cards import MY_GROUP, day
from handlers.groups.model import Round
from handlers.groups.organiser.layout import count_line, require_round
from handlers.groups.organiser.rooms import member_ids, notify_members, preview_line
from handlers.groups.service import membership
from handlers.groups.store import groups, rounds
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.time_questions import not_to_save, read_back, stored_time, time_of, version_of_time

routes = Routes()


class MeetingForm(Form):
    """The form for the time of the first meeting, written in words or as 2027-06-10 14:00."""

    title: ClassVar[Text] = _("First meeting")
    meeting: str = text(
        _("When do the groups first meet?"),
        max_length=60,
        required=False,
        hint=_("For instance «10 June 14:00». Leave it empty if not known yet."),
    )


@routes.press("gm", who=ORGANISER)
async def show_meeting(request: Request, round_id: int) -> Reply:
    """Show when the groups of a round (one day) first meet, with a button to change that."""
    round_ = await require_round(request, round_id)
    return reply(
        _("First meeting on {date}: {meeting}", date=day(round_), meeting=_in_words(round_.meets_at)),
        buttons=(
            # L10N: a button, a verb: change the first meeting of groups
            Button(_("Change"), _change(round_), style="primary"),
            *_back_to_round(round_),
        ),
    )


def _change(round_: Round) -> Action:
    return set_meeting.seeing(stored_time(round_.meets_at)).to(round_.number)


def _back_to_round(round_: Round) -> tuple[Button, ...]:
    return Button(_("Groups"), ShowGroups(round_.number)), BACK


def _in_words(meets_at: datetime | None) -> Span:
    return Strong(Moment(meets_at)) if meets_at else _("not known yet")


async def _now(request: Request, round_id: int, minute: int | None = None) -> StoredVersion | None:
    round_ = await require_round(request, round_id)
    back = _back_to_round(round_)
    return version_of_time(f"round:{round_.number}", round_.meets_at, minute, words=_in_words, ways_on=back)


@routes.form("gma", MeetingForm, who=ORGANISER, unless_changed=_now)
async def set_meeting(request: Request, form: MeetingForm, round_id: int) -> Reply:
    """Ask an organiser to confirm the typed time of the first meeting; if it is ambiguous, offer the possible times.

    Nothing is saved until the organiser confirms. An empty form stands for an unknown time. The form comes back if what
    was typed is not a time.
    """
    round_ = await require_round(request, round_id)
    ways_on = (Button(_("Write another date"), _change(round_)), *_back_to_round(round_))
    present = stored_time(round_.meets_at)
    if not form.meeting:
        forget = Button(_("Confirm"), save_meeting.seeing(present).to(round_.number, 0), style="primary")
        question = _("The groups' first meeting is not known yet. Right?")
        return await _ask(request, round_, [question], (forget, *ways_on))
    time = await read_back(
        request,
        form.meeting,
        field="meeting",
        confirm=lambda minute: save_meeting.seeing(present).to(round_.number, minute),
        ways_on=ways_on,
    )
    if isinstance(time, Reply):
        return time
    lines: list[Span] = [_("The groups first meet {meeting}. Right?", meeting=time.words)]
    if time.instant.astimezone(ZoneInfo(request.settings.gathering.zone)).date() != round_.day:
        lines.append(_("Careful: these groups are planned for another day, {date}.", date=day(round_)))
    return await _ask(request, round_, lines, time.buttons)


async def _ask(request: Request, round_: Round, lines: Sequence[Span], buttons: tuple[Button, ...]) -> Reply:
    people = await member_ids(request, await groups.groups_of_round(request.tx, round_.number))
    return reply(*lines, await preview_line(request, round_, people), buttons=buttons, fresh=True)


@routes.press("gmb", who=ORGANISER, unless_changed=_now)
async def save_meeting(request: Request, round_id: int, minute: int) -> Reply:
    """Set when the groups of a round (one day) first meet, and notify their members.

    `minute` is in minutes since 1970, 0 for unknown. If the time has passed or is already set, the reply says so.
    """
    round_ = await require_round(request, round_id)
    before, after = round_.meets_at, time_of(minute)
    back = _back_to_round(round_)
    if refused := not_to_save(request, before, after, another=_change(round_), ways_on=back):
        return refused
    notified = await _reschedule(request, round_, after)
    summary = _("First meeting on {date}: {meeting}", date=day(round_), meeting=_in_words(after))
    values: dict[str, Any] = {"before": stored_time(before), "after": stored_time(after)}
    undo = await record_change(request, f"round:{round_.number}", summary, restore_meeting.to(round_.number), values)
    return reply(summary, *count_line(round_, notified), buttons=(undo, *back), toast=_("Saved."))


async def _reschedule(request: Request, round_: Round, meets_at: datetime | None) -> int:
    """Set a round's first meeting, schedule its reminders anew, and notify the members.

    Returns how many people are notified.
    """
    await rounds.set_meeting(request.tx, round_.number, meets_at)
    await membership.remind_of_meeting(request.tx, replace(round_, meets_at=meets_at), request.now, moved=True)
    line = (
        _("Your group's first meeting is now {meeting}.", meeting=Strong(Moment(meets_at)))
        if meets_at
        else _(
            "The time of your group's first meeting on {date} is open again. The team will tell you when it is.",
            date=day(round_),
        )
    )
    return await notify_members(
        request, round_, await groups.groups_of_round(request.tx, round_.number), View((line,), (MY_GROUP,))
    )


@inverses.declare("gmr")
async def restore_meeting(request: Request, values: Values, round_id: int) -> Undone:
    """Restore the former time of the first meeting of a round (one day), and notify the members again.

    Raises UserError if the time was changed again since.
    """
    round_ = await require_round(request, round_id)
    if stored_time(round_.meets_at) != values["after"]:
        raise changed_since()
    before = from_micros(values["before"]) if values["before"] is not None else None
    notified = await _reschedule(request, round_, before)
    summary = _("First meeting on {date}: {meeting}", date=day(round_), meeting=_in_words(before))
    return Undone((summary, *count_line(round_, notified)), (Button(_("Groups"), ShowGroups(round_.number)),))
