from collections import Counter
from time import process_time

from bot.content.names import clean, search_key
from bot.content.territories import parse_territory
from bot.people.listed import Gender
from bot.rehearsal.people import invent

WISHES = {"culture": 45, "school": 30, "civic": 25}
HUNDRED = [invented.person for invented in invent(100, seed=3, wishes=WISHES)]


def test_the_same_seed_invents_the_same_people() -> None:
    assert invent(50, seed=3, wishes=WISHES) == invent(100, seed=3, wishes=WISHES)[:50]
    assert invent(50, seed=3, wishes=WISHES) != invent(50, seed=4, wishes=WISHES)


def test_a_hundred_people_come_from_where_the_call_says() -> None:
    regions = Counter(person.territory for person in HUNDRED)
    france = regions["FR"] + regions["RE"] + regions["GP"]
    belgium = regions["BE"] + regions["BE-WBR"] + regions["BE-VLG"]
    assert (france, belgium, regions["CA-QC"], regions["CH"], regions["DE"]) == (50, 15, 15, 5, 5)


def test_there_are_as_many_women_as_men() -> None:
    genders = Counter(person.gender for person in HUNDRED)
    assert genders[Gender.WOMAN] == genders[Gender.MAN] == 48
    assert genders[Gender.OTHER] == genders[Gender.UNDISCLOSED] == 2


def test_everyone_could_stand_in_a_list_of_selected_people() -> None:
    assert [person.ref for person in HUNDRED[:2]] == ["R-0001", "R-0002"]
    assert len({person.email for person in HUNDRED}) == 100
    for person in HUNDRED:
        assert 18 <= 2027 - (person.birth_year or 0) <= 35
        assert parse_territory(person.territory) == person.territory
        assert person.locale in {"fr", "en", "de"}
        assert person.theme in {None, *WISHES}
        if person.second_theme:
            assert person.theme not in {None, person.second_theme}
        assert clean(person.given_name) == person.given_name
        assert clean(person.family_name) == person.family_name
        assert person.email.isascii()
        assert person.organisation


def test_names_that_bad_forms_refuse_are_among_them() -> None:
    names = [(person.given_name, person.family_name) for person in HUNDRED]
    assert ("Élise", "O") in names
    assert ("Sukarno", "") in names
    assert any("👩‍🌾" in given_name for given_name, _ in names)
    assert any("\u0590" < family_name[:1] < "\u0700" for _, family_name in names)  # written from the right
    assert all(search_key(*name) for name in names)


def test_platforms_and_themes_are_shared_out_by_weight() -> None:
    people = invent(2000, seed=1, wishes=WISHES)
    platforms = Counter(invented.platform for invented in people)
    assert platforms["telegram"] > platforms["discord"] > platforms["web"] > 200
    themes = Counter(invented.person.theme for invented in people)
    assert themes["culture"] > themes["school"] > themes["civic"] > 200
    assert {invented.person.theme for invented in invent(50, 1, wishes={"food": 1})} == {None, "food"}
    assert {invented.person.theme for invented in invent(50, 1, wishes={})} == {None}


def test_a_hundred_thousand_people_are_invented_within_seconds() -> None:
    start = process_time()
    people = invent(100_000, seed=1, wishes=WISHES)
    assert process_time() - start < 5
    assert people[-1].person.ref == "R-100000"
