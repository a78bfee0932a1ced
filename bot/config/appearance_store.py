"""The SQL of how the gathering looks: its colour and logos as chosen in chat. Each choice is a row; the last counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from bot.content.branding import Branding
from bot.database.engine import Transaction

_KEPT = 10
"""How many of the last choices are stored, each with its pictures, so that they can be undone."""


async def version(tx: Transaction) -> int:
    """Return the number of the present look, which changes with each choice; 0 before anything was chosen in chat."""
    return await tx.value(int, "SELECT COALESCE(MAX(id), 0) FROM appearances")


async def present(tx: Transaction, configured: Branding) -> Branding:
    """Return how the gathering looks now.

    `configured` is its name and look according to config.toml, which hold unless organisers chose another look.
    """
    stored = await tx.value_or_none(str, "SELECT look FROM appearances ORDER BY id DESC LIMIT 1")
    return replace(configured, **json.loads(stored)) if stored else configured


async def choose(tx: Transaction, branding: Branding) -> int:
    """Store the colour and the logos that organisers chose, logos with their content. Returns the choice's number."""
    look = {key: value for key, value in asdict(branding).items() if key != "name"}
    chosen = await tx.value(int, "INSERT INTO appearances (look) VALUES (:look) RETURNING id", look=json.dumps(look))
    await tx.run(
        "DELETE FROM appearances WHERE id NOT IN (SELECT id FROM appearances ORDER BY id DESC LIMIT :kept)", kept=_KEPT
    )
    return chosen


async def take_back(tx: Transaction, choice: int) -> None:
    """Delete a choice of colour and logos. If it was the last one, the gathering looks again as it did before."""
    await tx.run("DELETE FROM appearances WHERE id = :choice", choice=choice)


async def dressed(tx: Transaction, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the payload of a background job, after replacing its colour and logos with the present ones.

    A payload without `branding` is returned unchanged.
    """
    if "branding" not in payload:
        return payload
    return {**payload, "branding": asdict(await present(tx, Branding(**payload["branding"])))}
