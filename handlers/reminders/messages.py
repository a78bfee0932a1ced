"""What a reminder was about, in a line; and what organisers read of reminders that were given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.background.reminder_store import Reminder
from bot.background.reminding import Subject, kind_of
from bot.content.texts import Span, _, _n
from bot.content.views import View
from bot.database.engine import Transaction

LATE = _("This reminder comes late: I was out of order for a while.")
_MOST_NAMED = 5


def missed_view(missed: Sequence[Span]) -> View:
    """Return the message to organisers about reminders that an outage prevented; `missed` are lines naming them."""
    lines: list[Span] = [
        # L10N: never zero
        _n(
            "A reminder was not sent: I was out of order when it was due.",
            "{count} reminders were not sent: I was out of order when they were due.",
            len(missed),
        ),
        *missed[:_MOST_NAMED],
    ]
    if (more := len(missed) - _MOST_NAMED) > 0:
        lines.append(_n("and {count} more", "and {count} more", more))
    lines.append(_("If people should know, announce it."))
    return View(tuple(lines))


async def missed_lines(tx: Transaction, subjects: Mapping[str, Subject], missed: Sequence[Reminder]) -> Sequence[Span]:
    """Return a line for each subject and lead whose reminders were given up; none for cancelled subjects.

    `subjects` are the subjects of reminders by kind.
    """
    first = {(each.subject, each.lead, each.participant_id is None): each for each in reversed(missed)}
    in_order = sorted(first.values(), key=lambda reminder: (reminder.due, reminder.id))
    lines = [await name_line(tx, subjects, reminder) for reminder in in_order]
    return [line for line in lines if line is not None]


async def name_line(tx: Transaction, subjects: Mapping[str, Subject], reminder: Reminder) -> Span | None:
    """Return what a reminder was about, in one line; None if its subject no longer takes place."""
    subject = subjects.get(kind_of(reminder.subject))
    return await subject.name(tx, reminder) if subject else None
