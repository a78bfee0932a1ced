"""Declares the capability of the gathering's programme: reading it, importing it, editing it, and calendars."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import ORGANISER, ScreenPart, menu_part
from bot.conversation.sent_tables import forms_for_tables
from handlers.groups.hooks import on_now, sessions_in_rooms
from handlers.navigation import sections
from handlers.programme import answers, grids, participant, store, topics
from handlers.programme.actions import EditProgramme
from handlers.programme.calendar import CALENDAR
from handlers.programme.messages import PROGRAMME
from handlers.programme.organiser import details, editing, importing, sessions
from handlers.programme.personal_data import PERSONAL_DATA
from handlers.programme.reminders import MEETINGS, SESSIONS
from handlers.programme.schedule import NewsSource, NowSource

CAPABILITY = Capability(
    topics=(
        topics.NEXT,
        topics.DAY,
    ),
    routes=(participant.routes,),
    organiser_routes=(
        sessions.routes,
        editing.routes,
        details.routes,
        importing.routes,
    ),
    sources=lambda settings, _subjects: (NewsSource(settings), NowSource(settings.gathering.zone)),
    chores=(store.PENDING_PROGRAMMES.forget_old,),
    home=(
        ScreenPart(14, participant.tell_what_is_next),
        ScreenPart(52, participant.offer_programme),
    ),
    group=(ScreenPart(5, participant.tell_next_meeting),),
    bar=(ScreenPart(20, participant.name_what_is_next),),
    menu=(
        menu_part(sections.ORGANISING, 30, Button(_("Edit the programme"), EditProgramme(0)), who=ORGANISER),
        menu_part(sections.GATHERING, 10, PROGRAMME, when=participant.goes_on),
    ),
    organiser_home=(
        ScreenPart(5, sessions.name_current, ORGANISER),
        ScreenPart(40, sessions.name_next, ORGANISER, sections.PROGRAMME, sessions.programme_to_bring),
    ),
    to_prepare=sessions.TO_PREPARE,
    offline=("programme",),
    reminders=(MEETINGS, SESSIONS),
    personal_data=PERSONAL_DATA,
    calendar=CALENDAR,
    grids=(grids.PROGRAMME,),
    answers=(
        sessions_in_rooms.answered_by(answers.sessions_in_rooms),
        on_now.answered_by(participant.on_now),
        forms_for_tables.answered_by(importing.offer_form),
    ),
)
