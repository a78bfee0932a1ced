"""Plain words that open a screen, without a slash, in three languages."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.content.i18n import LOCALES
from bot.content.texts import _
from bot.conversation.router import bare, ways
from bot.conversation.routes import Routes
from handlers.account.participant.leaving import ask_who_says_so
from tests.world import ROUTER


@pytest.mark.parametrize(
    ("words", "opens"),
    [
        ("programme", "go-programme"),
        ("Où aller ?", "go-programme"),
        ("on  va OÙ ???", "go-programme"),
        ("Mon groupe !", "go-groupe"),
        ("AIDE 🙏", "go-aide"),
        ("à quelle heure ?", "go-programme"),
        ("help", "go-aide"),
        ("My group?", "go-groupe"),
        ("wohin", "go-programme"),
        ("Meine Gruppe.", "go-groupe"),
        ("Mon espace", "go-moi"),
        ("Mein Bereich", "go-moi"),
    ],
)
def test_accents_case_and_punctuation_are_forgiven_in_three_languages(words: str, opens: str) -> None:
    said = ROUTER.find_plain_words(words, LOCALES)
    assert said is not None
    assert said.payload == opens


@pytest.mark.parametrize("words", ["Je ne viens pas", "je ne viens plus…", "I can not come", "Ich komme nicht."])
def test_who_writes_that_they_do_not_come_is_asked_whether_that_is_so(words: str) -> None:
    said = ROUTER.find_plain_words(words, LOCALES)
    assert said is not None
    assert said.route.handler is ask_who_says_so


@pytest.mark.parametrize("words", ["Une cuisine partagée", "Le programme des fêtes", "", "?", "👍", "où " * 40])
def test_words_that_say_something_open_nothing(words: str) -> None:
    assert [ROUTER.find_plain_words(each, LOCALES) is None for each in (words, "le programme")] == [True, False]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_words_mean_two_screens_in_a_language(locale: str) -> None:
    meant = Counter(way for word in ROUTER.plain_words for way in set(ways(word.words, locale)))
    assert len(meant) > len(ROUTER.plain_words)
    assert [way for way, count in meant.items() if count > 1] == []
    assert "" not in meant


def test_what_changes_something_at_once_takes_no_plain_words() -> None:
    with pytest.raises(ValueError, match="changes something at once"):
        Routes().command("stop", _("Stop all messages"), plain_words=_("stop"), linkable=False)


def test_the_ways_to_say_something_are_parted_by_commas() -> None:
    assert ways(_("Où ?, C’est où"), "en") == ["ou", bare("c'est OÙ")]
