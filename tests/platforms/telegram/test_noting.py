"""What people write, edit and send in passing on Telegram: answered by a 👍 where a word would be too much."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.content.errors import Rejected
from bot.content.texts import Reader
from bot.content.views import View
from bot.delivery.platform import Address
from bot.rehearsal.botapi import BotApi
from bot.rehearsal.chat_driver_telegram import TelegramChat
from tests.drivers.telegram import TelegramHarness, open_harness
from tests.platforms.notes import Notes, open_noting
from tests.world import World

ENGLISH = Reader("en", "Europe/Paris")
MB = 1_000_000


@pytest.fixture
async def noting(sqlite_url: str) -> AsyncIterator[tuple[World, Notes]]:
    async with open_noting(sqlite_url) as noting:
        yield noting


@pytest.fixture
def world(noting: tuple[World, Notes]) -> World:
    return noting[0]


@pytest.fixture
def notes(noting: tuple[World, Notes]) -> Notes:
    return noting[1]


async def started(harness: TelegramHarness) -> TelegramChat:
    zoe = harness.person()
    await zoe.follow("")
    return zoe


async def settled(harness: TelegramHarness, zoe: TelegramChat) -> None:
    await zoe.user.settled()
    await harness.adapter.replies.drained()


async def test_the_first_is_answered_in_words_later_ones_by_a_mark(harness: TelegramHarness, notes: Notes) -> None:
    zoe = await started(harness)
    first, second = zoe.user.send("Une cuisine partagée"), zoe.user.send("Un atelier vélo")
    await settled(harness, zoe)
    assert (first.reaction, second.reaction) == (None, "👍")
    assert [shown.text for shown in zoe.user.shown[1:]] == ["Noted."]
    assert notes.words == {str(first.id): "Une cuisine partagée", str(second.id): "Un atelier vélo"}


async def test_editing_the_message_edits_what_it_made(harness: TelegramHarness, notes: Notes) -> None:
    zoe = await started(harness)
    said = zoe.user.send("Une cuisine")
    await settled(harness, zoe)
    zoe.user.edit(said, "Une cuisine partagée")
    await settled(harness, zoe)
    assert notes.words == {str(said.id): "Une cuisine partagée"}
    assert said.reaction == "👍"
    assert len(zoe.user.shown) == 2


async def test_an_edit_of_nobody_s_business_says_nothing(harness: TelegramHarness, notes: Notes) -> None:
    zoe = await started(harness)
    command = zoe.user.send("/nothing")
    await settled(harness, zoe)
    shown = len(zoe.user.shown)
    zoe.user.edit(command, "Words after all")
    await settled(harness, zoe)
    assert len(zoe.user.shown) == shown
    assert notes.words == {}


async def test_what_is_said_below_a_photo_can_be_changed_and_taken_away(harness: TelegramHarness, notes: Notes) -> None:
    zoe = await started(harness)
    photo = zoe.user.send_photo(caption="Le four", content=b"a photo")
    await settled(harness, zoe)
    assert [(content, caption) for _name, content, caption in notes.kept] == [(b"a photo", "Le four")]
    assert photo.reaction == "👍"
    zoe.user.edit(photo, "Le four à pain")
    await settled(harness, zoe)
    assert notes.words[str(photo.id)] == "Le four à pain"
    zoe.user.edit(photo, "")
    await settled(harness, zoe)
    assert notes.words[str(photo.id)] == ""


async def test_a_mark_that_is_refused_is_said_in_words(harness: TelegramHarness, notes: Notes) -> None:
    zoe = await started(harness)
    await zoe.send("Une cuisine")
    harness.api.fail("setMessageReaction", status=400, description="Bad Request: REACTION_INVALID")
    shown = len(zoe.user.shown)
    await zoe.send("Un atelier")
    assert [each.text for each in zoe.user.shown[shown:]] == ["Noted."]


async def test_a_mark_waits_as_long_as_telegram_asks(harness: TelegramHarness, notes: Notes) -> None:
    zoe = await started(harness)
    await zoe.send("Une cuisine")
    harness.api.fail("setMessageReaction", retry_after=7)
    said = zoe.user.send("Un atelier")
    await zoe.user.settled()
    await harness.world.clock.advance_when_asleep()
    await settled(harness, zoe)
    assert said.reaction == "👍"
    assert len(harness.api.asked("setMessageReaction")) == 2


async def test_a_restart_between_commit_and_mark_is_made_up_for(world: World, api: BotApi, notes: Notes) -> None:
    async with open_harness(world, api) as harness:
        zoe = await started(harness)
        await zoe.send("Une cuisine")
        await world.dispatcher.close()  # what was answered until here is noted
        harness.api.fail("setMessageReaction", delay=30.0)  # so long that the program is killed meanwhile
        said = zoe.user.send("Un atelier")
        await zoe.user.settled()
        await harness.api.until(lambda: harness.api.asked("setMessageReaction"), "no mark")
        harness.adapter.replies._under_way[zoe.user.id].cancel()
    assert said.reaction is None
    shown = len(zoe.user.shown)
    async with open_harness(world, api) as harness:
        await zoe.user.sees("Home.")
        await settled(harness, zoe)
    assert len(zoe.user.shown) == shown + 1
    assert list(notes.words.values()) == ["Une cuisine", "Un atelier"]


async def test_who_changed_what_concerns_nobody_is_not_written_to_at_the_next_start(
    world: World, api: BotApi, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_harness(world, api) as harness:
        zoe = await started(harness)
        command = zoe.user.send("/nothing")
        await settled(harness, zoe)
        await world.dispatcher.close()  # what was answered until here is noted
        with monkeypatch.context() as killed:
            killed.setattr(world.dispatcher, "sent", lambda _answered: None)
            zoe.user.edit(command, "Words after all")
            await settled(harness, zoe)
    shown = len(zoe.user.shown)
    async with open_harness(world, api) as harness:
        zoe.user.send("Une cuisine")
        await settled(harness, zoe)
    assert [each.text for each in zoe.user.shown[shown:]] == ["Noted."]


async def test_each_part_of_an_album_is_taken_by_itself(harness: TelegramHarness, notes: Notes) -> None:
    zoe = await started(harness)
    parts = [zoe.user.send_photo(content=b"photo %d" % number, album="a") for number in range(30)]
    await settled(harness, zoe)
    assert [content for _name, content, _caption in notes.kept] == [b"photo %d" % number for number in range(30)]
    assert {part.reaction for part in parts} == {"👍"}
    assert len(list(notes.files.digests())) == 30


@pytest.mark.parametrize("fault", [{"retry_after": 2}, {"status": 500}, {"reset": True}], ids=str)
async def test_a_file_is_fetched_again_where_telegram_stumbles(
    harness: TelegramHarness, notes: Notes, fault: dict[str, int]
) -> None:
    zoe = await started(harness)
    harness.api.fail("getFile", times=2, **fault)  # type: ignore[arg-type]
    photo = zoe.user.send_photo(content=b"a photo")
    for _ in range(2):
        await harness.world.clock.advance_when_asleep()
    await settled(harness, zoe)
    assert [content for _name, content, _caption in notes.kept] == [b"a photo"]
    assert photo.reaction == "👍"


async def test_a_file_that_telegram_does_not_hand_over_is_asked_for_again(
    harness: TelegramHarness, notes: Notes
) -> None:
    zoe = await started(harness)
    harness.api.fail("getFile", retry_after=60)
    zoe.user.send_photo(content=b"a photo")
    await settled(harness, zoe)
    assert "did not arrive. Send it again, please." in zoe.text
    assert notes.kept == []


async def test_a_file_is_fetched_only_where_it_would_be_looked_at(harness: TelegramHarness, notes: Notes) -> None:
    zoe = await started(harness)
    notes.takes_files = False
    zoe.user.send_photo(content=b"a photo")
    await settled(harness, zoe)
    assert zoe.text.startswith("Text only, please.")
    assert not harness.api.asked("getFile")


@pytest.mark.parametrize("size", [21 * MB, 50 * MB])
async def test_a_file_that_is_too_large_is_named_and_never_fetched(
    harness: TelegramHarness, notes: Notes, size: int
) -> None:
    zoe = await started(harness)
    zoe.user.send_document("film.mov", b"x" * size)
    await settled(harness, zoe)
    assert "is too large: 10 MB at most." in zoe.text
    assert not harness.api.asked("getFile")
    assert notes.kept == []


async def test_what_nobody_can_use_is_answered_with_what_is_taken(harness: TelegramHarness) -> None:
    zoe = await started(harness)
    for send in (zoe.user.send_sticker, zoe.user.send_contact, zoe.user.send_voice):
        shown = len(zoe.user.shown)
        send()
        await settled(harness, zoe)
        assert [each.text for each in zoe.user.shown[shown:]] == ["Words and photos only."]


async def test_a_message_is_pinned_without_a_sound_and_shown_anew_where_it_is_gone(harness: TelegramHarness) -> None:
    zoe = await started(harness)
    address = Address(str(zoe.user.id))
    panel = await harness.adapter.send(address, View(("Panel: 1",)), ENGLISH, delivery_id=1)
    await harness.adapter.pin(address, panel)
    assert zoe.user.chat.pinned == [int(panel)]
    assert [call.flag("disable_notification") for call in harness.api.asked("pinChatMessage")] == [True]
    assert await harness.adapter.edit(address, panel, View(("Panel: 1",)), ENGLISH) == panel, "not modified is success"
    card = await harness.adapter.send(address, View(("Card",)), ENGLISH, delivery_id=2)
    await harness.adapter.pin(address, card)
    assert zoe.user.chat.pinned == [int(card)], "one at a time"
    await harness.adapter.unpin(address, card)
    assert zoe.user.chat.pinned == []
    await harness.adapter.unpin(address, card)  # her reader did already
    await harness.adapter.delete(address, panel)
    with pytest.raises(Rejected):
        await harness.adapter.pin(address, panel)


async def test_what_the_reader_pinned_stays_pinned(harness: TelegramHarness) -> None:
    zoe = await started(harness)
    chat, address = zoe.user.chat, Address(str(zoe.user.id))

    async def pin(words: str) -> int:
        ours = await harness.adapter.send(address, View((words,)), ENGLISH, delivery_id=len(chat.messages))
        await harness.adapter.pin(address, ours)
        return int(ours)

    theirs = zoe.user.send("The code of the door is 1234").id
    await settled(harness, zoe)
    chat.pinned.append(theirs)
    await pin("Panel")
    card = await pin("Card")
    assert chat.pinned == [theirs, card]
    last = zoe.user.send("Room 104").id
    await settled(harness, zoe)
    chat.pinned.append(last)
    stage = await pin("Stage")
    assert chat.pinned == [theirs, card, last, stage], "only the newest one is told by Telegram"
