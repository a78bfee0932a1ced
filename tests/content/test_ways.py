"""Where the engine's own messages lead."""

from __future__ import annotations

import pytest

from bot.content import ways
from bot.content.actions import Go
from bot.content.texts import _
from bot.content.views import Button
from bot.content.ways import Way, buttons_to, make_known

HOME = Button(_("My place"), Go("moi"))
ASK = Button(_("Ask the team"), Go("equipe"))


@pytest.fixture(autouse=True)
def known_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "_ways", ways._ways)


def test_a_way_that_no_capability_declares_is_no_button() -> None:
    make_known([{Way.HOME: HOME}, {}, {Way.ASK: ASK}])
    assert buttons_to(Way.ASK, Way.RESULTS, Way.HOME) == (ASK, HOME)


def test_a_way_is_declared_once() -> None:
    with pytest.raises(ValueError, match="HOME"):
        make_known([{Way.HOME: HOME}, {Way.HOME: ASK}])


def test_ways_are_not_known_before_capabilities_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "_ways", None)
    with pytest.raises(RuntimeError):
        buttons_to(Way.HOME)
