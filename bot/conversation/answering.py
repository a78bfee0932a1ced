"""Finds the handler that answers a command, a press, a choice, a form or words, and runs it.

Typed text is taken by the first of these that it fits:

- a command («/…»),
- the question of a form that the person opened,
- the confidential screen that the person opened last,
- the name of a screen, in plain words,
- a cry for help,
- the question of a form that is part of a screen,
- what capabilities listen for (`bot.conversation.hearing`).

Otherwise the present screen is shown. The answer to a form that asks for a code is never taken for a cry for help, nor,
if it may be a code, by a confidential screen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.content import folding, markdown
from bot.content.actions import Action
from bot.content.errors import Stale, UserError, existing
from bot.content.features import features_of
from bot.content.forms import (
    Composition,
    Form,
    Incomplete,
    MessageField,
    Raw,
    TextField,
    UploadField,
    Written,
    form_fields,
    words_of,
)
from bot.content.names import clean_lines
from bot.content.roles import Who, stricter
from bot.content.texts import Span, _, plain
from bot.content.views import Later, Reply, View, reply, with_lines_first, with_lines_last
from bot.content.views import Raw as Payload
from bot.conversation import album_store, dialogue_store, dialogues, hearing, inbox_store, screens
from bot.conversation.amending import amend
from bot.conversation.conflicts import filled_by, form_again, form_conflict, keep_typed, press_conflict
from bot.conversation.dialogue_store import Dialogue
from bot.conversation.hearing import (
    ItIsMyAnswer,
    ItIsMyEdit,
    answer_offer,
    decide,
    edit_offer,
    form_digest,
    heard_in,
)
from bot.conversation.incoming import (
    Amended,
    Called,
    Content,
    Deleted,
    Edited,
    Gathered,
    Incoming,
    Located,
    Picked,
    Posted,
    Pressed,
    Sent,
    Submitted,
    Typed,
    album_id,
    said_in,
)
from bot.conversation.router import Router
from bot.conversation.routes import FACILITATOR, Go, Offline, Request, Route, Transaction
from bot.conversation.sent_button_store import find_sent
from bot.conversation.sent_tables import offer_forms
from bot.people import codes, participant_store


def find(router: Router, content: Content) -> tuple[str, Route, tuple[object, ...]]:
    """Return the payload, the route and the values for a press, choice, submitted form or command, `content`.

    The payload is the encoded action of the button or command. The route declares the handler and who may use it. The
    values are the fields of the action, which are passed to the handler. Raises Stale if no handler answers `content`.
    """
    match content:
        case Called(word):
            command = existing(router.command(word))
            return f"go-{command.name}", command.route, ()
        case Pressed(payload) | Picked(payload) | Submitted(payload):
            screen, _page = folding.opened(payload)
            action, route = router.find(screen)
            return screen, route, route.carried(action)
    raise Stale


async def answer(router: Router, request: Request, content: Content) -> Reply | None:
    """Run the handler that takes what a person did, `content`, and return its reply.

    Returns None if there is nothing to say, for instance yet about a part of an incomplete album. Raises Stale if no
    handler takes the content, and UserError for a refusal. Raises Unconfirmed for something that a new browser may not
    do, and for a secret in a browser that nobody confirmed.
    """
    page = None
    if isinstance(content, Pressed) and not (content.beside and router.sent_with_press(content.beside)):
        screen, page = folding.opened(content.payload)
        content = replace(content, payload=screen)
    reply = await _take(router, request, content)
    while reply and reply.then:
        reply = await _go_on(router, request, reply)
    if reply and reply.view.secret:
        request.require_owner()
    if reply and reply.announces and not features_of(request.account.platform).answers_everything:
        return None
    return reply and _folded(request, reply, page)


def _folded(request: Request, reply: Reply, page: int | None) -> Reply:
    """Return a reply with no more buttons in sight than its reader is shown at once; see `bot.content.folding`.

    A `page` of them was asked for by a button of the same screen, which it replaces; None where none was.
    """
    most = folding.most_for(reply.view, leads=request.may(FACILITATOR))
    view = folding.folded(reply.view, most, page or 0)
    later = reply.later and replace(reply.later, view=folding.folded(reply.later.view, most, page or 0))
    return replace(reply, view=view, later=later, fresh=reply.fresh and page is None)


async def _go_on(router: Router, request: Request, reply: Reply) -> Reply:
    """Return a reply followed by the screen that its action `then` leads to.

    The lines of the reply stand above the lines of the screen, the buttons of the reply below the buttons of the
    screen. Raises Stale and UserError as `answer` does.
    """
    assert reply.then is not None
    screen = await _take(router, request, Pressed(reply.then.encode()))
    assert screen is not None
    view = replace(
        screen.view,
        buttons=(*screen.view.buttons, *(replace(button, stays="at first") for button in reply.view.buttons)),
        who=stricter(screen.view.who, reply.view.who),
        again=screen.view.again or reply.view.again,
    )
    return replace(
        with_lines_first(replace(screen, view=view), *reply.view.lines),
        toast=reply.toast or screen.toast,
        fresh=reply.fresh or screen.fresh,
        job=reply.job or screen.job,
        unsaid=reply.unsaid or screen.unsaid,
    )


async def _take(router: Router, request: Request, content: Content) -> Reply | None:
    """Return the reply of the handler that takes this content, without the screen that its `then` leads to."""
    if isinstance(content, Pressed) and content.linked and not _may_be_linked(router, content):
        return await _offer(router, request, content)
    if isinstance(content, Posted):
        return await hearing.hear_letter(request, clean_lines(content.text), content.files)
    if isinstance(content, Called):
        content, line = router.meant(content, request)
        if line is not None:
            led = await _take(router, request, content)
            return led and with_lines_first(led, line)
    dialogue = await _dialogue(router, request) if isinstance(content, Typed | Sent) else None
    answered = _in_place_of_code(router, content, dialogue)
    if answered is not None and _is_cry_and_no_code(request, answered):
        content, dialogue = answered, None  # it is heard as any words are; the question for the code waits
    if guarded := await _guarded(router, request, content, dialogue):
        return guarded
    if isinstance(content, Typed | Sent) and (heard_by := _screen_before(router, request, dialogue, _written(content))):
        action, route = heard_by
        assert route.hears is not None
        if dialogue is not None and not dialogue.expected and not _asks_code(router, dialogue.action):
            request.asked = dialogue.action, dialogue.step
        return await route.hears(request, action, content)
    if asked := await _asked_before_storing(router, request, content, dialogue):
        return asked
    match content:
        case Typed(text, composed):
            return await _take_text(router, request, clean_lines(text), composed, dialogue)
        case Edited(_message, text):
            return await _take_edit(router, request, clean_lines(text))
        case Deleted():
            return await router.take_deletion(request)
        case Located():
            return await _take_located(router, request, content)
        case Sent():
            return await _take_sent(router, request, content, dialogue)
        case Amended():
            return await amend(request, content)
        case Gathered(album):
            return await _take_album(router, request, album)
        case Pressed(beside=Picked() as beside) if router.sent_with_press(beside):
            return await _press_with_choice(router, request, content.payload, beside)
        case Pressed(payload) if payload.startswith(hearing.CODES):
            return await _press_after_all(router, request, payload)
        case Pressed(payload) if payload.startswith(dialogues.CODES):
            return await _press_in_dialogue(router, request, payload, "")
        case Picked(payload, values) if payload.startswith(dialogues.CODES):
            return await _press_in_dialogue(router, request, payload, values[0] if values else "")
        case Called(word) if router.command(word) is None:
            return _kept_apart(request, content, await _unknown_command(router, request, word))
    payload, route, args = find(router, content)
    authorise(request, route)
    _note_opened(request, route, payload)
    shown = _for(request, route, await _run(request, content, payload, route, args), payload)
    return _kept_apart(request, content, shown, hears=route.hears is not None)


def _kept_apart(request: Request, content: Content, shown: Reply, *, hears: bool = False) -> Reply:
    """Return an answer as unsaid if what was written after a command may be a cry, or its screen `hears` what is."""
    if not (isinstance(content, Called) and content.argument):
        return shown
    cry = heard_in(request, clean_lines(content.argument))
    return replace(shown, unsaid=True) if hears or (cry is not None and cry.weak) else shown


def _note_opened(request: Request, route: Route, payload: str) -> None:
    """Note which screen the person opens: the screen of an encoded action, if it hears what is written on it."""
    request.opened = payload if route.hears else ""


def opened_by(router: Router, content: Content) -> str | None:
    """Return which screen a person wanted to open by a press, choice, form or command that was not carried out.

    Returns the encoded action of a screen that takes typed words, '' for any other screen, and None if `content`, what
    the person did, opens no screen.
    """
    if isinstance(content, Called) and router.command(content.word) is None:
        return ""
    if not isinstance(content, Called | Pressed | Picked | Submitted):
        return None
    try:
        payload, route, _args = find(router, content)
    except Stale:  # a button of an older version of the program, or of a form
        pressed = content.payload if isinstance(content, Pressed | Picked) else ""
        return None if pressed.startswith((*dialogues.CODES, *hearing.CODES)) else ""
    return payload if route.hears else ""


def may_call_for_help(router: Router, content: Content, locales: Sequence[str]) -> bool:
    """Return whether what a person did may be a call for help, whatever words it has.

    It may if it opens a screen that takes typed words, by a button, a command or the screen's name in one of the
    `locales`. It may also if it is a location, or something that the program cannot understand, such as a voice
    message.
    """
    if isinstance(content, Located):
        return True
    if isinstance(content, Sent):
        return content.upload is None
    if opened_by(router, content):
        return True
    said = f"{content.word} {content.argument}" if isinstance(content, Called) else said_in(content)
    named = router.find_plain_words(said or "", locales)
    return named is not None and _screen_of(router, named.payload) is not None


def _screen_before(
    router: Router, request: Request, dialogue: Dialogue | None, text: str = ""
) -> tuple[Action, Route] | None:
    """Return the screen that hears the `text` that the person writes now, before any form; None where there is none."""
    screen = _hearing(router, request.account.screen, dialogue, text)
    return screen if screen and request.person is not None and request.may(screen[1].who) else None


def _hearing(router: Router, payload: str, dialogue: Dialogue | None, text: str = "") -> tuple[Action, Route] | None:
    """Return the screen with a payload, if it hears the `text` that is written now ('' for any); None otherwise.

    It is the last that was opened. A form that is open was opened before it, unless it is the form of that screen, and
    waits. One that asks for a code does not wait for what may be one: codes are kept nowhere.
    """
    screen = _screen_of(router, payload)
    if screen is None or dialogue is None or dialogue.expected:
        return screen
    is_code = _may_be_code(text) and _asks_code(router, dialogue.action)
    return None if dialogue.action == payload or is_code else screen


def _asks_code(router: Router, payload: str) -> bool:
    form = _screen_form(router, payload)
    return form is not None and form.codes


def _may_be_code(text: str) -> bool:
    """Return whether a text may be a code, or one with a mistake."""
    return codes.might_be(text) or codes.must_be(text)


def _written(content: Typed | Sent) -> str:
    """Return the words that came with content, '' for none."""
    return clean_lines(content.text if isinstance(content, Typed) else content.caption)


def _in_place_of_code(router: Router, content: Content, dialogue: Dialogue | None) -> Typed | Sent | None:
    """Return what answers a form that asks for a code, as words that are typed; None if nothing does.

    All ways to answer count: in the chat, in a form that is submitted whole, after the command.
    """
    match content:
        case Typed() | Sent() if dialogue is not None and _asks_code(router, dialogue.action):
            return content
        case Submitted(payload) if _asks_code(router, payload):
            return Typed("\n".join(typed_in(content).values()))
        case Called(word, text) if (command := router.command(word)) and answered_at_once(command.route, content):
            return Typed(text)
    return None


def _is_cry_and_no_code(request: Request, content: Typed | Sent) -> bool:
    """Return whether the alarm hears even a weak cry in what is written, which cannot be a code."""
    text = _written(content)
    cry = heard_in(request, text)
    return cry is not None and cry.weak and not _may_be_code(text)


def _screen_of(router: Router, payload: str) -> tuple[Action, Route] | None:
    """Return the action and the route of a screen that hears, by its payload; None for any other or none.

    A screen of an older version of the program, which is not found any more, hears nothing.
    """
    try:
        screen = router.find(payload) if payload else None
    except Stale:
        return None
    return screen if screen and screen[1].hears else None


async def _asked_before_storing(
    router: Router, request: Request, content: Content, dialogue: Dialogue | None
) -> Reply | None:
    """Ask about a cry of distress before it is stored where others read it, or lost where nobody does; else None.

    That is an answer to a form (see `asks_about_cries`), a caption of it, an edited message, and words after a
    command, unless that opens a form for other answers. A submitted form keeps its other answers meanwhile.
    """
    if request.alarm is None:
        return None
    fills_in = isinstance(content, Submitted) or (isinstance(content, Typed) and dialogue is not None)
    if request.person is None and not fills_in:  # words without a command are heard elsewhere
        written = content.argument if isinstance(content, Called) else ""
        text = clean_lines(content.text if isinstance(content, Edited) else written)
        said = heard_in(request, text)
        heard = said is not None and (said.certain or (said.sure and isinstance(content, Edited)))
        return await request.alarm.ask(request, text, said, []) if heard else None
    match content:
        case Typed(text) | Sent(caption=text) if dialogue is not None:
            if not asks_about_cries(router, dialogue.action):
                return None
            question = dialogue.action, dialogue.step
            return await _ask_about_answer(request, text, question, expected=dialogue.expected)
        case Called(word, text):
            command = router.command(word)
            if command is None:
                called = heard_in(request, clean_lines(f"{word} {text}"))
                return await _ask_about_answer(request, f"{word} {text}", None) if called and called.certain else None
            if command.route.hears or (command.route.form and not asks_about_cries(router, f"go-{command.name}")):
                return None
            return await _ask_about_answer(request, text, None)
        case Submitted(payload, answers):
            form = router.find(payload)[1].form
            if form is None or not asks_about_cries(router, payload):
                return None
            typed = typed_in(content)
            for position, name in enumerate(form_fields(form)):
                if asked := await _ask_about_answer(request, typed.get(name, ""), (payload, position)):
                    others = {other: each for other, each in typed.items() if not _cries(request, each)}
                    await keep_typed(request, payload, others)
                    more = answers[name]
                    lost = isinstance(more, Composition | Written) and bool(more.attachments)
                    return with_lines_last(asked, _FILES_NOT_KEPT) if lost else asked
        case Edited(message, text):
            text = clean_lines(text)
            cry = heard_in(request, text)
            if cry is None or not cry.weak:
                return None
            known = await router.knows_message(request)
            if known and not cry.certain_as_answer(text):
                return None
            if not known and (heard_by := _screen_before(router, request, dialogue)):
                action, route = heard_by
                assert route.hears is not None
                asked = await route.hears(request, action, Typed(text))
                return with_lines_last(asked, _STAYS_AS_IT_WAS) if asked else None
            offers = [edit_offer(message)] if known and re.fullmatch(r"[A-Za-z0-9_]{1,24}", message) else []
            return await request.alarm.ask(request, text, cry, offers)
    return None


_STAYS_AS_IT_WAS = _("What you wrote stays as it was: editing it in your app changes nothing here.")


def _cries(request: Request, text: str) -> bool:
    """Return whether a text is a cry of distress even if it answers a question."""
    text = clean_lines(text)
    cry = heard_in(request, text)
    return cry is not None and cry.certain_as_answer(text)


_QUOTE_IT = _("If that is your answer, give it again between quotation marks.")
"""What a stranger reads below whom to call. Their words are not kept, so no button can take them; a quote is no cry."""
_FILES_NOT_KEPT = _("I did not keep what you attached: send it again with your answer.")


async def _ask_about_answer(
    request: Request, text: str, question: tuple[str, int] | None, *, expected: bool = False
) -> Reply | None:
    """Ask about an answer in which the alarm hears a cry; None for any other answer.

    `question` is the encoded action of the form and the position of the question, None for words after a command. A
    form that nobody opened (`expected`) gives way to a weak cry, too.
    """
    text = clean_lines(text)
    cry = heard_in(request, text)
    if request.alarm is None or cry is None or not (cry.certain_as_answer(text) or (expected and cry.weak)):
        return None
    if request.person is None:
        asked = await request.alarm.ask(request, text, cry, [])
        return with_lines_last(asked, _QUOTE_IT) if question else asked
    return await request.alarm.ask(request, text, cry, [] if question is None else [answer_offer(*question)])


async def _press_after_all(router: Router, request: Request, payload: str) -> Reply | None:
    """Take words that waited as the answer to their form, or as the new text of their message.

    Raises UserError if the words or the form are gone; the words are kept then.
    """
    code, *parts = payload.split("-")
    try:
        pressed = (ItIsMyAnswer if code == ItIsMyAnswer.code else ItIsMyEdit).decode(parts)
    except ValueError:
        raise Stale from None
    if request.alarm is None:
        raise Stale
    text = await request.alarm.waiting(request, pressed.number, pressed.number)
    request.opened = ""
    if isinstance(pressed, ItIsMyEdit):
        request.message = pressed.message
        reply = await router.take_edit(request, text)
        if reply is None:
            raise UserError(_("This message can no longer be changed. Your words are kept for a day."))
    else:
        reply = await _answer_after_all(router, request, pressed, text)
    await request.alarm.drop(request, pressed.number, pressed.number)
    return reply


async def _answer_after_all(router: Router, request: Request, pressed: ItIsMyAnswer, text: str) -> Reply:
    account, field = request.account, pressed.field
    dialogue = await dialogue_store.current(request.tx, account.platform, account.form_chat, request.now)
    form = _screen_form(router, dialogue.action) if dialogue else None
    other = dialogue is None or form_digest(dialogue.action) != pressed.form
    if dialogue is None or other or form is None or form.codes or field >= len(form_fields(form)):
        raise UserError(_("This question is closed. Your words are kept for a day."))
    action, route = router.find(dialogue.action)
    _note_opened(request, route, dialogue.action)  # what is typed next may belong to it as well
    if dialogue.step != dialogue_store.DRAFT_ONLY:
        return await _answer(router, request, dialogue, text, field)
    authorise(request, route)
    typed = {**dialogue.draft, list(form_fields(form))[field]: text}
    filled = form.read(typed, request.reader)
    await dialogue_store.end(request.tx, account.platform, account.form_chat)
    return _for(request, route, await _submit(request, dialogue.action, route, filled, typed, route.carried(action)))


def _screen_form(router: Router, payload: str) -> type[Form] | None:
    try:
        return router.find(payload)[1].form
    except Stale:
        return None


async def _take_edit(router: Router, request: Request, text: str) -> Reply | None:
    """Return the reply to an edited message; of one written in confidence that what was sent stays as it is."""
    if reply := await router.take_edit(request, text):
        return reply
    if _screen_of(router, request.account.screen) is None or request.alarm is None:
        return None
    return replace(request.alarm.not_changed(), unsaid=True)


async def _press_with_choice(router: Router, request: Request, payload: str, beside: Picked) -> Reply | None:
    """Carry out the choice made beside a button first, then the press of that button as it is on the screen by then."""
    chosen = await answer(router, request, beside)
    became = after_choice(chosen.view, payload, beside) if chosen else payload
    if became is None:
        return chosen
    pressed = await answer(router, request, Pressed(became))
    if pressed and chosen and pressed.toast is None:
        return replace(pressed, toast=chosen.toast)
    return pressed


def after_choice(shown: View, payload: str, beside: Picked) -> str | None:
    """Return the payload that a pressed button has after the choice in the same message was carried out.

    The payload is the encoded action of the button. It may contain the choice: once a day is chosen, the button acts
    for that day. `payload` is what the button carried when it was pressed, `beside` the choice, and `shown` the screen
    after the choice. The result is the payload of the button of `shown` that has the same code and most values in
    common. Returns `payload` unchanged if another screen is shown, or if the button only runs a command or shows more
    buttons. Returns None if no button, or more than one, fits best.
    """
    theirs = [button.action.encode() for button in shown.buttons if button.action]
    parts = payload.split("-")
    if payload in theirs or payload.startswith((f"{Go.code}-", folding.CODE)):
        return payload
    alike = [candidate for candidate in theirs if _code(candidate) == parts[0]]
    ranked = sorted(alike, key=lambda candidate: _in_common(candidate.split("-"), parts), reverse=True)
    if ranked:
        first, *others = ranked
        clear = not others or _in_common(others[0].split("-"), parts) < _in_common(first.split("-"), parts)
        return first if clear else None
    stays = shown.choice is not None and _code(shown.choice.action.encode()) == _code(beside.payload)
    return None if stays else payload


def _in_common(parts: list[str], others: list[str]) -> int:
    return sum(one == other for one, other in zip(parts, others, strict=False))


def _code(payload: str) -> str:
    return payload.partition("-")[0]


def _for(request: Request, route: Route, reply: Reply, payload: str = "") -> Reply:
    """Return a reply completed with what its route decides: who may read it, and which screen it shows.

    With a `payload` that leads to a command, the reply counts as that command's screen; of the copies of one screen in
    a chat only the newest keeps its buttons. The command shows it again, unless something was written after it, or the
    reply names its screen itself: then it arranges its buttons, too.
    """
    who = route.who if reply.view.who is None else reply.view.who
    screen = payload if payload.startswith("go-") and route.form is None else ""
    by_itself = screen and not reply.screen and not request.argument
    again = reply.view.again or (Payload(screen) if by_itself else None)
    return replace(
        reply,
        view=replace(reply.view, who=who, again=again),
        unsaid=reply.unsaid or (route.form is not None and _is_unsaid(route.form)),
        screen=reply.screen or screen,
        later=reply.later or _without_timed(reply, request.now),
    )


def _is_unsaid(form: type[Form]) -> bool:
    """Return whether the answers to a form are not kept in the chat's history."""
    return form.codes or form.confidential or form.of_somebody


