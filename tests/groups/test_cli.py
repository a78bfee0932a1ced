"""`rencontres groups form` and `explain`: from a list of people, without settings, bot or database."""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from handlers.groups.cli.forming import distinct_names
from handlers.groups.files import read_groups
from tests.pdf import page_words
from tests.shell import Shell

HEADINGS = "id,name,country,gender,birth_year,theme,platform"
COUNTRIES = ["FR"] * 6 + ["BE-WBR"] * 2 + ["Québec"] * 2 + ["CH", "DE"]


def people(count: int, theme: str = "culture", first: int = 1) -> list[str]:
    """So many people of a theme, a woman and a man by turns, as lines of a file."""
    return [
        f"{theme[0]}{place},Élise{place} Côté,{COUNTRIES[place % len(COUNTRIES)]},{'FM'[place % 2]},"
        f"{2000 + place % 3},{theme},{('telegram', 'discord')[place % 2]}"
        for place in range(first, first + count)
    ]


def write(path: str, *lines: str) -> None:
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def listed(folder: Path) -> None:
    """people.csv: 18 people for culture, 12 for democracy."""
    write("people.csv", HEADINGS, *people(18), *people(12, "democracy"))


FORM = ("groups", "form", "people.csv", "--out", "groups.csv", "--year", "2027", "--force")


def sizes(path: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for label in read_groups(Path(path).read_bytes(), path).values():
        found[str(label)] = found.get(str(label), 0) + 1
    return found


def test_groups_are_formed_told_and_written(shell: Shell, listed: None) -> None:
    done = shell(*FORM)
    assert done.exit_code == 0, done.stderr
    told = done.stdout.splitlines()
    assert told[:2] == [
        "culture: 18 people, 3 groups (3 of 6); optimal",
        "  Nationalities: 10 of 10 possible; In the least mixed group: 3 of 3 possible",
    ]
    assert told[2].split() == ["counted", "here", "at", "best"]
    assert [line.split()[-3:] for line in told[3:10]] == [
        ["8", "8", "optimal"],
        ["15", "15", "optimal"],
        ["3", "3", "optimal"],
        *[["0", "0", "optimal"]] * 4,
    ]
    assert told[-1] == "written: groups.csv"
    assert sizes("groups.csv") == {
        "culture-1": 6,
        "culture-2": 6,
        "culture-3": 6,
        "democracy-1": 6,
        "democracy-2": 6,
    }


def test_the_same_people_in_another_order_make_the_same_groups(shell: Shell) -> None:
    lines = people(18)
    write("people.csv", HEADINGS, *lines)
    first = shell(*FORM, "--seed", "7").stdout, Path("groups.csv").read_bytes()
    random.Random(1).shuffle(lines)
    write("people.csv", HEADINGS, *lines)
    assert (shell(*FORM, "--seed", "7").stdout, Path("groups.csv").read_bytes()) == first


def test_what_was_formed_is_explained_alike(shell: Shell, listed: None) -> None:
    formed = shell(*FORM).stdout.splitlines()
    explained = shell("groups", "explain", "people.csv", "groups.csv", "--year", "2027")
    assert explained.exit_code == 0
    assert explained.stdout.splitlines() == formed[:-1]


def test_groups_are_told_as_json(shell: Shell, listed: None) -> None:
    document = json.loads(shell(*FORM, "--json").stdout)
    culture, democracy = document["themes"]
    assert document["optimal"] is True
    assert document["written"] == ["groups.csv"]
    assert (democracy["theme"], democracy["people"], [group["size"] for group in democracy["groups"]]) == (
        "democracy",
        12,
        [6, 6],
    )
    assert culture["measures"][0] == {"level": "repeats", "value": 8, "bound": 8, "proven": 8, "optimal": True}
    rows = list(csv.DictReader(io.StringIO(Path("groups.csv").read_text("utf-8"))))
    members = {(ref, each["group"]) for each in culture["groups"] + democracy["groups"] for ref in each["members"]}
    assert {(row["participant_id"], row["group"]) for row in rows} == members


def test_rules_are_kept(shell: Shell, listed: None) -> None:
    write("rules.csv", "type,a,b", "together,c1,c2", "apart,c1,c3", "pin,c4,culture-3")
    write("people.csv", HEADINGS, *people(18))
    assert shell(*FORM, "--constraints", "rules.csv").exit_code == 0
    groups = read_groups(Path("groups.csv").read_bytes(), "groups.csv")
    assert groups["c1"] == groups["c2"] != groups["c3"]
    assert str(groups["c4"]) == "culture-3"


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (
            ("together,u1,u2", "together,u2,u3", "apart,u3,u1", "apart,u4,u5"),
            [
                "culture: these rules cannot be kept together. Remove one of them, then try again.",
                "  Élise1 Côté (u1) and Élise2 Côté (u2) together",
                "  Élise2 Côté (u2) and Élise3 Côté (u3) together",
                "  Élise3 Côté (u3) and Élise1 Côté (u1) apart",
            ],
        ),
        (
            ("pin,u1,culture-9",),
            [
                "culture: this rule cannot be kept. Remove it, then try again.",
                "  Élise1 Côté (u1) in group 9",
                "  fix: a group from 1 to 3: culture makes no more",
            ],
        ),
    ],
)
def test_rules_that_cannot_be_kept_are_named(shell: Shell, rules: tuple[str, ...], told: list[str]) -> None:
    write("people.csv", HEADINGS, *(f"u{line[1:]}" for line in people(18)))
    write("rules.csv", "type,a,b", *rules)
    refused = shell(*FORM, "--constraints", "rules.csv")
    assert (refused.exit_code, refused.stdout) == (1, "")
    lines = refused.stderr.splitlines()
    assert (lines[0], sorted(lines[1:-1])) == (told[0], sorted(told[1:]))
    assert lines[-1] == "Nothing was written."
    assert not Path("groups.csv").exists()


