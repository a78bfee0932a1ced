"""Ideas: what people say during a phase, their links, and what hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.database.engine import Row, Transaction
from handlers.workshops.model import Category, Idea, IdeaState
from handlers.workshops.store import COUNTS

COLUMNS = (
    "i.id, i.group_id, i.theme, i.phase, i.author_id, i.territory, i.category, i.text, i.anonymous, i.state,"
    " i.parent_id, i.merged_into, i.hidden, i.created_at"
)
_PLAIN = COLUMNS.replace("i.", "")


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


async def by_message(tx: Transaction, platform: str, chat: str, native_id: str) -> Idea | None:
    """The idea that a message made; None for any other message."""
    row = await tx.one(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.platform = :platform AND i.chat = :chat AND i.native_id = :native_id"
        " AND i.native_id <> ''",
        platform=platform,
        chat=chat,
        native_id=native_id,
    )
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
    album: str = "",
) -> Idea:
    """A new idea, with the theme of the group (else of the author) and the author's territory of this moment.

    `text` is '' for a photo that awaits its line. `message` is what it came as: platform, chat, native id; '' where
    that cannot be edited. `album` joins the photos that were sent together.
    """
    platform, chat, native_id = message
    row = await tx.one(
        "INSERT INTO ideas (group_id, theme, phase, author_id, territory, category, text, stems, anonymous, state,"
        " parent_id, platform, chat, native_id, album, created_at)"
        " SELECT CAST(:group_id AS BIGINT), COALESCE((SELECT g.theme FROM groups g WHERE g.id = :group_id),"
        " (SELECT c.theme FROM choices c WHERE c.participant_id = p.id)), :phase, p.id, p.territory, :category, :text,"
        " :stems, :anonymous, :state, CAST(:parent_id AS BIGINT), :platform, :chat, :native_id, :album, :now"
        f" FROM participants p WHERE p.id = :author RETURNING {_PLAIN}",
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
        album=album,
        now=to_micros(now),
    )
    assert row is not None
    return idea_of_row(row)


# --- what its author changes


async def edit(
    tx: Transaction,
    idea_id: int,
    text: str,
    now: datetime,
    *,
    stems: str,
    category: Category | None = None,
    message: tuple[str, str, str] | None = None,
) -> None:
    """Change the words of an idea; its votes and links stay. None leaves the category, and its message, as they are."""
    await tx.run(
        "UPDATE ideas SET text = :text, stems = :stems, edited_at = :now,"
        " category = COALESCE(CAST(:category AS TEXT), category) WHERE id = :id",
        id=idea_id,
        text=text,
        stems=stems,
        category=category,
        now=to_micros(now),
    )
    if message is not None:
        platform, chat, native_id = message
        await tx.run(
            "UPDATE ideas SET platform = :platform, chat = :chat, native_id = :native_id WHERE id = :id",
            id=idea_id,
            platform=platform,
            chat=chat,
            native_id=native_id,
        )


async def set_state(tx: Transaction, idea_id: int, state: IdeaState) -> None:
    """Withdraw an idea, bring it back, offer one that came late, take it in."""
    await tx.run("UPDATE ideas SET state = :state WHERE id = :id", id=idea_id, state=state)


async def drop_asked(tx: Transaction, idea_id: int) -> None:
    """Forget words whose author says that they are no idea."""
    await tx.run("DELETE FROM ideas WHERE id = :id AND state = 'asked'", id=idea_id)


async def part(tx: Transaction, idea_id: int) -> None:
    """What was merged into an idea stands by itself again."""
    await tx.run("UPDATE ideas SET merged_into = NULL WHERE merged_into = :id", id=idea_id)


async def set_anonymous(tx: Transaction, idea_id: int, anonymous: bool) -> None:
    """Whether others read it without its author's name."""
    await tx.run("UPDATE ideas SET anonymous = :anonymous WHERE id = :id", id=idea_id, anonymous=int(anonymous))


async def set_category(tx: Transaction, idea_id: int, category: Category) -> None:
    """What an idea of a phase that collects facts is."""
    await tx.run("UPDATE ideas SET category = :category WHERE id = :id", id=idea_id, category=category)


# --- lists


async def of_author(tx: Transaction, author_id: int, phase: str) -> Sequence[Idea]:
    """All that someone gave in a phase, in whatever state and group, oldest first."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.author_id = :author AND i.phase = :phase ORDER BY i.id",
        author=author_id,
        phase=phase,
    )
    return [idea_of_row(row) for row in rows]


async def of_group(tx: Transaction, group_id: int, phase: str) -> Sequence[Idea]:
    """All that count in a group's phase, oldest first."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.group_id = :group AND i.phase = :phase AND {COUNTS} ORDER BY i.id",
        group=group_id,
        phase=phase,
    )
    return [idea_of_row(row) for row in rows]


async def spoken(tx: Transaction, group_id: int, phase: str) -> set[int]:
    """Who gave at least one idea that stands, merged or hidden ones too, in a group's phase; by participant id."""
    rows = await tx.all(
        "SELECT DISTINCT author_id FROM ideas WHERE group_id = :group AND phase = :phase AND state = 'live'"
        " AND author_id IS NOT NULL",
        group=group_id,
        phase=phase,
    )
    return {row["author_id"] for row in rows}


async def stems_of_theme(tx: Transaction, theme: str, phase: str, *, but_group: int) -> Sequence[tuple[int, str]]:
    """Id and stems of all that count in a theme's phase, in groups that read each other's already, but in one group."""
    rows = await tx.all(
        "SELECT i.id, i.stems FROM ideas i JOIN phase_runs r ON r.group_id = i.group_id AND r.phase = i.phase"
        f" WHERE i.theme = :theme AND i.phase = :phase AND i.group_id <> :group AND {COUNTS}"
        " AND r.revealed_at IS NOT NULL ORDER BY i.id",
        theme=theme,
        phase=phase,
        group=but_group,
    )
    return [(row["id"], row["stems"]) for row in rows]


async def built_on(tx: Transaction, idea_id: int) -> int:
    """How many ideas that count build on one."""
    row = await tx.one(f"SELECT COUNT(*) AS n FROM ideas i WHERE i.parent_id = :id AND {COUNTS}", id=idea_id)
    assert row is not None
    return int(row["n"])
