"""The values of equality: who could take a step of the gathering and who did, and what may be published about it.

A step is something that people take part in and that has an end: choosing a theme, giving ideas in a phase, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.content.stored_texts import decode, encode
from bot.content.texts import Span

FEWEST = 5
"""The smallest number of women, and of men, about whom figures may be published, whoever else has another gender."""
GRAINS = (10, 20)
"""The precisions, in percentage points, to which shares are rounded: the finer one, unless one person moves it."""
KNOWN_AT_LEAST = 50
"""The percentage of people whose gender must be known before figures are published at all."""
KNOWN_WITH_CARE = 80
"""The percentage of people whose gender must be known for figures to be published without a warning."""

Side = Literal["below", "within", "above"]
"""Where the share of what women did lies: below, within or above the band that chance alone gives."""
Withheld = Literal["few", "unknown"]
"""Why nothing is published: too few women or men, or the gender of too many people is unknown."""


@dataclass(frozen=True, slots=True)
class StepTally:
    """How often each person took a step: `done` by the id of everybody who could, 0 for those who did not.

    `key` identifies the step in the store, `title` names it to readers.
    """

    key: str
    title: Span
    done: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class PublishedStep:
    """What is published about a step that has ended, and stored: counts of everybody together, and rounded shares.

    `people` could take the step, `done` is how often they did, together, whatever their gender. `could` is the share of
    women among the women and men who could, `did` the share of what women did in what women and men did; `low` and
    `high` are the band that chance alone gives for `did`. These four are percentages, rounded to `grain` percentage
    points where they would reveal anything. With `cautious`, the gender of many is unknown.
    """

    key: str
    title: Span
    people: int
    done: int
    could: int
    did: int
    low: int
    high: int
    side: Side
    grain: int
    cautious: bool


_FIGURES = ("people", "done", "could", "did", "low", "high", "side", "grain")
PUBLISHED_COLUMNS = ("key", "title", *_FIGURES, "cautious")
"""The columns of what is stored about a published step, and the keys of `to_json`."""


def to_json(step: PublishedStep) -> Mapping[str, Any]:
    """Return JSON values for what is published about a step, from which `from_json` makes it again."""
    figures = {name: getattr(step, name) for name in _FIGURES}
    return {"key": step.key, "title": encode(step.title), **figures, "cautious": step.cautious}


def from_json(values: Mapping[str, Any]) -> PublishedStep:
    """Return what is published about a step, from the JSON values that `to_json` returned."""
    figures = {name: values[name] for name in _FIGURES}
    return PublishedStep(key=values["key"], title=decode(values["title"]), **figures, cautious=bool(values["cautious"]))


@dataclass(frozen=True, slots=True)
class WithheldStep:
    """A step that has ended and about which nothing may be published, and why."""

    key: str
    title: Span
    reason: Withheld


Seen = Literal["woman", "man", "unknown"]
"""Whom somebody in the room took a speaker for, by sight."""


@dataclass(frozen=True, slots=True)
class RoomCount:
    """How often women, men and people of whom that cannot be told spoke, as somebody counted by sight."""

    women: int
    men: int
    unknown: int

    @property
    def heard_less(self) -> bool:
        """Whether women were heard less than half as often as men, or men than women, in five turns or more."""
        fewer, more = sorted((self.women, self.men))
        return fewer + more >= 5 and 2 * fewer < more
