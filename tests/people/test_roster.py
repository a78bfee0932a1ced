"""The list of selected people: what its columns say, and what is wrong with it in the words of who sent it."""

from __future__ import annotations

import pytest

from bot.content.i18n import LOCALES
from bot.content.texts import Reader, plain
from bot.files.columns import TO_CORRECT
from bot.files.sheets import key_of
from bot.files.tables import located
from bot.people.listed import Gender, RosterPerson
from bot.people.roster import ExtraColumn, Roster
from bot.people.roster_columns import ASKED, MOST_PEOPLE, UNASKED, RosterRules
from tests.people.rosters import read_list
from tests.spreadsheets import xlsx

THEMES = {
    "culture": {"Culture", "Kultur"},
    "pedagogie": {"Innovation pédagogique", "Educational innovation"},
    "civictech": {"CivicTech"},
}
HEADINGS = "ref,given_name,family_name,email,country,gender,birth_year,organisation,locale,theme,second_theme"
MARIE = RosterPerson(
    "R-1",
    "Marie",
    "Dupont",
    "marie@example.org",
    "CA-QC",
    Gender.WOMAN,
    1999,
    "Coop, Montréal",
    "fr",
    "culture",
    "civictech",
)


def read(data: str | bytes, filename: str = "list.csv") -> Roster:
    return read_list(
        data.encode() if isinstance(data, str) else data,
        filename,
        RosterRules(THEMES, ("fr", "en", "de"), min_birth_year=1992, max_birth_year=2009),
    )


def sentences(roster: Roster) -> list[str]:
    """What is to be corrected, in English, without the marks of writing directions."""
    reader = Reader("en", "Europe/Paris")
    return [plain(located(problem), reader).translate({0x2068: None, 0x2069: None}) for problem in roster.remarks]


def one(columns: str, cells: str) -> Roster:
    """A list of one person with these columns beside those a list must have."""
    return read(f"ref;given_name;family_name;country;{columns}\nR-1;Marie;Dupont;QC;{cells}\n")


def test_a_complete_line_becomes_a_person() -> None:
    line = 'R-1,Marie,Dupont,marie@example.org,CA-QC,woman,1999,"Coop, Montréal",fr,culture,civictech'
    assert read(f"{HEADINGS}\n{line}\n") == Roster((MARIE,), lines=(2,))


def test_french_headings_and_words_say_the_same() -> None:
    data = (
        "Réf;Prénom;NOM;Courriel;Territoire;Genre;Année de naissance;Organisme;Langue;Thème;Deuxième thème\r\n"
        "R-1;Marie;Dupont;marie@example.org;Québec;Femme;1999;Coop, Montréal;Français;Culture;civic tech\r\n"
    )
    assert read(data.encode("cp1252")) == Roster((MARIE,), lines=(2,))


def test_german_headings_and_words_say_the_same() -> None:
    data = (
        "Referenz\tVorname\tNachname\tE-Mail\tLand\tGeschlecht\tGeburtsjahr\tEinrichtung\tSprache\tThema"
        "\tZweites Thema\n"
        "R-1\tMarie\tDupont\tmarie@example.org\tQuébec\tFrau\t1999\tCoop, Montréal\tFranzösisch\tKultur\tCivicTech\n"
    )
    assert read(data.encode("utf-8-sig")) == Roster((MARIE,), lines=(2,))


def test_a_spreadsheet_says_the_same_with_numbers_as_numbers() -> None:
    row = [17, "Marie", "Dupont", None, "Québec", "F", 1999.0, "=1+1", "fr-CA", "Innovation pédagogique"]
    (person,) = read(xlsx(HEADINGS.split(","), row), "list.xlsx").people
    assert (person.ref, person.birth_year, person.locale) == ("17", 1999, "fr")
    assert (person.organisation, person.theme) == ("=1+1", "pedagogie")


def test_blank_cells_give_nothing() -> None:
    roster = read(f"{HEADINGS}\nR-1,Marie,,,,,,,,,\nR-2,,O\n")
    assert roster == Roster((RosterPerson("R-1", "Marie"), RosterPerson("R-2", "", "O")), lines=(2, 3))


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("É", "É"),
        ("D'Aoust-O’Neil", "D'Aoust-O’Neil"),
        ("Chloé 👩‍🌾", "Chloé 👩‍🌾"),
        ("ليلى", "ليلى"),
        ("Ma\u200brie\u202e\x00", "Marie"),
        ("  Marie   Claire ", "Marie Claire"),
        ("<b>@everyone</b>", "<b>@everyone</b>"),
    ],
)
def test_every_name_is_accepted_and_cleaned(given_name: str, cleaned: str) -> None:
    (person,) = read(f"ref,given_name,family_name,country\nR-1,{given_name},O,FR\n").people
    assert person.given_name == cleaned


