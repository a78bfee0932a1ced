"""Settings: defaults, then config.toml, then the environment (RENCONTRES_TELEGRAM__TOKEN=…). Frozen once read.

The engine's sections are attributes of `Settings`. A capability's sections are in its module `settings`, and are read
by their class: `settings.of(ReminderSettings).grace`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import ConfigDict, ValidationError, create_model, model_validator

from bot.config.gathering import GatheringSettings
from bot.config.installation import (
    DiscordSettings,
    EmailSettings,
    LimitSettings,
    MetricsSettings,
    OrganiserSettings,
    S3Settings,
    SharedChannel,
    StorageSettings,
    TelegramSettings,
    WebSettings,
)
from bot.config.modules import load_audiences, modules
from bot.config.problems import Problem, SettingsError, misnamed_variables, not_toml, refused, unreadable
from bot.config.purposes import PARTICIPATION, Purpose
from bot.config.section import ENVIRONMENT_PREFIX, Section
from bot.config.toml_text import read_text

__all__ = [
    "DiscordSettings",
    "EmailSettings",
    "GatheringSettings",
    "LimitSettings",
    "MetricsSettings",
    "OrganiserSettings",
    "Settings",
    "SharedChannel",
    "StorageSettings",
    "TelegramSettings",
    "WebSettings",
    "compose",
    "load_sections",
    "load_settings",
]

S = TypeVar("S", bound=Section)


class Settings(Section):
    """The settings from config.toml that the engine reads.

    `compose` makes a class that also has the sections of the capabilities.
    """

    model_config = ConfigDict(defer_build=True)  # `compose` makes a subclass before any use

    gathering: GatheringSettings = GatheringSettings()
    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()
    web: WebSettings = WebSettings()
    email: EmailSettings = EmailSettings()
    storage: StorageSettings = StorageSettings()
    s3: S3Settings = S3Settings()
    metrics: MetricsSettings = MetricsSettings()
    organisers: OrganiserSettings = OrganiserSettings()
    limits: LimitSettings = LimitSettings()

    _names: ClassVar[Mapping[type[Section], str]] = {}
    """The names of the capabilities' sections in config.toml."""
    _checks: ClassVar[Sequence[Callable[[Settings], None]]] = ()
    purposes: ClassVar[Sequence[Purpose]] = (PARTICIPATION,)
    """The purposes for which data about people are kept: taking part, then those that capabilities declare."""

    def of(self, section: type[S]) -> S:
        """Return the section of the settings with this class; with its defaults if these settings lack the section."""
        return getattr(self, self._names[section]) if section in self._names else section()

    def has(self, section: type[Section]) -> bool:
        """Return whether the configuration has the section with this class, even if the section is empty.

        Some capabilities are off without their section.
        """
        return self._names.get(section) in self.model_fields_set

    def all_of(self, section: type[S]) -> tuple[S, ...]:
        """Return the entries of a section that may occur many times in config.toml, in the order of the file."""
        return getattr(self, self._names[section]) if section in self._names else ()

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        for check in self._checks:
            check(self)
        return self

    @property
    def sends_letters(self) -> bool:
        """Return whether the program can send e-mails to participants, because an e-mail server is configured."""
        return bool(self.email.server)

    @property
    def reads_letters(self) -> bool:
        """Return whether the program reads a mailbox, to which returned e-mails and people's answers come."""
        return self.sends_letters and bool(self.email.mailbox)

    def shared_channel(self, label: str | None = None) -> SharedChannel | None:
        """Return the channel in which one message, such as an announcement, reaches all its recipients.

        The recipients are everybody if `label` is None; otherwise the people with this label, which is a theme's key.
        Returns None if there is no such channel, so that each recipient must get a message of their own.
        """
        return self.discord.shared_channel(label)


def _fits(_settings: Settings) -> None:
    """Do nothing: the settings need no further check."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sections:
    """The sections of config.toml that one capability reads: the `SECTIONS` of `handlers/<name>/settings.py`."""

    tables: Mapping[str, type[Section]] = field(default_factory=dict)
    """The classes of sections by name, like [reminders]. Every key of a section has a default."""
    lists: Mapping[str, type[Section]] = field(default_factory=dict)
    """The classes of sections that may occur many times, by name, like [[sessions]]."""
    check: Callable[[Settings], None] = _fits
    """A function that checks the settings as a whole. Raises ValueError for values that do not fit together."""
    purposes: Sequence[Purpose] = ()
    """The purposes, other than taking part, for which people agree that data about them are kept."""


def load_sections(capabilities: Sequence[str]) -> tuple[Sections, ...]:
    """Return the sections of config.toml that these capabilities read, after registering their kinds of audiences."""
    load_audiences(capabilities)
    return tuple(module.SECTIONS for module in modules("settings", capabilities))


@cache
def compose(sections: tuple[Sections, ...]) -> type[Settings]:
    """Return a class of settings that has these sections of capabilities in addition to the engine's sections.

    Raises ValueError if two sections have the same name.
    """
    fields: dict[str, Any] = {}
    names: dict[type[Section], str] = {}
    for declared in sections:
        fields |= {name: (section, section()) for name, section in declared.tables.items()}
        fields |= {name: (tuple[section, ...], ()) for name, section in declared.lists.items()}  # type: ignore[valid-type]
        for name, section in (*declared.tables.items(), *declared.lists.items()):
            if name in Settings.model_fields or name in names.values():
                raise ValueError(f"two sections are called [{name}]")
            names[section] = name
    composed = create_model("Settings", __base__=Settings, **fields)
    composed._names, composed._checks = names, [declared.check for declared in sections]
    composed.purposes = (PARTICIPATION, *(purpose for declared in sections for purpose in declared.purposes))
    return composed


def load_settings(
    path: Path | None, sections: tuple[Sections, ...], environment: Mapping[str, str] | None = None
) -> Settings:
    """Return the settings from a configuration file (`path` None for no file) and from environment variables.

    `sections` are the sections that capabilities read. `environment` None means the variables of this process. Raises
    SettingsError, which says what to write instead of each wrong key and value, and never shows a secret.
    """
    values: dict[str, Any] = {}
    text, composed = "", compose(sections)
    if path is not None:
        try:
            text = read_text(path)
        except (OSError, UnicodeDecodeError) as error:
            raise unreadable(path, error) from None
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            raise not_toml(path, text, composed) from None
    environment = os.environ if environment is None else environment
    if misnamed := misnamed_variables(environment, composed):
        raise SettingsError(*misnamed)
    given = dict(_from_environment(environment))
    for keys, value in given.items():
        _put(values, keys, value)

    def validate(tried: Mapping[str, Any]) -> Settings:
        return composed.model_validate(tried, context={"folder": path.absolute().parent} if path else None)

    try:
        return validate(values)
    except ValidationError as error:
        raise refused(error, values, text, given, validate, composed) from None


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in environment.items():
        if name.startswith(ENVIRONMENT_PREFIX) and "__" in name:
            yield tuple(name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")), value


def _put(values: dict[str, Any], keys: tuple[str, ...], value: str) -> None:
    table = values
    for key in keys[:-1]:
        table = table.setdefault(key, {})
        if not isinstance(table, dict):
            name = f"{ENVIRONMENT_PREFIX}{'__'.join(keys).upper()}"
            raise SettingsError(Problem(f"{name} does not name a key", "in the environment: remove it"))
    table[keys[-1]] = value
