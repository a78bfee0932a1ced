"""The screens on which a participant chooses a theme, names a second choice, or waits for a full theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.content.errors import Stale, Unconfirmed, UserError
from bot.content.names import shortened
from bot.content.texts import Joined, Localised, Moment, Span, Strong, _, _n
from bot.content.views import Button, Choice, Later, Option, Reply, View, reply, with_lines_first
from bot.conversation.routes import Go, Request, Routes, in_unconfirmed_browser
from bot.delivery import notices
from handlers.navigation.actions import ASK, HOME
from handlers.themes import hooks, model, service, store
from handlers.themes.actions import ShowMyTheme, find_theme
from handlers.themes.messages import CLOSED, PLACE_FOUND
from handlers.themes.model import Theme
from handlers.themes.service import ChoiceOutcome
from handlers.themes.store import AskedFor

routes = Routes()

CHOOSE = Button(_("Choose a theme"), Go("theme"), style="primary")
CHANGE = Button(_("Change theme"), Go("theme"))
_SUBJECT = 75
"""How many characters of a theme's description a list shows: two lines on a phone."""


def _refuse_closed(request: Request, deadline: datetime | None) -> None:
    """Raise UserError if the deadline for choosing is past, and Stale for people who do not take part."""
    person = request.participant
    if not (person.attends and person.joined):
        raise Stale
    if not model.choosing_is_open(deadline, request.now):
        raise UserError(CLOSED, buttons=(ASK, HOME))


async def _ask_for(request: Request, key: str) -> AskedFor:
    """Return the theme that the person asks for, with what they have chosen so far.

    Raises UserError if the deadline for choosing is past, and Stale for people who do not take part or if there is no
    such theme.
    """
    asked = await store.ask_for_theme(request.tx, request.participant.id, key)
    _refuse_closed(request, asked.deadline if asked else await store.theme_deadline(request.tx))
    if asked is None:
        raise Stale
    return asked


async def _ask_to_take(request: Request, key: str) -> AskedFor:
    """Return the theme that the person takes or waits for.

    Raises what `_ask_for` does, and Unconfirmed in an unconfirmed browser if that might give up a theme or a rank.
    """
    asked = await _ask_for(request, key)
    me = request.participant.id
    if request.unconfirmed and (asked.choice.theme or await store.rank_in_waiting_list(request.tx, me)):
        raise Unconfirmed
    return asked


@routes.press(ShowMyTheme)
async def show_my_theme(request: Request) -> Reply:
    """Show the person's theme, or the themes to choose from if they have none.

    After the deadline, people without a theme read that the team will find them a seat.
    """
    choice = await store.choice_of(request.tx, request.participant.id)
    if choice.theme is None:
        return await offer(request)
    may_change = await service.may_choose_theme(request.tx, request.now)
    return await _show_own(request, await find_theme(request, choice.theme), may_change=may_change)


async def show_choice(request: Request) -> View:
    """Return the part of the home screen about themes: the person's theme, second choice and rank on a waiting list.

    It is empty for people with a group, because the group's title names the theme, and for people who do not attend. On
    the last day the waiting list is left out.
    """
    person = request.participant
    if not person.takes_part or request.gathering_is_over:
        return View(())
    choice = await store.choice_of(request.tx, person.id)
    if await hooks.has_group(request.tx, person.id):
        return View(())
    titles = {theme.key: Localised(theme.title) for theme in await store.all_themes(request.tx)}
    view = await _choice_view(request, choice, titles)
    if choice.awaited is None or request.today >= request.settings.gathering.ends:
        return view
    rank = await store.rank_in_waiting_list(request.tx, person.id) or 1
    waiting_line = _("Waiting list for {theme}: number {place}.", theme=titles[choice.awaited], place=rank)
    return replace(view, lines=(*view.lines, waiting_line))


async def _choice_view(request: Request, choice: model.ThemeChoice, titles: Mapping[str, Span]) -> View:
    """Return lines with what a person without a group has chosen, and a button to choose before the deadline.

    `titles` are the titles of all themes by key.
    """
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
    """Return the menu's button to choose a theme; () for people with a theme, and after the deadline."""
    choice = await _open_choice(request)
    if choice is None or choice.theme is not None or not await store.all_themes(request.tx):
        return ()
    return (CHOOSE,)


