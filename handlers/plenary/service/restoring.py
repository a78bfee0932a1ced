"""States of a plenary as the journal stores them, so that each change can be undone for ten minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.clock import instant_or_none, micros_or_none
from handlers.plenary.model.turns import Plenary, PlenaryState, StageTurn


def _plenary_values(plenary: Plenary) -> list[int | None]:
    instants = (plenary.began_at, plenary.planned_end, plenary.paused_at, plenary.ended_at)
    return [plenary.seed, *(micros_or_none(instant) for instant in instants)]


def _turn_values(turn: StageTurn) -> list[Any]:
    instants = (turn.began_at, turn.ends_at, turn.over_at)
    return [turn.position, turn.state, int(turn.passed), *(micros_or_none(instant) for instant in instants)]


def values_of(state: PlenaryState) -> Mapping[str, Any]:
    """Return everything that can change while a plenary is conducted, as JSON values."""
    return {
        "plenary": _plenary_values(state.plenary),
        "turns": {str(turn.key): _turn_values(turn) for turn in state.turns},
    }


def difference(before: PlenaryState, after: PlenaryState) -> Mapping[str, Any]:
    """Return the values before and after a change, as the journal stores them, with only the turns that differ."""
    old, new = values_of(before), values_of(after)
    groups = [group for group, turn in new["turns"].items() if old["turns"].get(group) != turn]
    return {
        "before": {"plenary": old["plenary"], "turns": {group: old["turns"][group] for group in groups}},
        "after": {"plenary": new["plenary"], "turns": {group: new["turns"][group] for group in groups}},
    }


def restored(state: PlenaryState, values: Mapping[str, Any]) -> PlenaryState | None:
    """Return the plenary as it was before a change; None if it was changed again since.

    `values` is what `difference` returned for the change.
    """
    now, before, after = values_of(state), values["before"], values["after"]
    if now["plenary"] != after["plenary"]:
        return None
    if any(now["turns"].get(group) != turn for group, turn in after["turns"].items()):
        return None
    seed, began, planned, paused, ended = before["plenary"]
    plenary = replace(
        state.plenary,
        seed=seed,
        began_at=instant_or_none(began),
        planned_end=instant_or_none(planned),
        paused_at=instant_or_none(paused),
        ended_at=instant_or_none(ended),
    )
    turns = [_as_before(turn, before["turns"].get(str(turn.key))) for turn in state.turns]
    return PlenaryState(plenary, tuple(sorted(turns, key=lambda turn: (turn.position, turn.group_id))))


def _as_before(turn: StageTurn, values: list[Any] | None) -> StageTurn:
    if values is None:
        return turn
    position, turn_state, passed, began, ends, over = values
    return replace(
        turn,
        position=position,
        state=turn_state,
        passed=bool(passed),
        began_at=instant_or_none(began),
        ends_at=instant_or_none(ends),
        over_at=instant_or_none(over),
    )