def _without_timed(reply: Reply, now: datetime) -> Later | None:
    """Return what becomes of a reply once its buttons with limited duration have expired; None where it has none."""
    lasts = [button.action.lasts for button in reply.view.buttons if button.action and button.action.lasts]
    if not lasts or reply.view.attachments or reply.view.secret:
        return None
    left = tuple(button for button in reply.view.buttons if not (button.action and button.action.lasts))
    return Later(now + min(lasts), replace(reply.view, buttons=left, quiet=True))


async def _run(request: Request, content: Content, payload: str, route: Route, args: tuple[object, ...]) -> Reply:
    if isinstance(content, Called):
        request.argument = content.argument
    if isinstance(content, Picked) != (route.picked is not None):
        raise Stale
    if isinstance(content, Picked):
        picked = screens.picked(route.picked, content.values)
        return await press_conflict(request, payload, route, args) or await route.handler(request, picked, *args)
    if route.form is None:
        if isinstance(content, Submitted):
            raise Stale
        return await press_conflict(request, payload, route, args) or await route.handler(request, *args)
    if isinstance(content, Submitted):
        form = route.form.read(content.answers, request.reader)
        await dialogue_store.end(request.tx, request.account.platform, request.account.form_chat)
        return await _submit(request, payload, route, form, typed_in(content), args)
    if isinstance(content, Called) and answered_at_once(route, content):
        form = route.form.read({next(iter(form_fields(route.form))): content.argument}, request.reader)
        await dialogue_store.end(request.tx, request.account.platform, request.account.form_chat)
        return await route.handler(request, form, *args)
    known, about = await filled(request, content, payload, route, args), await about_of(request, route, args)
    return await dialogues.begin(request, payload, route.form, known, about)


