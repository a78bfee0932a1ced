"""Declares the capability of groups: forming, publishing and repairing them."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import ORGANISER, Go, ScreenPart, menu_part
from bot.people.stored_before import companions
from handlers.attendance.hooks import first_day, groups_on, run_on, ways_to_a_group
from handlers.groups import answers, grids, participant, topics
from handlers.groups.channels import group_channel
from handlers.groups.messages.cards import MY_GROUP
from handlers.groups.organiser import (
    adjusting,
    constraints,
    forming,
    meetings,
    overview,
    prints,
    publishing,
    repairing,
    rooms,
    rooms_by_theme,
    sizes,
)
from handlers.groups.personal_data import PERSONAL_DATA
from handlers.groups.service import membership
from handlers.groups.store import members, proposals
from handlers.navigation import sections
from handlers.themes.hooks import (
    groups_follow,
    groups_to_lose,
    has_group,
    theme_dropped,
    theme_left,
    theme_renamed,
    theme_taken,
    ways_to_group,
)

CAPABILITY = Capability(
    topics=(topics.GROUP, topics.ROOM),
    routes=(participant.routes,),
    organiser_routes=(
        publishing.routes,
        overview.routes,
        forming.routes,
        prints.routes,
        adjusting.routes,
        constraints.routes,
        rooms.routes,
        sizes.routes,
        rooms_by_theme.routes,
        meetings.routes,
        repairing.routes,
    ),
    chores=(proposals.forget_old_proposals, membership.follow_met_cards),
    home=(ScreenPart(40, participant.name_group), ScreenPart(75, participant.offer_group)),
    menu=(
        menu_part(sections.ORGANISING, 20, Button(_("Groups"), Go("groupes")), who=ORGANISER),
        menu_part(sections.WORKSHOPS, 20, MY_GROUP, when=participant.has_group),
    ),
    organiser_home=(ScreenPart(30, overview.count_groups, ORGANISER, sections.GROUPS, overview.groups_to_bring_about),),
    offline=("groupe",),
    personal_data=PERSONAL_DATA,
    channels=group_channel,
    grids=(grids.GROUPS,),
    answers=(
        theme_left.answered_by(membership.take_out_of_groups),
        theme_taken.answered_by(membership.take_into_groups),
        theme_renamed.answered_by(membership.rename_channels),
        theme_dropped.answered_by(membership.dissolve_groups),
        groups_to_lose.answered_by(answers.groups_to_lose),
        groups_follow.answered_by(answers.groups_follow),
        ways_to_group.answered_by(answers.ways_to_group),
        has_group.answered_by(answers.has_group),
        companions.answered_by(members.companions_of),
        first_day.answered_by(answers.first_day),
        groups_on.answered_by(answers.groups_on),
        run_on.answered_by(answers.run_on),
        ways_to_a_group.answered_by(answers.ways_to_a_group),
    ),
)
