"""The first moves the demo suggests, and which of them were made: seen in the store, whoever made them and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.domain.themes import Theme
from bot.storage.engine import Transaction
from bot.texts import Localised, Span, Text, _


@dataclass(frozen=True, slots=True)
class Move:
    """Something to try, and where."""

    what: Text
    how: Text


def suggested(scarce: Theme) -> tuple[Move, ...]:
    """The moves, in the order of `made`; `scarce` is the theme with a single place left."""
    title: Span = Localised(scarce.title)
    return (
        Move(
            _("Choose a theme"),
            _("As the participant. The last place of «{theme}»? Whoever comes next has to wait.", theme=title),
        ),
        Move(_("Ask the team"), _("As the participant: by the button, or simply by writing.")),
        Move(_("Answer the question"), _("As the organiser: the answer comes back to the participant.")),
        Move(
            _("Form the groups and publish them"),
            _("As the organiser: «Groups», «Form groups», «Keep», «Publish». Everyone reads their card."),
        ),
        Move(
            _("Announce something"),
            _("As the organiser: «Announce». It leaves after ten seconds. Then move the clock: reminders come too."),
        ),
    )


async def made(tx: Transaction, since: datetime) -> tuple[bool, ...]:
    """Which of the moves somebody made after an instant."""
    row = await tx.one(
        "SELECT (SELECT COUNT(*) FROM choices WHERE theme IS NOT NULL AND chosen_at > :since) AS chosen,"
        " (SELECT COUNT(*) FROM questions WHERE asked_at > :since) AS asked,"
        " (SELECT COUNT(*) FROM questions WHERE answered_at > :since) AS answered,"
        " (SELECT COUNT(*) FROM rounds WHERE published_at > :since) AS published,"
        " (SELECT COUNT(*) FROM announcements WHERE released_at > :since) AS announced",
        since=to_micros(since),
    )
    assert row is not None
    return tuple(row[what] > 0 for what in ("chosen", "asked", "answered", "published", "announced"))
