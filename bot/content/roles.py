"""Whom screens, buttons and messages are for."""

from __future__ import annotations

from enum import IntEnum


class Who(IntEnum):
    """Whom something is for. Each includes the ones after it."""

    ANYONE = 0
    PARTICIPANT = 1
    FACILITATOR = 2
    ORGANISER = 3
