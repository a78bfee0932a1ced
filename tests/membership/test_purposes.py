"""A purpose beside taking part: who agreed stays for it, others are erased; each end erases what it alone needs."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.config import purpose_store
from bot.config.purposes import PARTICIPATION, Purpose
from bot.content.errors import UserError
from bot.content.forms import Upload
from bot.files.folder import Folder
from bot.membership import agreement_store, inviting
from bot.membership.erasure import finish_erasures, log_path, replay
from bot.people.document import collect
from handlers.navigation.actions import Renew
from handlers.privacy.store import Concerned, concerned
from handlers.registration.organiser.importing import take_list
from tests.clock import ManualClock
from tests.crowds import FIRST, add_people, choose
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.followup import (
    ASKED_ON,
    DECLARED,
    END,
    FOLLOWUP,
    LATER_END,
    Asking,
    agree,
    end,
    follow,
    look,
    open_followed_up,
)
from tests.outbox import press_push, pushed
from tests.participants import number
from tests.stored_rows import stored_rows, tables
from tests.world import FILE_TABLES, World, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_followed_up(store_url) as world:
        yield world


async def marked(world: World, name: str, native_id: str) -> NeutralChat:
    """Someone of whom something is kept for each purpose, which a marker with their name tells."""
    chat = await world.join(name, native_id)
    await chat.command("team")
    await chat.fill(f"part-marker-{name}")
    return chat


async def markers(world: World) -> set[str]:
    """What is stored, of people's names and of the markers for each purpose."""
    rows = await stored_rows(world.store, *tables(), "followups")
    stored = str(rows)
    names = ("Zoé", "Ali")
    ids = [await number(world, name) for name in names]
    looked_for = [*names, *(f"part-marker-{name}" for name in names), *(f"followup-marker-{each}-True" for each in ids)]
    return {each for each in looked_for if each in stored}


async def finished(world: World) -> None:
    await finish_erasures(world.store, DECLARED, world.settings.storage, world.files)


async def test_each_end_erases_what_nothing_else_needs(world: World) -> None:
    zoe, ali = await marked(world, "Zoé", "1"), await marked(world, "Ali", "2")
    for chat in (zoe, ali):
        await chat.follow("t7-1")
    zoe_id, ali_id = await number(world, "Zoé"), await number(world, "Ali")
    answers = {f"followup-marker-{each}-True" for each in (zoe_id, ali_id)}
    await agree(world, zoe_id)
    assert await markers(world) == {"Zoé", "Ali", "part-marker-Zoé", "part-marker-Ali"} | answers
    await end(world, END)
    await finished(world)
    assert await markers(world) == {"Zoé", f"followup-marker-{zoe_id}-True"}
    await zoe.command("start")
    assert zoe.text.endswith("Rencontres is over. Thank you!")  # her screen still
    await ali.command("start")
    assert "everything we kept about you is erased" in ali.text
    await end(world, LATER_END)
    await finished(world)
    assert await markers(world) == set()
    await zoe.command("start")
    assert "everything we kept about you is erased" in zoe.text


async def test_a_purpose_that_ends_first_erases_nobody(store_url: str) -> None:
    async with open_followed_up(store_url, retention_ends="2028-12-31") as world:
        team = await world.organiser()
        zoe = await marked(world, "Zoé", "1")
        await zoe.follow("t7-1")
        zoe_id = await number(world, "Zoé")
        await world.invite("Ali")
        await agree(world, zoe_id)
        await end(world, LATER_END)
        assert await markers(world) == {"Zoé", "Ali", "part-marker-Zoé"}
        assert await world.read(purpose_store.of_person, zoe_id) == set()
        first, _second = [said for said in await pushed(world, team) if "will be erased" in said]
        assert "“Asked again in month seven”" in first
        assert "1 person stays for another purpose." in first


@on_one_engine
async def test_who_withdraws_loses_what_was_kept_for_it(world: World) -> None:
    zoe = await marked(world, "Zoé", "1")
    await zoe.follow("t7-1")
    zoe_id = await number(world, "Zoé")
    await world.invite("Ali")
    await agree(world, zoe_id)
    await world.change(agreement_store.withdraw, DECLARED, zoe_id, FOLLOWUP.key)
    assert await markers(world) == {"Zoé", "Ali", "part-marker-Zoé"}
    await end(world, END)
    await finished(world)
    assert await markers(world) == set()


