"""The organisers' screens of all lines of prints and exports, where one press excludes a line or includes it again.

Walls and votes are not affected: the facilitator of a group hides its ideas there.
"""

from __future__ import annotations

from functools import partial

from bot.content.errors import UserError, existing
from bot.content.texts import Span, Strong, Territory, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from handlers.ideas.service import whole_title
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import paged, paged_from
from handlers.results import service
from handlers.results.actions import WHAT_IS_PRINTED, ShowLines
from handlers.results.messages import LINE_LABELS, author_of_line, line_quote
from handlers.results.model import LineKey, PrintLine
from handlers.results.organiser.unseen import AT_ONCE, LONGEST, joined, list_unseen
from handlers.results.participant.summary import SHOW_RESULTS
from handlers.results.store import lines
from handlers.workshops.actions import OpenIdea
from handlers.workshops.messages import phase_title
from handlers.workshops.model import Phase
from handlers.workshops.store.phases import all_phases

routes = Routes()


@routes.press(ShowLines, who=ORGANISER)
async def show_lines(request: Request, page_number: int = 0) -> Reply:
    """List the groups with the number of their lines in prints and exports, and say how many lines are left out.

    A line is an idea or another text.
    """
    group_ids = await lines.published_groups(request.tx)
    if not group_ids:
        raise UserError(_("No groups are published yet, so there are no results."), buttons=(BACK,))
    counted = await lines.count_left_out(request.tx)
    shown, pages = paged(group_ids, page_number, ShowLines)
    # L10N: a button to the list of ideas that nobody revealed or voted for
    unseen = (Button(_("Ideas left out"), list_unseen.to()),) if counted.unseen else ()
    return reply(
        Strong(_("Every line of booklet, slides, workbook and charts")),
        *left_out(counted),
        _("Choose a group, then a phase, then the line to take out."),
        buttons=(
            *[Button(await whole_title(request.tx, group_id), show_group_lines.to(group_id)) for group_id in shown],
            *pages,
            Button(_("Ideas without a group"), show_group_lines.to(0)),
            *unseen,
            SHOW_RESULTS,
            BACK,
        ),
        again=ShowLines(page_number),
    )


def left_out(counted: lines.LeftOut) -> tuple[Text, ...]:
    """Return a line that says how many ideas are left out because nobody saw them, and one for excluded texts.

    Nobody saw an idea that nobody revealed or voted for; organisers excluded the texts. There is no line for zero.
    """
    unseen = _n(
        "{count} idea is left out: nobody revealed it or voted for it.",
        "{count} ideas are left out: nobody revealed them or voted for them.",
        counted.unticked,
    )
    taken = _n("{count} line was taken out.", "{count} lines were taken out.", counted.taken)
    return *((unseen,) if counted.unticked else ()), *((taken,) if counted.taken else ())


@routes.press("wbk", who=ORGANISER)
async def show_group_lines(request: Request, group: int) -> Reply:
    """Show the phases in which a group has lines (ideas and other texts) in prints, with the number of lines.

    `group` is the group's id, 0 for the ideas without a group.
    """
    buttons, grid = [], True
    for phase in await all_phases(request.tx):
        cards = grid and phase.collects == "territories"
        grid = grid and not cards
        if count := await lines.count_lines(request.tx, group or None, phase.key, cards=cards):
            words = _("{phase} ({count})", phase=phase_title(phase), count=count)
            buttons.append(Button(words, show_phase_lines.to(group, phase.key)))
    said = Strong(await _title(request, group))
    if not buttons:
        return reply(said, _("There is no line yet."), buttons=(WHAT_IS_PRINTED, BACK))
    return reply(said, _("Which phase?"), buttons=(*buttons, WHAT_IS_PRINTED, BACK))


@routes.press("wbn", who=ORGANISER)
async def show_phase_lines(request: Request, group: int, phase_key: str, first: int = 0) -> Reply:
    """List the lines that a group has in a phase, from the line number `first` on (0 is the first).

    One press on a line excludes it from all prints and exports, or includes it again.
    """
    phase, cards = await _phase(request, phase_key)
    group_id = group or None
    total = await lines.count_lines(request.tx, group_id, phase.key, cards=cards)
    ranks, pages = paged_from(range(total), first, partial(show_phase_lines.to, group, phase.key), per_page=AT_ONCE)
    phases = Button(_("Other phases"), show_group_lines.to(group))
    said: list[Span] = [Strong(joined([await _title(request, group), phase_title(phase)]))]
    if not ranks:
        return reply(*said, _("There is no line yet."), buttons=(phases, WHAT_IS_PRINTED, BACK))
    shown = await lines.page_of_lines(request.tx, group_id, phase.key, ranks[0], AT_ONCE, cards=cards)
    return reply(
        *said,
        _("Press a line to take it out of all prints and exports, or to put it back. The wall and the votes keep it."),
        choice=Choice(
            turn_line.to(group, phase.key, ranks[0]),
            tuple(Option(_value(line), line_quote(line, LONGEST), _about(line)) for line in shown),
            placeholder=_("Take out, or put back"),
            listed=True,
        ),
        buttons=(
            *pages,
            phases,
            WHAT_IS_PRINTED,
            BACK,
        ),
    )


