"""Settings: defaults, then config.toml, then the environment (RENCONTRES_TELEGRAM__TOKEN=…). Frozen once read."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, model_validator

from bot.config.gathering import (
    GatheringSettings,
    GroupSettings,
    PhaseSettings,
    ReminderSettings,
    Section,
    SessionSettings,
    ThemeSettings,
    WorkshopSettings,
)
from bot.config.installation import (
    DiscordSettings,
    LimitSettings,
    OrganiserSettings,
    SharedChannel,
    StorageSettings,
    TelegramSettings,
    WebSettings,
)
from bot.content.errors import ConfigError
from handlers.programme.model import BadTime, resolve

__all__ = [
    "DiscordSettings",
    "GatheringSettings",
    "GroupSettings",
    "LimitSettings",
    "OrganiserSettings",
    "PhaseSettings",
    "ReminderSettings",
    "SessionSettings",
    "Settings",
    "SharedChannel",
    "StorageSettings",
    "TelegramSettings",
    "ThemeSettings",
    "WebSettings",
    "WorkshopSettings",
    "load_settings",
]

ENVIRONMENT_PREFIX = "RENCONTRES_"


class Settings(Section):
    """Everything config.toml may say."""

    gathering: GatheringSettings = GatheringSettings()
    themes: tuple[ThemeSettings, ...] = ()
    sessions: tuple[SessionSettings, ...] = ()
    phases: tuple[PhaseSettings, ...] = ()
    workshop: WorkshopSettings = WorkshopSettings()
    groups: GroupSettings = GroupSettings()
    reminders: ReminderSettings = ReminderSettings()
    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()
    web: WebSettings = WebSettings()
    storage: StorageSettings = StorageSettings()
    organisers: OrganiserSettings = OrganiserSettings()
    limits: LimitSettings = LimitSettings()

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        keys = [theme.key for theme in self.themes]
        if repeated := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"two themes have the key {', '.join(sorted(repeated))}")
        for theme in self.themes:
            if missing := set(self.gathering.locales) - set(theme.title):
                raise ValueError(f"the theme {theme.key} has no title in {', '.join(sorted(missing))}")
        self._check_phases()
        self._check_sessions(set(keys))
        return self

    def _check_phases(self) -> None:
        keys = [phase.key for phase in self.phases]
        if repeated := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"two phases have the key {', '.join(sorted(repeated))}")
        for phase in self.phases:
            for what, words in (("title", phase.title), ("instruction", phase.instruction)):
                if missing := set(self.gathering.locales) - set(words):
                    raise ValueError(f"the phase {phase.key} has no {what} in {', '.join(sorted(missing))}")

    def _check_sessions(self, themes: set[str]) -> None:
        seen: set[str] = set()
        for session in self.sessions:
            if session.key in seen:
                raise ValueError(f"two sessions have the key {session.key}")
            seen.add(session.key)
            if not session.title:
                raise ValueError(f"the session {session.key} has no title")
            kind, _colon, value = session.audience.partition(":")
            if kind == "theme" and value not in themes:
                raise ValueError(f"the session {session.key} is for the theme {value}, which there is not")
            try:
                in_order = self.instant(session, session.starts) < self.instant(session, session.ends)
            except BadTime as bad:
                raise ValueError(f"the session {session.key} is at an hour that is {bad} when clocks change") from None
            if not in_order:
                raise ValueError(f"the session {session.key} ends before it begins")

    def announcements_channel(self, theme: str | None = None) -> SharedChannel | None:
        """The channel in which an announcement to everybody, or to the people of a theme, is said once; None for none.

        Without one, each of them is written to.
        """
        return self.discord.announcements_channel(theme)

    def instant(self, session: SessionSettings, local: datetime) -> datetime:
        """A time of a session as an instant, UTC. Raises BadTime for an hour that is skipped, or comes twice."""
        if local.tzinfo is not None:
            return local.astimezone(UTC)
        return resolve(local, session.zone or self.gathering.zone)


def load_settings(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a file (none: defaults alone) and the environment.

    Raises ConfigError naming each key that is wrong, with the nearest known one; never a secret's value.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text("utf-8-sig"))
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}. «rencontres init» writes one.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} is not valid TOML: {error}") from None
    for keys, value in _from_environment(os.environ if environment is None else environment):
        _put(values, keys, value)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(error))) from None


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[list[str], str]]:
    for name, value in environment.items():
        if name.startswith(ENVIRONMENT_PREFIX) and "__" in name:
            yield name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__"), value


def _put(values: dict[str, Any], keys: list[str], value: str) -> None:
    table = values
    for key in keys[:-1]:
        table = table.setdefault(key, {})
        if not isinstance(table, dict):
            raise ConfigError(f"{ENVIRONMENT_PREFIX}{'__'.join(keys).upper()} does not name a key")
    table[keys[-1]] = value


def _explain(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            known = _known_keys(problem["loc"][:-1])
            near = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1, cutoff=0.5)
            yield f"{where}: unknown key" + (f", did you mean «{near[0]}»?" if near else f"; known: {', '.join(known)}")
        else:
            yield f"{where or 'config'}: {problem['msg'].removeprefix('Value error, ')}"


def _known_keys(path: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in path:
        if part == "themes":
            model = ThemeSettings
        elif part == "sessions":
            model = SessionSettings
        elif part == "phases":
            model = PhaseSettings
        elif isinstance(part, str) and part in model.model_fields:
            kind = model.model_fields[part].annotation
            model = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else model
    return sorted(model.model_fields)
