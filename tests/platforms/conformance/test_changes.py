"""What was said may be corrected and taken back; where it cannot be, the correction comes after it."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from bot.content.errors import MessageGone
from bot.content.texts import Name, Strong, _
from bot.content.views import Button, File, Picture, Raw
from tests.pictures import png
from tests.platforms.conformance.peer import Peer, Seen, gathered, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELP = (Button("Tell me more", Raw("go-aide")),)
ONE, OTHER = (Picture(png(size, 3), "", "a.png") for size in (4, 5))


def after(peer: Peer, first: list[Seen], now: list[Seen]) -> list[Seen]:
    """What a correction shows: all that there is, but where messages are kept what came after the first ones."""
    if not peer.features.keeps_messages:
        return now
    assert now[: len(first)] == first
    return now[len(first) :]


async def test_a_correction_takes_the_place_of_what_was_said(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "Room A")
    before = await peer.screen(zoe)
    assert await peer.edit(zoe, message, "Room B") == message
    assert words(after(peer, before, await peer.screen(zoe))) == "Room B"


async def test_what_came_meanwhile_stays_where_it_is(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "Room A")
    await peer.send(zoe, "Meanwhile")
    await peer.edit(zoe, message, "Room B")
    read = words(await peer.screen(zoe))
    assert read == ("Room A\nMeanwhile\nRoom B" if peer.features.keeps_messages else "Room B\nMeanwhile")


async def test_what_already_is_so_stays_so(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, Strong("Room A"), buttons=HELP)
    before = await peer.screen(zoe)
    for _time in range(2):
        assert await peer.edit(zoe, message, Strong("Room A"), buttons=HELP) == message
    now = await peer.screen(zoe)
    assert (set(now), len(now)) == (set(before), 3 if peer.features.keeps_messages else 1)


async def test_styles_and_names_are_corrected_too(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "Room A")
    before = await peer.screen(zoe)
    await peer.edit(zoe, message, Strong("<B> *x*"), Name("@everyone"))
    [seen] = after(peer, before, await peer.screen(zoe))
    assert (seen.text, seen.styled, seen.calls) == ("<B> *x*\n@everyone", {("strong", "<B> *x*")}, False)


async def test_buttons_go_with_a_correction(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "Coming?", buttons=HELP)
    before = await peer.screen(zoe)
    await peer.edit(zoe, message, "It is over.")
    [seen] = after(peer, before, await peer.screen(zoe))
    assert (seen.text, seen.buttons) == ("It is over.", ())


async def test_buttons_come_with_a_correction(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "Soon.")
    before = await peer.screen(zoe)
    await peer.edit(zoe, message, "Now.", buttons=HELP)
    [seen] = after(peer, before, await peer.screen(zoe))
    assert [label for label, _leads in seen.buttons] == ["Tell me more"]


async def test_a_correction_may_be_longer(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "Short")
    before = await peer.screen(zoe)
    text = " ".join(f"word{number}" for number in range(900))
    longer = await peer.edit(zoe, message, text)
    assert longer.split(",")[0] == message
    assert words(after(peer, before, await peer.screen(zoe))).split() == text.split()


async def test_a_correction_may_be_shorter(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, *(letter * 1500 for letter in "abcd"))
    before = await peer.screen(zoe)
    assert message.startswith(await peer.edit(zoe, message, "Short"))
    assert words(after(peer, before, await peer.screen(zoe))) == "Short"


async def test_more_buttons_than_one_message_holds_are_corrected_too(peer: Peer) -> None:
    zoe = await peer.person()
    many = tuple(Button(f"Person {number}", Raw(f"go-p{number}")) for number in range(105))
    first = await peer.send(zoe, "Who?", buttons=many)
    before = await peer.screen(zoe)
    none = await peer.edit(zoe, first, "Nobody.")
    shown = after(peer, before, await peer.screen(zoe))
    assert [(seen.text, seen.buttons) for seen in shown] == [("Nobody.", ())]
    before = await peer.screen(zoe)
    await peer.edit(zoe, none, "Who?", buttons=many)
    assert len(gathered(after(peer, before, await peer.screen(zoe)), lambda seen: seen.buttons)) == 105


async def test_the_words_of_a_picture_are_corrected(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "Captoin", attachments=(ONE,))
    before = await peer.screen(zoe)
    await peer.edit(zoe, message, "Caption", attachments=(OTHER,))
    shown = after(peer, before, await peer.screen(zoe))
    assert (words(shown).strip(), gathered(shown, lambda seen: seen.pictures)) == ("Caption", [OTHER.content])


async def test_a_text_may_become_a_picture(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "One moment.")
    before = await peer.screen(zoe)
    await peer.edit(zoe, message, "Look.", attachments=(ONE,))
    shown = after(peer, before, await peer.screen(zoe))
    assert (words(shown).strip(), gathered(shown, lambda seen: seen.pictures)) == ("Look.", [ONE.content])


async def test_a_text_may_become_a_document(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "One moment.")
    before = await peer.screen(zoe)
    await peer.edit(zoe, message, "The plan.", attachments=(File("plan.pdf", b"%PDF", "application/pdf"),))
    shown = after(peer, before, await peer.screen(zoe))
    assert gathered(shown, lambda seen: seen.files) == [("plan.pdf", b"%PDF")]


async def test_a_correction_is_in_the_readers_language(peer: Peer) -> None:
    luc = await peer.person("Luc", locale="fr")
    message = await peer.send(luc, "Room A")
    before = await peer.screen(luc)
    await peer.edit(luc, message, _("Your photo"))
    assert words(after(peer, before, await peer.screen(luc))) == "Ta photo"


async def test_another_program_corrects_what_the_first_one_said(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "Room A")
    before = await peer.screen(zoe)
    await peer.restart()
    assert await peer.edit(zoe, message, "Room B") == message
    assert words(after(peer, before, await peer.screen(zoe))) == "Room B"


@pytest.mark.parametrize("attached", [(), (ONE,), (ONE, OTHER)], ids=("words", "picture", "album"))
async def test_what_its_reader_threw_away_does_not_come_back(peer: Peer, attached: tuple[Picture, ...]) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "Room A", attachments=attached)
    peer.throw_away(zoe)
    stays = peer.features.own_page or peer.features.keeps_messages
    with nullcontext() if stays else pytest.raises(MessageGone):
        await peer.edit(zoe, message, "Room B", "b" * 5000, attachments=attached)
    assert ("Room B" in words(await peer.screen(zoe))) is stays


@pytest.mark.parametrize(
    "view",
    [
        {"lines": ("Room A",)},
        {"lines": tuple(letter * 1500 for letter in "abcd")},
        {"lines": ("Look.",), "attachments": (ONE, OTHER)},
        {"lines": ("Coming?",), "buttons": HELP},
    ],
    ids=("words", "long", "pictures", "buttons"),
)
async def test_what_is_taken_back_is_gone(peer: Peer, view: dict[str, tuple[object, ...]]) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Stays")
    message = await peer.send(zoe, *view["lines"], **{part: view[part] for part in view if part != "lines"})  # type: ignore[arg-type]
    before = await peer.screen(zoe)
    gone = not peer.features.keeps_messages
    assert await peer.delete(zoe, message) is gone
    assert words(await peer.screen(zoe)) == ("Stays" if gone else words(before))


async def test_what_is_gone_may_be_taken_back_once_more(peer: Peer) -> None:
    zoe = await peer.person()
    message = await peer.send(zoe, "Room A")
    gone = not peer.features.keeps_messages
    assert [await peer.delete(zoe, message) for _time in range(2)] == [gone, gone]


async def test_another_persons_message_is_not_touched(peer: Peer) -> None:
    zoe, max_ = await peer.person(), await peer.person("Max")
    message = await peer.send(zoe, "For Zoé")
    await peer.send(max_, "For Max")
    await peer.edit(zoe, message, "For Zoé alone")
    await peer.delete(zoe, message)
    assert words(await peer.screen(max_)) == "For Max"
