"""The organisers' list of ideas that nobody revealed or voted for. They are left out of all files unless ticked."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.content.texts import Joined, Span, Strong, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from handlers.ideas.messages import idea_quote
from handlers.ideas.service import whole_title
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import paged_from
from handlers.results.actions import WHAT_IS_PRINTED, MakeFile
from handlers.results.messages import author_of_line
from handlers.results.participant.summary import SHOW_RESULTS
from handlers.results.store import lines
from handlers.results.store.lines import UnseenIdea
from handlers.workshops.messages import phase_title
from handlers.workshops.store.phases import find_phase

routes = Routes()

AT_ONCE = 6
"""How many lines a page has, so that it fits one message on every platform."""
LONGEST = 200
"""How many characters of a line are shown."""

_MAKE = {
    # L10N: a button: the booklet is made, after one looked at what is left out
    "pdf": _("Make the booklet"),
    # L10N: a button: the slides are made, after one looked at what is left out
    "pptx": _("Make the slides"),
    # L10N: a button: the workbook is made, after one looked at what is left out
    "xlsx": _("Make the workbook"),
}


@routes.press("wbu", who=ORGANISER)
async def list_unseen(request: Request, what: str = "", start: int = 0) -> Reply:
    """List ideas that nobody revealed or voted for, a few at a time; the ones that an organiser ticked are ticked.

    `start` is the number of the first idea, from 0. `what` is the file to make afterwards («xlsx», «pptx» or «pdf»);
    for '', there is no button to make one.
    """
    make = (Button(_MAKE[what], MakeFile(what), style="primary"),) if what in _MAKE else ()
    ways = (WHAT_IS_PRINTED, SHOW_RESULTS, BACK)
    counted = await lines.count_left_out(request.tx)
    if not counted.unseen:
        everything = _("Every idea was revealed, and got a vote where people voted: none is left out.")
        return reply(everything, buttons=(*make, *ways))
    ranks, pages = paged_from(range(counted.unseen), start, partial(list_unseen.to, what), per_page=AT_ONCE)
    shown = await lines.page_of_unseen(request.tx, ranks[0], AT_ONCE)
    everyone = (
        # L10N: a button, after which is asked again: ideas that nobody revealed or voted for, into all files
        (Button(_("Include them all"), ask_take_in_all.to(what)),) if counted.unticked else ()
    )
    return reply(
        Strong(
            _n(
                "{count} idea was never revealed, or nobody voted for it",
                "{count} ideas were never revealed, or nobody voted for them",
                counted.unseen,
            )
        ),
        _("Ideas that are not ticked are left out of every file. Ticked: {count}.", count=counted.ticked),
        choice=Choice(
            tick_unseen.to(what, shown[0].id, shown[-1].id),
            tuple([await _option(request, idea) for idea in shown]),
            selected=tuple(str(idea.id) for idea in shown if idea.ticked),
            at_least=0,
            at_most=len(shown),
            placeholder=_("Include"),
            listed=True,
        ),
        buttons=(
            *make,
            *pages,
            *everyone,
            *ways,
        ),
        again=list_unseen.to(what, start),
    )


@routes.pick("wbt", who=ORGANISER)
async def tick_unseen(request: Request, ticked: tuple[int, ...], what: str, first: int, last: int) -> Reply:
    """Include the ticked ideas of a page in all files, and leave out the page's other ideas.

    `ticked` are ids of ideas. `first` and `last` are the ids of the first and last idea on the page, by which the page
    is found even after ideas were deleted. `what` is the file to make afterwards («xlsx», «pptx» or «pdf»), '' for
    none.
    """
    await lines.tick_unseen(request.tx, first, last, ticked)
    start = await lines.rank_of_unseen(request.tx, first)
    return replace(await list_unseen(request, what, start), toast=_("Saved."))


async def _option(request: Request, idea: UnseenIdea) -> Option:
    phase = await find_phase(request.tx, idea.phase)
    parts: list[Span] = [
        author_of_line(idea.author, idea.author_id),
        # L10N: in place of the name of a group, beside an idea whose author had none
        await whole_title(request.tx, idea.group_id) if idea.group_id is not None else _("without a group"),
        *((phase_title(phase),) if phase else ()),
        # L10N: why an idea is left out: its group never read it on its wall
        _("never revealed")
        if idea.unrevealed
        # L10N: why an idea is left out
        else _("no vote"),
    ]
    return Option(str(idea.id), idea_quote(idea, LONGEST, "led"), joined(parts))


def joined(parts: list[Span]) -> Span:
    """Return the parts of one line of text as one span, separated by dots."""
    return Joined(tuple(span for part in parts for span in (" · ", part))[1:])


@routes.press("wbq", who=ORGANISER)
async def ask_take_in_all(request: Request, what: str) -> Reply:
    """Ask for confirmation before including in files all ideas that nobody revealed or voted for; say how many.

    `what` is the file to make afterwards («xlsx», «pptx» or «pdf»), '' for none.
    """
    counted = await lines.count_left_out(request.tx)
    up_to = await lines.latest_idea(request.tx)
    return reply(
        _n(
            "Put {count} idea that nobody revealed or voted for into every file?",
            "Put {count} ideas that nobody revealed or voted for into every file?",
            counted.unticked,
        ),
        _("Some may have been meant for nobody else: whoever gets a file will read them, with the first name."),
        buttons=(
            Button(_("Yes, include all"), take_in_all.to(what, up_to), style="danger"),
            Button(_("Back to the list"), list_unseen.to(what)),
        ),
    )


@routes.press("wbw", who=ORGANISER)
async def take_in_all(request: Request, what: str, up_to: int) -> Reply:
    """Include in files the ideas that nobody revealed or voted for, with a button to undo that.

    `up_to` is the highest id of the ideas that existed when the organiser was asked; later ideas are not included.
    `what` is the file to make afterwards («xlsx», «pptx» or «pdf»), '' for none. If all are already included, the reply
    says so.
    """
    taken = await lines.take_in_unseen(request.tx, up_to)
    back = Button(_("Back to the list"), list_unseen.to(what))
    make = (Button(_MAKE[what], MakeFile(what), style="primary"),) if what in _MAKE else ()
    if not taken:
        return reply(_("Nothing was changed."), buttons=(*make, back, BACK), toast=_("Already done."))
    summary = _n(
        "{count} idea that was left out is now in all files",
        "{count} ideas that were left out are now in all files",
        len(taken),
    )
    undo = await record_change(request, "print:unseen", summary, leave_out_again.to(), {"ideas": list(taken)})
    return reply(Strong(summary), buttons=(*make, undo, back, BACK), toast=_("Saved."))


@inverses.declare("wby")
async def leave_out_again(request: Request, values: Values) -> Undone:
    """Undo the inclusion of all ideas that nobody revealed or voted for. Raises UserError if none is included now."""
    if not await lines.leave_out_unseen(request.tx, values["ideas"]):
        raise changed_since()
    return Undone(buttons=(Button(_("Back to the list"), list_unseen.to()),))
