"""Choosing a theme: see what each is, take a place, name a second one, wait for a full one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.names import shortened
from bot.content.texts import Joined, Localised, Moment, Span, Strong, _, _n
from bot.content.views import Button, Choice, Later, Option, Reply, View, reply, with_lines_first
from bot.conversation.routes import Go, Request, Routes
from bot.delivery import notices
from handlers.navigation.actions import ASK, HOME
from handlers.themes import hooks, model, service, store
from handlers.themes.actions import ShowMyTheme
from handlers.themes.messages import CLOSED, PLACE_FOUND
from handlers.themes.model import Theme
from handlers.themes.service import Outcome

routes = Routes()

CHOOSE = Button(_("Choose a theme"), Go("theme"), style="primary")
CHANGE = Button(_("Change theme"), Go("theme"))
_SUBJECT = 75
"""Characters of what a theme is about in a list: two lines of a phone."""


@dataclass(frozen=True, slots=True)
class LookAt(Action):
    """See one theme before taking it."""

    code: ClassVar[str] = "tl"


@dataclass(frozen=True, slots=True)
class Take(Action):
    """Take a place in a theme."""

    code: ClassVar[str] = "tt"
    theme: str


@dataclass(frozen=True, slots=True)
class Second(Action):
    """Choose, or leave out, a second theme."""

    code: ClassVar[str] = "t2"


@dataclass(frozen=True, slots=True)
class OfferSecond(Action):
    """Show what the second choice can be."""

    code: ClassVar[str] = "to"


@dataclass(frozen=True, slots=True)
class WaitFor(Action):
    """Join the waiting list of a full theme."""

    code: ClassVar[str] = "tw"
    theme: str


@dataclass(frozen=True, slots=True)
class LeaveWaitingList(Action):
    """Leave the waiting list."""

    code: ClassVar[str] = "ts"


async def _still_open(request: Request) -> None:
    """Raises UserError after the deadline, and for who does not take part."""
    person = request.participant
    if not (person.attends and person.joined):
        raise Stale
    if not await service.may_choose_theme(request.tx, request.now):
        raise UserError(CLOSED, buttons=(ASK, HOME))


@routes.action(ShowMyTheme)
async def show_my_theme(request: Request, _action: ShowMyTheme) -> Reply:
    """The themes, or the one somebody has; after the deadline, who finds a place: coming late fails no greeting."""
    choice = await store.choice_of(request.tx, request.participant.id)
    if choice.theme is None:
        return await offer(request)
    return await _done(
        request, await _theme(request, choice.theme), may_change=await service.may_choose_theme(request.tx, request.now)
    )


async def show_choice(request: Request) -> View:
    """A person's theme, second choice and place in line, as a part of their own screen, and the way to choose one.

    The name of a group says its theme: who has one reads only which other theme they wait for.
    """
    person = request.participant
    if not person.takes_part or request.gathering_is_over:
        return View(())
    choice = await store.choice_of(request.tx, person.id)
    grouped = await hooks.has_group(request.tx, person.id)
    if grouped and not choice.awaited:
        return View(())
    titles = {theme.key: Localised(theme.title) for theme in await store.all_themes(request.tx)}
    view = View(()) if grouped else await _choice(request, choice, titles)
    if not choice.awaited:
        return view
    place = await store.rank_in_waiting_list(request.tx, person.id) or 1
    waits = _("Waiting list for {theme}: number {place}.", theme=titles[choice.awaited], place=place)
    return replace(view, lines=(*view.lines, waits))


async def _choice(request: Request, choice: model.ThemeChoice, titles: Mapping[str, Span]) -> View:
    """What someone without a group has chosen, and the way to choose, as long as that is open."""
    if not titles:
        return View(())
    may_choose = await service.may_choose_theme(request.tx, request.now)
    if choice.theme is None:
        return View((_("No theme chosen yet."),), (CHOOSE,)) if may_choose else View((PLACE_FOUND,))
    lines: list[Span] = [_("Theme: {theme}", theme=titles[choice.theme])]
    if choice.second:
        lines.append(_("Second choice: {theme}", theme=titles[choice.second]))
    return View(tuple(lines), (CHANGE,) if may_choose else ())


async def offer_to_choose(request: Request) -> Sequence[Button]:
    """The way to choose a theme, in the menu of who has none, while that is open and there are themes."""
    choice = await _choosing(request)
    if choice is None or choice.theme is not None or not await store.all_themes(request.tx):
        return ()
    return (CHOOSE,)


async def offer_to_change(request: Request) -> Sequence[Button]:
    """The way to another theme, in the menu of who has one, while that is open."""
    choice = await _choosing(request)
    return () if choice is None or choice.theme is None else (CHANGE,)


async def _choosing(request: Request) -> model.ThemeChoice | None:
    """What someone has chosen who may still choose; None for who may not."""
    person = request.participant
    if not (person.attends and person.joined) or request.gathering_is_over:
        return None
    if not await service.may_choose_theme(request.tx, request.now):
        return None
    return await request.tx.once(f"choice of {person.id}", lambda tx: store.choice_of(tx, person.id))


async def _closed(request: Request, key: str | None) -> Reply:
    """After the deadline: what someone has, and who can still change it; who has none is found a place."""
    if key is None:
        return reply(PLACE_FOUND, buttons=(ASK, HOME))
    theme = await _theme(request, key)
    mine = _("Your theme is {theme}.", theme=Strong(Localised(theme.title)))
    return reply(mine, CLOSED, buttons=(*await hooks.ways_to_group(request.tx), ASK, HOME))


@routes.command(
    "theme",
    _("Choose or change your theme"),
    names={"en": "theme", "de": "thema"},
    said=_("theme, themes, my theme, the themes, change theme, choose a theme"),
    listed=50,
)
async def offer(request: Request) -> Reply:
    """The themes with their places, as one choice; after the deadline, what became of one's own."""
    person = request.participant
    if not (person.attends and person.joined):
        raise Stale
    choice = await store.choice_of(request.tx, person.id)
    if not await service.may_choose_theme(request.tx, request.now):
        return await _closed(request, choice.theme)
    offered = await store.all_themes(request.tx)
    if not offered:
        return reply(_("The themes are not known yet. You will be told."), buttons=(HOME,))
    asked: Span = _("Which theme would you like to work on?")
    if deadline := await store.theme_deadline(request.tx):
        asked = _(
            "Which theme would you like to work on? You can change it until {deadline}.", deadline=Moment(deadline)
        )
    return reply(
        asked,
        choice=Choice(
            LookAt(),
            tuple(_option(theme, mine=theme.key == choice.theme) for theme in offered),
            selected=(choice.theme,) if choice.theme else (),
            placeholder=_("Choose a theme"),
            listed=True,
        ),
        buttons=(HOME,) if choice.theme else (),
        later=await _after_deadline(request),
    )


