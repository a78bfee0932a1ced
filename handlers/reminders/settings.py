"""The section [reminders] of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated

from pydantic import BeforeValidator

from bot.config.section import Section, split
from bot.config.settings import Sections
from bot.content.lead_times import Lead, parse_lead
from handlers.programme.model import KINDS, Kind


def _lead(word: object) -> object:
    return parse_lead(word) if isinstance(word, str) else word


def _or_never(value: object) -> object:
    return None if value == "" else value


_A_DAY = Lead(days=1)
LeadTime = Annotated[Lead, BeforeValidator(_lead)]
Leads = Annotated[tuple[LeadTime, ...], BeforeValidator(split)]


class ReminderSettings(Section):
    """The section [reminders] of the configuration: how long before a session or deadline people are reminded of it.

    `before` is for all sessions, `kinds` for kinds of session with other times, `themes` for the deadline for themes.
    At `eve`, a local time (None: never), everyone gets a list of the next day's sessions instead of reminders a day
    before. Reminders of the kinds in `asked` are only for people who turn them on. A reminder that is late by more than
    `grace` is not sent.
    """

    before: Leads = (Lead(minutes=10),)
    eve: Annotated[time | None, BeforeValidator(_or_never)] = time(18)
    kinds: Mapping[Kind, Leads] = {}
    asked: tuple[Kind, ...] = ("meal", "workshop")
    themes: Leads = (Lead(days=2, minutes=1200), Lead(minutes=1200))
    grace: LeadTime = Lead(minutes=30)

    def leads_of(self, kind: Kind) -> tuple[Lead, ...]:
        """Return how long before a session of this kind people are reminded of it; () for no reminders.

        A reminder one day before is left out if people get a list of the next day's sessions at `eve`.
        """
        leads = self.kinds.get(kind, self.before)
        return tuple(lead for lead in leads if lead != _A_DAY) if self.eve else leads

    @property
    def leads_by_kind(self) -> Mapping[str, tuple[Lead, ...]]:
        """Return, for every kind of session, how long before a session people are reminded of it."""
        return {kind: self.leads_of(kind) for kind in KINDS}

    @property
    def longest_delay(self) -> timedelta:
        """Return `grace`, the longest delay after which a reminder is still sent. A day counts as 24 hours."""
        return timedelta(days=self.grace.days, minutes=self.grace.minutes)


SECTIONS = Sections(tables={"reminders": ReminderSettings})
