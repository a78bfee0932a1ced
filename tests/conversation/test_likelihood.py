"""A sentence is scored for each label, whatever somebody typed, by weights that belong to the table beside them."""

from __future__ import annotations

import time

import pytest

from bot.conversation.likelihood import MODEL, likelihood, parse_model, shipped_model
from tools.train_words import LABELS, sources


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("y a un gars qui me touche la cuisse sous la table", "distress"),
        ("someone is following me and I am scared", "distress"),
        ("Comment aider les victimes de harcèlement à l'école ?", "idea"),
        ("créer un centre d'écoute dans chaque lycée", "idea"),
        ("c'est quoi le mot de passe du wifi ?", "practical"),
        ("wo ist meine nächste session", "mine"),
        ("merci beaucoup c'était trop bien", "social"),
    ],
)
def test_what_people_type_is_told(text: str, label: str) -> None:
    scores = likelihood(text)
    assert max(scores, key=lambda name: scores[name]) == label


@pytest.mark.parametrize(
    "typed",
    [
        "Y A UN GARS QUI ME TOUCHE LA CUISSE",
        "y a un gars qui me touche la cuissssse",
        "y а un gаrs qui mе tоuchе la cuisse",  # Cyrillic letters
        "y a un ga\u200brs qui me tou\u200bche la cuisse",
        "y a un gars qui me touche la cui\u0301sse",
        "ｙ ａ ｕｎ ｇａｒｓ ｑｕｉ ｍｅ ｔｏｕｃｈｅ ｌａ ｃｕｉｓｓｅ",
    ],
)
def test_letters_in_disguise_change_nothing(typed: str) -> None:
    assert likelihood(typed)["distress"] == pytest.approx(
        likelihood("y a un gars qui me touche la cuisse")["distress"], abs=0.1
    )


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "\x00", "\ud800", "\udfff\ud800 au secours", "\u200b", "😭", "?", "." * 5_000, "a" * 100_000],
)
def test_any_text_has_likelihoods(text: str) -> None:
    scores = likelihood(text)
    assert tuple(scores) == LABELS
    assert sum(scores.values()) == pytest.approx(1)
    assert all(0 <= score <= 1 for score in scores.values())


def test_weights_belong_to_the_table_and_to_what_trained_them() -> None:
    assert shipped_model().sources == sources(), "train again: python -m tools.train_words"


def test_weights_are_small() -> None:
    assert MODEL.stat().st_size <= 600_000


def test_another_format_is_refused() -> None:
    content = MODEL.read_bytes()
    assert parse_model(content).labels == LABELS
    with pytest.raises(ValueError, match="of another format"):
        parse_model(content[:-1])


def test_a_long_text_is_scored_soon() -> None:
    text = ("Il faut que la mairie ouvre une salle, et que les jeunes la tiennent. " * 60)[:4_000]
    likelihood(text)
    spent = min(_seconds(text) for _ in range(5))
    assert spent < 0.05  # 10 ms on a quiet machine


def _seconds(text: str) -> float:
    start = time.perf_counter()
    likelihood(text)
    return time.perf_counter() - start
