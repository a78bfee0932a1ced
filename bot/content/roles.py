"""The roles that screens, buttons and messages are for."""

from __future__ import annotations

from enum import IntEnum


class Who(IntEnum):
    """The role that something is for. Each role includes those after it."""

    ANYONE = 0
    PARTICIPANT = 1
    FACILITATOR = 2
    ORGANISER = 3
