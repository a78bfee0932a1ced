"""The job of equality, done in another process: what may be published about the steps that have ended."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from bot.content.stored_texts import decode
from handlers.equality.model.steps import StepTally, from_json, to_json


def compute(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what may be published about steps (`published`), and about which steps nothing may be (`withheld`).

    The payload is that of `handlers.equality.service.read_tallies`.
    """
    from handlers.equality.model.disclosure import publish  # numpy, which nobody else needs who loads this module

    steps = [StepTally(key, decode(title), dict(done)) for key, title, done in payload["steps"]]
    published, withheld = publish(
        steps,
        dict(payload["genders"]),
        [from_json(step) for step in payload["published"]],
        random.SystemRandom().random,
    )
    titles = {key: title for key, title, _done in payload["steps"]}
    return {
        "at": payload["at"],
        "published": [to_json(step) for step in published],
        "withheld": [(key, titles[key], reason) for key, reason in withheld.items()],
    }
