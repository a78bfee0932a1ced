"""What people read on Discord is what was meant, whatever somebody typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.texts import Link, Moment, Name, Reader, Strong, _
from bot.platforms.discord.markdown import MESSAGE_LENGTH, draw_texts, escape
from bot.rehearsal.chat_driver_discord import unmarked

ENGLISH = Reader("en", "Europe/Paris")
NOON = datetime(2027, 6, 10, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (
            "**loud** _quiet_ `code` ~~gone~~ ||spoiler||",
            r"\*\*loud\*\* \_quiet\_ \`code\` \~\~gone\~\~ \|\|spoiler\|\|",
        ),
        ("[free money](https://example.org)", r"\[free money](https://example.org)"),
        ("<@123> <@&4> <#5>", r"\<@123> \<@&4> \<#5>"),
        ("# big\n> quoted\n- listed\n-# small", "\\# big\n\\> quoted\n\\- listed\n\\-# small"),
        (" - between blanks", r" \- between blanks"),
        ("one\n\n- two", "one\n\n\\- two"),
        (r"\*escaped already\*", r"\\\*escaped already\\\*"),
        ("https://example.org/a_b_c", "https://example.org/a_b_c"),
    ],
)
def test_typed_words_mean_themselves(typed: str, sent: str) -> None:
    assert escape(typed) == sent


@given(st.text(alphabet="ab *_`~|\\<>[]()#-@\n", max_size=60))
def test_escaping_changes_no_word(typed: str) -> None:
    assert unmarked(escape(typed)) == typed


def test_styles_become_markdown() -> None:
    lines = (
        _("Hello {name}", name=Strong(Name("Zoé*"))),
        Link("See [here]", "https://example.org/a b>c"),
        Link("https://example.org", "https://example.org"),
        Strong(Link("112", "tel:112")),
    )
    assert draw_texts(lines, ENGLISH) == [
        "Hello **\u2068Zoé\\*\u2069**\n[See (here)](<https://example.org/a%20b%3Ec>)\n<https://example.org>\n**112**"
    ]


def test_the_venue_s_time_comes_in_words_and_discord_adds_the_reader_s() -> None:
    stamp = int(NOON.timestamp())
    [text] = draw_texts([Moment(NOON), Moment(NOON, "time"), Moment(NOON, "date")], ENGLISH)
    datetime_line, time_line, date_line = text.splitlines()
    assert datetime_line.startswith("Thursday 10 June")
    assert datetime_line.endswith(f", 12:00 (<t:{stamp}:f>)")
    assert time_line == "12:00"
    assert date_line.startswith("Thursday 10 June")
    assert "<t:" not in date_line


def test_an_hour_is_said_once_to_whose_clock_shows_the_same() -> None:
    [text] = draw_texts([Moment(NOON)], replace(ENGLISH, elsewhere=False))
    assert text == "Thursday 10 June, 12:00"


def test_a_passing_word_comes_first_in_small_print() -> None:
    assert draw_texts(["Your theme"], ENGLISH, "Noted * twice") == ["-# Noted \\* twice\nYour theme"]


def test_a_long_text_goes_on_in_further_messages_at_the_end_of_a_line() -> None:
    lines = ["a" * 900, "b" * 900, "c" * 900]
    assert draw_texts(lines, ENGLISH) == ["\n".join(lines[:2]), lines[2]]


@given(st.lists(st.text(alphabet="ab *_é\n", min_size=1, max_size=3000), min_size=1, max_size=4))
def test_no_message_is_too_long_and_no_word_is_lost(lines: list[str]) -> None:
    texts = draw_texts([Strong(line) for line in lines], ENGLISH)
    assert all(len(text) <= MESSAGE_LENGTH for text in texts)
    assert "".join(unmarked(text) for text in texts).replace("\n", "") == "".join(lines).replace("\n", "")
