"""What can be pressed: each button with its words and what it carries, however many there are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.content.texts import Name, _
from bot.content.views import Button, Choice, Option, Place, Raw, Share
from handlers.themes.participant import choose_second
from tests.platforms.conformance.peer import Peer, Person, Seen, gathered, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELP = Button("Tell me more", Raw("go-aide"))


def labels(screen: list[Seen]) -> list[str]:
    """What stands on the buttons of a screen, in order."""
    return [label for label, _leads in gathered(screen, lambda seen: seen.buttons)]


async def leads(peer: Peer, person: Person) -> list[str]:
    """What the buttons on somebody's screen carry."""
    return [leads for _label, leads in gathered(await peer.screen(person), lambda seen: seen.buttons)]


async def test_a_button_has_its_words_and_what_it_does(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Lost?", buttons=(HELP,))
    [seen] = await peer.screen(zoe)
    [(label, carried)] = seen.buttons
    assert (seen.text, label) == ("Lost?", "Tell me more")
    assert carried.endswith("go-aide")


async def test_a_press_does_what_the_button_says(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.tell(zoe, "Lost?", buttons=(HELP,))
    assert "You can also just write" in await peer.press(zoe, "Tell me more")


@pytest.mark.parametrize("payload", ["zz-1", "tt-nowhere", "go-nothing", "tt-culture-2"])
async def test_what_no_screen_carries_leads_to_the_present_one(peer: Peer, payload: str) -> None:
    zoe = await peer.person()
    await peer.tell(zoe, "Old?", buttons=(Button("Old", Raw(payload)),))
    # A letter's link is opened in a browser that may choose nothing until it is confirmed.
    waits = payload == "tt-nowhere" and peer.features.keeps_messages
    assert ("This browser is new." if waits else "No theme chosen yet.") in await peer.press(zoe, "Old")


async def test_buttons_keep_their_order(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Which?", buttons=tuple(Button(f"Number {n}", Raw(f"go-x{n}")) for n in range(7)))
    assert labels(await peer.screen(zoe)) == [f"Number {n}" for n in range(7)]


@pytest.mark.parametrize("count", [30, 130])
async def test_however_many_buttons_there_are_all_can_be_pressed(peer: Peer, count: int) -> None:
    zoe = await peer.person()
    await peer.tell(zoe, "Who?", buttons=tuple(Button(f"Person {n}", Raw(f"go-p{n}")) for n in range(count)))
    screen = await peer.screen(zoe)
    assert labels(screen) == [f"Person {n}" for n in range(count)]
    assert words(screen).startswith("Who?")


async def test_after_a_long_text_the_buttons_are_at_its_end(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.tell(zoe, "a" * 3000, "b" * 3000, buttons=(HELP,))
    *before, last = await peer.screen(zoe)
    assert [label for label, _leads in last.buttons] == ["Tell me more"]
    assert not any(seen.buttons for seen in before)


@pytest.mark.parametrize("label", ["<b>Yes</b>", "*Yes* _no_ `x`", "Yes & no", "👩‍🌾 oui", "זואי"])
async def test_the_words_of_a_button_are_no_markup(peer: Peer, label: str) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Sure?", buttons=(Button(label, Raw("go-aide")),))
    assert labels(await peer.screen(zoe)) == [label]


async def test_of_a_label_that_is_too_long_its_beginning_is_read(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Which?", buttons=(Button("x" * 90, Raw("go-aide")),))
    [label] = labels(await peer.screen(zoe))
    assert label in ("x" * 39 + "…", "x" * 90)


async def test_of_a_label_the_words_around_a_long_name_stay(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Who?", buttons=(Button(_("Remove {title}?", title=Name("A" * 60)), Raw("go-aide")),))
    [label] = labels(await peer.screen(zoe))
    assert label.startswith("Remove ")
    assert label.endswith("?")


async def test_a_label_is_in_the_readers_language(peer: Peer) -> None:
    max_ = await peer.person("Max", locale="de")
    await peer.send(max_, "Karte", buttons=(Button(_("On the map"), Raw("go-aide")),))
    assert labels(await peer.screen(max_)) == ["Auf der Karte"]


async def test_a_button_may_open_an_address(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Where?", buttons=(Button("Plan", url="https://example.org/plan?a=1&b=é"),))
    assert await leads(peer, zoe) == ["https://example.org/plan?a=1&b=é"]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x"])
async def test_an_address_that_leads_nowhere_is_no_button(peer: Peer, address: str) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Where?", buttons=(HELP, Button("Trap", url=address)))
    assert labels(await peer.screen(zoe)) == ["Tell me more"]


async def test_what_can_be_forwarded_has_a_button(peer: Peer) -> None:
    zoe = await peer.person()
    shared = Button("Share", Raw("go-aide"), share=Share("Vote for us", "https://vote.example"))
    await peer.send(zoe, "Tell others", buttons=(shared,))
    assert labels(await peer.screen(zoe)) == ["Share"]


async def test_only_where_a_device_tells_its_place_it_is_asked(peer: Peer) -> None:
    zoe = await peer.person()
    asks = Button("Send my position", Raw("go-aide"), asks_location=True)
    await peer.send(zoe, "Where?", buttons=(asks, HELP))
    assert labels(await peer.screen(zoe)) == ["Tell me more"]  # on a page, until its script shows it


async def test_a_place_is_shown_or_a_button_away(peer: Peer) -> None:
    zoe = await peer.person()
    place = Place(45.5, -73.6, "The house", "1 Main Street")
    await peer.send(zoe, "Come", place=place, buttons=(HELP,))
    screen = await peer.screen(zoe)
    assert words(screen).strip() == "Come"
    maps = sum("openstreetmap.org" in address for address in await leads(peer, zoe))
    assert sum(seen.place for seen in screen) + maps == 1


async def test_options_are_shown_with_what_is_chosen(peer: Peer) -> None:
    zoe = await peer.person()
    options = (Option("a", "Arts"), Option("b", "<Books>"), Option("c", "Cinema"))
    await peer.send(zoe, "Which?", choice=Choice(choose_second.to(), options, ("b",), at_most=2))
    [seen] = await peer.screen(zoe)
    if peer.features.keeps_messages:  # nothing in it can be chosen: that is done on the page
        assert [label for label, _leads in seen.buttons] == ["Choose on my page"]
    else:
        assert seen.options == ("Arts", "✓ <Books>", "Cinema")


@pytest.mark.parametrize("count", [26, 60])
async def test_however_many_options_there_are_all_are_shown(peer: Peer, count: int) -> None:
    zoe = await peer.person()
    options = tuple(Option(f"v{n}", f"Option {n}") for n in range(count))
    await peer.tell(zoe, "Which?", choice=Choice(choose_second.to(), options))
    shown = gathered(await peer.screen(zoe), lambda seen: seen.options)
    assert shown == ([] if peer.features.keeps_messages else [f"Option {n}" for n in range(count)])


async def test_what_is_long_to_choose_from_is_read_whole(peer: Peer) -> None:
    zoe = await peer.person()
    texts = ("A school where <nobody> sits *still* all day long", "A house in which everybody has learnt to cook")
    options = tuple(Option(f"v{n}", text, f"Said by {n}") for n, text in enumerate(texts))
    await peer.send(zoe, "Which idea?", choice=Choice(choose_second.to(), options, listed=True))
    read = words(await peer.screen(zoe))
    assert all(text in read for text in texts)
    assert "Said by 1" in read


async def test_without_buttons_there_are_none(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "That is all.", "It ends by itself.")
    [seen] = await peer.screen(zoe)
    assert (seen.text, seen.buttons) == ("That is all.\nIt ends by itself.", ())


async def test_an_old_button_still_works(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.tell(zoe, "Lost?", buttons=(HELP,))
    await peer.world.clock.advance(timedelta(days=40))
    await peer.restart()
    assert "You can also just write" in await peer.press(zoe, "Tell me more")
