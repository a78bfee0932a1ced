"""config.toml seeds the programme once; then the store wins. What cannot be is refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.config import Settings
from bot.seeding import seed
from bot.storage import sessions, settings
from bot.storage.engine import Transaction, open_store
from tests.handlers.programmes import OPENING, PLENARY, with_programme
from tests.world import open_world


async def test_sessions_are_seeded_once(store_url: str) -> None:
    async with open_world(store_url, with_programme(OPENING)) as world:
        [opening] = await world.store.read(sessions.all_sessions)
        assert opening.plan.starts.isoformat() == "2027-06-10T07:00:00+00:00"
        assert opening.plan.zone == "Europe/Paris"
        await world.store.transact(lambda tx: sessions.remove(tx, opening.id))
        await seed(world.store, with_programme(OPENING, PLENARY))
        assert await world.store.read(sessions.all_sessions) == []


async def test_a_store_from_before_there_were_sessions_gets_them(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)

    async def was_seeded(tx: Transaction) -> None:
        await settings.put(tx, "seeded", "1")

    await store.transact(was_seeded)
    await seed(store, with_programme(OPENING))
    assert len(await store.read(sessions.all_sessions)) == 1
    await store.close()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ends": "2027-06-10T08:00:00"}, "the session opening ends before it begins"),
        ({"starts": "2027-03-28T02:30:00"}, "the session opening is at an hour that is skipped when clocks change"),
        ({"audience": "theme:dance"}, "the session opening is for the theme dance, which there is not"),
        ({"audience": "everybody"}, "no audience is called 'everybody'"),
        ({"zone": "Mars/Olympus"}, "no time zone is called 'Mars/Olympus'"),
        ({"title": {}}, "the session opening has no title"),
        ({"map": "javascript:alert(1)"}, "sessions.0.map"),
        ({"kind": "sun"}, "sessions.0.kind"),
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
    [opening] = settings.sessions
    assert settings.instant(opening, opening.starts).hour == 6
