"""Reads the words of ideas that messages quote by reference (`bot.people.reference_store`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.database.engine import Row, Transaction
from handlers.ideas.model import QuotedFor, parse_quote_key


async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return pairs of a key and its words, for each quoted idea that the readers of the quote may read.

    A key is an idea's id. «.own» follows if only its author reads the quote, «.led» if people who run workshops do.
    `kind` must be «idea»; for any other kind, nothing is returned.
    """
    if kind != "idea":
        return ()
    wanted = {key: parse_quote_key(key) for key in keys}
    ids = ", ".join(str(number) for number in sorted({number for number, _reader in wanted.values()}))
    rows = await tx.all(f"SELECT id, text, state, hidden FROM ideas WHERE id IN ({ids})")
    found = {row["id"]: row for row in rows}
    return [
        (key, found[number]["text"])
        for key, (number, reader) in wanted.items()
        if number in found and _is_readable(found[number], reader)
    ]


def _is_readable(idea: Row, reader: QuotedFor) -> bool:
    """Return whether an idea can be read: a withdrawn one by its author, a hidden one also by who runs workshops."""
    if reader == "":
        return bool(idea["state"] == "live" and not idea["hidden"])
    return reader == "own" or idea["state"] != "withdrawn"
