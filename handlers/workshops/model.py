"""The values of workshops: a phase, its run in one group, and an idea.

Workshops consist of phases, which each group goes through in order; a run is one phase in one group. The class
`Idea` is here, below the capabilities that use it (ideas, syntheses, results). How alike two ideas are is computed in
`handlers.ideas.model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Collects = Literal["facts", "challenge", "solution", "territories", "ideas"]
"""What a group produces in a phase besides ideas, which members can give in every phase.

«facts»: each idea is a fact, a need or an existing scheme. «challenge»: the group writes one sentence. «solution»: it
fills in a canvas, that is a form about the solution. «territories»: members write cards about their territories.
«ideas»: only ideas. What the group writes in the end, in any phase, is called its synthesis.
"""
Category = Literal["", "fact", "need", "scheme"]
"""The kind of an idea in a phase that collects facts: a fact, a need or an existing scheme; '' in other phases."""
RunState = Literal["running", "paused", "ended"]
IdeaState = Literal["live", "late", "offered", "homeless", "withdrawn"]
"""The status of an idea.

«live»: given in time. «late»: written after the phase ended. «offered»: late, and sent to the facilitator. «homeless»:
its author has no group. «withdrawn»: taken back by its author.
"""
Words = Mapping[str, str]
"""A text in several languages, by locale. Readers whose locale is missing get the first text."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the workshops, as it is configured. `position` counts from 0; `minutes` is its length."""

    key: str
    position: int
    title: Words
    instruction: Words
    example: Words
    minutes: int
    collects: Collects


@dataclass(frozen=True, slots=True)
class PhaseRun:
    """A run: one phase in one group, with its times in UTC.

    `ends_at` is None while the run is paused or ended. `remaining` is the time left while the run is paused, None
    otherwise. `revealed_at` is when members could first read each other's ideas, None before. `writer_id` is the
    participant who writes the synthesis, None if nobody does.
    """

    id: int
    group_id: int
    phase: str
    state: RunState
    started_at: datetime
    ends_at: datetime | None
    remaining: timedelta | None
    revealed_at: datetime | None
    ended_at: datetime | None
    writer_id: int | None

    @property
    def open(self) -> bool:
        """Whether the group is in the phase now and can give ideas: the run is running or paused."""
        return self.state != "ended"

    @property
    def revealed(self) -> bool:
        """Whether members can read each other's ideas. Once the run has ended, they always can."""
        return self.revealed_at is not None


@dataclass(frozen=True, slots=True)
class Idea:
    """A text that a participant gave in a phase.

    `author_id` is None when the author was erased; `group_id` and `theme` are None while the author has no group.
    `territory` is the author's, '' for none. `parent_id` is the id of the idea that this one builds on, `merged_into`
    the id of the idea that replaces this one; None for none.
    """

    id: int
    group_id: int | None
    theme: str | None
    phase: str
    author_id: int | None
    territory: str
    category: Category
    text: str
    anonymous: bool
    state: IdeaState
    parent_id: int | None
    merged_into: int | None
    hidden: bool
    created_at: datetime

    @property
    def shown(self) -> bool:
        """Whether people other than its author can read the idea once it is revealed, alone or merged into another."""
        return self.state == "live" and not self.hidden

    @property
    def counts(self) -> bool:
        """Whether the wall and the exports list the idea on its own.

        They list an idea that was given in time and is neither withdrawn, hidden nor merged into another.
        """
        return self.shown and self.merged_into is None
