"""Questions from the audience: how many a person can write, which ones a person is shown, and how they are ranked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

LONGEST_QUESTION = 280
MOST_QUESTIONS = 5
"""How many questions a person can write to one group."""
LONGEST_ANSWER = 1000
SHOWN = 6
"""How many questions from the audience a person is shown at once."""
_CONFIDENCE = 1.96


def least_seen(views: Mapping[int, int], most: int = SHOWN) -> list[int]:
    """Return the ids of the questions to show next: at most `most`, the ones that fewest people saw first.

    `views` has, by question, how many people saw it. Questions that equally many people saw are sorted by their ids,
    which are random.
    """
    return sorted(views, key=lambda question: (views[question], question))[:most]


def wilson(votes: int, views: int) -> float:
    """Return a low estimate of the share of people who want a question: the lower bound of Wilson's interval (95 %).

    The result is between 0 and 1. Few views give a low value, so that one early vote does not put a question first.
    """
    if views <= 0:
        return 0.0
    share, z2 = min(votes, views) / views, _CONFIDENCE**2
    spread = _CONFIDENCE * math.sqrt(share * (1 - share) / views + z2 / (4 * views**2))
    return max(0.0, (share + z2 / (2 * views) - spread) / (1 + z2 / views))


@dataclass(frozen=True, slots=True)
class StageQuestion:
    """A question from the audience to a group, with how many people saw it and voted for it.

    `author_id` is None once the author was erased; `name` is the first name that is shown, '' for none. `merged_into`
    is the id of the question into which this one was merged, None if it was not; its views and votes then count for the
    other question. `asked_at` is when it was asked aloud, None before; `answer` is the group's written answer, '' for
    none.
    """

    id: int
    group_id: int | None
    author_id: int | None
    named: bool
    name: str
    text: str
    written_at: datetime
    asked_at: datetime | None
    hidden: bool
    merged_into: int | None
    answer: str
    views: int = 0
    votes: int = 0

    @property
    def shown(self) -> bool:
        """Whether people other than the author can read it as a question of its own: neither hidden nor merged."""
        return not self.hidden and self.merged_into is None


def ranked(questions: Iterable[StageQuestion]) -> list[StageQuestion]:
    """Return questions in the order for the organiser who conducts the plenary.

    First comes the question that is being asked, then the others, the most wanted first, and last the ones that were
    asked.
    """
    questions = list(questions)
    asked = sorted((question for question in questions if question.asked_at), key=_asked, reverse=True)
    open_ones = [question for question in questions if not question.asked_at]
    by_wish = sorted(open_ones, key=lambda question: (-wilson(question.votes, question.views), question.id))
    return [*asked[:1], *by_wish, *asked[1:]]


def _asked(question: StageQuestion) -> tuple[datetime, int]:
    return question.asked_at or question.written_at, question.id
