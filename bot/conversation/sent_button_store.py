"""The SQL that finds a button in the messages a person got, so that a link can lead to the button."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.hooks import collecting_hook
from bot.content.stored_views import unpack
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.people.reference_store import written_out

_MOST = 5
"""How many messages that may have a button are read."""


@collecting_hook
async def copied(tx: Transaction, participant_id: int) -> Sequence[View]:  # noqa: ARG001
    """Return the last messages to many, of which a person got a copy, with the buttons that such a copy has at first.

    Each capability answers this hook for its own messages to many, whose content is not stored with each copy.
    """
    return ()


async def find_sent(tx: Transaction, participant_id: int, payload: str) -> tuple[View, Button] | None:
    """Return the newest message to a person that has a button with this payload, an encoded action, and the button.

    Returns None if no message that is still stored has it.
    """
    contents = await tx.values(
        str,
        "SELECT content FROM deliveries WHERE participant_id = :id AND content LIKE :has ORDER BY id DESC LIMIT :most",
        id=participant_id,
        has=f'%"{payload}"%',
        most=_MOST,
    )
    views = [unpack(content, None) for content in await written_out(tx, contents)]
    for view in (*views, *await copied(tx, participant_id)):
        for button in view.buttons:
            if button.action and button.action.encode() == payload:
                return view, button
    return None
