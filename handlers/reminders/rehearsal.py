"""The part of the rehearsal (a gathering played by the program) about reminders, which are sent unasked."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.settings import Settings
from bot.content.lead_times import Lead
from bot.content.texts import Localised, Moment, _
from bot.rehearsal.contributions import Rehearsal
from bot.rehearsal.expected_messages import ExpectedMessage
from bot.rehearsal.playing import Play
from handlers.groups.settings import GroupSettings
from handlers.programme.settings import SessionSettings
from handlers.reminders.settings import ReminderSettings


def expect(play: Play, after: datetime, until: datetime) -> None:
    """Store which reminders the rehearsal expects after the time `after`, up to and including the time `until`.

    Everyone who attends gets reminders of sessions; people with a group get reminders of the group's first meeting, and
    facilitators of the attendance that they take there.
    """
    for mark in _reminders(play.settings, after, until):
        play.expected.due(play.coming, mark)
    for mark in _meeting_reminders(play.settings, after, until):
        play.expected.due([player for player in play.coming if player.group], mark)
    for mark in _attendance_reminders(play.settings, after, until):
        play.expected.due(play.facilitators, mark)


def _reminders(settings: Settings, after: datetime, until: datetime) -> list[ExpectedMessage]:
    """Return the reminders that everyone should get: of sessions, and on each eve of the next day."""
    configured = settings.of(ReminderSettings)
    marks = [
        _reminder(session, lead)
        for session in settings.all_of(SessionSettings)
        if session.kind not in configured.asked
        for lead in configured.leads_of(session.kind)
        if after
        < lead.before(session.instants(settings.gathering)[0], session.zone or settings.gathering.zone)
        <= until
    ]
    if eve := configured.eve:
        zone = ZoneInfo(settings.gathering.zone)
        sessions = settings.all_of(SessionSettings)
        days = {session.instants(settings.gathering)[0].astimezone(zone).date() for session in sessions}
        for day in sorted(days):
            if after < settings.gathering.instant(datetime.combine(day - timedelta(days=1), eve)) <= until:
                said = _("Your programme for {day}:", day=Moment.of_day(day, "weekday"))
                marks.append(ExpectedMessage(f"the eve of {day}", (said,), by_day=True, kind="reminder: the next day"))
    return marks


def _reminder(session: SessionSettings, lead: Lead) -> ExpectedMessage:
    """Return how a reminder of a session, sent `lead` before its beginning, is recognised."""
    soon = lead.days == 0 and lead.minutes <= 30
    said = _("Time to go there.") if soon else _("Keep that time free.")
    of = "a meal" if session.kind == "meal" else "a session"
    return ExpectedMessage(
        f"reminder of «{session.key}», {lead.encode()} before",
        (Localised(session.title), said),
        kind=f"reminder: {of}, {'minutes' if soon else 'a day'} before",
    )


def _meeting_reminders(settings: Settings, after: datetime, until: datetime) -> list[ExpectedMessage]:
    """Return the reminders of the first meeting of groups.

    There are none if a workshop of the programme begins at the same time.
    """
    meeting = settings.of(GroupSettings).meeting
    sessions = settings.all_of(SessionSettings)
    if meeting is None or any(session.kind == "workshop" and session.starts == meeting for session in sessions):
        return []
    at = settings.gathering.instant(meeting)
    mark = ExpectedMessage(
        "reminder of the first meeting",
        (_("First meeting of your group"), _("Time to go there.")),
        kind="reminder: the first meeting",
    )
    leads = settings.of(ReminderSettings).leads_of("workshop")
    return [mark for lead in leads if after < lead.before(at, settings.gathering.zone) <= until]


def _attendance_reminders(settings: Settings, after: datetime, until: datetime) -> list[ExpectedMessage]:
    """Return the reminders, on the eve and before, of groups' first meeting for whoever takes attendance there."""
    configured, meeting = settings.of(ReminderSettings), settings.of(GroupSettings).meeting
    if meeting is None:
        return []
    at, day = settings.gathering.instant(meeting), meeting.date()
    marks = []
    if (
        configured.eve
        and after < settings.gathering.instant(datetime.combine(day - timedelta(days=1), configured.eve)) <= until
    ):
        said = _("On {day} the groups meet, and you take attendance.", day=Moment.of_day(day, "weekday"))
        marks.append(ExpectedMessage("the eve of attendance", (said,), by_day=True))
    before = ExpectedMessage(
        "reminder of attendance", (_("{time}: the groups meet. You take attendance.", time=Moment(at, "time")),)
    )
    leads = configured.leads_of("workshop")
    return [*marks, *(before for lead in leads if after < lead.before(at, settings.gathering.zone) <= until)]


REHEARSAL = Rehearsal(expect=expect)
