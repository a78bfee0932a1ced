"""The section [reminders] of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated

from pydantic import BeforeValidator

from bot.config.section import Section, split
from bot.config.settings import Sections
from bot.content.leads import Lead, parse_lead
from handlers.programme.model import KINDS, Kind


def _lead(word: object) -> object:
    return parse_lead(word) if isinstance(word, str) else word


def _or_never(value: object) -> object:
    return None if value == "" else value


_A_DAY = Lead(days=1)
LeadTime = Annotated[Lead, BeforeValidator(_lead)]
Leads = Annotated[tuple[LeadTime, ...], BeforeValidator(split)]


class ReminderSettings(Section):
    """How long before people are reminded: of sessions, by kind where it differs, and of the theme deadline.

    At `eve`, an hour of the gathering's zone (None: never), everyone reads once what the next day holds for them; that
    stands for a reminder of each session a day before. Of the kinds in `asked` people are reminded only where they ask
    for it. A reminder that an outage kept back is still sent within `grace` (days count 24 hours there).
    """

    before: Leads = (Lead(minutes=10),)
    eve: Annotated[time | None, BeforeValidator(_or_never)] = time(18)
    kinds: Mapping[Kind, Leads] = {}
    asked: Annotated[tuple[Kind, ...], BeforeValidator(split)] = ("meal",)
    themes: Leads = (Lead(days=2, minutes=1200), Lead(minutes=1200))
    grace: LeadTime = Lead(minutes=30)

    def leads_of(self, kind: Kind) -> tuple[Lead, ...]:
        """How long before a session of a kind people are reminded of it."""
        leads = self.kinds.get(kind, self.before)
        return tuple(lead for lead in leads if lead != _A_DAY) if self.eve else leads

    @property
    def leads_by_kind(self) -> Mapping[str, tuple[Lead, ...]]:
        """How long before, for every kind."""
        return {kind: self.leads_of(kind) for kind in KINDS}

    @property
    def longest_delay(self) -> timedelta:
        """`grace` as a length of time."""
        return timedelta(days=self.grace.days, minutes=self.grace.minutes)


SECTIONS = Sections(tables={"reminders": ReminderSettings})
