"""What practical information answers to hooks of lower capabilities: figures, and the gathering's address."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import Name, _
from bot.database.engine import Transaction
from handlers.practical import store
from handlers.results.hooks import MoreRow, MoreSheet


async def address(tx: Transaction) -> str:
    """Return the address of the first section that has one and that people read; '' if none has."""
    return next((section.address for section in await store.confirmed_sections(tx) if section.address), "")


async def sheets(tx: Transaction) -> Sequence[MoreSheet]:
    """Return a sheet with how many questions each section answered, and how many the team was asked after all."""
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
