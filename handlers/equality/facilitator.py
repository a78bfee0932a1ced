"""The screens of equality for organisers and facilitators: figures of ended steps, and counting in the room.

When somebody looks at a step first, its figures are computed in another process; from then on everybody sees the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from bot.clock import from_micros, to_micros
from bot.content.errors import Stale
from bot.content.texts import Span, Strong, _, _n
from bot.content.views import Button, JobRequest, Reply, View, reply, reply_with_job
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import FACILITATOR, Request, Routes, Transaction
from bot.people.declared import Declared
from bot.people.participants import Participant
from handlers.equality import service, store
from handlers.equality.actions import ShowEquality
from handlers.equality.hooks import more_remedies
from handlers.equality.jobs import compute
from handlers.equality.messages import (
    EQUALITY,
    NOT_YET_HEARD,
    NOTHING_YET,
    ROUNDED,
    SEEN,
    SHOW_EQUALITY,
    room_line,
    step_lines,
    verdict_lines,
    withheld_lines,
)
from handlers.equality.model.steps import RoomCount, Seen
from handlers.equality.service import Overview
from handlers.groups.service.membership import round_of_the_day
from handlers.navigation.actions import BACK, HOME
from handlers.navigation.layout import paged
from handlers.workshops.actions import NudgeSilent
from handlers.workshops.service.phases import standings

routes = Routes()


@routes.press(ShowEquality, who=FACILITATOR)
@routes.command(
    "egalite",
    _("Women and men, in numbers"),
    names={"en": "equality", "de": "gleichstellung"},
    who=FACILITATOR,
    plain_words=_("equality, women and men"),
    for_others="moi",
)
async def show_equality(request: Request, page: int = 0) -> Reply:
    """Say in which ended steps of the gathering chance alone does not explain the difference between women and men.

    A step is something that people take part in, such as choosing a theme. If figures of a step are not computed yet,
    this starts the computation, and the reply says so. A button opens the figures. Old buttons carry a `page` greater
    than 0: that page of the figures is then shown instead.
    """
    if page:
        return await show_figures(request, page)
    steps = await service.overview(request.tx, request.now)
    if steps.new:
        return _compute(request, steps)
    return Reply(await _card(request, steps))


@routes.press("eqd", who=FACILITATOR)
async def show_figures(request: Request, page: int) -> Reply:
    """Show a page (from 0) of the figures of women and men in ended steps, such as choosing a theme."""
    steps = await service.overview(request.tx, request.now)
    shown, pages = paged(steps.published, page, show_figures.to)
    lines = (*step_lines(shown), ROUNDED) if shown else ()
    return reply(
        Strong(EQUALITY), *lines, *withheld_lines(steps.withheld), buttons=(*pages, *_again(steps), SHOW_EQUALITY)
    )


def _again(steps: Overview) -> tuple[Button, ...]:
    return (Button(_("Look again"), look_again.to()),) if steps.withheld else ()


@routes.press("wkw", who=FACILITATOR)
async def show_shares(request: Request) -> Reply:
    """Show the same as `show_equality`: in which steps women and men differ by more than chance."""
    return await show_equality(request)


@routes.press("eqa", who=FACILITATOR)
async def look_again(request: Request) -> Reply:
    """Compute figures again for steps about which nothing could be published, because genders may have been added.

    A step is something that people take part in, such as choosing a theme. The figures are sent in a later message.
    """
    return _compute(request, await service.overview(request.tx, request.now))


def _compute(request: Request, steps: Overview) -> Reply:
    """Start the job that computes what may be published."""
    new = len(steps.new)
    line = (
        _n("{count} step has ended since.", "{count} steps have ended since.", new)
        if steps.published or steps.withheld
        else _n("{count} step has ended.", "{count} steps have ended.", new)
    )
    return reply_with_job(
        Strong(EQUALITY),
        *((line,) if new else ()),
        _("The figures are being computed. They come in a moment."),
        buttons=(_way_back(request.participant),),
        job=JobRequest("equality", {"at": to_micros(request.now)}),
    )


async def read(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Return what the job that computes figures of women and men needs: who did what in the ended steps.

    `payload` has the time at which the figures were requested (`at`, in microseconds). `_declared` is for other jobs.
    """
    return await service.read_tallies(tx, from_micros(payload["at"]))


@routes.job("equality", work=compute, read=read, seconds=120)
async def figures_are_computed(tx: Transaction, person: Participant, result: Mapping[str, Any]) -> View:
    """Store the computed figures that may be published, and return the message with a button that opens them.

    Published figures are never changed.
    """
    await service.keep(tx, result)
    return View((_("The figures of women and men are ready."),), (SHOW_EQUALITY, _way_back(person)))


