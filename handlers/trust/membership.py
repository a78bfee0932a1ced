"""Ends what is stored about trust when somebody leaves or is erased, and again after a backup is restored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.content.roles import Required, Role
from bot.content.texts import _
from bot.database.engine import Transaction
from bot.people.declared import AfterMembership, Declared, Ending
from bot.people.participants import Participant
from handlers.trust import service, store
from handlers.trust.actions import NameTrusted
from handlers.trust.model import TRUSTED


async def _leave(tx: Transaction, person: Participant, now: datetime, _quiet: bool) -> Mapping[str, Any]:
    """End that somebody who leaves is a trusted person. Coming back does not make them one again."""
    await service.end_trust(tx, person.id, now, tell=False)
    return {}


async def _renewed(tx: Transaction, person: Participant, now: datetime) -> None:
    """Keep what was confided from whoever comes in by a new invitation, who might be its maker.

    Somebody who gets one is no trusted person any more, and does not read the conversations that they began.
    """
    await service.end_trust(tx, person.id, now)
    await service.close_all_of(tx, person.id, now)


async def _before_erasing(tx: Transaction, person: Participant, now: datetime, _texts: bool) -> None:
    """Erase the conversations that somebody began, on both sides, and free those in which they were trusted.

    The lists of checks that asked them are drawn again, without them and where they said that they are.
    """
    await service.forget_all_of(tx, person.id, now)
    await service.show_anew(tx, person.id)


async def _loses_role(tx: Transaction, person: Participant, lost: Required, now: datetime) -> None:
    """Free the conversations of somebody who is a trusted person no more."""
    if lost in ROLES:
        await service.free_conversations(tx, person.id, now)


AFTER_MEMBERSHIP = AfterMembership(
    leave=_leave, loses_role=_loses_role, renewed=_renewed, before_erasing=_before_erasing
)
ROLES = (
    Role(
        TRUSTED,
        _("Trusted people"),
        organisers_too=False,
        check=service.check_trusted,
        screen=NameTrusted(),
        one=_("Trusted person"),
    ),
)


async def _erase(tx: Transaction, _declared: Declared, whats: Collection[str], now: datetime) -> int:
    """Erase conversations that were erased for both."""
    found = [await store.find_conversation(tx, int(what)) for what in whats]
    there = [conversation for conversation in found if conversation]
    for conversation in there:
        await service.erase_conversation(tx, conversation, now)
    return len(there)


async def _close(tx: Transaction, _declared: Declared, whats: Collection[str], now: datetime) -> int:
    """Close conversations for who began them, whose invitation was renewed."""
    found = [await store.find_conversation(tx, int(what)) for what in whats]
    open_ones = [conversation for conversation in found if conversation and not conversation.closed]
    for conversation in open_ones:
        await service.close_conversation(tx, conversation, now)
    return len(open_ones)


async def _forget(tx: Transaction, _declared: Declared, whats: Collection[str], _now: datetime) -> int:
    """Delete waiting words again that were forgotten."""
    return await store.forget_again(tx, whats)


async def _close_checks(tx: Transaction, _declared: Declared, whats: Collection[str], now: datetime) -> int:
    """Close safety checks that were closed, so that a restore does not ask everybody again whether they are safe."""
    found = [await store.find_check(tx, int(what)) for what in whats]
    return sum([await service.close_check(tx, check, now) for check in found if check])


ENDINGS: Sequence[Ending] = (
    Ending(kind=store.ERASED_ENDING, again=_erase),
    Ending(kind=store.CLOSED_ENDING, again=_close),
    Ending(kind=store.FORGOTTEN_ENDING, again=_forget),
    Ending(kind=store.CHECK_ENDING, again=_close_checks),
)
