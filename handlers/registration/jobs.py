"""Reads a list of people in another process: the people on it, or what is to be corrected."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from bot.content.texts import Reader
from bot.people.roster import MOST_PEOPLE, RosterRules, read_roster
from handlers.navigation.tables import to_correct


def read_list(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the people on a list, and the list with what is to be corrected, in the language of its sender."""
    content = b64decode(payload["content"])
    roster = read_roster(content, payload["name"], RosterRules(**payload["rules"]))
    file = to_correct(content, roster.problems, Reader(*payload["reader"]), MOST_PEOPLE)
    return {"roster": roster, "file": file, "sent": payload["sent"]}