async def _after_deadline(request: Request) -> Later | None:
    """How a choice of themes reads once that is over: no button that would refuse, even if the deadline moved since."""
    deadline = await store.theme_deadline(request.tx)
    if deadline is None:
        return None
    over_since = _("Themes could be chosen until {deadline}.", deadline=Moment(deadline))
    view = View((over_since,), (Button(_("My theme"), Go("theme")), HOME), quiet=True)
    return Later(deadline, view)


@routes.choice(LookAt, rides=False)
async def look_at(request: Request, _action: LookAt, values: tuple[str, ...]) -> Reply:
    """One theme: what it is about, the places left, and the button that takes one."""
    await _still_open(request)
    theme = await _theme(request, values[0] if values else "")
    choice = await store.choice_of(request.tx, request.participant.id)
    state = _places(theme)
    if choice.theme == theme.key:
        take: tuple[Button, ...] = ()
        state = (_("This is your theme."),)
    elif theme.full:
        take = (Button(_("Join the waiting list"), WaitFor(theme.key), style="primary"),)
    else:
        take = (Button(_("Confirm this theme"), Take(theme.key), style="primary"),)
    return reply(
        Strong(Localised(theme.title)),
        *((Localised(theme.description),) if any(theme.description.values()) else ()),
        *state,
        *(await _left(request, choice.theme) if take and not theme.full else ()),
        buttons=(*take, Button(_("See the other themes"), Go("theme"))),
        later=await _after_deadline(request) if take else None,
    )


async def _left(request: Request, key: str | None) -> Sequence[Span]:
    """What someone would lose for another theme: a place that is scarce, the groups they know of that still come."""
    before = await _theme(request, key) if key else None
    lost: list[Span] = []
    if before and before.full:
        scarce = Localised(before.title)
        waited_for = await store.first_waiting(request.tx, before.key) is not None
        lost.append(
            _("Your place in {theme} goes to the next in line: you could not take it back.", theme=scarce)
            if waited_for
            else _("{theme} is full: whoever comes next gets the place you leave.", theme=scarce)
        )
    return [*lost, *await hooks.groups_to_lose(request.tx, request.participant.id, request.now)]


@routes.action(Take)
async def take(request: Request, action: Take) -> Reply:
    """Take the place, if there still is one."""
    await _still_open(request)
    theme = await _theme(request, action.theme)
    if await hooks.groups_follow(request.tx, request.now):
        await notices.not_too_often(request.tx, request.settings, request.participant, request.now)
    match await service.choose_theme(request.tx, request.participant, theme.key, request.now):
        case Outcome.FULL:
            return with_lines_first(
                await offer_waiting(request, theme),
                _("{theme} has just filled up.", theme=Localised(theme.title)),
            )
        case Outcome.ALREADY:
            return await _done(request, theme, toast=_("Already done."))
        case Outcome.CHOSEN:
            return await _done(request, theme, toast=_("Your place is kept."))


async def _done(request: Request, theme: Theme, toast: Span | None = None, *, may_change: bool = True) -> Reply:
    known = await hooks.ways_to_group(request.tx)
    group_comes = () if known else (_("You will learn your group here before the gathering begins."),)
    change = (Button(_("Name a second choice"), OfferSecond()), Button(_("Change theme"), Go("theme")))
    return reply(
        _("Your theme is {theme}.", theme=Strong(Localised(theme.title))),
        *group_comes,
        buttons=(*known, *(change if may_change else ()), HOME),
        toast=toast,
    )


