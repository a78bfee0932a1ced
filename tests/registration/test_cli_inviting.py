"""`rencontres invitations` and `rencontres organiser invite`: ways in, told once."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from PIL import Image

from tests.pdf import words
from tests.shell import Shell

PEOPLE = "ref,given_name,family_name,country,locale\nR-1,Zoé,Dupont,CA-QC,fr\nA/2,Léo,Martin,FR,de\n"


@pytest.fixture
def invited(shell: Shell, configured: Path) -> Path:
    """A folder whose database holds two people."""
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0
    return configured


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_a_row_a_person_once(shell: Shell, invited: Path) -> None:
    made = shell("invitations")
    assert made.exit_code == 0
    zoe, leo = rows(made.stdout)
    assert (zoe["ref"], zoe["name"], leo["name"]) == ("R-1", "Zoé Dupont", "Léo Martin")
    assert zoe["page"].startswith("https://rencontres.example.org/p/")
    assert len(zoe["code"]) == len("ABCD-EFGH-JKLM")
    assert zoe["telegram"] == ""  # Telegram is off
    again = shell("invitations")
    assert (again.exit_code, again.stdout) == (0, "")
    assert zoe["code"] not in (invited / "rencontres.db").read_bytes().decode("latin-1")


def test_renewing_makes_one_anew(shell: Shell, invited: Path) -> None:
    first = rows(shell("invitations").stdout)[0]
    [renewed] = rows(shell("invitations", "--renew", "R-1").stdout)
    assert renewed["ref"] == "R-1"
    assert renewed["code"] != first["code"]
    unknown = shell("invitations", "--renew", "R-9")
    assert unknown.exit_code == 1
    assert "nobody has the ref R-9" in unknown.stderr


def test_a_reminder_has_a_further_one_for_each(shell: Shell, invited: Path) -> None:
    [first, *_others] = rows(shell("invitations").stdout)
    reminded = rows(shell("invitations", "--remind").stdout)
    assert [row["ref"] for row in reminded] == ["R-1", "A/2"]
    assert reminded[0]["code"] != first["code"]
    both = shell("invitations", "--remind", "--renew", "R-1")
    assert both.exit_code == 2
    assert "--renew with one person" in " ".join(both.stderr.split())


def test_the_file_is_its_owners_alone_and_never_overwritten(shell: Shell, invited: Path) -> None:
    assert shell("invitations", "--out", "invitations.csv").exit_code == 0
    written = invited / "invitations.csv"
    assert written.stat().st_mode & 0o777 == 0o600
    assert [row["ref"] for row in rows(written.read_text("utf-8-sig"))] == ["R-1", "A/2"]
    again = shell("invitations", "--out", "invitations.csv", "--renew", "R-1")
    assert again.exit_code == 1
    assert "already exists" in again.stderr
    assert len(rows(written.read_text("utf-8-sig"))) == 2


def test_nothing_is_made_that_could_not_be_written(shell: Shell, invited: Path) -> None:
    assert shell("invitations", "--out", "nowhere/invitations.csv").exit_code == 1
    assert len(rows(shell("invitations").stdout)) == 2


def test_a_card_each_and_all_on_sheets_to_print(shell: Shell, invited: Path) -> None:
    made = shell("invitations", "--out", "invitations.csv", "--cards", "cards")
    assert made.exit_code == 0
    cards = sorted((invited / "cards").iterdir())
    assert [card.name for card in cards] == ["A_2-2.png", "R-1.png", "cards.pdf"]
    assert {card.stat().st_mode & 0o777 for card in cards} == {0o600}
    with Image.open(cards[0]) as card:
        assert card.size == (1050, 600)
    assert "Zoé Dupont" in words(cards[2].read_bytes())


def test_links_that_would_be_missing_are_not_left_out(
    shell: Shell, invited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENCONTRES_TELEGRAM__TOKEN", "123456789:AAGxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
    refused = shell("invitations")
    assert refused.exit_code == 1
    assert "rencontres run" in refused.stderr


def test_an_organisers_link_is_told_once(shell: Shell, configured: Path) -> None:
    invited = shell("organiser", "invite", "Inès")
    assert invited.exit_code == 0
    assert "For Inès, to be used once, within 7 days" in invited.stderr
    page, code = invited.stdout.splitlines()
    assert page.startswith("In a browser: https://rencontres.example.org/p/")
    assert code.startswith("Code, to enter under /organiser: ")


def test_letters_are_sent_once_to_who_has_an_address(shell: Shell, invited: Path) -> None:
    refused = shell("invitations", "--send")
    assert (refused.exit_code, "name a mail server in [email]" in refused.stderr) == (1, True)
    (invited / "people.csv").write_text(
        "ref,given_name,family_name,country,email\nR-1,Zoé,Dupont,CA-QC,zoe@example.org\n", encoding="utf-8"
    )
    shell("import", "participants", "people.csv", "--apply")
    config = invited / "config.toml"
    server = '\n[email]\nserver = "smtp.example.org"\nfrom = "team@example.org"\n'
    config.write_text(config.read_text(encoding="utf-8") + server, encoding="utf-8")
    tried = shell("invitations", "--send", "--dry-run")
    assert (tried.exit_code, tried.stdout) == (0, "R-1\n")
    assert "1 would leave; 1 have neither address nor invitation." in tried.stderr
    assert "1 leave as the bot runs; 1 have neither address nor invitation." in shell("invitations", "--send").stderr
    assert "0 leave as the bot runs" in shell("invitations", "--send").stderr
    outbox = shell("outbox")
    assert "1 email" in outbox.stdout
    assert shell("invitations", "--dry-run").exit_code == 2
    assert shell("invitations", "--send", "--remind").exit_code == 2
