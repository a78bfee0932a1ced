"""Which group takes in who comes once groups are published."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.content.texts import Name, Strong, Text, _
from bot.content.views import Button, View
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import participant_store
from handlers.groups import store
from handlers.groups.forming import limits_now
from handlers.groups.messages import day
from handlers.groups.model import Group, Member, Round

ARRIVING = timedelta(days=1)
"""How long someone has just arrived who came in, whatever brings them to their group."""


async def suitable(tx: Transaction, round_: Round, person: Member) -> Group | None:
    """The group that takes a late joiner: none larger than allowed, none locked, no pair broken."""
    largest = (await limits_now(tx, person.theme, round_.number)).largest
    pairs = await store.pairs_of(tx, person.id)
    apart = {other for other, kind in pairs if kind == "apart"}
    together = {other for other, kind in pairs if kind == "together"}
    found: list[tuple[int, int, int, Group]] = []
    bound: set[int] = set()
    for group in await store.of_round(tx, round_.number):
        if group.theme != person.theme:
            continue
        members = await store.members(tx, group)
        ids = {member.id for member in members}
        if ids & together:
            bound.add(group.id)
        if not group.locked and len(members) < largest and not ids & apart:
            compatriots = sum(member.territory == person.territory for member in members)
            found.append((len(members), compatriots, group.number, group))
    fitting = [each for each in found if not bound or bound == {each[3].id}]
    return min(fitting, key=lambda each: each[:3])[3] if fitting else None


async def ask_for_a_place(
    tx: Transaction, round_: Round, person: Member, now: datetime, *, by: int | None = None, left: Text | None = None
) -> None:
    """No group takes someone in: what organisers can do about it. `left`: the group they left for another theme."""
    name, date = Strong(Name(person.full_name)), day(round_)
    if left:
        said = _(
            "{name} changed theme, left {group} and has no group for {date}: in the new theme all are full, locked or"
            " apart.",
            name=name,
            group=left,
            date=date,
        )
    elif await participant_store.came_since(tx, person.id, now - ARRIVING):
        said = _(
            "{name} came late and has no group for {date}: in their theme all are full, locked or apart.",
            name=name,
            date=date,
        )
    else:
        said = _(
            "{name} has a theme now and no group for {date}: in it all are full, locked or apart.",
            name=name,
            date=date,
        )
    todo = _("Move someone to make room, or unlock a group, then put them in it.")
    view = View((said, todo), (Button(_("Groups"), Go("groupes")),))
    await outbox.notify_organisers(tx, view, now, but=by or person.id, about=person.id)
