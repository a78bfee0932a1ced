"""A capability with a purpose of its own, for tests: people who agreed to it are asked again in month seven."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.app import declared
from bot.background.reminding import Subject
from bot.background.scheduling import Released, Source, Ticker
from bot.capability import Capability, make_router, switched_on
from bot.config import purpose_store
from bot.config.purposes import Purpose
from bot.config.settings import Sections, Settings, compose
from bot.content.texts import _
from bot.content.views import Button, Reply, View, reply
from bot.conversation.dispatch import Dispatcher
from bot.conversation.routes import Request, Routes
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.membership.retention import Retention
from bot.people.declared import Chapter, DocumentPart, PersonalData
from handlers.privacy.schedule import Ends
from tests.clock import ManualClock
from tests.world import CAPABLE, SECTIONS, World, make_settings, open_world

ASKED_ON = datetime(2028, 1, 10, 9, tzinfo=UTC)
LAST_DAY = "2027-12-31"
END = datetime(2027, 12, 31, 23, tzinfo=UTC)
"""When that day is over in Paris, and taking part with it."""
LATER_END = END + timedelta(days=31)
"""When the follow-up is over."""

routes = Routes()


@routes.press("t7")
async def keep_answer(request: Request, going: bool) -> Reply:
    """Store whether what came out of the gathering goes on."""
    await request.tx.run(
        "INSERT INTO followups (participant_id, answer) VALUES (:id, :answer)",
        id=request.participant.id,
        answer=f"followup-marker-{request.participant.id}-{going}",
    )
    return reply(_("Noted."))


class Asking:
    """Asks everybody who agreed, once."""

    def __init__(self) -> None:
        self._asked = False

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """When they are asked."""
        return None if self._asked else ASKED_ON

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Ask them."""
        if self._asked or now < ASKED_ON:
            return None
        self._asked = True
        view = View((_("Does it go on?"),), (Button(_("Yes"), keep_answer.to(True)),))
        people = await tx.values(int, "SELECT participant_id FROM purposes WHERE purpose = 'followup'")
        return Released(sum([await outbox.notify(tx, each, view, now, outbox.Telling.AWAITED) for each in people]))


def _sources(_settings: Settings, _subjects: Mapping[str, Subject]) -> Sequence[Source]:
    return (Asking(),)


FOLLOWUP = Purpose(
    "followup",
    _("Asked again in month seven"),
    _("You agreed to it."),
    lambda settings: settings.gathering.day_begins(settings.gathering.ends + timedelta(days=234)),
)
CAPABILITY = Capability(
    routes=(routes,),
    sources=_sources,
    personal_data=(
        PersonalData(
            table="followups",
            purpose=FOLLOWUP.key,
            goes="participant_id answer",
            document=DocumentPart(
                "followups",
                _("Your answers"),
                Chapter.WRITTEN,
                "SELECT answer FROM followups WHERE participant_id = :id",
                said="answer",
            ),
        ),
    ),
)
DECLARED = declared((*CAPABLE, CAPABILITY))
FollowedUp = compose((*SECTIONS, Sections(purposes=(FOLLOWUP,))))
"""The settings with its purpose."""


async def _make_table(tx: Transaction) -> None:
    await tx.run(
        "CREATE TABLE followups (participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,"
        " answer TEXT NOT NULL)"
    )


@asynccontextmanager
async def open_followed_up(url: str, **gathering: str) -> AsyncIterator[World]:
    """A gathering with the follow-up."""
    given = make_settings(gathering={"retention_ends": LAST_DAY, **gathering}, organisers={"telegram": [900]})
    settings = FollowedUp.model_validate(given.model_dump())
    async with open_world(url, settings) as world:
        await world.store.transact(_make_table)
        follow(world)
        try:
            yield world
        finally:
            if world.store.dialect == "postgresql":  # the next test has the same database
                await world.store.transact(lambda tx: tx.run("DROP TABLE followups"))


def follow(world: World) -> None:
    """Have a world's dispatcher know the follow-up."""
    router = make_router((*switched_on(CAPABLE, world.settings), CAPABILITY))
    world.router = router
    world.dispatcher = Dispatcher(world.store, router, DECLARED, world.settings, world.clock, files=world.files)
    world._others.append(world.dispatcher)


async def look(world: World, at: datetime, *others: Source, settings: Settings | None = None) -> None:
    """Let the program look at what is due at an instant, with other settings if given."""
    world.clock = ManualClock(at)
    world.dispatcher._clock = world.clock
    settings = settings or world.settings
    sources = [*others, Ends(settings), Retention(settings, DECLARED, world.files)]
    await Ticker(world.store, world.clock, sources).look()


async def end(world: World, at: datetime) -> None:
    """Warn of the end of a purpose, and let it come."""
    for before in (timedelta(days=14), timedelta(days=2), timedelta()):
        await look(world, at - before)


async def agree(world: World, *people: int) -> None:
    """Let people agree to the follow-up."""
    for person in people:
        await world.store.transact(
            partial(purpose_store.agree, participant_id=person, key=FOLLOWUP.key, now=world.clock.now())
        )
