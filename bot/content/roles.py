"""Defines the roles of people."""

from __future__ import annotations

from enum import IntEnum


class Who(IntEnum):
    """A role for which a screen, button or message is meant. A higher role includes the lower ones."""

    ANYONE = 0
    PARTICIPANT = 1
    FACILITATOR = 2
    ORGANISER = 3