async def _submit(
    request: Request, payload: str, route: Route, form: Form, typed: Mapping[str, str], args: tuple[object, ...]
) -> Reply:
    """Have a complete form handled, unless somebody else changed what it is about; `typed` are its words as typed."""
    refused = await form_conflict(request, payload, route, args, form, typed)
    return refused or await route.handler(request, form, *args)


async def _guarded(router: Router, request: Request, content: Content, dialogue: Dialogue | None) -> Reply | None:
    """Return the reply of a guard that refuses what someone wrote; None where all guards let it pass.

    Of a form every answer is checked; the answers that were not refused are kept.
    """
    match content:
        case Typed(text) | Sent(caption=text):
            form = router.find(dialogue.action)[1].form if dialogue else None
            if form and form.codes:
                return None
            return await router.guarded(request, clean_lines(text), answering=dialogue is not None)
        case Edited(_message, text):
            return await router.guarded(request, clean_lines(text), answering=True)
        case Submitted(payload):
            form = router.find(payload)[1].form
            if form is None or form.codes:
                return None
            typed = typed_in(content)
            for name, words in typed.items():
                if guarded := await router.guarded(request, clean_lines(words), answering=True):
                    others = {other: answer for other, answer in typed.items() if other != name}
                    kept = None if form.confidential else others
                    again = await form_again(request, Payload(payload), kept, buttons=guarded.view.buttons)
                    return replace(guarded, view=replace(guarded.view, buttons=again.view.buttons))
    return None


