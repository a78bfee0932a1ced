"""Who on a list is somebody else on it, or in already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from bot.people.listed import RosterPerson
from handlers.registration.model.lists import KnownPerson, Resolved, resolve

ZOE = RosterPerson("", "Zoé", "Dupont", "zoe@example.org", "FR")
KNOWN = (
    KnownPerson(1, "R-007", "Zoé", "Dupont", "ZOE@example.org", "FR"),
    KnownPerson(2, "R-008", "Ali", "Ben", "", "TN"),
)


def person(given: str, family: str = "", email: str = "", territory: str = "", ref: str = "") -> RosterPerson:
    return RosterPerson(ref, given, family, email, territory)


def answered(listed: Sequence[RosterPerson], answers: Mapping[int, bool]) -> Resolved:
    """Who is who, once it was answered for people at some places whether they are the one they resemble."""
    asked = resolve(listed, KNOWN, {}).doubles
    return resolve(listed, KNOWN, {each.pair: answers[each.place] for each in asked if each.place in answers})


def found(
    listed: Sequence[RosterPerson], answers: Mapping[int, bool] | None = None
) -> tuple[list[tuple[str, str]], list[tuple[int, int | str, str, bool]]]:
    """Refs and names of the people, and who may be whom, why, and whether that is the guess."""
    resolved = answered(listed, answers or {})
    doubles = [
        (double.place, double.known.ref if double.known else double.other or 0, double.why, double.same)
        for double in resolved.doubles
    ]
    return [(each.ref, each.given_name) for each in resolved.people], doubles


@pytest.mark.parametrize(
    "listed",
    [
        ZOE,
        person("zoe", "DUPONT", "zoe@example.org"),
        person("Zoé", "Dupont", "", "FR"),
        person("Dupont", "Zoé", "", "FR"),
        person("Zoé", "D.", "", "", "R-007"),
    ],
    ids=["all", "address and name", "name and territory", "names the other way round", "reference"],
)
def test_who_is_in_is_found_again(listed: RosterPerson) -> None:
    assert found([listed]) == ([("R-007", listed.given_name)], [])


def test_newcomers_get_the_next_references() -> None:
    assert found([person("Max"), person("Léa", ref="X1"), person("Noé")]) == (
        [("R-009", "Max"), ("X1", "Léa"), ("R-010", "Noé")],
        [],
    )


@pytest.mark.parametrize(
    ("listed", "why", "guess"),
    [
        (person("Léo", "Dupont", "zoe@example.org", "FR"), "email", False),
        (person("Zoé", "Dupont", "other@example.org", "FR"), "name", False),
        (person("Zoé", "Dupont", "zoe@example.org", "FR", "A1"), "email", True),
    ],
    ids=["another name", "another address", "another reference"],
)
def test_who_resembles_somebody_who_is_in_is_asked_about(listed: RosterPerson, why: str, guess: bool) -> None:
    people, doubles = found([listed])
    assert doubles == [(0, "R-007", why, guess)]
    assert people[0][0] == ("R-007" if guess else "R-009")
    assert found([listed], {0: True}) == ([("R-007", listed.given_name)], [])
    assert found([listed], {0: False})[0] == [(listed.ref or "R-009", listed.given_name)]


def test_two_lines_about_one_person_are_asked_about_and_joined() -> None:
    twice = [person("Max", "Roy", "max@example.org"), person("MAX", "Roy", "max@example.org", "CH")]
    assert found(twice) == ([("R-009", "MAX")], [(1, 0, "email", True)])
    assert answered(twice, {1: True}).people[0].territory == "CH"
    assert found(twice, {1: False}) == ([("R-009", "Max"), ("R-010", "MAX")], [])


def test_two_people_with_one_address_or_one_reference_are_two_unless_somebody_says_otherwise() -> None:
    assert found([person("Max", email="a@example.org"), person("Eva", email="a@example.org")]) == (
        [("R-009", "Max"), ("R-010", "Eva")],
        [(1, 0, "email", False)],
    )
    assert found([person("Max", ref="A1"), person("Eva", ref="A1")]) == (
        [("A1", "Max"), ("R-009", "Eva")],
        [(1, 0, "ref", False)],
    )
