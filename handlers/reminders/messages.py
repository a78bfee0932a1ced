"""Texts that name what a reminder is about, and the message to organisers about reminders that were not sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.background.reminder_store import Reminder
from bot.background.reminding import Subject, kind_of
from bot.content.texts import Span, _, _n
from bot.content.views import View
from bot.database.engine import Transaction

LATE = _("This reminder is late: I was down for a while.")
_MOST_NAMED = 5


def missed_view(missed: Sequence[Span]) -> View:
    """Return the message to organisers about reminders that were not sent because the bot was down.

    `missed` has a line for each reminder; the first five are shown, and the number of the others.
    """
    lines: list[Span] = [
        # L10N: never zero
        _n(
            "A reminder was not sent: I was down when it was due.",
            "{count} reminders were not sent: I was down when they were due.",
            len(missed),
        ),
        *missed[:_MOST_NAMED],
    ]
    if (more := len(missed) - _MOST_NAMED) > 0:
        lines.append(_n("and {count} more", "and {count} more", more))
    lines.append(_("If people need to know, announce it."))
    return View(tuple(lines))


async def missed_lines(tx: Transaction, subjects: Mapping[str, Subject], missed: Sequence[Reminder]) -> Sequence[Span]:
    """Return a line for each reminder that was given up (never sent), in the order in which they were due.

    Reminders of the same subject at the same lead (the time before the subject) share a line. Subjects that no longer
    take place have no line. `subjects` are the declared kinds of things that people are reminded of, by kind.
    """
    first = {(each.subject, each.lead, each.participant_id is None): each for each in reversed(missed)}
    in_order = sorted(first.values(), key=lambda reminder: (reminder.due, reminder.id))
    lines = [await name_line(tx, subjects, reminder) for reminder in in_order]
    return [line for line in lines if line is not None]


async def name_line(tx: Transaction, subjects: Mapping[str, Subject], reminder: Reminder) -> Span | None:
    """Return one line that names the subject of a reminder; None if the subject no longer takes place.

    `subjects` are the declared kinds of things that people are reminded of, by kind.
    """
    subject = subjects.get(kind_of(reminder.subject))
    return await subject.name(tx, reminder) if subject else None
