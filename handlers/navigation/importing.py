"""Messages to organisers about the import of a table: that it is being read, and what must be corrected first."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from bot.clock import to_micros
from bot.content.actions import Action
from bot.content.forms import Upload
from bot.content.texts import Listing, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, File, JobRequest, Reply, View, reply
from bot.conversation.routes import Request
from bot.files.table_finding import AsideRow
from bot.files.tables import TableProblem, located_together

_MOST_ASIDE = 5
_MOST_SHEETS = 20
_QUOTED = 60
"""How many lines and sheets that are not read are told, and how many characters of each."""
_SHOWN = 10
"""How many problems of a table are told; its copy to correct has all."""


def read_in_job(request: Request, job: str, file: Upload, rules: Any, ways_on: tuple[Button, ...]) -> Reply:
    """Start a job that reads a sent file, and reply that the result follows, with the buttons `ways_on`.

    A job reads it because a database transaction may not take that long. `job` is the key of the job. Its payload gets
    the file, `rules` (a dataclass that tells how to read it), and the reader in whose language the result is written.
    """
    payload = {
        "content": b64encode(file.content).decode(),
        "name": file.name,
        "rules": asdict(rules),
        "reader": [request.locale, request.settings.gathering.zone],
        "sent": to_micros(request.now),
    }
    said = _("I am reading «{name}». What importing it would do comes in a moment.", name=Name(file.name))
    return reply(said, buttons=ways_on, job=JobRequest(job, payload), fresh=True)


def left_out(headings: Iterable[str]) -> tuple[Span, ...]:
    """Return a line with the headings of a table that were not understood; () if there are none."""
    columns = Listing(tuple(map(Name, headings)))
    return (_("I do not know these columns, and leave them out: {columns}.", columns=columns),) if columns.items else ()


def not_read(aside: Sequence[AsideRow]) -> tuple[Span, ...]:
    """Return lines with the content of a file outside its table: other sheets first, then titles, totals, signatures.

    A sheet may hold more people than the table, so it is told before lines that are only told up to a number.
    """
    sheets = [row for row in aside if not row.line][:_MOST_SHEETS]
    shown = [row for row in aside if row.line][:_MOST_ASIDE]
    lines = [_("Not read: {text} ({why})", text=Name(row.text[:_QUOTED]), why=row.why) for row in sheets]
    lines += [
        _("Not read, line {line}: {text} ({why})", line=row.line, text=Name(row.text[:_QUOTED]), why=row.why)
        for row in shown
    ]
    if (more := len(aside) - len(lines)) > 0:
        lines.append(_n("and {count} more", "and {count} more", more))
    return tuple(lines)


def correct_first(
    heading: Text, problems: Sequence[TableProblem], file: File | None, again: Action, empty: Button, *ways_on: Button
) -> View:
    """Return the message that nothing can be imported from a table, with the first few of its problems.

    `file` is a copy of the table to correct, which is attached; if it is None, the button `empty`, which makes a table
    to fill in, is shown instead. `again` opens the form to which the corrected file is sent. `ways_on` are further
    buttons.
    """
    return View(
        (Strong(heading), *located_together(problems)[:_SHOWN]),
        (Button(_("Send it again"), again, style="primary"), *(() if file else (empty,)), *ways_on),
        attachments=(file,) if file else (),
    )
