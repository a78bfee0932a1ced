"""Refuses changes to something that another person has changed since it was shown, and shows both versions instead.

What the person typed is stored, and a button opens the form with it again. A route, the declaration of a handler, says
by `unless_changed` what it would change (`bot.conversation.versions`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.content.actions import Action
from bot.content.forms import Form, form_fields
from bot.content.texts import Name, Reader, Span, Text, _, plain
from bot.content.views import Button, Reply, reply
from bot.conversation import dialogue_store, journal_store
from bot.conversation.routes import Request, Route
from bot.conversation.undo import author, ways_back
from bot.conversation.versions import (
    SEEN,
    BothInWords,
    Conflict,
    FormAnswers,
    Instead,
    LookAgain,
    StoredVersion,
    WaitingForm,
)

Told = LookAgain | BothInWords | FormAnswers | WaitingForm
"""The conflicts for which this module makes the answer; for other conflicts the screen makes it."""

# L10N: a button: open a form again, whose answer was refused
CORRECT = _("Correct my answer")
_LONGEST = 500
"""How many characters of each version are shown; a button opens the form, which has both versions whole."""


async def who_was_faster(request: Request, subject: str) -> Span:
    """Return the sentence that nothing was saved because another person made a change meanwhile.

    The sentence names that person, unless `subject`, the key of the change in the journal («person:12»), is '' or the
    journal has no such change.
    """
    entry = await journal_store.last(request.tx, subject) if subject else None
    if entry is None:
        return _("This was changed meanwhile, so nothing was saved.")
    return _("{name} changed this meanwhile, so nothing was saved.", name=author(entry))


async def keep_typed(request: Request, payload: str, typed: Mapping[str, str]) -> None:
    """Store the words that a person typed into a form, so that the form opens with them again.

    `payload` is the encoded action that opens the form; `typed` has the words by field name.
    """
    account = request.account
    await dialogue_store.keep_draft(request.tx, account.platform, account.form_chat, payload, typed, request.now)


async def form_again(
    request: Request,
    form: Action,
    typed: Mapping[str, str] | None,
    *lines: Span,
    label: Text = CORRECT,
    buttons: tuple[Button, ...] = (),
) -> Reply:
    """Return a reply with a button, called `label`, that opens a form again.

    `form` is the action that opens the form. `typed` has the words that the person typed, by field name: they are
    stored, so that the form opens with them. None means that they may not be stored. The `lines` say why the form was
    not carried out; `buttons` are further buttons.
    """
    if typed is not None:
        await keep_typed(request, form.encode(), typed)
    return reply(*lines, buttons=(Button(label, form, style="primary"), *buttons), fresh=True)


async def typed_into(request: Request, form: Action) -> Mapping[str, str] | None:
    """Return the words that a person typed into the form that an action opens, by field name; None if none are stored.

    The words are found even if the form was opened by a button with another version of what the form changes.
    """
    account = request.account
    draft = await dialogue_store.current(request.tx, account.platform, account.form_chat, request.now)
    code, *parts = draft.action.split("-") if draft else [""]
    if draft is None or code != form.code:
        return None
    try:
        opened = form.decode(parts)
    except ValueError:  # of an older version of the program
        return None
    return draft.draft if vars(opened) | {SEEN: ""} == vars(form) | {SEEN: ""} else None


async def press_conflict(request: Request, payload: str, route: Route, args: tuple[object, ...]) -> Reply | None:
    """Return the reply to a press or choice that would overwrite a change unseen by its sender; None if it may proceed.

    `payload` is the encoded action, `route` the declaration of its handler, `args` the values in the action. Some
    presses store words that the person typed into a form before. Such a press may proceed if exactly these words are
    already stored. It may also proceed if the typed words have been deleted, which the handler then says.
    """
    version = await _other_version(request, payload, route, args)
    if version is None:
        return None
    match version.conflict:
        case Instead(answer):
            return await answer()
        case LookAgain(ways_on) as look:
            said = await _nothing_done(request, look)
            return reply(said, then=ways_on) if isinstance(ways_on, Action) else reply(said, buttons=ways_on)
        case BothInWords(_subject, stored, written, buttons) as both:
            shown = await _both(request, both, stored, written)
        case WaitingForm(_subject, filled, form, buttons) as waiting:
            words = await typed_into(request, form)
            if words is None or _lines(words) == _lines(filled):
                return None
            await keep_typed(request, form.encode(), words)
            shown = await _both(request, waiting, _in_words(filled), _in_words(words))
        case FormAnswers():
            raise TypeError(f"{route.handler.__name__} is no form")
    confirm = (Button(_("Confirm"), _having_seen(payload, route, version)),) if route.picked is None else ()
    return reply(*shown, buttons=(*confirm, *buttons))


async def form_conflict(
    request: Request,
    payload: str,
    route: Route,
    args: tuple[object, ...],
    form: Form,
    typed: Mapping[str, str],
) -> Reply | None:
    """Return the reply to a form that would overwrite a change unseen by its sender; None if it may proceed.

    `payload` is the encoded action, `route` the declaration of its handler, `args` the values in the action. `typed`
    has the answers as they were typed, by field name. If they equal the stored values, the form may proceed; otherwise
    they are stored, so that the form can be opened with them again.
    """
    version = await _other_version(request, payload, route, args)
    if version is None:
        return None
    conflict = version.conflict
    if isinstance(conflict, Instead):
        return await conflict.answer(form)
    filled = await route.prefill(request, *args) if route.prefill else filled_by(conflict)
    if filled is not None and _lines(typed) == _lines(filled):
        return None
    named = partial(_named, form, request.reader)
    ways_on: tuple[Button, ...] = ()
    match conflict:
        case LookAgain(Action() as screen):
            ways_on = (Button(_("Look again"), screen), *ways_back(request))
        case LookAgain(tuple() as buttons) | BothInWords(buttons=buttons) | WaitingForm(buttons=buttons):
            ways_on = buttons
    shown = await form_again(
        request,
        _having_seen(payload, route, version),
        None if form.confidential else typed,
        *await _both(request, conflict, _stored(conflict, filled and named(filled)), _in_words(named(typed))),
        label=_("Open the form again"),
        buttons=ways_on or ways_back(request),
    )
    about = conflict.about if isinstance(conflict, FormAnswers) else None
    return replace(shown, view=replace(shown.view, all_about=about))


def filled_by(conflict: Conflict) -> Mapping[str, str] | None:
    """Return the stored answers with which the form of a conflict opens, by field name; None if it has none."""
    return conflict.filled if isinstance(conflict, FormAnswers | WaitingForm) else None


async def _other_version(
    request: Request, payload: str, route: Route, args: tuple[object, ...]
) -> StoredVersion | None:
    """Return the stored version, unless it is the one that the reader of a button was shown, or none counts."""
    version = await route.unless_changed(request, *args) if route.unless_changed else None
    return None if version is None or getattr(_pressed(payload, route), SEEN) == version.seen else version


def _having_seen(payload: str, route: Route, version: StoredVersion) -> Action:
    """Return the action of the pressed button for somebody who is shown this version."""
    return route.action(**vars(_pressed(payload, route)) | {SEEN: version.seen})


def _pressed(payload: str, route: Route) -> Action:
    return route.action.decode(payload.split("-")[1:])


async def _nothing_done(request: Request, conflict: Told) -> Span:
    """Return the sentence that nothing was done, and by whom it was changed meanwhile where that is known."""
    said = conflict.said if isinstance(conflict, LookAgain) else None
    return said or await who_was_faster(request, conflict.subject)


def _stored(conflict: Told, filled: Mapping[str, str] | None) -> Span | None:
    """Return what is stored now in words, of a form by the answers with which it opens; None where nothing tells it."""
    stored = conflict.stored if isinstance(conflict, BothInWords | FormAnswers) else None
    return _in_words(filled) if stored is None and filled is not None else stored


async def _both(request: Request, conflict: Told, stored: Span | None, written: Span | None) -> Sequence[Span]:
    """Return that nothing was saved, then the stored version and the person's own, those that can be told."""
    return (
        await _nothing_done(request, conflict),
        *((_("Now: {value}", value=stored),) if stored is not None else ()),
        *((_("You wrote: {value}", value=written),) if written is not None else ()),
    )


def _lines(answers: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the lines of the answers to a form that are not empty."""
    lines = {name: [line for each in answer.splitlines() if (line := each.strip())] for name, answer in answers.items()}
    return {name: each for name, each in lines.items() if each}


def _named(form: Form, reader: Reader, answers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the answers to a form with the labels of chosen options in place of their values."""
    labels = {
        name: {option.value: plain(option.label, reader) for option in asked.options()}
        for name, asked in form_fields(type(form)).items()
    }
    return {name: labels.get(name, {}).get(answer, answer) for name, answer in answers.items()}


def _in_words(answers: Mapping[str, str]) -> Span:
    """Return the answers to a form in one line, shortened; «–» for none."""
    said = " · ".join(line for lines in _lines(answers).values() for line in lines)
    return Name(said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…") if said else "–"
