"""The organisers' switch that decides whether new ideas show their author's first name by default.

Authors can change that for each of their ideas. Earlier ideas are not affected.
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.texts import Span, Strong, Text, _
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from handlers.ideas.store import naming
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses

routes = Routes()


def _state(*, named: bool) -> Text:
    return _("New ideas show first names") if named else _("New ideas show no name, unless the person wants it")


@routes.press("ian", who=ORGANISER)
async def name_ideas(request: Request, named: bool) -> Reply:
    """Set the default for new ideas: with `named` they show their author's first name, otherwise they do not.

    Authors may choose otherwise for each idea.
    """
    summary = _state(named=named)
    undo: tuple[Button, ...] = ()
    changed = await naming.set_unnamed_by_default(request.tx, not named)
    if changed:
        undo = (await record_change(request, "ideas:names", summary, restore_names.to(), {"named": named}),)
    more: Span = _("Everyone can choose for their own ideas. Earlier ideas stay as they are.")
    other = LEAVE_NAMES_OUT if named else _NAME_AGAIN
    answer = reply(Strong(summary), more, buttons=(*undo, other, BACK))
    return replace(answer, toast=_("Saved.") if changed else _("Already done."))


# L10N: a button of organisers: whoever gives an idea from now on is not named beside it, unless they want to be
LEAVE_NAMES_OUT = Button(_("Ideas without names"), name_ideas.to(named=False))
# L10N: a button of organisers: whoever gives an idea from now on is named beside it, unless they do not want to be
_NAME_AGAIN = Button(_("Show names again"), name_ideas.to(named=True))


@inverses.declare("ianr")
async def restore_names(request: Request, values: Values) -> Undone:
    """Undo a change of whether new ideas show names. Raises UserError if it was changed again since."""
    if not await naming.set_unnamed_by_default(request.tx, values["named"]):
        raise changed_since()
    return Undone(buttons=(BACK,))


async def offer_names(request: Request) -> View:
    """Return the part of the organisers' screen about names beside ideas.

    The View is empty if new ideas show names, as is usual.
    """
    if not await naming.unnamed_by_default(request.tx):
        return View(())
    return View((_state(named=False),), (_NAME_AGAIN,))
