"""`rencontres init` writes a configuration that works."""

from __future__ import annotations

from pathlib import Path

from bot.config import load_settings
from tests.commands.conftest import Shell

TOKEN = "123456789:AAGxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"


def test_three_questions_make_a_configuration(shell: Shell, folder: Path) -> None:
    answered = shell("init", typed=f'Les "Rencontres" d\'été\n{TOKEN}\n4711\n')
    assert answered.exit_code == 0
    settings = load_settings(folder / "config.toml", {})
    assert settings.gathering.name == 'Les "Rencontres" d\'été'
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.organisers.telegram == (4711,)
    assert len(settings.themes) == 3
    assert TOKEN not in answered.output
    assert "rencontres check" in answered.output


def test_nobody_else_can_read_it(shell: Shell, folder: Path) -> None:
    shell("init", "--name", "Rencontres", "--token", TOKEN, "--organiser", "1")
    assert (folder / "config.toml").stat().st_mode & 0o777 == 0o600


def test_options_answer_the_questions_and_only_the_rest_is_asked(shell: Shell, folder: Path) -> None:
    answered = shell("init", "--name", "Rencontres", "--token", "", typed="\n")
    assert answered.exit_code == 0
    settings = load_settings(folder / "config.toml", {})
    assert settings.gathering.name == "Rencontres"
    assert not settings.telegram.token.get_secret_value()
    assert settings.organisers.telegram == ()


def test_a_file_that_is_there_is_kept_unless_forced(shell: Shell, folder: Path) -> None:
    options = ("--name", "Rencontres", "--token", "", "--organiser", "0")
    config = folder / "config.toml"
    config.write_text("# mine\n", encoding="utf-8")
    refused = shell("init", *options)
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert config.read_text(encoding="utf-8") == "# mine\n"
    assert shell("init", *options, "--force").exit_code == 0
    assert load_settings(config, {}).gathering.name == "Rencontres"
    assert config.stat().st_mode & 0o777 == 0o600


def test_everything_else_stays_as_the_example_explains_it(shell: Shell, folder: Path) -> None:
    shell("init", "--name", "Rencontres", "--token", "", "--organiser", "7", "--config", "other.toml")
    example = (Path(__file__).parents[2] / "config.example.toml").read_text(encoding="utf-8").splitlines()
    written = (folder / "other.toml").read_text(encoding="utf-8").splitlines()
    assert {line for line in written if line not in example} == {'name = "Rencontres"', "telegram = [7]"}
    assert len(written) == len(example)