async def _card(request: Request, steps: Overview) -> View:
    tx, published = request.tx, steps.published
    lines: list[Span] = [Strong(EQUALITY)]
    if published:
        lines += verdict_lines(published)
    elif not steps.withheld:
        lines.append(NOTHING_YET)
    else:
        lines += withheld_lines(steps.withheld)
    count = await store.room_count(tx)
    if count:
        lines.append(room_line(count))
    differs = any(step.side != "within" for step in published)
    remedies = (
        (*await _silent_now(request), *await more_remedies(tx, request.participant, request.now)) if differs else ()
    )
    return View(
        tuple(lines),
        (
            *remedies,
            *((Button(_("The figures"), show_figures.to(0)),) if published else _again(steps)),
            # L10N: a button: count the women and men who speak in the room, by sight
            Button(_("Who speaks in the room"), show_room.to()),
            _way_back(request.participant),
        ),
    )


async def _silent_now(request: Request) -> Sequence[Button]:
    """Return the button that asks silent members for an idea, while somebody is silent in a phase that goes on."""
    round_, person = await round_of_the_day(request.tx, request.today), request.participant
    if round_ is None:
        return ()
    groups = await standings(request.tx, round_.number, person.id, everything=person.organises)
    silent = any(group.run and group.run.open and group.spoken < group.members for group in groups)
    return (Button(_("Invite quiet people to speak"), NudgeSilent(0)),) if silent else ()


def _way_back(person: Participant) -> Button:
    return BACK if person.organises else HOME


async def offer_equality(request: Request) -> View:
    """Return the part of the organisers' screen with a button for the figures of women and men.

    It is empty until a step of the gathering, such as choosing a theme, has ended.
    """
    return View((), (SHOW_EQUALITY,) if await service.has_any_ended(request.tx, request.now) else ())


# --- in the room


@routes.press("eqr", who=FACILITATOR)
async def show_room(request: Request) -> Reply:
    """Show the count of women and men who speak in the room, or a button to begin a count."""
    count = await store.room_count(request.tx)
    if count is None:
        return reply(
            Strong(_("Who speaks in the room")),
            _(
                "Each time someone speaks, press what you see; «?» if in doubt. Neither the time nor the person"
                " is noted."
            ),
            buttons=(Button(_("Start counting"), begin_room.to(), style="primary"), SHOW_EQUALITY),
        )
    return _counting(count)


@routes.press("eqb", who=FACILITATOR)
async def begin_room(request: Request) -> Reply:
    """Begin the count of women and men who speak in the room; if a count is running, show it."""
    await store.begin_room_count(request.tx)
    return _counting(await store.room_count(request.tx) or RoomCount(0, 0, 0))


@routes.press("eqc", who=FACILITATOR)
async def count_in_room(request: Request, shown: str, back: bool) -> Reply:
    """Count one speech in the room; if `back` is True, subtract one instead.

    `shown` is who spoke: «woman», «man» or «unknown». Raises Stale for another word, and if no count is running.
    """
    seen = next((seen for seen in get_args(Seen) if seen == shown), None)
    if seen is None:
        raise Stale
    await store.count_in_room(request.tx, seen, -1 if back else 1)
    count = await store.room_count(request.tx)
    if count is None:
        raise Stale
    return _counting(count, None if back else seen)


def _counting(count: RoomCount, last: Seen | None = None) -> Reply:
    """Return the screen of the count; `last` is what was counted just now, and can be taken back."""
    hint = (NOT_YET_HEARD,) if count.heard_less else ()
    # L10N: a button: take back what was counted just now, as in «Take back: Woman»
    undo = (Button(_("Take back: {seen}", seen=SEEN[last]), count_in_room.to(last, back=True)),) if last else ()
    return reply(
        Strong(_("Who speaks in the room")),
        room_line(count),
        *hint,
        buttons=(
            *(Button(label, count_in_room.to(seen, back=False)) for seen, label in SEEN.items()),
            *undo,
            Button(_("End and forget"), end_room.ask.to()),
            SHOW_EQUALITY,
        ),
    )


async def _sure_to_end(_request: Request) -> Question:
    # L10N: a button: go on counting
    go_on = Button(_("Go on"), show_room.to())
    return Question(_("Stop counting in the room and forget the numbers?"), yes=_("End and forget"), back=(go_on,))


@routes.press("eqe", who=FACILITATOR, first=Asks("eqq", _sure_to_end))
async def end_room(request: Request) -> Reply:
    """End the count in the room, and delete its numbers."""
    await store.end_room_count(request.tx)
    return reply(_("The count is forgotten."), buttons=(SHOW_EQUALITY, _way_back(request.participant)))
