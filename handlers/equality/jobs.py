"""The job that computes, in another process, which figures on women and men may be published.

Each figure is about a step of the gathering that has ended, such as choosing a theme.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.content.stored_texts import decode
from handlers.equality.model.steps import PublishedStep, StepTally, from_json, to_json


def compute(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what may be published about women and men in ended steps of the gathering, such as choosing a theme.

    The payload has how often people took the steps, their genders, and what was public when the payload was read. The
    result has the figures (`published`), the steps about which nothing may be published (`withheld`), and what was
    `public`.
    """
    from handlers.equality.model.disclosure import publish  # numpy, which nobody else needs who loads this module

    published, withheld = publish(*_tallies(payload), random.SystemRandom().random, frozenset(payload["tied"]))
    titles = {key: title for key, title, _done in payload["steps"]}
    return {
        "at": payload["at"],
        "public": payload["public"],
        "published": [to_json(step) for step in published],
        "withheld": [(key, titles[key], reason) for key, reason in withheld.items()],
    }


def can_be_tied(payload: Mapping[str, Any], people: Collection[int]) -> bool:
    """Return whether it may be made public which of `people` (ids) have the same gender, without saying which gender.

    The payload has how often people took the ended steps of the gathering, their genders, and what is public.
    """
    from handlers.equality.model.disclosure import may_be_tied

    return may_be_tied(*_tallies(payload), {*payload["tied"], *people})


def _tallies(
    payload: Mapping[str, Any],
) -> tuple[Sequence[StepTally], Mapping[int, str], Sequence[PublishedStep]]:
    """Return the steps that have ended, the gender of everybody by id, and what is published already."""
    steps = [StepTally(key, decode(title), dict(done)) for key, title, done in payload["steps"]]
    return steps, dict(payload["genders"]), [from_json(step) for step in payload["published"]]
