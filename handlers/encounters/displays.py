"""The display on a wall that shows which seating is going on, and until when."""

from __future__ import annotations

from datetime import datetime

from bot.content.scenes import Scene, SceneClock, ScenePart
from bot.content.texts import Moment, _, _n
from bot.conversation import display_store
from bot.conversation.displays import Display
from bot.database.engine import Transaction
from handlers.encounters import store
from handlers.encounters.service import SCREEN
from handlers.programme.store import find_session


async def draw(tx: Transaction, subject: str, _now: datetime) -> Scene | None:
    """Return what a wall shows of a session of encounters, whose id is `subject`; None if it was deleted."""
    encounter = await store.find(tx, int(subject))
    session = await find_session(tx, encounter.session_id) if encounter else None
    if encounter is None or session is None:
        return None
    if encounter.ended_at is not None:
        return Scene("words", heading=_("Encounters"), title=_("Thank you!"))
    tables = (await store.seats_of(tx, encounter)).seatings[max(0, encounter.seating - 1)]
    busy = sum(bool(table.people) for table in tables)
    entry = await display_store.entry_of(tx, SCREEN, subject)
    if not encounter.seating:
        begins = _("The encounters begin at {time}", time=Moment(session.plan.starts, "time"))
        return Scene("quote", heading=_("Encounters"), title=begins, entry=entry)
    return Scene(
        "quote",
        heading=_("Encounters"),
        title=_("Encounter {number} of {count}", number=encounter.seating, count=encounter.seatings),
        parts=(ScenePart("", _("Your chat tells you your table, and whom you meet.")),),
        clock=SceneClock(_("Time left"), encounter.ends_at) if encounter.ends_at else None,
        after=""
        if encounter.seating == encounter.seatings
        else _("Then: encounter {number}", number=encounter.seating + 1),
        figures=(_n("{count} table", "{count} tables", busy),),
        entry=entry,
    )


WALL = Display(
    kind=SCREEN,
    draw=draw,
    reopened=_("Organisers open another one with /cafes."),
    tables=frozenset({"encounters", "display_links"}),
    busy_tables=frozenset({"encounter_seats", "sessions"}),
)
"""The display of a session of encounters on a wall; its subject is the id of that session."""