@pytest.mark.parametrize(
    ("raw", "gender"),
    [
        ("woman", Gender.WOMAN),
        ("F", Gender.WOMAN),
        ("Frau", Gender.WOMAN),
        ("h", Gender.MAN),
        ("M", Gender.MAN),
        ("Mann", Gender.MAN),
        ("autre", Gender.OTHER),
        ("non binaire", Gender.OTHER),
        ("divers", Gender.OTHER),
        ("Ne souhaite pas répondre", Gender.UNDISCLOSED),
        ("k.A.", Gender.UNDISCLOSED),
        ("", None),
    ],
)
def test_gender_is_understood_and_optional(raw: str, gender: Gender | None) -> None:
    (person,) = one("gender", raw).people
    assert person.gender is gender


@pytest.mark.parametrize("raw", ["de", "DE-ch", "allemand", "German", "Deutsch", "deutsch (Schweiz)"])
def test_locales_are_understood_by_code_and_name(raw: str) -> None:
    (person,) = one("locale", raw).people
    assert person.locale == "de"


@pytest.mark.parametrize(
    ("columns", "cells", "problem"),
    [
        ("email", "marie@example", "Line 2, “email”: “marie@example” is not an e-mail address."),
        ("genre", "?", "Line 2, “genre”: I do not know the gender “?”."),
        ("birth_year", "990", "Line 2, “birth_year”: “990” is not a year of birth."),
        (
            "birth_year",
            "1991-02-01",
            "Line 2, “birth_year”: Born in 1991: the gathering is for people born from 1992 to 2009.",
        ),
        (
            "birth_year",
            "1991",
            "Line 2, “birth_year”: Born in 1991: the gathering is for people born from 1992 to 2009.",
        ),
        (
            "birth_year",
            "2010",
            "Line 2, “birth_year”: Born in 2010: the gathering is for people born from 1992 to 2009.",
        ),
        ("locale", "klingon", "Line 2, “locale”: “klingon” is not a language of this gathering."),
        ("locale", "!", "Line 2, “locale”: “!” is not a language of this gathering."),
        ("theme", "Cuisine", "Line 2, “theme”: “Cuisine” is not a theme of this gathering."),
        ("theme;second_theme", "culture;Kultur", "Line 2: Both themes are “culture”."),
    ],
)
def test_a_wrong_cell_is_told_with_its_line_its_heading_and_what_was_read(
    columns: str, cells: str, problem: str
) -> None:
    roster = one(columns, cells)
    assert sentences(roster) == [problem]
    theme = "culture" if "theme;" in columns else None
    assert roster.people == (RosterPerson("R-1", "Marie", "Dupont", territory="CA-QC", theme=theme),)


@pytest.mark.parametrize(
    ("columns", "cells", "problem", "value"),
    [
        ("organisation", "x" * 101, "Line 2: organisation: 101 characters, 100 at most.", "x" * 99 + "…"),
        ("organisation", "x" * 40_000, "Line 2: organisation: 2000 characters, 100 at most.", "x" * 99 + "…"),
    ],
)
def test_what_can_be_taken_in_part_is_taken_and_told(columns: str, cells: str, problem: str, value: str) -> None:
    roster = one(columns, cells)
    assert sentences(roster) == [problem]
    assert getattr(roster.people[0], columns) == value


def test_a_second_address_in_a_cell_is_a_column_of_its_own() -> None:
    roster = one("email", "a@b.org / c@d.org")
    assert [person.email for person in roster.people] == ["a@b.org"]
    assert roster.extra == (ExtraColumn("email (2)", {2: "c@d.org"}),)


@pytest.mark.parametrize(
    "cell",
    [
        "1999", "1999.0", "16/10/1999", "1999-10-16", "16.10.99", "16/10/99", "1999-10-16 00:00:00", "16 octobre 1999",
        "October 16, 1999", "né le 16.10.1999", "16-oct-99", "19991016", "16101999", "3 mai 1999", "03/04/1999",
        "1. März 1999",
    ],
)  # fmt: skip
def test_a_day_of_birth_gives_its_year(cell: str) -> None:
    roster = read(f"nom;prénom;date de naissance\nDupont;Marie;{cell}\n")
    assert (roster.people[0].birth_year, roster.remarks) == (1999, ())
    assert roster.only_years is (cell != "1999")