async def _phase(request: Request, key: str) -> tuple[Phase, bool]:
    """Return a phase, and whether territory cards belong to it: they stand in the first phase that collects them."""
    phases = await all_phases(request.tx)
    phase = existing(next((phase for phase in phases if phase.key == key), None))
    return phase, phase == next((phase for phase in phases if phase.collects == "territories"), None)


async def _title(request: Request, group_id: int) -> Span:
    return await whole_title(request.tx, group_id) if group_id else _("Ideas without a group")


def _value(line: PrintLine) -> str:
    """Return the value of an option: what a press does with the line, 1 takes it in and 0 takes it out, and its key.

    So two organisers who press the same line of the same list want the same.
    """
    return f"{int(line.state != 'in')}{line.key}"


def _about(line: PrintLine) -> Span:
    """Return the line below a line: whether it is left out, what it is, and its author."""
    states = {
        # L10N: beside a line of prints and exports: an organiser took it out
        "out": _("✗ taken out"),
        # L10N: beside an idea that is left out of prints and exports, since its group never read it
        "unrevealed": _("✗ left out: not revealed"),
        # L10N: beside an idea that is left out of prints and exports
        "unvoted": _("✗ left out: no vote"),
    }
    votes = (_n("{count} vote", "{count} votes", line.votes),) if line.votes else ()
    return joined(
        [
            *((states[line.state],) if line.state != "in" else ()),
            *((LINE_LABELS[line.field],) if line.field else ()),
            *((Territory(line.territory),) if line.territory else ()),
            author_of_line(line.author, line.author_id),
            *votes,
        ]
    )


@routes.pick("wbx", who=ORGANISER, sent_with_press=False)
async def turn_line(request: Request, pressed: str, group: int, phase: str, start: int) -> Reply:
    """Exclude one line from all prints and exports, or include it again, with a button to undo that.

    `pressed` is 1 to include or 0 to exclude, followed by the key of the line. The other values say to which list the
    reply leads back: `group` is the group's id (0 for ideas without a group), `phase` the key of the phase, and `start`
    the number of the first line. If the line is already as wanted, the reply says so.
    """
    key = existing(LineKey.parse(pressed[1:]) if pressed[0] in "01" else None)
    line = existing(await lines.find_line(request.tx, key))
    printed = pressed[0] == "1"
    back = (Button(_("Back to the list"), show_phase_lines.to(group, phase, start)), BACK)
    before = await lines.decided_on_idea(request.tx, key.id) if key.kind == "i" else None
    if not await service.decide_line(request.tx, key, printed=printed):
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    summary = await _summary(request, line, printed=printed)
    undo = await record_change(
        request, f"print:{key}", summary, restore_line.to(str(key)), {"printed": printed, "before": before}
    )
    if key.kind != "i":
        return reply(Strong(summary), buttons=(undo, *back), toast=_("Saved."))
    said = (
        (_("The wall and the votes keep it. Whoever runs the group can hide it there: «See the idea»."),)
        if not printed
        else ()
    )
    see = (Button(_("See the idea"), OpenIdea(key.id)),) if line.group_id is not None else ()
    return reply(Strong(summary), *said, buttons=(undo, *see, *back), toast=_("Saved."))


async def _summary(request: Request, line: PrintLine, *, printed: bool) -> Text:
    """Return what was done, as the journal keeps it. It quotes ideas alone: their entries go with their authors."""
    if not line.field:
        words = line_quote(line)
        if printed:
            return _("«{idea}» is in prints and exports", idea=words)
        return _("«{idea}» is out of all prints and exports", idea=words)
    what: Span = LINE_LABELS[line.field]
    if line.territory:
        what = joined([what, Territory(line.territory)])
    group = await _title(request, line.group_id or 0)
    if printed:
        return _("{what} ({group}) is in prints and exports", what=what, group=group)
    return _("{what} ({group}) is out of all prints and exports", what=what, group=group)


@inverses.declare("wbr")
async def restore_line(request: Request, values: Values, line_key: str) -> Undone:
    """Undo the exclusion or inclusion of a line of prints (an idea or another text).

    `line_key` is the key of the line. Raises UserError if somebody has excluded or included the line again since.
    """
    key = LineKey.parse(line_key)
    line = await lines.find_line(request.tx, key) if key else None
    if key is None or line is None:
        raise changed_since()
    if key.kind == "i":
        if await lines.decided_on_idea(request.tx, key.id) != int(values["printed"]):
            raise changed_since()
        await service.put_back_idea(request.tx, key.id, values["before"], line.group_id)
    elif not await service.decide_line(request.tx, key, printed=not values["printed"]):
        raise changed_since()
    return Undone(buttons=(WHAT_IS_PRINTED,))
