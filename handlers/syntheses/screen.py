"""The screen of what a group writes down: what there is, who writes, what the others think, what can be done.

One screen for every phase: a synthesis in free words, a challenge in one sentence, a canvas in two halves.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.actions import Action
from bot.content.texts import Moment, Name, Span, Strong, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import Request
from handlers.ideas import vote_store
from handlers.ideas.messages import glimpse
from handlers.ideas.store import of_group
from handlers.syntheses import store
from handlers.syntheses.actions import (
    Approve,
    Choose,
    Comment,
    Earlier,
    PickIdea,
    TakePen,
    WriteFirstHalf,
    WriteSecondHalf,
    WriteSentence,
    WriteText,
)
from handlers.syntheses.messages import content_lines, facts, filled_squares, leading, missing_fields
from handlers.syntheses.model import Synthesis, changed
from handlers.syntheses.service import Opened, Standing, approval, grid, heading, name_of, standing, versions
from handlers.workshops.actions import Grid, ShowWall
from handlers.workshops.messages import SHOW_PHASE

_OFFERED = 20
"""Ideas among which a solution's is chosen, by votes."""
_LABEL = 70
"""Characters of an idea in such an option, beside its votes."""


async def show(request: Request, at: Opened, *said: Span, toast: Span | None = None, fresh: bool = False) -> Reply:
    """The screen as it is now, after what is `said`."""
    written = await versions(request.tx, at)
    if len(written) > 1:
        return await _rivals(request, at, written, said, toast, fresh)
    head = (*said, *(("",) if said else ()), heading(at.phase))
    present = written[0] if written else None
    lines, buttons = await (_written(request, at, present) if present else _unwritten(request, at))
    choice = await _ideas(request, at, present) if at.phase.collects == "solution" else None
    ways = (*buttons, *await _beside_buttons(at), *await _earlier(request, at), SHOW_PHASE)
    return reply(*head, *lines, buttons=ways, choice=choice, toast=toast, fresh=fresh)


async def _unwritten(request: Request, at: Opened) -> tuple[Sequence[Span], Sequence[Button]]:
    writer = at.run.writer_id
    who: Span
    if at.phase.collects == "solution":
        who = _("Fill it in together: two of you may write a half each at the same time.")
        buttons = writing(at, 0)
    elif writer == request.participant.id:
        who = _("You write. The others approve or comment.")
        buttons = writing(at, 0)
    elif writer is not None:
        who = _("{name} writes. You may write too, or instead.", name=await name_of(request.tx, writer))
        buttons = (Button(_("I write it"), TakePen(at.run.id)),)
    else:
        who = _("Nobody writes yet. One of you does, the others approve or comment.")
        buttons = (Button(_("I write it"), TakePen(at.run.id), style="primary"),)
    return (who, *await _beside(request, at)), buttons


async def _written(request: Request, at: Opened, version: Synthesis) -> tuple[Sequence[Span], Sequence[Button]]:
    how, me = await standing(request.tx, at, version), request.participant.id
    lines: list[Span] = [*content_lines(at.phase.collects, version.content)]
    if at.phase.collects == "solution" and (left := missing_fields(version.content)):
        lines.append(left)
    said = approval(how)
    lines.append(
        _(
            "{name}, {time} · {approval}",
            name=await name_of(request.tx, version.author_id),
            time=Moment(version.created_at, "time"),
            approval=said,
        )
    )
    lines += await _comments(request, at, version, how)
    if at.phase.collects == "facts" and me in (version.author_id, at.run.writer_id):
        lines += ["", *await _beside(request, at)]
    opinion = next((each for each in await store.opinions(request.tx, version.id) if each.participant_id == me), None)
    buttons: list[Button] = []
    if at.member and not (opinion and opinion.approves):
        buttons.append(Button(_("I approve"), Approve(version.id), style="primary"))
    if at.member and version.author_id != me:
        buttons.append(Button(_("Comment"), Comment(version.id)))
    return lines, (*buttons, *writing(at, version.id))


