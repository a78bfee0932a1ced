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
    """Return which questions are shown next, those that fewest people saw first.

    `views` has, by question, how many people saw it. At most `most` are returned. Questions that equally many people
    saw are sorted by their ids, which are random.
    """
    return sorted(views, key=lambda question: (views[question], question))[:most]


def wilson(votes: int, views: int) -> float:
    """Return the lower bound of the share of people who want a question, of all who would see it (Wilson, 95 %).

    It is between 0 and 1. Few views give a low bound, so that one early vote does not put a question first.
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
    is the question that it became a part of, None for none; views and votes of merged questions count for that one.
    `asked_at` is when it was asked aloud, `answer` the group's written answer, '' for none.
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
        """Whether people other than its author can read it as a separate question."""
        return not self.hidden and self.merged_into is None


def ranked(questions: Iterable[StageQuestion]) -> list[StageQuestion]:
    """Return questions in the order for the organiser who conducts the plenary.

    The question that is being asked comes first, then the others, the most wanted first, and last those that were
    asked.
    """
    questions = list(questions)
    asked = sorted((question for question in questions if question.asked_at), key=_asked, reverse=True)
    open_ones = [question for question in questions if not question.asked_at]
    by_wish = sorted(open_ones, key=lambda question: (-wilson(question.votes, question.views), question.id))
    return [*asked[:1], *by_wish, *asked[1:]]


def _asked(question: StageQuestion) -> tuple[datetime, int]:
    return question.asked_at or question.written_at, question.id
