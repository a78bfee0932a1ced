"""Reads the groups and themes to which a person belongs, whose ideas they may read."""

from __future__ import annotations

from bot.database.engine import Transaction


async def is_member(tx: Transaction, participant_id: int, group_id: int) -> bool:
    """Return whether a person is a member of a group."""
    return await tx.exists(
        "SELECT 1 FROM members m WHERE m.participant_id = :person AND m.group_id = :group",
        person=participant_id,
        group=group_id,
    )


async def is_in_group_or_theme(tx: Transaction, participant_id: int, group_id: int, theme: str | None) -> bool:
    """Return whether a person is a member of this group, or of any group of a theme.

    `theme` is the theme's key; with None, only the group counts.
    """
    return await tx.exists(
        "SELECT 1 FROM members m JOIN groups g ON g.id = m.group_id WHERE m.participant_id = :person"
        " AND (g.id = :group OR g.theme = CAST(:theme AS TEXT))",
        person=participant_id,
        group=group_id,
        theme=theme,
    )


async def runs_theme(tx: Transaction, participant_id: int, theme: str | None) -> bool:
    """Return whether a person runs the workshops of all groups of a theme.

    `theme` is the theme's key; None asks for all groups of all themes.
    """
    return await tx.exists(
        "SELECT 1 FROM roles f WHERE f.participant_id = :person AND f.role = 'facilitator'"
        " AND f.scope IN ('all', :theme)",
        person=participant_id,
        theme=f"theme:{theme}" if theme else "all",
    )
