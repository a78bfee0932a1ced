"""The screens on which organisers edit themes: texts in each language, number of seats, adding and removing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from bot.content import i18n
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, Incomplete, integer, text
from bot.content.keys import key_like
from bot.content.texts import Localised, Moment, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, FormAnswers, Request, Routes, StoredVersion
from bot.conversation.undo import Values, changed_since, record_change
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.people_store import turnout
from handlers.themes import hooks, service, store
from handlers.themes.actions import ShowEditedTheme, ShowThemes, back_to_theme, find_theme
from handlers.themes.model import Theme, choosing_is_open
from handlers.themes.organiser.deadline import deadline_button

routes = Routes()

_MOST_SEATS = 100_000


class WordsForm(Form):
    """The form for a theme's title and description in one language."""

    title: ClassVar[Text] = _("Title and description")
    name: str = text(_("Title"), max_length=60)
    description: str = text(_("Description"), max_length=500, multiline=True, required=False)


class CapacityForm(Form):
    """The form for the number of seats of a theme; empty for no limit."""

    # L10N: the title of a form for the number of places in a theme, and the button that opens it
    title: ClassVar[Text] = _("Places")
    capacity: int | None = integer(
        _("How many places?"), minimum=1, maximum=_MOST_SEATS, required=False, hint=_("Leave it empty for no limit.")
    )


async def count_seats(request: Request) -> View:
    """Return the part of the organisers' screen with the number of taken seats and of people on waiting lists.

    From the deadline for choosing a theme until the end of the gathering, it also shows how many people have no theme.
    """
    button = Button(_("Themes"), ShowThemes())
    if not choosing_is_open(await store.theme_deadline(request.tx), request.now):
        missed = 0 if request.gathering_is_over else (await turnout(request.tx)).undecided
        line = _n("{count} person has no theme yet.", "{count} people have no theme yet.", missed)
        return View((line,) if missed else (), (button,))
    totals = await store.totals(request.tx)
    lines: list[Span] = []
    if totals.capacity is not None:
        lines.append(_("Places taken: {taken} of {capacity}.", taken=totals.taken, capacity=totals.capacity))
    elif totals.taken:
        lines.append(_n("{count} person has a theme.", "{count} people have a theme.", totals.taken))
    if totals.waiting:
        lines.append(_("Waiting: {count}.", count=totals.waiting))
    return View(tuple(lines), (button,))


@routes.press(ShowThemes, who=ORGANISER)
async def show_themes(request: Request) -> Reply:
    """List the themes to edit, with their seats, and the deadline for choosing a theme."""
    offered, waiting = await store.all_themes(request.tx), await store.count_waiting(request.tx)
    deadline = await store.theme_deadline(request.tx)
    if deadline is None:
        until: Span = _("There is no deadline for choosing a theme.")
    elif request.now < deadline:
        until = _("Themes can be chosen until {deadline}.", deadline=Moment(deadline))
    else:
        until = _("Themes could be chosen until {deadline}.", deadline=Moment(deadline))
    return reply(
        until,
        choice=Choice(
            pick_theme.to(),
            tuple(
                Option(theme.key, Localised(theme.title), _seats(theme, waiting.get(theme.key, 0))) for theme in offered
            ),
            placeholder=_("Edit a theme"),
        )
        if offered
        else None,
        buttons=(
            Button(_("Add a theme"), add_theme.to()),
            deadline_button(deadline),
            BACK,
        ),
    )


@routes.press(ShowEditedTheme, who=ORGANISER)
async def show_theme(request: Request, theme_key: str) -> Reply:
    """Show a theme in every language, with the buttons that edit it."""
    theme = await find_theme(request, theme_key)
    lines: list[Span] = []
    for locale in request.settings.gathering.locales:
        title = theme.title.get(locale)
        lines.append(
            _(
                "{language}: {title}",
                language=i18n.locale_name(locale, request.locale),
                title=Strong(Name(title or "–")),
            )
        )
        if theme.description.get(locale):
            lines.append(Name(theme.description[locale]))
    return reply(
        *lines,
        _seats(theme),
        buttons=(
            *(
                Button(
                    # L10N: a button: edit the title and description of a theme in this language
                    _("Text in {language}", language=i18n.locale_name(locale, request.locale)),
                    edit_words.seeing(*_words(theme, locale)).to(theme.key, locale),
                )
                for locale in request.settings.gathering.locales
            ),
            Button(_("Places"), edit_capacity.seeing(theme.capacity).to(theme.key)),
            # L10N: a button, a verb: remove a theme
            *(() if theme.taken else (Button(_("Remove"), remove.ask.to(theme.key), style="danger"),)),
            Button(_("Themes"), ShowThemes()),
            BACK,
        ),
    )


