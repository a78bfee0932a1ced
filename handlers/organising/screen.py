"""The organisers' screen: where the gathering stands, and the way to everything they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action
from bot.domain.people import Gender
from bot.domain.themes import Theme
from bot.errors import UserError
from bot.naming import platform_name
from bot.routes import ANYONE, ORGANISER, Go, Request, Routes
from bot.storage import overview, questions, themes
from bot.storage.overview import Share
from bot.texts import Listing, Localised, Span, Strong, Territory, _
from bot.views import Button, Reply, reply
from handlers.organising.changes import RecentChanges
from handlers.organising.entering import EnterCode
from handlers.organising.facilitator_links import ShowFacilitators
from handlers.organising.importing import Import
from handlers.organising.inviting import ShowInvitations
from handlers.organising.layout import BACK
from handlers.organising.lists import NotChosen, NotJoined
from handlers.organising.people import Find
from handlers.organising.programme_links import EditProgramme
from handlers.organising.theme_links import ShowThemes

routes = Routes()

_MOST_TERRITORIES = 40


@dataclass(frozen=True, slots=True)
class Figures(Action):
    """Show territories, platforms and parity."""

    code: ClassVar[str] = "of"


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


@routes.action(Figures, who=ORGANISER)
async def figures(request: Request, _action: Figures) -> Reply:
    """Joined of selected, by territory and by gender, never for a smaller circle; who is on which platform."""
    territories = await overview.by_territory(request.tx)
    largest = sorted(territories, key=lambda code: (-territories[code].selected, code))[:_MOST_TERRITORIES]
    genders = await overview.by_gender(request.tx)
    unsaid = [genders[said] for said in (Gender.UNDISCLOSED, "") if said in genders]
    parity: list[tuple[Span, Share]] = [
        (_("women"), genders.get(Gender.WOMAN, Share(0, 0))),
        (_("men"), genders.get(Gender.MAN, Share(0, 0))),
        (_("other"), genders.get(Gender.OTHER, Share(0, 0))),
        (_("not said"), Share(sum(each.joined for each in unsaid), sum(each.selected for each in unsaid))),
    ]
    spread: list[tuple[Span, Share]] = [
        (Territory(code) if code else _("not given"), territories[code]) for code in largest
    ]
    platforms = await overview.by_platform(request.tx)
    counts = tuple(
        _("{name} {count}", name=platform_name(platform), count=platforms[platform]) for platform in sorted(platforms)
    )
    return reply(
        _("Joined of selected people."),
        _("Parity: {shares}.", shares=_shares(parity)),
        _("Territories: {shares}.", shares=_shares(spread)),
        _("Platforms: {counts}.", counts=Listing(counts)),
        buttons=(BACK,),
    )


def _shares(parts: list[tuple[Span, Share]]) -> Span:
    return Listing(
        tuple(
            _("{name} {joined} of {selected}", name=name, joined=share.joined, selected=share.selected)
            for name, share in parts
        )
    )
