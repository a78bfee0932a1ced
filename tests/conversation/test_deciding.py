"""What is typed is taken for what it most likely is, and asked about where that could be a cry for help."""

from __future__ import annotations

import pytest

from bot.conversation.deciding import AT_ONCE, AT_ONCE_BESIDE_ANSWER, AT_ONCE_BESIDE_LIGHT, Decision, decide
from bot.conversation.likelihood import shipped_model
from tools.train_words import LABELS, URGENT
from tools.word_measures import ANSWER, LIGHT, Scored, figures, held_out, score, share


def decided(likelihoods: dict[str, float], *, phase: bool = True) -> Decision:
    """What is decided by these likelihoods; the rest is shared among the other labels."""
    others = [label for label in LABELS if label not in likelihoods]
    rest = (1 - sum(likelihoods.values())) / len(others)
    return decide(
        dict.fromkeys(others, rest) | likelihoods,
        urgent=URGENT,
        answer=ANSWER if phase else None,
        light=LIGHT,
        unheard=() if phase else (ANSWER,),
    )


def test_a_cry_is_taken_at_once() -> None:
    assert decided({"distress": 0.9}) == Decision(URGENT, sure=True)
    assert decided({"distress": 0.9}, phase=False) == Decision(URGENT, sure=True)


@pytest.mark.parametrize(
    ("beside", "bound"),
    [("idea", AT_ONCE_BESIDE_ANSWER), ("practical", AT_ONCE), ("social", AT_ONCE_BESIDE_LIGHT)],
)
def test_what_comes_next_says_how_likely_a_cry_must_be(beside: str, bound: float) -> None:
    for likely, sure in ((bound + 0.01, True), (bound - 0.01, False)):
        assert decided({URGENT: likely, beside: 0.9 - likely}) == Decision(URGENT, sure=sure)


def test_a_cry_that_is_hardly_likely_is_asked_about() -> None:
    assert decided({"distress": 0.1, "idea": 0.88}) == Decision(URGENT, sure=False)
    assert decided({"distress": 0.01, "idea": 0.95}) == Decision(ANSWER, sure=True)


def test_an_idea_that_is_not_sure_is_asked_about() -> None:
    assert decided({"idea": 0.6, "social": 0.35}) == Decision(ANSWER, sure=False)


def test_anything_else_is_taken_as_what_is_likeliest() -> None:
    assert decided({"practical": 0.5, "mine": 0.4}) == Decision("practical", sure=True)


def test_nothing_is_an_idea_outside_a_phase() -> None:
    assert decided({"idea": 0.9, "practical": 0.08}, phase=False) == Decision("practical", sure=True)
    assert decided({"idea": 0.9, "distress": 0.05}, phase=False) == Decision(URGENT, sure=True)


def test_likelihoods_of_nothing_are_asked_about() -> None:
    assert decide({URGENT: 0, ANSWER: 1}, urgent=URGENT, answer=None, unheard=(ANSWER,)) == Decision(URGENT, sure=False)


@pytest.fixture(scope="module")
def scored() -> list[Scored]:
    return score(held_out("kept"), shipped_model())


def test_writers_whom_the_weights_never_saw_are_understood(scored: list[Scored]) -> None:
    counted = figures(scored)
    assert len(scored) > 1_200
    assert counted.at_once >= 0.9
    assert counted.met >= 0.97
    assert counted.as_answer <= 1 / 150
    assert counted.as_other <= 4 / 150
    assert counted.answers >= 0.85


def test_few_are_alarmed_who_are_well(scored: list[Scored]) -> None:
    alarmed = figures(scored).alarmed
    assert alarmed["idea"] <= 0.04
    assert max(alarmed.values()) <= 0.12
    others = [one for one in scored if one.line.label not in {URGENT, ANSWER}]
    assert share(others, Decision(URGENT, sure=True)) <= 0.08


def test_most_lines_are_told_by_their_likeliest_label(scored: list[Scored]) -> None:
    assert sum(one.label == one.line.label for one in scored) / len(scored) >= 0.85
