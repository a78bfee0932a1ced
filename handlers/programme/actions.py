"""Buttons that open organisers' screens about the programme's sessions, for every module that shows them."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.errors import existing
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Request
from handlers.navigation.actions import BACK
from handlers.programme import store
from handlers.programme.model import Session


class EditProgramme(Action, code="yo"):
    """The organisers' button that opens the list of a day's sessions.

    `day` is a number such as 20270610; 0 stands for the next day that has sessions.
    """

    day: int


class EditSession(Action, code="ys"):
    """The button that opens one session for editing; `session` is its id."""

    session: int


class AddSession(Action, code="yj"):
    """The button that opens the form for a new session.

    The form suggests `day`, a number such as 20270610; 0 stands for the first day of the gathering. If this day has
    passed, an hour typed without a day means today.
    """

    day: int


SESSIONS = Button(_("Sessions"), EditProgramme(0))


def subject(session: Session) -> str:
    """Return the key under which the journal of organisers' changes stores the changes of this session."""
    return f"session:{session.id}"


async def find_session(request: Request, session_id: int) -> Session:
    """Return the session with this id. Raises Stale if it was deleted."""
    return existing(await store.find_session(request.tx, session_id))


def back_to_session(session: Session) -> tuple[Button, ...]:
    """Return the buttons shown after a session was changed: to the session, the programme, the organisers' screen."""
    return Button(_("See the session"), EditSession(session.id)), SESSIONS, BACK
