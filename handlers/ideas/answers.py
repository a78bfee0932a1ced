"""Answers to what equality asks of capabilities above it: what organisers can do about a difference in ideas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.views import Button
from bot.database.engine import Transaction
from bot.people.participants import Participant
from handlers.groups.service.membership import is_over
from handlers.groups.store.rounds import all_rounds
from handlers.ideas.organiser import LEAVE_NAMES_OUT
from handlers.ideas.store import naming
from handlers.workshops.store.progress import progress


async def remedies(tx: Transaction, person: Participant, now: datetime) -> Sequence[Button]:
    """Return the button that leaves names out beside new ideas; none for others than organisers, or where it is so.

    It is there while ideas are still to come: in a round (one day's groups) whose phases have not all ended.
    """
    if not person.organises or await naming.unnamed_by_default(tx):
        return ()
    rounds = [round_ for round_ in await all_rounds(tx) if round_.published and not is_over(round_, now)]
    to_come = [round_ for round_ in rounds if not (await progress(tx, round_.number)).over]
    return (LEAVE_NAMES_OUT,) if to_come else ()
