"""Asks a form one question at a time, on platforms that cannot show forms. The answers are stored at every step."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, Incomplete, Raw, form_fields
from bot.content.texts import Name, Span, Strong, _
from bot.content.views import Button, Choice, Reply, encode_view, reply, with_lines_first
from bot.conversation import dialogue_store, shown_screen_store
from bot.conversation.dialogue_store import Dialogue
from bot.conversation.routes import Request


class CancelForm(Action, code="dx"):
    """The button that closes the form without submitting it."""


class SkipField(Action, code="ds"):
    """The button that leaves an optional question empty; `step` is the question's position in the form."""

    step: int


class KeepAnswer(Action, code="dk"):
    """The button that keeps the answer with which a question is prefilled.

    `step` is the position of the question in the form.
    """

    step: int


class PickOption(Action, code="da"):
    """The choice that answers a question with one of its options; `step` is the question's position in the form."""

    step: int


async def begin(
    request: Request, action: str, form: type[Form], draft: dict[str, str], about: Span | None = None
) -> Reply:
    """Begin to ask the questions of a form in the chat, and return the reply that asks the first one.

    `action` is the encoded action that opens the form. `draft` has the answers that prefill the questions, by field
    name. `about` is a text to which the answers refer, shown above the question; None for no text.
    """
    dialogue = Dialogue(action, 0, draft)
    await _save(request, dialogue)
    asked = ask(form, dialogue)
    return with_lines_first(asked, about) if about is not None else asked


async def expect(request: Request, action: str, *, lasts: timedelta = dialogue_store.KEPT) -> None:
    """Have the next words in the chat taken as the answer to the first question of a form.

    `action` is the encoded action that opens the form. A screen that asks the question itself calls this. The form
    expires after the time `lasts`. Words that name a screen still open that screen. Answers that were typed into the
    form earlier are kept.
    """
    platform, chat = request.account.platform, request.account.form_chat
    stored = await dialogue_store.current(request.tx, platform, chat, request.now)
    draft = stored.draft if stored and stored.action == action else {}
    await dialogue_store.save(
        request.tx, platform, chat, Dialogue(action, 0, draft, expected=True), request.now, lasts=lasts
    )


async def answer(
    request: Request, form: type[Form], dialogue: Dialogue, raw: Raw | None, step: int | None = None
) -> Form | Reply:
    """Take the answer to the present question; return the finished form, or the reply that asks the next question.

    `raw` is the answer; None means the answer with which the question is prefilled. `step` is the position of the
    question that the person answered, None for the present one: if another question is asked now, that one is asked
    again. Raises UserError for a wrong answer. The answers so far are kept in both cases. A finished form is no longer
    stored.
    """
    asked = form_fields(form)
    name = list(asked)[dialogue.step]
    if step is not None and step != dialogue.step:
        return ask(form, dialogue, _("That button was for another question. This one is open:"))
    if raw is None:
        raw = dialogue.draft.get(name, "")
    if not (raw == "" and not asked[name].required):
        try:
            asked[name].parse(raw, request.reader)
        except UserError as refusal:
            raise UserError(refusal.text, buttons=(*refusal.buttons, CANCEL)) from None
    await _close(request, form, dialogue)
    answers: dict[str, Raw] = {**dialogue.draft, name: raw}
    if dialogue.step + 1 < len(asked):
        if not isinstance(raw, str):
            raise UserError(_("You will be asked for the file last."))
        later = replace(dialogue, step=dialogue.step + 1, draft={**dialogue.draft, name: raw}, expected=False)
        await _save(request, later)
        return ask(form, later)
    filled = form.read(answers, request.reader)
    await dialogue_store.end(request.tx, request.account.platform, request.account.form_chat)
    return filled


async def ask_again(request: Request, form: type[Form], dialogue: Dialogue, refusal: Incomplete) -> Reply:
    """Ask a question of a form again, because its answer was refused when the form was complete.

    The other answers are kept; the refused one is shown, to be corrected. `refusal` names the field of the question,
    and the reason.
    """
    await _close(request, form, dialogue)  # what the last answer had closed was undone with it
    asked, draft = form_fields(form), dict(dialogue.draft)
    typed = draft.pop(refusal.field, "")
    back = replace(dialogue, step=list(asked).index(refusal.field), draft=draft, expected=False)
    await _save(request, back)
    shown = (_("You wrote: {value}", value=Name(typed)),) if typed and not asked[refusal.field].options() else ()
    return ask(form, back, refusal.text, *shown)


def ask(form: type[Form], dialogue: Dialogue, *above: Span) -> Reply:
    """Return the reply that asks the present question of a form, below the lines `above`.

    `dialogue` is the form as it is filled in so far.
    """
    asked = form_fields(form)
    name = list(asked)[dialogue.step]
    field = asked[name]
    lines: list[Span] = [*above]
    if dialogue.step == 0 and form.notice and not above:
        lines.append(form.notice)
    lines.append(Strong(field.label))
    if field.hint:
        lines.append(field.hint)
    options = tuple(field.options())
    buttons = [CANCEL]
    filled = dialogue.draft.get(name, "")
    choice = Choice(PickOption(dialogue.step), options, (filled,) if filled else ()) if options else None
    if not field.required:
        buttons.insert(0, Button(_("Leave empty") if filled else _("Skip"), SkipField(dialogue.step)))
    if filled:
        # L10N: a button: keep the answer that a form is filled in with
        buttons.insert(0, Button(_("Keep it"), KeepAnswer(dialogue.step), style="primary"))
        if not options:
            # L10N: in a form, the answer it is filled in with
            lines.append(_("Now: {value}", value=Name(filled)))
    asking = reply(*lines, choice=choice, buttons=tuple(buttons), fresh=True)
    return replace(asking, screen=_screen_of(dialogue))


def _screen_of(dialogue: Dialogue) -> str:
    return f"question-{dialogue.step}-{dialogue.action}"


async def _close(request: Request, form: type[Form], dialogue: Dialogue) -> None:
    """Take the buttons off the message that asked a question; in an unconfirmed browser nothing is edited."""
    if request.person and not request.unconfirmed:
        asked = replace(ask(form, replace(dialogue, draft={})).view, buttons=(), choice=None)
        contents = {_screen_of(dialogue): json.dumps(encode_view(asked))}
        await shown_screen_store.replace(
            request.tx, [request.person.id], contents, request.now, account_id=request.account.id
        )


async def _save(request: Request, dialogue: Dialogue) -> None:
    await dialogue_store.save(request.tx, request.account.platform, request.account.form_chat, dialogue, request.now)


def decode(payload: str) -> CancelForm | SkipField | KeepAnswer | PickOption:
    """Return the action of a button below a form's question from `payload`, which encodes it.

    Raises Stale for a payload that no such button has.
    """
    code, *parts = payload.split("-")
    kinds: dict[str, type[CancelForm | SkipField | KeepAnswer | PickOption]] = {
        kind.code: kind for kind in (CancelForm, SkipField, KeepAnswer, PickOption)
    }
    try:
        return kinds[code].decode(parts)
    except (KeyError, ValueError):
        raise Stale from None


# L10N: a button, a verb: leave the form
CANCEL = Button(_("Cancel"), CancelForm())
CODES = ("dx", "ds-", "dk-", "da-")
"""The beginnings of the payloads of dialogues' buttons; no route may use them."""
