"""Which section a text finds: questions as people write them on phones, and texts that ask for no section."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.config.example import example
from bot.content.stems import language
from handlers.practical.messages import known_by
from handlers.practical.model.search import nearest
from handlers.practical.model.sections import Section

HERE = Path(__file__).parent
KNOWN = [
    known_by(Section(section["key"], {f"title.{locale}": title for locale, title in section["title"].items()}))
    for section in tomllib.loads(example())["practical"]
]
"""The sections of config.example.toml."""


def lines(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text().splitlines() if not line.startswith("#")]


def found(text: str) -> str | None:
    """Return the section that somebody finds who reads in the language of the text."""
    return nearest(text, KNOWN, language(text, "fr"))


def test_questions_as_people_write_them_find_their_section() -> None:
    questions = [line.partition(": ")[::2] for line in lines("questions.txt")]
    assert len(questions) == 60
    right = [question for key, question in questions if found(question) == key]
    wrong = [(question, found(question)) for key, question in questions if found(question) not in (key, None)]
    assert len(right) >= 58, "59 when this was written; 50 are asked for"
    assert len(wrong) <= 1, wrong


def test_so_do_most_that_were_written_when_the_search_was_done() -> None:
    questions = [line.partition(": ")[::2] for line in lines("later_questions.txt")]
    right = [question for key, question in questions if found(question) == key]
    wrong = [question for key, question in questions if found(question) not in (key, None)]
    assert (len(questions), len(right), wrong) == (30, 28, [])
    assert [text for text in lines("later_ordinary.txt") if found(text)] == []


def test_what_is_no_question_of_that_kind_goes_on() -> None:
    ordinary = lines("ordinary.txt")
    assert len(ordinary) >= 20
    caught = [(text, found(text)) for text in ordinary if found(text)]
    assert len(caught) <= 1, caught


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Où", "address"),
        ("WIFI ???", "wifi"),
        ("métro", "address"),
        ("metro", "address"),
        ("remboursements", "reimbursement"),
        ("Fahrtkostenerstattung", "reimbursement"),
        ("hotelzimmer", "rooms"),
        ("pasword", "wifi"),
        ("comment venir ?", "address"),
        ("j'ai perdu ma valise", "lost"),
        ("où déposer ma valise", "rooms"),
        ("Puis-je venir avec ma sœur ?", None),
        ("", None),
        ("👍", None),
        ("?", None),
        ("wifi " * 61, None),
    ],
)
def test_forms_mistakes_and_compounds(text: str, key: str | None) -> None:
    locale = {"Fahrtkostenerstattung": "de", "hotelzimmer": "de", "pasword": "en"}.get(text, "fr")
    assert nearest(text, KNOWN, locale) == key


def test_a_section_of_the_organisers_is_found_by_its_titles_and_their_words() -> None:
    cloakroom = Section("vestiaire", {"title.fr": "Vestiaire", "words": "casier, déposer ma valise"})
    known = [*KNOWN, known_by(cloakroom)]
    for text in ("le vestiaire c'est où", "il y a des casiers ?", "ou deposer ma valise"):
        assert nearest(text, known, "fr") == "vestiaire"
