"""The spaces and apostrophes of French typography."""

from __future__ import annotations

import pytest

from bot.drawing.typography import curved, french


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Comment cuisiner ?", "Comment cuisiner\u202f?"),
        ("Oui : non ; si !", "Oui\u202f: non\u202f; si\u202f!"),
        ("«oui» et « non »", "«\u202foui\u202f» et «\u202fnon\u202f»"),
        ("«Tu viens ?»", "«\u202fTu viens\u202f?\u202f»"),
        ("12 000 personnes, 5 200 idées", "12\u202f000 personnes, 5\u202f200 idées"),
        ("à 9h30", "à 9\u202fh\u202f30"),
        ("vendredi 3 mai, 09:30", "vendredi 3 mai, 9\u202fh\u202f30"),
        ("de 14:00 à 15:15", "de 14\u202fh à 15\u202fh\u202f15"),
    ],
)
def test_what_is_typed_is_set_as_french_sets_it(typed: str, printed: str) -> None:
    assert french(typed) == printed


@pytest.mark.parametrize(
    "text",
    [
        "What now?",
        "https://t.me/Bot?start=9h30",
        "t.me/a:b",
        "K7MQ-2F9X",
        "2:41:10",
        "110bis",
        ":-)",
        "3:1",
    ],
)
def test_what_is_no_french_text_stays(text: str) -> None:
    assert french(text) == text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [("l'école d'été, aujourd'hui", "l\u2019école d\u2019été, aujourd\u2019hui"), ("5'30", "5'30"), ("'ici'", "'ici'")],
)
def test_apostrophes_are_curved_between_letters_alone(typed: str, printed: str) -> None:
    assert curved(typed) == printed
