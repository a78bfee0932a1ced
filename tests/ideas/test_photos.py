"""Photos and documents as ideas: kept, their line asked for once, bursts and albums together; what cannot be used."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from functools import partial

import pytest
from PIL import Image

from bot.content.forms import Upload
from bot.conversation.incoming import Deleted
from bot.files.folder import Folder
from bot.people import participant_store
from handlers.ideas.service import Room, room_for_files
from handlers.ideas.store.files import IdeaFile, files_of_idea
from handlers.workshops.actions import MyIdeas
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import choose, crowd, group
from tests.ideas.builders import ideas_of
from tests.participants import number
from tests.workshops.builders import PHASES, ended, started, wait
from tests.world import World, make_settings, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world:
        yield world


@pytest.fixture
async def zoe(world: World) -> NeutralChat:
    """Someone whose group is in a phase."""
    chats = await crowd(world, "Zoé")
    await started(world, await group(world, ["Zoé"]), "solutions")
    return chats["Zoé"]


def sheet(shade: int = 0) -> bytes:
    """A picture of a paper sheet, no two shades alike."""
    drawn = io.BytesIO()
    Image.new("RGB", (8, 6), (shade, 200, 200)).save(drawn, "JPEG")
    return drawn.getvalue()


async def files_of(world: World, idea_id: int) -> list[IdeaFile]:
    return list(await world.store.read(partial(files_of_idea, idea_id=idea_id)))


async def kept(world: World, name: str = "Zoé") -> list[tuple[str, int]]:
    """Words and number of files of each idea."""
    return [(idea.text, len(await files_of(world, idea.id))) for idea in await ideas_of(world, name)]


def test_a_file_is_worth_fetching_while_there_is_room_for_one_more_and_for_a_byte() -> None:
    assert [room.any for room in (Room(1, 1), Room(0, 1), Room(1, 0))] == [True, False, False]


async def test_a_megabyte_is_a_million_bytes_and_organisers_have_ten_times_the_room(world: World) -> None:
    settings = make_settings(limits={"idea_files": 12, "idea_megabytes": 10})
    for name, organises, room in (("Lea", False, Room(12, 10_000_000)), ("Luc", True, Room(120, 100_000_000))):
        await world.invite(name, organises=organises)
        person = await world.read(participant_store.find, await number(world, name))
        assert person is not None
        assert await world.read(room_for_files, settings, person) == room


async def test_a_photo_is_kept_and_its_line_asked_for(world: World, zoe: NeutralChat) -> None:
    await zoe.send_photo(sheet())
    assert zoe.text == "Photo kept. What does it show? Write one line."
    assert zoe.buttons == ("Withdraw", "My ideas")
    line = await zoe.send("Our plan of the kitchen")
    assert zoe.text == "Your idea is noted."
    [idea] = await ideas_of(world, "Zoé")
    [file] = await files_of(world, idea.id)
    assert (idea.text, file.name, file.picture, file.media_type) == (
        "Our plan of the kitchen",
        "photo.jpg",
        True,
        "image/jpeg",
    )
    assert Folder(world.dispatcher.settings.storage.folder).read(file.digest) == sheet()
    await zoe.edit(line, "Our plan of the shared kitchen")
    assert await kept(world) == [("Our plan of the shared kitchen", 1)]


async def test_one_s_own_photo_can_be_seen_again(world: World, zoe: NeutralChat) -> None:
    await zoe.send_photo(sheet(), "The\x00 kitchen")
    await zoe.follow(MyIdeas(0).encode())
    assert "The kitchen\nyours · 1 photo" in zoe.text
    await zoe.open(1)
    await zoe.press("See the photo")
    assert zoe.picture is not None
    assert zoe.picture.content == sheet()


async def test_what_stands_below_a_photo_is_its_line(world: World, zoe: NeutralChat) -> None:
    message = await zoe.send_photo(sheet(), "The kitchen")
    assert zoe.text == "Your idea is noted."
    await zoe.edit(message, "The shared kitchen")
    assert await kept(world) == [("The shared kitchen", 1)]
    second = await zoe.send_photo(sheet(1), "The library")
    assert second in zoe.marked


async def test_thirty_photos_in_a_burst_are_asked_about_once_and_none_is_lost(world: World, zoe: NeutralChat) -> None:
    messages = [await zoe.send_photo(sheet(shade)) for shade in range(30)]
    assert zoe.text == "Photo kept. What does it show? Write one line."
    assert zoe.marked == messages[1:]
    assert await kept(world) == [("", 10), ("", 10), ("", 10)]
    await zoe.send("The first wall")
    assert zoe.text == "Noted. And what do the other photos show? One line is enough."
    await zoe.send("The second wall")
    await zoe.send("The third wall")
    assert await kept(world) == [("The first wall", 10), ("The second wall", 10), ("The third wall", 10)]
    await zoe.send("And a word")
    assert (await kept(world))[3] == ("And a word", 0)


async def test_photos_sent_together_are_one_idea_wherever_the_line_stands(world: World, zoe: NeutralChat) -> None:
    for place, caption in enumerate(("", "", "Three sheets")):
        upload = Upload("photo.jpg", sheet(place), picture=True, media_type="image/jpeg")
        await zoe.send_file(upload, caption, album="a1", place=place)
    assert zoe.text == "Your idea is noted."
    assert await kept(world) == [("Three sheets", 3)]
    await zoe.send_photo(sheet(9), "Another one")
    for place in range(2):
        upload = Upload("photo.jpg", sheet(20 + place), picture=True, media_type="image/jpeg")
        await zoe.send_file(upload, "First of two" if place == 0 else "", album="a2", place=place)
    assert await kept(world) == [("Three sheets", 3), ("Another one", 1), ("First of two", 2)]


async def test_later_photos_without_a_line_are_asked_about_anew(world: World, zoe: NeutralChat) -> None:
    await zoe.send_photo(sheet())
    await wait(world, minutes=3)
    await zoe.send("The kitchen")
    await zoe.send_photo(sheet(1))
    assert zoe.text == "Photo kept. What does it show? Write one line."
    await wait(world, minutes=31)
    await zoe.send("A bakery that teaches")
    assert await kept(world) == [("The kitchen", 1), ("", 1), ("A bakery that teaches", 0)]


async def test_a_document_is_kept_like_a_photo(world: World, zoe: NeutralChat) -> None:
    await zoe.send_file(Upload("plan.pdf", b"%PDF-1.7 a plan", media_type="application/pdf"), "Our plan")
    [idea] = await ideas_of(world, "Zoé")
    [file] = await files_of(world, idea.id)
    assert (file.name, file.media_type, file.picture, file.size) == ("plan.pdf", "application/pdf", False, 15)


async def test_a_document_that_follows_a_photo_is_not_called_one(zoe: NeutralChat) -> None:
    await zoe.send_photo(sheet())
    await zoe.send_file(Upload("plan.pdf", b"%PDF-1.7 a plan", media_type="application/pdf"))
    assert zoe.text.startswith("File kept.\nA document is kept as it is:")


async def test_documents_alone_are_not_called_photos(world: World, zoe: NeutralChat) -> None:
    await zoe.send_file(Upload("plan.pdf", b"%PDF-1.7 a plan", media_type="application/pdf"))
    assert zoe.text.startswith("File kept. What is it about? Write one line.")
    await zoe.send("Our plan")
    await zoe.follow(MyIdeas(0).encode())
    assert "1 file" in zoe.text
    await zoe.open(1)
    await zoe.press("More…")
    assert "See the file" in zoe.buttons
    await zoe.send_photo(sheet(), "Our kitchen")
    await zoe.follow(MyIdeas(0).encode())
    assert "1 photo" in zoe.text


async def test_a_file_of_fifty_megabytes_is_refused_and_takes_nothing_along(world: World, zoe: NeutralChat) -> None:
    film = Upload("film.mp4", b"", too_large=True)
    await zoe.send_file(film)
    assert zoe.text == "“film.mp4” is too large: 10 MB at most."
    assert await kept(world) == []
    await zoe.send("A first idea")
    await zoe.send_file(film, "What our film shows")
    assert zoe.text == "2 ideas, the last: “What our film shows”\n“film.mp4” is too large: 10 MB at most."
    await zoe.send_file(film, "x" * 1001)
    assert zoe.text == (
        "1 character too many: an idea has 1000 at most. Your text is kept: shorten it and send it again.\n"
        "“film.mp4” is too large: 10 MB at most."
    )
    assert await kept(world) == [("A first idea", 0), ("What our film shows", 0)]


async def test_of_several_files_one_that_is_lost_takes_no_other_along(world: World, zoe: NeutralChat) -> None:
    whole = Upload("one.png", sheet(), picture=True, media_type="image/jpeg")
    await zoe.send_files((whole, Upload("two.png", b"", lost=True)), "Our sheets")
    assert zoe.text.endswith("“two.png” did not arrive. Send it again, please.")
    assert await kept(world) == [("Our sheets", 1)]


async def test_words_below_what_cannot_be_kept_are_an_idea(world: World, zoe: NeutralChat) -> None:
    cannot = "I cannot keep this. I take text, photos and documents, up to 10 MB each."
    await zoe.send("A first idea")
    await zoe.send_sticker("Below a film")
    assert zoe.text.startswith(f"2 ideas, the last: “Below a film”\n{cannot}")
    message = await zoe.send_sticker("Below another")  # whose sender knows by now what cannot be kept
    assert message in zoe.marked
    assert await kept(world) == [("A first idea", 0), ("Below a film", 0), ("Below another", 0)]


async def test_stickers_contacts_and_voices_are_told_what_is_taken_once_a_burst(world: World, zoe: NeutralChat) -> None:
    for _each in range(5):
        zoe.view = None if _each else zoe.view
        await zoe.send_sticker()
    assert zoe.view is None
    assert zoe.marked == []
    await wait(world, minutes=3)
    await zoe.send_sticker()
    cannot = "I cannot keep this. I take text, photos and documents, up to 10 MB each."
    assert zoe.text == f"{cannot}\nIf you are in danger, call 112.", "nobody heard what a voice message says"
    assert await kept(world) == []


async def test_a_text_too_long_below_a_photo_leaves_the_photo(world: World, zoe: NeutralChat) -> None:
    await zoe.send_photo(sheet(), "x" * 1010)
    assert zoe.text == "Photo kept, but its text is 10 characters too long: what does it show, in one line?"
    await zoe.send("The kitchen")
    assert await kept(world) == [("The kitchen", 1)]


async def test_a_photo_after_the_end_or_without_a_group_is_kept(world: World) -> None:
    chats = await crowd(world, "Zoé", "Max")
    await choose(world, "Max")
    run = await started(world, await group(world, ["Zoé"]), "solutions")
    await chats["Max"].send_photo(sheet())
    assert chats["Max"].text == (
        "You have no group yet: what you send is kept until you have one.\n"
        "Photo kept. What does it show? Write one line."
    )
    await ended(world, run)
    await chats["Zoé"].send_photo(sheet(1))
    assert chats["Zoé"].text == "This phase is finished.\nPhoto kept. What does it show? Write one line."
    assert chats["Zoé"].buttons == ("Send to the facilitator", "Withdraw", "My ideas")
    await chats["Zoé"].send("The kitchen")
    assert [idea.state for idea in await ideas_of(world, "Zoé")] == ["late"]


async def test_a_line_just_after_the_end_goes_with_the_photo_of_before(world: World) -> None:
    chats = await crowd(world, "Zoé")
    run = await started(world, await group(world, ["Zoé"]), "solutions")
    await chats["Zoé"].send_photo(sheet())
    await ended(world, run)
    await chats["Zoé"].send("The kitchen")
    assert [(idea.text, idea.state) for idea in await ideas_of(world, "Zoé")] == [("The kitchen", "live")]


async def test_outside_any_phase_a_photo_is_for_nobody(world: World) -> None:
    chats = await crowd(world, "Zoé")
    await chats["Zoé"].send_photo(sheet())
    assert chats["Zoé"].text.startswith("Text only, please.")


async def test_a_photo_whose_line_came_later_goes_with_its_own_message(world: World, zoe: NeutralChat) -> None:
    first, second = await zoe.send_photo(sheet()), await zoe.send_photo(sheet(9))
    line = await zoe.send("Our plan of the kitchen")
    assert await kept(world) == [("Our plan of the kitchen", 2)]
    await zoe.act(Deleted(first))
    assert zoe.text == "You deleted your message: its files are no longer part of the idea “Our plan of the kitchen”."
    assert await kept(world) == [("Our plan of the kitchen", 1)]
    await zoe.act(Deleted(second))
    assert await kept(world) == [("Our plan of the kitchen", 0)]
    await zoe.act(Deleted(line))
    assert zoe.text == "You deleted your message: the idea “Our plan of the kitchen” is withdrawn."


async def test_nobody_takes_off_the_photo_of_somebody_else(world: World, zoe: NeutralChat) -> None:
    photo = await zoe.send_photo(sheet())
    await zoe.send("Our plan of the kitchen")
    max_ = await world.join("Max", "2")
    await max_.act(Deleted(photo))
    assert await kept(world) == [("Our plan of the kitchen", 1)]


async def test_a_line_that_was_asked_for_is_taken_though_it_says_little(world: World, zoe: NeutralChat) -> None:
    await zoe.send_photo(sheet())
    await zoe.send("Us at work")
    assert zoe.text == "Your idea is noted."
    assert await kept(world) == [("Us at work", 1)]


async def test_a_question_after_a_photo_is_its_line_only_if_said_so(world: World, zoe: NeutralChat) -> None:
    await zoe.send_photo(sheet())
    await zoe.send("Could we share a kitchen?")
    assert await kept(world) == [("", 1)]
    await zoe.press("It is an idea")
    assert zoe.text == "Your idea is noted."
    assert await kept(world) == [("Could we share a kitchen?", 1)]


@pytest.mark.parametrize("album", ["", "a1"])
async def test_a_cry_below_a_photo_is_asked_about_and_read_by_nobody(
    world: World, zoe: NeutralChat, album: str
) -> None:
    photo = Upload("photo.jpg", sheet(), picture=True, media_type="image/jpeg")
    await zoe.send_file(photo, "Au secours !", album=album)
    assert zoe.text.splitlines()[0] == "If you are in danger, call 112."
    assert zoe.text.splitlines()[-1] == "I did not keep what you attached: send it again with your answer."
    assert await kept(world) == []
    await zoe.press("It is an idea")
    assert await kept(world) == [("Au secours !", 0)]
