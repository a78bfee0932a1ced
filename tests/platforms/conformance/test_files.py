"""Pictures and documents: each arrives whole, with its name and its words."""

from __future__ import annotations

import pytest

from bot.content.texts import _
from bot.content.views import Button, File, Picture, Raw
from tests.pictures import png
from tests.platforms.conformance.peer import Peer, gathered, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

PICTURES = tuple(Picture(png(4 + number, 3), "", f"{number}.png") for number in range(10))
PLAN = File("plan.pdf", b"%PDF-1.7 plan", "application/pdf")
SEEN = (Button("Seen", Raw("go-aide")),)


async def test_a_picture_arrives_with_its_words(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Look.", attachments=PICTURES[:1])
    screen = await peer.screen(zoe)
    assert gathered(screen, lambda seen: seen.pictures) == [PICTURES[0].content]
    assert words(screen).strip() == "Look."


async def test_a_document_arrives_with_its_name(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "The plan.", attachments=(PLAN,))
    screen = await peer.screen(zoe)
    assert gathered(screen, lambda seen: seen.files) == [("plan.pdf", PLAN.content)]
    assert words(screen).strip() == "The plan."


@pytest.mark.parametrize("name", ["données d’Ève.json", "a b;c.csv", "ünïcode 👩‍🌾.txt"])
async def test_a_name_of_a_document_is_kept(peer: Peer, name: str) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Yours.", attachments=(File(name, b'{"a": 1}'),))
    [(shown, content)] = gathered(await peer.screen(zoe), lambda seen: seen.files)
    assert (shown, content) == (name, b'{"a": 1}')


async def test_the_name_of_a_document_adds_nothing_to_the_message(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Yours.", attachments=(File('a"\r\nX-Evil: 1\r\n\r\n<b>.csv', b"1,2", "text/csv"),))
    screen = await peer.screen(zoe)
    assert words(screen).strip() == "Yours."
    [(name, content)] = gathered(screen, lambda seen: seen.files)
    assert "\n" not in name
    assert content == b"1,2"


async def test_a_name_is_in_the_readers_language(peer: Peer) -> None:
    max_ = await peer.person("Max", locale="de")
    await peer.send(max_, "Deine Daten.", attachments=(File(_("not-joined.csv"), b"{}"),))
    [(name, _content)] = gathered(await peer.screen(max_), lambda seen: seen.files)
    assert name == "noch-nicht-dabei.csv"


async def test_several_pictures_arrive_in_their_order(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.tell(zoe, "Look.", attachments=PICTURES[:3])
    screen = await peer.screen(zoe)
    assert gathered(screen, lambda seen: seen.pictures) == [picture.content for picture in PICTURES[:3]]
    assert words(screen).strip() == "Look."


async def test_pictures_documents_words_and_buttons_are_one_message(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.tell(zoe, "Look.", buttons=SEEN, attachments=(PLAN, *PICTURES[:2]))
    screen = await peer.screen(zoe)
    assert gathered(screen, lambda seen: seen.pictures) == [picture.content for picture in PICTURES[:2]]
    assert gathered(screen, lambda seen: seen.files) == [("plan.pdf", PLAN.content)]
    assert [label for label, _leads in gathered(screen, lambda seen: seen.buttons)] == ["Seen"]
    assert words(screen).strip() == "Look."


async def test_as_many_files_as_a_message_may_have_arrive(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.tell(zoe, "All.", attachments=PICTURES)
    assert len(gathered(await peer.screen(zoe), lambda seen: seen.pictures)) == 10


async def test_a_file_of_one_is_the_file_of_the_next(peer: Peer) -> None:
    zoe, max_ = await peer.person(), await peer.person("Max")
    for person in (zoe, max_, zoe):
        await peer.send(person, "The plan.", attachments=(PLAN,))
    for person, times in ((zoe, 2), (max_, 1)):
        assert gathered(await peer.screen(person), lambda seen: seen.files) == [("plan.pdf", PLAN.content)] * times


async def test_a_picture_needs_no_words(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, attachments=PICTURES[:1])
    screen = await peer.screen(zoe)
    assert gathered(screen, lambda seen: seen.pictures) == [PICTURES[0].content]
    assert words(screen).strip() == ""


async def test_words_that_are_too_long_for_a_picture_are_not_cut(peer: Peer) -> None:
    zoe = await peer.person()
    text = " ".join(f"word{number}" for number in range(400))
    await peer.tell(zoe, text, attachments=PICTURES[:1])
    screen = await peer.screen(zoe)
    assert words(screen).split() == text.split()
    assert gathered(screen, lambda seen: seen.pictures) == [PICTURES[0].content]
