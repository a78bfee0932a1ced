"""Declares the capability of results: the summary of the workshops, the groups' slides, and files."""

from bot.capability import Capability
from bot.content.entry_points import EntryPoint
from bot.conversation.routes import ORGANISER, MenuPart, ScreenPart
from handlers.navigation import sections
from handlers.results import topics
from handlers.results.organiser import decks, downloads, lines, unseen
from handlers.results.participant import slides, souvenir, summary
from handlers.results.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    topics=(
        topics.SLIDES,
        topics.VOTES,
    ),
    routes=(
        slides.routes,
        summary.routes,
        souvenir.routes,
    ),
    organiser_routes=(decks.routes, downloads.routes, unseen.routes, lines.routes),
    home=(ScreenPart(32, summary.offer_results),),
    menu=(MenuPart(sections.WORKSHOPS, 50, summary.offer_in_menu),),
    organiser_home=(ScreenPart(70, decks.offer_results, ORGANISER, sections.WORKSHOPS, decks.results_to_gather),),
    personal_data=PERSONAL_DATA,
    entry_points={EntryPoint.RESULTS: summary.SHOW_RESULTS},
)
