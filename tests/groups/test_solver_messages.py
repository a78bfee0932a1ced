"""Groups in words, in every language the same values."""

from __future__ import annotations

import pytest

from bot.content.texts import Reader, Span, plain
from handlers.groups.messages.solver import (
    broken,
    cannot_split,
    contradiction,
    describe,
    facts,
    level_name,
    mend,
    only_one,
    proof_line,
    rule,
    too_long,
)
from handlers.groups.solver.levels import Missing, Stranger, Twice, WrongSize
from handlers.groups.solver.model import (
    Apart,
    CannotSplit,
    Contradiction,
    Level,
    Limits,
    Lock,
    Measure,
    Pin,
    Placeable,
    Together,
    TooLong,
)
from handlers.groups.solver.remedies import Moving, ThemeMove, Wait, Waive

ENGLISH = Reader("en", "UTC")


def said(span: Span | None) -> str:
    return "" if span is None else plain(span, ENGLISH)


def test_what_is_maximised_is_told_of_what_is_possible() -> None:
    assert said(describe(Measure(Level.REPEATS, 35, 35, 35), 100)) == "Nationalities: 65 of 65 possible"
    assert said(describe(Measure(Level.WORST_GROUP, 3, 4, 3), 100)) == "In the least mixed group: 3 of 3 possible"


@pytest.mark.parametrize("level", [level for level in Level if level not in (Level.REPEATS, Level.WORST_GROUP)])
def test_what_is_minimised_is_told_beside_the_least(level: Level) -> None:
    assert said(describe(Measure(level, 3, 1, 2), 100)).endswith(": 3, at least 2")


def test_every_level_has_a_name() -> None:
    assert len({said(level_name(level)) for level in Level}) == len(Level)


def test_what_was_not_met_is_proven_or_not() -> None:
    assert proof_line(Measure(Level.GENDER, 0, 0, 0)) is None
    assert said(proof_line(Measure(Level.GENDER, 2, 0, 2))) == "Nothing better exists: this is proven."
    assert said(proof_line(Measure(Level.GENDER, 2, 0, 1))) == "Something better may exist: this is not proven."


def test_a_group_in_numbers_leaves_out_what_is_not_there() -> None:
    people = [
        Placeable("1", "FR", "woman"),
        Placeable("2", "BE", "woman"),
        Placeable("3", "FR", "man"),
        Placeable("4", "FR"),
    ]
    assert list(map(said, facts(people))) == ["4 people", "2 nationalities", "2 women", "1 man", "1 other"]
    assert list(map(said, facts(people[:1]))) == ["1 person", "1 nationality", "1 woman"]


def test_who_is_alone() -> None:
    assert said(only_one("Zoé", "culture-1", "woman")) == "Zoé is the only woman in culture-1."
    assert said(only_one("Léo", "culture-1", "man")) == "Léo is the only man in culture-1."


def test_why_there_are_no_groups() -> None:
    limits = Limits()
    assert said(cannot_split(CannotSplit("c", 1, limits), "Culture")) == (
        "Culture: 1 person cannot be split into groups of 5 to 7."
    )
    assert said(cannot_split(CannotSplit("c", 30, limits, 9), "Culture")) == (
        "Culture: 30 people do not make 9 groups of 5 to 7."
    )
    assert said(too_long(TooLong("c", 30.0), "Culture")).startswith(
        "Culture: no groups that keep every rule were found"
    )
    one, two = Contradiction("c", (Pin("1", 9),)), Contradiction("c", (Apart("1", "2"), Together("1", "2")))
    assert "this rule cannot be kept" in said(contradiction(one, "Culture"))
    assert "these rules cannot be kept together" in said(contradiction(two, "Culture"))


def test_rules_and_what_breaks_them_name_people() -> None:
    def name_of(ref: str) -> Span:
        return {"1": "Zoé D.", "2": "Léo M."}[ref]

    rules = (Together("1", "2"), Apart("1", "2"), Pin("1", 3), Lock(2, ("1", "2")))
    assert [said(rule(each, name_of)) for each in rules] == [
        "Zoé D. and Léo M. together",
        "Zoé D. and Léo M. apart",
        "Zoé D. in group 3",
        "group 2 locked as it is, 2 people",
    ]
    wrong = (WrongSize(1, 8), Missing("1"), Twice("1"), Stranger("2", 4), Apart("1", "2"))
    assert [said(broken(each, Limits(), name_of)) for each in wrong] == [
        "group 1 of 8 people, not of 5 to 7",
        "Zoé D. in no group",
        "Zoé D. in more than one group",
        "Léo M. in group 4, though not of this theme",
        "Zoé D. and Léo M. apart",
    ]


def test_each_mend_is_a_sentence() -> None:
    moves = (ThemeMove(("1", "2"), "civic", "culture"), ThemeMove(("3",), "school", "culture"))
    told = [
        list(map(said, mend(each, str.title, lambda ref: f"P{ref}")))
        for each in (Moving("culture", moves), Waive("culture", Limits(4, 7, 6)), Wait("culture"))
    ]
    assert told == [
        ["Move P1 and P2 from Civic to Culture, named second.", "Move P3 from School to Culture, named second."],
        ["Allow groups of 4 to 7 in Culture."],
        ["Let everyone in Culture wait."],
    ]
