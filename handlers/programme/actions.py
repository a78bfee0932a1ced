"""Buttons that lead to the programme's sessions, shared by every module about editing them."""

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
    """The button that shows the sessions of a day to edit (20270610; 0: the next day that has any)."""

    code: ClassVar[str] = "yo"
    day: int


@dataclass(frozen=True, slots=True)
class PickSession(Action):
    """The choice of the session to edit."""

    code: ClassVar[str] = "yp"


@dataclass(frozen=True, slots=True)
class EditSession(Action):
    """The button that opens one session to edit."""

    code: ClassVar[str] = "ys"
    session: int


@dataclass(frozen=True, slots=True)
class AddSession(Action):
    """The button that opens the form of a new session, on a day (20270610; 0: the gathering's first)."""

    code: ClassVar[str] = "yj"
    day: int


@dataclass(frozen=True, slots=True)
class ImportProgramme(Action):
    """The button that opens the form for a programme's file."""

    code: ClassVar[str] = "yi"


SESSIONS = Button(_("Sessions"), EditProgramme(0))


def subject(session: Session) -> str:
    """Return the journal's subject for a session."""
    return f"session:{session.id}"


async def find_session(request: Request, session_id: int) -> Session:
    """Return the session with this id. Raises Stale if it was deleted."""
    session = await store.find_session(request.tx, session_id)
    if session is None:
        raise Stale
    return session


def back_to_session(session: Session) -> tuple[Button, ...]:
    """Return the buttons shown after a change of a session: to the session and to the programme."""
    return Button(_("See the session"), EditSession(session.id)), SESSIONS, BACK
