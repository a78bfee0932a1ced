"""The job that reads a list of selected people, done in another process."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from bot.content.texts import Reader
from bot.files.tables import UnreadableFile
from bot.people.roster import open_list
from bot.people.roster_columns import RosterRules
from handlers.registration.model.lists import WaitingList


def read_list(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read a list of selected people from a job's payload.

    Returns the list (`waiting`), or the `problem` for which it cannot be read; the other is None. Also the `reader` who
    sent it, and when it was `sent`.
    """
    rules = RosterRules(**payload["rules"])
    result: dict[str, Any] = {"reader": Reader(*payload["reader"]), "sent": payload["sent"]}
    try:
        listed = open_list(b64decode(payload["content"]), payload["name"], rules)
    except UnreadableFile as error:
        return result | {"waiting": None, "problem": error.problem}
    return result | {"waiting": WaitingList(listed, rules), "problem": None}
