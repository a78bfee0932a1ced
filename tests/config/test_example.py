"""config.example.toml says everything that can be set, and nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from bot.config.settings import load_settings
from handlers.themes.settings import ThemeSettings
from handlers.workshops.settings import PhaseSettings
from tests.world import SECTIONS, AllSettings

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
WITH_OPTIONAL = re.sub(r"^# (?=\w+ = |\[\w+\]$)", "", TEXT, flags=re.MULTILINE)


def sections(settings: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: table if isinstance(table, dict) else table[0] for name, table in settings.items()}


def model_of(section: str) -> type[BaseModel]:
    annotation = AllSettings.model_fields[section].annotation
    kind = get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
    assert isinstance(kind, type)
    return kind


def test_it_names_every_key_and_no_other() -> None:
    said = {name: set(table) for name, table in sections(tomllib.loads(WITH_OPTIONAL)).items()}
    assert said == {name: set(model_of(name).model_fields) for name in AllSettings.model_fields}


def test_it_is_valid_as_shipped() -> None:
    settings = load_settings(EXAMPLE, SECTIONS, {})
    assert [theme.key for theme in settings.all_of(ThemeSettings)] == ["culture", "school", "civic"]
    for theme in settings.all_of(ThemeSettings):
        assert set(theme.title) == set(theme.description) == set(settings.gathering.locales)
    assert settings.gathering.deadline is not None
    for phase in settings.all_of(PhaseSettings):
        assert set(phase.title) == set(phase.instruction) == set(phase.example) == set(settings.gathering.locales)
        for (
            locale
        ) in settings.gathering.locales:  # beside which there is «: ends in 40 minutes, at 14:42», «For example»
            words = phase.title[locale] + phase.instruction[locale] + phase.example[locale]
            assert len(words) <= 155, words


def test_keys_without_a_default_are_valid_too() -> None:
    with_optional = AllSettings.model_validate(tomllib.loads(WITH_OPTIONAL))
    assert with_optional.telegram.forum_chat_id
    assert with_optional.all_of(ThemeSettings)[0].capacity


def test_what_it_says_is_the_default() -> None:
    shipped, default = load_settings(EXAMPLE, SECTIONS, {}), AllSettings()
    shipped_gathering = shipped.gathering.model_copy(update={"theme_deadline": None})
    assert (
        shipped.model_copy(
            update={"themes": (), "sessions": (), "practical": (), "phases": (), "gathering": shipped_gathering}
        )
        == default
    )
