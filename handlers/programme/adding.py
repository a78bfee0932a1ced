"""A session added in chat: what stands in no file yet, a lunch that moved in or an evening someone offers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

from bot.content.errors import UserError
from bot.content.forms import Form, Incomplete, choice, text
from bot.content.keys import key_like
from bot.content.texts import Text, _
from bot.content.views import Option, Reply
from bot.conversation.routes import ORGANISER, Request, Routes
from handlers.programme import service, store
from handlers.programme.actions import SESSIONS, AddSession, back_to_session, subject
from handlers.programme.messages import KIND_NAMES
from handlers.programme.model import KINDS, Plan
from handlers.programme.programme_files import LONGEST, MOST_SESSIONS, Refused, Rejected
from handlers.programme.refusals import explain
from handlers.programme.saving import saved, shown
from handlers.programme.table_files import Clock

routes = Routes()

_LONGEST_KEY = 40


@dataclass(frozen=True, slots=True)
class SessionForm(Form):
    """A new session, for everyone; its title in other languages is added afterwards."""

    title: ClassVar[Text] = _("A new session")
    name: str = text(_("What takes place?"), max_length=LONGEST)
    starts: str = text(_("From when?"), max_length=60, hint=_("«14:30», or with its day: «11 June 14:30»."))
    ends: str = text(_("Until when?"), max_length=60, hint=_("«15:30»"))
    place: str = text(_("Where?"), max_length=LONGEST, required=False, hint=_("Empty: not known yet."))
    kind: str = choice(_("What kind?"), [Option(kind, KIND_NAMES[kind]) for kind in KINDS])


async def _with_its_day(_request: Request, action: AddSession) -> Mapping[str, str]:
    day = str(action.day)
    return {"starts": f"{day[:4]}-{day[4:6]}-{day[6:]} " if action.day else "", "kind": "other"}


@routes.action(AddSession, who=ORGANISER, form=SessionForm, before=_with_its_day)
async def add_session(request: Request, action: AddSession, form: SessionForm) -> Reply:
    """Add a session for everyone. Nobody is told at once: it stands in the programme, and its reminders come."""
    known = await store.all_sessions(request.tx)
    if len(known) >= MOST_SESSIONS:
        raise UserError(
            _(
                "The programme has {most} sessions, as many as there may be. Change one that is there.",
                most=MOST_SESSIONS,
            ),
            buttons=(SESSIONS,),
        )
    plan = _plan(request, action, form, {session.plan.key for session in known})
    if plan.ends <= request.now:
        raise Incomplete("starts", _("That is past. Add the day if you mean a later one."))
    added = await service.add(request.tx, plan, request.now)
    said = _("Session added: {session}", session=shown(added.added[0].plan))
    session = added.added[0]
    return await saved(request, added, subject(session), said, *back_to_session(session))


def _plan(request: Request, action: AddSession, form: SessionForm, taken: Collection[str]) -> Plan:
    """What was typed, in the zone of the gathering. Raises Incomplete."""
    gathering = request.settings.gathering
    day = str(action.day)
    clock = Clock(gathering.zone, gathering.starts.year)
    field = "starts"
    try:
        usual = f"{day[:4]}-{day[4:6]}-{day[6:]}" if action.day else gathering.starts.isoformat()
        starts = clock.read(form.starts, usual)
        field = "ends"
        ends = clock.read(form.ends, "", after=starts)
    except Refused as refusal:
        raise Incomplete(field, explain(Rejected(0, "", refusal.reason, refusal.values))) from None
    if ends <= starts:
        raise Incomplete("ends", _("It ends before it begins."))
    locale: str = request.locale if request.locale in gathering.locales else gathering.locales[0]
    place: dict[str, str] = {locale: form.place} if form.place else {}
    kind = next(kind for kind in KINDS if kind == form.kind)
    key = key_like(form.name, taken, mark="-", longest=_LONGEST_KEY, otherwise="session")
    return Plan(key, {locale: form.name}, starts, ends, gathering.zone, place, kind)
