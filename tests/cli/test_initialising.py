"""`rencontres init` writes a configuration that works."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from bot.config.settings import load_settings
from handlers.programme.settings import SessionSettings
from handlers.themes.settings import ThemeSettings
from tests.shell import Shell
from tests.world import SECTIONS

TOKEN = "123456789:AAGxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"


ANSWERED = ("--name", "Rencontres", "--starts", "2028-05-02", "--ends", "2028-05-04", "--zone", "America/Montreal")
NO_PLATFORM = ("--page", "", "--token", "", "--organiser", "0")


def test_a_few_questions_make_a_configuration(shell: Shell, folder: Path) -> None:
    typed = (
        f'Les "Rencontres" d\'été\n2028-05-02\n2028-05-04\nAmerica/Montreal\nhttps://r.example.org/\n{TOKEN}\n4711\n'
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
    assert settings.web.public_url == "https://r.example.org"
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.organisers.telegram == (4711,)
    assert len(settings.all_of(ThemeSettings)) == 3
    assert TOKEN not in answered.output
    assert "rencontres check" in answered.output


def test_the_other_days_of_the_example_move_with_the_first(shell: Shell, folder: Path) -> None:
    assert shell("init", *ANSWERED, *NO_PLATFORM).exit_code == 0
    settings = load_settings(folder / "config.toml", SECTIONS, {})
    assert settings.gathering.theme_deadline == datetime(2028, 4, 25, 12)  # noqa: DTZ001 - the gathering's local time
    assert settings.gathering.retention_ends == date(2028, 11, 22)
    assert [session.starts.date() for session in settings.all_of(SessionSettings)] == [date(2028, 5, 2)]


def test_what_cannot_be_meant_is_asked_again(shell: Shell, folder: Path) -> None:
    typed = "R\n2 mai\n2028-05-02\n2028-05-01\n2028-05-02\nMontréal\nAmerica/Montreal\nr.example\n\n\nme\n7\n"
    answered = shell("init", typed=typed)
    assert answered.exit_code == 0, answered.output
    for said in (
        "«2 mai» is not a date",
        "2028-05-01 is before the first day",
        "there is no time zone «Montréal»",
        "«r.example» is not a web address",
        "«me» is not a numeric id",
    ):
        assert said in answered.output
    refused = shell("init", "--force", *ANSWERED, "--page", "r.example", "--token", "", "--organiser", "0")
    assert (refused.exit_code, "is not a web address" in refused.stderr) == (2, True)


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
    assert {line for line in written if line not in example} == {'name = "Rencontres"', "telegram = [7]"}
    assert len(written) == len(example)
