"""Keeping a wall readable: hiding ideas, taking in what came late, making two one. All of it can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.texts import Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, note
from bot.delivery import outbox, standing
from bot.people import facilitator_store
from handlers.ideas import model, service, store
from handlers.ideas.actions import LeaveOut, PartIdeas, ShowAgain, TakeIn
from handlers.ideas.messages import glimpse, label
from handlers.ideas.participant import layout
from handlers.navigation.changes import inverses
from handlers.workshops.actions import HideIdea, MergeIdea, OpenIdea, SetAside, ShowWall
from handlers.workshops.messages import phase_title
from handlers.workshops.model import Idea, IdeaState
from handlers.workshops.service.facilitators import group_to_run
from handlers.workshops.store import run_of_group

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
    idea = await store.find_idea(request.tx, idea_id)
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
    run = await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id is not None else None
    see = (Button(_("See the idea"), OpenIdea(idea.id)),) if service.shared(idea) else ()
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
    if not await store.set_hidden(request.tx, idea.id, hidden):
        return reply(_("Nothing was changed."), buttons=await ways_on(request, idea), toast=_("Already done."))
    await touch(request, idea)
    words = glimpse(idea.text)
    said = _("«{idea}» is hidden", idea=words) if hidden else _("«{idea}» can be read again", idea=words)
    await standing.settle(request.tx, service.late_subject(idea.id), _("This is decided."), request.now)
    undo = await note(request, f"idea:{idea.id}", said, RestoreHidden(idea.id), {"after": hidden})
    more = (_("It is off the wall, the votes and the exports. Nobody was told."),) if hidden else ()
    return reply(Strong(said), *more, buttons=(undo, *await ways_on(request, idea)), toast=_("Saved."))


@inverses.declare(RestoreHidden, who=FACILITATOR)
async def restore_hidden(request: Request, action: RestoreHidden, values: Values) -> Undone:
    """As before: shown, or hidden."""
    idea = await their_idea(request, action.idea)
    if not await store.set_hidden(request.tx, idea.id, not values["after"]):
        raise changed_since()
    await touch(request, idea)
    return Undone(buttons=await ways_on(request, idea))


# --- what is set aside


@routes.action(SetAside, who=FACILITATOR)
async def set_aside(request: Request, action: SetAside) -> Reply:
    """What came late and awaits a decision, then what is hidden."""
    run, phase = await service.the_run(request.tx, action.run)
    await group_to_run(request.tx, request.participant, run.group_id)
    late = await store.late_ideas(request.tx, run.group_id, run.phase)
    hidden = await store.hidden_ideas(request.tx, run.group_id, run.phase)
    found = [each.id for each in (*late, *hidden)]
    first = max(1, min(action.at, len(found)))
    entries = await store.wall_entries(request.tx, found[first - 1 : first - 1 + layout.PER_PAGE])
    shown = await layout.listed(request, entries, phase, layout.Ballot())
    group = await service.whole_title(request.tx, run.group_id)
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
    await store.set_idea_state(request.tx, idea.id, after)
    await touch(request, idea)
    words = glimpse(idea.text)
    if taken:
        await _tell_author(request, idea, _("Your late idea is on the wall: «{idea}»", idea=words))
        said = _("«{idea}» is added to the wall", idea=words)
    else:
        said = _("«{idea}» is left out; its author keeps it", idea=words)
    await standing.settle(request.tx, service.late_subject(idea.id), _("This is decided."), request.now)
    undo = await note(request, f"idea:{idea.id}", said, RestoreOffered(idea.id), {"after": after})
    ways = await ways_on(request, replace(idea, state=after))
    return reply(Strong(said), buttons=(undo, *ways), toast=_("Saved."))


@inverses.declare(RestoreOffered, who=FACILITATOR)
async def restore_offered(request: Request, action: RestoreOffered, values: Values) -> Undone:
    """It awaits a decision again."""
    idea = await their_idea(request, action.idea)
    if idea.state != values["after"] or idea.merged_into is not None or idea.hidden:
        raise changed_since()
    await store.set_idea_state(request.tx, idea.id, "offered")
    await touch(request, idea)
    if values["after"] == "live":
        await _tell_author(
            request, idea, _("Your late idea is with the facilitator again: «{idea}»", idea=glimpse(idea.text))
        )
    return Undone(buttons=await ways_on(request, replace(idea, state="offered")))


async def _tell_author(request: Request, idea: Idea, said: Span) -> None:
    if idea.author_id is None or idea.author_id == request.participant.id:
        return
    run = await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id is not None else None
    wall = (Button(_("The wall"), ShowWall(run.id)),) if run else ()
    await outbox.notify(request.tx, idea.author_id, View((said,), wall), request.now)


# --- Making two ideas one, and two again. It can be undone.


_OPTIONS = 25
"""Ideas offered at once to merge into: what one menu holds on Discord."""


@dataclass(frozen=True, slots=True)
class IntoIdea(Action):
    """Merge an idea into the one chosen."""

    code: ClassVar[str] = "wji"
    idea: int


@dataclass(frozen=True, slots=True)
class RestoreMerged(Action):
    """Take an idea out of the one it went into."""

    code: ClassVar[str] = "wjr"
    idea: int


@dataclass(frozen=True, slots=True)
class RestoreParted(Action):
    """Put ideas back into the one they were taken out of."""

    code: ClassVar[str] = "wjs"
    idea: int


@routes.action(MergeIdea, who=FACILITATOR)
async def merge(request: Request, action: MergeIdea) -> Reply:
    """The ideas of the group that one can go into, the likest first."""
    idea = await their_idea(request, action.idea)
    if idea.group_id is None or not idea.counts:
        raise _elsewhere(idea)
    stems = dict(await store.stems_of_group(request.tx, idea.group_id, idea.phase))
    own = stems.pop(idea.id)
    alike = [each for each, _likeness in model.alike(own, list(stems.items()), _OPTIONS)]
    offered = [*alike, *(stem for stem in stems if stem not in alike)]
    back = (Button(_("Back to the idea"), OpenIdea(idea.id)),)
    if not offered:
        return reply(_("There is no other idea yet that it could go into."), buttons=back)
    at = max(0, min(action.at, len(offered) - 1))
    found = [await store.find_idea(request.tx, each) for each in offered[at : at + _OPTIONS]]
    before = (Button(_("◀ Previous"), MergeIdea(idea.id, max(0, at - _OPTIONS))),) if at else ()
    after = (Button(_("Next ▶"), MergeIdea(idea.id, at + _OPTIONS)),) if at + _OPTIONS < len(offered) else ()
    return reply(
        _("Into which idea does «{idea}» go?", idea=glimpse(idea.text, 100)),
        _("Its votes count there, a person once."),
        choice=Choice(
            IntoIdea(idea.id),
            tuple(Option(str(each.id), label(each.text)) for each in found if each),
            placeholder=_("Choose an idea"),
        ),
        buttons=(*before, *after, *back),
    )


@routes.choice(IntoIdea, who=FACILITATOR, rides=False)
async def into_idea(request: Request, action: IntoIdea, values: tuple[str, ...]) -> Reply:
    """Make one part of the other, with all that was merged into it."""
    idea = await their_idea(request, action.idea)
    if not idea.counts:
        raise _elsewhere(idea)
    target = await _target(request, idea, values)
    moved = [each.id for each in await store.merged_into(request.tx, idea.id)]
    await store.merge_into(request.tx, (idea.id, *moved), target.id)
    await touch(request, idea)
    said = _("«{idea}» is part of «{other}» now", idea=glimpse(idea.text), other=glimpse(target.text))
    noted = _("«{idea}» is part of another idea now", idea=glimpse(idea.text))  # one author's words in one entry
    undo = await note(request, f"idea:{idea.id}", noted, RestoreMerged(idea.id), {"target": target.id, "moved": moved})
    return reply(Strong(said), buttons=(undo, *await ways_on(request, target)), toast=_("Saved."))


async def _target(request: Request, idea: Idea, values: tuple[str, ...]) -> Idea:
    """The idea chosen, or what that went into meanwhile. Raises UserError where it cannot be."""
    if len(values) != 1 or not (values[0].isascii() and values[0].isdecimal() and len(values[0]) < 19):
        raise Stale
    target = await store.find_idea(request.tx, int(values[0]))
    if target is not None and target.merged_into is not None:
        target = await store.find_idea(request.tx, target.merged_into)
    if target is None or target.group_id != idea.group_id or target.phase != idea.phase:
        raise Stale
    if target.id == idea.id:
        raise UserError(_("These two are one already."), buttons=(Button(_("See the idea"), OpenIdea(idea.id)),))
    if not target.counts:
        raise UserError(
            _("That idea was hidden or withdrawn meanwhile, so nothing was changed."),
            buttons=(Button(_("Choose another one"), MergeIdea(idea.id)),),
        )
    return target


def _elsewhere(idea: Idea) -> UserError:
    """The refusal where an idea does not stand by itself any more."""
    said = (
        _("It was hidden or withdrawn meanwhile, so nothing was changed.")
        if idea.merged_into is None
        else _("It went into another idea meanwhile, so nothing was changed.")
    )
    return UserError(said, buttons=(Button(_("See the idea"), OpenIdea(idea.merged_into or idea.id)),))


@inverses.declare(RestoreMerged, who=FACILITATOR)
async def restore_merged(request: Request, action: RestoreMerged, values: Values) -> Undone:
    """Two ideas again, each with what was merged into it before."""
    idea = await their_idea(request, action.idea)
    target, moved = values["target"], values["moved"]
    now = {each.id for each in await store.merged_into(request.tx, target)}
    if idea.state != "live" or not {idea.id, *moved} <= now:
        raise changed_since()
    await store.merge_into(request.tx, (idea.id,), None)
    await store.merge_into(request.tx, moved, idea.id)
    await touch(request, idea)
    return Undone(buttons=await ways_on(request, idea))


@routes.action(PartIdeas, who=FACILITATOR)
async def part(request: Request, action: PartIdeas) -> Reply:
    """Whatever was merged into an idea stands by itself again."""
    idea = await their_idea(request, action.idea)
    parted = [each.id for each in await store.merged_into(request.tx, idea.id)]
    if not parted:
        return reply(_("Nothing was changed."), buttons=await ways_on(request, idea), toast=_("Already done."))
    await store.merge_into(request.tx, parted, None)
    await touch(request, idea)
    said = _n(
        "{count} idea stands beside «{idea}» again",
        "{count} ideas stand beside «{idea}» again",
        len(parted),
        idea=glimpse(idea.text),
    )
    undo = await note(request, f"idea:{idea.id}", said, RestoreParted(idea.id), {"parted": parted})
    return reply(Strong(said), buttons=(undo, *await ways_on(request, idea)), toast=_("Saved."))


@inverses.declare(RestoreParted, who=FACILITATOR)
async def restore_parted(request: Request, action: RestoreParted, values: Values) -> Undone:
    """One idea again."""
    idea = await their_idea(request, action.idea)
    for each in values["parted"]:
        parted = await store.find_idea(request.tx, each)
        alone = parted and parted.merged_into is None and not await store.merged_into(request.tx, each)
        if not (alone and parted and parted.group_id == idea.group_id and idea.counts):
            raise changed_since()
    await store.merge_into(request.tx, values["parted"], idea.id)
    await touch(request, idea)
    return Undone(buttons=await ways_on(request, idea))
