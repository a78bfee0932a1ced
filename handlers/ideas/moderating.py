"""Keeping a wall readable: hiding ideas, taking in what came late. All of it can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.texts import Span, Strong, Text, _
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, note
from bot.delivery import outbox, standing
from bot.people import facilitator_store
from handlers.ideas import late as late_ideas
from handlers.ideas import layout, moderation_store, store, wall_store
from handlers.ideas.actions import LeaveOut, ShowAgain, TakeIn
from handlers.ideas.messages import glimpse
from handlers.navigation.changes import inverses
from handlers.workshops.actions import HideIdea, OpenIdea, SetAside, ShowWall
from handlers.workshops.messages import phase_title
from handlers.workshops.model import Idea, IdeaState
from handlers.workshops.service import group_to_run
from handlers.workshops.store import run_of

routes = Routes()


@dataclass(frozen=True, slots=True)
class RestoreHidden(Action):
    """Hide an idea again, or show it again, as it was."""

    code: ClassVar[str] = "wqr"
    idea: int


@dataclass(frozen=True, slots=True)
class RestoreOffered(Action):
    """Put an idea that came late back among those to decide on."""

    code: ClassVar[str] = "wlr"
    idea: int


async def their_idea(request: Request, idea_id: int) -> Idea:
    """An idea of a group the person runs. Raises Stale for one that is gone, UserError for another's."""
    idea = await store.find(request.tx, idea_id)
    if idea is None or (idea.group_id is None and not request.participant.organises):
        raise Stale
    if idea.group_id is not None:
        await group_to_run(request.tx, request.participant, idea.group_id)
    return idea


async def touch(request: Request, idea: Idea) -> None:
    """Panels show the change soon."""
    if idea.group_id is not None:
        await facilitator_store.touch_panels(request.tx, (idea.group_id,))


async def ways_on(request: Request, idea: Idea) -> tuple[Button, ...]:
    """To an idea's card, if it can be read, and to the wall of its group."""
    run = await run_of(request.tx, idea.group_id, idea.phase) if idea.group_id is not None else None
    see = (Button(_("See the idea"), OpenIdea(idea.id)),) if layout.shared(idea) else ()
    wall = (Button(_("The wall"), ShowWall(run.id)),) if run else ()
    return *see, *wall


# --- hiding


@routes.action(HideIdea, who=FACILITATOR)
async def hide(request: Request, action: HideIdea) -> Reply:
    """Off the wall, the votes and the exports; the author sees it among their own as before."""
    return await _hide(request, action.idea, hidden=True)


@routes.action(ShowAgain, who=FACILITATOR)
async def show_again(request: Request, action: ShowAgain) -> Reply:
    """Back on the wall, with its votes and what was merged into it."""
    return await _hide(request, action.idea, hidden=False)


async def _hide(request: Request, idea_id: int, *, hidden: bool) -> Reply:
    idea = await their_idea(request, idea_id)
    if idea.state != "live":
        raise Stale
    if not await moderation_store.set_hidden(request.tx, idea.id, hidden):
        return reply(_("Nothing was changed."), buttons=await ways_on(request, idea), toast=_("Already done."))
    await touch(request, idea)
    words = glimpse(idea.text)
    said = _("«{idea}» is hidden", idea=words) if hidden else _("«{idea}» can be read again", idea=words)
    await standing.settle(request.tx, late_ideas.subject(idea.id), _("This is decided."), request.now)
    undo = await note(request, f"idea:{idea.id}", said, RestoreHidden(idea.id), {"after": hidden})
    more = (_("It is off the wall, the votes and the exports. Nobody was told."),) if hidden else ()
    return reply(Strong(said), *more, buttons=(undo, *await ways_on(request, idea)), toast=_("Saved."))


@inverses.declare(RestoreHidden, who=FACILITATOR)
async def restore_hidden(request: Request, action: RestoreHidden, values: Values) -> Undone:
    """As before: shown, or hidden."""
    idea = await their_idea(request, action.idea)
    if not await moderation_store.set_hidden(request.tx, idea.id, not values["after"]):
        raise changed_since()
    await touch(request, idea)
    return Undone(buttons=await ways_on(request, idea))


