"""The people of a rehearsal, the chats through which they act, and a way to let many of them act at the same time."""

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
_OF_TWENTY: Sequence[Platform] = ("telegram",) * 8 + ("web",) * 6 + ("discord",) * 4 + ("email",) * 2


@dataclass(eq=False, slots=True)
class CastMember:
    """An invented person who takes part in a rehearsal, a gathering that the program plays.

    A label is a theme's key: `wants` is the label that the person would like, `label` the one that the bot told them
    they have, and `waits` the one in whose waiting list they have the rank `line`. `group` is the id of their group.
    `comes` is True if they joined and still attend, `late` if they join late. `ways_in` has the links and the code of
    their invitation, such as `page` and `code`.
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
    label: str | None = None
    waits: str | None = None
    line: int = 0
    group: int | None = None
    ways_in: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the person's name for the report, with their number in the list and their platform."""
        return f"{self.person.full_name} ({self.person.ref}, {self.platform})"

    def zone_at(self, instant: datetime) -> str:
        """Return the time zone in which the person is at an instant.

        It is the gathering's time zone during the gathering, otherwise the time zone at the person's home.
        """
        home = self.hours.home(self.person.territory, instant, away=not self.comes)
        return (home and zone_of(home)) or self.reader.zone

    @property
    def told_in_channel(self) -> bool:
        """Return whether the person gets messages to their group in the group's channel, rather than in private.

        This depends on the person's platform.
        """
        return features_of(self.platform).speaks_in_channels

    @property
    def accounts(self) -> int:
        """Return how many accounts the person has: two for a person with an e-mail address, who joined on a page."""
        return 2 if self.platform == "email" else 1

    @property
    def gets_live_screens(self) -> bool:
        """Return whether the person gets messages that are kept up to date, which depends on their platform."""
        return not features_of(self.platform).keeps_messages

    @property
    def received(self) -> Sequence[Received]:
        """Return the messages that the person got from the bot and has looked at."""
        return self.driver.received

    async def enter(self) -> str:
        """Open the person's invitation on their platform, and return the text with which the bot greets them.

        On Discord, the person also agrees to get private messages; a person with e-mail chooses to get messages there.
        """
        match self.platform:
            case "web" | "email":
                await self.driver.follow(self.ways_in["page"])
            case "telegram":
                await self.driver.follow(self.ways_in["telegram"].partition("start=")[2])
            case "discord":
                await self.driver.follow("j-" + self.ways_in["code"])
        greeting = self.driver.text
        if self.platform == "discord":
            await self.driver.command("moi")
            await self.driver.act("sp")
        if self.platform == "email":
            await self.driver.command("reglages")
            await self.driver.act("sa")
            await self.driver.choose(self.driver.values[-1])
        self.comes = True
        return greeting


def cast(count: int, seed: int, wishes: Sequence[str], year: int) -> list[tuple[RosterPerson, Platform]]:
    """Return `count` invented people with their platforms: 40 % Telegram, 30 % page, 20 % Discord, 10 % e-mail.

    The same `seed` gives the same people. `wishes` are the labels (themes' keys) among which people choose, the most
    wanted first; ages are counted from `year`.
    """
    rng = Random(seed)  # noqa: S311 - nothing here is secret
    weights = {label: 1 / rank for rank, label in enumerate(wishes, start=1)}
    platforms: list[Platform] = []
    while len(platforms) < count:
        platforms += rng.sample(_OF_TWENTY, len(_OF_TWENTY))
    return [
        (invented.person, platform)
        for invented, platform in zip(invent(count, seed, wishes=weights, year=year), platforms, strict=False)
    ]


async def act_together(players: Iterable[CastMember], do: Callable[[CastMember], Awaitable[object]]) -> None:
    """Call `do` for each of these invented people, for up to twelve of them at the same time.

    People on Discord act one after the other, because simcord, the simulated Discord, allows one action at a time.
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
