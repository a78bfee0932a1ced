"""Audience, kind, speaker and description, changed in chat: what is told to whom, the way back, and who reads it."""

from __future__ import annotations

import pytest

from bot.content.forms import Upload
from handlers.programme import store
from handlers.programme.calendar import calendar_entry
from handlers.programme.model import Session
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.outbox import pushed
from tests.participants import number, rewrite
from tests.programme.builders import LUNCH, with_programme
from tests.stored_rows import stored_rows
from tests.world import World, open_world

OPENING = "ys-1"
WORKSHOP = "ys-2"


async def in_culture(world: World, name: str = "Zoe", native_id: str = "1") -> NeutralChat:
    zoe = await world.join(name, native_id)
    await zoe.pick("Culture")
    await zoe.press("Confirm")
    return zoe


async def read(world: World, session_id: int) -> Session:
    session = await world.read(store.find_session, session_id)
    assert session
    return session


async def to_audience(chat: NeutralChat, session: str, option: str, *, button: str = "Audience") -> None:
    await chat.follow(session)
    await chat.press(button)
    await chat.pick(option)


async def test_another_audience_is_told_to_those_it_is_new_for_and_those_it_is_not_for_any_more(
    store_url: str,
) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, ali = await in_culture(world), await world.join("Ali", "2")
        ines = await world.organiser()
        await to_audience(ines, WORKSHOP, "everyone")
        assert ines.text.splitlines() == [
            "Workshop, Thursday 10 June, 10:30: for different people than before",
            "For: everyone (before: Culture).",
            "New for 1 person.",
            "No longer for 0 people.",
            "1 person will be told.",
        ]
        assert await pushed(world, ali) == []
        await ines.press("For them")
        assert ines.text == "Workshop, Thursday 10 June, 10:30: for everyone\n1 person is told."
        undo = ines.payload("Undo")
        assert (await pushed(world, ali))[-1].endswith("Workshop, Thursday 10 June, 10:30: takes place, and is for you")
        assert await pushed(world, zoe) == []
        await ines.follow(undo)
        assert (await pushed(world, ali))[-1].endswith("Workshop, Thursday 10 June, 10:30: no longer for you")
        await to_audience(ines, OPENING, "the team")
        assert ines.text.splitlines()[1:] == [
            "For: the team (before: everyone).",
            "New for 1 person.",
            "No longer for 2 people.",
            "2 people will be told.",
        ]
        await ines.press("For them")
        await zoe.command("programme")
        assert "Opening" not in zoe.text


