"""The first moves the demo suggests, and which of them were made: seen in the store, whoever made them and how."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.content.i18n import LOCALES
from bot.content.texts import Localised, Reader, Span, Text, _, file_name
from bot.database.engine import Transaction
from handlers.results.jobs import RESULTS
from handlers.themes.model import Theme

_MADE = ("chosen", "asked", "answered", "published", "announced", "started", "given", "voted", "taken")


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
        Move(
            _("Start the first phase"),
            _("Move the clock to the gathering. Then as the organiser: «Organise», «Run the workshops», «Start»."),
        ),
        Move(_("Give an idea"), _("As the participant: simply write it. In every group others write too.")),
        Move(
            _("Reveal the ideas and vote"),
            _("As the organiser: «Reveal the ideas». Then vote as the participant. «My panel» shows all groups."),
        ),
        Move(
            _("Take the results"),
            _("As the organiser: «Organise», «The results»: workbook, slides, booklet. Other phases make them grow."),
        ),
    )


async def made(tx: Transaction, since: datetime, visitors: Collection[int]) -> tuple[bool, ...]:
    """Which of the moves were made after an instant; ideas and votes count from the visitors only, by id."""
    called = {file_name(name, Reader(locale, "UTC")) for name in RESULTS.values() for locale in LOCALES}
    results = ", ".join(f"'{name}'" for name in sorted(called))
    mine = ", ".join(map(str, sorted(visitors)))
    row = await tx.one(
        "SELECT (SELECT COUNT(*) FROM choices WHERE theme IS NOT NULL AND chosen_at > :since) AS chosen,"
        " (SELECT COUNT(*) FROM questions WHERE asked_at > :since) AS asked,"
        " (SELECT COUNT(*) FROM questions WHERE answered_at > :since) AS answered,"
        " (SELECT COUNT(*) FROM rounds WHERE published_at > :since) AS published,"
        " (SELECT COUNT(*) FROM announcements WHERE released_at > :since) AS announced,"
        " (SELECT COUNT(*) FROM phase_runs WHERE started_at > :since) AS started,"
        f" (SELECT COUNT(*) FROM ideas WHERE author_id IN ({mine})) AS given,"
        f" (SELECT COUNT(*) FROM idea_votes WHERE participant_id IN ({mine})) AS voted,"
        f" (SELECT COUNT(*) FROM page_files WHERE name IN ({results})) AS taken",
        since=to_micros(since),
    )
    assert row is not None
    return tuple(row[what] > 0 for what in _MADE)
