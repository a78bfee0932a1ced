"""What a capability asks of those above it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.content import hooks
from bot.content.hooks import collecting_hook, connect, hook


@hook
async def seats(day: str, *, indoors: bool = True) -> int:
    """How many seats there are."""
    return 0


@hook
async def rooms(day: str, *, indoors: bool = True) -> int:
    """How many rooms there are."""
    return 0


async def count(day: str, *, indoors: bool = True) -> int:
    return len(day) if indoors else 100


@pytest.fixture(autouse=True)
def connected_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_connected", hooks._connected)
    monkeypatch.setattr(hooks, "_collected", hooks._collected)


async def test_a_hook_is_answered_by_the_capability_that_declares_it() -> None:
    connect([seats.answered_by(count)])
    assert await seats("friday") == 6
    assert await seats("friday", indoors=False) == 100


async def test_a_hook_that_nobody_answers_does_what_it_says_itself() -> None:
    connect([rooms.answered_by(count)])
    assert (await rooms("friday"), await seats("friday")) == (6, 0)


async def test_a_hook_is_no_use_before_capabilities_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_connected", None)
    with pytest.raises(RuntimeError, match="seats"):
        await seats("friday")


def test_a_hook_is_answered_once() -> None:
    with pytest.raises(ValueError, match="seats"):
        connect([seats.answered_by(count), seats.answered_by(count)])


@collecting_hook
async def dishes(day: str) -> Sequence[str]:
    """What there is to eat."""
    return ("bread",)


async def soups(day: str) -> Sequence[str]:
    return ("soup", f"soup of {day}")


async def pies(day: str) -> Sequence[str]:
    return ("pie",)


async def test_several_capabilities_add_to_a_collecting_hook_in_their_order() -> None:
    connect([dishes.answered_by(pies), seats.answered_by(count), dishes.answered_by(soups)])
    assert await dishes("friday") == ["bread", "pie", "soup", "soup of friday"]
    connect([])
    assert await dishes("friday") == ["bread"]


async def test_a_collecting_hook_is_no_use_before_capabilities_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_connected", None)
    with pytest.raises(RuntimeError, match="dishes"):
        await dishes("friday")