async def test_sixty_read_the_farewell_and_forty_are_asked(world: World) -> None:
    now = world.clock.now()

    async def fill(tx: object) -> None:
        everybody = await add_people(tx, [("telegram", str(FIRST + n)) for n in range(100)], now, "en")  # type: ignore[arg-type]
        await choose(tx, everybody, "school", now)  # type: ignore[arg-type]

    await world.store.transact(fill)
    await agree(world, *range(61, 101))
    asking = Asking()
    for at in (END - timedelta(days=14), END - timedelta(days=2), END, ASKED_ON):
        await look(world, at, asking)
    await finished(world)
    chats = [world.chat(str(FIRST + n)) for n in range(100)]
    for chat in (*chats[:60], world.chat("77")):
        await chat.command("start")
        assert "everything we kept about you is erased" in chat.text
        assert await pushed(world, chat) == []
    for chat in chats[60:]:
        assert await pushed(world, chat) == ["Does it go on?"]
        await press_push(world, chat, "Yes")
        assert chat.text == "Noted."
    rows = await stored_rows(world.store, "participants", "choices", "followups", "inbox")
    assert (len(rows["participants"]), len(rows["followups"])) == (40, 40)
    assert rows["choices"] == []
    assert {row["native_id"] for row in rows["inbox"]} == {str(FIRST + n) for n in range(60, 100)}
    noted = [json.loads(line)["person"] for line in log_path(world.settings.storage).read_text().splitlines()]
    assert len(noted) == len(set(noted)) == 40 + 1 + 60  # agreements, the end of taking part, people


@on_one_engine
async def test_the_team_is_warned_of_each_end_with_how_many_it_concerns(world: World) -> None:
    team = await world.organiser()
    await marked(world, "Zoé", "1")
    await marked(world, "Ali", "2")
    await agree(world, await number(world, "Zoé"), await number(world, "Inès"))
    await look(world, END - timedelta(days=14))
    first = (await pushed(world, team))[-1]
    assert "Friday 31 December" in first
    assert "“Taking part in the gathering”" in first
    assert "Everything about 1 person is erased." in first
    assert "2 people stay for another purpose." in first
    await look(world, END - timedelta(days=2))
    await look(world, END)
    await look(world, LATER_END - timedelta(days=14))
    *_, last = await pushed(world, team)
    assert "“Asked again in month seven”" in last
    assert "Everything about 2 people is erased." in last
    assert "1 of them organises." in last


async def test_a_restored_backup_of_before_is_erased_again_at_the_start(sqlite_url: str, tmp_path: Path) -> None:
    async with open_followed_up(sqlite_url) as world:
        zoe, _ali = await marked(world, "Zoé", "1"), await marked(world, "Ali", "2")
        await zoe.follow("t7-1")
        zoe_id = await number(world, "Zoé")
        await agree(world, zoe_id)
        await finished(world)
        ids, storage = world.ids, world.settings.storage
    database = Path(sqlite_url.removeprefix("sqlite:///"))
    shutil.copy(database, tmp_path / "backup.db")
    async with open_world(sqlite_url, world.settings) as world:
        follow(world)
        await end(world, END)
        await finish_erasures(world.store, DECLARED, storage, world.files)
    shutil.copy(tmp_path / "backup.db", database)
    async with open_world(sqlite_url, world.settings) as world:
        follow(world)
        world.ids = ids
        assert await markers(world) >= {"Zoé", "Ali", "part-marker-Zoé", "part-marker-Ali"}
        files = Folder(storage.folder, FILE_TABLES)
        again = await replay(world.store, DECLARED, storage, files, END + timedelta(days=1))
        assert again.people == 1
        assert await markers(world) == {"Zoé", f"followup-marker-{zoe_id}-True"}


async def test_a_restored_backup_brings_no_withdrawn_agreement_back(world: World) -> None:
    await marked(world, "Zoé", "1")
    zoe_id = await number(world, "Zoé")
    await agree(world, zoe_id)
    await world.change(agreement_store.withdraw, DECLARED, zoe_id, FOLLOWUP.key)
    await finished(world)
    await world.store.transact(
        lambda tx: tx.run(
            "INSERT INTO purposes (participant_id, purpose, agreed_at) VALUES (:id, 'followup', 0)", id=zoe_id
        )
    )
    await world.store.transact(lambda tx: tx.run("DELETE FROM endings"))
    assert await world.read(purpose_store.of_person, zoe_id) == {FOLLOWUP.key}
    await replay(world.store, DECLARED, world.settings.storage, world.files, world.clock.now(), restored=True)
    assert await world.read(purpose_store.of_person, zoe_id) == set()


