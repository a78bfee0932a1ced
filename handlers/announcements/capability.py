"""Announcements and campaigns: written, sent, followed, corrected."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import ORGANISER, Go, ScreenPart, menu_part
from handlers.announcements import (
    audience,
    campaign_organiser,
    campaign_participant,
    content_store,
    copy_store,
    corrections,
    languages,
    link_button,
    organiser,
    participant,
    preview,
    report_screen,
    sending,
    store,
)
from handlers.announcements.broadcasting import ANNOUNCEMENT
from handlers.announcements.campaigns import CAMPAIGNS, Campaigns
from handlers.announcements.content_cache import ContentCache
from handlers.announcements.membership import AFTER_MEMBERSHIP
from handlers.announcements.personal_data import PERSONAL_DATA
from handlers.announcements.progress import Progress
from handlers.announcements.schedule import ScheduledAnnouncements
from handlers.navigation import sections

CAPABILITY = Capability(
    routes=(
        participant.routes,
        campaign_participant.routes,
    ),
    organiser_routes=(
        organiser.routes,
        audience.routes,
        corrections.routes,
        languages.routes,
        link_button.routes,
        preview.routes,
        report_screen.routes,
        sending.routes,
        campaign_organiser.routes,
    ),
    sources=lambda settings, _subjects: (
        Campaigns(),  # before the next: what is over by now does not leave
        ScheduledAnnouncements(settings),
    ),
    chores=(store.forget_old,),
    menu=(menu_part(sections.ORGANISING, 40, Button(_("Announce"), Go("annoncer")), who=ORGANISER),),
    organiser_home=(ScreenPart(90, organiser.count_unsent, ORGANISER, sections.MESSAGES),),
    files_in_use=(content_store.FILES,),
    reminders=(CAMPAIGNS,),
    personal_data=PERSONAL_DATA,
    after_membership=AFTER_MEMBERSHIP,
    claims=(copy_store.CLAIMED,),
    content={ANNOUNCEMENT: ContentCache},
    progress=(Progress,),
)
