"""What every part of a rehearsal works with: the town, the people, the books, the account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bot.config.settings import SessionSettings, Settings
from bot.content.leads import Lead
from bot.content.texts import Localised, _
from bot.rehearsal.account import Account
from bot.rehearsal.books import Books, Mark
from bot.rehearsal.company import Player, everyone
from bot.rehearsal.discord_server import Thread
from bot.rehearsal.hands import Hand
from bot.rehearsal.hands_page import LivePage
from bot.rehearsal.servers import Town
from handlers.programme.messages import day_words

_NEVER = datetime.max.replace(tzinfo=UTC)
_SAID = (
    "Une cuisine partagée dans chaque quartier",
    "Des salles ouvertes le soir, tenues par les jeunes",
    "Un bus qui apporte le théâtre au village",
    "Les écoles prêtent leurs ordinateurs l'été",
    "=1+1 : deux communes, un seul budget participatif",
    "Un jumelage entre deux lycées, ici et là-bas",
    "Une carte des lieux vides que l'on peut emprunter",
    "-15 % de temps perdu : un seul guichet pour les associations",
    "Ein Stammtisch für Projekte, jeden Monat",
    "A library of tools that neighbours lend each other",
    "@toutes : un fil commun pour dire ce qui marche",
    "Des assemblées tirées au sort, avec une garde d'enfants",
)


@dataclass(eq=False, slots=True)
class Idea:
    """Something that was said: by whom, in which phase, in which words now, and whether it stands at the end."""

    author: Player
    phase: str
    text: str
    stands: bool = True


class Voices:
    """What people say: sentences that nobody else says, so that each is found again."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def idea(self, player: Player) -> str:
        """A new one."""
        number = next(self._numbers)
        return f"{_SAID[number % len(_SAID)]} [{player.person.ref}, {number}]"


@dataclass
class Play:
    """A rehearsal under way. `books` are the people's, `places` those of the groups' threads.

    `ends` is when the phase that runs does. `differences` are what was noticed on the way, `found` all that the end
    brought to light.
    """

    town: Town
    account: Account
    books: Books
    rng: Random
    folder: Path
    players: list[Player]
    organiser: Hand
    facilitators: list[Player] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    ideas: list[Idea] = field(default_factory=list)
    ends: datetime = _NEVER
    voices: Voices = field(default_factory=Voices)
    places: Books = field(default_factory=Books)
    differences: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

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

    def members(self, group: int) -> list[Player]:
        """Who of those who come is in a group."""
        return [player for player in self.coming if player.group == group]

    def tell_group(self, group: int, mark: Mark, but: Player | None = None) -> None:
        """Note what a group is told: in private, who is on Discord in the group's thread, where there is one."""
        told = [player for player in self.members(group) if player is not but]
        thread = next((each for each in self.threads if each.group == group), None)
        if thread and any(player.platform == "discord" for player in told):
            self.places.due([thread], mark)
        self.books.due([player for player in told if not (thread and player.platform == "discord")], mark)

    async def until(self, instant: datetime) -> None:
        """Let time pass; what the programme reminds of meanwhile is due to everyone who comes, or has a group."""
        for mark in _reminders(self.settings, self.town.clock.now(), instant):
            self.books.due(self.coming, mark)
        for mark in _meeting_reminders(self.settings, self.town.clock.now(), instant):
            self.books.due([player for player in self.coming if player.group], mark)
        await self.town.until(instant)
        await self.look()

    async def look(self) -> None:
        """Let everyone look: pages show the latest fifty messages only, and words change where they are pressed."""

        async def look(player: Player) -> None:
            await player.hand.look()

        looking = [each for each in (*self.coming, *self.facilitators) if each.platform != "telegram"]
        await everyone(looking, look)

    async def reload(self) -> None:
        """Let everyone with a page load it anew: it is what counts, not the pieces that came."""

        async def reload(player: Player) -> None:
            if isinstance(player.hand, LivePage):
                await player.hand.reload()

        await everyone([each for each in self.coming if each.platform == "web"], reload)


def _reminders(settings: Settings, after: datetime, until: datetime) -> list[Mark]:
    """What everyone is reminded of after one instant and until another: each session, and on the eve a whole day."""
    marks = [
        reminder(session, lead)
        for session in settings.sessions
        if session.kind not in settings.reminders.asked
        for lead in settings.reminders.leads_of(session.kind)
        if after
        < lead.before(settings.instant(session, session.starts), session.zone or settings.gathering.zone)
        <= until
    ]
    if eve := settings.reminders.eve:
        zone = ZoneInfo(settings.gathering.zone)
        days = {settings.instant(each, each.starts).astimezone(zone).date() for each in settings.sessions}
        for day in sorted(days):
            if after < settings.gathering.instant(datetime.combine(day - timedelta(days=1), eve)) <= until:
                said = _("Your programme of {day}:", day=day_words(day))
                marks.append(Mark(f"the eve of {day}", (said,), by_day=True, kind="reminder: the next day"))
    return marks


def _meeting_reminders(settings: Settings, after: datetime, until: datetime) -> list[Mark]:
    """What groups are reminded of: their first meeting, where no workshop of the programme begins then."""
    meeting = settings.groups.meeting
    if meeting is None or any(each.kind == "workshop" and each.starts == meeting for each in settings.sessions):
        return []
    at = settings.gathering.instant(meeting)
    mark = Mark(
        "reminder of the first meeting",
        (_("First meeting of your group"), _("Time to go there.")),
        kind="reminder: the first meeting",
    )
    leads = settings.reminders.leads_of("workshop")
    return [mark for lead in leads if after < lead.before(at, settings.gathering.zone) <= until]


def reminder(session: SessionSettings, lead: Lead) -> Mark:
    """How a reminder of a session reads."""
    soon = lead.days == 0 and lead.minutes <= 30
    said = _("Time to go there.") if soon else _("Keep that time free.")
    of = "a meal" if session.kind == "meal" else "a session"
    return Mark(
        f"reminder of «{session.key}», {lead.encode()} before",
        (Localised(session.title), said),
        kind=f"reminder: {of}, {'minutes' if soon else 'a day'} before",
    )
