"""Training: the same lines give the same bytes, which score as the training had it; kinds of words are in order."""

from __future__ import annotations

from collections import Counter

from bot.conversation.likelihood import parse_model
from bot.conversation.ngrams import Kinds, kind_pieces, tokens
from tools.train_words import KINDS, LABELS, TABLE, Line, read_kinds, read_lines, train


def some_lines() -> list[Line]:
    return read_lines(TABLE / "first.tsv")[::5]


def test_the_same_lines_give_the_same_bytes() -> None:
    lines = some_lines()[::2]  # of every label
    assert train(lines, {}) == train(lines, {})


def test_lines_that_were_trained_on_are_told() -> None:
    lines = some_lines()
    model = parse_model(train(lines, {"tools/words/first.tsv": "…"}))
    assert model.labels == LABELS
    assert model.sources == {"tools/words/first.tsv": "…"}
    told = [max(model.likelihood(line.text).items(), key=lambda item: item[1])[0] for line in lines]
    right = sum(label == line.label for label, line in zip(told, lines, strict=True))
    assert right / len(lines) > 0.97


def test_kinds_are_folded_and_each_word_is_listed_once() -> None:
    for kind, words in read_kinds().items():
        assert words == " ".join(words.split()), kind
        assert [word for word, count in Counter(words.split()).items() if count > 1] == [], kind
        assert [word for word in words.split() if tokens(word.rstrip("*")) != [word.rstrip("*")]] == [], kind
    lines = [line for line in KINDS.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert len(read_kinds()) == len(lines)


def test_kinds_of_words_are_found_in_beginnings_and_without_an_apostrophe() -> None:
    kinds = Kinds({"fear": "peur trembl*", "me": "j"})
    assert kinds["peur"] == ("fear",)
    assert kinds["tremblerait"] == ("fear",)
    assert kinds["jtremble"] == ("fear", "me")
    assert kinds["table"] == ()
    assert {"=fear", "=me", "me>fear"} <= kind_pieces(["j", "ai", "peur"], kinds)