async def _comments(request: Request, at: Opened, version: Synthesis, how: Standing) -> Sequence[Span]:
    """Comments are for who writes; everyone else reads their own, and how many there are."""
    me = request.participant.id
    writes = me in (version.author_id, at.run.writer_id)
    shown: list[Span] = [
        _("{name}: {comment}", name=await name_of(request.tx, each.participant_id), comment=Name(each.comment))
        for each in how.opinions
        if writes or each.participant_id == me
    ]
    hidden = len(how.opinions) - len(shown)
    return [
        *shown,
        *(
            [_n("{count} comment for the person writing", "{count} comments for the person writing", hidden)]
            if hidden
            else []
        ),
    ]


def writing(at: Opened, base: int) -> Sequence[Button]:
    """What changes a version, 0 for none yet."""
    run = at.run.id
    if at.phase.collects == "solution":
        return (
            Button(_("For whom, what, how"), WriteFirstHalf(run, base)),
            Button(_("With whom, first step, measure"), WriteSecondHalf(run, base)),
        )
    action: Action = WriteSentence(run, base) if at.phase.collects == "challenge" else WriteText(run, base)
    return (Button(_("Change it"), action) if base else Button(_("Write"), action, style="primary"),)


# --- what stands beside it


async def _beside(request: Request, at: Opened) -> Sequence[Span]:
    """What the group said, for who writes: its ideas once all may read them, the votes, the grid."""
    tx, group_id, key = request.tx, at.group.id, at.phase.key
    if at.phase.collects == "territories":
        return [filled_squares(await grid(tx, group_id))]
    if not at.run.revealed:
        return [_("The ideas appear here once they are revealed.")]
    match at.phase.collects:
        case "facts":
            return facts(await of_group(tx, group_id, key))
        case "challenge" | "solution":
            return leading(await vote_store.best(tx, group_id, key))
    return []


async def _beside_buttons(at: Opened) -> Sequence[Button]:
    if at.phase.collects == "territories":
        return (Button(_("Our territories"), Grid(at.group.id)),)
    return (Button(_("The wall"), ShowWall(at.run.id)),)


async def _ideas(request: Request, at: Opened, version: Synthesis | None) -> Choice | None:
    """The ideas among which the solution's is chosen, by votes; none before the reveal, no photo without words."""
    if not at.run.revealed:
        return None
    best = [each for each in await vote_store.best(request.tx, at.group.id, at.phase.key) if each[0].text][:_OFFERED]
    if not best:
        return None
    chosen = version.content.get("idea", "") if version else ""
    options = tuple(
        Option(
            str(idea.id), _n("{idea} ({count} vote)", "{idea} ({count} votes)", count, idea=glimpse(idea.text, _LABEL))
        )
        for idea, count in best
    )
    selected = tuple(str(idea.id) for idea, _votes in best if idea.text == chosen)[:1]
    action = PickIdea(at.run.id, version.id if version else 0)
    return Choice(action, options, selected, placeholder=_("The idea you carry on with"))


async def _earlier(request: Request, at: Opened) -> Sequence[Button]:
    count = len(await store.past(request.tx, at.group.id, at.phase.key))
    if not count:
        return ()
    return (Button(_n("{count} earlier version", "{count} earlier versions", count), Earlier(at.run.id)),)


# --- several at once


async def _rivals(
    request: Request, at: Opened, written: Sequence[Synthesis], said: Sequence[Span], toast: Span | None, fresh: bool
) -> Reply:
    """Versions written at the same time, one after the other, to choose from: all of each, or where they differ."""
    lines: list[Span] = [*said, *([""] if said else []), heading(at.phase)]
    lines.append(
        _n(
            "{count} version is here. Choose one together: the others can be restored.",
            "{count} versions were written at the same time. Choose one together: the others can be restored.",
            len(written),
        )
    )
    differing = frozenset[str]().union(*(changed(written[0].content, each.content) for each in written[1:]))
    buttons: list[Button] = []
    for number, each in enumerate(written, start=1):
        name = await name_of(request.tx, each.author_id)
        time = Moment(each.created_at, "time")
        lines += ["", Strong(_("Version {number} · {name}, {time}", number=number, name=name, time=time))]
        lines += content_lines(at.phase.collects, each.content, only=differing)
        buttons.append(Button(_("Keep version {number} ({name})", number=number, name=name), Choose(each.id)))
    return reply(*lines, buttons=(*buttons, *await _earlier(request, at), SHOW_PHASE), toast=toast, fresh=fresh)