def test_a_theme_of_one_is_told_with_the_smallest_mend_first(shell: Shell) -> None:
    lines = [*people(17, "culture"), "z1,Zoé Dupont,FR,F,2001,Lone,web"]
    write("people.csv", f"{HEADINGS},second_theme", *(f"{line}," for line in lines[:-1]), f"{lines[-1]},culture")
    refused = shell(*FORM)
    assert refused.exit_code == 1
    assert refused.stderr.splitlines() == [
        "Lone: 1 person cannot be split into groups of 5 to 7.",
        "  fix: Move Zoé Dupont (z1) from Lone to culture, named second. (--move z1=culture)",
        "  fix: Let everyone in Lone wait. (--wait Lone)",
        (
            "Nothing was written, not even for the other themes."
            " To go on, add the options in brackets after a fix to the command."
        ),
    ]
    assert (
        json.loads(shell(*FORM, "--json").stdout)["impossible"][0]["mends"][1]
        == "Let everyone in Lone wait. (--wait Lone)"
    )
    assert shell(*FORM, "--move", "z1=culture").exit_code == 0
    assert sum(sizes("groups.csv").values()) == 18
    waits = shell(*FORM, "--wait", "lone")
    assert "note: Lone waits, without groups: 1" in waits.stdout
    assert sum(sizes("groups.csv").values()) == 17


def test_nine_people_are_told_which_waiver_mends(shell: Shell) -> None:
    write("people.csv", HEADINGS, *people(9))
    assert "  fix: Allow groups of 4 to 7 in culture. (--sizes culture=4-7)" in shell(*FORM).stderr.splitlines()
    assert shell(*FORM, "--sizes", "culture=4-7").exit_code == 0
    assert sorted(sizes("groups.csv").values()) == [4, 5]


def test_a_number_of_groups_that_cannot_be_is_told_with_those_that_can(shell: Shell, listed: None) -> None:
    assert shell(*FORM, "--count", "culture=2").stderr.splitlines()[:2] == [
        "culture: 18 people do not make 2 groups of 5 to 7.",
        "  fix: --count culture=3",
    ]
    assert shell(*FORM, "--count", "DEMOCRACY=2").exit_code == 0


@pytest.mark.parametrize(
    ("country", "gender"), [("FR", "F"), ("FR", ""), ("", "")], ids=["one country", "gender unknown", "nothing known"]
)
def test_a_hundred_people_alike_are_groups_too(shell: Shell, country: str, gender: str) -> None:
    write("people.csv", HEADINGS, *(f"p{place},Zoé,{country},{gender},2000,culture," for place in range(100)))
    done = shell(*FORM)
    assert done.exit_code == 0
    assert done.stdout.startswith("culture: 100 people, 17 groups (15 of 6, 2 of 5); optimal\n")