def typed_in(submitted: Submitted) -> dict[str, str]:
    """Return the answers of a submitted form that are words, by field name."""
    return {name: words for name, raw in submitted.answers.items() if (words := words_of(raw)) is not None}


async def is_confidential(router: Router, tx: Transaction, incoming: Incoming, now: datetime, *, cried: bool) -> bool:
    """Return whether what a person sent is confidential, so that only its handler may store it.

    Any one of these makes it confidential:

    - it answers a confidential form;
    - it was written or edited in a chat where a confidential form, or a screen that takes typed words, was opened last;
    - it follows the command of a screen that takes typed words;
    - `cried` is True: the alarm recognised a cry for help in it.
    """
    content, sender = incoming.content, incoming.sender
    if cried:
        return True
    if isinstance(content, Submitted):
        return _is_confidential(router, content.payload)
    if isinstance(content, Called):
        command = router.command(content.word)
        return bool(content.argument) and command is not None and command.route.hears is not None
    if not isinstance(content, Typed | Sent | Edited):
        return False
    dialogue = await dialogue_store.current(tx, incoming.platform, sender.form_chat, now)
    if dialogue is not None and dialogue.step == dialogue_store.DRAFT_ONLY:
        dialogue = None
    if dialogue is not None and _is_confidential(router, dialogue.action):
        return True
    account, _person = await participant_store.identify(tx, incoming.platform, sender.native_id)
    if account is None:
        return False
    text = "" if isinstance(content, Edited) else _written(content)
    return _hearing(router, sender.at(account).screen, dialogue, text) is not None


