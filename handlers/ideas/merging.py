"""Making two ideas one, and two again. It can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.texts import Strong, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, note
from handlers.ideas import likeness, moderation_store, store
from handlers.ideas.actions import PartIdeas
from handlers.ideas.messages import glimpse, label
from handlers.ideas.moderating import their_idea, touch, ways_on
from handlers.navigation.changes import inverses
from handlers.workshops.actions import MergeIdea, OpenIdea
from handlers.workshops.model import Idea

routes = Routes()

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
    stems = dict(await moderation_store.stems(request.tx, idea.group_id, idea.phase))
    own = stems.pop(idea.id)
    alike = [each for each, _likeness in likeness.alike(own, list(stems.items()), _OPTIONS)]
    offered = [*alike, *(each for each in stems if each not in alike)]
    back = (Button(_("Back to the idea"), OpenIdea(idea.id)),)
    if not offered:
        return reply(_("There is no other idea yet that it could go into."), buttons=back)
    at = max(0, min(action.at, len(offered) - 1))
    found = [await store.find(request.tx, each) for each in offered[at : at + _OPTIONS]]
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
    moved = [each.id for each in await moderation_store.merged_into(request.tx, idea.id)]
    await moderation_store.put_into(request.tx, (idea.id, *moved), target.id)
    await touch(request, idea)
    said = _("«{idea}» is part of «{other}» now", idea=glimpse(idea.text), other=glimpse(target.text))
    noted = _("«{idea}» is part of another idea now", idea=glimpse(idea.text))  # one author's words in one entry
    undo = await note(request, f"idea:{idea.id}", noted, RestoreMerged(idea.id), {"target": target.id, "moved": moved})
    return reply(Strong(said), buttons=(undo, *await ways_on(request, target)), toast=_("Saved."))


async def _target(request: Request, idea: Idea, values: tuple[str, ...]) -> Idea:
    """The idea chosen, or what that went into meanwhile. Raises UserError where it cannot be."""
    if len(values) != 1 or not (values[0].isascii() and values[0].isdecimal() and len(values[0]) < 19):
        raise Stale
    target = await store.find(request.tx, int(values[0]))
    if target is not None and target.merged_into is not None:
        target = await store.find(request.tx, target.merged_into)
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
    now = {each.id for each in await moderation_store.merged_into(request.tx, target)}
    if idea.state != "live" or not {idea.id, *moved} <= now:
        raise changed_since()
    await moderation_store.put_into(request.tx, (idea.id,), None)
    await moderation_store.put_into(request.tx, moved, idea.id)
    await touch(request, idea)
    return Undone(buttons=await ways_on(request, idea))


@routes.action(PartIdeas, who=FACILITATOR)
async def part(request: Request, action: PartIdeas) -> Reply:
    """Whatever was merged into an idea stands by itself again."""
    idea = await their_idea(request, action.idea)
    parted = [each.id for each in await moderation_store.merged_into(request.tx, idea.id)]
    if not parted:
        return reply(_("Nothing was changed."), buttons=await ways_on(request, idea), toast=_("Already done."))
    await moderation_store.put_into(request.tx, parted, None)
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
        parted = await store.find(request.tx, each)
        alone = parted and parted.merged_into is None and not await moderation_store.merged_into(request.tx, each)
        if not (alone and parted and parted.group_id == idea.group_id and idea.counts):
            raise changed_since()
    await moderation_store.put_into(request.tx, values["parted"], idea.id)
    await touch(request, idea)
    return Undone(buttons=await ways_on(request, idea))
