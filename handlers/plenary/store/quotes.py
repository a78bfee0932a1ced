"""Reads the audience's words that messages quote by reference (`bot.people.reference_store`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.database.engine import Transaction
from handlers.ideas.model import parse_quote_key

_WORDS = {
    "stagequestion": "SELECT id, text AS words, hidden_at FROM stage_questions",
    "stageanswer": "SELECT id, answer AS words, NULL AS hidden_at FROM stage_questions",
    "stageoffer": "SELECT id, offer AS words, NULL AS hidden_at FROM also_here",
}
"""How the words of each kind are read: a question, what a group answered to one, and how somebody could help."""


async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return the words that messages quote, as pairs of a key and its words.

    `kind` is «stagequestion», «stageanswer» or «stageoffer»; nothing is returned for other kinds. A key is the id of
    the question or the offer. «.own» follows if only its author reads the quote, «.led» if only organisers do; other
    readers do not get the words of a hidden question.
    """
    if kind not in _WORDS:
        return ()
    wanted = {key: parse_quote_key(key) for key in keys}
    ids = ", ".join(str(number) for number in sorted({number for number, _reader in wanted.values()}))
    found = {row["id"]: row for row in await tx.all(f"{_WORDS[kind]} WHERE id IN ({ids})")}
    return [
        (key, found[number]["words"])
        for key, (number, reader) in wanted.items()
        if number in found and (reader or found[number]["hidden_at"] is None)
    ]
