"""Answers hooks of lower capabilities about practical information: figures, and the gathering's address."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import Name, _
from bot.database.engine import Transaction
from handlers.practical import store
from handlers.results.hooks import MoreRow, MoreSheet


async def address(tx: Transaction) -> str:
    """Return the address in the first section with an address that people can read; '' if there is no such section."""
    return next((section.address for section in await store.confirmed_sections(tx) if section.address), "")


async def sheets(tx: Transaction) -> Sequence[MoreSheet]:
    """Return the sheet of the workbook that counts, for each section, how many questions it answered.

    The sheet also has how many questions the section did not answer, so that they went to the team.
    """
    sections = {section.key: section for section in await store.all_sections(tx)}
    rows = [
        MoreRow(
            None,
            (
                sections[count.key].title if count.key in sections else Name(count.key),
                count.offered,
                count.spared,
                count.passed_on,
            ),
        )
        for count in await store.answer_counts(tx)
    ]
    # L10N: a sheet of the workbook, and the headings of its columns
    headings = (_("Section"), _("Offered as an answer"), _("Answered"), _("Went on to the team"))
    return (MoreSheet(_("Practical information"), headings, rows),)
