"""A programme out of a file, whichever kind of file it is."""

from __future__ import annotations

from handlers.programme.files.parsing import Programme, ProgrammeRules, is_calendar
from handlers.programme.files.table import read_programme_table


def read_programme(data: bytes, filename: str, rules: ProgrammeRules) -> Programme:
    """The sessions in a file, told apart by what it holds. Never raises for that: every problem is in `problems`."""
    from handlers.programme.files.calendar import read_calendar  # its library is loaded where there is a calendar

    read = read_calendar if is_calendar(data) else read_programme_table
    return read(data, filename, rules)
