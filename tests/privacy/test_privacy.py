"""Privacy: what is kept is told and handed over, and who erases themselves is gone from every table and every byte."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import shutil
import stat
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.background import job_store
from bot.content.forms import Upload
from bot.conversation import journal_store
from bot.database.engine import Store, Transaction
from bot.membership import erasure, erasure_store
from bot.people import participant_store
from bot.people.listed import Gender
from bot.rehearsal.html import parse
from handlers.privacy import jobs
from handlers.team.store import find_question
from handlers.workshops.actions import MyIdeas
from tests.drivers.gestures import words as words_in
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.groups.builders import group
from tests.ideas.builders import idea, photo
from tests.outbox import press_push, pushed
from tests.participants import number, rewrite
from tests.pictures import png
from tests.stored_rows import stored_rows, tables
from tests.workshops.builders import PHASES, ended, started
from tests.world import DECLARED, START, World, make_settings, open_world

FACTS = {"family_name": "Zorglub-Étoilé", "organisation": "Les Jardins de Babel", "territory": "CA-QC"}
EMAIL = "zoraide@example.org"
DRAFT = "A digital secret garden for schools"
TRACES = ("Zoraïde", "zoraide", "Zorglub", "zorglub", "Jardins de Babel", "Zed#42", "secret garden")


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url) as world:
        yield world


@pytest.fixture
async def open_to_all(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, make_settings(gathering={"registration": "open"})) as world:
        yield world


async def register(chat: NeutralChat, name: str) -> None:
    await chat.command("register")
    await chat.fill(name, "Québec", "1999", "", "English")


async def join_everywhere(world: World, native_id: str = "1") -> tuple[NeutralChat, NeutralChat]:
    """Someone with two accounts, a theme, a question, words that wait, a draft and an e-mail address."""
    chat, other = world.chat(native_id, name="Zoraïde"), world.chat(f"d{native_id}", platform="discord", name="Zed#42")
    await chat.follow(f"j-{await world.invite('Zoraïde', **FACTS)}")
    await rewrite(world, await number(world, "Zoraïde"), email=EMAIL)
    await chat.command("lier")
    await other.command("link", chat.text.split()[2])
    await other.press("Yes")
    await press_push(world, chat, "Yes")
    await chat.command("theme")
    await chat.pick("Culture")
    await chat.press("Confirm")
    await other.command("team")
    await other.fill("Is there a secret garden?")
    await other.send("Someone follows me in the secret garden")
    await other.command("moi")
    await other.send(DRAFT)
    return chat, other


async def erase(chat: NeutralChat, which: str = "Erase my texts too") -> None:
    await chat.command("effacer")
    await chat.press(which)
    await chat.press("Yes, erase me")


async def everything(store: Store) -> str:
    """All rows of all tables, as text."""
    return "\n".join(str(row) for rows in (await stored_rows(store)).values() for row in rows)


def bytes_in(folder: Path) -> bytes:
    """Every byte of the files in a folder: the database, its log, what lies beside."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


# --- being told, and seeing it


@on_one_engine
async def test_anyone_may_read_what_is_kept_and_why(world: World) -> None:
    stranger, chat = world.chat("7"), await world.join("Zoé", "1")
    await stranger.command("privacy")
    assert "Until: Friday 31 December 2027." in stranger.text
    assert "Where: France." in stranger.text
    assert stranger.buttons == ("Home",)
    await chat.command("datenschutz")
    assert chat.buttons[:2] == ("See my data", "Erase everything")


@on_one_engine
async def test_the_document_holds_everything_and_no_secret(world: World) -> None:
    chat, _other = await join_everywhere(world)
    await catch_up_with(world, chat)
    await chat.command("mesdonnees")
    await catch_up_with(world, chat)
    assert [file.name for file in chat.files] == ["my-data.html", "my-data.json"]
    document = json.loads(chat.files[1].content)
    assert document["person"][0]["email"] == EMAIL
    assert document["person"][0]["joined_at"] == "2027-03-01T09:00:00+00:00"
    assert [account["platform"] for account in document["accounts"]] == ["telegram", "discord"]
    assert document["choice"][0]["theme"] == "culture"
    assert document["questions"][0]["question"] == "Is there a secret garden?"
    assert document["forms_half_filled"][0]["draft"] == {"question": DRAFT}
    assert document["words_that_wait"][0]["words"] == "Someone follows me in the secret garden"
    assert document["messages_received"]
    assert document["messages_sent"]
    assert all("hash" not in secret for secret in document["links_and_codes"])


