"""The sections [[phases]] and [workshop] of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bot.config.section import Section, Unfit, check_keys, check_words
from bot.config.settings import Sections, Settings
from handlers.workshops.model import Collects


class PhaseSettings(Section):
    """A phase of the workshops as config.toml describes it. `minutes` is the length with which it starts."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,20}$")]
    title: Mapping[str, str]
    instruction: Mapping[str, str]
    example: Mapping[str, str] = {}
    minutes: Annotated[int, Field(ge=1, le=600)] = 30
    collects: Collects = "ideas"


class WorkshopSettings(Section):
    """The settings of all phases: when ideas are revealed, how many votes each person has, and when notices are sent.

    `reveal` is «at_once» if members read each other's ideas from the beginning, «together» if a facilitator reveals
    them. `votes` is the number of votes per phase, 0 for no voting. People are warned `warning` minutes before the end,
    except in phases of at most `warning_from` minutes. A call for help goes to the organisers after `help_waits`
    minutes without an answer.
    """

    reveal: Literal["together", "at_once"] = "together"
    votes: Annotated[int, Field(ge=0, le=10)] = 3
    warning_from: Annotated[int, Field(ge=1)] = 10
    warning: Annotated[int, Field(ge=1)] = 5
    help_waits: Annotated[int, Field(ge=1)] = 3

    def votes_among(self, ideas: int) -> int:
        """Return how many votes a person has for this number of ideas: always fewer, so that people must choose."""
        return max(0, min(self.votes, ideas - 1))

    @model_validator(mode="after")
    def _warned_in_time(self) -> WorkshopSettings:
        if self.warning > self.warning_from:
            raise Unfit(
                "warning is longer than warning_from: some phases would be warned of before they begin",
                (("warning",), self.warning_from),
            )
        return self


def find_phase(settings: Settings, key: str) -> PhaseSettings:
    """Return the settings of the phase with this key. Raises StopIteration if there is none."""
    return next(phase for phase in settings.all_of(PhaseSettings) if phase.key == key)


def _check(settings: Settings) -> None:
    phases = settings.all_of(PhaseSettings)
    check_keys("phases", "phases", [phase.key for phase in phases])
    for number, phase in enumerate(phases):
        for what, words in (("title", phase.title), ("instruction", phase.instruction)):
            check_words(f"the phase {phase.key}", ("phases", number, what), words, settings.gathering.locales)


SECTIONS = Sections(tables={"workshop": WorkshopSettings}, lists={"phases": PhaseSettings}, check=_check)
