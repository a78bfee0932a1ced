"""Messages as people make them on Telegram: formatting, pictures, documents, albums; and what becomes of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.content.forms import MAX_BYTES
from bot.content.texts import Joined, Link, Reader, Strong, Styled
from bot.content.views import Button, File, Picture, Raw, View
from bot.conversation.album_store import waiting_albums
from bot.delivery.platform import Address
from bot.platforms.telegram.albums import QUIET
from bot.rehearsal.botapi import BotApi
from bot.rehearsal.chat_driver_telegram import TelegramChat
from tests.drivers.telegram import TelegramHarness, open_harness
from tests.pictures import drawn
from tests.platforms.message_form import BROKEN, REFUSED, open_composing
from tests.world import World

ENGLISH = Reader("en", "Europe/Paris")
PICTURES = tuple(Picture(f"picture {number}".encode(), "", f"{number}.jpg") for number in range(3))
PLAN = File("plan.pdf", b"%PDF", "application/pdf")


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_composing(sqlite_url) as world:
        yield world


async def asked(harness: TelegramHarness) -> TelegramChat:
    zoe = harness.person()
    await zoe.command("essai")
    assert zoe.text.startswith("Your message")
    return zoe


async def settled(harness: TelegramHarness, zoe: TelegramChat) -> None:
    await zoe.user.settled()
    await harness.adapter.replies.drained()


async def quiet(harness: TelegramHarness, zoe: TelegramChat, messages: int) -> None:
    """Nothing more comes, and the album is answered with so many messages."""
    before = len(zoe.user.shown)
    await harness.world.clock.advance(timedelta(seconds=QUIET))
    await arrived(harness, zoe, before + messages)


async def arrived(harness: TelegramHarness, zoe: TelegramChat, count: int) -> None:
    await harness.api.world.bell.until(lambda: len(zoe.user.shown) >= count, 5, lambda: "no album is shown")


# --- what people send


async def test_formatting_is_kept_in_utf_16_units(harness: TelegramHarness) -> None:
    zoe = await asked(harness)
    text = "🎉👩‍🌾 Bonjour à tous\nvoir le plan\ncité"
    entities = [
        {"type": "bold", "offset": 8, "length": 7},
        {"type": "italic", "offset": 11, "length": 11},
        {"type": "text_link", "offset": 28, "length": 7, "url": "https://example.org/plan"},
        {"type": "blockquote", "offset": 36, "length": 4},
    ]
    zoe.user.send(text, entities=entities)
    await settled(harness, zoe)
    assert zoe.text == text
    shown = sorted((entity["type"], entity["offset"], entity["length"]) for entity in zoe.user.last.entities)
    assert shown == sorted((entity["type"], entity["offset"], entity["length"]) for entity in entities)


async def test_a_photo_with_its_words(harness: TelegramHarness) -> None:
    zoe = await asked(harness)
    zoe.user.send_photo(caption="Le programme", content=drawn(), entities=[{"type": "bold", "offset": 3, "length": 9}])
    await settled(harness, zoe)
    assert (zoe.text, zoe.file and zoe.file.content) == ("Le programme", drawn())
    assert zoe.user.last.entities == ({"type": "bold", "offset": 3, "length": 9},)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
async def test_an_album_is_one_message_whatever_comes_first(harness: TelegramHarness, order: tuple[int, ...]) -> None:
    zoe = await asked(harness)
    before = len(zoe.user.shown)
    for number in order:
        zoe.user.send_photo(album="a1", content=drawn(shade=number), caption="Three" if number == order[0] else "")
    await settled(harness, zoe)
    assert len(zoe.user.shown) == before, "nothing is answered before it is whole"
    await quiet(harness, zoe, 3)
    shown = zoe.user.shown[before:]
    assert [each.file and each.file.content for each in shown] == [drawn(shade=number) for number in order]
    assert [each.text for each in shown] == ["Three", "", ""]
    assert len({each.message.data["media_group_id"] for each in shown}) == 1


async def test_a_part_that_takes_its_time_belongs_to_the_album(harness: TelegramHarness) -> None:
    zoe = await asked(harness)
    before = len(zoe.user.shown)
    zoe.user.send_photo(album="a1", content=drawn(shade=1))
    await settled(harness, zoe)
    await harness.world.clock.advance(timedelta(seconds=QUIET * 0.8))
    zoe.user.send_photo(album="a1", content=drawn(shade=2))
    await settled(harness, zoe)
    await harness.world.clock.advance(timedelta(seconds=QUIET * 0.8))
    assert len(zoe.user.shown) == before
    await quiet(harness, zoe, 2)


async def test_a_part_that_comes_too_late_is_told(harness: TelegramHarness) -> None:
    zoe = await asked(harness)
    zoe.user.send_photo(album="a1", content=drawn(shade=1))
    await settled(harness, zoe)
    await quiet(harness, zoe, 1)
    zoe.user.send_photo(album="a1", content=drawn(shade=2))
    await settled(harness, zoe)
    assert zoe.text.startswith("This came after the others")


@pytest.mark.parametrize(
    ("caption", "told"), [(REFUSED, "That is refused."), (BROKEN, "Un problème est survenu de notre côté")]
)
async def test_an_album_that_is_refused_or_meets_a_defect_is_answered_once(
    harness: TelegramHarness, caption: str, told: str
) -> None:
    zoe = await asked(harness)
    zoe.user.send_photo(album="a1", content=drawn(shade=1), caption=caption)
    await settled(harness, zoe)
    await quiet(harness, zoe, 1)
    assert told in zoe.text
    assert await harness.world.store.read(lambda tx: waiting_albums(tx, "telegram")) == []


async def test_an_album_survives_a_restart_halfway(world: World, api: BotApi) -> None:
    async with open_harness(world, api) as harness:
        zoe = await asked(harness)
        zoe.user.send_photo(album="a1", content=drawn(shade=1))
        zoe.user.send_photo(album="a1", content=drawn(shade=2))
        await settled(harness, zoe)
        before = len(zoe.user.shown)
    await world.dispatcher.close()
    await world.clock.advance(timedelta(minutes=15))
    async with open_harness(world, api) as harness:
        await world.clock.advance_when_asleep()
        await arrived(harness, zoe, before + 2)
    assert [each.file and each.file.content for each in zoe.user.shown[before:]] == [drawn(shade=1), drawn(shade=2)]


async def test_what_is_too_large_is_told_and_the_question_stays(harness: TelegramHarness) -> None:
    zoe = await asked(harness)
    zoe.user.send_document("film.mov", bytes(MAX_BYTES + 1))
    await settled(harness, zoe)
    assert "film.mov" in zoe.text
    assert "too large: 10 MB at most." in zoe.text
    await zoe.send("Without the film")
    assert zoe.text == "Without the film"


async def test_what_nobody_else_can_see_is_told_and_the_question_stays(harness: TelegramHarness) -> None:
    zoe = await asked(harness)
    for send in (zoe.user.send_voice, zoe.user.send_contact):
        send()
        await settled(harness, zoe)
        assert zoe.text.startswith("Text, pictures and documents only")
    await zoe.send("Words, then")
    assert zoe.text == "Words, then"


# --- what we send


async def send(harness: TelegramHarness, zoe: TelegramChat, view: View) -> str:
    return await harness.adapter.send(Address(str(zoe.user.id)), view, ENGLISH, delivery_id=1)


async def edit(harness: TelegramHarness, zoe: TelegramChat, native_id: str, view: View) -> str:
    return await harness.adapter.edit(Address(str(zoe.user.id)), native_id, view, ENGLISH)


async def delete(harness: TelegramHarness, zoe: TelegramChat, native_id: str) -> bool:
    return await harness.adapter.delete(Address(str(zoe.user.id)), native_id)


async def test_what_is_quiet_makes_no_sound(harness: TelegramHarness) -> None:
    zoe = harness.person()
    await zoe.command("start")
    reader, address = Reader("en", "Europe/Paris"), Address(str(zoe.user.id))
    for quiet in (False, True):
        await harness.adapter.send(address, View(("Come to the stage.",), quiet=quiet), reader, delivery_id=1)
    assert [shown.silent for shown in zoe.user.shown if shown.text == "Come to the stage."] == [False, True]


async def test_every_style_has_its_entity(harness: TelegramHarness) -> None:
    zoe = await asked(harness)
    styles = (
        Joined((Strong(Joined(("🎉 b", Styled("i", "italic")))), Styled("u", "underline"), Styled("s", "strike"))),
        Joined((Styled("code", "code"), Styled("h", "spoiler"), Link("map", "https://example.org"))),
        Styled("one", "quote"),
        Joined((Styled("two ", "quote"), Strong(Styled("bold", "quote")))),
        Link("112", "tel:112"),
    )
    await send(harness, zoe, View(styles))
    assert zoe.text == "🎉 bius\ncodehmap\none\ntwo bold\n112"
    assert sorted((entity["offset"], entity["length"], entity["type"]) for entity in zoe.user.last.entities) == [
        (0, 5, "bold"),
        (4, 1, "italic"),
        (5, 1, "underline"),
        (6, 1, "strikethrough"),
        (8, 4, "code"),
        (12, 1, "spoiler"),
        (13, 3, "text_link"),
        (17, 12, "blockquote"),
        (25, 4, "bold"),
    ]


async def test_an_album_has_its_buttons_below_its_words(harness: TelegramHarness) -> None:
    zoe = await asked(harness)
    await send(harness, zoe, View(("Look.",), (Button("Seen", Raw("x-1")),), attachments=PICTURES))
    assert (zoe.text, zoe.buttons) == ("Look.", ("Seen",))
    await send(harness, zoe, View((), (Button("Seen", Raw("x-1")),), attachments=PICTURES))
    assert (zoe.text, zoe.buttons) == ("3 files above.", ("Seen",))


async def test_a_file_is_uploaded_once(harness: TelegramHarness) -> None:
    zoe, max_ = await asked(harness), await asked(harness)
    for chat in (zoe, max_):
        await send(harness, chat, View(("Look.",), attachments=(PLAN,)))
        await send(harness, chat, View(("Look.",), attachments=PICTURES))
    assert zoe.user.last.file is max_.user.last.file
    harness.api.world.registry.files.clear()  # Telegram knows the ids no more
    await send(harness, zoe, View(("Again.",), attachments=(PLAN,)))
    assert (zoe.text, zoe.file and zoe.file.content) == ("Again.", PLAN.content)


async def test_a_correction_keeps_what_each_message_is(harness: TelegramHarness) -> None:
    zoe = await asked(harness)
    text = await send(harness, zoe, View(("Befor",)))
    assert await edit(harness, zoe, text, View(("Before",))) == text
    assert (zoe.text, zoe.user.last.edited) == ("Before", True)
    photo = await send(harness, zoe, View(("Captoin",), attachments=PICTURES[:1]))
    assert await edit(harness, zoe, photo, View(("Caption",), attachments=PICTURES[1:2])) == photo
    assert (zoe.text, zoe.file and zoe.file.content) == ("Caption", PICTURES[1].content)
    assert await edit(harness, zoe, photo, View(("Caption",), attachments=PICTURES[1:2])) == photo
    album = await send(harness, zoe, View(("Albmu",), attachments=PICTURES))
    assert await edit(harness, zoe, album, View(("Album",), attachments=PICTURES)) == album
    assert [each.text for each in zoe.user.shown if each.current][-3:] == ["", "", "Album"]


async def test_what_was_sent_is_taken_away_within_two_days(harness: TelegramHarness) -> None:
    zoe = await asked(harness)
    album = await send(harness, zoe, View(("Look.",), attachments=PICTURES))
    text = await send(harness, zoe, View(("Words",)))
    old = await send(harness, zoe, View(("Old",)))
    assert await delete(harness, zoe, album)
    assert await delete(harness, zoe, text)
    assert await delete(harness, zoe, text), "gone already"
    for message in zoe.user.chat.messages.values():
        message.data["date"] -= 3 * 24 * 3600
    assert not await delete(harness, zoe, old)
    zoe.user.block()
    assert not await delete(harness, zoe, old)