async def test_it_can_be_for_a_territory_that_is_typed(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        ali, eva = await world.join("Ali", "2"), await world.join("Eva", "3", territory="BE")
        ines = await world.organiser(modal=True)
        await ines.follow(OPENING)
        await ines.press("Audience")
        await ines.press("For a territory")
        await ines.fill("quebec")
        assert "For: Quebec (before: everyone).\nNew for 0 people.\nNo longer for 1 person." in ines.text
        confirm = ines.payload("For them")
        await ines.press("For them")
        assert (await read(world, 1)).plan.audience.encode() == "territory:CA-QC"
        assert len(await pushed(world, eva)) == 1
        assert await pushed(world, ali) == []
        await ines.follow(confirm)
        assert "Nothing was changed." in ines.text
        assert len(await pushed(world, eva)) == 1


async def test_of_what_is_over_nobody_is_told(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe, ines = await in_culture(world), await world.organiser()
        await world.clock.advance((await read(world, 1)).plan.over_at - world.clock.now())
        await to_audience(ines, OPENING, "the team")
        assert ines.text.endswith("\n0 people will be told.")
        before = await pushed(world, zoe)
        await ines.press("For them")
        assert "told" not in ines.text
        assert await pushed(world, zoe) == before


@on_one_engine
@pytest.mark.parametrize(
    ("locale", "buttons", "answers", "said", "listed"),
    [
        (
            "en",
            ("Kind of session", "Who speaks", "Description", "Skip"),
            ("Visit", "Hidden words"),
            "Opening, Thursday 10 June, 09:00: only details change (speaker)",
            "with Marie Curie",
        ),
        (
            "fr",
            ("Type d’activité", "Qui intervient", "Description", "Passer"),
            ("Visite", "Mots cachés"),
            "Ouverture, jeudi 10 juin, 9\xa0h\xa0: seuls les détails changent (qui intervient)",
            "avec Marie Curie",
        ),
        (
            "de",
            ("Art des Programmpunkts", "Wer spricht", "Beschreibung", "Überspringen"),
            ("Besuch", "Versteckte Worte"),
            "Eröffnung, Donnerstag, 10. Juni, 09:00: nur Einzelheiten ändern sich (wer spricht)",
            "mit Marie Curie",
        ),
    ],
)
async def test_kind_speaker_and_description_are_told_to_nobody_and_read_by_all(
    store_url: str, locale: str, buttons: tuple[str, str, str, str], answers: tuple[str, str], said: str, listed: str
) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, ines = await world.join("Zoé", "1", locale=locale), await world.organiser(locale=locale)
        kind, speaker, description, skip = buttons
        await ines.follow(OPENING)
        await ines.press(kind)
        await ines.pick(answers[0])
        assert (await read(world, 1)).plan.kind == "visit"
        await ines.follow(OPENING)
        await ines.press(speaker)
        await ines.fill("Marie Curie")
        assert ines.text == said
        undo = ines.payload(ines.buttons[0])
        await ines.follow(OPENING)
        await ines.press(description)
        for each in ("fr", "en", "de"):
            await (ines.send(answers[1]) if each == locale else ines.press(skip))
        assert (await read(world, 1)).plan.description == {locale: answers[1]}
        await ines.follow(OPENING)
        assert ines.text.splitlines()[-2:] == [listed, answers[1]]
        assert await pushed(world, zoe) == []
        await zoe.command("programme")
        assert listed in zoe.text.splitlines()
        assert answers[1] not in zoe.text, "a list of several sessions stays short"
        for words in ("curie", answers[1].split()[1]):
            await zoe.follow("yq")
            await zoe.fill(words)
            assert zoe.text.splitlines()[-2:] == [listed, answers[1]]
        await ines.follow(undo)
        assert "Marie" in (await read(world, 1)).plan.speaker, "the session was changed since"
        entry = await world.read(calendar_entry, 1, [locale], world.clock.now())
        assert entry
        assert entry.about[0].splitlines()[-2:] == [listed, answers[1]]
        await zoe.follow("yc")
        assert zoe.file
        assert "Marie Curie" in zoe.file.content.decode()
        assert answers[1] in zoe.file.content.decode()


async def test_each_can_be_taken_back(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines = await world.organiser(modal=True)
        before = (await read(world, 1)).plan
        for button, answers in (
            ("Kind of session", ["meal"]),
            ("Who speaks", ["Marie"]),
            ("Description", ["Un", "One", ""]),
        ):
            await ines.follow(OPENING)
            await ines.press(button)
            await ines.fill(*answers)
            assert (await read(world, 1)).plan != before
            await ines.press("Undo")
            assert (await read(world, 1)).plan == before
        await ines.follow(OPENING)
        await ines.press("Who speaks")
        await ines.fill("")
        assert "Nothing was changed." in ines.text


@pytest.mark.parametrize(
    ("button", "theirs", "mine"),
    [
        ("Who speaks", ["Marie Curie"], ["Ada Lovelace"]),
        ("Description", ["", "One", ""], ["", "Two", ""]),
    ],
)
async def test_two_organisers_never_lose_each_others_details(
    sqlite_url: str, button: str, theirs: list[str], mine: list[str]
) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines, luc = await world.organiser(modal=True), await world.organiser(platform="discord", modal=True)
        for chat in (ines, luc):
            await chat.follow(OPENING)
            await chat.press(button)
        await ines.fill(*theirs)
        after = (await read(world, 1)).plan
        await luc.fill(*mine)
        assert "changed this meanwhile, so nothing was saved." in luc.text
        assert (await read(world, 1)).plan == after
        await luc.press("Open the form again")
        await luc.fill(*mine)
        assert (await read(world, 1)).plan != after


async def test_a_kind_chosen_beside_another_is_asked_for_again(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines, luc = await world.organiser(), await world.organiser(platform="discord")
        for chat in (ines, luc):
            await chat.follow(OPENING)
            await chat.press("Kind of session")
        await ines.pick("Meal")
        await luc.pick("Visit")
        assert "changed this meanwhile" in luc.text
        assert luc.text.endswith("\nNow: Meal\nYou wrote: Visit")
        assert (await read(world, 1)).plan.kind == "meal"


async def test_an_audience_chosen_before_another_change_is_not_taken(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines, luc = await world.organiser(), await world.organiser(platform="discord")
        await to_audience(ines, OPENING, "Culture")
        await to_audience(luc, OPENING, "the team")
        await ines.press("For them")
        await luc.press("For them")
        assert "changed this meanwhile" in luc.text
        assert (await read(world, 1)).plan.audience.encode() == "theme:culture"


async def test_a_description_has_an_end(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines = await world.organiser(modal=True)
        await ines.follow(OPENING)
        await ines.press("Description")
        await ines.fill("", "x" * 301, "")
        assert "1 character too many (at most 300)." in ines.text


async def test_at_most_six_buttons_are_in_sight(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme(LUNCH)) as world:
        ines = await world.organiser()
        await ines.follow(OPENING)
        assert len(ines.buttons) == 6
        assert ines.buttons[-1] == "More…"


@on_one_engine
@pytest.mark.parametrize(
    ("speaker", "left"),
    [
        ("Awa Diop et Paul Roy", "Paul Roy"),
        ("Paul Roy, Awa Diop & Zoé Ba", "Paul Roy & Zoé Ba"),
        ("Paul Roy, historien, et Dr Awa Diop (ENS, Dakar)", "Paul Roy, historien"),
        ("AWA DIOP, physicienne et chimiste", ""),
        ("Awa Diop – physicienne", ""),
        ("Awa Diop, 李明", "李明"),
        ("Awa Diop, محمد علي et van der Berg", "محمد علي et van der Berg"),
        ("Awa Diop et bell hooks", "bell hooks"),
        ("Awa Diop Martin", "Awa Diop Martin"),
        ("Paul Roy et Awa-Diop Martin, juriste", "Paul Roy et Awa-Diop Martin, juriste"),
    ],
)
async def test_beside_another_speaker_only_who_is_erased_goes(store_url: str, speaker: str, left: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        awa = await world.join("Awa", "1")
        await rewrite(world, await number(world, "Awa"), family_name="Diop")
        ines = await world.organiser(modal=True)
        await ines.follow(OPENING)
        await ines.press("Who speaks")
        await ines.fill(speaker)
        await awa.command("effacer")
        await awa.press("Erase my texts too")
        await awa.press("Yes, erase me")
        assert (await read(world, 1)).plan.speaker == left


@on_one_engine
async def test_who_is_erased_is_in_no_programme_that_waits_and_in_no_way_back(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        awa = await world.join("Awa", "1")
        await rewrite(world, await number(world, "Awa"), family_name="Diop")
        ines = await world.organiser(modal=True)
        for speaker in ("Awa Diop", "Paul Roy"):
            await ines.follow(OPENING)
            await ines.press("Who speaks")
            await ines.fill(speaker)
        undo = ines.payload("Undo")
        await ines.command("organiser")
        await ines.press("Programme")
        await ines.press("Import a programme")
        head = "clé;titre;title (en);salle;jour;début;fin;pour;intervient\n"
        await ines.fill(Upload("programme.csv", f"{head}x;Fin;End;;12 juin;14h;17h;tous;Awa Diop, Zoé Ba\n".encode()))
        await catch_up_with(world, ines)
        confirm = ines.payload("Import")
        await awa.command("effacer")
        await awa.press("Erase my texts too")
        await awa.press("Yes, erase me")
        rows = await stored_rows(world.store, "pending_programmes", "journal", "sessions")
        assert "Diop" not in str(rows)
        await ines.follow(undo)
        await ines.follow(confirm)
        await ines.press("Import")
        rows = await stored_rows(world.store, "sessions")
        assert {row["speaker"] for row in rows["sessions"]} >= {"Paul Roy", "Zoé Ba"}


async def test_who_is_erased_is_no_longer_named_as_a_speaker(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        marie = await world.join("Marie", "1")
        await rewrite(world, await number(world, "Marie"), family_name="Durand")
        ines = await world.organiser(modal=True)
        for session, name in ((OPENING, "prof. marie durand"), (WORKSHOP, "Marie Curie")):
            await ines.follow(session)
            await ines.press("Who speaks")
            await ines.fill(name)
        await marie.command("effacer")
        await marie.press("Erase my texts too")
        await marie.press("Yes, erase me")
        assert (await read(world, 1)).plan.speaker == ""
        assert (await read(world, 2)).plan.speaker == "Marie Curie"