# --- what is set aside


@routes.action(SetAside, who=FACILITATOR)
async def set_aside(request: Request, action: SetAside) -> Reply:
    """What came late and awaits a decision, then what is hidden."""
    run, phase = await layout.the_run(request.tx, action.run)
    await group_to_run(request.tx, request.participant, run.group_id)
    late = await moderation_store.late(request.tx, run.group_id, run.phase)
    hidden = await moderation_store.hidden(request.tx, run.group_id, run.phase)
    found = [each.id for each in (*late, *hidden)]
    first = max(1, min(action.at, len(found)))
    entries = await wall_store.entries(request.tx, found[first - 1 : first - 1 + layout.PER_PAGE])
    shown = await layout.listed(request, entries, phase, layout.Ballot())
    group = await layout.whole_title(request.tx, run.group_id)
    return reply(
        Strong(_("Set aside in {phase}, {group}", phase=phase_title(phase), group=group)),
        _how_many(len(late), len(hidden)),
        choice=layout.to_open(shown, "l", first),
        buttons=(
            *layout.turning(first, len(shown), len(found), lambda rank: SetAside(run.id, rank)),
            Button(_("The wall"), ShowWall(run.id)),
        ),
    )


def _how_many(late: int, hidden: int) -> Text:
    if not (late or hidden):
        return _("Nothing is set aside.")
    return _("Came late: {late}. Hidden: {hidden}.", late=late, hidden=hidden)


@routes.action(TakeIn, who=FACILITATOR)
async def take_in(request: Request, action: TakeIn) -> Reply:
    """An idea that came late joins the others, and its author is told."""
    return await _decide(request, action.idea, taken=True)


@routes.action(LeaveOut, who=FACILITATOR)
async def leave_out(request: Request, action: LeaveOut) -> Reply:
    """It stays with its author alone."""
    return await _decide(request, action.idea, taken=False)


async def _decide(request: Request, idea_id: int, *, taken: bool) -> Reply:
    idea = await their_idea(request, idea_id)
    if idea.state != "offered":
        return reply(_("Nothing was changed."), buttons=await ways_on(request, idea), toast=_("Already done."))
    after: IdeaState = "live" if taken else "late"
    await store.set_state(request.tx, idea.id, after)
    await touch(request, idea)
    words = glimpse(idea.text)
    if taken:
        await _tell_author(request, idea, _("Your late idea is on the wall: «{idea}»", idea=words))
        said = _("«{idea}» is added to the wall", idea=words)
    else:
        said = _("«{idea}» is left out; its author keeps it", idea=words)
    await standing.settle(request.tx, late_ideas.subject(idea.id), _("This is decided."), request.now)
    undo = await note(request, f"idea:{idea.id}", said, RestoreOffered(idea.id), {"after": after})
    ways = await ways_on(request, replace(idea, state=after))
    return reply(Strong(said), buttons=(undo, *ways), toast=_("Saved."))


@inverses.declare(RestoreOffered, who=FACILITATOR)
async def restore_offered(request: Request, action: RestoreOffered, values: Values) -> Undone:
    """It awaits a decision again."""
    idea = await their_idea(request, action.idea)
    if idea.state != values["after"] or idea.merged_into is not None or idea.hidden:
        raise changed_since()
    await store.set_state(request.tx, idea.id, "offered")
    await touch(request, idea)
    if values["after"] == "live":
        await _tell_author(
            request, idea, _("Your late idea is with the facilitator again: «{idea}»", idea=glimpse(idea.text))
        )
    return Undone(buttons=await ways_on(request, replace(idea, state="offered")))


async def _tell_author(request: Request, idea: Idea, said: Span) -> None:
    if idea.author_id is None or idea.author_id == request.participant.id:
        return
    run = await run_of(request.tx, idea.group_id, idea.phase) if idea.group_id is not None else None
    wall = (Button(_("The wall"), ShowWall(run.id)),) if run else ()
    await outbox.notify(request.tx, idea.author_id, View((said,), wall), request.now)
