"""What a capability asks of those above it."""

from __future__ import annotations

import pytest

from bot.content import hooks
from bot.content.hooks import connect, hook


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
