"""Reminders in a rehearsal: nobody does anything for them, and everyone they are for is to get them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.settings import SessionSettings, Settings
from bot.content.texts import Localised, _
from bot.rehearsal.books import Mark
from bot.rehearsal.contributions import Rehearsal
from bot.rehearsal.playing import Play
from handlers.programme.messages import day_words
from handlers.reminders.model import Lead


def expect(play: Play, after: datetime, until: datetime) -> None:
    """Sessions are due to everyone who comes, the first meeting to who has a group."""
    for mark in _of_sessions(play.settings, after, until):
        play.books.due(play.coming, mark)
    for mark in _of_meeting(play.settings, after, until):
        play.books.due([player for player in play.coming if player.group], mark)


def _of_sessions(settings: Settings, after: datetime, until: datetime) -> list[Mark]:
    """What everyone is reminded of after one instant and until another: each session, and on the eve a whole day."""
    marks = [
        _reminder(session, lead)
        for session in settings.sessions
        if session.kind not in settings.reminders.asked
        for lead in settings.reminders.leads_of(session.kind)
        if after
        < lead.before(settings.instant(session, session.starts), session.zone or settings.gathering.zone)
        <= until
    ]
    if eve := settings.reminders.eve:
        zone = ZoneInfo(settings.gathering.zone)
        days = {settings.instant(each, each.starts).astimezone(zone).date() for each in settings.sessions}
        for day in sorted(days):
            if after < settings.gathering.instant(datetime.combine(day - timedelta(days=1), eve)) <= until:
                said = _("Your programme of {day}:", day=day_words(day))
                marks.append(Mark(f"the eve of {day}", (said,), by_day=True, kind="reminder: the next day"))
    return marks


def _of_meeting(settings: Settings, after: datetime, until: datetime) -> list[Mark]:
    """What groups are reminded of: their first meeting, where no workshop of the programme begins then."""
    meeting = settings.groups.meeting
    if meeting is None or any(each.kind == "workshop" and each.starts == meeting for each in settings.sessions):
        return []
    at = settings.gathering.instant(meeting)
    mark = Mark(
        "reminder of the first meeting",
        (_("First meeting of your group"), _("Time to go there.")),
        kind="reminder: the first meeting",
    )
    leads = settings.reminders.leads_of("workshop")
    return [mark for lead in leads if after < lead.before(at, settings.gathering.zone) <= until]


def _reminder(session: SessionSettings, lead: Lead) -> Mark:
    """How a reminder of a session reads."""
    soon = lead.days == 0 and lead.minutes <= 30
    said = _("Time to go there.") if soon else _("Keep that time free.")
    of = "a meal" if session.kind == "meal" else "a session"
    return Mark(
        f"reminder of «{session.key}», {lead.encode()} before",
        (Localised(session.title), said),
        kind=f"reminder: {of}, {'minutes' if soon else 'a day'} before",
    )


REHEARSAL = Rehearsal(expect=expect)