@pytest.mark.parametrize(
    ("heading", "cell", "given", "family"),
    [
        ("Nom et prénom", "DUPONT Marie Claire", "Marie Claire", "DUPONT"),
        ("Nom et prénom", "Dupont Marie", "Marie", "Dupont"),
        ("Nom Prénom", "de la Tour Marie", "Marie", "de la Tour"),
        ("Prénom et nom", "Marie Dupont Roy", "Marie", "Dupont Roy"),
        ("Prénom et nom", "Marie VAN DEN BERG", "Marie", "VAN DEN BERG"),
        ("Nom complet", "Jean-Luc de LA FAYETTE", "Jean-Luc", "de LA FAYETTE"),
        ("Name, Vorname", "Müller, Jörg", "Jörg", "Müller"),
        ("Nom", "Cher", "Cher", ""),
    ],
)
def test_full_names_are_parted(heading: str, cell: str, given: str, family: str) -> None:
    roster = read(f"{heading.replace(',', ' /')};pays\n{cell};France\n")
    assert [(person.given_name, person.family_name) for person in roster.people] == [(given, family)]


@pytest.mark.parametrize(("columns", "cells"), [("birth_year", "1992"), ("birth_year", "2009"), ("x", "x" * 101)])
def test_the_last_value_admitted_is_admitted(columns: str, cells: str) -> None:
    roster = one(columns, cells)
    assert (len(roster.people), roster.remarks) == (1, ())


def test_an_unknown_territory_comes_with_suggestions() -> None:
    [problem] = sentences(read("ref,given_name,family_name,pays\nR-1,Marie,O,Alemagne\n"))
    assert problem.startswith("Line 2, “pays”: I do not know the territory “Alemagne”. Is it Germany")


def test_every_problem_of_every_line_is_told() -> None:
    roster = read(
        "ref,given_name,family_name,country,email,birth_year\n"
        "R-1,Marie,Dupont,FR,,\n"
        ",Kim,O,CH,,\n"
        "R-1,Ali,Roy,BE,nobody,1999\n"
        "R-2,,,FR,,120\n"
        "R-3,Léa,Roy,FR,,\n"
    )
    assert sentences(roster) == [
        "Line 4, “email”: “nobody” is not an e-mail address.",
        "Line 5, “birth_year”: “120” is not a year of birth.",
        "Line 5: The name is missing.",
    ]
    assert [(person.ref, line) for person, line in zip(roster.people, roster.lines, strict=True)] == [
        ("R-1", 2),
        ("", 3),
        ("R-1", 4),
        ("R-3", 6),
    ]


def test_a_list_needs_names_and_nothing_else() -> None:
    assert [person.full_name for person in read("Vorname\nMarie\nAli\n").people] == ["Marie", "Ali"]
    assert sentences(read("colour;size\nblue;3\n")) == [
        "Line 1: I find no column with names. Name one “Name”, and send the list again."
    ]


def test_the_list_that_groups_are_formed_from_is_read_too() -> None:
    roster = read("id,name,country,gender,birth_year,theme,platform\nc1,Zoé Marie Dupont,FR,F,2001,culture,web\n")
    assert (roster.extra, roster.whole_names) == ((), ("given first",))
    person = roster.people[0]
    assert (person.ref, person.given_name, person.family_name, person.theme) == ("c1", "Zoé", "Marie Dupont", "culture")
    assert not read("ref,prénom,nom,pays\nR-1,Zoé,Dupont,FR\n").whole_names


def test_five_thousand_people_are_read_and_not_one_more() -> None:
    lines = [f"R-{number},Marie,Dupont,Québec" for number in range(MOST_PEOPLE + 1)]
    heading = "ref,given_name,family_name,country"
    assert len(read("\n".join([heading, *lines[:-1]])).people) == MOST_PEOPLE
    assert sentences(read("\n".join([heading, *lines]))) == ["The list is too long: 5000 people at most."]


def test_thousands_of_wrong_territories_do_not_take_for_ever() -> None:
    lines = [f"R-{number},Marie,Dupont,Atlantis {number}" for number in range(MOST_PEOPLE)]
    roster = read("\n".join(["ref,given_name,family_name,country", *lines]))
    assert len(roster.remarks) == MOST_PEOPLE


@pytest.mark.parametrize("locale", LOCALES)
def test_every_column_is_called_by_a_heading_that_is_understood(locale: str) -> None:
    for column in (*ASKED, *UNASKED, TO_CORRECT):
        understood = {key_of(heading) for heading in column.headings.split(",")}
        assert key_of(plain(column.name, Reader(locale, "Europe/Paris"))) in understood
