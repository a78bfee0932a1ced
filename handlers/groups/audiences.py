"""The audience of messages that groups define: the members of one group.

Modules that read the database are imported only when an audience is named, since processes without a database use this
module too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.content.texts import Span
from bot.people.audiences import COMES, AudienceKind, is_id
from bot.people.group_store import GroupTables

if TYPE_CHECKING:
    from bot.database.engine import Transaction


async def _group(tx: Transaction, number: str) -> Span | None:
    from handlers.groups.messages.cards import title
    from handlers.groups.store import groups
    from handlers.themes.store import find_theme

    group = await groups.find_group(tx, int(number))
    theme = await find_theme(tx, group.theme) if group else None
    return title(group, theme) if group and theme else None


GROUPS = GroupTables(
    groups="groups",
    members="members",
    audiences="('all', 'theme:' || g.theme, 'group:' || CAST(g.id AS TEXT))",
    published="EXISTS (SELECT 1 FROM rounds r WHERE r.number = g.round AND r.published_at IS NOT NULL)",
    absent="EXISTS (SELECT 1 FROM attendance aw WHERE aw.participant_id = p.id AND aw.day = :today AND aw.present = 0)",
)

AUDIENCES: Sequence[AudienceKind] = (
    AudienceKind(
        name="group",
        takes=is_id,
        condition=f"{COMES} AND EXISTS"
        " (SELECT 1 FROM members am WHERE am.participant_id = p.id AND am.group_id = :a_number)",
        words=_group,
    ),
)
