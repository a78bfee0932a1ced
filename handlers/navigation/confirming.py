"""Remembers what organisers read and confirmed, such as the days of the gathering; each confirmation can be undone."""

from __future__ import annotations

from bot.config import setting_store
from bot.content.texts import Span, Strong
from bot.content.views import Reply, reply
from bot.conversation.routes import Request
from bot.conversation.undo import Values, changed_since, record_change
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses


async def confirmed(request: Request, subject: str) -> str:
    """Return what organisers confirmed about a subject, as `confirm` stored it; '' if they confirmed nothing yet."""
    return await setting_store.get(request.tx, _key(subject)) or ""


async def confirm(request: Request, subject: str, value: str, summary: Span) -> Reply:
    """Store that organisers confirmed a subject, and return the reply that says so, with a button to undo it.

    `value` is what they confirmed; once the subject has another value, they are asked again. `summary` describes the
    confirmation in the journal.
    """
    values = {"subject": subject, "before": await confirmed(request, subject), "after": value}
    await setting_store.put(request.tx, _key(subject), value)
    undo = await record_change(request, f"confirmed:{subject}", summary, take_back.to(), values)
    return reply(Strong(summary), buttons=(undo, BACK))


def _key(subject: str) -> str:
    return f"confirmed_{subject}"


@inverses.declare("icf")
async def take_back(request: Request, values: Values) -> None:
    """Undo a confirmation. Raises UserError if organisers confirmed something else since."""
    if await confirmed(request, values["subject"]) != values["after"]:
        raise changed_since()
    await setting_store.put(request.tx, _key(values["subject"]), values["before"])
