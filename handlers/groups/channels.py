"""What a group's channel on a platform (a thread or a topic) should be: its name, its card and its members."""

from __future__ import annotations

from bot.content.texts import Span, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery.channels import GroupChannel
from handlers.groups.messages.cards import card_lines, title
from handlers.groups.store import groups, members
from handlers.groups.store.rounds import all_rounds
from handlers.themes.store import find_theme


async def group_channel(tx: Transaction, group_id: int) -> GroupChannel | None:
    """Return the name, card and members that a group's channel should have now.

    Returns None if the group does not exist or is not published.
    """
    group = await groups.find_group(tx, group_id)
    rounds = await all_rounds(tx)
    published = next((round_ for round_ in rounds if group and round_.number == group.round and round_.published), None)
    theme = await find_theme(tx, group.theme) if group else None
    if group is None or published is None or theme is None:
        return None
    name: Span = title(group, theme)
    if len(rounds) > 1:  # no two channels have the same name
        name = _("{group} · day {day}", group=name, day=published.number)
    card = View(card_lines(group, theme, published, await members.members_of(tx, group)))
    return GroupChannel(name, card, await members.arrived_members(tx, group.id))