pick_theme = routes.pick("ohp", who=ORGANISER, sent_with_press=False)(show_theme.handler)
"""The choice of a theme from the list."""


def _seats(theme: Theme, waiting: int = 0) -> Span:
    if theme.capacity is None:
        return _n(
            "{count} has chosen it, places for everyone", "{count} have chosen it, places for everyone", theme.taken
        )
    if waiting:
        values = {"taken": theme.taken, "capacity": theme.capacity, "waiting": waiting}
        return _("{taken} of {capacity} places taken, {waiting} waiting", **values)
    return _("{taken} of {capacity} places taken", taken=theme.taken, capacity=theme.capacity)


def _words(theme: Theme, locale: str) -> tuple[str | None, str | None]:
    return theme.title.get(locale), theme.description.get(locale)


async def _words_now(request: Request, theme_key: str, locale: str) -> StoredVersion:
    title, description = words = _words(await find_theme(request, theme_key), locale)
    filled = {"name": title or "", "description": description or ""}
    return StoredVersion(words, FormAnswers(f"theme:{theme_key}", filled))


@routes.form("ohw", WordsForm, who=ORGANISER, unless_changed=_words_now)
async def edit_words(request: Request, form: WordsForm, theme_key: str, locale: str) -> Reply:
    """Save a theme's title and description in one language. Raises Stale for a language that is not used."""
    theme = await find_theme(request, theme_key)
    if locale not in request.settings.gathering.locales:
        raise Stale
    after = replace(
        theme,
        title={**theme.title, locale: form.name},
        description=_with(theme.description, locale, form.description),
    )
    return await _save(request, theme, after, _("{theme}: text changed", theme=Localised(after.title)))


def _with(words: Mapping[str, str], locale: str, text: str) -> Mapping[str, str]:
    """Return texts by locale in which the text for `locale` is replaced by `text`, or removed if `text` is ''."""
    others = {language: other for language, other in words.items() if language != locale}
    return {**others, locale: text} if text else others


async def _capacity_now(request: Request, theme_key: str) -> StoredVersion:
    capacity = (await find_theme(request, theme_key)).capacity
    filled = {"capacity": str(capacity or "")}
    in_words = capacity or _("places for everyone")
    return StoredVersion((capacity,), FormAnswers(f"theme:{theme_key}", filled, in_words))


@routes.form("ohc", CapacityForm, who=ORGANISER, unless_changed=_capacity_now)
async def edit_capacity(request: Request, form: CapacityForm, theme_key: str) -> Reply:
    """Save the number of seats of a theme.

    New seats are given to people on the waiting list; if the number is lower, everybody keeps their seat.
    """
    theme = await find_theme(request, theme_key)
    after = replace(theme, capacity=form.capacity)
    title = Localised(theme.title)
    if form.capacity is None:
        summary = _("{theme}: places for everyone", theme=title)
    else:
        summary = _("{theme}: {capacity} places", theme=title, capacity=form.capacity)
    return await _save(request, theme, after, summary)


async def _save(request: Request, before: Theme, after: Theme, summary: Text) -> Reply:
    """Save a changed theme, store the change for undoing with its `summary`, and say what it causes.

    That is, how many people got a seat from the waiting list, and how many there are more than seats.
    """
    if after == before:
        return reply(_("Nothing was changed."), buttons=back_to_theme(before.key), toast=_("Already done."))
    moved = await _rewrite(request, after)
    values = {"before": _stored(before), "after": _stored(after)}
    undo = await record_change(request, f"theme:{before.key}", summary, restore_theme.to(before.key), values)
    lines: list[Span] = [Strong(summary)]
    if after.capacity is not None and before.taken > after.capacity:
        lines.append(
            _n(
                "There is {count} more person than places: everyone keeps theirs, nobody is added.",
                "There are {count} more people than places: everyone keeps theirs, nobody is added.",
                before.taken - after.capacity,
            )
        )
    if moved:
        lines.append(_n("{count} person moved up.", "{count} people moved up.", moved))
    return reply(*lines, buttons=(undo, *back_to_theme(before.key)), toast=_("Saved."))


async def _rewrite(request: Request, theme: Theme) -> int:
    """Store a changed theme and give its free seats to people who wait. Returns how many people got a seat."""
    position = await store.position_of(request.tx, theme.key)
    await store.put_theme(request.tx, theme.key, position or 0, theme.title, theme.description, theme.capacity)
    await hooks.theme_renamed(request.tx, theme.key, request.now)
    return await service.fill_free_seats(request.tx, theme.key, request.now)


def _stored(theme: Theme) -> dict[str, Any]:
    """Return the texts and capacity of a theme as JSON."""
    return {"title": dict(theme.title), "description": dict(theme.description), "capacity": theme.capacity}


