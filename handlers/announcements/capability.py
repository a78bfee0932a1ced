"""Declares the capability of announcements and campaigns: writing, sending, following and correcting them."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation import sent_button_store
from bot.conversation.routes import ORGANISER, Go, ScreenPart, menu_part
from handlers.announcements import participant
from handlers.announcements.content import ContentCache, copies_of
from handlers.announcements.membership import AFTER_MEMBERSHIP, ENDINGS
from handlers.announcements.messages import ON_LOCK_SCREEN
from handlers.announcements.organiser import campaigns, corrections, preview, report, writing
from handlers.announcements.personal_data import PERSONAL_DATA
from handlers.announcements.progress import Progress
from handlers.announcements.schedule import Campaigns, ScheduledAnnouncements, finish_unnoticed
from handlers.announcements.service.campaigns import CAMPAIGNS
from handlers.announcements.store import announcements, contents, releases, sending
from handlers.navigation import sections

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(
        writing.routes,
        corrections.routes,
        preview.routes,
        report.routes,
        campaigns.routes,
    ),
    sources=lambda settings, _subjects: (
        Campaigns(),  # before the next: what is over by now does not leave
        ScheduledAnnouncements(settings),
    ),
    chores=(announcements.forget_old_drafts, finish_unnoticed),
    menu=(menu_part(sections.ORGANISING, 40, Button(_("Announce"), Go("annoncer")), who=ORGANISER),),
    organiser_home=(ScreenPart(90, writing.count_unsent, ORGANISER, sections.MESSAGES),),
    files_in_use=(contents.FILES,),
    reminders=(CAMPAIGNS,),
    personal_data=PERSONAL_DATA,
    after_membership=AFTER_MEMBERSHIP,
    endings=ENDINGS,
    claims=(sending.CLAIMED,),
    content={releases.ANNOUNCEMENT: ContentCache},
    progress=(Progress,),
    answers=(sent_button_store.copied.answered_by(copies_of),),
    lock_screen={releases.ANNOUNCEMENT: ON_LOCK_SCREEN},
)
