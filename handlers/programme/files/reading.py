"""A programme out of a file, whichever kind of file it is."""

from __future__ import annotations

from collections.abc import Callable

from handlers.programme.files.parsing import MOST_BYTES, Programme, Reason, Rules, is_calendar, refuse
from handlers.programme.files.table import read_table


def read_programme(data: bytes, filename: str, rules: Rules) -> Programme:
    """The sessions in a file, told apart by what it holds. Never raises for that: every problem is in `rejected`."""
    from handlers.programme.files.calendar import read_calendar  # its library is loaded where there is a calendar

    if len(data) > MOST_BYTES:
        return refuse(Reason.TOO_BIG, filename=filename, limit=MOST_BYTES)
    read: Callable[[bytes, str, Rules], Programme] = read_calendar if is_calendar(data) else read_table
    return read(data, filename, rules)
