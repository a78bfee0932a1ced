"""What several tests of plenaries have in common."""

from __future__ import annotations

from itertools import count

import pytest


@pytest.fixture
def counted_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the ids of questions, which are drawn at random otherwise: so they come in the order of writing."""
    monkeypatch.setattr("handlers.plenary.store.questions.draw_id", count(1).__next__)
