"""What came after the end of a phase and was sent to the facilitator: who is told, and decides."""

from __future__ import annotations

from datetime import datetime

from bot.content.texts import Span, Strong, _
from bot.content.views import Button, View
from bot.conversation.routes import FACILITATOR
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import facilitator_store
from handlers.ideas import layout
from handlers.ideas.actions import LeaveOut, TakeIn
from handlers.ideas.messages import words_of
from handlers.workshops.actions import OpenIdea
from handlers.workshops.model import Idea


async def offer(tx: Transaction, idea: Idea, now: datetime) -> None:
    """Tell who runs the group's phases of an idea that was sent to them; the organisers where nobody does."""
    if idea.group_id is None:
        return
    said: Span = _("An idea came after the end, in {group}:", group=await layout.whole_title(tx, idea.group_id))
    view = View(
        (Strong(said), words_of(idea.text)),
        (
            Button(_("Add it to the wall"), TakeIn(idea.id), style="primary"),
            Button(_("Leave it out"), LeaveOut(idea.id)),
            Button(_("See the idea"), OpenIdea(idea.id)),
        ),
        who=FACILITATOR,
    )
    deciding = await facilitator_store.of_group(tx, idea.group_id)
    told = [
        await outbox.notify(tx, each, view, now, about=idea.author_id, subject=subject(idea.id)) for each in deciding
    ]
    if not any(told):
        await outbox.notify_organisers(tx, view, now, about=idea.author_id, subject=subject(idea.id))


def subject(idea_id: int) -> str:
    """What messages that ask to decide on an idea are known by."""
    return f"idea:{idea_id}"
