"""Reads a programme from a file, be it a calendar or a table."""

from __future__ import annotations

from handlers.programme.files.parsing import Programme, ProgrammeRules, is_calendar
from handlers.programme.files.table import read_programme_table


def read_programme(data: bytes, filename: str, rules: ProgrammeRules) -> Programme:
    """Return the sessions of a calendar or table, and its mistakes in `problems`.

    The content of the file decides how the file is read; `filename` is only quoted in mistakes.
    """
    from handlers.programme.files.calendar import read_calendar  # its library is loaded where there is a calendar

    read = read_calendar if is_calendar(data) else read_programme_table
    return read(data, filename, rules)
