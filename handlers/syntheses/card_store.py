"""Territory cards: what members write of a solution in their own country, one a person and group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Row, Transaction
from handlers.syntheses.model import TerritoryCard

_COLUMNS = "c.id, c.group_id, c.participant_id, c.territory, c.present, c.obstacle, c.change, c.carrier"
_CARD = f"SELECT {_COLUMNS} FROM territory_cards c"


def _card(row: Row) -> TerritoryCard:
    return TerritoryCard(
        row["id"],
        row["group_id"],
        row["participant_id"],
        row["territory"],
        row["present"],
        row["obstacle"],
        row["change"],
        row["carrier"],
    )


async def of_group(tx: Transaction, group_id: int) -> Sequence[TerritoryCard]:
    """The cards of a group, oldest first."""
    return [_card(row) for row in await tx.all(f"{_CARD} WHERE c.group_id = :group ORDER BY c.id", group=group_id)]


async def of_person(tx: Transaction, group_id: int, participant_id: int) -> TerritoryCard | None:
    """Someone's card in a group; None before they wrote one."""
    row = await tx.one(
        f"{_CARD} WHERE c.group_id = :group AND c.participant_id = :person", group=group_id, person=participant_id
    )
    return _card(row) if row else None


async def left_behind(tx: Transaction, group_id: int, participant_id: int) -> TerritoryCard | None:
    """The latest card someone wrote in a group they are not in any more, or that is dissolved, besides this group."""
    row = await tx.one(
        f"{_CARD} WHERE c.participant_id = :person AND (c.group_id IS NULL OR (c.group_id <> :group AND NOT EXISTS"
        " (SELECT 1 FROM members m WHERE m.group_id = c.group_id AND m.participant_id = c.participant_id)))"
        " ORDER BY c.updated_at DESC, c.id DESC LIMIT 1",
        group=group_id,
        person=participant_id,
    )
    return _card(row) if row else None


async def put(
    tx: Transaction,
    group_id: int,
    participant_id: int,
    territory: str,
    now: datetime,
    *,
    present: str,
    obstacle: str,
    change: str,
    carrier: str,
) -> None:
    """Someone's card in a group, instead of what they wrote there before."""
    await tx.run(
        "INSERT INTO territory_cards (group_id, participant_id, territory, present, obstacle, change, carrier,"
        " updated_at) VALUES (:group, :person, :territory, :present, :obstacle, :change, :carrier, :now)"
        " ON CONFLICT (group_id, participant_id) DO UPDATE SET territory = excluded.territory,"
        " present = excluded.present, obstacle = excluded.obstacle, change = excluded.change,"
        " carrier = excluded.carrier, updated_at = excluded.updated_at",
        group=group_id,
        person=participant_id,
        territory=territory,
        present=present,
        obstacle=obstacle,
        change=change,
        carrier=carrier,
        now=to_micros(now),
    )


async def bring(tx: Transaction, card_id: int, group_id: int) -> None:
    """Let a card follow its author into a group, where they must have none."""
    await tx.run("UPDATE territory_cards SET group_id = :group WHERE id = :id", id=card_id, group=group_id)


async def territories(tx: Transaction, group_id: int) -> Sequence[str]:
    """The territories of who is in a group and came in, each once, in the order they were put into it; '' for none."""
    rows = await tx.all(
        "SELECT p.territory FROM members m JOIN participants p ON p.id = m.participant_id"
        " WHERE m.group_id = :group AND p.status = 'joined' ORDER BY p.id",
        group=group_id,
    )
    return list(dict.fromkeys(row["territory"] for row in rows))
