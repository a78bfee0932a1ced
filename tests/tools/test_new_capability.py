"""What a new capability may be called, and how words of the example become its own; test_example.py makes one."""

from __future__ import annotations

import pytest

from tests.world import ROUTER
from tools.map import taken_codes
from tools.new_capability import Words, choose_words, main


def test_a_name_that_is_free_gets_a_word_for_one_and_a_free_code() -> None:
    words = choose_words("lanterns", "", ROUTER)
    assert (words.name, words.one) == ("lanterns", "lantern")
    assert not any(code.startswith(words.code) for code in taken_codes(ROUTER))
    assert words.code != "va"
    assert choose_words("weather", "forecast", ROUTER).one == "forecast"


@pytest.mark.parametrize(
    ("name", "one", "reason"),
    [
        ("themes", "", "there is a capability 'themes'"),
        ("2rides", "", "'2rides' is no name"),
        ("Lanterns", "", "'Lanterns' is no name"),
        ("class", "", "'class' is a word of Python"),
        ("inputs", "", "'input' is a word of Python"),
        ("messages", "", "'messages' is a word of the engine"),
        ("choices", "", "'choice' is a word of the engine"),
        ("participants", "", "'participants' is a word of the engine"),
        ("lanterns", "delivery", "'delivery' is a word of the engine"),
        ("badges", "", "'badge' already leads to a screen"),
        ("weather", "", "what is one of 'weather' called"),
        ("values", "worth", "no table can be called 'values'"),
    ],
)
def test_a_name_that_is_taken_or_none_is_refused(name: str, one: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        choose_words(name, one, ROUTER)


def test_who_asks_for_such_a_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["themes"]) == 1
    assert capsys.readouterr().err == "there is a capability 'themes'\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("class ArrivalForm(Form):", "class RideForm(Form):"),
        ("ARRIVALS = Subject(kind=ARRIVAL)", "RIDES = Subject(kind=RIDE)"),
        ('"""An arrival."""', '"""A ride."""'),
        ("def test_an_arrival_is_told", "def test_a_ride_is_told"),
        ('@routes.form("va", X) "vax" "val" "value"', '@routes.form("rx", X) "rxx" "rxl" "value"'),
        ("va\tform\nval\tpress\n", "rx\tform\nrxl\tpress\n"),
        ('"Mon arrivée", "Arrivées", "Ankünfte"', '"Mon ride", "Rides", "Rides"'),
        ('"arrivee", names={"de": "ankunft"}', '"ride", names={"de": "ride"}'),
    ],
)
def test_the_words_of_the_example_become_its_own(before: str, after: str) -> None:
    assert Words("rides", "ride", "rx").replaced_in(before) == after


def test_an_article_stays_before_a_vowel() -> None:
    assert Words("outings", "outing", "ou").replaced_in("An arrival, test_an_arrival") == "An outing, test_an_outing"
