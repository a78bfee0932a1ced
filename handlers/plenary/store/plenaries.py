"""Stores plenaries, the turns in them, and when their clocks change next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import micros_or_none, to_micros
from bot.database.engine import Transaction
from handlers.plenary.model.turns import Lengths, Plenary, PlenaryState, StageTurn
from handlers.plenary.store.galleries import rounds_of, save_rounds

_PLENARY = (
    "SELECT id, round, session_id, room, talk, questions, change, seed, began_at, planned_end_at AS planned_end,"
    " paused_at, ended_at, gallery, captions FROM plenaries"
)
_TURN = "SELECT group_id, plenary_id, position, state, passed, began_at, ends_at, over_at, called_at FROM stage_turns"
_ALL = "plenaries"


async def all_plenaries(tx: Transaction) -> Sequence[Plenary]:
    """Return all plenaries in order of preparation, and by room within a session; cached for the transaction.

    A gathering has only a few of them.
    """
    return await tx.cached(_ALL, _read_all)


async def _read_all(tx: Transaction) -> Sequence[Plenary]:
    return await tx.rows(Plenary, f"{_PLENARY} ORDER BY id")


async def running_plenaries(tx: Transaction) -> Sequence[Plenary]:
    """Return the plenaries that have begun and not ended."""
    return [plenary for plenary in await all_plenaries(tx) if plenary.began_at and not plenary.ended_at]


async def find_state(tx: Transaction, plenary_id: int) -> PlenaryState | None:
    """Return a plenary with its turns in order (a gallery with its rounds); None if it does not exist."""
    plenary = await tx.row(Plenary, f"{_PLENARY} WHERE id = :id", id=plenary_id)
    if plenary is None:
        return None
    if plenary.gallery:
        return PlenaryState(plenary, tuple(await rounds_of(tx, plenary_id)))
    turns = await tx.rows(StageTurn, f"{_TURN} WHERE plenary_id = :id ORDER BY position, group_id", id=plenary_id)
    return PlenaryState(plenary, tuple(turns))


async def find_turn(tx: Transaction, group_id: int) -> StageTurn | None:
    """Return the turn of a group; None if the group has none."""
    return await tx.row(StageTurn, f"{_TURN} WHERE group_id = :id", id=group_id)


async def groups_of_plenary(tx: Transaction, plenary_id: int) -> Sequence[int]:
    """Return the ids of the groups of a plenary in order of their turns or, in a gallery, of the tables."""
    return await tx.values(
        int, "SELECT group_id FROM stage_turns WHERE plenary_id = :id ORDER BY position, group_id", id=plenary_id
    )


async def groups_with_a_turn(tx: Transaction) -> Sequence[int]:
    """Return the ids of all groups that have a turn in a plenary, in the order of plenaries and turns."""
    return await tx.values(int, "SELECT group_id FROM stage_turns ORDER BY plenary_id, position, group_id")


async def add_plenary(tx: Transaction, round_number: int, session_id: int, room: int, lengths: Lengths) -> int:
    """Store a plenary without turns, and return its id."""
    tx.invalidate(_ALL)
    return await tx.value(
        int,
        "INSERT INTO plenaries (round, session_id, room, talk, questions, change)"
        " VALUES (:round, :session, :room, :talk, :questions, :change) RETURNING id",
        round=round_number,
        session=session_id,
        room=room,
        talk=lengths.talk,
        questions=lengths.questions,
        change=lengths.change,
    )


async def remove_plenary(tx: Transaction, plenary_id: int) -> None:
    """Delete a plenary with its turns. Questions to groups, reactions and presenters are kept."""
    tx.invalidate(_ALL)
    await tx.run("DELETE FROM plenaries WHERE id = :id", id=plenary_id)


async def set_session(tx: Transaction, plenary_id: int, session_id: int) -> None:
    """Set the session of the programme in which a plenary takes place."""
    tx.invalidate(_ALL)
    await tx.run("UPDATE plenaries SET session_id = :session WHERE id = :id", id=plenary_id, session=session_id)


async def set_lengths(tx: Transaction, plenary_id: int, lengths: Lengths) -> None:
    """Set the lengths of the parts of a plenary's turns."""
    tx.invalidate(_ALL)
    await tx.run(
        "UPDATE plenaries SET talk = :talk, questions = :questions, change = :change WHERE id = :id",
        id=plenary_id,
        talk=lengths.talk,
        questions=lengths.questions,
        change=lengths.change,
    )


