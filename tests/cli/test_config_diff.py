"""`rencontres config diff`: what the file says otherwise than the store, and letting the file win."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.shell import Shell, change


def test_file_and_store_agree_after_the_first_start(shell: Shell, configured: Path) -> None:
    same = shell("config", "diff")
    assert (same.exit_code, same.stdout) == (0, "No differences.\n")


def test_each_difference_is_a_line_and_the_exit_code_says_so(shell: Shell, configured: Path) -> None:
    shell("config", "diff")
    config = configured / "config.toml"
    change(config, "capacity = 1", "capacity = 40")
    change(config, 'de = "Kultur"', 'de = "Die Kultur"')
    change(config, 'fr = "La cité.", ', "")
    change(config, "2027-05-01T12:00:00", "2027-05-02T18:30:00")
    change(config, 'key = "civic"', 'key = "city"')
    differs = shell("config", "diff")
    assert differs.exit_code == 1
    assert differs.stdout.splitlines() == [
        "theme culture, title in de: «Kultur» -> «Die Kultur»",
        "theme culture, capacity: 1 -> 40",
        "theme city: only in the file",
        "theme civic: only in the database",
        "theme deadline: 2027-05-01 12:00 Europe/Paris -> 2027-05-02 18:30 Europe/Paris",
    ]
    assert shell("config", "diff").stdout == differs.stdout  # looking changes nothing


def test_the_file_wins_when_asked(shell: Shell, configured: Path) -> None:
    shell("config", "diff")
    config = configured / "config.toml"
    change(config, "theme_deadline = 2027-05-01T12:00:00", "")
    change(config, 'fr = "La cité.", ', "")
    applied = shell("config", "diff", "--apply")
    assert applied.exit_code == 0
    assert "theme civic, description in fr: «La cité.» -> none" in applied.stdout
    assert applied.stdout.endswith("\nApplied.\n")
    assert shell("config", "diff").exit_code == 0


def test_what_the_file_cannot_change_is_told_to_stay(shell: Shell, configured: Path) -> None:
    config = configured / "config.toml"
    change(config, "[web]", "[groups]\nrounds = 2\n\n[web]")
    shell("config", "diff")
    change(config, "rounds = 2", "rounds = 1")
    change(config, "capacity = 1", "capacity = 40")
    change(config, 'key = "civic"', 'key = "city"')
    applied = shell("config", "diff", "--apply")
    assert applied.exit_code == 0
    assert applied.stdout.splitlines() == [
        "theme culture, capacity: 1 -> 40",
        "theme city: only in the file",
        "theme civic: only in the database",
        "round 2: only in the database",
        "Applied. These differences remain:",
        "theme civic: only in the database",
        "round 2: only in the database",
    ]
    change(config, "rounds = 1", "rounds = 2")
    change(config, "capacity = 40", "capacity = 41")
    change(config, 'key = "city"', 'key = "civic"')
    assert shell("config", "diff", "--apply").stdout.splitlines()[-2:] == [
        "Applied. These differences remain:",
        "theme city: only in the database",
    ]


def test_sessions_of_the_file_are_compared_and_those_imported_stay(shell: Shell, configured: Path) -> None:
    config = configured / "config.toml"
    opening = '[[sessions]]\nkey = "opening"\ntitle = { en = "Opening" }\n'
    times = "starts = 2099-06-10T09:00:00\nends = 2099-06-10T10:00:00\n\n[web]"
    change(config, "[web]", opening + times)
    assert shell("config", "diff").exit_code == 0
    (configured / "more.csv").write_text("key,title,start,end\nvisit,Visit,2099-06-11 15:00,16:00\n", encoding="utf-8")
    assert "1 added" in shell("programme", "import", "more.csv", "--apply").stdout
    assert shell("config", "diff").exit_code == 0
    change(config, "T09:00:00", "T09:30:00")
    change(config, "[web]", opening.replace("opening", "party") + times)
    assert shell("config", "diff", "--apply").stdout.splitlines()[:2] == [
        "session party: only in the file",
        "session opening: Opening: Wednesday 10 June, 09:00 → 09:30 (until 10:00)",
    ]
    assert shell("config", "diff").exit_code == 0
    assert [line.split()[2] for line in shell("programme", "show").stdout.splitlines()] == [
        "party:",
        "opening:",
        "visit:",
    ]


def test_who_waited_moves_up_when_a_theme_grows(shell: Shell, configured: Path) -> None:
    (configured / "people.csv").write_text(
        "ref,given_name,family_name,country,theme\nR1,Zoé,Dupont,CA-QC,culture\nR2,Léo,Martin,FR,culture\n",
        encoding="utf-8",
    )
    assert "1 waiting for a place" in shell("import", "participants", "people.csv", "--apply").stdout
    change(configured / "config.toml", "capacity = 1", "capacity = 2")
    assert shell("config", "diff", "--apply").exit_code == 0
    with sqlite3.connect(configured / "rencontres.db") as database:
        assert database.execute("SELECT COUNT(*) FROM choices WHERE theme = 'culture'").fetchone() == (2,)
        assert database.execute("SELECT COUNT(*) FROM waiting").fetchone() == (0,)
    database.close()


def test_phases_are_compared_word_by_word_and_follow_the_file_when_asked(shell: Shell, configured: Path) -> None:
    config = configured / "config.toml"

    def phase(key: str, minutes: int, instruction: str) -> str:
        words = f'{{ fr = "{instruction}", en = "{instruction}", de = "{instruction}" }}'
        return f'[[phases]]\nkey = "{key}"\nminutes = {minutes}\ntitle = {words}\ninstruction = {words}\n\n'

    change(config, "[web]", phase("first", 30, "Look") + phase("second", 40, "Try") + "[web]")
    assert shell("config", "diff").exit_code == 0
    change(config, phase("first", 30, "Look") + phase("second", 40, "Try"), phase("second", 45, "Try"))
    change(config, "[web]", phase("third", 10, "Tell") + phase("first", 30, "Look") + "[web]")
    change(config, 'instruction = { fr = "Look"', 'collects = "facts"\ninstruction = { fr = "Regarde"')
    assert shell("config", "diff").stdout.splitlines() == [
        "phase second, minutes: 40 -> 45",
        "phase third: only in the file",
        "phase first, instruction in fr: «Look» -> «Regarde»",
        "phase first, collects: ideas -> facts",
        "order of phases: first, second -> second, first",
    ]
    assert shell("config", "diff", "--apply").exit_code == 0
    assert shell("config", "diff").exit_code == 0


def test_capabilities_come_in_the_order_in_which_a_gathering_is_prepared(shell: Shell, configured: Path) -> None:
    config = configured / "config.toml"
    words = '{ fr = "A", en = "A", de = "A" }'
    change(config, "[web]", "[groups]\nrounds = 2\n\n[web]")
    shell("config", "diff")
    change(config, "[groups]\nrounds = 2\n\n", "")
    change(config, "capacity = 1", "capacity = 2")
    phase = f'[[phases]]\nkey = "first"\ntitle = {words}\ninstruction = {words}\n\n'
    session = '[[sessions]]\nkey = "opening"\ntitle = { en = "Opening" }\nstarts = 2099-06-10T09:00:00\n'
    change(config, "[web]", f"{phase}{session}ends = 2099-06-10T10:00:00\n\n[web]")
    assert shell("config", "diff").stdout.splitlines() == [
        "theme culture, capacity: 1 -> 2",
        "session opening: only in the file",
        "round 2: only in the database",
        "phase first: only in the file",
    ]


def choose_day(configured: Path, chosen: int, instead_of: int) -> None:
    """Have organisers choose in chat until when data are kept."""
    with sqlite3.connect(configured / "rencontres.db") as rows:
        value = f"[{chosen * 1_000_000}, {instead_of * 1_000_000}]"
        rows.execute("INSERT INTO settings (key, value) VALUES ('purpose_end.part', ?)", (value,))


def test_a_last_day_chosen_in_chat_is_told_with_whom_the_other_concerns(shell: Shell, configured: Path) -> None:
    shell("config", "diff")
    (configured / "people.csv").write_text("ref;prenom;nom;pays\nR-1;Zoé;Roy;FR\nR-2;Ali;Mey;CA-QC\n", encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0
    choose_day(configured, 1_846_015_200, 1_830_294_000)
    differs = shell("config", "diff")
    [line] = differs.stdout.splitlines()
    assert line.startswith("Taking part in the gathering: until Friday 30 June 2028 -> ")
    assert line.endswith("until Friday 31 December 2027. Everything about 2 people is erased.")
    assert shell("config", "diff", "--apply").stdout.endswith("\nApplied.\n")
    assert shell("config", "diff").stdout == "No differences.\n"
