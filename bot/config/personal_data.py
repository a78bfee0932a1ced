"""Settings that organisers change in chat say nothing of anybody."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

SETTINGS: Sequence[PersonalData] = (PersonalData(table="settings", of_others="key value", stays_at_the_end=True),)
