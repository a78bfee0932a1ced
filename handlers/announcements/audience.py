"""Whom an announcement is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.territories import by_name
from bot.content.texts import Span, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.people import audience_store
from bot.people.audience_store import describe
from bot.people.audiences import Audience, parse
from handlers.announcements import store
from handlers.announcements.actions import ChooseAudience, OpenAnnouncement, find, find_draft, mark_of
from handlers.announcements.model import Announcement
from handlers.announcements.preview import changed, preview
from handlers.groups import store as groups
from handlers.navigation import overview
from handlers.navigation.actions import BACK, NotJoined
from handlers.themes.store import all_themes

routes = Routes()

_NARROW: dict[str, Text] = {"group": _("A group"), "territory": _("A territory"), "platform": _("A platform")}
_MOST_OPTIONS = 100


@dataclass(frozen=True, slots=True)
class ChooseAmong(Action):
    """Choose one group, territory or platform."""

    code: ClassVar[str] = "aan"
    announcement: int
    kind: str


@dataclass(frozen=True, slots=True)
class PickAudience(Action):
    """Address an announcement."""

    code: ClassVar[str] = "aap"
    announcement: int
    seen: str


@routes.action(ChooseAudience, who=ORGANISER)
async def choose_audience(request: Request, action: ChooseAudience) -> Reply:
    """The audiences, each with how many it has now."""
    draft = await find_draft(request, action.announcement)
    found = [
        Audience(),
        *(Audience("theme", theme.key) for theme in await all_themes(request.tx)),
        Audience("unchosen"),
        Audience("present", request.today.isoformat()),
        Audience("organisers"),
        Audience("me", str(request.participant.id)),
    ]
    narrow = tuple(Button(label, ChooseAmong(draft.id, kind)) for kind, label in _NARROW.items())
    return reply(
        _("Whom is it for?"),
        choice=await _choice(request, draft, found),
        buttons=(
            *narrow,
            Button(_("Not registered yet: a file"), NotJoined(0)),
            Button(_("See the announcement"), OpenAnnouncement(draft.id)),
            BACK,
        ),
    )


@routes.action(ChooseAmong, who=ORGANISER)
async def choose_among(request: Request, action: ChooseAmong) -> Reply:
    """The groups, territories or platforms there are."""
    draft = await find_draft(request, action.announcement)
    found = await _among(request, action.kind)
    other = Button(_("Another audience"), ChooseAudience(draft.id))
    choice = await _choice(request, draft, found)
    if not choice.options:
        return reply(_("There is none of these yet. Choose another audience."), buttons=(other, BACK))
    return reply(_("Whom is it for?"), choice=choice, buttons=(other, BACK))


async def _among(request: Request, kind: str) -> list[Audience]:
    match kind:
        case "group":
            rounds = [round_ for round_ in await groups.rounds(request.tx) if round_.published]
            made = [each for round_ in rounds for each in await groups.of_round(request.tx, round_.number)]
            return [Audience("group", str(each.id)) for each in made]
        case "territory":
            codes = [code for code, share in (await overview.by_territory(request.tx)).items() if code and share.joined]
            return [Audience("territory", code) for code in by_name(codes, request.locale)]
        case "platform":
            return [Audience("platform", name) for name in sorted(await overview.by_platform(request.tx))]
    raise Stale


async def _choice(request: Request, draft: Announcement, found: Iterable[Audience]) -> Choice:
    """What can be chosen, each with how many it reaches; but for everybody, none that reaches nobody now."""
    options: list[Option] = []
    for each in found:
        people = await audience_store.count(request.tx, each)
        if (not people and each.kind != "all") or len(options) == _MOST_OPTIONS:
            continue
        label: Span = await describe(request.tx, each)
        counted = _n("{audience}: {count} person", "{audience}: {count} people", people, audience=label)
        options.append(Option(_value(each), _("Only me") if each.kind == "me" else counted))
    action = PickAudience(draft.id, await mark_of(request, draft))
    return Choice(action, tuple(options), placeholder=_("Choose an audience"))


def _value(audience: Audience) -> str:
    """An audience as an option's value: «theme_culture», «territory_CA_QC»."""
    return "_".join(filter(None, (audience.kind, audience.value.replace("-", "_"))))


def _audience(value: str) -> Audience:
    kind, _sign, rest = value.partition("_")
    try:
        return parse(
            ":".join(filter(None, (kind, rest.replace("_", "-") if kind in ("territory", "present") else rest)))
        )
    except ValueError:
        raise Stale from None


@routes.choice(PickAudience, who=ORGANISER)
async def pick_audience(request: Request, action: PickAudience, values: tuple[str, ...]) -> Reply:
    """Address it, and show exactly what would be sent, and to whom."""
    draft = await find_draft(request, action.announcement)
    if not values:
        raise Stale
    if kept := await changed(request, draft, action.seen):
        return kept
    await store.address(request.tx, draft.id, _audience(values[0]))
    return await preview(request, await find(request, draft.id), copy=True)
