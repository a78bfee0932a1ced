"""What all parts of a rehearsal work with: the servers, the people, the messages they should get, the report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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
    """An idea that an invented person gave in the rehearsal.

    `phase` is the key of its phase, and `text` its present text. `stands` is True if the idea counts at the end: it was
    neither withdrawn, nor hidden, nor given too late. `asked` is True if the bot asked what the words were, and the
    person answered by a press that they are an idea.
    """

    author: CastMember
    phase: str
    text: str
    stands: bool = True
    asked: bool = False


class Voices:
    """Invents texts of ideas for a rehearsal. No text occurs twice, so that each can be found in the export."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def idea(self, player: CastMember) -> str:
        """Return a new text for an idea of an invented person."""
        number = next(self._numbers)
        return f"{_SAID[number % len(_SAID)]} [{player.person.ref}, {number}]"


@dataclass
class Play:
    """A rehearsal, a gathering of invented people, while it is being played.

    `expected` has the messages that people are expected to get, and `expected_in_threads` the messages in groups'
    threads. `expect`, called with two times, stores in both what is expected between these times without anyone's
    action, such as reminders. `ends` is when the present phase ends. `differences` collects what goes wrong during the
    play; `found` lists everything that is wrong at its end.
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
        """Return the settings of the gathering."""
        return self.servers.settings

    @property
    def coming(self) -> list[CastMember]:
        """Return the people who have joined and still attend."""
        return [player for player in self.players if player.comes]

    def labelled(self, label: str) -> list[CastMember]:
        """Return the people of the rehearsal who attend and have this label, which is a theme's key."""
        return [player for player in self.coming if player.label == label]

    def some(self, players: Sequence[CastMember], share: float, at_least: int = 1) -> list[CastMember]:
        """Return a random part of these people, at least `at_least` of them; `share` is between 0 and 1.

        With the same seed, a rehearsal gets the same people.
        """
        count = min(len(players), max(at_least, round(len(players) * share)))
        return self.rng.sample(players, count)

    def at(self, day: int, hour: time) -> datetime:
        """Return the instant (UTC) of a local time on a day of the gathering, whose first day is 0."""
        gathering = self.settings.gathering
        return gathering.instant(datetime.combine(gathering.starts + timedelta(days=day), hour))

    def members(self, group: int) -> list[CastMember]:
        """Return the people who attend and are in the group with this id."""
        return [player for player in self.coming if player.group == group]

    def tell_group(
        self,
        group: int,
        mark: ExpectedMessage,
        but: CastMember | None = None,
        people: Collection[int] | None = None,
        times: int = 1,
    ) -> None:
        """Store that the members of a group, except `but`, are expected to get the message `mark`, `times` more times.

        With `people` (participants' ids), only these members are expected to get it. If `times` is negative, earlier
        expectations are taken back. If a member's platform uses threads, the message is expected in the group's thread,
        otherwise in private.
        """
        members = [player for player in self.members(group) if people is None or player.id in people]
        told = [player for player in members if player is not but]
        thread = next((each for each in self.threads if each.group == group), None)
        if thread and any(player.told_in_channel for player in told):
            self.expected_in_threads.due([thread], mark, times)
        self.expected.due([player for player in told if not (thread and player.told_in_channel)], mark, times)

    async def until(self, instant: datetime) -> None:
        """Move the clock to an instant, and expect the messages, such as reminders, that arrive by themselves."""
        self.expect(self, self.servers.clock.now(), instant)
        await self.servers.until(instant)
        await self.look()

    async def look(self) -> None:
        """Let everyone in the rehearsal look at their chat, so that no message disappears or changes unseen.

        A page shows only the latest fifty messages, and a message changes when one of its buttons is pressed.
        """

        async def look(player: CastMember) -> None:
            await player.driver.look()

        looking = [each for each in (*self.coming, *self.facilitators) if each.platform != "telegram"]
        await act_together(looking, look)

    async def reload(self) -> None:
        """Let everyone with a personal page load the whole page again, before the pages are compared at the end."""

        async def reload(player: CastMember) -> None:
            if isinstance(player.driver, LivePage):
                await player.driver.reload()

        await act_together(self.coming, reload)
