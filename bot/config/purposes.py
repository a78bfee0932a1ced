"""Defines the purposes for which data about people are kept, and the purpose that applies to everybody: taking part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.content.texts import Text, _

TAKING_PART = "part"
"""The key of the purpose that applies to everybody."""


@dataclass(frozen=True, slots=True, eq=False)
class Purpose:
    """A purpose for which data about people are kept, until an instant that is the same for everybody.

    `key` is stored and must never change. `words` is the name that people read, and `basis` a sentence that says why
    the data may be kept. `ends(settings)` returns the instant (aware, UTC) at which the purpose ends; organisers can
    choose another instant in chat. The purpose of taking part applies to everybody, any other purpose only to the
    people who agreed to it. A person is stored until the last purpose that applies to them ends.
    """

    key: str
    words: Text
    basis: Text
    ends: Callable[[Any], datetime]


PARTICIPATION = Purpose(
    TAKING_PART,
    _("Taking part in the gathering"),
    _("You asked to take part, and we need these data for it."),
    lambda settings: settings.gathering.kept_until,
)
