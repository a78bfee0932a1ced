"""Declares which personal data the table of settings has: none, because organisers' settings are about nobody."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

SETTINGS: Sequence[PersonalData] = (
    PersonalData(table="settings", of_others="key value", stays_at_the_end=True),
    PersonalData(table="appearances", of_nobody="look", stays_at_the_end=True),
)
