"""Sends the list of a safety check as a file and on paper, as the list is at that minute; neither is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from bot.content.errors import existing
from bot.content.texts import ISOLATES, Moment, Span, _, plain
from bot.content.views import Button, File, Later, Reply, View
from bot.conversation.preloading import Perform
from bot.conversation.routes import ORGANISER, Request, Routes
from handlers.navigation.actions import BACK
from handlers.navigation.tables import to_take_along
from handlers.trust import service, store
from handlers.trust.actions import OpenCheck, TakeList
from handlers.trust.drawing import draw_list
from handlers.trust.messages import counts, group_line, how, marked
from handlers.trust.model import SHOWN_FOR, SafetyCheck, SafetyList

routes = Routes()

_HEADINGS = (_("Group"), _("Room"), _("Name"), _("Safe"), _("State"))


@routes.press(TakeList, who=ORGANISER)
async def take_list(request: Request, check_id: int) -> Reply:
    """Send the list of a safety check as a table and as a page to print; both files are hidden after an hour.

    Both say at which time they were made. They are secret, so they are not stored, and are in no backup.
    """
    check = existing(await store.find_check(request.tx, check_id))
    on_list = await service.list_for(request.tx, check, None)
    groups = on_list.groups
    as_of = _("As of {time}. Out of date after this minute: look at the list again.", time=Moment(request.now))
    draw = partial(_draw, request=request, check=check, on_list=on_list, as_of=as_of)
    pdf = await request.preload(("safety list", check.id), draw)
    named = frozenset(person.id for group in groups for person in group.people)
    table = to_take_along(_("safety.csv"), _HEADINGS, _rows(request, on_list, as_of), request.reader, named)
    paper = File(_("safety.pdf"), pdf, "application/pdf", named)
    buttons = (Button(_("See the list"), OpenCheck(check.id)), BACK)
    view = View((marked(check, as_of),), buttons, attachments=(table, paper), secret=True)
    hidden = View((_("These files were hidden after an hour: they are out of date."),), buttons, quiet=True)
    return Reply(view, fresh=True, later=Later(request.now + SHOWN_FOR, hidden))


def _words(span: Span, request: Request) -> str:
    return plain(span, request.reader).translate(ISOLATES)


def _rows(request: Request, on_list: SafetyList, as_of: Span) -> Sequence[Sequence[str]]:
    rows = [
        [
            _words(group.title, request),
            group.room,
            person.full_name,
            _words(_("yes") if person.is_safe else _("no"), request),
            _words(how(person), request),
        ]
        for group in on_list.groups
        for person in group.people
    ]
    return [*([_words(line, request), "", "", "", ""] for line in (as_of, *counts(on_list))), *rows]


async def _draw(_perform: Perform, *, request: Request, check: SafetyCheck, on_list: SafetyList, as_of: Span) -> bytes:
    """Draw the page in a thread: that takes longer than a transaction may."""
    title = _words(marked(check, _("Are you safe?")), request)
    drawn = [
        {
            "title": _words(group_line(group), request),
            "people": [
                {"name": person.full_name, "how": _words(how(person), request), "safe": person.is_safe}
                for person in group.people
            ],
        }
        for group in on_list.groups
    ]
    said = [_words(line, request) for line in counts(on_list)]
    look = request.settings.gathering.look(request.locale)
    return await asyncio.to_thread(draw_list, title, _words(as_of, request), said, drawn, look)
