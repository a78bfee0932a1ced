"""The organisers' screen of recent changes, and undoing one of them."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import Moment, Span, _
from bot.content.views import Button, Reply, reply
from bot.conversation import journal_store
from bot.conversation.routes import FACILITATOR, ORGANISER, Request, Routes
from bot.conversation.undo import Inverses, Undo, author, is_open, ways_back, what
from handlers.navigation.actions import BACK
from handlers.navigation.layout import PER_PAGE

routes = Routes()
inverses = Inverses()
"""The functions that undo changes; each capability declares its own here."""


class RecentChanges(Action, code="oc"):
    """The button that shows the organisers' changes of the last day."""


@routes.press(RecentChanges, who=ORGANISER)
async def recent_changes(request: Request) -> Reply:
    """Show the organisers' changes of the last day, with a button to undo each that can still be undone."""
    entries = await journal_store.recent(request.tx, request.now - journal_store.KEPT, PER_PAGE)
    if not entries:
        return reply(_("Nothing was changed today."), buttons=(BACK,))
    lines: list[Span] = []
    buttons: list[Button] = []
    for number, entry in enumerate(entries, start=1):
        values = {"number": number, "what": what(entry), "name": author(entry), "time": Moment(entry.done_at, "time")}
        if entry.undone:
            lines.append(_("{number}. {what} ({name}, {time}), undone", **values))
        else:
            lines.append(_("{number}. {what} ({name}, {time})", **values))
        if is_open(entry, request):
            buttons.append(Button(_("Undo number {number}", number=number), Undo(entry.id)))
    return reply(*lines, buttons=(*buttons, BACK))


@routes.press(Undo, who=FACILITATOR)
async def undo(request: Request, entry_id: int) -> Reply:
    """Undo one change, and show the result. Raises UserError, which says why, if the change cannot be undone."""
    entry, undone = await inverses.undo(request, entry_id)
    recent = (Button(_("Recent changes"), RecentChanges()),) if request.participant.organises else ()
    return reply(
        # L10N: what was taken back, as {what} says: «Undone: {name} corrected»
        _("Undone: {what}", what=what(entry)),
        *undone.said,
        buttons=(*undone.buttons, *recent, *ways_back(request)),
    )
