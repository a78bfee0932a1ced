"""The settings that say what the gathering is: its days, themes, programme, groups and reminders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.content.i18n import LOCALES
from bot.content.leads import Lead, parse_lead
from bot.people.audiences import parse
from bot.people.quiet import Hours
from handlers.programme.model import KINDS, Kind
from handlers.workshops.model import Collects

Locale = Literal["fr", "en", "de"]
Words = Mapping[str, str]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError):
        raise ValueError(f"no time zone is called {name!r}: write it like «Europe/Paris»") from None
    return name


def split(value: object) -> object:
    """The environment gives lists as «a,b»."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _audience(word: str) -> str:
    return parse(word).encode()


def _lead(word: object) -> object:
    return parse_lead(word) if isinstance(word, str) else word


def _or_never(value: object) -> object:
    return None if value == "" else value


_A_DAY = Lead(days=1)
LeadTime = Annotated[Lead, BeforeValidator(_lead)]
Leads = Annotated[tuple[LeadTime, ...], BeforeValidator(split)]


class Section(BaseModel):
    """One table of config.toml. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GatheringSettings(Section):
    """The occasion itself. The theme deadline is the gathering's local time."""

    name: str = "Rencontres francophones de l'innovation sociale"
    zone: Annotated[str, AfterValidator(_zone)] = "Europe/Paris"
    starts: date = date(2027, 6, 10)
    ends: date = date(2027, 6, 12)
    locales: Annotated[tuple[Locale, ...], BeforeValidator(split), Field(min_length=1)] = LOCALES  # type: ignore[assignment]
    registration: Literal["invited", "open"] = "invited"
    theme_deadline: datetime | None = None
    minimum_age: Annotated[int, Field(ge=0, le=120)] = 18
    maximum_age: Annotated[int, Field(ge=0, le=120)] = 35
    retention_ends: date = date(2027, 12, 31)
    privacy_contact: str = ""
    data_countries: Annotated[tuple[str, ...], BeforeValidator(split)] = ("FR",)

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
    def hours(self) -> Hours:
        """When its people are left alone."""
        return Hours(self.zone, self.starts, self.ends)

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


class PhaseSettings(Section):
    """A phase of the workshops as the file seeds it. `minutes` is how long it lasts unless it is extended."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,20}$")]
    title: Words
    instruction: Words
    example: Words = {}
    minutes: Annotated[int, Field(ge=1, le=600)] = 30
    collects: Collects = "ideas"


class WorkshopSettings(Section):
    """How phases are lived: when ideas are revealed, votes a person a phase, when people are warned and help escalates.

    A phase no longer than `warning_from` minutes ends without a warning; `warning` and `help_waits` are minutes.
    """

    reveal: Literal["together", "at_once"] = "together"
    votes: Annotated[int, Field(ge=0, le=10)] = 3
    warning_from: Annotated[int, Field(ge=1)] = 10
    warning: Annotated[int, Field(ge=1)] = 5
    help_waits: Annotated[int, Field(ge=1)] = 3

    @model_validator(mode="after")
    def _warned_in_time(self) -> WorkshopSettings:
        if self.warning > self.warning_from:
            raise ValueError("warning is longer than warning_from: some phases would be warned of before they begin")
        return self


class ReminderSettings(Section):
    """How long before people are reminded: of sessions, by kind where it differs, and of the theme deadline.

    At `eve`, an hour of the gathering's zone (None: never), everyone reads once what the next day holds for them; that
    stands for a reminder of each session a day before. Of the kinds in `asked` people are reminded only where they ask
    for it. A reminder that an outage kept back is still sent within `grace` (days count 24 hours there).
    """

    before: Leads = (Lead(minutes=10),)
    eve: Annotated[time | None, BeforeValidator(_or_never)] = time(18)
    kinds: Mapping[Kind, Leads] = {}
    asked: Annotated[tuple[Kind, ...], BeforeValidator(split)] = ("meal",)
    themes: Leads = (Lead(days=2, minutes=1200), Lead(minutes=1200))
    grace: LeadTime = Lead(minutes=30)

    def leads_of(self, kind: Kind) -> tuple[Lead, ...]:
        """How long before a session of a kind people are reminded of it."""
        leads = self.kinds.get(kind, self.before)
        return tuple(lead for lead in leads if lead != _A_DAY) if self.eve else leads

    @property
    def leads_by_kind(self) -> Mapping[str, tuple[Lead, ...]]:
        """How long before, for every kind."""
        return {kind: self.leads_of(kind) for kind in KINDS}

    @property
    def longest_delay(self) -> timedelta:
        """`grace` as a length of time."""
        return timedelta(days=self.grace.days, minutes=self.grace.minutes)
