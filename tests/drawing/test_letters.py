"""Which letters can be set, and what becomes of the others."""

from __future__ import annotations

import pytest

from bot.drawing.letters import FILE, drawable
from tools.letters import listed


def test_the_list_of_letters_is_that_of_the_fonts() -> None:
    assert FILE.read_text("ascii") == listed()


@pytest.mark.parametrize(
    "text",
    [
        "Œuvrard Cœur",
        "Łukasz Ș",
        "Hương",
        "Ngũgĩ",
        "Þóra",
        "Ὀδυσσεύς",
        "مريم",
        "עברית",
        "አበበ",
        "王小明",
        "👩‍🌾 🇫🇷 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    ],
)
def test_what_a_font_has_stays(text: str) -> None:
    assert drawable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("e\u0301", "é"),
        ("𝓕𝓪𝓷", "Fan"),
        ("a \U00013080 b", "a □ b"),
        ("a\u202eb\u2067c", "abc"),
        ("a\ud800b\x00c\ufffe", "abc"),
        ("a\tb\r\nc\rd", "a b\nc\nd"),
        ("Z" + "\u0323" * 5_000, "Ẓ" + "\u0323" * 4),
    ],
)
def test_what_no_font_has_is_replaced_and_what_is_no_letter_left_out(text: str, shown: str) -> None:
    assert drawable(text) == shown


def test_a_word_too_long_for_any_box_may_be_broken_but_not_within_a_letter() -> None:
    assert drawable("W" * 30) == "W" * 12 + "\u200b" + "W" * 12 + "\u200b" + "W" * 6
    assert drawable("Andriantsimitoviamin") == "Andriantsimitoviamin"
    farmers = "👩‍🌾" * 12
    assert all("\u200d" not in piece[:1] + piece[-1:] for piece in drawable(farmers).split("\u200b"))
