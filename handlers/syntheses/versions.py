"""Earlier versions of what a group keeps of a phase: read, and taken back."""

from __future__ import annotations

from bot.content.texts import Moment, Span, Strong, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Request, Routes
from bot.people import facilitator_store
from handlers.syntheses import store
from handlers.syntheses.actions import Earlier, TakeBack
from handlers.syntheses.messages import content_lines
from handlers.syntheses.model import changed
from handlers.syntheses.screen import show
from handlers.syntheses.service import heading, name_of, of_version, opened, post

routes = Routes()

_PAGE = 3


@routes.action(Earlier)
async def earlier(request: Request, action: Earlier) -> Reply:
    """A page of them, newest first, each as far as it differs from what stands now."""
    at = await opened(request.tx, request.participant, action.run)
    present = await store.current(request.tx, at.group.id, at.phase.key)
    every = await store.past(request.tx, at.group.id, at.phase.key)
    if present is None or not every:
        return await show(request, at)
    pages = -(-len(every) // _PAGE)
    page = min(max(1, action.page), pages)
    lines: list[Span] = [heading(at.phase), _("Earlier versions, where they differ from what stands now:")]
    buttons: list[Button] = []
    for number, each in list(enumerate(every, start=1))[(page - 1) * _PAGE : page * _PAGE]:
        name, time = await name_of(request.tx, each.author_id), Moment(each.created_at, "time")
        lines += ["", Strong(_("{number}. {name}, {time}", number=number, name=name, time=time))]
        differing = changed(present.content, each.content)
        said = content_lines(at.phase.collects, each.content, only=differing)
        lines += said or [_("The same as what stands now")]
        if differing:
            buttons.append(Button(_("Restore version {number}", number=number), TakeBack(each.id, present.id)))
    if page < pages:
        buttons.append(Button(_("Older ones"), Earlier(at.run.id, page + 1)))
    if page > 1:
        buttons.append(Button(_("Newer ones"), Earlier(at.run.id, page - 1)))
    return reply(*lines, buttons=(*buttons, at.button))


@routes.action(TakeBack)
async def take_back(request: Request, action: TakeBack) -> Reply:
    """Let an earlier version stand again, if nobody changed what stood meanwhile; that one is kept too."""
    version, at = await of_version(request.tx, request.participant, action.version)
    if await store.take_back(request.tx, version, action.current):
        await post(request.tx, at, request.now)
        await facilitator_store.touch_panels(request.tx, [at.group.id])
        return await show(request, at, toast=_("Restored. The other version is kept."))
    return await show(request, at, _("Someone was faster: this is what stands now."))