async def offer_waiting(request: Request, theme: Theme) -> Reply:
    """What remains when a theme is full: the others, or its waiting list."""
    remaining = [other for other in await store.all_themes(request.tx) if not other.full]
    return reply(
        _("Choose another theme, or wait for a place: you may keep another theme meanwhile."),
        choice=Choice(
            LookAt(),
            tuple(_option(other) for other in remaining),
            placeholder=_("Choose a theme"),
            listed=True,
        )
        if remaining
        else None,
        buttons=(Button(_("Join the waiting list"), WaitFor(theme.key)), HOME),
        later=await _after_deadline(request),
    )


@routes.action(WaitFor)
async def wait_for(request: Request, action: WaitFor) -> Reply:
    """Join the list; a place that opened meanwhile is taken at once."""
    await _still_open(request)
    theme = await _theme(request, action.theme)
    choice = await store.choice_of(request.tx, request.participant.id)
    if choice.theme == theme.key:
        return await _done(request, theme, toast=_("Already done."))
    if not theme.full:
        return await take(request, Take(theme.key))
    await store.join_waiting_list(request.tx, request.participant.id, theme.key, request.now)
    place = await store.rank_in_waiting_list(request.tx, request.participant.id)
    return reply(
        _(
            "You are number {place} on the waiting list for {theme}.",
            place=place or 1,
            theme=Localised(theme.title),
        ),
        _("When a place opens up, it is yours and you are told. You keep your present theme until then.")
        if choice.theme
        else _("When a place opens up, it is yours and you are told. You can take another theme meanwhile."),
        buttons=(
            Button(_("Leave the waiting list"), LeaveWaitingList()),
            Button(_("See the themes"), Go("theme")),
            HOME,
        ),
    )


@routes.action(LeaveWaitingList)
async def stop_waiting(request: Request, _action: LeaveWaitingList) -> Reply:
    """Leave the list."""
    left = await store.leave_waiting_list(request.tx, request.participant.id)
    said = _("You left the waiting list.") if left else _("You were on no waiting list.")
    return reply(said, buttons=(Button(_("See the themes"), Go("theme")), HOME))


@routes.action(OfferSecond)
async def offer_second(request: Request, _action: OfferSecond) -> Reply:
    """What would suit as well, should a theme not be held."""
    await _still_open(request)
    choice = await store.choice_of(request.tx, request.participant.id)
    others = [theme for theme in await store.all_themes(request.tx) if theme.key != choice.theme]
    if not others:
        raise UserError(_("There is only one theme, and it is yours."), buttons=(HOME,))
    return reply(
        _("Which theme would suit you as well? It takes no place."),
        choice=Choice(
            Second(),
            tuple(Option(theme.key, Localised(theme.title)) for theme in others),
            selected=(choice.second,) if choice.second else (),
            at_least=0,
            placeholder=_("Second choice"),
        ),
        buttons=(HOME,),
    )


@routes.choice(Second)
async def choose_second(request: Request, _action: Second, values: tuple[str, ...]) -> Reply:
    """Keep the second choice, or none."""
    await _still_open(request)
    if not values:
        await service.choose_second_theme(request.tx, request.participant, None, request.now)
        return reply(_("No second choice, then."), buttons=(Button(_("My theme"), Go("theme")), HOME))
    theme = await _theme(request, values[0])
    choice = await store.choice_of(request.tx, request.participant.id)
    if choice.theme == theme.key:
        raise UserError(_("That is your first choice already."), buttons=(HOME,))
    await service.choose_second_theme(request.tx, request.participant, theme.key, request.now)
    return reply(_("Second choice: {theme}", theme=Strong(Localised(theme.title))), buttons=(HOME,), toast=_("Noted."))


async def _theme(request: Request, key: str) -> Theme:
    theme = await store.find_theme(request.tx, key)
    if theme is None:
        raise Stale
    return theme


def _option(theme: Theme, *, mine: bool = False) -> Option:
    """A theme to choose: its title, and in a line the places it still has, where they are counted, and its subject.

    What is left of one's own theme, `mine`, is for others: it says instead whose it is.
    """
    subject = {locale: shortened(" ".join(words.split()), _SUBJECT) for locale, words in theme.description.items()}
    told = [
        *((_("Your theme"),) if mine else _places(theme)),
        *((Localised(subject),) if any(subject.values()) else ()),
    ]
    line = tuple(span for each in told for span in (" · ", each))[1:]
    return Option(theme.key, Localised(theme.title), Joined(line) if line else None)


def _places(theme: Theme) -> tuple[Span, ...]:
    """How many places a theme still has; nothing where there is one for everyone."""
    left = theme.places_left
    if left is None:
        return ()
    if left == 0:
        return (_("Full, waiting list open"),)
    return (_n("{count} place left", "{count} places left", left),)
