"""What the suite asks of a platform's peer: people there, what is on their screens, and the platform's bad moments.

A peer is the real other side of an adapter: a server that holds to the platform's rules, or the program that people
look with. Cases know this protocol alone; what differs they read in `PlatformFeatures`, never by a platform's name.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from bot.content.features import features_of
from bot.content.platforms.record import PlatformFeatures
from bot.content.reasons import Reason
from bot.content.texts import Reader, Span
from bot.content.views import View
from bot.database.engine import Row, Transaction
from bot.delivery import outbox
from bot.delivery.platform import Address, Platform
from bot.people import participant_store, preference_store
from bot.people.participants import Account
from tests.drivers.program import catch_up
from tests.world import World

_deliveries = itertools.count(1_000_001)
_people = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as its reader sees it.

    `styled` holds each style («strong», «link ADDRESS») with the words that have it, `buttons` each label with what it
    carries: a payload or an address. `calls` says that it rings somebody by a mention, `place` that it is a place on a
    map, `silent` that it makes no sound.
    """

    text: str = ""
    styled: Set[tuple[str, str]] = frozenset()
    buttons: tuple[tuple[str, str], ...] = ()
    options: tuple[str, ...] = ()
    pictures: tuple[bytes, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    calls: bool = False
    place: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account on the platform: their id, the chat in which they are written to, and their language.

    `hand` is the platform's own driver, with which they look and press.
    """

    id: int
    chat: str
    locale: str
    hand: Any
    before: frozenset[str] = field(default_factory=frozenset)


class Peer(ABC):
    """The other side of one adapter, which a whole module shares: each case looks at people of its own."""

    def __init__(self, world: World, adapter: Platform) -> None:
        self.world = world
        self.adapter = adapter

    @property
    def features(self) -> PlatformFeatures:
        """What the platform says that it can do."""
        return features_of(self.adapter.name)

    # --- what each platform does its own way

    @abstractmethod
    async def person(self, name: str = "Zoé", *, locale: str = "en") -> Person:
        """Somebody who takes part, and was sent nothing yet."""

    @abstractmethod
    async def screen(self, person: Person) -> list[Seen]:
        """What the bot's messages to somebody show now, oldest first."""

    @abstractmethod
    async def press(self, person: Person, label: str) -> str:
        """Press a button of the latest message; what is read then, perhaps where the button leads."""

    @abstractmethod
    async def shut(self, person: Person) -> None:
        """From now on the person cannot be reached."""

    @abstractmethod
    def postpone(self, person: Person) -> None:
        """Refuse the next message to somebody for now."""

    @abstractmethod
    def lose_answer(self, person: Person) -> None:
        """Let the next message to somebody arrive, and the platform's word of it get lost."""

    @abstractmethod
    def refuse(self, person: Person) -> None:
        """Refuse the next message to somebody for good."""

    @abstractmethod
    def throw_away(self, person: Person) -> None:
        """Let somebody delete all that the bot wrote, where that can be done."""

    @abstractmethod
    async def restart(self) -> None:
        """Go on with another program over the same store, which remembers nothing."""

    # --- straight through the adapter

    def reader(self, person: Person) -> Reader:
        """Who reads, now."""
        return Reader(person.locale, self.world.settings.gathering.zone, self.world.clock.now())

    async def send(self, person: Person, *lines: Span, delivery: int = 0, **view: Any) -> str:
        """Send a message, and return its id; `view` has its buttons and whatever else a view may have."""
        number = delivery or next(_deliveries)
        return await self.adapter.send(
            Address(person.chat), View(lines, **view), self.reader(person), delivery_id=number
        )

    async def edit(self, person: Person, message: str, *lines: Span, **view: Any) -> str:
        """Correct a message, and return its id."""
        return await self.adapter.edit(Address(person.chat), message, View(lines, **view), self.reader(person))

    async def delete(self, person: Person, message: str) -> bool:
        """Take a message back; whether the platform allowed it."""
        return await self.adapter.delete(Address(person.chat), message)

    # --- through the outbox

    async def tell(
        self, person: Person, *lines: Span, telling: outbox.Telling = outbox.Telling.NEWS, **view: Any
    ) -> None:
        """Put a message into the outbox, as handlers do, and let it leave as far as it will."""
        await self.enqueue(person, *lines, telling=telling, **view)
        await self.deliver()

    async def enqueue(
        self, person: Person, *lines: Span, telling: outbox.Telling = outbox.Telling.NEWS, **view: Any
    ) -> None:
        """Put a message into the outbox, which nobody sends yet."""
        await self.world.change(outbox.notify, person.id, View(lines, **view), self.world.clock.now(), telling)

    async def deliver(self) -> None:
        """Send what is in the outbox until nothing is left to do; waits pass at once."""
        await catch_up(self.world, self.adapter)

    async def rows(self, person: Person) -> Sequence[Row]:
        """What the outbox says of somebody's messages, oldest first."""
        return await self.world.store.read(
            lambda tx: tx.all(
                "SELECT state, op, reason, attempts, repeated FROM deliveries WHERE participant_id = :id"
                " AND (kind = 'message' OR announcement_id IS NOT NULL) ORDER BY id",
                id=person.id,
            )
        )

    async def fates(self, person: Person) -> list[tuple[str, Reason | None]]:
        """How each of somebody's messages ended, and why."""
        return [(row["state"], Reason(row["reason"]) if row["reason"] else None) for row in await self.rows(person)]

    # --- people

    async def join(self, platform: str, chat: str, name: str, locale: str) -> int:
        """Note somebody with an account, who agreed to be written to; their id."""

        async def unit(tx: Transaction) -> int:
            now = self.world.clock.now()
            person = await participant_store.add(
                tx, ref=f"C-{next(_people)}", given_name=name, family_name="Dupont", now=now, locale=locale
            )
            await participant_store.attach(tx, Account(platform, chat, chat, name, locale), person.id, now)
            await participant_store.join(tx, person.id, now)
            await preference_store.set_private_pushes(tx, person.id, True)
            return person.id

        return await self.world.store.transact(unit)


def words(screen: Sequence[Seen]) -> str:
    """All that is read on a screen."""
    return "\n".join(seen.text for seen in screen)


def gathered(screen: Sequence[Seen], part: Callable[[Seen], Sequence[Any]]) -> list[Any]:
    """What all messages of a screen hold of something, such as their buttons."""
    return [each for seen in screen for each in part(seen)]
