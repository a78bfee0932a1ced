"""Whom something is for, as one word."""

from __future__ import annotations

import pytest

from bot.people.audiences import EVERYONE, Audience, parse


@pytest.mark.parametrize(
    "word",
    [
        "all",
        "theme:culture",
        "group:12",
        "territory:CA-QC",
        "platform:web",
        "present:2027-06-10",
        "unchosen",
        "organisers",
        "me:7",
    ],
)
def test_every_kind_is_one_word_there_and_back(word: str) -> None:
    assert parse(word).encode() == word


def test_blanks_around_do_not_matter() -> None:
    assert parse(" all ") == EVERYONE == Audience("all")
    assert parse("group:12").number == 12


@pytest.mark.parametrize(
    "word",
    [
        "",
        "everybody",
        "all:1",
        "theme",
        "theme:Culture!",
        "group:zero",
        "group:0",
        "territory:Atlantis",
        "territory:Québec",
        "present:2027-02-30",
        "present:10/06/2027",
        "me:-1",
    ],
)
def test_anything_else_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="no audience is called"):
        parse(word)


def test_what_is_for_the_team_or_one_person_is_personal() -> None:
    assert [parse(word).personal for word in ("organisers", "me:1", "all", "theme:culture")] == [
        True,
        True,
        False,
        False,
    ]
