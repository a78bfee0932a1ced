"""Takes the answers to «Are you safe?»: safe, or help needed, and where the person is.

Whoever needs help can say where they are by words, a photo, a fixed or live location or a form, as often as they like.
The functions `hear_…` take what is sent while the screen «I need help», or one that replies to a place, was opened
last.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from bot.content.actions import Action
from bot.content.answers import check_upload
from bot.content.errors import Stale, UserError
from bot.content.features import features_of
from bot.content.forms import Form, Upload, text
from bot.content.names import clean, clean_lines
from bot.content.texts import Moment, Name, Span, Strong, Text, _
from bot.content.views import Button, Reply, reply, with_lines_first
from bot.conversation.incoming import Content, Located, Sent, Typed
from bot.conversation.routes import Request, Routes, in_new_browser
from bot.files.stored_files import digest_of
from bot.people.browser_store import counted_in
from handlers.navigation.actions import HOME
from handlers.trust import service, store
from handlers.trust.actions import EMERGENCY, AnswerHelp, AnswerSafe, LeavePhone, SayWhere
from handlers.trust.messages import danger_line, marked, on_call_line
from handlers.trust.model import LONGEST_PLACE, MOST_PHOTOS, Answer, SafetyCheck, SaidPlace
from handlers.trust.participant.words import ask_about, hear_in_confidence

routes = Routes()

_MOST_BUTTONS = 4
"""How many buttons stand below what is read by somebody who needs help: nobody should have to search."""
AsksWhere = AnswerHelp | SayWhere
"""The actions of the screens on which people are asked where they are."""


class PlaceForm(Form):
    """The form in which a person says, during a safety check, where they are."""

    title: ClassVar[Text] = _("Where are you?")
    confidential: ClassVar[bool] = True  # it stays on no page, in no draft and with no failure: there it would stay
    place: str = text(
        _("Where are you?"), max_length=200, hint=_("Only organisers see it, and it is deleted after a day.")
    )


# --- what is said in the chat itself


async def hear_place(request: Request, action: AsksWhere, words: str) -> Reply:
    """Store the words of a person who needs help in a safety check as the place where they are.

    `action` belongs to the screen that asked for the place. If the person no longer needs to say where they are, the
    words are not stored as a place, and the reply asks what they are for.
    """
    check = await _check_of_place(request, action.check)
    if not await _is_expected(request, check):
        over = _("«Are you safe?» is over for you: the organisers do not read this message.")
        return with_lines_first(await ask_about(request, words), over)
    await service.say_where(request.tx, check, _said(request, words))
    return await _thanks(request, check)


async def hear_sent(request: Request, action: AsksWhere, sent: Sent) -> Reply | None:
    """Store photos of a person who needs help in a safety check, with the words sent with them, as the person's place.

    `action` belongs to the screen that asked for the place. If the person no longer needs to say where they are,
    nothing is stored, and the reply says so. The reply also says which photos cannot be stored, and why. Returns None
    for each further message of an album (photos sent together), because the first one was answered.
    """
    check = await _check_of_place(request, action.check)
    if not await _is_expected(request, check):
        return _over(check, _("I did not keep this: «Are you safe?» is over for you. Do you still need help?"))
    photos, refusals = _usable(sent)
    room = await _room_for_photos(request)
    if len(photos) > room:
        photos = photos[:room]
        refusals.append(_("You sent many photos in an hour: I keep no more for now. Write where you are."))
    if not await request.keep_files([photo.content for photo in photos]):
        photos = []
        refusals.append(_("Your photo did not get through. Write where you are, or send it again."))
    album = f"album {request.account.platform} {request.account.chat} {sent.album}" if sent.album else ""
    answered = bool(album) and await store.knows_message(request.tx, request.participant.id, album)
    words = sent.caption
    for photo in photos:
        place = replace(_said(request, words), photo=digest_of(photo.content), media_type=photo.media_type)
        await service.say_where(request.tx, check, place, album)
        words = ""
    if words:
        await service.say_where(request.tx, check, _said(request, words), album)
    if answered and not refusals:
        return None
    if photos or sent.caption:
        return await _thanks(request, check, *refusals)
    return _private(*refusals, _asks_where(request), buttons=await _ways(request, check, asking=True))


async def hear_located(request: Request, action: AsksWhere | None, located: Located) -> Reply | None:
    """Store the location of a person who needs help in a safety check.

    `action` belongs to the screen that asked for the place; None if no screen did. The location is not stored, and the
    reply says so, if no screen asked for it or the sender said that they are safe. If the check was closed meanwhile,
    the location is stored, and the reply says that the check is closed. Each new position of a live location replaces
    the former one until the sender is safe, whatever screen they have opened since; None is returned for it.
    """
    key = f"{request.account.platform} {request.account.chat} {located.message}" if located.message else ""
    if located.moved and request.person:
        await service.follow_place(request.tx, _located(request, located), key, moves=located.live)
    if located.moved:
        return None
    if action is None:
        line = _(
            "Nobody got your position, and I do not keep it. I can only pass it on after «I need help», when"
            " the team asks «Are you safe?»."
        )
        return _private(line, buttons=(EMERGENCY, HOME))
    check = await _check_of_place(request, action.check)
    if not await _needs_help(request, check):
        return _over(check, _("I did not keep your position: you said that you are safe. Do you need help?"))
    await service.say_where(request.tx, check, _located(request, located), key if located.live else "")
    if not await _is_expected(request, check):
        return _over(check, _("This check was closed, but your position is on the team's list. Do you need help?"))
    if located.live:
        return await _thanks(request, check, _("Your live position is updated there until you press «I am safe now»."))
    return await _thanks(request, check)


@in_new_browser
async def hear_where(request: Request, action: AsksWhere, content: Content) -> Reply | None:
    """Store what a person sends after «I need help» (words, photos or a location) as the place where they are.

    `action` belongs to the screen that asked for the place. Returns None if no reply is needed.
    """
    match content:
        case Typed(words):
            return await hear_place(request, action, clean_lines(words))
        case Sent():
            return await hear_sent(request, action, content)
        case Located():
            return await hear_located(request, action, content)
    return None


@in_new_browser
async def take_located(request: Request, action: Action | None, located: Located) -> Reply | None:
    """Store a location as the place where the sender needs help, if the sender's screen asks for it.

    `action` is what opened that screen, None if the screen expects no answer. Returns the reply, None if none is
    needed.
    """
    return await hear_located(request, action if isinstance(action, AsksWhere) else None, located)


async def _check_of_place(request: Request, check_id: int) -> SafetyCheck:
    """Return the check for which somebody says where they are.

    In a new browser they ask for help by that, so that nobody learns there what its owner answered elsewhere.
    """
    return await (_answer(request, check_id, "help") if request.waits else _check(request, check_id))


async def _needs_help(request: Request, check: SafetyCheck) -> bool:
    """Return whether the last answer of the person is that they need help; in a new browser they said so there."""
    return request.waits is not None or await _asked_for_help_at(request, check) is not None


async def _is_expected(request: Request, check: SafetyCheck) -> bool:
    """Return whether what the person says now is where they are: they need help, and the check was not closed since."""
    if request.waits:
        return True
    asked_at = await _asked_for_help_at(request, check)
    return asked_at is not None and (check.closed_at is None or asked_at > check.closed_at)


async def _asked_for_help_at(request: Request, check: SafetyCheck) -> datetime | None:
    """Return when the person asked for help, if that stands; None if it does not.

    What they said elsewhere, that they are safe, does not end what was asked for later in an unconfirmed browser.
    """
    person = await store.answer_of(request.tx, check.id, request.participant.id)
    if person is None:
        return None
    if person.answer == "help":
        return person.answered_at
    return person.help_at if person.cried_in(request.here) else None


async def _room_for_photos(request: Request) -> int:
    """Return how many more photos of the person are kept now, from where they send them."""
    since = request.now - timedelta(hours=1)
    counted = counted_in(request.here, MOST_PHOTOS)
    sent = [await store.count_photos_of(request.tx, request.participant.id, since, place) for place, _most in counted]
    return max(0, min(most - count for (_place, most), count in zip(counted, sent, strict=True)))


def _said(request: Request, words: str) -> SaidPlace:
    """Return a place that the person says now in words, of which the beginning is kept."""
    words = clean(words)
    if len(words) > LONGEST_PLACE:
        words = f"{words[: LONGEST_PLACE - 1]}…"
    return SaidPlace(request.participant.id, words, None, None, "", request.now, browser=request.here)


def _located(request: Request, located: Located) -> SaidPlace:
    return replace(_said(request, ""), latitude=located.latitude, longitude=located.longitude)


def _usable(sent: Sent) -> tuple[list[Upload], list[Text]]:
    """Return the photos of a message, and for everything else in it why it cannot be used."""
    photos: list[Upload] = []
    refusals: list[Text] = []
    for upload in sent.uploads:
        try:
            check_upload(upload)
            if not upload.picture:
                raise UserError(_("I cannot show «{name}»: it is not a photo.", name=Name(upload.name)))
        except UserError as refusal:
            refusals.append(refusal.text)
        else:
            photos.append(upload)
    if not sent.uploads:
        refusals.append(_("I cannot show this to the organisers."))
    return photos, refusals


async def _thanks(request: Request, check: SafetyCheck, *lines: Span) -> Reply:
    """Return the answer to a place: organisers read it, with the minute, and the next one is expected."""
    told = _("That is on the organisers' list now, with the time: {time}.", time=Moment(request.now, "time"))
    again = _("If it changes, say it again here. It is deleted after a day.")
    return _private(marked(check, told), *lines, again, buttons=await _ways(request, check))


def _over(check: SafetyCheck, line: Span) -> Reply:
    """Return the question whether somebody still needs help, of whom nothing is expected any more."""
    return _private(
        marked(check, line),
        buttons=(Button(_("I need help"), AnswerHelp(check.id), style="danger"), EMERGENCY, HOME),
    )


def _private(*lines: Span, buttons: tuple[Button, ...]) -> Reply:
    """Return a new message; what it answers stays on no page of the person."""
    return replace(reply(*lines, buttons=buttons, fresh=True), unsaid=True)


# --- the screens


@routes.press(AnswerSafe, hears=hear_in_confidence)
async def answer_safe(request: Request, check_id: int) -> Reply:
    """Store the person's answer to a safety check that they are safe."""
    check = await _answer(request, check_id, "safe")
    person = await store.answer_of(request.tx, check.id, request.participant.id)
    lines: list[Span] = [marked(check, _("Thank you. The organisers read that you are safe."))]
    if person is not None and person.help_at is not None:
        lines.append(_("They can still see that you asked for help."))
    # L10N: a button: take back that one is safe
    return reply(*lines, *_late(check), buttons=(Button(_("No, I need help"), AnswerHelp(check.id)), EMERGENCY, HOME))


