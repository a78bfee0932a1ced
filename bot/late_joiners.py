"""Which group takes in who comes once groups are published."""

from __future__ import annotations

from bot.domain.groups import Group, Member, Round
from bot.forming import limits_now
from bot.storage import groups
from bot.storage.engine import Transaction


async def suitable(tx: Transaction, round_: Round, person: Member) -> Group | None:
    """The group that takes a late joiner: none larger than allowed, none locked, no pair broken."""
    largest = (await limits_now(tx, person.theme, round_.number)).largest
    pairs = await groups.pairs_of(tx, person.id)
    apart = {other for other, kind in pairs if kind == "apart"}
    together = {other for other, kind in pairs if kind == "together"}
    found: list[tuple[int, int, int, Group]] = []
    bound: set[int] = set()
    for group in await groups.of_round(tx, round_.number):
        if group.theme != person.theme:
            continue
        members = await groups.members(tx, group)
        ids = {member.id for member in members}
        if ids & together:
            bound.add(group.id)
        if not group.locked and len(members) < largest and not ids & apart:
            compatriots = sum(member.territory == person.territory for member in members)
            found.append((len(members), compatriots, group.number, group))
    fitting = [each for each in found if not bound or bound == {each[3].id}]
    return min(fitting, key=lambda each: each[:3])[3] if fitting else None
