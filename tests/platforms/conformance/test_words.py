"""What is said is what is read: words, styles, names, languages; whatever somebody typed is no markup."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.content.texts import (
    Joined,
    Link,
    Listing,
    Moment,
    Name,
    Person,
    Quote,
    Strong,
    Style,
    Styled,
    Territory,
    _,
    _n,
)
from tests.platforms.conformance.peer import Peer, words
from tests.world import START

pytestmark = pytest.mark.asyncio(loop_scope="module")

STYLES: tuple[Style, ...] = ("italic", "underline", "strike", "code", "spoiler", "quote")
TYPED = (
    "<b>bold</b> <script>alert(1)</script>",
    "&amp; &lt;p&gt; &#65;",
    "**loud** _quiet_ *soft* `code` ~~gone~~ ||hidden||",
    "[free](https://example.org) and <https://example.org>",
    "@everyone @here <@1> <@&2> <#3> <:smile:4>",
    "# big\n> quoted\n- listed\n-# small\n1. first",
    "```\nfenced\n```",
    r"\*escaped\* C:\new \\ {name} %s {0} $1",
    "Hi\r\nBcc: all@example.org\r\n\r\nSent",
    "/start/../etc and tg://user?id=1",
    "<!-- gone --> <a href='javascript:x'>y</a> \"quoted\"",
    "__init__ snake_case *",
)
NAMES = ("<b>Zoé</b>", "*Zoé* _x_", "@everyone", "O", "👩‍🌾", "Zoé & <Co>", "Zo`é`", "זואי", "زوي")


async def test_a_line_is_read_as_it_is(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "The bus leaves at nine.")
    [seen] = await peer.screen(zoe)
    assert (seen.text, seen.styled, seen.buttons, seen.calls) == ("The bus leaves at nine.", frozenset(), (), False)


async def test_lines_stay_apart(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "First", "Second", "Third")
    assert words(await peer.screen(zoe)) == "First\nSecond\nThird"


async def test_a_line_may_be_broken(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Bring:\na cup\na pen")
    assert words(await peer.screen(zoe)) == "Bring:\na cup\na pen"


async def test_an_empty_line_takes_no_word_away(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, "Before", "", "After")
    read = words(await peer.screen(zoe))
    assert [line for line in read.split("\n") if line] == ["Before", "After"]


async def test_strong_words_are_strong(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Joined(("Come ", Strong("now"), "!")))
    [seen] = await peer.screen(zoe)
    assert (seen.text, seen.styled) == ("Come now!", {("strong", "now")})


@pytest.mark.parametrize("style", STYLES)
async def test_each_style_is_seen_and_its_mark_is_not(peer: Peer, style: Style) -> None:
    zoe = await peer.person()
    line = Styled("the words", style) if style == "quote" else Joined(("See ", Styled("the words", style), "!"))
    await peer.send(zoe, line)
    [seen] = await peer.screen(zoe)
    assert seen.text == ("the words" if style == "quote" else "See the words!")
    assert seen.styled == {(style, "the words")}


async def test_styles_nest_and_touch(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Joined((Strong(Joined(("a ", Styled("b", "italic")))), Styled("c", "underline"), "d")))
    [seen] = await peer.screen(zoe)
    assert seen.text.replace("\u200b", "") == "a bcd"
    assert {("italic", "b"), ("underline", "c")} <= seen.styled
    assert any(style == "strong" for style, _words in seen.styled)


async def test_signs_within_a_style_are_words(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Joined(("Write ", Strong("a*b_c<d>&amp;"), " down")))
    [seen] = await peer.screen(zoe)
    assert seen.text == "Write a*b_c<d>&amp; down"


async def test_a_style_begins_after_letters_of_two_units(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Joined(("🎉👩‍🌾 𝒢 ", Strong("here"), " 🎉")))
    [seen] = await peer.screen(zoe)
    assert (seen.text, seen.styled) == ("🎉👩‍🌾 𝒢 here 🎉", {("strong", "here")})


async def test_a_link_has_its_words_and_its_address(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Joined(("See ", Link("the plan [A]", "https://example.org/a?b=1&c=(2)"), ".")))
    [seen] = await peer.screen(zoe)
    assert seen.text.replace("(", "[").replace(")", "]") == "See the plan [A]."
    [(kind, _words)] = seen.styled
    assert kind == "link https://example.org/a?b=1&c=(2)"


async def test_an_address_may_be_its_own_words(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Link("https://example.org/a_b_c", "https://example.org/a_b_c"))
    [seen] = await peer.screen(zoe)
    assert (seen.text, seen.styled) == (
        "https://example.org/a_b_c", {("link https://example.org/a_b_c", "https://example.org/a_b_c")}
    )  # fmt: skip


async def test_a_telephone_number_is_read(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Joined(("Call ", Strong(Link("112", "tel:112")))))
    assert words(await peer.screen(zoe)) == "Call 112"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
async def test_an_address_that_leads_nowhere_is_no_link(peer: Peer, address: str) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Joined(("See ", Link("here", address))))
    [seen] = await peer.screen(zoe)
    assert (seen.text, seen.styled) == ("See here", frozenset())


@pytest.mark.parametrize("typed", TYPED, ids=range(len(TYPED)))
async def test_what_somebody_typed_is_no_markup(peer: Peer, typed: str) -> None:
    zoe = await peer.person()
    await peer.send(zoe, typed)
    [seen] = await peer.screen(zoe)
    assert seen.text.split() == typed.split()
    assert {kind for kind, _words in seen.styled} <= {"link https://example.org"}
    assert not seen.calls


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_shown_as_it_is(peer: Peer, name: str) -> None:
    zoe = await peer.person()
    await peer.send(zoe, _("A place opened up: your theme is now {theme}.", theme=Name(name)))
    [seen] = await peer.screen(zoe)
    shown = name if name.isascii() else f"\u2068{name}\u2069"
    assert (seen.text, seen.styled, seen.calls) == (
        f"A place opened up: your theme is now {shown}.", frozenset(), False
    )  # fmt: skip


async def test_whoever_is_erased_is_somebody(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Person(99, "short"), Quote("idea", "12"))
    assert words(await peer.screen(zoe)) == "someone\n(text erased)"


async def test_words_that_turn_the_direction_turn_their_own_alone(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Joined(("Now ", Name("\u202eabc\u202c"), " speaks.")))
    assert words(await peer.screen(zoe)) == "Now \u2068\u202eabc\u202c\u2069 speaks."


async def test_letters_with_marks_stay_together(peer: Peer) -> None:
    zoe = await peer.person()
    typed = "e\u0301 n\u0303 \U0001f1eb\U0001f1f7 👨‍👩‍👧‍👦 ✊🏽 \u200bfin"
    await peer.send(zoe, typed)
    assert words(await peer.screen(zoe)) == typed


@pytest.mark.parametrize(
    ("locale", "read"),
    [
        ("fr", "Une place s’est libérée\u00a0: ton thème est maintenant Culture."),
        ("en", "A place opened up: your theme is now Culture."),
        ("de", "Ein Platz ist frei geworden: Dein Thema ist jetzt Culture."),
    ],
)
async def test_each_reads_their_own_language(peer: Peer, locale: str, read: str) -> None:
    person = await peer.person(locale=locale)
    await peer.send(person, _("A place opened up: your theme is now {theme}.", theme="Culture"))
    assert words(await peer.screen(person)) == read


@pytest.mark.parametrize(("locale", "read"), [("fr", "0 jour restant"), ("en", "0 days left"), ("de", "Noch 0 Tage")])
async def test_nought_is_counted_as_its_language_does(peer: Peer, locale: str, read: str) -> None:
    person = await peer.person(locale=locale)
    await peer.send(person, _n("{count} day left", "{count} days left", 0))
    assert words(await peer.screen(person)) == read


async def test_a_list_in_a_sentence_is_one_of_the_readers_language(peer: Peer) -> None:
    max_ = await peer.person("Max", locale="de")
    await peer.send(max_, Joined((Listing(("A", "B", Territory("CH"))), ".")))
    assert words(await peer.screen(max_)) == "A, B und Schweiz."


async def test_a_time_is_told_in_the_venues_zone(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Joined(("It begins ", Moment(START + timedelta(days=2)), ".")))
    read = words(await peer.screen(zoe))
    assert read.startswith("It begins Wednesday 3 March, 10:00")


@pytest.mark.parametrize("unit", ["word ", "🎉 ", "é_* "])
async def test_of_a_text_that_is_too_long_nothing_is_lost(peer: Peer, unit: str) -> None:
    zoe = await peer.person()
    text = "".join(f"{number} {unit}" for number in range(2_000))
    await peer.tell(zoe, text)
    screen = await peer.screen(zoe)
    assert "".join(words(screen).split()) == "".join(text.split())
    longest = peer.features.longest_text
    assert (len(screen) > 1) is (longest is not None)


async def test_a_long_list_keeps_its_order(peer: Peer) -> None:
    zoe = await peer.person()
    lines = tuple(f"{number}. A line of the list" for number in range(1, 181))
    await peer.send(zoe, *lines)
    assert [line for line in words(await peer.screen(zoe)).split("\n") if line] == [*lines]


async def test_a_style_goes_on_in_the_next_part(peer: Peer) -> None:
    zoe = await peer.person()
    await peer.send(zoe, Strong(" ".join(f"word{number}" for number in range(600))))
    screen = await peer.screen(zoe)
    strong = " ".join(text for seen in screen for style, text in seen.styled if style == "strong")
    assert sorted(strong.split()) == sorted(words(screen).split())
    assert len(strong.split()) == 600
