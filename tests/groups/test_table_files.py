"""The files that groups are formed from: as people make them, and as they should not."""

from __future__ import annotations

import pytest

from handlers.groups.files import MOST_ROWS, Unreadable, read_constraints, read_groups, read_people, write_groups
from handlers.groups.messages.labels import Label, parse_label
from handlers.groups.solver.model import Apart, Band, Pin, Placeable, Together

YEAR = 2027
HEADINGS = "id,name,country,gender,birth_year,theme,platform"
ROWS = (
    "p2,Zoé Dupont,France,F,2001,culture,Telegram",
    "p1,Léo Martin,CA-QC,homme,1990,Culture,discord",
    "p3,Ana,,,,CivicTech,",
)
PEOPLE = "\n".join([HEADINGS, *ROWS])


def mistakes(text: str) -> list[str]:
    with pytest.raises(Unreadable) as refused:
        read_people(text.encode(), "people.csv", YEAR)
    return [str(mistake) for mistake in refused.value.mistakes]


def test_people_are_read_theme_by_theme_in_the_order_of_ids() -> None:
    people = read_people(PEOPLE.encode(), "people.csv", YEAR)
    assert people.themes == {
        "CivicTech": (Placeable("p3"),),
        "culture": (
            Placeable("p1", "CA-QC", "man", Band.OLDER, "discord"),
            Placeable("p2", "FR", "woman", Band.MIDDLE, "telegram"),
        ),
    }
    assert people.names["p2"] == "Zoé Dupont"
    assert people.notes == ("without a country, counted as one nationality of its own: 1",)


def test_headings_may_be_french_and_in_any_order() -> None:
    text = (
        "thème;pays;identifiant;année de naissance;genre;nom;deuxième thème;remarque\nCulture;Québec;p1;1990;H;Léo;;x"
    )
    people = read_people(text.encode(), "personnes.csv", YEAR)
    assert people.themes == {"Culture": (Placeable("p1", "CA-QC", "man", Band.OLDER),)}
    assert people.notes == ("there is no column platform", "columns left out: remarque")


@pytest.mark.parametrize("named", ["DE", "DEU", "Allemagne", "Germany", "deutschland"])
def test_a_country_has_a_code_and_names_in_three_languages(named: str) -> None:
    text = f"{HEADINGS}\np1,Léo,{named},man,1990,culture,web"
    assert read_people(text.encode(), "people.csv", YEAR).themes["culture"][0].country == "DE"


def test_quebec_and_canada_are_two_nationalities() -> None:
    text = f"{HEADINGS}\np1,Léo,Québec,man,1990,culture,web\np2,Zoé,Canada,woman,1990,culture,web"
    assert [each.country for each in read_people(text.encode(), "people.csv", YEAR).themes["culture"]] == [
        "CA-QC",
        "CA",
    ]


def test_second_themes_are_kept_where_they_are_themes() -> None:
    text = f"{HEADINGS},second_theme\n" + "\n".join(
        f"{row},{second}" for row, second in zip(ROWS, ("CIVICTECH", "cooking", ""), strict=True)
    )
    assert read_people(text.encode(), "people.csv", YEAR).second == {"p2": "CivicTech"}


def test_who_has_no_theme_is_told_and_left_out() -> None:
    people = read_people(f"{PEOPLE}\np9,Max,FR,man,1990,,".encode(), "people.csv", YEAR)
    assert "without a theme, and so without a group: 1 (Max (p9))" in people.notes
    assert "p9" not in people.theme_of


def test_the_first_ten_without_a_theme_are_named() -> None:
    rows = "\n".join(f"q{number},Max,FR,man,1990,," for number in range(10, 22))
    [told] = [note for note in read_people(f"{PEOPLE}\n{rows}".encode(), "p.csv", YEAR).notes if "theme" in note]
    assert "12 (Max (q10), " in told
    assert told.endswith("Max (q19) and 2 more)")


@pytest.mark.parametrize(
    "headings",
    [
        "réf,prénom,nom,pays,genre,année de naissance,thème 1,plateforme",
        "ref,given_name,family_name,country,gender,birth_year,theme,platform",
        "Referenz,Vorname,Nachname,Land,Geschlecht,Geburtsjahr,erstes Thema,Plattform",
    ],
)
def test_headings_are_those_of_the_list_that_organisers_import(headings: str) -> None:
    people = read_people(f"{headings}\nR-1,Zoé,Dupont,FR,F,2001,culture,web".encode(), "people.csv", YEAR)
    assert people.names == {"R-1": "Zoé Dupont"}
    assert people.notes == ()