def _is_confidential(router: Router, payload: str) -> bool:
    try:
        form = router.find(payload)[1].form
    except Stale:
        return False
    return form is not None and form.confidential


def asks_about_cries(router: Router, payload: str) -> bool:
    """Return whether a cry for help in the answers to a form is asked about before the handler takes it.

    `payload` is the encoded action that opens the form. It is asked about where others will read the answer, and where
    nobody will, as in a search. It is not in a secret code, in a confidential form, or in a form for organisers alone,
    whose words are about the gathering.
    """
    route = router.find(payload)[1]
    form = route.form
    if form is None:
        return False
    led = route.who not in (Who.ANYONE, Who.PARTICIPANT, Who.FACILITATOR)
    return form.read_by_others or not (form.codes or form.confidential or led)


def is_the_teams(router: Router, payload: str) -> bool:
    """Return whether only the team may use the button with the encoded action `payload`.

    Returns False for a button that no longer works.
    """
    try:
        return router.find(payload)[1].who not in (Who.ANYONE, Who.PARTICIPANT)
    except Stale:
        return False


def answered_at_once(route: Route, content: Content) -> bool:
    """Return whether a person typed a command together with its form's only answer, such as a code."""
    return isinstance(content, Called) and bool(content.argument) and route.form is not None and route.form.codes