async def set_captions(tx: Transaction, plenary_id: int, address: str) -> None:
    """Set the address of the captions of a plenary; '' for none."""
    tx.invalidate(_ALL)
    await tx.run("UPDATE plenaries SET captions = :address WHERE id = :id", id=plenary_id, address=address)


async def set_gallery(tx: Transaction, plenary_id: int, *, gallery: bool, seed: int | None) -> None:
    """Set whether a plenary that has not begun is a gallery.

    `seed` determines who visits which table; None if nothing is drawn yet.
    """
    tx.invalidate(_ALL)
    await tx.run(
        "UPDATE plenaries SET gallery = :gallery, seed = :seed WHERE id = :id",
        id=plenary_id,
        gallery=int(gallery),
        seed=seed,
    )


async def put_turns(tx: Transaction, plenary_id: int, group_ids: Sequence[int]) -> None:
    """Give groups turns in a plenary, in this order. Groups with a turn in another plenary move to this one."""
    await tx.many(
        "INSERT INTO stage_turns (group_id, plenary_id, position) VALUES (:group, :plenary, :position)"
        " ON CONFLICT (group_id) DO UPDATE SET plenary_id = excluded.plenary_id, position = excluded.position",
        [
            {"group": group_id, "plenary": plenary_id, "position": position}
            for position, group_id in enumerate(group_ids)
        ],
    )


async def remove_turns(tx: Transaction, group_ids: Sequence[int]) -> None:
    """Delete the turns of groups, together with their outcome, so that the groups can have turns in another plenary."""
    await tx.many("DELETE FROM stage_turns WHERE group_id = :group", [{"group": group_id} for group_id in group_ids])


async def save_state(tx: Transaction, before: PlenaryState, after: PlenaryState, now: datetime) -> None:
    """Store what changed between two states of one plenary, and when its clocks are next updated."""
    tx.invalidate(_ALL)
    plenary = after.plenary
    await tx.run(
        "UPDATE plenaries SET seed = :seed, began_at = :began, planned_end_at = :planned, paused_at = :paused,"
        " ended_at = :ended, tick_at = :tick WHERE id = :id",
        id=plenary.id,
        seed=plenary.seed,
        began=micros_or_none(plenary.began_at),
        planned=micros_or_none(plenary.planned_end),
        paused=micros_or_none(plenary.paused_at),
        ended=micros_or_none(plenary.ended_at),
        tick=micros_or_none(after.next_tick(now)),
    )
    known = set(before.turns)
    changed = [turn for turn in after.turns if turn not in known]
    if plenary.gallery:
        await save_rounds(tx, changed)
    else:
        await _save_turns(tx, changed)


async def _save_turns(tx: Transaction, turns: Sequence[StageTurn]) -> None:
    await tx.many(
        "UPDATE stage_turns SET position = :position, state = :state, passed = :passed, began_at = :began,"
        " ends_at = :ends, over_at = :over WHERE group_id = :group",
        [
            {
                "group": turn.group_id,
                "position": turn.position,
                "state": turn.state,
                "passed": int(turn.passed),
                "began": micros_or_none(turn.began_at),
                "ends": micros_or_none(turn.ends_at),
                "over": micros_or_none(turn.over_at),
            }
            for turn in turns
        ],
    )


async def mark_called(tx: Transaction, group_id: int, now: datetime) -> bool:
    """Store that the presenters of a group were called on stage. Returns False if they were called before."""
    return bool(
        await tx.run(
            "UPDATE stage_turns SET called_at = :now WHERE group_id = :group AND called_at IS NULL",
            group=group_id,
            now=to_micros(now),
        )
    )


async def set_tick(tx: Transaction, plenary_id: int, tick_at: datetime | None) -> None:
    """Store when the clocks on the screens of a plenary are updated next; None for never."""
    await tx.run("UPDATE plenaries SET tick_at = :tick WHERE id = :id", id=plenary_id, tick=micros_or_none(tick_at))


async def next_tick(tx: Transaction) -> datetime | None:
    """Return when the clocks of any plenary are next updated; None if none is running."""
    return await tx.value_or_none(datetime, "SELECT MIN(tick_at) FROM plenaries WHERE tick_at IS NOT NULL")


async def due_tick(tx: Transaction, now: datetime) -> int | None:
    """Return the id of the plenary whose clocks wait longest for an update; None if no update is due."""
    return await tx.value_or_none(
        int,
        "SELECT id FROM plenaries WHERE tick_at IS NOT NULL AND tick_at <= :now ORDER BY tick_at, id LIMIT 1",
        now=to_micros(now),
    )
