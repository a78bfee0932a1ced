"""Whom the visitor of the demo may be: everyone, by where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.content.names import fold
from bot.content.texts import Localised, Name, Span, Territory, _
from bot.database.engine import Transaction
from handlers.registration import roster_store
from handlers.registration.roster_store import Stored
from handlers.themes import store as themes


@dataclass(frozen=True, slots=True)
class Role:
    """Someone to be, by id."""

    id: int
    name: Span


@dataclass(frozen=True, slots=True)
class Group:
    """People who stand at the same point, by name."""

    standing: Span
    people: Sequence[Role]


async def groups(tx: Transaction, *, but: int) -> Sequence[Group]:
    """Everyone but one (the organiser) and whoever was revoked."""
    standings: Mapping[str, Span] = {
        "invited": _("Invited, not in yet"),
        "joined": _("In, without a theme"),
        **{f"theme {theme.key}": Localised(theme.title) for theme in await themes.all_themes(tx)},
        "withdrawn": _("Not coming"),
    }
    order = list(standings)
    people = [
        each for each in (await roster_store.everyone(tx)).values() if each.id != but and _standing(each) in order
    ]
    people.sort(key=lambda each: (order.index(_standing(each)), fold(each.person.given_name)))
    return [Group(standings[key], [_role(each) for each in group]) for key, group in groupby(people, key=_standing)]


def _standing(known: Stored) -> str:
    theme = known.person.theme
    return f"theme {theme}" if theme and known.status == "joined" else known.status


def _role(known: Stored) -> Role:
    name = Name(f"{known.person.given_name} {known.person.family_name}".strip())
    territory = known.person.territory
    return Role(known.id, _("{name} · {territory}", name=name, territory=Territory(territory)) if territory else name)
