"""A part of `make fuzz` that is the same each time."""

from __future__ import annotations

import pytest

from tools.fuzz import INTAKES, fuzz


@pytest.mark.parametrize("intake", INTAKES)
async def test_what_nobody_should_send_disturbs_nobody(intake: str) -> None:
    figures = await fuzz(intake, count=100, seed=8)
    assert figures.defects == []
    assert figures.sent == 100
    assert figures.served == 1
