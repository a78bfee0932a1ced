"""What every change of the programme in chat has in common: shown, saved, told, written down, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.content.actions import Action
from bot.content.texts import Localised, Moment, Span, Strong, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Request
from bot.conversation.undo import Values, changed_since, note
from handlers.navigation.changes import inverses
from handlers.navigation.layout import who_was_faster
from handlers.programme import service
from handlers.programme.actions import back_to_session, subject
from handlers.programme.model import Plan, Session
from handlers.programme.service import Changed, difference
from handlers.programme.store import decode_plan, encode_plan


@dataclass(frozen=True, slots=True)
class RestoreSessions(Action):
    """The inverse: sessions as they were."""

    code: ClassVar[str] = "iy"


async def ask(request: Request, session: Session, after: Plan, yes: Button, *others: Button) -> Reply:
    """What a change would tell people, and how many of them, before it is made."""
    told = await service.concerned(request.tx, [(session, after)], request.now, by=request.participant.id)
    said = (difference(session.plan, after), will_be_told(told))
    return reply(*said, buttons=(yes, *others, *back_to_session(session)))


def will_be_told(count: int) -> Span:
    """How many people a change would have told, before it is made."""
    return _n("{count} person will be told.", "{count} people will be told.", count)


async def change(request: Request, session: Session, after: Plan, seen: int, again: Button) -> Reply:
    """Put a plan in the place of a session's, unless somebody changed it since revision `seen`: then both are shown."""
    if after == session.plan:
        return reply(_("Nothing was changed."), buttons=back_to_session(session), toast=_("Already done."))
    if session.revision != seen:
        return reply(
            await who_was_faster(request, subject(session)),
            _("Now: {value}", value=shown(session.plan)),
            buttons=(again, *back_to_session(session)),
        )
    return await save(request, session, after)


async def save(request: Request, session: Session, after: Plan) -> Reply:
    """Put a plan in the place of a session's; what changed, who is told, and the way back."""
    said = difference(session.plan, after)
    moved = await service.change(
        request.tx, [(session, after)], request.now, request.settings.gathering.hours, by=request.participant.id
    )
    return await saved(request, moved, subject(session), said, *back_to_session(session))


async def saved(request: Request, moved: Changed, about: str, said: Span, *others: Button) -> Reply:
    """Write a change of the programme into the journal; what was done, who is told, and the way back."""
    values: dict[str, Any] = {
        "altered": [[before.id, encode_plan(before.plan), encode_plan(after.plan)] for before, after in moved.sessions],
        "added": [[session.id, encode_plan(session.plan)] for session in moved.added],
    }
    undo = await note(request, about, said, RestoreSessions(), values)
    told = (_n("{count} person is told.", "{count} people are told.", moved.told),) if moved.told else ()
    return reply(Strong(said), *told, buttons=(undo, *others), toast=_("Saved."))


def shown(plan: Plan) -> Span:
    """A session in a line, as it is."""
    if plan.cancelled:
        return _("{title}, {time}: cancelled", title=Localised(plan.title), time=Moment(plan.starts))
    values: dict[str, Span] = {"title": Localised(plan.title), "time": Moment(plan.starts)}
    if plan.place:
        return _("{title}: {time}, {place}", **values, place=Localised(plan.place))
    return _("{title}: {time}", **values)


@inverses.declare(RestoreSessions)
async def restore_sessions(request: Request, _action: RestoreSessions, values: Values) -> None:
    """Put sessions back as they were, and tell those who were told otherwise."""
    altered = [(each, decode_plan(before), decode_plan(after)) for each, before, after in values["altered"]]
    added = [(each, decode_plan(plan)) for each, plan in values["added"]]
    by = request.participant.id
    if not await service.take_back(request.tx, altered, added, request.now, request.settings.gathering.hours, by=by):
        raise changed_since()
