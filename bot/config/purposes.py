"""Defines the purposes for which data about people are kept, and the one that holds everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.content.texts import Text, _

TAKING_PART = "part"
"""The key of the purpose that holds everybody."""


@dataclass(frozen=True, slots=True, eq=False)
class Purpose:
    """A purpose for which data about people are kept, until an instant that is the same for all of them.

    `key` is stored and must never change. People read the `words`, and the `basis`, a sentence: why the data may be
    kept. `ends(settings)` returns the instant (aware, UTC), which organisers can change in chat.

    Taking part holds everybody, any other purpose whoever agreed to it (`bot.config.purpose_store.agree`). A person
    stays until the last end of a purpose that holds them.
    """

    key: str
    words: Text
    basis: Text
    ends: Callable[[Any], datetime]


PARTICIPATION = Purpose(
    TAKING_PART,
    _("Taking part in the gathering"),
    _("You asked to take part, and it takes these data."),
    lambda settings: settings.gathering.kept_until,
)