def test_files_that_cannot_be_read_change_nothing(shell: Shell, listed: None) -> None:
    write("groups.csv", "kept")
    write("rules.csv", "type,a,b", "near,c1,c2", "pin,c1,c2")
    write("past.csv", "participant_id,group", "c1,first")
    refused = shell(*FORM, "--constraints", "rules.csv", "--history", "past.csv,none.csv", "--count", "dance=2")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.splitlines() == [
        "rules.csv, line 2: «near» is none of together, apart, pin",
        "rules.csv, line 3: «c2» is no group: write culture-1",
        "past.csv, line 2: «first» is no group: a label is a theme, a hyphen and a number",
        "none.csv: No such file or directory",
        "--count: «dance=2»: write THEME=N, the themes are culture, democracy",
        "Nothing was written.",
    ]
    assert Path("groups.csv").read_text("utf-8") == "kept\n"
    told = json.loads(shell(*FORM, "--constraints", "rules.csv", "--json").stdout)["unreadable"]
    wrong = {"file": "rules.csv", "line": 3, "reason": "«c2» is no group: write culture-1", "column": ""}
    assert told[1] == wrong


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--min", "6", "--max", "5"), "--min: 6 is above --max 5"),
        (("--target", "8"), "--min, --target, --max: 5, 8, 7: the target must be between the others"),
        (("--count", "culture=many"), "--count: «culture=many»: many is not a number of groups"),
        (("--locked", "1"), "--locked: --previous must say who is in these groups"),
        (("--sizes", "culture=7-4"), "--sizes: «culture=7-4»: 7-4 is not a range of sizes: write it like 4-7"),
        (("--wait", "dance"), "--wait: «dance»: write THEME, the themes are culture, democracy"),
        (("--move", "x9=culture"), "--move: «x9=culture»: nobody with a theme has the id «x9»"),
        (("--png", "groups.csv"), "--png: groups.csv must end in .png"),
        (("--pdf", "doors.txt"), "--pdf: doors.txt must end in .pdf"),
        (("--out", "people.csv"), "it is read, and would be overwritten"),
    ],
)
def test_options_that_make_no_sense_are_told(shell: Shell, listed: None, options: tuple[str, ...], said: str) -> None:
    refused = shell(*FORM, *options)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert not Path("groups.csv").exists()


def test_files_that_are_there_are_not_lost(shell: Shell, listed: None) -> None:
    write("groups-2.csv", "yesterday")
    kept = shell(*FORM[:-1], "--rounds", "2")
    assert (kept.exit_code, "groups-2.csv: it already exists: give another name, or --force" in kept.stderr) == (
        2,
        True,
    )
    assert (Path("groups-2.csv").read_text("utf-8"), Path("groups-1.csv").exists()) == ("yesterday\n", False)
    assert shell(*FORM, "--rounds", "2").exit_code == 0
    assert "yesterday" not in Path("groups-2.csv").read_text("utf-8")


def test_a_folder_that_is_not_there_is_told_in_a_line(shell: Shell, listed: None) -> None:
    refused = shell("groups", "form", "people.csv", "--out", "nowhere/groups.csv")
    assert refused.exit_code == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "No such file or directory" in refused.stderr


def test_a_repair_moves_as_few_as_it_can_and_names_them(shell: Shell) -> None:
    lines = people(18)
    write("people.csv", HEADINGS, *lines)
    shell(*FORM)
    before = read_groups(Path("groups.csv").read_bytes(), "groups.csv")
    gone = [ref for ref, label in before.items() if label.number == 1][:2]
    left = [line for line in lines if line.partition(",")[0] not in gone]
    write("people.csv", HEADINGS, *left, "new,Zoé Dupont,FR,F,2001,culture,web")
    done = shell(*FORM[:3], "--previous", "groups.csv", "--locked", "culture-2", "--out", "repaired.csv")
    assert done.exit_code == 0, done.stderr
    after = read_groups(Path("repaired.csv").read_bytes(), "repaired.csv")
    assert {ref: label for ref, label in after.items() if ref != "new"} == {
        ref: label for ref, label in before.items() if ref not in gone
    }
    told = done.stdout.splitlines()
    assert "  Zoé Dupont (new) joins culture-1" in told
    assert told[-2:] == [
        "note: groups.csv: ignored, as they no longer have a theme: 2",
        "written: repaired.csv",
    ]
    document = json.loads(shell(*FORM, "--previous", "repaired.csv", "--json").stdout)
    assert document["themes"][0]["moves"] == []


def test_a_locked_group_must_be_among_the_previous_ones(shell: Shell, listed: None) -> None:
    shell(*FORM)
    repair = (*FORM, "--previous", "groups.csv", "--locked")
    assert shell(*repair, "1, culture-2").exit_code == 0
    assert "--locked: there is no group 9 in the previous groups" in shell(*repair, "9").stderr
    assert "--locked: there is no group dance-1 in the previous groups" in shell(*repair, "dance-1").stderr


def test_people_of_the_day_before_meet_again_as_little_as_can_be(shell: Shell, listed: None) -> None:
    shell(*FORM)
    write("past.csv", "participant_id,group", "left,culture-1")
    done = shell(*FORM[:3], "--out", "second.csv", "--history", "groups.csv, past.csv")
    assert done.exit_code == 0
    assert "  pairs who meet again" in done.stdout
    assert "note: past.csv: ignored, as they no longer have a theme: 1" in done.stdout