@inverses.declare("ih")
async def restore_theme(request: Request, values: Values, theme_key: str) -> None:
    """Restore a theme's texts and capacity as they were before a change.

    Raises UserError if the theme was changed again since.
    """
    theme = await store.find_theme(request.tx, theme_key)
    if theme is None or _stored(theme) != values["after"]:
        raise changed_since()
    await _rewrite(request, replace(theme, **values["before"]))


# --- Adding a theme, and removing one that nobody chose.


_LONGEST_KEY = 17


class ThemeForm(Form):
    """The form for a new theme: its title in each language, and its number of seats.

    At least one title is needed. Descriptions are added later.
    """

    title: ClassVar[Text] = _("A new theme")
    fr: str = text(_("Title in French"), max_length=60, required=False)
    en: str = text(_("Title in English"), max_length=60, required=False)
    de: str = text(_("Title in German"), max_length=60, required=False)
    capacity: int | None = integer(
        _("How many places?"), minimum=1, maximum=_MOST_SEATS, required=False, hint=_("Leave it empty for no limit.")
    )


@routes.form("oha", ThemeForm, who=ORGANISER)
async def add_theme(request: Request, form: ThemeForm) -> Reply:
    """Add a theme, which is shown after all other themes."""
    locales = request.settings.gathering.locales
    title: dict[str, str] = {locale: getattr(form, locale) for locale in locales if getattr(form, locale)}
    if not title:  # one is enough: readers of other languages see it until theirs is written
        raise Incomplete(locales[0], _("It needs a title in at least one language."))
    keys = {theme.key for theme in await store.all_themes(request.tx)}
    key = key_like(next(iter(title.values())), keys, mark="_", longest=_LONGEST_KEY, otherwise="theme")
    position = await store.next_position(request.tx)
    await store.put_theme(request.tx, key, position, title, {}, form.capacity)
    summary = _("Theme added: {theme}", theme=Localised(title))
    undo = await record_change(request, f"theme:{key}", summary, remove_again.to(key), {})
    return reply(
        Strong(summary),
        _("Its description can be written now."),
        buttons=(undo, *back_to_theme(key)),
        toast=_("Saved."),
    )


async def _remove(request: Request, theme: Theme) -> None:
    """Remove a theme with its groups, in which nobody may be.

    Raises UserError if a person has chosen the theme or is in one of its groups.
    """
    dropped = await hooks.theme_dropped(request.tx, theme.key, request.now)
    if not dropped or not await store.remove_theme(request.tx, theme.key):
        raise _in_use(theme)


async def _sure_to_remove(request: Request, theme_key: str) -> Question:
    theme = await find_theme(request, theme_key)
    if theme.taken:
        raise _in_use(theme)
    question = _("Remove {theme}? Nobody has chosen it.", theme=Strong(Localised(theme.title)))
    return Question(question, yes=_("Remove"), back=back_to_theme(theme.key))


@routes.press("ohy", who=ORGANISER, first=Asks("ohr", _sure_to_remove))
async def remove(request: Request, theme_key: str) -> Reply:
    """Remove the theme with this key. Raises UserError if a person has chosen it meanwhile."""
    theme = await find_theme(request, theme_key)
    position = await store.position_of(request.tx, theme.key)
    await _remove(request, theme)
    summary = _("Theme removed: {theme}", theme=Localised(theme.title))
    undo = await record_change(
        request, f"theme:{theme.key}", summary, add_again.to(theme.key), {"position": position, **_stored(theme)}
    )
    return reply(Strong(summary), buttons=(undo, Button(_("Themes"), ShowThemes()), BACK), toast=_("Saved."))


def _in_use(theme: Theme) -> UserError:
    """Return the error that says that a theme cannot be removed because a person has chosen it or waits for it."""
    return UserError(
        _(
            "Somebody chose {theme}, named it second or waits for it: it stays. Give them another theme first.",
            theme=Localised(theme.title),
        ),
        buttons=back_to_theme(theme.key),
    )


@inverses.declare("ia")
async def remove_again(request: Request, _values: Values, theme_key: str) -> None:
    """Undo adding a theme. Raises UserError if a person has chosen the theme, or if it was removed already.

    The theme's key is all that is needed, so `_values` is empty.
    """
    theme = await store.find_theme(request.tx, theme_key)
    if theme is None:
        raise changed_since()
    await _remove(request, theme)


@inverses.declare("iz")
async def add_again(request: Request, values: Values, theme: str) -> None:
    """Undo removing a theme: put it back at its former position. Raises UserError if its key is in use again."""
    if await store.find_theme(request.tx, theme):
        raise changed_since()
    await store.put_theme(
        request.tx, theme, values["position"], values["title"], values["description"], values["capacity"]
    )
