"""Declares the purpose for which answers about people's health are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.config.purposes import Purpose
from bot.config.settings import Sections, Settings
from bot.content.texts import _

_DAYS_KEPT = 30


def _ends(settings: Settings) -> datetime:
    """Return the end of the thirtieth day after the gathering's last, but never later than taking part ends."""
    gathering = settings.gathering
    return min(gathering.day_begins(gathering.ends + timedelta(days=_DAYS_KEPT + 1)), gathering.kept_until)


HEALTH_PURPOSE = Purpose(
    "health",
    # L10N: the name of a purpose for which data are kept
    _("Health: diet, access, allergies"),
    _("You told the team, so that meals, rooms and first aid fit you. You can withdraw that here."),
    _ends,
)
SECTIONS = Sections(purposes=(HEALTH_PURPOSE,))
