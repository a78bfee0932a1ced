"""Finds plenaries for organisers, and stores organisers' changes of a plenary so that they can be undone."""

from __future__ import annotations

from bot.content.errors import UserError, existing
from bot.content.texts import Span, _
from bot.content.views import Button
from bot.conversation.routes import LookAgain, Request, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from handlers.navigation.changes import inverses
from handlers.plenary.actions import PLENARIES, OpenPlenary
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.service.conducting import store_step
from handlers.plenary.service.restoring import difference, restored, values_of
from handlers.plenary.service.telling import call_back_turns, tell_order
from handlers.plenary.store.plenaries import find_state


def version_of(state: PlenaryState) -> StoredVersion:
    """Return the version of a plenary, which its buttons carry.

    If an organiser presses a button with an outdated version, the plenary is only shown as it is now.
    """
    said = _("This has changed in the meantime, so I did nothing more. Here is how it is now.")
    return StoredVersion((values_of(state),), LookAgain(OpenPlenary(state.plenary.id), said=said))


def subject_of(plenary_id: int) -> str:
    """Return the subject (key) under which the journal stores changes of a plenary."""
    return f"plenary:{plenary_id}"


async def find(request: Request, plenary_id: int) -> PlenaryState:
    """Return the plenary with this id. Raises Stale if there is none."""
    return existing(await find_state(request.tx, plenary_id))


async def find_unbegun(request: Request, plenary_id: int) -> PlenaryState:
    """Return the plenary with this id, which has not begun. Raises Stale if there is none, UserError if it began."""
    state = await find(request, plenary_id)
    if state.plenary.began_at is not None:
        raise UserError(_("The plenary has begun: this can no longer be changed."), buttons=(PLENARIES,))
    return state


async def change(request: Request, before: PlenaryState, after: PlenaryState, what: Span) -> Button:
    """Store a change of a plenary and return the button that undoes it; `what` describes it to all organisers."""
    await _store(request, before, after)
    plenary_id = before.plenary.id
    values = difference(before, after)
    return await record_change(request, subject_of(plenary_id), what, restore.to(plenary_id), values)


async def _store(request: Request, before: PlenaryState, after: PlenaryState) -> None:
    """Store what a plenary becomes, and tell groups of their turns where another order is drawn or two are swapped."""
    await store_step(request.tx, before, after, request.now)
    if _order(before) != _order(after):
        await tell_order(request.tx, after.plenary.round, request.now)
    elif after.plenary.running and not before.plenary.running:
        await call_back_turns(request.tx, after.plenary.round)


def _order(state: PlenaryState) -> tuple[object, ...]:
    return state.plenary.seed, [turn.group_id for turn in state.turns]


@inverses.declare("pnr")
async def restore(request: Request, values: Values, plenary: int) -> Undone:
    """Undo a change of a plenary. Raises UserError if it was changed again since."""
    state = await find(request, plenary)
    before = restored(state, values)
    if before is None:
        raise changed_since()
    await _store(request, state, before)
    return Undone(buttons=(Button(_("Back to the plenary"), OpenPlenary(plenary), style="primary"),))
