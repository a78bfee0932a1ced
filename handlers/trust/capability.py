"""Declares the capability «trust»: trusted people, emergency numbers, and safety checks («Are you safe?»)."""

from bot.capability import Capability
from bot.content.confidential_views import draw
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.listening import Alarm
from bot.conversation.routes import FACILITATOR, ORGANISER, Go, MenuPart, ScreenPart, fixed_part, menu_part
from bot.people import browser_store, participant_store, reference_store
from handlers.navigation import sections
from handlers.trust import service, store
from handlers.trust.actions import EMERGENCY, TRUST
from handlers.trust.facilitator import lists
from handlers.trust.listeners import listen
from handlers.trust.membership import AFTER_MEMBERSHIP, ENDINGS, ROLES
from handlers.trust.messages import draw_named
from handlers.trust.organiser import checking, copies, naming, on_call
from handlers.trust.participant import answering, answering_in_words, emergency, talking, words
from handlers.trust.personal_data import PERSONAL_DATA
from handlers.trust.schedule import SafetyClock, TrustRetention, WaitingWords

CAPABILITY = Capability(
    routes=(talking.routes, words.routes, emergency.routes, answering.routes, lists.routes),
    alarm=Alarm(
        listen=listen,
        ask=words.ask,
        ask_which=words.ask_which,
        waiting=words.waiting,
        drop=words.drop,
        located=answering.take_located,
        not_changed=words.not_changed,
        numbers=words.numbers,
    ),
    listeners=(answering_in_words.LISTENER,),
    organiser_routes=(naming.routes, checking.routes, copies.routes, on_call.routes),
    sources=lambda settings, _subjects: (SafetyClock(), WaitingWords(), TrustRetention(settings)),
    home=(fixed_part(90, EMERGENCY, section=sections.SAFETY),),
    menu=(
        menu_part(sections.SAFETY, 5, Button(_("Are you safe?"), Go("securite")), who=ORGANISER),
        MenuPart(sections.SAFETY, 5, lists.offer_list, FACILITATOR),
        menu_part(sections.SAFETY, 10, TRUST, when=talking.offer_trust),
        menu_part(sections.SAFETY, 20, EMERGENCY),
    ),
    organiser_home=(ScreenPart(95, checking.offer_safety, ORGANISER, sections.PEOPLE, checking.check_to_follow),),
    to_prepare=(*naming.TO_PREPARE, *on_call.TO_PREPARE),
    offline=("urgence", lists.to_read_offline),
    files_in_use=(store.FILES,),
    personal_data=PERSONAL_DATA,
    after_membership=AFTER_MEMBERSHIP,
    endings=ENDINGS,
    roles=ROLES,
    answers=(
        draw.answered_by(draw_named),
        reference_store.quoted.answered_by(store.quoted),
        browser_store.now_theirs.answered_by(service.take_as_own),
        participant_store.out_of_reach.answered_by(service.tell_of_absence),
    ),
)
