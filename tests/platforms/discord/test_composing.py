"""Messages as people make them on Discord: markdown and files in a form, and what becomes of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.content.forms import Upload
from bot.content.texts import Joined, Link, Reader, Strong, Styled
from bot.content.views import File, Picture
from bot.platforms.discord.markdown import draw_texts
from tests.drivers.discord import DiscordHarness, open_harness
from tests.platforms.message_form import open_composing

ENGLISH = Reader("en", "Europe/Paris")
FILES = (Picture(b"one", "", "1.png"), Picture(b"two", "A map", "2.jpg"), File("plan.pdf", b"%PDF"))


@pytest.fixture
async def harness(sqlite_url: str) -> AsyncIterator[DiscordHarness]:
    async with open_composing(sqlite_url) as world, open_harness(world) as harness:
        yield harness


async def test_a_form_takes_markdown_and_files_as_one_message(harness: DiscordHarness) -> None:
    zoe = harness.person("Zoé")
    await zoe.command("essai")
    await zoe.fill("**Demain** à *14 h*\n> salle B", Upload("plan.pdf", b"%PDF"))
    [message] = zoe.shown
    assert message.content == "**Demain** à *14 h*\n> salle B"
    assert [attachment["filename"] for attachment in message.attachments] == ["plan.pdf"]


async def test_what_was_typed_stays_when_a_file_is_refused(harness: DiscordHarness) -> None:
    zoe = harness.person("Zoé")
    await zoe.command("essai")
    await zoe.fill("**Demain**", Upload("empty.txt", b""))
    assert "is empty." in zoe.text
    await zoe.press("Correct my answer")
    assert "**Demain**" in str(zoe.form)


async def test_what_is_written_in_private_may_be_the_message_too(harness: DiscordHarness) -> None:
    zoe = harness.person("Zoé")
    await zoe.send("/essai")
    await zoe.send("**All** of it", ("a.txt", b"a"), ("b.txt", b"b"))
    [message] = zoe.shown
    assert message.content == "**All** of it"
    assert [attachment["filename"] for attachment in message.attachments] == ["a.txt", "b.txt"]


def test_styles_nest_and_touch_without_being_read_as_others() -> None:
    line = Joined(
        (Strong(Joined(("a ", Styled("b", "italic")))), Styled("c", "italic"), Styled("d ", "underline"), "e")
    )
    assert draw_texts([line], ENGLISH) == ["**a *b***\u200b*c*__d__ e"]
    assert draw_texts([Styled("hush *", "spoiler"), Styled("a`b", "code")], ENGLISH) == ["||hush \\*||\n`` a`b ``"]
    quote = Joined((Styled("q ", "quote"), Link("map", "https://example.org")))
    assert draw_texts([quote], ENGLISH) == ["> q [map](<https://example.org>)"]
