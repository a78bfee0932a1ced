"""Stores the colour and the logo from config.toml at the first start; organisers then change them in chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.config import appearance_store
from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.content.branding import Branding
from bot.database.engine import Transaction
from bot.files.logo import address_of, read_logo


def _configured(settings: Settings) -> Branding:
    """Return what the file says, with the content of the logo; without a logo that cannot be used."""
    branding = settings.gathering.branding
    logo = read_logo(branding)
    return replace(branding, logo=address_of(logo) if logo else "")


async def _write(tx: Transaction, settings: Settings) -> None:
    await appearance_store.choose(tx, _configured(settings))


async def _differences(tx: Transaction, settings: Settings, _now: datetime) -> Sequence[str]:
    wanted = _configured(settings)
    stored = await appearance_store.present(tx, wanted)
    lines = []
    if stored.colour != wanted.colour:
        lines.append(f"gathering.colour: {stored.colour} -> {wanted.colour}")
    if stored.logo != wanted.logo:
        lines.append(f"gathering.logo: {'another' if stored.logo else 'none'} -> {settings.gathering.logo or 'none'}")
    return lines


async def _apply(tx: Transaction, settings: Settings, _now: datetime) -> None:
    """Store the colour and the logo of the file; the partners stay, which the file does not name."""
    wanted = _configured(settings)
    stored = await appearance_store.present(tx, wanted)
    await appearance_store.choose(tx, replace(stored, colour=wanted.colour, logo=wanted.logo))


SEED = Seed(write=_write, once="appearance_seeded", differences=_differences, apply=_apply, order=5)
