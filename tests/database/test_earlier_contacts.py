"""Cards and contacts of the version whose cards had needs alone, and one field for how to reach somebody."""

from __future__ import annotations

from pathlib import Path

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.database.schema import upgrade
from tests.database.conftest import open_bare
from tests.drivers.neutral import NeutralChat
from tests.initiatives.builders import SETTINGS, giving
from tests.older_schema import older_program
from tests.world import START, open_world

PEOPLE = {"Awa": "awa@sn.example", "Lou": "Signal: lou.12", "Max": "max@be.example", "Kim": None}
"""How each could be reached; Kim never wrote a card."""
ANSWERS = [
    ("Awa", "Lou", 1),
    ("Lou", "Awa", 1),
    ("Awa", "Max", 1),
    ("Max", "Awa", 0),
    ("Awa", "Kim", 1),
    ("Kim", "Awa", 1),
    ("Max", "Lou", 1),
]


async def _as_it_was(tx: Transaction) -> None:
    """Four people on Telegram, their cards, and what they said of each other."""
    ids = {name: place for place, name in enumerate(PEOPLE, 1)}
    for name, reached in PEOPLE.items():
        await tx.run(
            "INSERT INTO participants (ref, given_name, search_key, status, created_at)"
            " VALUES (:name, :name, :name, 'joined', CAST(:now AS BIGINT))",
            name=name,
            now=to_micros(START),
        )
        await tx.run(
            "INSERT INTO accounts (platform, native_id, participant_id, chat, name, locale, linked_at)"
            " VALUES ('telegram', :native, :id, :native, :name, 'en', CAST(:now AS BIGINT))",
            native=str(ids[name]),
            id=ids[name],
            name=name,
            now=to_micros(START),
        )
        if reached is not None:
            await tx.run(
                "INSERT INTO initiative_cards (participant_id, seeks, offers, contact, shown)"
                " VALUES (:id, 'place money', 'hands', :contact, 1)",
                id=ids[name],
                contact=reached,
            )
    for person, about, yes in ANSWERS:
        await tx.run(
            "INSERT INTO contact_answers (participant_id, about_id, yes, met)"
            " VALUES (:person, :about, :yes, 'encounter')",
            person=ids[person],
            about=ids[about],
            yes=yes,
        )


async def _listed(chat: NeutralChat, command: str) -> tuple[str, ...]:
    """Whom somebody finds by a command."""
    await chat.command(command)
    return chat.options


async def test_who_kept_in_touch_before_still_does_and_cards_wait_for_their_authors(
    empty_store_url: str, tmp_path: Path
) -> None:
    older = await open_bare(empty_store_url)
    await upgrade(older, older_program(tmp_path, 84))
    await older.transact(_as_it_was)
    await older.close()
    async with open_world(empty_store_url, SETTINGS, migrate=True) as world:
        chats = {name: world.chat(str(place), name=name) for place, name in enumerate(PEOPLE, 1)}
        assert {name: await _listed(chat, "contacts") for name, chat in chats.items()} == {
            "Awa": ("Kim", "Lou"),
            "Lou": ("Awa",),
            "Max": (),
            "Kim": ("Awa",),
        }
        awa, lou = chats["Awa"], chats["Lou"]
        await awa.open(2)
        assert awa.text == "Lou\nSignal: lou.12\nMet in an encounter"
        await lou.open(1)
        assert lou.text == "Awa\nawa@sn.example\nMet in an encounter"
        await giving(awa, "awa@new.example")
        await lou.command("contacts")
        await lou.open(1)
        assert "awa@new.example" in lou.text
        await awa.command("initiative")
        await awa.press("Present my initiative")
        await awa.fill("Garden", "We grow.", "Senegal", "")
        assert "Looks for: a place and funding" in awa.text
        assert await _listed(lou, "directory") == ()
        await awa.press("Yes, show it")
        assert await _listed(lou, "directory") == ("Awa, Senegal: looks for a place and funding",)
