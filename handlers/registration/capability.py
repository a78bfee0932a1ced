"""Declares the capability of registration: the list of selected people, their invitations, and how they join.

Organisers also correct what is stored about a person here.
"""

from bot.capability import Capability
from bot.content.entry_points import EntryPoint
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import ANYONE, ORGANISER, Go, ScreenPart, fixed_part, menu_part
from bot.conversation.sent_tables import forms_for_tables
from bot.membership import letters
from bot.people import reference_store
from handlers.navigation import sections
from handlers.navigation.actions import FIND
from handlers.registration import answers, grids, store
from handlers.registration.content import write_invitation
from handlers.registration.organiser import (
    cards,
    editing,
    erasing,
    given_roles,
    importing,
    invitations,
    letter,
    missing,
    people,
    posting,
    roles,
    sending,
)
from handlers.registration.participant import joining, organiser_link
from handlers.registration.personal_data import PERSONAL_DATA
from handlers.results.hooks import more_sheets

CAPABILITY = Capability(
    routes=(joining.routes,),
    organiser_routes=(
        missing.routes,
        people.routes,
        editing.routes,
        erasing.routes,
        roles.routes,
        given_roles.routes,
        invitations.routes,
        cards.routes,
        letter.routes,
        posting.routes,
        sending.routes,
        importing.routes,
        organiser_link.routes,
    ),
    chores=(store.PENDING_LISTS.forget_old,),
    grids=(grids.PEOPLE,),
    home=(
        ScreenPart(5, joining.welcome_stranger, ANYONE),
        ScreenPart(21, people.offer_to_find, ORGANISER),
        ScreenPart(43, joining.tell_roles),
    ),
    menu=(
        menu_part(sections.ORGANISING, 10, FIND, who=ORGANISER),
        menu_part(sections.ORGANISING, 15, given_roles.ROLES, when=given_roles.gives_some),
    ),
    organiser_home=(
        ScreenPart(5, organiser_link.offer_code, ANYONE),
        ScreenPart(10, missing.count_people, ORGANISER, sections.PEOPLE, missing.people_to_reach),
        fixed_part(30, FIND, who=ORGANISER),
        ScreenPart(97, given_roles.offer_roles, ORGANISER, sections.PEOPLE),
        ScreenPart(100, importing.offer_lists, ORGANISER, sections.PEOPLE),
    ),
    to_prepare=missing.TO_PREPARE,
    letters={letters.INVITATION: write_invitation},
    personal_data=PERSONAL_DATA,
    answers=(
        reference_store.quoted.answered_by(store.quoted),
        forms_for_tables.answered_by(importing.offer_form),
        more_sheets.answered_by(answers.sheets),
    ),
    entry_points={
        EntryPoint.REGISTER: Button(_("Register"), Go("inscription"), style="primary"),
        EntryPoint.ENTER_CODE: Button(_("Enter my code"), Go("code")),
    },
)
