"""The ways to the programme's sessions and to one of them, which every module about editing them offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Request
from handlers.navigation.actions import BACK
from handlers.programme import store
from handlers.programme.model import Session


@dataclass(frozen=True, slots=True)
class EditProgramme(Action):
    """Show the sessions of a day (20270610; 0: the next that has any) to edit one."""

    code: ClassVar[str] = "yo"
    day: int


@dataclass(frozen=True, slots=True)
class PickSession(Action):
    """Choose the session to edit."""

    code: ClassVar[str] = "yp"


@dataclass(frozen=True, slots=True)
class EditSession(Action):
    """Show one session to edit."""

    code: ClassVar[str] = "ys"
    session: int


@dataclass(frozen=True, slots=True)
class AddSession(Action):
    """Open the form of a new session, on a day (20270610; 0: the gathering's first)."""

    code: ClassVar[str] = "yj"
    day: int


@dataclass(frozen=True, slots=True)
class ImportProgramme(Action):
    """Open the form that asks for the file."""

    code: ClassVar[str] = "yi"


SESSIONS = Button(_("Sessions"), EditProgramme(0))


def subject(session: Session) -> str:
    """What the journal calls a session."""
    return f"session:{session.id}"


async def find_session(request: Request, session_id: int) -> Session:
    """A session by id. Raises Stale where there is none any more."""
    session = await store.find_session(request.tx, session_id)
    if session is None:
        raise Stale
    return session


def back_to_session(session: Session) -> tuple[Button, ...]:
    """The ways on from something done to a session."""
    return Button(_("See the session"), EditSession(session.id)), SESSIONS, BACK
