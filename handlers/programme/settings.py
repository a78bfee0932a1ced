"""The section [[sessions]] of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from bot.config.example import example_values
from bot.config.section import Section, Unfit, Zone, check_keys
from bot.config.settings import GatheringSettings, Sections, Settings
from bot.people.audiences import parse
from handlers.programme.model import LONGEST, LONGEST_DESCRIPTION, BadTime, Kind, resolve
from handlers.themes.settings import ThemeSettings


def _audience(word: str) -> str:
    return parse(word).encode()


class SessionSettings(Section):
    """A session in the configuration file. Times without a UTC offset are local times in the session's `zone`.

    If `zone` is None, the session is in the gathering's time zone.
    """

    key: Annotated[str, Field(min_length=1, max_length=255)]
    title: Mapping[str, str]
    starts: datetime
    ends: datetime
    zone: Zone | None = None
    place: Mapping[str, str] = {}
    map: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    kind: Kind = "other"
    audience: Annotated[str, AfterValidator(_audience)] = "all"
    speaker: Annotated[str, Field(max_length=LONGEST)] = ""
    description: Mapping[str, Annotated[str, Field(max_length=LONGEST_DESCRIPTION)]] = {}

    def instants(self, gathering: GatheringSettings) -> tuple[datetime, datetime]:
        """Return the session's start and end (UTC). Raises BadTime for a local time that clocks skip or repeat."""
        zone = self.zone or gathering.zone
        return _instant(self.starts, zone), _instant(self.ends, zone)

    @property
    def invented(self) -> bool:
        """Return whether the session is still as in config.example.toml, even if it is on another day.

        A session with another hour, a place, or its own titles in all languages was written by somebody of the team.
        """
        return any(self._is_like(session) for session in example_values()["sessions"])

    def _is_like(self, other: Mapping[str, Any]) -> bool:
        written = self.model_dump(exclude={"key", "title", "starts", "ends"}, exclude_defaults=True)
        return (
            not {*self.title.values()}.isdisjoint(other["title"].values())
            and (self.starts.timetz(), self.ends.timetz()) == (other["starts"].timetz(), other["ends"].timetz())
            and all(other.get(key) == value for key, value in written.items())
        )


def _instant(local: datetime, zone: str) -> datetime:
    return local.astimezone(UTC) if local.tzinfo else resolve(local, zone)


def _check(settings: Settings) -> None:
    sessions, themes = settings.all_of(SessionSettings), [theme.key for theme in settings.all_of(ThemeSettings)]
    check_keys("sessions", "sessions", [session.key for session in sessions])
    for number, session in enumerate(sessions):
        place = "sessions", number
        if not session.title:
            title = {settings.gathering.locales[0]: session.key}
            raise Unfit(f"the session {session.key} has no title", ((*place, "title"), title))
        kind, _colon, value = session.audience.partition(":")
        if kind == "theme" and value not in themes:
            near = [f"theme:{theme}" for theme in get_close_matches(value, themes, 1)]
            fix = (*place, "audience"), next(iter(near), "all")
            raise Unfit(f"the session {session.key} is for the theme {value}, which there is not", fix)
        for key, local in (("starts", session.starts), ("ends", session.ends)):
            try:
                _instant(local, session.zone or settings.gathering.zone)
            except BadTime as bad:
                said = f"the session {session.key} is at an hour that is {bad} when clocks change"
                raise Unfit(said, ((*place, key), local + timedelta(hours=1))) from None
        starts, ends = session.instants(settings.gathering)
        if starts >= ends:
            later = session.starts + timedelta(hours=1)
            raise Unfit(f"the session {session.key} ends before it begins", ((*place, "ends"), later))


SECTIONS = Sections(lists={"sessions": SessionSettings}, check=_check)
