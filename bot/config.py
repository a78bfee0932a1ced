"""Settings: defaults, then config.toml, then the environment (RENCONTRES_TELEGRAM__TOKEN=…). Frozen once read."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from bot.domain.audiences import parse
from bot.domain.reminders import Lead, parse_lead
from bot.domain.sessions import KINDS, BadTime, Kind, resolve
from bot.errors import ConfigError
from bot.i18n import LOCALES

ENVIRONMENT_PREFIX = "RENCONTRES_"
Locale = Literal["fr", "en", "de"]
Words = Mapping[str, str]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError):
        raise ValueError(f"no time zone is called {name!r}: write it like «Europe/Paris»") from None
    return name


def _split(value: object) -> object:
    """The environment gives lists as «a,b»."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _audience(word: str) -> str:
    return parse(word).encode()


def _lead(word: object) -> object:
    return parse_lead(word) if isinstance(word, str) else word


LeadTime = Annotated[Lead, BeforeValidator(_lead)]
Leads = Annotated[tuple[LeadTime, ...], BeforeValidator(_split)]


class Section(BaseModel):
    """One table of config.toml. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GatheringSettings(Section):
    """The occasion itself. The theme deadline is the gathering's local time."""

    name: str = "Rencontres francophones de l'innovation sociale"
    zone: Annotated[str, AfterValidator(_zone)] = "Europe/Paris"
    starts: date = date(2027, 6, 10)
    ends: date = date(2027, 6, 12)
    locales: Annotated[tuple[Locale, ...], BeforeValidator(_split), Field(min_length=1)] = LOCALES  # type: ignore[assignment]
    registration: Literal["invited", "open"] = "invited"
    theme_deadline: datetime | None = None
    minimum_age: Annotated[int, Field(ge=0, le=120)] = 18
    maximum_age: Annotated[int, Field(ge=0, le=120)] = 35
    retention_ends: date = date(2027, 12, 31)
    privacy_contact: str = ""
    data_countries: Annotated[tuple[str, ...], BeforeValidator(_split)] = ("FR",)

    @model_validator(mode="after")
    def _in_order(self) -> GatheringSettings:
        if self.ends < self.starts:
            raise ValueError("ends is before starts")
        if self.maximum_age < self.minimum_age:
            raise ValueError("maximum_age is below minimum_age")
        return self

    @property
    def birth_years(self) -> tuple[int, int]:
        """First and last year of birth admitted: age is counted in the gathering's year."""
        return self.starts.year - self.maximum_age, self.starts.year - self.minimum_age

    @property
    def deadline(self) -> datetime | None:
        """The theme deadline as an instant, aware, UTC."""
        return None if self.theme_deadline is None else self.instant(self.theme_deadline)

    def instant(self, local: datetime) -> datetime:
        """A local time of the gathering (or one with a zone of its own) as an instant, UTC."""
        return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(self.zone))).astimezone(UTC)


