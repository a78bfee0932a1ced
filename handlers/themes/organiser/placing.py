"""The screens on which an organiser gives a person a theme, even after the deadline or if the theme is full."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.errors import Stale, UserError, existing
from bot.content.texts import Localised, Span, Strong, _
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, LookAgain, Request, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since
from bot.delivery import outbox
from bot.people import participant_store
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.navigation.changes import inverses
from handlers.navigation.layout import OpenPerson, back_to
from handlers.themes.actions import RestoreGivenTheme, ShowThemesToGive, notify_given_theme
from handlers.themes.messages import theme_given_view
from handlers.themes.model import Theme
from handlers.themes.service import ChoiceOutcome, choose_theme, leave_theme
from handlers.themes.store import all_themes, choice_of, find_theme

routes = Routes()

_NONE = "NONE"  # no theme has a key in capitals


class _GiveFullTheme(Action, code="otb"):
    """The button that gives a person a theme even if it is full."""

    person: int
    seen: str
    theme: str


async def _person(request: Request, participant_id: int) -> Participant:
    """Return the person with this id, who can have a theme. Raises Stale for people who do not attend."""
    person = await participant_store.find(request.tx, participant_id)
    if person is None or not person.attends or person.status not in ("invited", "joined"):
        raise Stale
    return person


@routes.press(ShowThemesToGive, who=ORGANISER)
async def show_themes_to_give(request: Request, person_id: int) -> Reply:
    """Show the themes with their taken seats, so that an organiser can choose one for a person."""
    person = await _person(request, person_id)
    theme = (await choice_of(request.tx, person.id)).theme
    options = [
        Option(offered.key, Localised(offered.title), _seats(offered)) for offered in await all_themes(request.tx)
    ]
    return reply(
        _("Which theme for {name}? The deadline does not apply to you.", name=Strong(called(person))),
        choice=Choice(
            give_theme.seeing(theme).to(person.id), (*options, Option(_NONE, _("No theme"))), (theme or _NONE,)
        ),
        buttons=(Button(_("Back"), OpenPerson(person.id)),),
    )


def _seats(theme: Theme) -> Span:
    if theme.capacity is None:
        # L10N: below a theme without a limit: how many people have it
        return _("{taken} taken", taken=theme.taken)
    # L10N: below a theme: how many of its places people have
    return _("{taken} of {capacity} taken", taken=theme.taken, capacity=theme.capacity)


async def _theme_now(request: Request, person: int, _theme: str = "") -> StoredVersion:
    choice = await choice_of(request.tx, (await _person(request, person)).id)
    return StoredVersion((choice.theme,), LookAgain(back_to(person), f"person:{person}"))


@routes.pick("otp", who=ORGANISER, sent_with_press=False, unless_changed=_theme_now)
async def give_theme(request: Request, key: str, participant_id: int, *, beyond: bool = False) -> Reply:
    """Give a person the theme with the key `key`, or take their theme away.

    If the theme is full, nothing changes, and the reply asks whether to add the person all the same. With `beyond`, the
    organiser confirmed this, and the theme may get more people than seats.
    """
    person = await _person(request, participant_id)
    before = (await choice_of(request.tx, person.id)).theme
    if key == _NONE:
        if before is None:
            return reply(_("Nothing was changed."), buttons=back_to(person.id), toast=_("Already done."))
        await leave_theme(request.tx, person.id, request.now)
        return await _answer_given(request, person, before, None)
    theme = existing(await find_theme(request.tx, key))
    match await choose_theme(request.tx, person, key, request.now, beyond=beyond):
        case ChoiceOutcome.ALREADY:
            return reply(_("Nothing was changed."), buttons=back_to(person.id), toast=_("Already done."))
        case ChoiceOutcome.FULL:
            assert theme.capacity is not None  # a theme without a limit is never full
            all_the_same = give_full_theme.seeing(before).to(person.id, key)
            return reply(
                _(
                    "{theme} is full: {taken} of {capacity}. Add {name} all the same?",
                    theme=Localised(theme.title),
                    taken=theme.taken,
                    capacity=theme.capacity,
                    name=called(person),
                ),
                buttons=(Button(_("Add all the same"), all_the_same, style="danger"), *back_to(person.id)),
            )
        case ChoiceOutcome.CHOSEN:
            return await _answer_given(request, person, before, theme)


@routes.press(_GiveFullTheme, who=ORGANISER, unless_changed=_theme_now)
async def give_full_theme(request: Request, person: int, theme: str) -> Reply:
    """Give a person a theme even if it is full."""
    return await give_theme(request, theme, person, beyond=True)


async def _answer_given(request: Request, person: Participant, before: str | None, theme: Theme | None) -> Reply:
    summary, undo = await notify_given_theme(request, person, before, theme)
    buttons = (undo, *back_to(person.id))
    return reply(Strong(summary), _("The people concerned will be told."), buttons=buttons, toast=_("Saved."))


@inverses.declare(RestoreGivenTheme)
async def restore_theme(request: Request, values: Values, person_id: int) -> Undone:
    """Undo a change of a person's theme by an organiser.

    Raises UserError if the former theme is full now, or the person's theme was changed again since.
    """
    person = await participant_store.find(request.tx, person_id)
    if person is None or (await choice_of(request.tx, person.id)).theme != values["after"]:
        raise changed_since()
    back = (Button(_("See their profile"), OpenPerson(person.id)),)
    if values["before"] is None:
        await leave_theme(request.tx, person.id, request.now)
        await outbox.notify(request.tx, person.id, theme_given_view(None), request.now, outbox.Telling.NEWS)
        return Undone(buttons=back)
    theme = await find_theme(request.tx, values["before"])
    if theme is None or await choose_theme(request.tx, person, theme.key, request.now) is ChoiceOutcome.FULL:
        raise UserError(_("Their place has been given to someone else in the meantime."), buttons=back_to(person.id))
    await outbox.notify(request.tx, person.id, theme_given_view(theme), request.now, outbox.Telling.NEWS)
    line = _("{name} is in {theme} again", name=called(person, "full"), theme=Localised(theme.title))
    return Undone((line,), back)
