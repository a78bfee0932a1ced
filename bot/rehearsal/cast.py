"""The people who take part in a rehearsal, and the chats through which they act."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from bot.content.features import features_of
from bot.content.texts import Reader
from bot.content.zones import zone_of
from bot.people.listed import RosterPerson
from bot.people.quiet import Hours
from bot.rehearsal.chat_driver import ChatDriver, Received
from bot.rehearsal.people import Platform, invent

_AT_ONCE = 12
_OF_TWENTY: Sequence[Platform] = ("telegram",) * 9 + ("web",) * 7 + ("discord",) * 4


@dataclass(eq=False, slots=True)
class CastMember:
    """An invented person who takes part in a rehearsal; `wants` is the key of the theme they would like.

    `theme` and `waits` are the theme that the bot told them they have, and the theme for which they wait; `line` is
    their rank in the queue for it. `group` is the id of their group. `ways_in` are the links and the code of their
    invitation, by heading.
    """

    person: RosterPerson
    platform: Platform
    driver: ChatDriver
    reader: Reader
    wants: str
    hours: Hours
    id: int = 0
    comes: bool = False
    late: bool = False
    facilitates: bool = False
    theme: str | None = None
    waits: str | None = None
    line: int = 0
    group: int | None = None
    ways_in: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The person's name in the report, with their ref and platform."""
        return f"{self.person.full_name} ({self.person.ref}, {self.platform})"

    def zone_at(self, instant: datetime) -> str:
        """Return the time zone where the person is: at home, or during the gathering at its venue."""
        home = self.hours.home(self.person.territory, instant, away=not self.comes)
        return (home and zone_of(home)) or self.reader.zone

    @property
    def told_in_channel(self) -> bool:
        """Whether the bot tells this person news of their group in the group's channel, as on Discord."""
        return features_of(self.platform).speaks_in_channels

    @property
    def received(self) -> Sequence[Received]:
        """The messages of the bot that this person has seen."""
        return self.driver.received

    async def enter(self) -> str:
        """Accept the invitation in the way of the person's platform. Returns the bot's greeting."""
        match self.platform:
            case "web":
                await self.driver.follow(self.ways_in["page"])
            case "telegram":
                await self.driver.follow(self.ways_in["telegram"].partition("start=")[2])
            case "discord":
                await self.driver.follow("j-" + self.ways_in["code"])
        greeting = self.driver.text
        if self.platform == "discord":
            await self.driver.command("moi")
            await self.driver.act("sp")
        self.comes = True
        return greeting


def cast(count: int, seed: int, themes: Sequence[str], year: int) -> list[tuple[RosterPerson, Platform]]:
    """Return invented people with their platforms: 45 % Telegram, 35 % personal page, 20 % Discord.

    The same `seed` gives the same people. `themes` are keys, the most wanted first; `year` is that of the gathering.
    """
    rng = Random(seed)  # noqa: S311 - nothing here is secret
    weights = {theme: 1 / rank for rank, theme in enumerate(themes, start=1)}
    platforms: list[Platform] = []
    while len(platforms) < count:
        platforms += rng.sample(_OF_TWENTY, len(_OF_TWENTY))
    return [
        (invented.person, platform)
        for invented, platform in zip(invent(count, seed, themes=weights, year=year), platforms, strict=False)
    ]


async def act_together(players: Iterable[CastMember], do: Callable[[CastMember], Awaitable[object]]) -> None:
    """Call `do` for several people, a dozen at a time; on Discord one at a time, as simcord requires.

    Raises an AssertionError of `do` with the person's name.
    """
    room = asyncio.Semaphore(_AT_ONCE)
    desk = asyncio.Lock()

    async def act(player: CastMember) -> None:
        async with desk if player.platform == "discord" else room:
            try:
                await do(player)
            except AssertionError as error:
                raise AssertionError(f"{player.name}: {error}") from error

    async with asyncio.TaskGroup() as tasks:
        for player in players:
            tasks.create_task(act(player))
