"""Stores the ideas themselves: their words, and their authors' changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from handlers.ideas.store import endings
from handlers.workshops.model import Category, Idea, IdeaState
from handlers.workshops.store.ideas import counts

COLUMNS = (
    "i.id, i.group_id, i.theme, i.phase, i.author_id, i.territory, i.category, i.text, i.anonymous, i.state,"
    " i.parent_id, i.merged_into, i.hidden, i.created_at"
)
_PLAIN = COLUMNS.replace("i.", "")


async def find_idea(tx: Transaction, idea_id: int) -> Idea | None:
    """Return the idea with this id; None if there is none."""
    return await tx.row(Idea, f"SELECT {COLUMNS} FROM ideas i WHERE i.id = :id", id=idea_id)


async def was_given_in(tx: Transaction, idea_id: int, browser: str) -> bool:
    """Return whether an idea was given in the unconfirmed browser with the id `browser`; '' for any other place."""
    return await tx.exists("SELECT 1 FROM ideas WHERE id = :id AND browser = :browser", id=idea_id, browser=browser)


async def find_by_message(tx: Transaction, platform: str, chat: str, native_id: str) -> Idea | None:
    """Return the idea whose text is in a message; None for any other message.

    The message is identified by its platform, its chat and `native_id`, its id on the platform.
    """
    return await tx.row(
        Idea,
        f"SELECT {COLUMNS} FROM ideas i WHERE i.platform = :platform AND i.chat = :chat AND i.native_id = :native_id"
        " AND i.native_id <> ''",
        platform=platform,
        chat=chat,
        native_id=native_id,
    )


async def add_idea(
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
    browser: str = "",
) -> Idea:
    """Store an idea, with the theme of its group (of its author without a group) and the author's present territory.

    `text` is '' for a photo whose line of text is awaited. `stems` are the beginnings of the text's words, separated by
    blanks. An `anonymous` idea is shown without its author. `parent_id` is the id of the idea that this one builds on.
    `message` identifies the message that contained the text, by platform, chat and id on the platform; all are '' if no
    message can be edited. `album` identifies photos that were sent together. `browser` is the id of the unconfirmed
    browser in which the idea was given, '' for any other place.
    """
    platform, chat, native_id = message
    [added] = await tx.rows(
        Idea,
        "INSERT INTO ideas (group_id, theme, phase, author_id, territory, category, text, stems, anonymous, state,"
        " parent_id, platform, chat, native_id, album, browser, created_at)"
        " SELECT CAST(:group_id AS BIGINT), COALESCE((SELECT g.theme FROM groups g WHERE g.id = :group_id),"
        " (SELECT c.theme FROM choices c WHERE c.participant_id = p.id)), :phase, p.id, p.territory, :category, :text,"
        " :stems, :anonymous, :state, CAST(:parent_id AS BIGINT), :platform, :chat, :native_id, :album, :browser, :now"
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
        browser=browser,
        now=to_micros(now),
    )
    return added


async def edit_idea(
    tx: Transaction,
    idea_id: int,
    text: str,
    now: datetime,
    *,
    stems: str,
    category: Category | None = None,
    message: tuple[str, str, str] | None = None,
) -> None:
    """Change the text of an idea. Its votes and links to other ideas stay.

    `stems` are the beginnings of the new text's words, separated by blanks. `message` identifies the message that
    contains the text, by platform, chat and id on the platform. If `category` or `message` is None, it is not changed.
    If an organiser decided that the idea is printed and exported, the decision is deleted, because it was about the
    earlier words.
    """
    await tx.run(
        "UPDATE ideas SET text = :text, stems = :stems, edited_at = :now,"
        " category = COALESCE(CAST(:category AS TEXT), category),"
        " printed = CASE WHEN printed = 1 AND text <> :text THEN NULL ELSE printed END WHERE id = :id",
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


async def set_idea_state(tx: Transaction, idea_id: int, state: IdeaState) -> None:
    """Set the state of an idea, such as «live» (given in time), «late» or «withdrawn»."""
    await tx.run("UPDATE ideas SET state = :state WHERE id = :id", id=idea_id, state=state)


async def delete_idea(tx: Transaction, idea_id: int) -> None:
    """Delete an idea with its votes and files. Ideas built on it or merged into it become ideas of their own."""
    await tx.run("DELETE FROM ideas WHERE id = :id", id=idea_id)
    await endings.record(tx, "deleted", idea_id)


async def separate_merged(tx: Transaction, idea_id: int) -> None:
    """Separate an idea from all ideas that were merged into it."""
    await tx.run("UPDATE ideas SET merged_into = NULL WHERE merged_into = :id", id=idea_id)


async def set_anonymous(tx: Transaction, idea_id: int, anonymous: bool) -> None:
    """Set whether other people read an idea without its author's name."""
    await tx.run("UPDATE ideas SET anonymous = :anonymous WHERE id = :id", id=idea_id, anonymous=int(anonymous))
    await endings.record(tx, "anonymous", idea_id, back=not anonymous)


async def set_category(tx: Transaction, idea_id: int, category: Category) -> None:
    """Set the category of an idea."""
    await tx.run("UPDATE ideas SET category = :category WHERE id = :id", id=idea_id, category=category)


async def ideas_of_author(tx: Transaction, author_id: int, phase: str) -> Sequence[Idea]:
    """Return all ideas of an author in a phase, in any state and group, oldest first."""
    return await tx.rows(
        Idea,
        f"SELECT {COLUMNS} FROM ideas i WHERE i.author_id = :author AND i.phase = :phase ORDER BY i.id",
        author=author_id,
        phase=phase,
    )


async def ideas_of_group(tx: Transaction, group_id: int, phase: str) -> Sequence[Idea]:
    """Return a group's ideas in a phase, oldest first, without late, withdrawn, hidden and merged ones."""
    return await tx.rows(
        Idea,
        f"SELECT {COLUMNS} FROM ideas i WHERE i.group_id = :group AND i.phase = :phase AND {counts('i')} ORDER BY i.id",
        group=group_id,
        phase=phase,
    )


async def latest_phase(tx: Transaction, author_id: int) -> str | None:
    """Return the key of the phase in which a participant gave their latest idea; None if they gave none."""
    return await tx.value_or_none(
        str, "SELECT phase FROM ideas WHERE author_id = :author ORDER BY id DESC LIMIT 1", author=author_id
    )


async def count_built_on(tx: Transaction, idea_id: int) -> int:
    """Return how many ideas build on an idea, without hidden, withdrawn and merged ones."""
    return await tx.value(int, f"SELECT COUNT(*) FROM ideas i WHERE i.parent_id = :id AND {counts('i')}", id=idea_id)


async def has_given(tx: Transaction, participant_id: int) -> bool:
    """Return whether a person has given an idea in any phase."""
    return await tx.exists("SELECT 1 FROM ideas WHERE author_id = :id LIMIT 1", id=participant_id)
