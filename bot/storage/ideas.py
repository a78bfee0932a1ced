"""Ideas: what people say during a phase, their links, and what hangs on them."""

from __future__ import annotations

from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.domain.workshops import Category, Idea, IdeaState
from bot.storage.engine import Row, Transaction

COLUMNS = (
    "i.id, i.group_id, i.theme, i.phase, i.author_id, i.territory, i.category, i.text, i.anonymous, i.state,"
    " i.parent_id, i.merged_into, i.hidden, i.created_at"
)
COUNTS = "i.state = 'live' AND i.hidden = 0 AND i.merged_into IS NULL"
"""Which ideas i stand on the wall and in exports by themselves."""


def idea_of_row(row: Row) -> Idea:
    """The idea in a row that selects COLUMNS."""
    return Idea(
        row["id"],
        row["group_id"],
        row["theme"],
        row["phase"],
        row["author_id"],
        row["territory"],
        row["category"],
        row["text"],
        bool(row["anonymous"]),
        row["state"],
        row["parent_id"],
        row["merged_into"],
        bool(row["hidden"]),
        from_micros(row["created_at"]),
    )


async def find(tx: Transaction, idea_id: int) -> Idea | None:
    """An idea by id."""
    row = await tx.one(f"SELECT {COLUMNS} FROM ideas i WHERE i.id = :id", id=idea_id)
    return idea_of_row(row) if row else None


async def add(
    tx: Transaction,
    author_id: int,
    group_id: int | None,
    phase: str,
    text: str,
    now: datetime,
    *,
    stems: str,
    state: IdeaState = "live",
    category: Category = "",
    anonymous: bool = False,
    parent_id: int | None = None,
    message: tuple[str, str, str] = ("", "", ""),
) -> Idea:
    """A new idea, with the theme of the group (else of the author) and the author's territory of this moment.

    `message` is what it came as: platform, chat, native id; '' where that cannot be edited.
    """
    platform, chat, native_id = message
    row = await tx.one(
        "INSERT INTO ideas (group_id, theme, phase, author_id, territory, category, text, stems, anonymous, state,"
        " parent_id, platform, chat, native_id, created_at)"
        " SELECT CAST(:group_id AS BIGINT), COALESCE((SELECT g.theme FROM groups g WHERE g.id = :group_id),"
        " (SELECT c.theme FROM choices c WHERE c.participant_id = p.id)), :phase, p.id, p.territory, :category, :text,"
        " :stems, :anonymous, :state, CAST(:parent_id AS BIGINT), :platform, :chat, :native_id, :now"
        " FROM participants p WHERE p.id = :author RETURNING id",
        group_id=group_id,
        phase=phase,
        author=author_id,
        category=category,
        text=text,
        stems=stems,
        anonymous=int(anonymous),
        state=state,
        parent_id=parent_id,
        platform=platform,
        chat=chat,
        native_id=native_id,
        now=to_micros(now),
    )
    assert row is not None
    idea = await find(tx, row["id"])
    assert idea is not None
    return idea