def _may_be_linked(router: Router, pressed: Pressed) -> bool:
    if pressed.linked == "site" or pressed.payload.startswith(dialogues.CODES):
        return False
    linkable = router.find(pressed.payload)[1].linkable
    return linkable == "page" or (linkable and pressed.linked != "page")


async def _offer(router: Router, request: Request, pressed: Pressed) -> Reply | None:
    """Return a screen with the button that a link leads to, to be pressed: a link carries nothing out by itself.

    Anybody can make a link, so the button must have been in a message to this person, and says what it said there.
    Otherwise raises Stale, or returns None after a link on another site, which adds nothing to the page.
    """
    try:
        payload, route, _args = find(router, pressed)
        view, button = existing(await find_sent(request.tx, request.person.id, payload) if request.person else None)
    except Stale:
        if pressed.linked == "site":
            return None
        raise
    authorise(request, route)
    if route.action is not Go:  # else what it answers waits there, and the question whose browser it is is not shown
        request.require_may_change(route.handler)
    offer = View((_("Press the button to carry it out."),), (button,), confidential=view.confidential)
    return _for(request, route, Reply(offer, fresh=True), payload)


async def filled(
    request: Request, content: Content, payload: str, route: Route, args: tuple[object, ...]
) -> dict[str, str]:
    """Return the answers with which a form opens, by field name.

    They are the stored values, replaced by words that the person typed into the form earlier, or after the command.
    `payload` is the encoded action that opens the form, `route` the declaration of the form's handler, `args` the
    values in the action. Raises the refusal of the route's function `check` if the form must not open.
    """
    if route.check:
        await route.check(request, *args)
    known = await _stored_answers(request, route, args)
    draft = await dialogue_store.current(request.tx, request.account.platform, request.account.form_chat, request.now)
    typed = draft.draft if draft and draft.action == payload else {}
    if isinstance(content, Called) and content.argument and route.form is not None:
        name, first = next(iter(form_fields(route.form).items()))
        if isinstance(first, TextField):
            typed = {**typed, name: content.argument}
    return {**known, **typed}


async def _stored_answers(request: Request, route: Route, args: tuple[object, ...]) -> Mapping[str, str]:
    if route.prefill:
        return await route.prefill(request, *args)
    version = await route.unless_changed(request, *args) if route.unless_changed else None
    return (filled_by(version.conflict) if version else None) or {}


async def about_of(request: Request, route: Route, args: tuple[object, ...]) -> Span | None:
    """Return the text that a form is about, to be shown above its questions; None if there is none.

    `route` is the declaration of the form's handler, `args` the values in the button that opens the form.
    """
    return await route.about(request, *args) if route.about else None


async def _unknown_command(router: Router, request: Request, word: str) -> Reply:
    request.opened = ""
    return with_lines_first(
        await router.home(request),
        _("I do not know /{word}. Here is what you can do.", word=word[:32]),
    )


async def _take_text(
    router: Router, request: Request, text: str, composed: Composition | None, dialogue: Dialogue | None
) -> Reply:
    if (dialogue is None or dialogue.expected) and (named := await _take_plain_words(router, request, text)):
        return named
    if dialogue and dialogue.expected and (cry := heard_in(request, text)) and cry.sure:
        return await decide(request, text) or await router.home(request)
    if dialogue:
        whole = composed if _asks_message(router, dialogue) else None
        return await _answer(router, request, dialogue, text if whole is None else whole)
    return await decide(request, text) or await router.home(request)


async def _take_plain_words(router: Router, request: Request, text: str) -> Reply | None:
    """Return the screen that plain words name; None where they name none, or something more pressing is heard."""
    named = router.find_plain_words(text, (request.locale, *request.settings.gathering.locales))
    if named is None or not request.may(named.route.who):
        return None
    cry = heard_in(request, text)
    if cry and cry.phrase and not named.route.hears:
        return None
    authorise(request, named.route)
    _note_opened(request, named.route, named.payload)
    shown = await _run(request, Typed(text), named.payload, named.route, ())
    return _for(request, named.route, shown, named.payload)


