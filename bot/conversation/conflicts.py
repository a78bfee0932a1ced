"""Answers whoever would change what somebody else changed since it was shown: nothing is saved, both versions are read.

What they typed waits in the form, which a button opens again. Routes say with `unless_changed` what they would change
(`bot.conversation.versions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.content.actions import Action
from bot.content.forms import Form
from bot.content.texts import Name, Span, _
from bot.content.views import Button, Reply, reply
from bot.conversation import dialogue_store, journal_store
from bot.conversation.routes import Request, Route
from bot.conversation.undo import author, ways_back
from bot.conversation.versions import SEEN

_LONGEST = 500
"""How many characters of each version are read. The form, in which both are whole, is one press away."""


async def who_was_faster(request: Request, subject: str) -> Span:
    """Return the sentence that nothing was saved because somebody else, who is named, made a change meanwhile.

    `subject` is the journal's key of what was changed, '' where nobody can be named.
    """
    entry = await journal_store.last(request.tx, subject) if subject else None
    if entry is None:
        return _("This was changed meanwhile, so nothing was saved.")
    return _("{name} changed this meanwhile, so nothing was saved.", name=author(entry))


async def keep_typed(request: Request, payload: str, typed: Mapping[str, str]) -> None:
    """Store the words typed into the form of an encoded action, by field name, so that it opens again with them."""
    account = request.account
    await dialogue_store.keep_draft(request.tx, account.platform, account.chat, payload, typed, request.now)


async def typed_into(request: Request, form: Action) -> Mapping[str, str] | None:
    """Return the words that wait in the form which an action opens, whichever version its reader was shown, or None."""
    account = request.account
    draft = await dialogue_store.current(request.tx, account.platform, account.chat, request.now)
    code, *parts = draft.action.split("-") if draft else [""]
    if draft is None or code != form.code:
        return None
    try:
        opened = form.decode(parts)
    except ValueError:  # of an older version of the program
        return None
    return draft.draft if vars(opened) | {SEEN: ""} == vars(form) | {SEEN: ""} else None


async def conflict(
    request: Request,
    payload: str,
    route: Route,
    args: tuple[object, ...],
    form: Form | None = None,
    typed: Mapping[str, str] | None = None,
) -> Reply | None:
    """Return the reply to a press or a form that would overwrite what its sender has not seen; None where it may go on.

    `typed` are the answers to the `form` as they were typed. Where they are those that are stored there is no conflict,
    nor where nothing waits any more to be confirmed: the handler says so.
    """
    if route.unless_changed is None:
        return None
    pressed = route.action.decode(payload.split("-")[1:])
    version = await route.unless_changed(request, *args)
    if version is None or getattr(pressed, SEEN) == version.seen:
        return None
    if version.instead:
        return await (version.instead(form) if form else version.instead())
    again = route.action(**vars(pressed) | {SEEN: version.seen})
    filled = await route.prefill(request, *args) if form and route.prefill else version.filled
    words = await typed_into(request, version.form) if version.form and typed is None else typed
    if version.form and words is None:
        return None
    if words is not None and filled is not None and _lines(words) == _lines(filled):
        return None
    if words is not None and not (form and form.confidential):
        await keep_typed(request, (version.form or again).encode(), words)
    stored = version.stored if filled is None or version.stored is not None else _in_words(filled)
    written = version.written if words is None or version.written is not None else _in_words(words)
    said = version.said or await who_was_faster(request, version.subject)
    lines = (
        said,
        *((_("Now: {value}", value=stored),) if stored is not None else ()),
        *((_("You wrote: {value}", value=written),) if written is not None else ()),
    )
    if form:
        opens = Button(_("Open the form again"), again, style="primary")
        look = (Button(_("Look again"), version.then),) if version.then else ()
        shown = reply(*lines, buttons=(opens, *look, *(version.buttons or ways_back(request))), fresh=True)
        return replace(shown, view=replace(shown.view, all_about=version.about))
    confirm = (Button(_("Confirm"), again),) if len(lines) > 1 and route.picked is None else ()
    return reply(*lines, buttons=(*confirm, *version.buttons), then=version.then)


def _lines(answers: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the lines of the answers to a form that are not empty."""
    lines = {name: [line for each in answer.splitlines() if (line := each.strip())] for name, answer in answers.items()}
    return {name: each for name, each in lines.items() if each}


def _in_words(answers: Mapping[str, str]) -> Span:
    """Return the answers to a form in one line, shortened; «–» for none."""
    said = " · ".join(line for lines in _lines(answers).values() for line in lines)
    return Name(said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…") if said else "–"
