"""What capabilities do when someone leaves, comes back, loses a role or is about to be erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.content.roles import Required, Who, stored
from bot.database.engine import Transaction
from bot.people.declared import AfterMembership, Declared
from bot.people.participants import Participant

NOW = datetime(2027, 3, 1, tzinfo=UTC)
TX = cast("Transaction", None)
ZOE = Participant(1, "R-1", "Zoé", "Roy", "FR", "fr", "joined", True, False, False, None)


def noting(name: str, notes: list[str]) -> AfterMembership:
    """A capability that notes what it is told, and keeps its name for who comes back."""

    async def leave(_tx: Transaction, person: Participant, _now: datetime, quiet: bool) -> Mapping[str, Any]:
        notes.append(f"{name}: {person.given_name} leaves{' quietly' if quiet else ''}")
        return {name: person.given_name}

    async def come_back(_tx: Transaction, _person: Participant, kept: Mapping[str, Any], _now: datetime) -> None:
        notes.append(f"{name}: {kept[name]} is back")

    async def loses_role(_tx: Transaction, person: Participant, lost: Required, _now: datetime) -> None:
        notes.append(f"{name}: {person.given_name} sees no more of {stored(lost)}")

    async def before_erasing(_tx: Transaction, person: Participant, _now: datetime, _texts: bool) -> None:
        notes.append(f"{name}: {person.given_name} is about to be erased")

    return AfterMembership(leave=leave, come_back=come_back, loses_role=loses_role, before_erasing=before_erasing)


async def test_each_capability_is_told_in_their_order_and_gets_back_what_it_kept() -> None:
    notes: list[str] = []
    declared = Declared((), [noting("themes", notes), AfterMembership(), noting("groups", notes)])
    kept = await declared.leave(TX, ZOE, NOW)
    assert kept == {"themes": "Zoé", "groups": "Zoé"}
    await declared.come_back(TX, ZOE, kept, NOW)
    await declared.lose_role(TX, ZOE, Who.FACILITATOR, NOW)
    await declared.before_erasing(TX, ZOE, NOW, texts=True)
    assert notes == [
        "themes: Zoé leaves",
        "groups: Zoé leaves",
        "themes: Zoé is back",
        "groups: Zoé is back",
        "themes: Zoé sees no more of (2, '')",
        "groups: Zoé sees no more of (2, '')",
        "themes: Zoé is about to be erased",
        "groups: Zoé is about to be erased",
    ]


async def test_two_that_keep_something_by_one_name_of_who_is_shut_out_are_told() -> None:
    declared = Declared((), [noting("themes", []), noting("themes", [])])
    with pytest.raises(ValueError, match="themes"):
        await declared.leave(TX, ZOE, NOW)


async def test_who_tells_the_organisers_themselves_has_nobody_else_tell_them() -> None:
    notes: list[str] = []
    await Declared((), [noting("groups", notes)]).leave(TX, ZOE, NOW, quiet=True)
    assert notes == ["groups: Zoé leaves quietly"]
