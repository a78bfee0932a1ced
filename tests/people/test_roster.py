import io
import zipfile
from collections.abc import Sequence

import pytest
from openpyxl import Workbook

from bot.people.listed import Gender, RosterPerson
from bot.people.roster import MOST_BYTES, MOST_PEOPLE, Rejected, Roster, read_roster
from bot.people.roster_cells import Reason

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
    return read_roster(
        data.encode() if isinstance(data, str) else data,
        filename,
        themes=THEMES,
        locales=("fr", "en", "de"),
        min_birth_year=1992,
        max_birth_year=2009,
    )


def one(columns: str, cells: str) -> Roster:
    """A list of one person with these columns beside those a list must have."""
    return read(f"ref;given_name;family_name;country;{columns}\nR-1;Marie;Dupont;QC;{cells}\n")


def test_a_complete_line_becomes_a_person() -> None:
    line = 'R-1,Marie,Dupont,marie@example.org,CA-QC,woman,1999,"Coop, Montréal",fr,culture,civictech'
    assert read(f"{HEADINGS}\n{line}\n") == Roster((MARIE,))


def test_french_headings_and_words_say_the_same() -> None:
    data = (
        "Réf;Prénom;NOM;Courriel;Territoire;Genre;Année de naissance;Organisme;Langue;Thème;Deuxième thème\r\n"
        "R-1;Marie;Dupont;marie@example.org;Québec;Femme;1999;Coop, Montréal;Français;Culture;civic tech\r\n"
    )
    assert read(data.encode("cp1252")) == Roster((MARIE,))


def test_german_headings_and_words_say_the_same() -> None:
    data = (
        "Referenz\tVorname\tNachname\tE-Mail\tLand\tGeschlecht\tGeburtsjahr\tEinrichtung\tSprache\tThema"
        "\tZweites Thema\n"
        "R-1\tMarie\tDupont\tmarie@example.org\tQuébec\tFrau\t1999\tCoop, Montréal\tFranzösisch\tKultur\tCivicTech\n"
    )
    assert read(data.encode("utf-8-sig")) == Roster((MARIE,))


def test_a_spreadsheet_says_the_same_with_numbers_as_numbers() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(HEADINGS.split(","))
    sheet.append([17, "Marie", "Dupont", None, "Québec", "F", 1999.0, "=1+1", "fr-CA", "Innovation pédagogique"])
    target = io.BytesIO()
    workbook.save(target)
    (person,) = read(target.getvalue(), "list.xlsx").people
    assert (person.ref, person.birth_year, person.locale) == ("17", 1999, "fr")
    assert (person.organisation, person.theme) == ("=1+1", "pedagogie")


def test_columns_come_in_any_order_and_unknown_ones_are_named() -> None:
    roster = read("Pays,Taille de t-shirt,Nom,Prénom,Réf,\nSuisse,M,O,Kim,R-2,\n")
    assert roster == Roster((RosterPerson("R-2", "Kim", "O", territory="CH"),), ignored=("Taille de t-shirt",))


def test_blank_cells_and_blank_lines_give_nothing() -> None:
    roster = read(f"{HEADINGS}\n\nR-1,Marie,,,,,,,,,\n,,,,,,,,,,\n   \nR-2,,O\n")
    assert roster == Roster((RosterPerson("R-1", "Marie"), RosterPerson("R-2", "", "O")))


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
    ("columns", "cells", "reason", "values"),
    [
        ("email", "marie@example", Reason.BAD_EMAIL, {"value": "marie@example"}),
        ("email", "a@b.org, c@d.org", Reason.BAD_EMAIL, {"value": "a@b.org, c@d.org"}),
        ("gender", "?", Reason.UNKNOWN_GENDER, {"value": "?"}),
        ("birth_year", "99", Reason.BAD_BIRTH_YEAR, {"value": "99"}),
        ("birth_year", "1999-02-01", Reason.BAD_BIRTH_YEAR, {"value": "1999-02-01"}),
        ("birth_year", "1991", Reason.OUT_OF_AGE_RANGE, {"value": 1991, "first": 1992, "last": 2009}),
        ("birth_year", "2010", Reason.OUT_OF_AGE_RANGE, {"value": 2010, "first": 1992, "last": 2009}),
        ("locale", "klingon", Reason.UNKNOWN_LOCALE, {"value": "klingon"}),
        ("locale", "!", Reason.UNKNOWN_LOCALE, {"value": "!"}),
        ("theme", "Cuisine", Reason.UNKNOWN_THEME, {"value": "Cuisine"}),
        ("theme;second_theme", "culture;Kultur", Reason.SAME_THEME, {"value": "culture"}),
        ("theme;second_theme", ";culture", Reason.SECOND_WITHOUT_FIRST, {"value": "culture"}),
        ("organisme", "x" * 101, Reason.TOO_LONG, {"column": "organisme", "length": 101, "limit": 100}),
        ("organisme", "Coop;Lyon;", Reason.EXTRA_CELLS, {"value": "Lyon"}),
    ],
)
def test_a_wrong_cell_is_rejected_with_its_line_and_its_values(
    columns: str, cells: str, reason: Reason, values: dict[str, object]
) -> None:
    assert one(columns, cells) == Roster(rejected=(Rejected(2, reason, values),))  # type: ignore[arg-type]


