"""The section [gathering] of the configuration: the name, days, languages and people of the gathering."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bot.config.section import Section, Unfit, Zone
from bot.content.branding import COLOUR, Branding
from bot.content.i18n import LOCALES
from bot.people.quiet import Hours

Locale = Literal["fr", "en", "de"]

Day = Annotated[date, Field(le=date(9998, 12, 31))]
"""A day, with a limit that leaves room for computing later days from it."""


_KEPT_AFTER = timedelta(days=180)
"""How long after the gathering's end data are kept, in the remedy for a day that is before its end."""


class GatheringSettings(Section):
    """The settings of the gathering itself: its name, days, languages and people.

    The deadline for choosing a theme is a local time at the gathering's place.
    """

    name: Annotated[str, Field(min_length=1)] = "Rencontres francophones de l’innovation sociale"
    zone: Zone = "Europe/Paris"
    starts: Day = date(2027, 6, 10)
    ends: Day = date(2027, 6, 12)
    locales: Annotated[tuple[Locale, ...], Field(min_length=1)] = LOCALES  # type: ignore[assignment]
    registration: Literal["invited", "open"] = "invited"
    theme_deadline: datetime | None = None
    minimum_age: Annotated[int, Field(ge=0, le=120)] = 18
    maximum_age: Annotated[int, Field(ge=0, le=120)] = 35
    retention_ends: Day = date(2027, 12, 31)
    privacy_contact: str = ""
    data_countries: tuple[str, ...] = ("FR",)
    colour: Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")] = COLOUR
    logo: str = ""

    @field_validator("logo")
    @classmethod
    def _beside_the_configuration(cls, logo: str, info: ValidationInfo) -> str:
        """Return the path of the logo, which is relative to the folder of the configuration file."""
        return str((info.context or {}).get("folder", Path()) / logo) if logo else ""

    @model_validator(mode="after")
    def _in_order(self) -> GatheringSettings:
        if self.ends < self.starts:
            raise Unfit("ends is before starts", (("ends",), self.starts))
        if self.maximum_age < self.minimum_age:
            raise Unfit("maximum_age is below minimum_age", (("maximum_age",), self.minimum_age))
        if self.retention_ends < self.ends:
            raise Unfit("retention_ends is before the end", (("retention_ends",), self.ends + _KEPT_AFTER))
        return self

    @property
    def branding(self) -> Branding:
        """Return the gathering's name, colour and logo, for its page, pictures, slides and paper."""
        return Branding(self.name, self.colour, self.logo)

    def look(self, locale: str) -> dict[str, Any]:
        """Return what each background job that draws needs: the gathering's name, colour and logo, and its language.

        `locale` is this language. The caller adds the result to the payload of the job.
        """
        return {"branding": asdict(self.branding), "locale": locale}

    @property
    def birth_years(self) -> tuple[int, int]:
        """Return the earliest and the latest accepted year of birth, counted from the gathering's year."""
        return self.starts.year - self.maximum_age, self.starts.year - self.minimum_age

    @property
    def hours(self) -> Hours:
        """Return the gathering's days and time zone, which decide when it is night for its people."""
        return Hours(self.zone, self.starts, self.ends)

    @property
    def deadline(self) -> datetime | None:
        """Return the instant (aware, UTC) until which people can choose a theme; None if there is no deadline."""
        return None if self.theme_deadline is None else self.instant(self.theme_deadline)

    @property
    def opens(self) -> datetime:
        """Return the instant (aware, UTC) at which the gathering's first day begins."""
        return self.day_begins(self.starts)

    @property
    def closes(self) -> datetime:
        """Return the instant (aware, UTC) at which the gathering's last day ends."""
        return self.day_begins(self.ends + timedelta(days=1))

    @property
    def kept_until(self) -> datetime:
        """Return the instant (aware, UTC) until which all personal data are kept."""
        return self.day_begins(self.retention_ends + timedelta(days=1))

    def day_begins(self, day: date) -> datetime:
        """Return the instant (aware, UTC) at which a day begins at the gathering's place."""
        return self.instant(datetime.combine(day, time.min))

    def instant(self, local: datetime) -> datetime:
        """Return a local time at the gathering's place as an instant (aware, UTC).

        If `local` has a time zone, that zone is used instead of the gathering's.
        """
        return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(self.zone))).astimezone(UTC)
