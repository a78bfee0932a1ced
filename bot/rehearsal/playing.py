"""What every part of a rehearsal works with: the servers, the people, the messages they expect, the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from bot.config.settings import Settings
from bot.rehearsal.cast import CastMember, act_together
from bot.rehearsal.chat_driver import ChatDriver
from bot.rehearsal.chat_driver_page import LivePage
from bot.rehearsal.expected_messages import ExpectedMessage, ExpectedMessages
from bot.rehearsal.report import RehearsalReport

if TYPE_CHECKING:  # the demo has no Discord in memory
    from bot.rehearsal.discord_server import Thread
    from bot.rehearsal.servers import FakeServers

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
class PlayedIdea:
    """Something that was said: by whom, in which phase, in which words now, and whether it stands at the end."""

    author: CastMember
    phase: str
    text: str
    stands: bool = True


class Voices:
    """What people say: sentences that nobody else says, so that each is found again."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def idea(self, player: CastMember) -> str:
        """A new one."""
        number = next(self._numbers)
        return f"{_SAID[number % len(_SAID)]} [{player.person.ref}, {number}]"


@dataclass
class Play:
    """A rehearsal under way.

    `expected` holds what is to reach the people, `expected_in_threads` what is to reach the threads of their groups.

    `expect` notes in them what will come by itself, after one instant and until another. `ends` is when the phase that
    runs does. `differences` are what was noticed on the way, `found` all that the end brought to light.
    """

    servers: FakeServers
    report: RehearsalReport
    expected: ExpectedMessages
    rng: Random
    folder: Path
    players: list[CastMember]
    organiser: ChatDriver
    expect: Callable[[Play, datetime, datetime], None]
    facilitators: list[CastMember] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    ideas: list[PlayedIdea] = field(default_factory=list)
    ends: datetime = _NEVER
    voices: Voices = field(default_factory=Voices)
    expected_in_threads: ExpectedMessages = field(default_factory=ExpectedMessages)
    differences: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The gathering."""
        return self.servers.settings

    @property
    def coming(self) -> list[CastMember]:
        """Those who came in, and still come."""
        return [player for player in self.players if player.comes]

    def of_theme(self, theme: str) -> list[CastMember]:
        """Those of them who have a theme."""
        return [player for player in self.coming if player.theme == theme]

    def some(self, players: Sequence[CastMember], share: float, at_least: int = 1) -> list[CastMember]:
        """A part of these people, in no order, the same for the same seed."""
        count = min(len(players), max(at_least, round(len(players) * share)))
        return self.rng.sample(players, count)

    def at(self, day: int, hour: time) -> datetime:
        """An hour of a day of the gathering, 0 for the first, as an instant."""
        gathering = self.settings.gathering
        return gathering.instant(datetime.combine(gathering.starts + timedelta(days=day), hour))

    def members(self, group: int) -> list[CastMember]:
        """Who of those who come is in a group."""
        return [player for player in self.coming if player.group == group]

    def tell_group(self, group: int, mark: ExpectedMessage, but: CastMember | None = None) -> None:
        """Note what a group is told: in private, or in the group's channel where there is one."""
        told = [player for player in self.members(group) if player is not but]
        thread = next((each for each in self.threads if each.group == group), None)
        if thread and any(player.told_in_channel for player in told):
            self.expected_in_threads.due([thread], mark)
        self.expected.due([player for player in told if not (thread and player.told_in_channel)], mark)

    async def until(self, instant: datetime) -> None:
        """Let time pass; what comes by itself meanwhile is expected."""
        self.expect(self, self.servers.clock.now(), instant)
        await self.servers.until(instant)
        await self.look()

    async def look(self) -> None:
        """Let everyone look: pages show the latest fifty messages only, and words change where they are pressed."""

        async def look(player: CastMember) -> None:
            await player.driver.look()

        looking = [each for each in (*self.coming, *self.facilitators) if each.platform != "telegram"]
        await act_together(looking, look)

    async def reload(self) -> None:
        """Let everyone with a page load it anew: it is what counts, not the pieces that came."""

        async def reload(player: CastMember) -> None:
            if isinstance(player.driver, LivePage):
                await player.driver.reload()

        await act_together([each for each in self.coming if each.platform == "web"], reload)
