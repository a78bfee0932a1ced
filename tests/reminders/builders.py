"""A gathering whose reminders fall due while a clock is moved, forward or back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from bot.background.reminding import Subject
from bot.background.scheduling import Ticker
from bot.content.stored_views import unpack
from bot.content.texts import Reader, plain
from bot.database.engine import Store, Transaction
from bot.delivery.outgoing import ClaimedDelivery
from bot.people import participant_store
from bot.people.participants import Account
from handlers.programme.model import Plan, Session
from handlers.programme.service import change_sessions, follow_change
from handlers.programme.store import add_session
from handlers.reminders.schedule import Reminders
from handlers.reminders.seeding import SEED
from handlers.reminders.settings import ReminderSettings
from tests.clock import ManualClock
from tests.delivery.rig import Rig
from tests.outbox import claim_and_settle
from tests.stored_rows import stored_rows
from tests.world import START, SUBJECTS

NINE = datetime(2027, 6, 10, 7, 0, tzinfo=UTC)
"""Nine o'clock in Paris."""
READER = Reader("en", "Europe/Paris")
_A_DAY_AND_TEN_MINUTES = {"before": ["1d", "10min"], "eve": "", "asked": []}
"""Each session by itself, unless a test says otherwise."""


class SetClock(ManualClock):
    """A clock that somebody sets: those who sleep by it do not notice."""

    def set_by(self, by: timedelta) -> None:
        """Set it forward or back."""
        self._now += by

    def set_to(self, instant: datetime) -> None:
        """Set it to an instant."""
        self._now = instant


class Reminded:
    """People, sessions, and a program that reminds; nothing leaves the outbox."""

    def __init__(self, store: Store, **reminders: Any) -> None:
        self.rig = Rig(store, "telegram")
        self.store = self.rig.store
        self.clock = SetClock(START)
        changes = {"reminders": ReminderSettings.model_validate({**_A_DAY_AND_TEN_MINUTES, **reminders})}
        self.settings = self.rig.settings.model_copy(update=changes)
        self.ticker = self.program()

    def source(self, subjects: Mapping[str, Subject] = SUBJECTS) -> Reminders:
        """What the program releases step by step."""
        return Reminders(self.settings, subjects)

    def program(
        self, subjects: Mapping[str, Subject] = SUBJECTS, released: Callable[[], None] = lambda: None
    ) -> Ticker:
        """A program on this store, as after a start."""
        return Ticker(self.store, self.clock, (self.source(subjects),), released)

    async def start(self) -> None:
        """What the program does before anything else: keep what is configured, plan what is not planned yet."""
        await self.store.transact(lambda tx: SEED.write(tx, self.settings))
        await self.ticker.prepare()

    async def session(self, key: str, starts: datetime, zone: str = "Europe/Paris", **plan: Any) -> Session:
        """A session of an hour, planned now."""
        title = {"en": key}
        planned = Plan(key, title, starts, starts + timedelta(hours=1), zone, **{"kind": "plenary", **plan})

        async def unit(tx: Transaction) -> Session:
            await SEED.write(tx, self.settings)
            session = await add_session(tx, planned)
            await follow_change(tx, None, session, self.clock.now())
            return session

        return await self.store.transact(unit)

    async def change(self, session: Session, plan: Plan) -> Session:
        """Another plan for a session, as an organiser makes it in chat."""
        changed = await self.store.transact(
            lambda tx: change_sessions(tx, [(session, plan)], self.clock.now(), self.settings.gathering.hours)
        )
        return changed.sessions[0][1]

    async def at(self, instant: datetime) -> Sequence[str]:
        """What is put into the outbox when the clock is set to an instant, and the program looks."""
        self.clock.set_to(instant)
        before = len(await self.sent())
        await self.ticker.look()
        return [text for _person, text in (await self.sent())[before:]]

    async def until(self, end: datetime) -> dict[datetime, list[str]]:
        """What is put into the outbox and when, the program looking at each time it named."""
        found: dict[datetime, list[str]] = {}
        while (due := await self.ticker.look()) is not None and due <= end:
            if texts := await self.at(due):
                found.setdefault(due, []).extend(texts)
        await self.at(end)
        return found

    async def sent(self) -> list[tuple[int, str]]:
        """Everything in the outbox: for whom, and the words, oldest first."""
        said = []
        for row in await self.deliveries():
            lines = unpack(row["content"], None).lines
            said.append((row["participant_id"], "\n".join(plain(line, READER) for line in lines)))
        return said

    async def deliveries(self) -> list[dict[str, Any]]:
        """The rows of the outbox, oldest first."""
        rows = (await stored_rows(self.store, "deliveries"))["deliveries"]
        return sorted(rows, key=lambda row: cast("int", row["id"]))

    async def counts(self) -> list[int]:
        """How many messages each person gets, who gets any."""
        counts = Counter(row["participant_id"] for row in await self.deliveries())
        return [counts[person] for person in sorted(counts)]

    async def copies(self) -> int:
        """How many rows the outbox holds."""
        return len(await self.deliveries())

    async def states(self) -> dict[str, int]:
        """How many reminders there are in each state."""
        return dict(Counter(row["state"] for row in (await stored_rows(self.store, "reminders"))["reminders"]))

    async def organiser(self) -> int:
        """Someone of the team."""
        return await self.rig.person("Inès", "telegram:900", organises=True, attends=False)

    async def deliver(self) -> list[ClaimedDelivery]:
        """Let what is due in the outbox arrive, whatever the hour; what was claimed for that."""
        now, hours = self.clock.now(), self.settings.gathering.hours
        day = hours.day(now)
        return await self.rig.change(claim_and_settle, now, replace(hours, first=day, last=day))

    async def crowd(self, people: int) -> list[int]:
        """So many people who came in, at once; their ids."""
        now = self.clock.now()

        async def unit(tx: Transaction) -> list[int]:
            ids = []
            for number in range(people):
                person = await participant_store.add(tx, ref=f"C-{number}", given_name="Zoé", family_name="", now=now)
                account = Account("telegram", str(number), str(number), "Zoé", None)
                await participant_store.attach(tx, account, person.id, now)
                await participant_store.join(tx, person.id, now)
                ids.append(person.id)
            return ids

        return await self.store.transact(unit)
