"""What every part of a rehearsal works with: the town, the people, the books, the account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from bot.config import SessionSettings, Settings
from bot.domain.reminders import Lead
from bot.rehearsal.account import Account
from bot.rehearsal.books import Books, Mark
from bot.rehearsal.company import Player, everyone
from bot.rehearsal.hands import Hand
from bot.rehearsal.servers import Town
from bot.texts import Localised, _


@dataclass
class Play:
    """A rehearsal under way."""

    town: Town
    account: Account
    books: Books
    rng: Random
    folder: Path
    players: list[Player]
    organiser: Hand
    differences: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The gathering."""
        return self.town.settings

    @property
    def coming(self) -> list[Player]:
        """Those who came in, and still come."""
        return [player for player in self.players if player.comes]

    def of_theme(self, theme: str) -> list[Player]:
        """Those of them who have a theme."""
        return [player for player in self.coming if player.theme == theme]

    def some(self, players: Sequence[Player], share: float, at_least: int = 1) -> list[Player]:
        """A part of these people, in no order, the same for the same seed."""
        count = min(len(players), max(at_least, round(len(players) * share)))
        return self.rng.sample(players, count)

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """An hour of a day of the gathering, 0 for the first, as an instant."""
        gathering = self.settings.gathering
        return gathering.instant(datetime.combine(gathering.starts + timedelta(days=day), time(hour, minute)))

    async def until(self, instant: datetime) -> None:
        """Let time pass; what the programme reminds of meanwhile is due to everyone who comes."""
        for mark in _reminders(self.settings, self.town.clock.now(), instant):
            self.books.due(self.coming, mark)
        await self.town.until(instant)
        await self.look()

    async def look(self) -> None:
        """Let everyone with a page look at it: it shows the latest fifty messages only."""

        async def look(player: Player) -> None:
            await player.hand.look()

        await everyone([player for player in self.coming if player.platform == "web"], look)


def _reminders(settings: Settings, after: datetime, until: datetime) -> list[Mark]:
    """What is reminded of after one instant and until another."""
    return [
        reminder(session, lead)
        for session in settings.sessions
        for lead in settings.reminders.leads_of(session.kind)
        if after
        < lead.before(settings.instant(session, session.starts), session.zone or settings.gathering.zone)
        <= until
    ]


def reminder(session: SessionSettings, lead: Lead) -> Mark:
    """How a reminder of a session reads."""
    soon = lead.days == 0 and lead.minutes <= 30
    said = _("Time to go there.") if soon else _("Keep that time free.")
    return Mark(f"reminder of «{session.key}», {lead.encode()} before", (Localised(session.title), said))
