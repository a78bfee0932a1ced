"""Where the engine's own messages lead."""

from __future__ import annotations

import pytest

from bot.content import entry_points
from bot.content.actions import Go
from bot.content.entry_points import EntryPoint, buttons_to, make_known
from bot.content.texts import _
from bot.content.views import Button

HOME = Button(_("Home"), Go("moi"))
ASK = Button(_("Ask the team"), Go("equipe"))


@pytest.fixture(autouse=True)
def known_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry_points, "_ways", entry_points._ways)


def test_a_way_that_no_capability_declares_is_no_button() -> None:
    make_known([{EntryPoint.HOME: HOME}, {}, {EntryPoint.ASK: ASK}])
    assert buttons_to(EntryPoint.ASK, EntryPoint.RESULTS, EntryPoint.HOME) == (ASK, HOME)


def test_a_way_is_declared_once() -> None:
    with pytest.raises(ValueError, match="HOME"):
        make_known([{EntryPoint.HOME: HOME}, {EntryPoint.HOME: ASK}])


def test_ways_are_not_known_before_capabilities_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry_points, "_ways", None)
    with pytest.raises(RuntimeError):
        buttons_to(EntryPoint.HOME)
