"""config.toml seeds the programme once; then the store wins. What cannot be is refused by name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.config import setting_store as settings
from bot.config.settings import Settings
from bot.database.engine import Transaction
from bot.database.opening import open_store
from handlers.groups.seeding import SEED
from handlers.groups.store.rounds import all_rounds, mark_round_published, set_meeting
from handlers.programme.settings import SessionSettings
from handlers.programme.store import all_sessions, remove_session
from tests.engines import on_one_engine
from tests.programme.builders import OPENING, PLENARY, with_programme
from tests.world import make_settings, open_world, seed


@on_one_engine
async def test_sessions_are_seeded_once(store_url: str) -> None:
    async with open_world(store_url, with_programme(OPENING)) as world:
        [opening] = await world.store.read(all_sessions)
        assert opening.plan.starts.isoformat() == "2027-06-10T07:00:00+00:00"
        assert opening.plan.zone == "Europe/Paris"
        await world.store.transact(lambda tx: remove_session(tx, opening.id))
        await seed(world.store, with_programme(OPENING, PLENARY))
        assert await world.store.read(all_sessions) == []


async def test_who_speaks_and_what_about_is_seeded_too(sqlite_url: str) -> None:
    words = {"speaker": "Marie Curie, physicienne", "description": {"fr": "Ce que l'on cherche."}}
    async with open_world(sqlite_url, with_programme({**OPENING, **words})) as world:
        [opening] = await world.store.read(all_sessions)
        assert (opening.plan.speaker, opening.plan.description) == (words["speaker"], words["description"])


async def test_a_store_from_before_there_were_sessions_gets_them(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)

    async def was_seeded(tx: Transaction) -> None:
        await settings.put(tx, "seeded", "1")

    await store.transact(was_seeded)
    await seed(store, with_programme(OPENING))
    assert len(await store.read(all_sessions)) == 1
    await store.close()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ends": "2027-06-10T08:00:00"}, "the session opening ends before it begins"),
        ({"starts": "2027-03-28T02:30:00"}, "the session opening is at an hour that is skipped when clocks change"),
        ({"audience": "theme:dance"}, "the session opening is for the theme dance, which there is not"),
        ({"audience": "everybody"}, "no audience is called 'everybody'"),
        ({"zone": "Mars/Olympus"}, "there is no time zone 'Mars/Olympus'"),
        ({"title": {}}, "the session opening has no title"),
        ({"map": "javascript:alert(1)"}, "sessions.0.map"),
        ({"kind": "sun"}, "sessions.0.kind"),
        ({"speaker": "M" * 101}, "sessions.0.speaker"),
        ({"description": {"fr": "x" * 301}}, "sessions.0.description"),
        ({"colour": "red"}, "sessions.0.colour"),
    ],
)
def test_a_session_that_cannot_be_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        with_programme({**OPENING, **changes})


def test_a_key_names_one_session() -> None:
    with pytest.raises(ValidationError, match="two sessions have the key opening"):
        with_programme(OPENING, OPENING)


def test_an_hour_may_say_its_offset() -> None:
    settings: Settings = with_programme({**OPENING, "starts": "2027-06-10T08:00:00+02:00"})
    [opening] = settings.all_of(SessionSettings)
    assert opening.instants(settings.gathering)[0].hour == 6


def of_days(starts: str, ends: str, meeting: str) -> Settings:
    return make_settings(gathering={"starts": starts, "ends": ends}, groups={"meeting": meeting})


MOVED = of_days("2027-06-17", "2027-06-19", "2027-06-17T15:00:00")


@on_one_engine
async def test_rounds_follow_what_is_configured(store_url: str) -> None:
    async with open_world(store_url, of_days("2027-06-10", "2027-06-12", "2027-06-10T14:00:00")) as world:
        await seed(world.store, MOVED)
        [round_] = await world.store.read(all_rounds)
        assert round_.day.isoformat() == "2027-06-17"
        assert round_.meets_at is not None
        assert round_.meets_at.isoformat() == "2027-06-17T13:00:00+00:00"


async def test_rounds_stay_once_published_or_once_their_meeting_was_set_in_chat(store_url: str) -> None:
    async with open_world(store_url, of_days("2027-06-10", "2027-06-12", "2027-06-10T14:00:00")) as world:
        [as_configured] = await world.store.read(all_rounds)
        in_chat = datetime(2027, 6, 10, 9, tzinfo=UTC)
        await world.store.transact(lambda tx: set_meeting(tx, 1, in_chat))
        await seed(world.store, MOVED)
        [round_] = await world.store.read(all_rounds)
        assert (round_.day, round_.meets_at) == (as_configured.day, in_chat)
        await world.store.transact(lambda tx: set_meeting(tx, 1, as_configured.meets_at))
        await world.store.transact(lambda tx: mark_round_published(tx, 1, world.clock.now()))
        await seed(world.store, MOVED)
        [round_] = await world.store.read(all_rounds)
        assert (round_.day, round_.meets_at) == (as_configured.day, as_configured.meets_at)
        assert await world.store.read(lambda tx: SEED.differences(tx, MOVED, world.clock.now())) == [
            "round 1 (published), day: 2027-06-10 -> 2027-06-17",
            "round 1 (published), first meeting: 2027-06-10 14:00 Europe/Paris -> 2027-06-17 15:00 Europe/Paris",
        ]
