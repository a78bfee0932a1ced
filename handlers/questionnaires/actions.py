"""The buttons to private fields that screens of other capabilities show."""

from __future__ import annotations

from bot.content.actions import Action


class HealthOf(Action, code="fh"):
    """The button, for those who look after health, that shows what is kept about a person's; `person` is an id."""

    person: int
