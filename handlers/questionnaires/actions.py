"""The button about private fields that screens of other capabilities show too."""

from __future__ import annotations

from bot.content.actions import Action


class HealthOf(Action, code="fh"):
    """The button that shows the answers about a person's health to people with the role HEALTH; `person` is an id."""

    person: int