@routes.press(AnswerHelp, hears=hear_where, hears_files=True)
@in_new_browser
async def answer_help(request: Request, check_id: int) -> Reply:
    """Store the person's answer to a safety check that they need help, and tell organisers at once."""
    check = await _answer(request, check_id, "help")
    settings = await store.ON_CALL.of(request.tx, request.settings)
    lines: list[Span] = [
        Strong(
            marked(check, _("The organisers are told that you need help. If you are in danger, do not wait for them."))
        ),
        *danger_line(settings),
    ]
    if settings.telephone:
        lines.append(on_call_line(settings))
    return reply(*lines, *_late(check), _asks_where(request), buttons=await _ways(request, check, asking=True))


def _asks_where(request: Request) -> Text:
    """Return the question where somebody is, with the ways of answering it that their platform has."""
    if features_of(request.account.platform).sends_locations:
        return _("Where are you? Write it here, send a photo or your position.")
    return _("Where are you? Write it here, or send a photo.")


async def _ways(request: Request, check: SafetyCheck, *, asking: bool = False) -> tuple[Button, ...]:
    """Return the buttons of whoever needs help; `asking` adds those by which they say where they are."""
    features = features_of(request.account.platform)
    buttons: list[Button] = []
    if features.asks_location:
        # L10N: a button: have one's device say where it is
        label = _("Send my position") if asking else _("Send my position again")
        own = AnswerHelp(check.id)
        buttons.append(Button(label, own, style="primary" if asking else "plain", asks_location=True))
    if asking and features.opens_forms:
        first = not buttons
        buttons.append(Button(_("Say where I am"), SayWhere(check.id), style="primary" if first else "plain"))
    if not await store.phone_of(request.tx, request.participant.id, request.here):
        buttons.append(Button(_("Leave my phone number"), LeavePhone()))
    if not request.unconfirmed:
        buttons.append(Button(_("I am safe now"), AnswerSafe(check.id)))
    return (*buttons, EMERGENCY)[:_MOST_BUTTONS]


def _late(check: SafetyCheck) -> tuple[Span, ...]:
    if check.closed_at is None:
        return ()
    return (_("This check was already closed, but your answer is noted."),)


async def _answer(request: Request, check_id: int, answer: Answer) -> SafetyCheck:
    """Store an answer and return its check. Raises Stale for a check that did not ask the person."""
    check = await _check(request, check_id)
    await service.answer(request.tx, check, request.participant.id, answer, request.now, request.here)
    return check


async def _check(request: Request, check_id: int) -> SafetyCheck:
    check = await store.find_check(request.tx, check_id)
    if check is None or not await store.is_asked(request.tx, check.id, request.participant.id):
        raise Stale
    return check


async def _was_asked(request: Request, check: int) -> None:
    """Raise Stale before the form opens for a check that did not ask the person."""
    await _check(request, check)


@routes.form(SayWhere, PlaceForm, check=_was_asked, hears=hear_where, hears_files=True)
@in_new_browser
async def say_where(request: Request, form: PlaceForm, check_id: int) -> Reply:
    """Store the place that a person typed into the form. Organisers see it for a day on the safety check's list."""
    check = await _check_of_place(request, check_id)
    await service.say_where(request.tx, check, _said(request, form.place))
    return await _thanks(request, check)
