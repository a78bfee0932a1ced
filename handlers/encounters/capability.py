"""Declares the capability of encounters: people sit in pairs, and change partners every few minutes."""

from dataclasses import replace

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, MenuPart, ScreenPart, fixed_part
from handlers.encounters import organiser, participant
from handlers.encounters.displays import WALL
from handlers.encounters.membership import AFTER_MEMBERSHIP
from handlers.encounters.personal_data import PERSONAL_DATA
from handlers.encounters.schedule import SeatingClock
from handlers.encounters.service import leave_walls
from handlers.encounters.settings import EncounterSettings
from handlers.navigation import sections
from handlers.programme.hooks import session_dropped

_ORGANISING = fixed_part(45, organiser.ENCOUNTERS, who=ORGANISER, section=sections.PROGRAMME)

CAPABILITY = Capability(
    only_with=EncounterSettings,
    routes=(participant.routes,),
    organiser_routes=(organiser.routes,),
    sources=lambda _settings, _subjects: (SeatingClock(),),
    home=(ScreenPart(13, participant.offer_table),),
    menu=(MenuPart(sections.NOW, 3, participant.offer_in_menu),),
    organiser_home=(replace(_ORGANISING, next_steps=organiser.encounters_to_run),),
    personal_data=PERSONAL_DATA,
    after_membership=AFTER_MEMBERSHIP,
    displays=(WALL,),
    answers=(session_dropped.answered_by(leave_walls),),
)
