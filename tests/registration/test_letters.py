"""The text of invitations, written in chat; and reminders, whose links leave the earlier ones alive."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp

from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.texts import ISOLATES
from bot.membership.inviting import MOST_INVITATIONS
from bot.people import secret_store
from handlers.registration.model.letter import fill, used_in
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.participants import block, number
from tests.pdf import picture_of_page, words
from tests.stored_rows import stored_rows
from tests.world import World, make_settings, open_world

ORGANISERS = {"telegram": [900, 901], "discord": [900, 901]}
TEXT = "Hallo {Vorname}, hier: {lien}\nWo: {place}\nBis {limite}, siehe https://example.org/halle"


def everywhere(**gathering: Any) -> Settings:
    """A gathering on all three platforms."""
    return make_settings(
        organisers=ORGANISERS,
        gathering={"privacy_contact": "Luc <luc@example.org>", **gathering},
        web={"public_url": "https://rencontres.example"},
        discord={"token": "t" * 60, "guild_id": 1, "welcome_channel_id": 2},
    )


async def letters(chat: NeutralChat) -> None:
    """Open the texts of invitations."""
    await chat.command("organiser")
    if "Invitations" not in chat.buttons:
        await chat.press("People")
    await chat.press("Invitations")
    await chat.press("The text")


def lines_of(chat: NeutralChat) -> list[dict[str, str]]:
    """The rows of the file in the latest message."""
    return [*csv.DictReader(io.StringIO(chat.file.content.decode("utf-8-sig")), delimiter=";")] if chat.file else []


async def reminder(chat: NeutralChat) -> list[dict[str, str]]:
    """The file for people who have not joined."""
    await chat.follow("oj-0")
    await chat.press("File for mail merge")
    return lines_of(chat)


async def test_the_place_is_that_of_practical_information_until_another_is_written(store_url: str) -> None:
    venue = {"key": "venue", "title": {"en": "The place"}, "text": {"en": "Come."}, "address": "1 rue du Lac, Namur"}
    async with open_world(store_url, make_settings(organisers=ORGANISERS, practical=[venue])) as world:
        await world.invite("Zoe")
        ines = await world.organiser()
        await letters(ines)
        assert "Place: 1 rue du Lac, Namur" in ines.text
        await ines.press("Place and contact")
        await ines.fill("Halle 2", "Inès")
        assert "Place: Halle 2" in ines.text
        await ines.press("Undo this change")
        await letters(ines)
        assert "Place: 1 rue du Lac, Namur" in ines.text


@on_one_engine
@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_a_text_is_written_and_the_file_has_it(store_url: str, platform: str) -> None:
    async with open_world(store_url, everywhere()) as world:
        await world.change(setting_store.set_telegram_username, "rencontres_bot")
        zoe, paul = await world.invite("Zoe", locale="en"), await world.invite("Paul", locale="de")
        assert zoe != paul
        ines = await world.organiser(platform=platform)
        await letters(ines)
        assert "English: the ready text" in ines.text
        await ines.press("English")
        assert ines.text.translate(ISOLATES).splitlines()[2:] == [
            "Hello Camille,",
            "The team of “Rencontres” writes to you: you are invited.",
            "When: from Thursday 10 June 2027 to Saturday 12 June 2027",
            "Your own invitation, to open: https://rencontres.example/p/ABCDEFGHJKLMNPQRSTUVWXYZ23",
            "On Discord, press “Register” and enter this code: ABCD-EFGH-JKLM",
            "Answer by Saturday 1 May, 12:00.",
            "It takes one minute, and there is nothing to install.",
            "A question? Ask Luc <luc@example.org>.",
            "This invitation is for you alone: please do not pass it on. See you soon!",
            "",
            "Left out, as nothing is said of it: place.",
        ]
        await ines.press("Place and contact")
        await ines.fill("Halle 2", "Inès, +33 6 12 34 56 78")
        assert "Place: Halle 2" in ines.text
        await ines.press("German")
        await ines.press("Change the text")
        await ines.fill(TEXT)
        assert "Text of invitations changed: German" in ines.text
        assert "Hallo Camille, hier: https://rencontres.example/p/" in ines.text
        assert "The same for everybody: https://example.org/halle. Only {link} is each person's own." in ines.text
        for row in await reminder(ines):
            if row["language"] == "de":
                assert row["text to send"].splitlines() == [
                    f"Hallo Paul, hier: {row['page link']}",
                    "Wo: Halle 2",
                    "Bis Samstag, 1. Mai, 12:00, siehe https://example.org/halle",
                ]
            else:
                assert "Where: Halle 2" in row["text to send"]
                assert row["code"] in row["text to send"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Hallo {Vorname}", "Without {link} nobody could join"),
        ("{lien} {chambre} {}", "{chambre} and {} means nothing here. In braces can stand: {first name}"),
        ("{link} https://t.me/bot?start=j-ABCDEFGHJKLM", "is one person's own invitation"),
        ("{link} https://r.example/p/ABCDEFGHJKLMNPQRSTUVWXYZ23", "is one person's own invitation"),
    ],
)
async def test_a_text_by_which_people_could_not_join_is_refused(sqlite_url: str, text: str, why: str) -> None:
    async with open_world(sqlite_url, everywhere()) as world:
        await world.invite("Zoe")
        ines = await world.organiser()
        await letters(ines)
        await ines.press("English")
        await ines.press("Change the text")
        await ines.fill(text)
        assert why in ines.text
        await letters(ines)
        assert "English: the ready text" in ines.text


def test_the_words_of_each_language_work_in_every_text() -> None:
    for text in ("{prénom} {LIEN}", "{Prenom} {lien}", "{first name} {link}", "{Vorname} { Link }"):
        assert used_in(text) == ["name", "link"]
        assert fill(text, {"name": "Zoé", "link": "https://…"}) == "Zoé https://…"


@on_one_engine
async def test_two_who_write_the_same_text_read_each_other(store_url: str) -> None:
    async with open_world(store_url, everywhere()) as world:
        await world.invite("Zoe")
        ines, ali = await world.organiser(), await world.organiser("901")
        for chat in (ines, ali):
            await letters(chat)
            await chat.press("English")
            await chat.press("Change the text")
        await ali.fill("Come: {link}")
        await ines.fill("Join: {link}")
        assert "changed this meanwhile, so nothing was saved" in ines.text
        assert "Now: Come: {link}" in ines.text
        assert "You wrote: Join: {link}" in ines.text
        await letters(ines)
        await ines.press("English")
        await ines.press("Take the ready text")
        assert "Hello Camille" in ines.text
        await ines.press("Undo this change")
        await letters(ines)
        await ines.press("English")
        assert "Come: https://" in ines.text


async def joined(world: World, code: str, native_id: str) -> NeutralChat:
    """Whoever opens an invitation on an account."""
    chat = world.chat(native_id)
    await chat.follow(f"j-{code.replace('-', '')}")
    return chat


@on_one_engine
@pytest.mark.parametrize("first", [True, False])
async def test_a_reminder_leaves_earlier_invitations_alive_until_one_is_used(store_url: str, first: bool) -> None:
    async with open_world(store_url, everywhere()) as world:
        earlier = await world.invite("Zoe")
        await world.clock.advance(timedelta(days=7))
        ines = await world.organiser()
        [row] = await reminder(ines)
        assert "Until one is used, the earlier ones work too." in ines.text
        used, other = (earlier, row["code"]) if first else (row["code"], earlier)
        await world.clock.advance(timedelta(days=1))
        zoe = await joined(world, used, "1")
        assert zoe.text.startswith("Welcome, Zoe")
        thief = await joined(world, other, "2")
        assert "You are in already, on another account: answer the message waiting there." in thief.text


@on_one_engine
@pytest.mark.parametrize("by_page", [True, False])
async def test_who_has_no_way_left_asks_for_a_new_invitation_in_one_press(store_url: str, by_page: bool) -> None:
    async with open_world(store_url, everywhere()) as world:
        earlier = await world.invite("Zoe")
        zoe_id = await number(world, "Zoe")
        await world.clock.advance(timedelta(days=7))
        ines = await world.organiser()
        [row] = await reminder(ines)
        await world.clock.advance(timedelta(days=1))
        await block(world, await joined(world, row["code"], "1"))
        late = await joined(world, row["page link"].rpartition("/")[2] if by_page else earlier, "2")
        assert "You are in already, by another invitation" in late.text
        ask = late.payload("Ask for a new invitation")
        await late.follow(ask)
        assert late.text.startswith("The team knows")
        await late.follow(ask)
        deliveries = (await stored_rows(world.store))["deliveries"]
        assert [each["subject"] for each in deliveries].count(f"anew:{zoe_id}") == 1
        await ines.follow(f"oin-{zoe_id}")
        assert "A new invitation for" in ines.text


@on_one_engine
@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_cards_are_made_in_chat_and_let_in(store_url: str, platform: str) -> None:
    async with open_world(store_url, everywhere()) as world:
        for name in ("Zoe", "Paul"):
            await world.invite(name, locale="de" if name == "Paul" else "en")
        ines = await world.organiser(platform=platform)
        await ines.follow("oi")
        await ines.press("Cards to print")
        assert "The cards are being made" in ines.text
        await world.join("Eve", "9")
        await catch_up_with(world, ines)
        assert ines.text.startswith("2 cards, eight to a sheet, to cut out.")
        assert ines.view
        assert ines.view.secret
        assert ines.file
        pdf = ines.file.content
        assert {"Zoe", "Paul", "Dein"} <= {word for line in words(pdf) for word in line.split()}
        found = zxingcpp.read_barcodes(picture_of_page(pdf, scale=300 / 72))
        links = [code.text.rpartition("/")[2] for code in found]
        assert len({*links}) == 2
        greetings = [(await joined(world, link, f"5{place}")).text for place, link in enumerate(links)]
        assert sorted(text.split("!")[0].split(",")[0] for text in greetings) == ["Welcome", "Willkommen"]


@on_one_engine
async def test_the_link_of_a_page_joins_on_telegram_but_an_organisers_does_not(store_url: str) -> None:
    async with open_world(store_url, everywhere()) as world:
        await world.invite("Zoe")
        person = await number(world, "Zoe")
        link = await world.change(secret_store.issue, "page", person, world.clock.now())
        zoe = await joined(world, link, "1")
        assert zoe.text.startswith("Welcome, Zoe")
        await world.change(_forget_codes, person)
        other = await joined(world, link, "2")
        assert other.text.startswith("This code does not work here")


async def _forget_codes(tx: Any, person_id: int) -> None:
    await secret_store.revoke(tx, person_id, "invitation")


async def test_only_the_newest_invitations_of_a_person_work(store_url: str) -> None:
    async with open_world(store_url, everywhere()) as world:
        first = await world.invite("Zoe")
        ines = await world.organiser()
        codes = []
        for _press in range(MOST_INVITATIONS + 1):
            await world.clock.advance(timedelta(minutes=1))
            codes += [row["code"].replace("-", "") for row in await reminder(ines)]
        zoe = world.chat("1", name="Zoe")
        for code in (first, codes[0]):
            await zoe.follow(f"j-{code}")
            assert "does not work here" in zoe.text
        await zoe.follow(f"j-{codes[1]}")
        assert "Zoe" in zoe.text
        assert "does not work here" not in zoe.text