async def offer_to_change(request: Request) -> Sequence[Button]:
    """Return the menu's button to change the theme; () for people without a theme, and after the deadline."""
    choice = await _open_choice(request)
    return () if choice is None or choice.theme is None else (CHANGE,)


async def _open_choice(request: Request) -> model.ThemeChoice | None:
    """Return what the person has chosen, if they may still choose; None if they may not."""
    person = request.participant
    if not (person.attends and person.joined) or request.gathering_is_over:
        return None
    if not await service.may_choose_theme(request.tx, request.now):
        return None
    return await request.tx.cached(f"choice of {person.id}", lambda tx: store.choice_of(tx, person.id))


async def _closed(request: Request, key: str | None) -> Reply:
    """Show, after the deadline, the person's theme, and that only the team can change it.

    `key` is the theme's key, None for no theme.
    """
    if key is None:
        return reply(PLACE_FOUND, buttons=(ASK, HOME))
    theme = await find_theme(request, key)
    mine = _("Your theme is {theme}.", theme=Strong(Localised(theme.title)))
    return reply(mine, CLOSED, buttons=(*await hooks.ways_to_group(request.tx), ASK, HOME))


@routes.command(
    "theme",
    _("Choose or change your theme"),
    names={"en": "theme", "de": "thema"},
    plain_words=_("theme, themes, my theme, the themes, change theme, choose a theme"),
)
async def offer(request: Request) -> Reply:
    """Show the themes with their free seats, to choose one. After the deadline, show the person's theme instead."""
    person = request.participant
    if not (person.attends and person.joined):
        raise Stale
    choice = await store.choice_of(request.tx, person.id)
    if not await service.may_choose_theme(request.tx, request.now):
        return await _closed(request, choice.theme)
    offered = await store.all_themes(request.tx)
    if not offered:
        return reply(_("The themes are not known yet. Come back soon."), buttons=(HOME,))
    question: Span = _("Which theme would you like to work on?")
    if deadline := await store.theme_deadline(request.tx):
        question = _(
            "Which theme would you like to work on? You can change it until {deadline}.", deadline=Moment(deadline)
        )
    return reply(
        question,
        choice=Choice(
            look_at.to(),
            tuple(_option(theme, mine=theme.key == choice.theme) for theme in offered),
            selected=(choice.theme,) if choice.theme else (),
            placeholder=_("Choose a theme"),
            listed=True,
        ),
        buttons=(HOME,) if choice.theme else (),
        later=_after_deadline(await store.theme_deadline(request.tx)),
    )


def _after_deadline(deadline: datetime | None) -> Later | None:
    """Return the text that replaces a choice of themes at the deadline; None without a deadline."""
    if deadline is None:
        return None
    over_since = _("Themes could be chosen until {deadline}.", deadline=Moment(deadline))
    view = View((over_since,), (Button(_("My theme"), Go("theme")), HOME), quiet=True)
    return Later(deadline, view)


@routes.pick("tl", sent_with_press=False)
async def look_at(request: Request, theme_key: str) -> Reply:
    """Show one theme with its free seats, and a button to take a seat or, if the theme is full, to wait for one."""
    asked = await _ask_for(request, theme_key)
    theme, choice = asked.theme, asked.choice
    state = _seat_lines(theme)
    if choice.theme == theme.key:
        confirm: tuple[Button, ...] = ()
        state = (_("This is your theme."),)
    elif theme.full:
        confirm = (Button(_("Join the waiting list"), wait_for.to(theme.key), style="primary"),)
    else:
        confirm = (Button(_("Confirm this theme"), take.to(theme.key), style="primary"),)
    return reply(
        Strong(Localised(theme.title)),
        *((Localised(theme.description),) if any(theme.description.values()) else ()),
        *state,
        *(await _losses(request, choice.theme) if confirm and not theme.full else ()),
        buttons=(*confirm, Button(_("See the other themes"), Go("theme"))),
        later=_after_deadline(asked.deadline) if confirm else None,
    )


