"""Which ideas resemble each other, whatever the form of their words."""

from __future__ import annotations

import random

import pytest

from bot.content.stems import language, stems
from handlers.ideas.model import alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Des bibliothèques ouvertes la nuit pour les jeunes", "La bibliothèque reste ouverte de nuit pour un jeune"),
        ("Il faut créer des marchés régionaux", "Nous avons créé un marché régional"),
        ("L’école partage ses équipements", "Les écoles partagent leur équipement"),
        ("Opening the libraries at night for young people", "A library that is open at night for the young people"),
        ("We share kitchens with our neighbours", "The neighbour and the shared kitchen"),
        ("Die Häuser der Jugend öffnen nachts", "Das Haus der Jugend soll nachts öffnen"),
        ("Für die Schulgärten suchen wir Gärtner", "Ein Schulgarten und sein Gärtner"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    mine, theirs = (set(stems(text, "fr").split()) for text in (one, other))
    assert len(mine & theirs) >= 2
    assert len(mine ^ theirs) <= 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Des jardins partagés dans les quartiers", "fr"),
        ("Gardens that are shared with the neighbours", "en"),
        ("Gärten, die wir mit der Nachbarschaft teilen", "de"),
        ("Tiers-lieu", "de"),
        ("", "de"),
    ],
)
def test_small_words_tell_the_language_or_the_reader_does(text: str, told: str) -> None:
    assert language(text, "de") == told


def test_small_words_say_nothing_else() -> None:
    assert stems("C'est ce que nous avons et qu'il faut faire, un jardin", "fr") == "jardin"
    assert stems("C'est ce que nous avons et qu'il faut faire", "fr") == ""
    assert stems("🎉 !!! ...", "fr") == ""


def test_the_likest_come_first_and_the_unlike_not_at_all() -> None:
    said = [
        "Des cuisines partagées dans chaque quartier",
        "Un bus de nuit entre les villages",
        "Partager une cuisine de quartier",
        "Des jardins partagés",
        "Une appli de covoiturage",
    ]
    candidates = [(number, stems(text, "fr")) for number, text in enumerate(said)]
    found = alike(stems("Une cuisine partagée au quartier", "fr"), candidates, 3)
    assert [number for number, _likeness in found] == [0, 2, 3]
    assert all(0 < likeness <= 1 for _number, likeness in found)
    assert [likeness for _number, likeness in found] == sorted((each for _number, each in found), reverse=True)


def test_order_is_always_the_same_and_nothing_resembles_nothing() -> None:
    twins = [(2, "cuisin partag"), (1, "cuisin partag")]
    assert [number for number, _likeness in alike("cuisin partag", twins, 5)] == [1, 2]
    assert alike("", twins, 5) == []
    assert alike("cuisin", [], 5) == []
    assert alike("cuisin", [(1, "")], 5) == []


def test_among_five_thousand_the_same_idea_in_other_forms_is_found() -> None:
    rng = random.Random(7)
    words = [f"mot{number}" for number in range(800)]
    crowd = [(number, " ".join(rng.sample(words, 12))) for number in range(5000)]
    crowd[4321] = (4321, stems("Les bibliothèques ouvrent la nuit", "fr"))
    assert alike(stems("Une bibliothèque ouverte la nuit", "fr"), crowd, 3)[0][0] == 4321
