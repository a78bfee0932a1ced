"""The screens with which facilitators moderate a wall: hide ideas, add late ones, and merge similar ones.

The wall is the list of a group's ideas. Every change can be undone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.content.errors import Stale, UserError
from bot.content.texts import Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.delivery import message_updates, outbox
from handlers.ideas import model, service
from handlers.ideas.actions import LeaveOut, PartIdeas, SetAside, ShowAgain, TakeIn
from handlers.ideas.messages import LABEL, idea_quote
from handlers.ideas.participant import layout
from handlers.ideas.store import ideas, moderation, walls
from handlers.ideas.store.stems import stems_of_group
from handlers.navigation.changes import inverses
from handlers.navigation.layout import PER_PAGE, around, paged_from
from handlers.workshops.actions import HideIdea, MergeIdea, OpenIdea, ShowWall
from handlers.workshops.messages import phase_title
from handlers.workshops.model import Idea, IdeaState
from handlers.workshops.service.facilitators import group_to_run
from handlers.workshops.store.runs import run_of_group

routes = Routes()


async def idea_to_moderate(request: Request, idea_id: int) -> Idea:
    """Return the idea with this id, for a person who runs the workshops of its group.

    Raises Stale if there is no such idea, UserError if the person does not run the workshops of its group. Only
    organisers moderate ideas without a group.
    """
    idea = await ideas.find_idea(request.tx, idea_id)
    if idea is None or (idea.group_id is None and not request.participant.organises):
        raise Stale
    if idea.group_id is not None:
        await group_to_run(request.tx, request.participant, idea.group_id)
    return idea


async def idea_buttons(request: Request, idea: Idea) -> tuple[Button, ...]:
    """Return the buttons to the card of an idea, if facilitators can read the idea, and to the wall of its group."""
    run = await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id is not None else None
    see = (Button(_("See the idea"), OpenIdea(idea.id)),) if service.is_shared(idea) else ()
    wall = (Button(_("The wall"), ShowWall(run.id)),) if run else ()
    return *see, *wall


# --- hiding


@routes.press(HideIdea, who=FACILITATOR)
async def hide(request: Request, idea_id: int, *, hidden: bool = True) -> Reply:
    """Hide an idea from the wall, the votes and the exports. The author still sees it among their own ideas.

    If `hidden` is False, show the idea again, with its votes and the ideas merged into it. If nothing changes, the
    reply says so. Raises Stale for an idea that is late or withdrawn.
    """
    idea = await idea_to_moderate(request, idea_id)
    if idea.state != "live":
        raise Stale
    if not await moderation.set_hidden(request.tx, idea.id, hidden):
        return reply(_("Nothing was changed."), buttons=await idea_buttons(request, idea), toast=_("Already done."))
    await service.refresh_panels(request.tx, idea)
    words = idea_quote(idea, reader="led")
    summary = _("«{idea}» is hidden", idea=words) if hidden else _("«{idea}» is visible again", idea=words)
    await message_updates.close_messages(
        request.tx, service.decision_subject(idea.id), _("This has already been decided."), request.now
    )
    undo = await record_change(request, f"idea:{idea.id}", summary, restore_hidden.to(idea.id), {"after": hidden})
    more = (_("It no longer appears on the wall, in votes or in exports. Nobody was told."),) if hidden else ()
    return reply(Strong(summary), *more, buttons=(undo, *await idea_buttons(request, idea)), toast=_("Saved."))


routes.press(ShowAgain, who=FACILITATOR)(hide.having(hidden=False))


@inverses.declare("wqr", who=FACILITATOR)
async def restore_hidden(request: Request, values: Values, idea_id: int) -> Undone:
    """Undo hiding an idea, or showing it again. Raises UserError if the idea was changed again since."""
    idea = await idea_to_moderate(request, idea_id)
    if not await moderation.set_hidden(request.tx, idea.id, not values["after"]):
        raise changed_since()
    await service.refresh_panels(request.tx, idea)
    return Undone(buttons=await idea_buttons(request, idea))


# --- late and hidden ideas


@routes.press(SetAside, who=FACILITATOR)
async def set_aside(request: Request, run_id: int, at: int = 0) -> Reply:
    """List a group's late ideas that wait for a decision, then its hidden ideas.

    `run_id` is the id of the phase's run in the group. `at` is the rank of the first idea listed, counted from 1; 0
    also stands for the first.
    """
    run, phase = await service.find_run_and_phase(request.tx, run_id)
    await group_to_run(request.tx, request.participant, run.group_id)
    late = await moderation.late_ideas(request.tx, run.group_id, run.phase)
    hidden = await moderation.hidden_ideas(request.tx, run.group_id, run.phase)
    idea_ids = [idea.id for idea in (*late, *hidden)]
    first = max(1, min(at, len(idea_ids)))
    entries = await walls.wall_entries(request.tx, idea_ids[first - 1 : first - 1 + PER_PAGE])
    options = await layout.idea_options(request, entries, phase, layout.Ballot(), reader="led")
    group = await service.whole_title(request.tx, run.group_id)
    return reply(
        Strong(_("Set aside in {phase}, {group}", phase=phase_title(phase), group=group)),
        _count_line(len(late), len(hidden)),
        choice=layout.open_choice(options, "l", first),
        buttons=(
            *around(first - 1, len(options), len(idea_ids), lambda start: set_aside.to(run.id, start + 1)),
            Button(_("The wall"), ShowWall(run.id)),
        ),
    )


def _count_line(late: int, hidden: int) -> Text:
    if not (late or hidden):
        return _("Nothing is set aside.")
    # L10N: how many ideas came after the end of the phase, and how many are hidden
    return _("Arrived late: {late}. Hidden: {hidden}.", late=late, hidden=hidden)


@routes.press(TakeIn, who=FACILITATOR)
async def take_in(request: Request, idea_id: int, *, accepted: bool = True) -> Reply:
    """Add a late idea to the wall, and notify its author.

    If `accepted` is False, keep the idea off the wall instead: only its author sees it, and nobody is notified. If
    another facilitator has decided already, nothing changes, and the reply says so.
    """
    idea = await idea_to_moderate(request, idea_id)
    if idea.state != "offered":
        return reply(_("Nothing was changed."), buttons=await idea_buttons(request, idea), toast=_("Already done."))
    after: IdeaState = "live" if accepted else "late"
    await ideas.set_idea_state(request.tx, idea.id, after)
    await service.refresh_panels(request.tx, idea)
    words = idea_quote(idea, reader="led")
    if accepted:
        await _notify_author(
            request, idea, _("Your late idea is on the wall: «{idea}»", idea=idea_quote(idea, reader="own"))
        )
        summary = _("«{idea}» is added to the wall", idea=words)
    else:
        summary = _("«{idea}» is left out; its author keeps it", idea=words)
    await message_updates.close_messages(
        request.tx, service.decision_subject(idea.id), _("This has already been decided."), request.now
    )
    undo = await record_change(request, f"idea:{idea.id}", summary, restore_offered.to(idea.id), {"after": after})
    buttons = await idea_buttons(request, replace(idea, state=after))
    return reply(Strong(summary), buttons=(undo, *buttons), toast=_("Saved."))


routes.press(LeaveOut, who=FACILITATOR)(take_in.having(accepted=False))


@inverses.declare("wlr", who=FACILITATOR)
async def restore_offered(request: Request, values: Values, idea_id: int) -> Undone:
    """Undo the decision on a late idea, so that it waits for a decision again.

    Raises UserError if the idea was changed again since.
    """
    idea = await idea_to_moderate(request, idea_id)
    if idea.state != values["after"] or idea.merged_into is not None or idea.hidden:
        raise changed_since()
    if await moderation.ideas_merged_into(request.tx, idea.id):
        raise changed_since()  # they would be on no wall without it
    await ideas.set_idea_state(request.tx, idea.id, "offered")
    await service.refresh_panels(request.tx, idea)
    if values["after"] == "live":
        await _notify_author(
            request,
            idea,
            _("Your late idea is back with the facilitator: «{idea}»", idea=idea_quote(idea, reader="own")),
        )
    return Undone(buttons=await idea_buttons(request, replace(idea, state="offered")))


async def _notify_author(request: Request, idea: Idea, line: Span) -> None:
    """Notify the author of an idea of a decision on it.

    Nobody is notified if the author was erased or is the person who decides.
    """
    if idea.author_id is None or idea.author_id == request.participant.id:
        return
    run = await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id is not None else None
    wall = (Button(_("The wall"), ShowWall(run.id)),) if run else ()
    await outbox.notify(request.tx, idea.author_id, View((line,), wall), request.now, outbox.Telling.AWAITED)


# --- Merging ideas, and separating them.


_OPTIONS = 25
"""How many ideas are offered at once: as many as one menu on Discord can hold."""


@routes.press(MergeIdea, who=FACILITATOR)
async def merge(request: Request, idea_number: int, start: int = 0) -> Reply:
    """Offer ideas of the same group into which an idea can be merged, the most similar first.

    `start` is the position of the first idea offered, counted from 0. Raises UserError if the idea is not on the wall.
    """
    idea = await idea_to_moderate(request, idea_number)
    if idea.group_id is None or not idea.counts:
        raise _not_listed(idea)
    stems = dict(await stems_of_group(request.tx, idea.group_id, idea.phase))
    own = stems.pop(idea.id)
    alike = [idea_id for idea_id, _likeness in model.alike(own, list(stems.items()), _OPTIONS)]
    offered = [*alike, *(idea_id for idea_id in stems if idea_id not in alike)]
    back = (Button(_("Back to the idea"), OpenIdea(idea.id)),)
    if not offered:
        return reply(_("There is no other idea yet to merge it with."), buttons=back)
    shown, pages = paged_from(offered, start, partial(MergeIdea, idea.id), per_page=_OPTIONS)
    targets = [await ideas.find_idea(request.tx, idea_id) for idea_id in shown]
    return reply(
        _("Which idea should «{idea}» be merged with?", idea=idea_quote(idea, 100, "led")),
        _("Its votes will count there, once per person."),
        choice=Choice(
            into_idea.to(idea.id),
            tuple(Option(str(target.id), idea_quote(target, LABEL, "led")) for target in targets if target),
            placeholder=_("Choose an idea"),
        ),
        buttons=(*pages, *back),
    )


@routes.pick("wji", who=FACILITATOR, sent_with_press=False)
async def into_idea(request: Request, target_id: int, idea_id: int) -> Reply:
    """Merge the idea `idea_id`, and all ideas that had been merged into it, into the chosen idea `target_id`.

    If the chosen idea was itself merged into another one meanwhile, that one is used. Raises UserError, and changes
    nothing, if one of the two ideas was hidden or withdrawn, or if they are merged already.
    """
    idea = await idea_to_moderate(request, idea_id)
    if not idea.counts:
        raise _not_listed(idea)
    target = await _target(request, idea, target_id)
    moved = [merged.id for merged in await moderation.ideas_merged_into(request.tx, idea.id)]
    await moderation.merge_into(request.tx, (idea.id, *moved), target.id)
    await service.refresh_panels(request.tx, idea)
    line = _(
        "«{idea}» is now part of «{other}»", idea=idea_quote(idea, reader="led"), other=idea_quote(target, reader="led")
    )
    # An entry of the journal quotes one author only, as it is deleted together with them.
    summary = _("«{idea}» is now part of another idea", idea=idea_quote(idea, reader="led"))
    values_before = {"target": target.id, "moved": moved}
    undo = await record_change(request, f"idea:{idea.id}", summary, restore_merged.to(idea.id), values_before)
    return reply(Strong(line), buttons=(undo, *await idea_buttons(request, target)), toast=_("Saved."))


async def _target(request: Request, idea: Idea, target_id: int) -> Idea:
    """Return the idea that was chosen; if it was merged into another since, that other idea.

    Raises Stale for an idea of another group or phase. Raises UserError for the idea that is to be merged itself, and
    for one that was hidden or withdrawn.
    """
    target = await ideas.find_idea(request.tx, target_id)
    if target is not None and target.merged_into is not None:
        target = await ideas.find_idea(request.tx, target.merged_into)
    if target is None or target.group_id != idea.group_id or target.phase != idea.phase:
        raise Stale
    if target.id == idea.id:
        raise UserError(_("These two are already merged."), buttons=(Button(_("See the idea"), OpenIdea(idea.id)),))
    if not target.counts:
        raise UserError(
            _("That idea has been hidden or withdrawn in the meantime, so nothing was changed."),
            buttons=(Button(_("Choose another one"), MergeIdea(idea.id)),),
        )
    return target


def _not_listed(idea: Idea) -> UserError:
    """Return the error that tells a facilitator that an idea was hidden, withdrawn or merged in the meantime."""
    refusal = (
        _("It has been hidden or withdrawn in the meantime, so nothing was changed.")
        if idea.merged_into is None
        else _("It has been merged with another idea in the meantime, so nothing was changed.")
    )
    return UserError(refusal, buttons=(Button(_("See the idea"), OpenIdea(idea.merged_into or idea.id)),))


@inverses.declare("wjr", who=FACILITATOR)
async def restore_merged(request: Request, values: Values, idea_id: int) -> Undone:
    """Undo merging an idea into another one; ideas that had been merged into it before are merged into it again.

    Raises UserError if the ideas were changed again since.
    """
    idea = await idea_to_moderate(request, idea_id)
    target, moved = values["target"], values["moved"]
    merged_ids = {merged.id for merged in await moderation.ideas_merged_into(request.tx, target)}
    if idea.state != "live" or not {idea.id, *moved} <= merged_ids:
        raise changed_since()
    await moderation.merge_into(request.tx, (idea.id,), None)
    await moderation.merge_into(request.tx, moved, idea.id)
    await service.refresh_panels(request.tx, idea)
    return Undone(buttons=await idea_buttons(request, idea))


@routes.press(PartIdeas, who=FACILITATOR)
async def part(request: Request, idea_id: int) -> Reply:
    """Separate an idea from all ideas that were merged into it."""
    idea = await idea_to_moderate(request, idea_id)
    separated = [merged.id for merged in await moderation.ideas_merged_into(request.tx, idea.id)]
    if not separated:
        return reply(_("Nothing was changed."), buttons=await idea_buttons(request, idea), toast=_("Already done."))
    await moderation.merge_into(request.tx, separated, None)
    await service.refresh_panels(request.tx, idea)
    summary = _n(
        "{count} idea is separate from «{idea}» again",
        "{count} ideas are separate from «{idea}» again",
        len(separated),
        idea=idea_quote(idea, reader="led"),
    )
    undo = await record_change(request, f"idea:{idea.id}", summary, restore_parted.to(idea.id), {"parted": separated})
    return reply(Strong(summary), buttons=(undo, *await idea_buttons(request, idea)), toast=_("Saved."))


@inverses.declare("wjs", who=FACILITATOR)
async def restore_parted(request: Request, values: Values, idea_number: int) -> Undone:
    """Undo separating ideas from an idea, so that they are merged into it again.

    Raises UserError if one of them was changed since.
    """
    idea = await idea_to_moderate(request, idea_number)
    for idea_id in values["parted"]:
        separated = await ideas.find_idea(request.tx, idea_id)
        alone = (
            separated and separated.merged_into is None and not await moderation.ideas_merged_into(request.tx, idea_id)
        )
        if not (alone and separated and separated.group_id == idea.group_id and idea.counts):
            raise changed_since()
    await moderation.merge_into(request.tx, values["parted"], idea.id)
    await service.refresh_panels(request.tx, idea)
    return Undone(buttons=await idea_buttons(request, idea))