async def _losses(request: Request, key: str | None) -> Sequence[Span]:
    """Return lines that say what the person would lose by changing theme: a seat in a full theme, and their groups.

    `key` is the key of their present theme, None for no theme.
    """
    before = await find_theme(request, key) if key else None
    lines: list[Span] = []
    if before and before.full:
        scarce = Localised(before.title)
        waited_for = await store.first_waiting(request.tx, before.key) is not None
        lines.append(
            _("Your place in {theme} will go to the next in line: you cannot take it back.", theme=scarce)
            if waited_for
            else _("{theme} is full: whoever comes next gets the place you leave.", theme=scarce)
        )
    return [*lines, *await hooks.groups_to_lose(request.tx, request.participant.id, request.now)]


@routes.press("tt")
@in_unconfirmed_browser
async def take(request: Request, theme_key: str) -> Reply:
    """Give the person a seat in the theme with this key; the person gives up the seat in another theme.

    If the theme is full, nothing changes, and the reply offers the other themes and the waiting list.
    """
    asked = await _ask_to_take(request, theme_key)
    theme = asked.theme
    if await hooks.groups_follow(request.tx, request.now):
        await notices.not_too_often(request.tx, request.settings, request.participant, request.now)
    match await service.choose_theme(request.tx, request.participant, theme.key, request.now, before=asked.choice):
        case ChoiceOutcome.FULL:
            return with_lines_first(
                await offer_waiting(request, theme),
                _("{theme} has just filled up.", theme=Localised(theme.title)),
            )
        case ChoiceOutcome.ALREADY:
            return await _show_own(request, theme, toast=_("Already done."), until=asked.deadline)
        case ChoiceOutcome.CHOSEN:
            return await _show_own(request, theme, toast=_("Your place is kept."), until=asked.deadline)


async def _show_own(
    request: Request, theme: Theme, toast: Span | None = None, *, may_change: bool = True, until: datetime | None = None
) -> Reply:
    """Show the person's theme, with a button to their group once groups are published.

    `toast` is a passing notice. With `may_change`, there are buttons to change the theme and to name a second choice.
    They go at the deadline `until`, if that is given: where the card takes the place of a choice that goes then too.
    """
    group_buttons = await hooks.ways_to_group(request.tx)
    group_comes = () if group_buttons else (_("You will learn your group here before the gathering begins."),)
    change = (Button(_("Name a second choice"), offer_second.to()), Button(_("Change theme"), Go("theme")))
    return reply(
        _("Your theme is {theme}.", theme=Strong(Localised(theme.title))),
        *group_comes,
        buttons=(*group_buttons, *(change if may_change else ()), HOME),
        toast=toast,
        later=_after_deadline(until),
    )


async def offer_waiting(request: Request, theme: Theme) -> Reply:
    """Show the themes that are not full, and a button for the waiting list of a full theme."""
    remaining = [other for other in await store.all_themes(request.tx) if not other.full]
    return reply(
        _("Choose another theme, or wait for a place. You can also do both."),
        choice=Choice(
            look_at.to(),
            tuple(_option(other) for other in remaining),
            placeholder=_("Choose a theme"),
            listed=True,
        )
        if remaining
        else None,
        buttons=(Button(_("Join the waiting list"), wait_for.to(theme.key)), HOME),
        later=_after_deadline(await store.theme_deadline(request.tx)),
    )