@pytest.mark.parametrize(("columns", "cells"), [("birth_year", "1992"), ("birth_year", "2009"), ("x", "x" * 101)])
def test_the_last_value_admitted_is_admitted(columns: str, cells: str) -> None:
    roster = one(columns, cells)
    assert (len(roster.people), roster.rejected) == (1, ())


def test_an_unknown_territory_comes_with_suggestions() -> None:
    (rejected,) = read("ref,given_name,family_name,country\nR-1,Marie,O,Alemagne\n").rejected
    assert rejected.reason is Reason.UNKNOWN_TERRITORY
    suggestions = rejected.values["suggestions"]
    assert rejected.values["value"] == "Alemagne"
    assert isinstance(suggestions, tuple)
    assert suggestions[0] == "DE"


def test_every_problem_of_every_line_is_told() -> None:
    data = (
        "ref,given_name,family_name,country,email,birth_year\n"
        "R-1,Marie,Dupont,FR,,\n"
        ",Kim,O,CH,,\n"
        "R-1,Ali,Roy,BE,nobody,1999\n"
        "R-2,,,FR,,12\n"
        "R-3,Léa,Roy,FR,,\n"
    )
    roster = read(data)
    assert [(rejected.line, rejected.reason) for rejected in roster.rejected] == [
        (3, Reason.MISSING_REF),
        (4, Reason.BAD_EMAIL),
        (4, Reason.DUPLICATE_REF),
        (5, Reason.BAD_BIRTH_YEAR),
        (5, Reason.MISSING_NAME),
    ]
    assert roster.rejected[2].values == {"value": "R-1", "first_line": 2}
    assert [person.ref for person in roster.people] == ["R-1", "R-3"]


def test_a_refused_cell_is_not_called_missing_as_well() -> None:
    long = "x" * 101
    roster = read(f"ref,given_name,family_name,country\n{long},{long},,FR\n")
    assert [rejected.reason for rejected in roster.rejected] == [Reason.TOO_LONG, Reason.TOO_LONG]


def refusals(roster: Roster) -> Sequence[tuple[int, Reason, object]]:
    return [(rejected.line, rejected.reason, rejected.values.get("column")) for rejected in roster.rejected]


def test_columns_missing_or_given_twice_are_named() -> None:
    assert refusals(read("ref,nom,Nom de famille,pays\nR-1,O,O,FR\n")) == [
        (1, Reason.REPEATED_COLUMN, "family_name"),
        (1, Reason.MISSING_COLUMN, "given_name"),
    ]
    assert refusals(read("")) == [
        (0, Reason.MISSING_COLUMN, column) for column in ("ref", "given_name", "family_name", "country")
    ]


def test_the_list_that_groups_are_formed_from_is_read_too() -> None:
    roster = read("id,name,country,gender,birth_year,theme,platform\nc1,Zoé Marie Dupont,FR,F,2001,culture,web\n")
    assert (roster.rejected, roster.ignored, roster.whole_names) == ((), (), True)
    person = roster.people[0]
    assert (person.ref, person.given_name, person.family_name, person.theme) == ("c1", "Zoé", "Marie Dupont", "culture")
    assert not read("ref,prénom,nom,pays\nR-1,Zoé,Dupont,FR\n").whole_names


def test_a_file_that_cannot_be_read_or_is_too_much_is_refused_whole() -> None:
    assert read(b"\x89PNG\r\n\x1a\n\x00", "cat.png").rejected == (
        Rejected(0, Reason.UNREADABLE, {"filename": "cat.png"}),
    )
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    assert refusals(read(word.getvalue(), "liste.xlsx")) == [(0, Reason.TEXT_DOCUMENT, None)]
    assert refusals(read('ref,nom\nR-1,"O\n')) == [(2, Reason.UNREADABLE, None)]
    assert refusals(read(b"x" * (MOST_BYTES + 1))) == [(0, Reason.TOO_BIG, None)]


def test_five_thousand_people_are_read_and_not_one_more() -> None:
    lines = [f"R-{number},Marie,Dupont,Québec" for number in range(MOST_PEOPLE + 1)]
    heading = "ref,given_name,family_name,country"
    assert len(read("\n".join([heading, *lines[:-1]])).people) == MOST_PEOPLE
    assert refusals(read("\n".join([heading, *lines]))) == [(0, Reason.TOO_MANY_ROWS, None)]


def test_thousands_of_wrong_territories_do_not_take_for_ever() -> None:
    lines = [f"R-{number},Marie,Dupont,Atlantis {number}" for number in range(MOST_PEOPLE)]
    roster = read("\n".join(["ref,given_name,family_name,country", *lines]))
    assert len(roster.rejected) == MOST_PEOPLE