class ThemeSettings(Section):
    """A theme as the file seeds it. `capacity` is a number of places, none for no limit."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,20}$")]
    title: Words
    description: Words = {}
    capacity: Annotated[int, Field(ge=1)] | None = None


class SessionSettings(Section):
    """A session of the programme as the file seeds it. Times without an offset are local times of its zone."""

    key: Annotated[str, Field(min_length=1, max_length=255)]
    title: Words
    starts: datetime
    ends: datetime
    zone: Annotated[str, AfterValidator(_zone)] | None = None
    place: Words = {}
    map: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    kind: Kind = "other"
    audience: Annotated[str, AfterValidator(_audience)] = "all"


class GroupSettings(Section):
    """How groups are formed: sizes in people, the number of rounds (one a day), and when the first round meets."""

    smallest: Annotated[int, Field(ge=1)] = 5
    largest: Annotated[int, Field(ge=1)] = 7
    target: Annotated[int, Field(ge=1)] = 6
    rounds: Annotated[int, Field(ge=1, le=9)] = 1
    meeting: datetime | None = None

    @model_validator(mode="after")
    def _in_order(self) -> GroupSettings:
        if not self.smallest <= self.target <= self.largest:
            raise ValueError("smallest, target and largest are not in this order")
        return self


class ReminderSettings(Section):
    """How long before people are reminded: of sessions, by kind where it differs, and of the theme deadline.

    A reminder that an outage kept back is still sent within `grace` (days count 24 hours there).
    """

    before: Leads = (Lead(days=1), Lead(minutes=10))
    kinds: Mapping[Kind, Leads] = {}
    themes: Leads = (Lead(days=2, minutes=1200), Lead(minutes=1200))
    grace: LeadTime = Lead(minutes=30)

    def leads_of(self, kind: Kind) -> tuple[Lead, ...]:
        """How long before a session of a kind people are reminded of it."""
        return self.kinds.get(kind, self.before)

    @property
    def leads_by_kind(self) -> Mapping[str, tuple[Lead, ...]]:
        """How long before, for every kind."""
        return {kind: self.leads_of(kind) for kind in KINDS}

    @property
    def longest_delay(self) -> timedelta:
        """`grace` as a length of time."""
        return timedelta(days=self.grace.days, minutes=self.grace.minutes)


class TelegramSettings(Section):
    """How to reach Telegram. Without a token the platform is off."""

    token: SecretStr = SecretStr("")
    api_base: str = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    forum_chat_id: int | None = None

    @model_validator(mode="after")
    def _webhook_complete(self) -> TelegramSettings:
        if self.mode == "webhook" and not (self.webhook_url and self.webhook_secret.get_secret_value()):
            raise ValueError("mode = «webhook» needs webhook_url and webhook_secret")
        return self


class DiscordSettings(Section):
    """How to reach Discord. Without a token the platform is off. Ids are numbers copied from Discord."""

    token: SecretStr = SecretStr("")
    guild_id: int | None = None
    welcome_channel_id: int | None = None
    groups_channel_id: int | None = None
    announcements_channel_id: int | None = None
    set_nickname: bool = True
    participant_role_id: int | None = None
    theme_roles: Mapping[str, int] = {}


class WebSettings(Section):
    """Where the page listens, and the address people reach it at. Off without a public address."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: str = ""


class StorageSettings(Section):
    """Where everything is kept."""

    url: Annotated[str, Field(pattern=r"^(sqlite:///|postgres(ql)?://)")] = "sqlite:///rencontres.db"


class OrganiserSettings(Section):
    """The first organisers, by numeric account id; they make others in chat."""

    telegram: Annotated[tuple[int, ...], BeforeValidator(_split)] = ()
    discord: Annotated[tuple[int, ...], BeforeValidator(_split)] = ()

    def includes(self, platform: str, native_id: str) -> bool:
        """Whether that account is a first organiser."""
        return native_id.isdecimal() and int(native_id) in getattr(self, platform, ())


class Settings(Section):
    """Everything config.toml may say."""

    gathering: GatheringSettings = GatheringSettings()
    themes: tuple[ThemeSettings, ...] = ()
    sessions: tuple[SessionSettings, ...] = ()
    groups: GroupSettings = GroupSettings()
    reminders: ReminderSettings = ReminderSettings()
    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()
    web: WebSettings = WebSettings()
    storage: StorageSettings = StorageSettings()
    organisers: OrganiserSettings = OrganiserSettings()

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        keys = [theme.key for theme in self.themes]
        if repeated := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"two themes have the key {', '.join(sorted(repeated))}")
        for theme in self.themes:
            if missing := set(self.gathering.locales) - set(theme.title):
                raise ValueError(f"the theme {theme.key} has no title in {', '.join(sorted(missing))}")
        self._check_sessions(set(keys))
        return self

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
        elif isinstance(part, str) and part in model.model_fields:
            kind = model.model_fields[part].annotation
            model = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else model
    return sorted(model.model_fields)