async def _take_sent(router: Router, request: Request, sent: Sent, dialogue: Dialogue | None) -> Reply | None:
    platform, chat = request.account.platform, request.account.chat
    if dialogue and _asks_message(router, dialogue):
        if sent.upload is None:
            raise UserError(
                _("Text, pictures and documents only: nothing else reaches everyone. Your draft is kept."),
                buttons=(dialogues.CANCEL,),
            )
        if sent.album and isinstance(sent.composed, Composition):
            await _not_too_late(request, sent.album)
            await album_store.add_part(request.tx, platform, chat, sent.album, sent.place, sent.composed, request.now)
            return None
        return await _answer(router, request, dialogue, sent.composed or sent.upload)
    if sent.caption and dialogue is None and (cry := heard_in(request, clean_lines(sent.caption))) and cry.weak:
        asked = await decide(request, clean_lines(sent.caption))
        return with_lines_last(asked, _FILES_NOT_KEPT) if asked and sent.upload else asked
    taker = None if dialogue else await router.file_taker(request)
    if not taker and sent.album:
        await _not_too_late(request, sent.album)
    if dialogue and sent.upload is not None:
        return await _answer(router, request, dialogue, sent.upload)
    if dialogue:
        raise UserError(_("Text only, please. Your other answers are kept."), buttons=(dialogues.CANCEL,))
    unheard = not sent.caption and (sent.upload is None or _named_by_a_cry(request, sent))  # a voice, for instance
    numbers = request.alarm.numbers(request.settings) if request.alarm and unheard else ()
    if taker:
        take, _reads = taker
        taken = await take(request, sent)
        return with_lines_last(taken, *numbers) if taken else None
    if not await _first_said(request, sent, "text only"):
        return None
    if offered := await offer_forms(request, sent):
        return offered
    return with_lines_first(await router.home(request), _("Text only, please."), *numbers)


def _named_by_a_cry(request: Request, sent: Sent) -> bool:
    """Return whether the name of a file calls for help, which nobody else reads."""
    names = [upload.name.rpartition(".")[0].replace("_", " ") for upload in sent.uploads]
    return any(cry.phrase for name in names if (cry := heard_in(request, clean_lines(name))))


async def _take_located(router: Router, request: Request, located: Located) -> Reply | None:
    """Return the reply to a location: of the screen whose button asked for it, or of the one that was opened last."""
    screen = _screen_of(router, located.payload or request.account.screen)
    if screen:
        authorise(request, screen[1])
    elif located.payload:
        raise Stale
    if located.payload:
        request.opened = located.payload
    if request.alarm is None:
        return None if located.moved else with_lines_first(await router.home(request), _("Text only, please."))
    return await request.alarm.located(request, screen[0] if screen else None, located)


async def _not_too_late(request: Request, album: str) -> None:
    """Raise UserError for a part of an album that was answered already, as one message."""
    if await inbox_store.received(request.tx, request.account.platform, album_id(album)):
        raise UserError(_("This came after the others, so it is missing there. Start again to send them together."))


async def _first_said(request: Request, content: Content, said: str) -> bool:
    """Return True the first time that `said` is about to be answered to a part of an album, or outside an album.

    An album comes in parts, and the same answer is not repeated below each of them. That the answer was given is
    stored.
    """
    if not (isinstance(content, Sent) and content.album):
        return True
    digest = hashlib.sha256(said.encode()).hexdigest()[:16]
    account, update_id = request.account, f"{album_id(content.album)}-{digest}"
    first = await inbox_store.receive(
        request.tx, account.platform, update_id, account.native_id, account.chat, request.now
    )
    if first:
        await inbox_store.mark_answered(request.tx, ((account.platform, update_id),))
    return first


async def takes_files(router: Router, request: Request, content: Content) -> bool:
    """Return whether a file that a person sends now would be used.

    It is used if the form that the person submits, or the question being asked, has a field for files. Without a
    question it is used if the last opened screen takes files, or if a handler takes files sent unasked.
    """
    if isinstance(content, Submitted):
        return await _form_takes_files(router, request, content.payload)
    dialogue = await _dialogue(router, request)
    if screen := _screen_before(router, request, dialogue):
        return screen[1].hears_files
    if dialogue:
        return await _form_takes_files(router, request, dialogue.action, dialogue.step)
    taker = await router.file_taker(request)
    return taker is not None and (taker[1] is None or await taker[1](request))


async def aim(router: Router, request: Request) -> tuple[str, bool]:
    """Return the key of the place that would take words typed now, and whether that place is confidential.

    The place is the question being asked; the last opened screen, if it takes typed words; or something that takes any
    words for a while, such as a phase in which ideas are collected. The key is '' if there is no such place.
    """
    dialogue = await _dialogue(router, request)
    if _screen_before(router, request, dialogue):
        return request.account.screen, True
    if dialogue:
        return f"{dialogue.action} {dialogue.step}", _is_confidential(router, dialogue.action)
    return await router.aim(request), False


async def look(router: Router, request: Request, screen: Offline) -> Sequence[tuple[Span, View]]:
    """Return screens that a person can read without network, as pairs of title and message; nothing is changed.

    `screen` is the name of a command, or a function that returns several such pairs. The function is not called for a
    stranger, for whom the result is empty. Raises Stale or UserError if the person may not open the command's screen.
    """
    if not isinstance(screen, str):
        return await screen(request) if request.person else ()
    payload, route, args = find(router, Called(screen))
    authorise(request, route)
    view = (await _run(request, Called(screen), payload, route, args)).view
    return ((router.commands[screen].description, view),)


