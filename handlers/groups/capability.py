"""Groups: formed, published, met, repaired on the day."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import ORGANISER, Go, ScreenPart, menu_part
from handlers.groups import (
    adjusting,
    arriving,
    attending,
    checking_in,
    constraining,
    following,
    forming_screen,
    marking,
    meetings,
    organiser,
    organiser_cards,
    participant,
    partners,
    placing,
    prints,
    proposal_store,
    publishing,
    repairing,
    rooms,
    rooms_by_theme,
    service,
)
from handlers.groups.channels import group_channel
from handlers.groups.messages import MY_GROUP
from handlers.groups.personal_data import PERSONAL_DATA
from handlers.navigation import sections
from handlers.themes.hooks import groups_follow, groups_to_lose, has_group, theme_left, theme_taken, ways_to_group

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(
        placing.routes,
        publishing.routes,
        organiser.routes,
        forming_screen.routes,
        organiser_cards.routes,
        prints.routes,
        adjusting.routes,
        partners.routes,
        constraining.routes,
        rooms.routes,
        rooms_by_theme.routes,
        meetings.routes,
        checking_in.routes,
        attending.routes,
        marking.routes,
        arriving.routes,
        repairing.routes,
    ),
    chores=(proposal_store.forget_old,),
    home=(ScreenPart(40, participant.name_group),),
    menu=(
        menu_part(sections.ORGANISING, 20, Button(_("Groups"), Go("groupes")), who=ORGANISER),
        menu_part(sections.WORKSHOPS, 20, MY_GROUP, when=participant.has_group),
    ),
    organiser_home=(
        ScreenPart(30, organiser.count_groups, ORGANISER, sections.GROUPS, organiser.groups_to_bring_about),
    ),
    personal_data=PERSONAL_DATA,
    channels=group_channel,
    answers=(
        theme_left.answered_by(service.take_out),
        theme_taken.answered_by(service.take_in),
        groups_to_lose.answered_by(following.groups_to_lose),
        groups_follow.answered_by(following.groups_follow),
        ways_to_group.answered_by(following.ways_to_group),
        has_group.answered_by(following.has_group),
    ),
)
