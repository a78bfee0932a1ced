"""The answers to «Are you safe?»: safe, or help needed, and perhaps where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.errors import Stale
from bot.content.forms import Form, text
from bot.content.texts import Span, Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Request, Routes
from handlers.navigation.actions import HOME
from handlers.trust import service, store
from handlers.trust.actions import EMERGENCY, AnswerHelp, AnswerSafe, LeavePhone, SayWhere
from handlers.trust.messages import danger_line, marked, on_call_line
from handlers.trust.model import Answer, SafetyCheck
from handlers.trust.settings import SafetySettings

routes = Routes()


@dataclass(frozen=True, slots=True)
class PlaceForm(Form):
    """The form for the place where somebody is who answered a check."""

    title: ClassVar[Text] = _("Where are you?")
    confidential: ClassVar[bool] = True  # it stays on no page, in no draft and with no failure: there it would stay
    place: str = text(_("Where are you?"), max_length=200, hint=_("Only organisers see it, and it goes after a day."))


@routes.action(AnswerSafe)
async def answer_safe(request: Request, action: AnswerSafe) -> Reply:
    """Store that the person is safe."""
    check = await _answer(request, action.check, "safe")
    person = await store.answer_of(request.tx, check.id, request.participant.id)
    lines: list[Span] = [marked(check, _("Thank you. The organisers read that you are safe."))]
    if person is not None and person.help_at is not None:
        lines.append(_("They go on seeing that you asked for help."))
    # L10N: a button: take back that one is safe
    return reply(*lines, *_late(check), buttons=(Button(_("No, I need help"), AnswerHelp(check.id)), EMERGENCY, HOME))


@routes.action(AnswerHelp)
async def answer_help(request: Request, action: AnswerHelp) -> Reply:
    """Store that the person needs help, which organisers are told at once."""
    check = await _answer(request, action.check, "help")
    settings = request.settings.of(SafetySettings)
    lines: list[Span] = [
        Strong(marked(check, _("The organisers are told that you need help. In danger, do not wait for them."))),
        *danger_line(settings),
    ]
    if settings.telephone:
        lines.append(on_call_line(settings))
    phone = await store.phone_of(request.tx, request.participant.id)
    return reply(
        *lines,
        *_late(check),
        buttons=(
            Button(_("Say where I am"), SayWhere(check.id), style="primary"),
            *(() if phone else (Button(_("Leave my telephone number"), LeavePhone()),)),
            Button(_("I am safe now"), AnswerSafe(check.id)),
            EMERGENCY,
        ),
    )


def _late(check: SafetyCheck) -> tuple[Span, ...]:
    if check.closed_at is None:
        return ()
    return (_("This check was closed already. Your answer is written down all the same."),)


async def _answer(request: Request, check_id: int, answer: Answer) -> SafetyCheck:
    """Store an answer and return its check. Raises Stale for a check that did not ask the person."""
    check = await _check(request, check_id)
    await service.answer(request.tx, check, request.participant.id, answer, request.now)
    return check


async def _check(request: Request, check_id: int) -> SafetyCheck:
    check = await store.find_check(request.tx, check_id)
    if check is None or not await store.is_asked(request.tx, check.id, request.participant.id):
        raise Stale
    return check


async def _was_asked(request: Request, action: SayWhere) -> None:
    """Raise Stale before the form opens for a check that did not ask the person."""
    await _check(request, action.check)


@routes.action(SayWhere, form=PlaceForm, before=_was_asked)
async def say_where(request: Request, action: SayWhere, form: PlaceForm) -> Reply:
    """Store where the person is; organisers see it on their list, for a day."""
    check = await _check(request, action.check)
    await service.say_where(request.tx, check, request.participant.id, form.place, request.now)
    return reply(
        marked(check, _("The organisers read where you are. It goes after a day.")),
        buttons=(Button(_("I am safe now"), AnswerSafe(check.id)), EMERGENCY, HOME),
        fresh=True,
    )
