"""The job that reads a list of selected people, done in another process."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from bot.content.texts import Reader
from bot.people.roster import MOST_PEOPLE, RosterRules, read_roster
from handlers.navigation.tables import to_correct


def read_list(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read a list of selected people from a job's payload.

    Returns the `roster` (the people and all problems), the `file`, a copy of the list with remarks on wrong lines in
    the sender's language (None if no line is wrong), and when the list was `sent`.
    """
    content = b64decode(payload["content"])
    roster = read_roster(content, payload["name"], RosterRules(**payload["rules"]))
    file = to_correct(content, roster.problems, Reader(*payload["reader"]), MOST_PEOPLE)
    return {"roster": roster, "file": file, "sent": payload["sent"]}