@routes.press("tw")
@in_unconfirmed_browser
async def wait_for(request: Request, theme_key: str) -> Reply:
    """Put the person on the waiting list of the theme with this key, or give them a seat if one has become free.

    People keep the theme they have while they wait.
    """
    asked = await _ask_to_take(request, theme_key)
    theme = asked.theme
    if asked.choice.theme == theme.key:
        return await _show_own(request, theme, toast=_("Already done."), until=asked.deadline)
    if not theme.full:
        return await take(request, theme.key)
    await store.join_waiting_list(request.tx, request.participant.id, theme.key, request.now)
    rank = await store.rank_in_waiting_list(request.tx, request.participant.id)
    return reply(
        _(
            "You are number {place} on the waiting list for {theme}.",
            place=rank or 1,
            theme=Localised(theme.title),
        ),
        _("When a place opens up, it is yours and you will be told. You keep your present theme until then.")
        if asked.choice.theme
        else _("When a place opens up, it is yours and you will be told. You can take another theme in the meantime."),
        buttons=(
            Button(_("Leave the waiting list"), stop_waiting.to()),
            Button(_("See the themes"), Go("theme")),
            HOME,
        ),
        later=_after_deadline(asked.deadline),
    )


@routes.press("ts")
async def stop_waiting(request: Request) -> Reply:
    """Remove the person from the waiting list they are on."""
    left = await store.leave_waiting_list(request.tx, request.participant.id)
    line = _("You left the waiting list.") if left else _("You were not on a waiting list.")
    return reply(line, buttons=(Button(_("See the themes"), Go("theme")), HOME))


@routes.press("to")
async def offer_second(request: Request) -> Reply:
    """Show the themes that can be the person's second choice."""
    deadline = await store.theme_deadline(request.tx)
    _refuse_closed(request, deadline)
    choice = await store.choice_of(request.tx, request.participant.id)
    others = [theme for theme in await store.all_themes(request.tx) if theme.key != choice.theme]
    if not others:
        raise UserError(_("There is only one theme, and it is yours."), buttons=(HOME,))
    return reply(
        _("Which theme would suit you as well? It takes no place."),
        choice=Choice(
            choose_second.to(),
            tuple(Option(theme.key, Localised(theme.title)) for theme in others),
            selected=(choice.second,) if choice.second else (),
            at_least=0,
            # L10N: the title of a choice: the theme one would take if one's own theme is cancelled
            placeholder=_("Second choice"),
            none=_("No second choice"),
        ),
        buttons=(HOME,),
        later=_after_deadline(deadline),
    )


@routes.pick("t2")
async def choose_second(request: Request, chosen: tuple[str, ...]) -> Reply:
    """Store the person's second choice of theme, or that they have none. A second choice takes no seat.

    `chosen` holds one key of a theme, or nothing. Raises UserError after the deadline, or for the person's first
    choice.
    """
    _refuse_closed(request, await store.theme_deadline(request.tx))
    if not chosen:
        await service.choose_second_theme(request.tx, request.participant, None, request.now)
        return reply(_("No second choice, then."), buttons=(Button(_("My theme"), Go("theme")), HOME))
    theme = await find_theme(request, chosen[0])
    choice = await store.choice_of(request.tx, request.participant.id)
    if choice.theme == theme.key:
        raise UserError(_("That is already your first choice."), buttons=(HOME,))
    await service.choose_second_theme(request.tx, request.participant, theme.key, request.now)
    return reply(_("Second choice: {theme}", theme=Strong(Localised(theme.title))), buttons=(HOME,), toast=_("Noted."))


def _option(theme: Theme, *, mine: bool = False) -> Option:
    """Return the option for a theme: its title, and a line with its free seats and the beginning of its description.

    If the theme is the person's own (`mine`), the line says so in place of the free seats.
    """
    subject = {locale: shortened(" ".join(words.split()), _SUBJECT) for locale, words in theme.description.items()}
    parts = [
        # L10N: a part of a line below a theme in a list: the reader has chosen it
        *((_("Your theme"),) if mine else _seat_lines(theme)),
        *((Localised(subject),) if any(subject.values()) else ()),
    ]
    line = tuple(span for part in parts for span in (" · ", part))[1:]
    return Option(theme.key, Localised(theme.title), Joined(line) if line else None)


def _seat_lines(theme: Theme) -> tuple[Span, ...]:
    """Return a line that says how many seats of a theme are free; no line for a theme without a limit."""
    left = theme.seats_left
    if left is None:
        return ()
    if left == 0:
        return (_("Full, waiting list open"),)
    return (_n("{count} place left", "{count} places left", left),)
