"""The people of a rehearsal: who they are, the chats by which they act, and acting all at once."""

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
    """An invented person who takes part in a rehearsal; `wants` is the theme they have in mind.

    `theme` and `waits` (with `line`, their rank in the queue) are as they were told. `group` is a group's id, `ways_in`
    their invitation, by its headings.
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
        """What the report calls them."""
        return f"{self.person.full_name} ({self.person.ref}, {self.platform})"

    def zone_at(self, instant: datetime) -> str:
        """Return the zone where they are: at home, or while the gathering lasts where it takes place."""
        home = self.hours.home(self.person.territory, instant, away=not self.comes)
        return (home and zone_of(home)) or self.reader.zone

    @property
    def told_in_channel(self) -> bool:
        """Whether they read in their group's channel what it is told, and open their own screens by a command."""
        return features_of(self.platform).speaks_in_channels

    @property
    def received(self) -> Sequence[Received]:
        """What the bot said to them, as far as they looked."""
        return self.driver.received

    async def enter(self) -> str:
        """Come in by the way of their platform; returns how they are greeted."""
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
    """Invented people, 45 % on Telegram, 35 % on the page, 20 % on Discord."""
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
    """Let people act, a dozen at a time; on Discord one after the other, as simcord plays one gesture at a time."""
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
