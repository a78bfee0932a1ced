"""Handles the calls for help that a person took when they leave the gathering or lose a role.

These calls are passed on to the organisers at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.content.roles import FACILITATES, Required, Role, Scope
from bot.content.texts import Span, _
from bot.database.engine import Transaction
from bot.people.audiences import parse
from bot.people.declared import AfterMembership
from bot.people.participants import Participant
from handlers.workshops.actions import ShowFacilitators
from handlers.workshops.store import calls


async def _leave(tx: Transaction, person: Participant, _now: datetime, _quiet: bool) -> Mapping[str, Any]:
    """Pass on the calls that a leaving person has taken.

    Returns an empty mapping: there is nothing to store, as undoing the leave does not give the calls back.
    """
    await calls.hand_on_calls(tx, person.id, leaves=True)
    return {}


async def _before_erasing(tx: Transaction, person: Participant, _now: datetime, _texts: bool) -> None:
    """Pass on the calls of a person who is about to be erased, and forget where they made their own."""
    await calls.hand_on_calls(tx, person.id, leaves=True)
    await calls.forget_browsers(tx, person.id)


async def _loses_role(tx: Transaction, person: Participant, _lost: Required, _now: datetime) -> None:
    """Pass on the calls of groups whose workshops the person may no longer run."""
    await calls.hand_on_calls(tx, person.id)


def _is_audience(word: str) -> bool:
    """Return whether a word is the audience of some groups: of all of them, of a theme, or a single one."""
    try:
        return parse(word).kind in ("all", "theme", "group")
    except ValueError:
        return False


async def _describe(tx: Transaction, word: str) -> Span | None:
    audience = parse(word)
    return await audience.words(tx, audience.value)


ROLES = (
    Role(
        FACILITATES,
        # L10N: a role: who runs the workshops of groups
        _("Facilitators"),
        scope=Scope(takes=_is_audience, words=_describe),
        screen=ShowFacilitators(0),
        one=_("Facilitator"),
    ),
)
AFTER_MEMBERSHIP = AfterMembership(leave=_leave, loses_role=_loses_role, before_erasing=_before_erasing)