@on_one_engine
async def test_a_date_chosen_in_chat_counts_until_the_settings_say_another(world: World) -> None:
    earlier, settings = END - timedelta(days=30), world.settings
    assert await world.read(purpose_store.end_of, settings, PARTICIPATION) == END
    await world.change(purpose_store.choose_end, settings, PARTICIPATION, earlier)
    assert await world.read(purpose_store.end_of, settings, PARTICIPATION) == earlier
    moved = settings.model_copy(
        update={"gathering": settings.gathering.model_copy(update={"retention_ends": LATER_END.date()})}
    )
    assert await world.read(purpose_store.end_of, moved, PARTICIPATION) == PARTICIPATION.ends(moved)


@on_one_engine
async def test_whom_another_date_concerns_is_known_before(world: World) -> None:
    for name in ("Zoé", "Ali", "Noé"):
        await world.invite(name)
    await agree(world, await number(world, "Zoé"))

    async def whom(purpose: Purpose, at: datetime) -> Concerned:
        return await world.read(concerned, world.settings, purpose, at, world.clock.now())

    assert await whom(PARTICIPATION, END) == Concerned(2, 0, 1)
    assert await whom(PARTICIPATION, LATER_END + timedelta(days=1)) == Concerned(3, 0, 0)
    assert await whom(FOLLOWUP, END - timedelta(days=1)) == Concerned(0, 0, 1)


async def test_the_document_tells_what_one_agreed_to(world: World) -> None:
    await world.invite("Zoé")
    zoe_id = await number(world, "Zoé")
    await agree(world, zoe_id)
    document = await world.read(collect, DECLARED, zoe_id, world.clock.now().isoformat())
    assert [row["purpose"] for row in document["purposes"]] == ["followup"]


async def test_once_taking_part_is_over_nobody_is_added_or_invited(world: World) -> None:
    team = await world.organiser()
    held, zoe = await number(world, "Inès"), await world.invite("Zoé")
    await agree(world, held)
    await team.follow(take_list.to().encode())
    await team.fill(Upload("liste.csv", b"ref,given_name,family_name,country\nA1,Ali,Ben,France\n"))
    await catch_up_with(world, team)
    import_it = team.payload("Import")
    await world.change(purpose_store.set_over, PARTICIPATION.key, END)  # and nobody is erased yet
    world.dispatcher._clock = world.clock = ManualClock(END)
    zoe_id, before = await number(world, "Zoé"), await stored_rows(world.store, "participants", "secrets")
    refused = (import_it, take_list.to().encode(), "gik", Renew(zoe_id, "").encode(), "oir")
    for payload in refused:
        await team.follow(payload)
        assert "anybody who joins now would be erased at once" in team.text, payload
    assert await stored_rows(world.store, "participants", "secrets") == before
    await team.follow(Renew(held, "").encode())
    assert "invitation. It will not be shown again." in team.text
    stranger = world.chat("77")
    for text in (f"j-{zoe}", "jr"):
        await stranger.follow(text)
        assert "everything we kept about you is erased" in stranger.text
    with pytest.raises(UserError, match="erased at once"):
        await world.change(inviting.invite_organiser, world.settings, "Max", END, bot_username=None)


async def test_an_end_that_was_shortened_in_chat_holds_after_a_restore(sqlite_url: str, tmp_path: Path) -> None:
    earlier = END - timedelta(days=100)
    async with open_followed_up(sqlite_url) as world:
        await marked(world, "Zoé", "1")
        await marked(world, "Ali", "2")
        await agree(world, await number(world, "Zoé"))
        await finished(world)
        ids, storage = world.ids, world.settings.storage
    database = Path(sqlite_url.removeprefix("sqlite:///"))
    shutil.copy(database, tmp_path / "backup.db")
    async with open_world(sqlite_url, world.settings) as world:
        follow(world)
        await world.change(purpose_store.choose_end, world.settings, PARTICIPATION, earlier)
        await end(world, earlier)
        await finish_erasures(world.store, DECLARED, storage, world.files)
    shutil.copy(tmp_path / "backup.db", database)
    async with open_world(sqlite_url, world.settings) as world:
        follow(world)
        world.ids = ids
        files, day_after = Folder(storage.folder, FILE_TABLES), earlier + timedelta(days=1)
        await replay(world.store, DECLARED, storage, files, day_after, restored=True)
        assert await world.read(purpose_store.is_over, world.settings, PARTICIPATION, day_after)
        await look(world, day_after)
        assert await markers(world) == {"Zoé"}
        ali = world.chat("2", name="Ali")
        await ali.command("start")
        assert "everything we kept about you is erased" in ali.text


@on_one_engine
async def test_the_page_of_ones_data_says_what_one_agreed_to(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await agree(world, await number(world, "Zoé"))
    await zoe.command("mesdonnees")
    await catch_up_with(world, zoe)
    assert "Asked again in month seven" in zoe.files[0].content.decode()
