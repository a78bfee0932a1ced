"""The roles that screens, buttons and messages are for."""

from __future__ import annotations

from enum import IntEnum


class Who(IntEnum):
    """A role for which screens, buttons and messages are meant. A higher role includes the lower ones."""

    ANYONE = 0
    PARTICIPANT = 1
    FACILITATOR = 2
    ORGANISER = 3
