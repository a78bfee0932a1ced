"""`rencontres init` writes a configuration that works."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.cli.initialising import suggested_day
from bot.config.settings import load_settings
from handlers.programme.settings import SessionSettings
from handlers.themes.settings import ThemeSettings
from handlers.trust.settings import SafetySettings
from tests.shell import Shell, change
from tests.world import SECTIONS

TOKEN = "123456789:AAGxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"


ANSWERED = ("--name", "Rencontres", "--starts", "2028-05-02", "--ends", "2028-05-04", "--zone", "America/Montreal")
NO_PLATFORM = ("--page", "", "--token", "", "--organiser", "0")


def test_a_few_questions_make_a_configuration(shell: Shell, folder: Path) -> None:
    typed = (
        'Les "Rencontres" d\'été\n2 mai 2028\n2028-05-04\nAmerica/Montreal\nfrançais, en\nopen\nequipe@example.org\n'
        f"+1 514 555 0199\nhttps://r.example.org/\n{TOKEN}\n4711\n"
    )
    answered = shell("init", typed=typed)
    assert answered.exit_code == 0, answered.output
    settings = load_settings(folder / "config.toml", SECTIONS, {})
    gathering = settings.gathering
    assert gathering.name == 'Les "Rencontres" d\'été'
    assert (gathering.starts, gathering.ends, gathering.zone) == (
        date(2028, 5, 2),
        date(2028, 5, 4),
        "America/Montreal",
    )
    assert (gathering.locales, gathering.registration) == (("fr", "en"), "open")
    assert gathering.privacy_contact == "equipe@example.org"
    assert settings.of(SafetySettings).telephone == "+1 514 555 0199"
    assert settings.web.public_url == "https://r.example.org"
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.organisers.telegram == (4711,)
    assert len(settings.all_of(ThemeSettings)) == 3
    assert TOKEN not in answered.output
    assert "rencontres check" in answered.output


def test_the_other_days_of_the_example_move_with_the_first(shell: Shell, folder: Path) -> None:
    assert shell("init", *ANSWERED, *NO_PLATFORM).exit_code == 0
    settings = load_settings(folder / "config.toml", SECTIONS, {})
    assert settings.gathering.retention_ends == date(2028, 11, 22)
    assert [session.starts.date() for session in settings.all_of(SessionSettings)] == [date(2028, 5, 2)]


def test_no_deadline_is_written_that_nobody_chose(shell: Shell, folder: Path) -> None:
    assert shell("init", *ANSWERED, *NO_PLATFORM).exit_code == 0
    assert load_settings(folder / "config.toml", SECTIONS, {}).gathering.theme_deadline is None
    assert "# theme_deadline = " in (folder / "config.toml").read_text(encoding="utf-8"), "it can be put in"


def test_what_cannot_be_meant_is_asked_again(shell: Shell, folder: Path) -> None:
    typed = (
        "R\n2 mai\n2028-05-02\n2028-05-01\n2028-05-02\nMontréal\nAmerica/Montreal\nit\nfr\n"
        "all\ninvited\nequipe\n\nme\n\n"
        "http://r.example\n\n12:ab\n\nme\n7\n"
    )
    answered = shell("init", typed=typed)
    assert answered.exit_code == 0, answered.output
    for said in (
        "«2 mai» is not a date",
        "2028-05-01 is before the first day",
        "there is no time zone «Montréal»: write it like America/Montreal",
        "«it» are not among the languages: write one or more of fr, en, de",
        "«all» is neither: write invited or open",
        "«equipe» is not an e-mail address",
        "«me» is not a telephone number",
        "«http://r.example» is not an address with https",
        "The value you entered was invalid",  # a token is not shown
        "«me» is not a numeric id",
    ):
        assert said in answered.output
    refused = shell("init", "--force", *ANSWERED, "--page", "r.example", "--token", "", "--organiser", "0")
    assert (refused.exit_code, "is not an address with https" in refused.stderr) == (2, True)


@pytest.mark.parametrize("today", [date(2026, 12, 1) + timedelta(days=day) for day in range(8)])
def test_the_days_that_are_suggested_are_a_thursday_and_what_follows(today: date) -> None:
    suggested = suggested_day(today)
    assert suggested.weekday() == 3
    assert timedelta(days=120) <= suggested - today < timedelta(days=127)


def test_a_script_that_says_nothing_more_gets_the_usual_answers_and_they_pass(shell: Shell, folder: Path) -> None:
    made = shell("init", "--page", "https://r.example.org", "--organiser", "7", "--contact", "equipe@example.org")
    assert made.exit_code == 0, made.output
    gathering = load_settings(folder / "config.toml", SECTIONS, {}).gathering
    assert (gathering.ends - gathering.starts).days == 2
    assert (gathering.locales, gathering.registration) == (("fr", "en", "de"), "invited")
    change(folder / "config.toml", "port = 8080", "port = 0")
    checked = shell("check")
    assert checked.exit_code == 0, checked.output
    warned = [line for line in checked.stdout.splitlines() if line.startswith("warning")]
    of_the_example = re.compile("still has the example's value|from the example, and shown to nobody until")
    assert [line for line in warned if not of_the_example.search(line)] == []


def test_a_page_on_this_machine_is_served_where_its_address_leads(shell: Shell, folder: Path) -> None:
    shell("init", *ANSWERED, "--page", "http://localhost:18099", "--token", "", "--organiser", "0")
    assert load_settings(folder / "config.toml", SECTIONS, {}).web.port == 18099


def test_nobody_else_can_read_it(shell: Shell, folder: Path) -> None:
    shell("init", *ANSWERED, "--page", "", "--token", TOKEN, "--organiser", "1")
    assert (folder / "config.toml").stat().st_mode & 0o777 == 0o600


def test_options_answer_the_questions_and_only_the_rest_is_asked(shell: Shell, folder: Path) -> None:
    answered = shell("init", *ANSWERED, "--page", "", "--token", "", typed="\n")
    assert answered.exit_code == 0
    settings = load_settings(folder / "config.toml", SECTIONS, {})
    assert settings.gathering.name == "Rencontres"
    assert not settings.telegram.token.get_secret_value()
    assert settings.organisers.telegram == ()


def test_a_file_that_is_there_is_kept_unless_forced(shell: Shell, folder: Path) -> None:
    options = (*ANSWERED, *NO_PLATFORM)
    config = folder / "config.toml"
    config.write_text("# mine\n", encoding="utf-8")
    refused = shell("init", *options)
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert config.read_text(encoding="utf-8") == "# mine\n"
    assert shell("init", *options, "--force").exit_code == 0
    assert load_settings(config, SECTIONS, {}).gathering.name == "Rencontres"
    assert config.stat().st_mode & 0o777 == 0o600


def test_everything_else_stays_as_the_example_explains_it(shell: Shell, folder: Path) -> None:
    usual = ("--starts", "2027-06-10", "--ends", "2027-06-12", "--zone", "Europe/Paris", "--page", "", "--token", "")
    shell("init", "--name", "Rencontres", *usual, "--organiser", "7", "--config", "other.toml")
    example = (Path(__file__).parents[2] / "config.example.toml").read_text(encoding="utf-8").splitlines()
    written = (folder / "other.toml").read_text(encoding="utf-8").splitlines()
    assert {line for line in written if line not in example} == {
        'name = "Rencontres"',
        "# theme_deadline = 2027-06-03T12:00:00",
        "telegram = [7]",
    }
    assert len(written) == len(example)
