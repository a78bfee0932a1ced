"""Text for slides is measured: where its lines break, what fits a box, and what is shown of a text that does not."""

from __future__ import annotations

import pytest

from handlers.results.drawing.measuring import SlideLetters, largest

LETTERS = SlideLetters(20)
WIDE = LETTERS.width("mmmm mmmm")


def test_a_line_ends_before_the_word_that_is_too_long_for_it() -> None:
    assert LETTERS.lines("mmmm mmmm mmmm", WIDE) == ["mmmm mmmm ", "mmmm\n"]
    assert LETTERS.lines("mmmm mmmm", WIDE - 0.01) == ["mmmm ", "mmmm\n"]


def test_a_space_that_does_not_break_keeps_its_words_together() -> None:
    assert LETTERS.lines("mmmm mm\u00a0mm", WIDE - 0.01) == ["mmmm ", "mm\u00a0mm\n"]


def test_line_breaks_stay_and_spaces_at_the_ends_of_lines_go() -> None:
    assert LETTERS.lines(" a \n\n b", WIDE) == ["a\n", "\n", "b\n"]


def test_a_word_longer_than_a_line_is_broken_where_the_line_is_full() -> None:
    four = LETTERS.width("mmmm")
    assert LETTERS.lines("mmmmmmmmmm a", four) == ["mmmm", "mmmm", "mm a\n"]
    assert LETTERS.lines("mm", 1) == ["m", "m\n"], "a letter wider than the line stands all the same"


def test_a_text_fits_as_many_lines_as_a_box_is_high() -> None:
    assert LETTERS.height("mmmm mmmm mmmm", WIDE) == 2 * 24
    assert LETTERS.fits("mmmm mmmm mmmm", WIDE, 48)
    assert not LETTERS.fits("mmmm mmmm mmmm", WIDE, 47.9)


def test_bold_letters_are_wider_and_accents_take_no_room() -> None:
    assert SlideLetters(20, bold=True).width("mmmm") > LETTERS.width("mmmm")
    assert LETTERS.width("e\u0301") == LETTERS.width("e")


@pytest.mark.parametrize(("char", "width"), [("🎉", 1.4), ("房", 1.0), ("\u1780", 0.95)])
def test_letters_that_the_typeface_lacks_are_as_wide_as_in_any_font(char: str, width: float) -> None:
    assert SlideLetters(1).width(char) == width


def test_pages_are_about_as_long_as_each_other() -> None:
    text = "\n".join(map(str, range(7)))
    assert LETTERS.pages(text, WIDE, 3 * 24) == ["0\n1\n2", "3\n4\n5", "6"]
    assert LETTERS.pages(text, WIDE, 6 * 24) == ["0\n1\n2\n3", "4\n5\n6"]
    assert LETTERS.pages("0\n1", WIDE, 5) == ["0", "1"], "a line at least"


def test_a_beginning_ends_with_an_ellipsis_that_has_room() -> None:
    assert LETTERS.beginning("mmmm mmmm", WIDE, 24) == "mmmm mmmm"
    assert LETTERS.beginning("mmmm mmmm mmmm", WIDE, 24) == "mmmm mm…"
    assert LETTERS.beginning("mmmm mmmm mmmm", WIDE, 48) == "mmmm mmmm mmmm"


def test_the_largest_letters_are_those_in_which_all_texts_fit_that_can() -> None:
    short, long, endless = ("m", WIDE, 30.0), ("mmmm mmmm", WIDE, 30.0), ("m\n" * 50, WIDE, 30.0)
    assert largest([short], (24, 20, 12)) == SlideLetters(24)
    assert largest([short, long], (24, 20, 12)) == SlideLetters(20)
    assert largest([short, endless], (24, 20, 12), bold=True) == SlideLetters(24, bold=True)
    assert largest([endless], (24, 20, 12)) == SlideLetters(12)
    assert largest([], (24, 20, 12)) == SlideLetters(12)