async def test_pressed_twice_it_comes_once(world: World) -> None:
    chat = await world.join("Zoé", "1")
    for _tap in range(2):
        await chat.command("mesdonnees")
        assert chat.text.startswith("Your data is being gathered. It comes in a moment.")
        [job] = (await stored_rows(world.store))["jobs"]
        await world.change(job_store.claim, job["id"])
    await world.clock.advance(timedelta(seconds=20))
    await chat.command("mesdonnees")
    assert len((await stored_rows(world.store))["jobs"]) == 2


async def test_the_document_tells_what_reminders_were_turned_off(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await chat.command("rappels")
    await chat.pick("Meal")
    await chat.command("mesdonnees")
    await catch_up_with(world, chat)
    off = json.loads(chat.files[1].content)["reminders_turned_off"]
    assert {"subject": "kind:plenary"} in off


@on_one_engine
async def test_the_document_is_about_one_person(world: World) -> None:
    await join_everywhere(world)
    other = await world.join("Ali", "2")
    await other.command("mydata")
    await catch_up_with(world, other)
    told = "".join(file.content.decode() for file in other.files)
    assert [name for name in ("Ali", "Zora") if name in told] == ["Ali"]


async def test_the_document_is_a_page_in_ones_language_that_runs_nothing(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world:
        zoe = world.chat("1", locale="fr")
        await zoe.follow(f"j-{await world.invite('Zoé', locale='fr', gender=Gender.WOMAN)}")
        made = await group(world, ["Zoé"], theme="culture")
        await started(world, made, "solutions")
        given = await idea(world, made, "Zoé", "<script>alert(1)</script> & un jardin")
        await photo(world, given, png(4, 3), '"><img src=x onerror=alert(2)>.png')
        large = b"\x89PNG\r\n" + bytes(jobs.MOST_BYTES)
        await photo(world, given, large, "grande.png")
        await zoe.command("equipe")
        await zoe.fill("Où dort-on ?")
        await zoe.command("mesdonnees")
        await catch_up_with(world, zoe)
        page = zoe.files[0].content.decode()
        await zoe.press("Mes photos et documents")  # what the page only names can be had too
        assert zoe.view
        assert [attachment.content for attachment in zoe.view.attachments] == [png(4, 3), large]
    whole = parse(page.partition("<html")[1] + page.partition("<html")[2])
    html = whole.first("html")
    assert html is not None
    said = whole.text
    assert (html["lang"], "Tes idées" in said, "lundi 1er mars 2027, 10\u00a0h" in said) == ("fr", True, True)
    assert "<script>alert(1)</script> & un jardin" in said
    assert "Imaginer des solutions" in said
    assert ("femme" in said, "woman" in said) == (True, False)
    assert "Où dort-on ?" in said
    assert [element.tag for element in whole.walk() if element.tag in ("script", "link", "iframe", "form", "a")] == []
    assert [name for element in whole.walk() for name in element.attributes if name.startswith("on")] == []
    (shown,) = whole.all("img")
    assert shown["src"] == f"data:image/png;base64,{b64encode(png(4, 3)).decode()}"
    assert "grande.png · trop grande pour cette page" in said
    assert "default-src 'none'" in page
    assert "Code" not in said.partition("Ce que le bot note")[0]


# --- being forgotten


async def finished(world: World) -> int:
    """What was begun to be erased is erased; how many people."""
    return await erasure.finish_erasures(world.store, DECLARED, world.settings.storage, world.files)


async def replayed(world: World) -> int:
    """Who is back after a restore is erased again; how many people."""
    return await erasure.replay_erasures(world.store, DECLARED, world.settings.storage, world.files, world.clock.now())


@on_one_engine
async def test_nothing_is_left_in_any_table(world: World, store_url: str) -> None:
    team = await world.organiser()
    chat, other = await join_everywhere(world)
    await erase(chat)
    assert chat.text.startswith("Everything about you is erased.")
    await finished(world)
    left = await everything(world.store)
    assert not [trace for trace in (*TRACES, EMAIL) if trace in left]
    assert await pushed(world, team) == []
    for side in (chat, other):
        await side.command("me")
        assert side.text.startswith("Welcome to Rencontres.")


async def test_nothing_is_left_in_the_files(sqlite_url: str, tmp_path: Path) -> None:
    async with open_world(sqlite_url) as world:
        for number in range(40):  # so that pages fill, split and are taken again
            await world.invite(f"Person {number}", "Someone" * 9)
        chat, _other = await join_everywhere(world)
        for number in range(40, 80):
            await world.invite(f"Person {number}", "Someone" * 9)
        await erase(chat)
        await world.dispatcher.close()
        assert await finished(world) == 1
        found = bytes_in(tmp_path)
        assert not [trace for trace in (*TRACES, EMAIL) if trace.encode() in found]
        assert b"Person 79" in found


@on_one_engine
async def test_the_place_goes_to_who_waits_for_it(world: World) -> None:
    chat, _other = await join_everywhere(world)
    second, third = await world.join("Ali", "2"), await world.join("Noé", "3")
    for waiting, last in ((second, "Confirm"), (third, "Join the waiting list")):
        await waiting.command("theme")
        await waiting.pick("Culture")
        await waiting.press(last)
    await erase(chat)
    assert await pushed(world, third) == ["A place opened up: your theme is now Culture."]


@on_one_engine
async def test_texts_may_stay_without_their_author(world: World) -> None:
    team = await world.organiser()
    chat, _other = await join_everywhere(world)
    await erase(chat, "Keep my texts, without my name")
    await finished(world)
    kept = await world.store.read(lambda tx: find_question(tx, 1))
    assert kept
    assert (kept.question, kept.participant_id) == ("Is there a secret garden?", None)
    await team.command("questions")
    assert team.text == "Every question has its answer."
    left = await everything(world.store)
    assert not [trace for trace in ("Zoraïde", "Zorglub", "Jardins", EMAIL) if trace in left]


async def given_ideas(store_url: str, which: str) -> list[tuple[str, int | None, str, str]]:
    """What is left of what someone gave who is erased: words, author, message, name of its photo."""
    async with open_world(store_url, make_settings(phases=PHASES)) as world:
        chat, _other = await join_everywhere(world)
        run = await started(world, await group(world, ["Zoraïde"], theme="culture"), "solutions")
        photo = Upload("Zoraïde.pdf", b"%PDF of a kitchen", media_type="application/pdf")
        await chat.send_file(photo, "A shared kitchen")
        await chat.send("A library that is open at night")
        await chat.send_sticker()
        await chat.follow(MyIdeas(run.id).encode())
        await chat.open(2)
        await chat.press("Withdraw")
        await ended(world, run)
        await chat.send("A library that comes late")
        await catch_up_with(world, chat)  # what came before
        await chat.command("mesdonnees")
        await catch_up_with(world, chat)
        document = json.loads(chat.files[1].content)
        assert [idea["text"] for idea in document["ideas"]] == [
            "A shared kitchen",
            "A library that is open at night",
            "A library that comes late",
        ]
        assert document["files_of_your_ideas"][0]["name"] == "Zoraïde.pdf"
        await erase(chat, which)
        await finished(world)
        left = await everything(world.store)
        assert not [trace for trace in ("Zoraïde", "Zorglub", EMAIL) if trace in left]
        rows = await stored_rows(world.store)
        files = {file["idea_id"]: file["name"] for file in rows["idea_files"]}
        return [(row["text"], row["author_id"], row["chat"], files[row["id"]]) for row in rows["ideas"]]


@pytest.mark.parametrize(
    ("which", "left"),
    [("Keep my texts", [("A shared kitchen", None, "", "1.pdf")]), ("Erase my texts too", [])],
    ids=["stay as nobody's", "go with everything else"],
)
async def test_what_a_group_read_stays_with_it_where_its_author_says_so(
    store_url: str, which: str, left: list[tuple[object, ...]]
) -> None:
    assert await given_ideas(store_url, which) == left


@on_one_engine
async def test_changes_that_name_the_person_are_forgotten_too(world: World) -> None:
    await world.organiser()
    chat, _other = await join_everywhere(world)

    async def unit(tx: Transaction) -> None:
        _account, inès = await participant_store.identify(tx, "telegram", "900")
        assert inès
        for subject, value in (("person:2", '{"email": ""}'), ("import", f'["{EMAIL}"]'), ("theme:culture", "{}")):
            await journal_store.add(tx, inès.id, subject, '["text"]', value, world.clock.now())

    await world.store.transact(unit)
    await erase(chat)
    left = await world.store.read(lambda tx: journal_store.newest(tx, 10))
    assert [entry.subject for entry in left] == ["theme:culture"]


@on_one_engine
async def test_erasing_takes_two_confirmations_and_not_an_old_one(world: World) -> None:
    chat, _other = await join_everywhere(world)
    await chat.command("effacer")
    await chat.press("Keep my profile")
    assert "Theme: Culture" in chat.text
    await chat.command("effacer")
    await chat.press("Erase my texts too")
    assert chat.text == "Really erase everything now?"
    await world.clock.advance(timedelta(minutes=11))
    await chat.press("Yes, erase me")
    assert chat.text.startswith("That button has aged.")
    assert "Theme: Culture" in chat.text


@on_one_engine
async def test_a_second_tap_meets_a_stranger(world: World) -> None:
    chat, _other = await join_everywhere(world)
    await chat.command("effacer")
    await chat.press("Erase my texts too")
    payload = chat.payload("Yes, erase me")
    await chat.follow(payload)
    await chat.follow(payload)
    assert "Welcome to Rencontres." in chat.text


# --- beside the database


def log_of(world: World) -> list[dict[str, object]]:
    return [json.loads(line) for line in erasure.log_path(world.settings.storage).read_text().splitlines() if line]


async def test_an_erasure_is_noted_beside_the_database_once(world: World, store_url: str) -> None:
    chat, _other = await join_everywhere(world)
    await erase(chat)
    assert await finished(world) == 1
    assert await finished(world) == 0
    (noted,) = log_of(world)
    assert noted["texts"] is True
    assert noted["erased_at"] == "2027-03-01T09:00:00+00:00"
    assert re.fullmatch(r"[0-9a-f]{64}", str(noted["person"]))
    assert stat.S_IMODE(erasure.log_path(world.settings.storage).stat().st_mode) == 0o600


@on_one_engine
async def test_a_crash_between_the_commit_and_the_log_loses_nothing(store_url: str, tmp_path: Path) -> None:
    files = tmp_path / "files"
    async with open_world(store_url, files=files) as world:
        chat, _other = await join_everywhere(world)
        await erase(chat)
    erasure.log_path(world.settings.storage).write_text('{"person": "torn by the cra')
    async with open_world(store_url, files=files) as world:
        assert await finished(world) == 1
    assert len(erasure.log_path(world.settings.storage).read_text().splitlines()) == 2
    async with open_world(store_url, files=files) as world:
        assert await finished(world) == 0


async def test_a_disk_that_is_full_after_half_a_line_keeps_the_erasure_for_the_next_time(sqlite_url: str) -> None:
    """The system writes what there is room for, and says only how much that was."""
    async with open_world(sqlite_url) as world:
        chat, _other = await join_everywhere(world)
        await erase(chat)
        log = erasure.log_path(world.settings.storage)
        log.write_text("\n" * 60)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        pending = await world.store.read(erasure_store.pending)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
            with pytest.raises(OSError, match="No space left"):
                erasure._append(log, pending.values())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert log.stat().st_size == 100
        assert await finished(world) == 1
        assert len(list(erasure._parse(log.read_text()))) == 1


async def test_who_was_erased_since_the_backup_is_erased_again(sqlite_url: str, tmp_path: Path) -> None:
    backup, database = tmp_path / "backup.db", Path(sqlite_url.removeprefix("sqlite:///"))
    async with open_world(sqlite_url) as world:
        chat, _other = await join_everywhere(world)
        await world.join("Ali", "2")
        await world.store.backup(backup)
        await erase(chat)
        await finished(world)
    shutil.copyfile(backup, database)
    async with open_world(sqlite_url) as world:
        assert EMAIL in await everything(world.store)
        assert await replayed(world) == 1
        assert await replayed(world) == 0
        left = await everything(world.store)
        assert not [trace for trace in (*TRACES, EMAIL) if trace in left]
        assert "Ali" in left
    assert len(log_of(world)) == 1


async def test_who_comes_again_with_the_same_reference_is_someone_new(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        chat, _other = await join_everywhere(world)
        await erase(chat)
        await finished(world)
        await world.clock.advance(timedelta(days=1))
        world._people -= 1
        await world.invite("Zoraïde", **FACTS)
        assert await replayed(world) == 0
        assert "Zoraïde" in await everything(world.store)


@on_one_engine
async def test_names_and_roles_given_elsewhere_are_taken_back(world: World) -> None:
    chat, _other = await join_everywhere(world)
    await erase(chat)
    rows = await stored_rows(world.store)
    accounts = {row["id"]: (row["native_id"], row["name"]) for row in rows["accounts"]}
    nobodys = [row for row in rows["deliveries"] if row["participant_id"] is None]
    assert [(row["kind"], *accounts[row["account_id"]]) for row in nobodys] == [("membership", "d1", "")]


def test_every_table_is_in_the_document_or_says_nothing_of_people() -> None:
    impersonal = {
        "settings",
        "appearances",  # colour and logos
        "attendance",  # the latest of each day in attendance_halves, which is in the document
        "themes",
        "leases",
        "erasures",  # fingerprints of who is gone
        "stored_before",  # up to where messages may hold names
        "erased_accounts",  # salted hashes, for an hour
        "endings",  # hashes of what was ended, until they are noted
        "rounds",
        "reminders_called_back",
        "sessions",
        "programme_news",  # plans of sessions, for minutes: who changed what is in the journal
        "groups",  # who is in them is in members
        "group_numbers",
        "calendar_entries",
        "phases",
        "plenaries",
        "stage_turns",  # who presents is in presenters
        "stage_wishes",
        "gallery_rounds",  # who visits which table is in gallery_visits
        "equality_steps",  # counts of many together, and rounded shares
        "equality_withheld",
        "equality_room",
        "display_entries",  # short addresses of walls
        "encounters",
        "encounter_met",  # before tables were mended; whom one sat with is in encounter_seats
        "encounter_pairs",  # whom the team lets meet, or not: each of the two would read of the other
        "practical_sections",
        "practical_files",
        "practical_counts",  # of many questions together
        "pending_imports",  # a list someone sent, kept a day at most
        "questionnaire_fields",  # what is asked about people, not what is kept of them
        "trust_conversations",  # kept from every document: who wrote reads and erases them with /confiance
        "trust_messages",
    }
    looked_up = set(re.findall(r"FROM (\w+)", " ".join(part.sql for part in DECLARED.document)))
    assert set(tables()) - impersonal <= looked_up


@on_one_engine
async def test_a_correction_that_was_under_way_says_their_name_no_more(world: World) -> None:
    ines = await world.organiser()
    chat, _other = await join_everywhere(world)
    await ines.command("organiser")
    await ines.press("Find someone")
    await ines.fill("Zoraïde")
    await ines.press(next(label for label in ines.buttons if "Zoraïde" in label))
    await ines.press("Correct")
    assert "Now: Zoraïde" in words_in(ines.text)
    await erase(chat)
    assert (await stored_rows(world.store, "dialogues"))["dialogues"] == []
    await ines.send("Zoé")
    assert not any(trace in ines.text for trace in TRACES)


@on_one_engine
async def test_who_is_called_as_somebody_answers_deletes_nobodys_answers(open_to_all: World) -> None:
    world, chat, ali = open_to_all, open_to_all.chat("1"), open_to_all.chat("2")
    await ali.command("register")
    await ali.send("Montréal")
    await register(chat, "Montréal")
    await erase(chat)
    assert "Montréal" in (await stored_rows(world.store, "dialogues"))["dialogues"][0]["draft"]


async def test_who_is_called_by_a_letter_stops_nobodys_work(open_to_all: World) -> None:
    world, chat = open_to_all, open_to_all.chat("1")
    ali = await world.join("Ali", "2")
    await ali.command("mydata")
    await register(chat, "E")
    await erase(chat)
    assert [row["kind"] for row in (await stored_rows(world.store, "jobs"))["jobs"]] == ["mydata"]


# --- one erasure an hour, where anybody may register


async def test_a_second_erasure_within_an_hour_waits_until_the_hour_is_over(open_to_all: World) -> None:
    world, chat = open_to_all, open_to_all.chat("1")
    erasures = erasure.Erasures(world.store, DECLARED, world.settings.storage, world.files, world.clock)
    running = asyncio.create_task(erasures.run())
    await register(chat, "Zoé")
    await erase(chat)
    assert chat.text.startswith("Everything about you is erased.")
    erasures.wake()
    await world.clock.advance_when_asleep()
    await register(chat, "Mia")
    await erase(chat)
    assert chat.text.startswith(
        "You erased another profile here less than an hour ago.\nEverything about this one will be"
    )
    await chat.command("moi")
    await chat.press("More…")
    assert "Mia" in chat.text
    erasures.wake()
    assert (await stored_rows(world.store, "erasures_later"))["erasures_later"]
    await world.clock.advance(timedelta(hours=1))
    while any((await stored_rows(world.store, "erased_accounts", "erasures_later")).values()):
        erasures.wake()
        await world.clock.advance_when_asleep()
    assert await stored_rows(world.store, "participants", "erased_accounts", "erasures_later") == {
        "participants": [],
        "erased_accounts": [],
        "erasures_later": [],
    }
    assert START + timedelta(hours=1) <= world.clock.now()
    running.cancel()
    await asyncio.wait({running})


@on_one_engine
async def test_somebody_else_does_not_wait(open_to_all: World) -> None:
    for native_id in ("1", "2"):
        chat = open_to_all.chat(native_id)
        await register(chat, "Zoé")
        await erase(chat)
        assert chat.text.startswith("Everything about you is erased.")