async def _form_takes_files(router: Router, request: Request, payload: str, step: int | None = None) -> bool:
    """Return whether this person may use a form and the form reads a file, at the given step (None: at any step)."""
    try:
        route = router.find(payload)[1]
        authorise(request, route)
    except (Stale, UserError):
        return False
    fields = list(form_fields(route.form).values()) if route.form else []
    asked = fields if step is None else fields[step : step + 1]
    if not any(isinstance(field, MessageField | UploadField) for field in asked):
        return False
    return route.reads is None or await route.reads(request)


async def _take_album(router: Router, request: Request, album: str) -> Reply | None:
    """Return the answer to a complete album; None where its sender is no longer asked for a message."""
    whole = await album_store.take_album(request.tx, request.account.platform, request.account.chat, album)
    dialogue = await _dialogue(router, request)
    if dialogue is None or whole is None or not _asks_message(router, dialogue):
        return None
    return await _answer(router, request, dialogue, whole)


def _asks_message(router: Router, dialogue: Dialogue) -> bool:
    form = router.find(dialogue.action)[1].form
    return form is not None and isinstance(list(form_fields(form).values())[dialogue.step], MessageField)


async def _dialogue(router: Router, request: Request) -> Dialogue | None:
    """Return the form whose questions a chat is being asked; None where there is none.

    A form of an older version of the program, which no longer exists, counts as none.
    """
    dialogue = await dialogue_store.current(
        request.tx, request.account.platform, request.account.form_chat, request.now
    )
    if dialogue is None or dialogue.step == dialogue_store.DRAFT_ONLY:
        return None
    try:
        form = router.find(dialogue.action)[1].form
    except Stale:
        return None
    return dialogue if form is not None and dialogue.step < len(form_fields(form)) else None


async def _answer(
    router: Router, request: Request, dialogue: Dialogue, raw: Raw | None, step: int | None = None
) -> Reply:
    action, route = router.find(dialogue.action)
    if route.form is None:
        raise Stale
    authorise(request, route)
    filled = await dialogues.answer(request, route.form, dialogue, raw, step)
    if isinstance(filled, Reply):
        return _for(request, route, filled)
    typed = dict(dialogue.draft)
    if raw is not None:
        last = markdown.write(raw.body) if isinstance(raw, Composition) else words_of(raw)
        typed[list(form_fields(route.form))[dialogue.step]] = last or ""
    return _for(request, route, await _submit(request, dialogue.action, route, filled, typed, route.carried(action)))


async def refused(
    router: Router, request: Request, content: Content, refusal: UserError, *, confidential: bool
) -> Reply | None:
    """Return the reply to something that a handler refused; None for part of an album whose refusal was already sent.

    An Incomplete refusal says that one answer of a form is wrong. If the platform showed the whole form, the form is
    offered again: by a button, or with the problem shown in the form itself. If the form is asked question by question,
    the question with the wrong answer is asked again. The refusal rolled back the stored answers too; they are stored
    again unless they are `confidential`.
    """
    if isinstance(refusal, Incomplete) and isinstance(content, Submitted):
        form = router.find(content.payload)[1].form
        label = form_fields(form)[refusal.field].label if form else ""
        typed = None if confidential else typed_in(content)
        again = await form_again(request, Payload(content.payload), typed, label, refusal.text, buttons=refusal.buttons)
        return replace(again, wrong=(refusal.field, refusal.text))
    if not await _first_said(request, content, plain(refusal.text, request.reader)):
        return None
    if isinstance(refusal, Incomplete) and (asked := await _ask_again(router, request, content, refusal)):
        return asked
    return reply(refusal.text, buttons=refusal.buttons, fresh=True)


async def _ask_again(router: Router, request: Request, content: Content, refusal: Incomplete) -> Reply | None:
    """Go back to a question whose answer was refused once the form was complete; None where no dialogue asked it.

    The last answer, in `content`, is kept like the earlier ones.
    """
    dialogue = await _dialogue(router, request)
    form = router.find(dialogue.action)[1].form if dialogue else None
    if dialogue is None or form is None:
        return None
    match content:
        case Typed(last) | Picked(_, (last, *_)):
            answer = "" if form.confidential else last
        case Pressed(payload) if payload.startswith(f"{dialogues.SkipField.code}-"):
            answer = ""
        case _:
            return await dialogues.ask_again(request, form, dialogue, refusal)
    answered = list(form_fields(form))[dialogue.step]
    dialogue = replace(dialogue, draft={**dialogue.draft, answered: answer})
    return await dialogues.ask_again(request, form, dialogue, refusal)


async def _press_in_dialogue(router: Router, request: Request, payload: str, value: str) -> Reply:
    pressed = dialogues.decode(payload)
    dialogue = await _dialogue(router, request)
    if isinstance(pressed, dialogues.CancelForm):
        await dialogue_store.end(request.tx, request.account.platform, request.account.form_chat)
        request.opened = ""
        return with_lines_first(await router.home(request), _("Cancelled, nothing was changed."))
    if dialogue is None:
        raise Stale
    _note_opened(request, router.find(dialogue.action)[1], dialogue.action)
    answer = None if isinstance(pressed, dialogues.KeepAnswer) else value
    return await _answer(router, request, dialogue, answer, pressed.step)


def authorise(request: Request, route: Route) -> None:
    """Check that a person may use a route, the declaration of a handler and of who may use it.

    Raises Stale for a stranger, UserError without the role, and Unconfirmed if the browser must first be confirmed.
    """
    request.require(route.who)
    if route.form is not None:  # one whose answers would be refused is not opened
        request.require_may_change(route.handler)
