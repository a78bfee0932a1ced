"""The organisers' screen: where the gathering stands, and the way to everything they do."""

from __future__ import annotations

from bot.content.errors import UserError
from bot.content.texts import Localised, Span, Strong, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ANYONE, ORGANISER, Go, Request, Routes
from handlers.home.figures import Figures
from handlers.navigation import overview
from handlers.navigation.actions import Find, NotJoined
from handlers.navigation.changes import RecentChanges
from handlers.programme.actions import EditProgramme
from handlers.registration.entering import EnterCode
from handlers.registration.importing_screen import Import
from handlers.registration.invitations import ShowInvitations
from handlers.registration.missing import NotChosen
from handlers.registration.reading_lists import ListToFillIn
from handlers.team import store as questions
from handlers.themes import store as themes
from handlers.themes.actions import ShowThemes
from handlers.themes.model import Theme
from handlers.workshops.facilitator_actions import ShowFacilitators

routes = Routes()


@routes.command(
    "organiser",
    _("For the organisers"),
    names={"en": "organise", "de": "organisieren"},
    who=ANYONE,
    said=_("organise, organize"),
)
async def organise(request: Request) -> Reply:
    """Where the gathering stands."""
    if request.person is None or not request.person.organises:
        raise UserError(
            _("This is for the organisers. A question? Write to the team with /equipe."),
            buttons=(Button(_("I have an organiser's code"), EnterCode()),),
        )
    people = await overview.by_status(request.tx)
    invited, joined, withdrawn = (people.get(status, 0) for status in ("invited", "joined", "withdrawn"))
    waiting = await overview.waiting_by_theme(request.tx)
    without = await overview.without_theme(request.tx)
    return reply(
        _(
            "Joined: {joined} of {selected}. Not coming: {withdrawn}.",
            joined=Strong(joined),
            selected=invited + joined,
            withdrawn=withdrawn,
        ),
        *(_theme_line(theme, waiting.get(theme.key, 0)) for theme in await themes.all_themes(request.tx)),
        buttons=(
            Button(_("Figures"), Figures()),
            Button(_("Not joined: {count}", count=invited), NotJoined(0)),
            Button(_("Without a theme: {count}", count=without), NotChosen(0)),
            Button(_("Questions: {count}", count=await questions.count_unanswered(request.tx)), Go("questions")),
            Button(_("Find someone"), Find()),
            Button(_("Themes"), ShowThemes()),
            Button(_("Groups"), Go("groupes")),
            Button(_("Run the workshops"), Go("animer")),
            Button(_("Who runs the workshops"), ShowFacilitators(0)),
            Button(_("The results"), Go("bilan")),
            Button(_("Programme"), EditProgramme(0)),
            Button(_("Announce"), Go("annoncer")),
            Button(_("Invitations"), ShowInvitations()),
            Button(_("Import a list"), Import()),
            *(() if invited + joined else (Button(_("A list to fill in"), ListToFillIn()),)),
            Button(_("Recent changes"), RecentChanges()),
        ),
        who=ORGANISER,
    )


def _theme_line(theme: Theme, waiting: int) -> Span:
    title = Localised(theme.title)
    if theme.capacity is None:
        return _("{theme}: {taken}", theme=title, taken=theme.taken)
    if waiting:
        return _(
            "{theme}: {taken} of {capacity}, {waiting} waiting",
            theme=title,
            taken=theme.taken,
            capacity=theme.capacity,
            waiting=waiting,
        )
    return _("{theme}: {taken} of {capacity}", theme=title, taken=theme.taken, capacity=theme.capacity)
