"""The screen with everything that is needed in an emergency, and the telephone number that people can leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bot.content.actions import Action
from bot.content.forms import Form, Incomplete, text
from bot.content.texts import Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.incoming import Content
from bot.conversation.routes import ANYONE, ORGANISER, Go, Request, Routes, in_new_browser
from handlers.navigation.actions import HOME
from handlers.trust import service, store
from handlers.trust.actions import EMERGENCY, TRUST, AnswerHelp, LeavePhone, SayWhere
from handlers.trust.messages import emergency_lines
from handlers.trust.model import PHONE
from handlers.trust.organiser.on_call import on_call_button
from handlers.trust.participant.answering import hear_where
from handlers.trust.participant.words import hear_in_confidence

routes = Routes()


class PhoneForm(Form):
    """The form for a telephone number that organisers see during a safety check."""

    title: ClassVar[Text] = _("In an emergency")
    confidential: ClassVar[bool] = True  # who takes their number back shall not find it on their page
    phone: str = text(
        _("Your phone number"),
        max_length=30,
        required=False,
        hint=_("With the country code: +33 6 … Only organisers see it, in a safety check. Empty: none."),
    )


async def hear_in_emergency(request: Request, action: Action, content: Content) -> Reply | None:
    """Answer what a person sends while the emergency screen is the last one that they opened.

    If the person needs help in the running safety check, what they send is stored as the place where they are;
    otherwise the bot asks what the words are for. In an unconfirmed browser the bot always asks, because such a browser
    does not show what the owner answered. The bot also asks if help was requested only in an unconfirmed browser: an
    intruder may have done that, and then organisers would read what the owner writes elsewhere.
    """
    check = await store.running_check(request.tx) if request.unconfirmed is None else None
    answer = await store.answer_of(request.tx, check.id, request.person.id) if check and request.person else None
    if check and answer and answer.answer == "help" and not answer.browsers:
        return await hear_where(request, AnswerHelp(check.id), content)
    return await hear_in_confidence(request, action, content)


@routes.command(
    "urgence",
    _("Who to call in an emergency"),
    names={"en": "emergency", "de": "notfall"},
    who=ANYONE,
    plain_words=_("emergency, urgent help, ambulance, police, fire, fire brigade, accident, danger"),
    listed=15,  # in sight of the team as well
    hears=hear_in_emergency,
)
async def show_emergency(request: Request) -> Reply:
    """Show all numbers to call, the organiser on call, and the address to say, on one screen without further steps.

    The screen is always a new message, because words may be waiting in the message whose button was pressed. If an
    unconfirmed browser had just asked a person who needs help for their place, the next thing they send there is still
    stored as that place.
    """
    if request.unconfirmed and request.account.screen.startswith((f"{AnswerHelp.code}-", f"{SayWhere.code}-")):
        request.opened = request.account.screen
    buttons: tuple[Button, ...] = ()
    if request.person is not None:
        phone = await store.phone_of(request.tx, request.person.id, request.here)
        label = _("Change my emergency number") if phone else _("Leave my phone number")
        trust = (TRUST,) if await store.trusted_people(request.tx) else ()
        buttons = (*trust, Button(label, LeavePhone()))
    if request.may(ORGANISER):
        # L10N: a button: ask everybody «Are you safe?»
        buttons = (Button(_("Are you safe?"), Go("securite")), *buttons, await on_call_button(request))
    lines = emergency_lines(await store.ON_CALL.of(request.tx, request.settings))
    return reply(*lines, buttons=(*buttons, HOME), fresh=True)


async def _may_change(request: Request) -> None:
    """Raise Unconfirmed in an unconfirmed browser if a number was left elsewhere: it is neither read nor changed there.

    One that was left in another unconfirmed browser stays beside the one left here.
    """
    if request.unconfirmed and await store.phone_of(request.tx, request.participant.id):
        request.require_owner()


async def _stored_phone(request: Request) -> Mapping[str, str]:
    phone = await store.phone_of(request.tx, request.participant.id, request.here)
    return {"phone": phone} if phone else {}


@routes.form(LeavePhone, PhoneForm, prefill=_stored_phone, check=_may_change, hears=hear_in_emergency, hears_files=True)
@in_new_browser
async def leave_phone(request: Request, form: PhoneForm) -> Reply:
    """Store the telephone number that organisers see during a safety check; an empty form deletes it."""
    if form.phone and not PHONE.fullmatch(form.phone):
        raise Incomplete("phone", _("This is not a phone number. Write it like +33 6 12 34 56 78."))
    await _may_change(request)
    await service.leave_phone(request.tx, request.participant.id, form.phone, request.here)
    if not form.phone:
        return reply(_("Your phone number is not kept."), buttons=(EMERGENCY, HOME))
    return reply(
        _("Your number is kept. Organisers see it only in a safety check."),
        buttons=(*(await _where_help_is_needed(request)), EMERGENCY, HOME),
    )


async def _where_help_is_needed(request: Request) -> tuple[Button, ...]:
    """Return the button to say where one is, for somebody who asked for help in the running check without saying it.

    In a new browser everybody whom the check asks has it, so that nobody learns there what its owner answered.
    """
    check = await store.running_check(request.tx)
    answer = await store.answer_of(request.tx, check.id, request.participant.id) if check else None
    if check is None or answer is None:
        return ()
    needs_help = answer.answer == "help" or answer.cried_in(request.here)
    if not request.waits and (not needs_help or await store.has_place(request.tx, check.id, answer.id)):
        return ()
    return (Button(_("Say where I am"), SayWhere(check.id), style="primary"),)
