"""Stores the practical information of the configuration file when the bot first starts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.content import markdown
from bot.content.stored_texts import encode
from bot.database.engine import Transaction
from handlers.practical import store
from handlers.practical.model.sections import SectionChange, change
from handlers.practical.settings import PracticalSettings


def _parts(section: PracticalSettings, order: int) -> dict[str, Any]:
    """Return the parts of a section as the configuration file says. What is the example's, somebody has to confirm."""
    return {
        "order": order,
        **{f"title.{locale}": title for locale, title in section.title.items()},
        **{f"text.{locale}": [*map(encode, markdown.read(text))] for locale, text in section.text.items()},
        "link": [section.link_label, section.link] if section.link else None,
        "place": [section.address, section.map] if section.address or section.map else None,
        "words": section.words,
        **{f"unconfirmed.{locale}": True for locale in section.invented},
    }


async def _changes(tx: Transaction, settings: Settings) -> Sequence[SectionChange]:
    """Return the changes that make the stored sections the same as in the configuration file.

    Sections that are only in the database stay, and so do their order and what the file does not name.
    """
    changes: list[SectionChange] = []
    for order, configured in enumerate(settings.all_of(PracticalSettings), start=1):
        section = await store.find_section(tx, configured.key)
        parts = _parts(configured, order)
        if section:
            same = [
                locale for locale in configured.text if parts[f"text.{locale}"] == section.parts.get(f"text.{locale}")
            ]
            stay = {"order", *(f"{part}.{locale}" for part in ("text", "unconfirmed") for locale in same)}
            parts = {part: value for part, value in parts.items() if value and part not in stay}
        if (section_change := change(section, configured.key, parts)).parts:
            changes.append(section_change)
    return changes


async def _write(tx: Transaction, settings: Settings) -> None:
    for section_change in await _changes(tx, settings):
        await store.put_section(tx, section_change.key, section_change.applied_to({}))


async def _differences(tx: Transaction, settings: Settings, _now: datetime) -> Sequence[str]:
    """Return a line for each section that is new or different in the configuration file."""
    lines: list[str] = []
    for section_change in await _changes(tx, settings):
        if await store.find_section(tx, section_change.key) is None:
            lines.append(f"practical information {section_change.key}: only in the file")
        else:
            lines.append(
                f"practical information {section_change.key}: {', '.join(sorted(section_change.parts))} as in the file"
            )
    return lines


async def _apply(tx: Transaction, settings: Settings, now: datetime) -> None:
    """Add and change sections as the configuration file says, and tell who read them lately."""
    from handlers.practical import service

    await service.publish(tx, await _changes(tx, settings), now)


SEED = Seed(write=_write, once=store.SEEDED, differences=_differences, apply=_apply, order=30)
