from dataclasses import replace

from bot.people.listed import Gender, PersonChange, RosterPerson, compare

MARIE = RosterPerson(
    "R-1",
    "Marie",
    "Dupont",
    email="marie@example.org",
    territory="CA-QC",
    gender=Gender.WOMAN,
    birth_year=1999,
    organisation="Coop",
    locale="fr",
    theme="culture",
    second_theme="civictech",
)
KIM = RosterPerson("R-2", "Kim", "O")


def test_a_list_is_new_changed_unchanged_or_absent() -> None:
    moved = replace(MARIE, territory="FR", birth_year=2000)
    ali = RosterPerson("R-3", "Ali")
    difference = compare([ali, moved], {"R-1": MARIE, "R-2": KIM}, 2)
    assert difference.new == (ali,)
    assert difference.changed == (PersonChange(MARIE, moved, ("territory", "birth_year")),)
    assert difference.unchanged == ()
    assert difference.absent == 1


def test_a_list_compared_with_itself_changes_nothing() -> None:
    difference = compare([MARIE, KIM], {"R-1": MARIE, "R-2": KIM}, 2)
    assert (difference.new, difference.changed, difference.absent) == ((), (), 0)
    assert difference.unchanged == (MARIE, KIM)


def test_a_blank_cell_never_wipes_what_is_stored() -> None:
    (change,) = compare([RosterPerson("R-1", "", "Dupond")], {"R-1": MARIE}, 1).changed
    assert change.after == replace(MARIE, family_name="Dupond")
    assert change.fields == ("family_name",)


def test_a_second_theme_that_becomes_the_first_leaves_no_second() -> None:
    (change,) = compare([RosterPerson("R-1", "Marie", theme="civictech")], {"R-1": MARIE}, 1).changed
    assert (change.after.theme, change.after.second_theme) == ("civictech", None)
    assert change.fields == ("theme", "second_theme")
