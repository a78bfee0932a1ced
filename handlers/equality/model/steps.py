"""The values of equality: who could take a step of the gathering, who did, and what is published about it.

A step is something that people take part in and that has an end: choosing a theme, giving ideas in a phase, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.content.stored_texts import decode, encode
from bot.content.texts import Span

FEWEST = 5
"""The fewest women, and the fewest men, about whom figures may be published, whatever any one person's gender is."""
GRAINS = (10, 20)
"""The precisions, in percentage points, to which shares are rounded: the finer one if no single person changes it."""
KNOWN_AT_LEAST = 50
"""The percentage of people whose gender must be known before figures are published at all."""
KNOWN_WITH_CARE = 80
"""The percentage of people whose gender must be known for figures to be published without a warning."""

Side = Literal["below", "within", "above"]
"""Whether the share of what women did lies below, within or above the range that chance alone explains."""
Withheld = Literal["few", "unknown"]
"""Why nothing is published: there are too few women or men, or too many people's genders are unknown."""


@dataclass(frozen=True, slots=True)
class StepTally:
    """How often each person took a step of the gathering, such as giving ideas in a phase.

    `done` has the ids of all people who could, with 0 for people who did not. `key` identifies the step in the store;
    `title` is the name that people read.
    """

    key: str
    title: Span
    done: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class PublishedStep:
    """What is published about an ended step: counts of everybody together, and rounded shares of women.

    `people` is how many could take the step, and `done` how often they did in all, whatever their gender. `could` is
    the share of women among the women and men who could, `did` the share of what women did in what women and men did;
    `low` and `high` are the range of `did` by chance alone. These four are percentages, rounded to `grain` percentage
    points so that they reveal nobody's gender. `cautious` says that many genders are unknown.
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
"""The database columns of a published step, which are also the keys of `to_json`."""


def to_json(step: PublishedStep) -> Mapping[str, Any]:
    """Return what is published about a step of the gathering as JSON values."""
    figures = {name: getattr(step, name) for name in _FIGURES}
    return {"key": step.key, "title": encode(step.title), **figures, "cautious": step.cautious}


def from_json(values: Mapping[str, Any]) -> PublishedStep:
    """Return what is published about a step of the gathering from the JSON values in which it was stored."""
    figures = {name: values[name] for name in _FIGURES}
    return PublishedStep(key=values["key"], title=decode(values["title"]), **figures, cautious=bool(values["cautious"]))


@dataclass(frozen=True, slots=True)
class WithheldStep:
    """An ended step of the gathering about which nothing may be published, and the reason."""

    key: str
    title: Span
    reason: Withheld


Seen = Literal["woman", "man", "unknown"]
"""The gender that somebody in the room attributed to a speaker by sight."""


@dataclass(frozen=True, slots=True)
class RoomCount:
    """How often women, men and people of unknown gender spoke in the room, as somebody in the room counted."""

    women: int
    men: int
    unknown: int

    @property
    def heard_less(self) -> bool:
        """Whether one of women and men spoke less than half as often as the other, in five speeches or more."""
        fewer, more = sorted((self.women, self.men))
        return fewer + more >= 5 and 2 * fewer < more