def test_a_platform_that_is_none_of_ours_is_noted() -> None:
    people = read_people(f"{PEOPLE}\np9,Max,FR,man,1990,culture,Telegarm".encode(), "people.csv", YEAR)
    assert any("«telegarm» (1)" in note for note in people.notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "people.csv is empty."),
        (HEADINGS, "people.csv: there is nothing below its headings"),
        (PEOPLE.replace("country", "colour"), "people.csv, line 1: The column country is missing."),
        (
            'id,name\np1,"Léo',
            "people.csv, line 2: people.csv cannot be read. Save it again as CSV, Excel or LibreOffice.",
        ),
        (f"{PEOPLE}\np2,Max,FR,man,1990,culture,", "people.csv, line 5: The reference p2 is on line 2 already."),
        (f"{PEOPLE}\n,Max,FR,man,1990,culture,", "people.csv, line 5: The reference is missing."),
        (f"{PEOPLE}\np4,Max,FR,man,1990,culture,web,x", "people.csv, line 5: x is beyond the last column."),
        (
            f"{PEOPLE}\np4,Max,Atlantis,man,1990,culture,",
            "people.csv, line 5, country: I do not know the territory Atlantis.",
        ),
        (f"{PEOPLE}\np4,Max,FR,boi,1990,culture,", "people.csv, line 5, gender: I do not know the gender boi."),
        (f"{PEOPLE}\np4,Max,FR,man,9,culture,", "people.csv, line 5, birth_year: 9 is not a year of birth."),
        (
            f"{PEOPLE}\np4,Max,FR,man,2026,culture,",
            "people.csv, line 5, birth_year: Born in 2026: the gathering is for people born from 1907 to 2017.",
        ),
        (f"{PEOPLE}\np4,{'x' * 101},FR,man,1990,culture,", "people.csv, line 5: name: 101 characters, 100 at most."),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, said: str) -> None:
    [told] = mistakes(text)
    assert told.translate(dict.fromkeys(map(ord, "“”\u2068\u2069"))) == said


def test_a_list_that_is_too_long_is_refused() -> None:
    lines = "\n".join([PEOPLE] + ["p,,,,,,"] * MOST_ROWS)
    assert mistakes(lines) == ["people.csv: it is too long: 250000 lines at most"]


def test_every_bad_line_is_named() -> None:
    text = f"{PEOPLE}\np4,Max,Atlantide,boi,1990,culture,\np2,Max,FR,man,9,culture,"
    assert [mistake.partition(":")[0] for mistake in mistakes(text)] == [
        "people.csv, line 5, country",
        "people.csv, line 5, gender",
        "people.csv, line 6, birth_year",
        "people.csv, line 6",
    ]


def test_constraints_are_read_by_theme() -> None:
    people = read_people(PEOPLE.encode(), "people.csv", YEAR)
    text = "type,a,b\ntogether,p1,p2\nApart,p2,p1\npin,p1,CULTURE-2\napart,p1,p3\n"
    assert read_constraints(text.encode(), "c.csv", people) == {
        "culture": [Together("p1", "p2"), Apart("p2", "p1"), Pin("p1", 2)]
    }


def test_each_constraint_that_means_nothing_is_named() -> None:
    people = read_people(f"{PEOPLE}\np9,Max,FR,man,1990,,".encode(), "people.csv", YEAR)
    text = (
        "type,a,b\nnear,p1,p2\ntogether,p1,p8\napart,p9,p1\ntogether,p1,p1\ntogether,p1,p3\n"
        "pin,p1,2\npin,p1,civictech-1\npin,p1,culture-0\n"
    )
    with pytest.raises(Unreadable) as refused:
        read_constraints(text.encode(), "c.csv", people)
    assert [str(mistake) for mistake in refused.value.mistakes] == [
        "c.csv, line 2: «near» is none of together, apart, pin",
        "c.csv, line 3: nobody has the id «p8»",
        "c.csv, line 4: «p9» has no theme",
        "c.csv, line 5: «p1» stands there twice",
        "c.csv, line 6: «p1» is in culture, «p3» in CivicTech: they cannot be together",
        "c.csv, line 7: «2» is no group: write culture-1",
        "c.csv, line 8: «p1» is in culture, and cannot be in civictech-1",
        "c.csv, line 9: «culture-0» is no group: write culture-1",
    ]


def test_groups_come_back_as_they_were_written() -> None:
    groups: dict[str, dict[int, tuple[str, ...]]] = {
        "culture": {2: ("p2",), 1: ("p1",)},
        "Civic, Tech": {1: ("p3", 'p"4')},
    }
    data = write_groups(groups)
    assert data.decode().splitlines()[0] == "participant_id,group"
    assert read_groups(data, "groups.csv") == {
        "p1": Label("culture", 1),
        "p2": Label("culture", 2),
        "p3": Label("Civic, Tech", 1),
        'p"4': Label("Civic, Tech", 1),
    }


@pytest.mark.parametrize("headings", ["référence,groupe", "reference,group", "Referenz,Gruppe"])
def test_groups_are_read_under_headings_in_three_languages(headings: str) -> None:
    assert read_groups(f"{headings}\np1,culture-1\n".encode(), "groups.csv") == {"p1": Label("culture", 1)}


def test_groups_are_held_against_the_people() -> None:
    people = read_people(PEOPLE.encode(), "people.csv", YEAR)
    text = "participant_id,group\np1,Culture-1\np1,culture-2\np8,culture-1\np3,culture-1\np2,first\n,culture-1\n"
    with pytest.raises(Unreadable) as refused:
        read_groups(text.encode(), "groups.csv", people)
    assert [str(mistake) for mistake in refused.value.mistakes] == [
        "groups.csv, line 3: The reference “p1” is on line 2 already.",
        "groups.csv, line 4: nobody has the id «p8»",
        "groups.csv, line 5: «p3» is in CivicTech, not in culture",
        "groups.csv, line 6: «first» is no group: a label is a theme, a hyphen and a number",
        "groups.csv, line 7: the id is missing",
    ]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("culture-1", Label("culture", 1)),
        ("innovation-pédagogique-12", Label("innovation-pédagogique", 12)),
        ("culture", None),
        ("-1", None),
        ("culture-", None),
        ("culture-0", None),
        ("culture-²", None),
        ("culture-9999999", None),
    ],
)
def test_a_label_is_a_theme_and_a_number(text: str, label: Label | None) -> None:
    assert parse_label(text) == label
