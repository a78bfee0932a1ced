"""Lists of people, read as if every guess about them were right."""

from __future__ import annotations

from bot.files.tables import UnreadableFile
from bot.people.roster import Roster, open_list, read_people
from bot.people.roster_columns import RosterRules


def read_list(data: bytes, filename: str, rules: RosterRules) -> Roster:
    """The people in a file; nobody, and the reason as its only remark, if it cannot be read."""
    try:
        return read_people(open_list(data, filename, rules), rules, {})
    except UnreadableFile as error:
        return Roster(remarks=(error.problem,))