def test_rounds_are_a_file_each(shell: Shell) -> None:
    write("people.csv", HEADINGS, *people(24))
    done = shell(*FORM, "--rounds", "2", "--time-limit", "5", "--png", "groups.png")
    assert done.exit_code == 0
    told = done.stdout.splitlines()
    assert [line for line in told if line.startswith("round")] == ["round 1", "round 2"]
    assert sizes("groups-1.csv") == sizes("groups-2.csv")
    assert {str(path) for path in Path().glob("groups*")} == {
        "groups-1.csv",
        "groups-2.csv",
        "groups-1.png",
        "groups-2.png",
    }
    again = shell("groups", "explain", "people.csv", "groups-2.csv", "--history", "groups-1.csv", "--year", "2027")
    assert again.stdout.splitlines()[1:] == [
        line for line in told[told.index("round 2") + 2 :] if "written" not in line
    ]


def test_groups_are_drawn_and_printed(shell: Shell) -> None:
    write("people.csv", HEADINGS, *people(18))
    assert shell(*FORM, "--png", "groups.png", "--pdf", "doors.pdf").exit_code == 0
    with Image.open("groups.png") as picture:
        assert (picture.format, picture.width) == ("PNG", 1080)
    doors = page_words(Path("doors.pdf").read_bytes())
    assert [page[:2] for page in doors] == [["Groups", f"{number} culture"] for number in (1, 2, 3)]
    assert [len(page) - 3 for page in doors] == [6, 6, 6]


def test_several_pictures_have_their_theme_in_their_names(shell: Shell) -> None:
    write("people.csv", HEADINGS, *people(60), *people(6, "arts/musique"))
    told = shell(*FORM, "--png", "groups.png").stdout.splitlines()
    names = ["groups-arts_musique.png", "groups-culture-1.png", "groups-culture-2.png"]
    assert [line for line in told if line.endswith(".png")] == [f"written: {name}" for name in names]
    assert sorted(str(path) for path in Path().glob("*.png")) == names
    Path("groups.csv").unlink()
    refused = shell(*FORM[:-1], "--png", "groups.png")
    assert refused.exit_code == 2
    assert refused.stderr.splitlines() == [
        *(f"{name}: it already exists: give another name, or --force" for name in names),
        "Nothing was written.",
    ]
    assert [str(path) for path in Path().glob("*.csv")] == ["people.csv"]


def test_namesakes_in_one_group_are_told_apart() -> None:
    names = {"1": "Léa Martin", "2": "Léa Morel", "3": "Léa Moreau", "4": "Max Roy", "5": "Zoé Roy", "6": "Zoé Roy"}
    assert [*distinct_names(names).values()] == [
        *("Léa Ma.", "Léa Morel", "Léa Morea.", "Max R.", "Zoé Roy (5)", "Zoé Roy (6)"),
    ]


def test_what_is_wrong_with_groups_is_explained(shell: Shell) -> None:
    write("people.csv", HEADINGS, *people(13))
    labels = ["culture-1"] * 4 + ["culture-2"] * 8
    write("groups.csv", "participant_id,group", *(f"c{place},{label}" for place, label in enumerate(labels, start=1)))
    write("rules.csv", "type,a,b", "together,c1,c12")
    done = shell("groups", "explain", "people.csv", "groups.csv", "--constraints", "rules.csv")
    assert done.exit_code == 0
    told = done.stdout.splitlines()
    assert told[0] == "culture: 12 people, 2 groups (1 of 8, 1 of 4)"
    wrong = [line for line in told if "rule broken" in line]
    assert wrong == [
        "  rule broken: group 1 of 4 people, not of 5 to 7",
        "  rule broken: group 2 of 8 people, not of 5 to 7",
        "  rule broken: Élise1 Côté (c1) and Élise12 Côté (c12) together",
    ]
    assert told[-1] == "note: with a theme, but in no group: 1"


def test_a_lone_woman_is_told(shell: Shell) -> None:
    write(
        "people.csv",
        HEADINGS,
        *(f"m{place},Léo,FR,M,2000,culture,web" for place in range(4)),
        "w,Zoé Dupont,BE,F,2000,culture,web",
    )
    assert "  Zoé Dupont (w) is the only woman in culture-1." in shell(*FORM).stdout.splitlines()


def test_neither_store_nor_settings_are_loaded(listed: None) -> None:
    unneeded = {"bot.config.settings", "bot.database.engine", "rich", "PIL", "typst"}
    program = (
        "import sys, bot.cli.main\n"
        f"try: bot.cli.main.app({list(FORM)}, standalone_mode=False)\n"
        f"finally: print(sorted({unneeded} & sys.modules.keys()))"
    )
    folder = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env={"PYTHONPATH": str(folder)}
    )
    assert done.stdout.splitlines()[-1] == "[]"
