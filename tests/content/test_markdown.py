"""Markdown as people type it, and as they get it back to correct it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.content.markdown import read, write
from bot.content.texts import Joined, Link, Reader, Span, Strong, Styled, plain

ENGLISH = Reader("en", "UTC")


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("plain", ("plain",)),
        ("**bold**", (Strong("bold"),)),
        ("*soft* and _soft_", (Joined((Styled("soft", "italic"), " and ", Styled("soft", "italic"))),)),
        ("__under__ ~~no~~ ||psst||", (
            Joined((Styled("under", "underline"), " ", Styled("no", "strike"), " ", Styled("psst", "spoiler"))),
        )),
        ("**a *b***", (Joined((Strong("a "), Strong(Styled("b", "italic")))),)),
        ("see [the map](https://example.org/a_b)", (Joined(("see ", Link("the map", "https://example.org/a_b"))),)),
        ("https://example.org/x, please", (
            Joined((Link("https://example.org/x", "https://example.org/x"), ", please")),
        )),
        ("`a *b*`", (Styled("a *b*", "code"),)),
        ("```\n  x = 1\ny\n```\nend", (Styled("  x = 1", "code"), Styled("y", "code"), "end")),
        ("> one\n> **two**\nthree", (
            Styled("one", "quote"), Strong(Styled("two", "quote")), "three",
        )),
        ("a\n\n\n\nb\n", ("a", "", "b")),
    ],
)  # fmt: skip
def test_what_every_platform_shows_is_read(typed: str, lines: tuple[Span, ...]) -> None:
    assert read(typed) == lines
    assert read(write(lines)) == lines


@pytest.mark.parametrize(
    "typed",
    ["# Head", "- one\n- two", "1. one", "| a | b |", "<b>x</b>", "&amp;", "2 * 3 * 4", "snake_case_name", "||a"],
)
def test_anything_else_stays_as_it_was_typed(typed: str) -> None:
    lines = read(typed)
    assert "\n".join(plain(line, ENGLISH) for line in lines) == typed
    assert read(write(lines)) == lines


def test_an_address_that_could_run_something_is_no_link() -> None:
    assert read("[tap](javascript:alert(1))") == ("[tap](javascript:alert(1))",)


@given(st.text(alphabet="ab *_`~|\\<>[]()#-\n🎉é", max_size=60))
@example("*< \n<*")
@example("*<\n <*")
def test_anything_can_be_typed(typed: str) -> None:
    lines = read(typed)
    assert "" not in (*lines[:1], *lines[-1:])
    assert read(write(lines)) == lines
