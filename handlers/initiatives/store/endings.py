"""Records what people took back and the team took off, so that a restored backup does not show or give it again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.people import ending_store
from bot.people.declared import Declared, Ending

_KIND = "initiatives"
_CARD = "UPDATE initiative_cards SET {} WHERE participant_id = :one"
_TAKEN_BACK: Mapping[str, str] = {
    "block": (
        "INSERT INTO contact_blocks (participant_id, about_id, reported, at) VALUES (:one, :other, 0, :now)"
        " ON CONFLICT (participant_id, about_id) DO NOTHING"
    ),
    "yes": "UPDATE contact_answers SET yes = 0 WHERE participant_id = :one AND about_id = :other AND yes = 1",
    "contact": "DELETE FROM contacts WHERE participant_id = :one AND about_id = :other",
    "card": _CARD.format("shown = 0") + " AND shown = 1",
    "reported": _CARD.format("state = 'reported'") + " AND state = ''",
    "off": _CARD.format("state = 'off'") + " AND state <> 'off'",
    **{means: _CARD.format(f"{means} = ''") + f" AND {means} <> ''" for means in ("mail", "phone", "handle")},
}
"""The statements that take something back again, by what it is, from `:one` person and, of some, about the `:other`."""


async def record(tx: Transaction, what: str, *people: int, back: bool = False) -> None:
    """Record that something of the first of `people` was taken back: a key of `_TAKEN_BACK`.

    For a «yes», a contact or a block, the second of `people` is the person whom it is about. If `back` is True, it is
    recorded instead that it holds again.
    """
    marks = [await ending_store.fingerprint(tx, person) for person in people]
    await ending_store.record_endings(tx, _KIND, [" ".join((what, *marks))], back=back)


async def _again(tx: Transaction, _declared: Declared, whats: Collection[str], now: datetime) -> int:
    known = await ending_store.fingerprints(tx)
    ended = 0
    for what, *marks in map(str.split, whats):
        one, *other = (known.get(mark) for mark in marks)
        if one is not None and None not in other:
            names = {"other": other[0]} if other else {}
            names |= {"now": to_micros(now)} if what == "block" else {}
            ended += await tx.run(_TAKEN_BACK[what], one=one, **names)
    return ended


ENDINGS = (Ending(kind=_KIND, again=_again),)
