"""What came after the end of a phase and was sent to the facilitator: who is told, and decides."""

from __future__ import annotations

from bot import walls
from bot.delivery import outbox
from bot.domain.workshops import Idea
from bot.idea_words import words_of
from bot.routes import FACILITATOR, Request
from bot.storage import facilitators
from bot.texts import Span, Strong, _
from bot.views import Button, View
from bot.wall_actions import LeaveOut, TakeIn
from bot.workshop_actions import OpenIdea


async def offer(request: Request, idea: Idea) -> None:
    """Tell who runs the group's phases of an idea that was sent to them; the organisers where nobody does."""
    if idea.group_id is None:
        return
    said: Span = _("An idea came after the end, in {group}:", group=await walls.whole_title(request, idea.group_id))
    view = View(
        (Strong(said), words_of(idea.text)),
        (
            Button(_("Add it to the wall"), TakeIn(idea.id), style="primary"),
            Button(_("Leave it out"), LeaveOut(idea.id)),
            Button(_("See the idea"), OpenIdea(idea.id)),
        ),
        who=FACILITATOR,
    )
    deciding = await facilitators.of_group(request.tx, idea.group_id)
    told = [
        await outbox.notify(request.tx, each, view, request.now, about=idea.author_id, subject=subject(idea.id))
        for each in deciding
    ]
    if not any(told):
        await outbox.notify_organisers(request.tx, view, request.now, about=idea.author_id, subject=subject(idea.id))


def subject(idea_id: int) -> str:
    """What messages that ask to decide on an idea are known by."""
    return f"idea:{idea_id}"
