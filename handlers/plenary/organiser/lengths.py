"""The organisers' screen with the lengths of a plenary's turns, before it begins and while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.errors import Stale
from bot.content.texts import Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from handlers.plenary.actions import ConductStep, OpenPlenary, ShowLengths
from handlers.plenary.messages import length
from handlers.plenary.model.turns import BOUNDS, STEP, Part, PlenaryState
from handlers.plenary.organiser.changing import find, version_of
from handlers.plenary.organiser.preparing import ask_for_session
from handlers.plenary.service import preparing
from handlers.plenary.service.telling import tell_order

routes = Routes()


@routes.press(ShowLengths, who=ORGANISER)
async def show_lengths(request: Request, plenary: int) -> Reply:
    """Show the lengths of a plenary's turns, and when the plenary would end.

    While it runs, they are shown in a message below the card: every question updates the card, which would replace what
    the organiser is reading.
    """
    state = await find(request, plenary)
    return replace(await _show_lengths(request, state), fresh=state.plenary.running)


async def _show_lengths(request: Request, state: PlenaryState) -> Reply:
    plenary = state.plenary
    session = await preparing.session_of(request.tx, plenary)
    if plenary.running:
        line: Span = _("Ends about {end}", end=Moment(state.predicted_end(request.now), "time"))
    elif session is None:
        return await ask_for_session.handler(request, plenary.id)
    else:
        line = _("Ends at {end}", end=Moment(state.planned_end(max(session.plan.starts, request.now)), "time"))
    lengths = plenary.lengths
    parts: Sequence[tuple[Part, Text, int]] = (
        (
            # L10N: on a button, before «−30 s»: a round of a gallery of tables
            ("talk", _("Round"), lengths.talk),
            # L10N: on a button, before «−30 s»: the time in which people walk to the next table
            ("change", _("Walk"), lengths.change),
        )
        if plenary.gallery
        else (
            # L10N: on a button, before «−30 s»: the talk of each group
            ("talk", _("Talk"), lengths.talk),
            # L10N: on a button, before «−30 s»: the questions to each group
            ("questions", _("Questions"), lengths.questions),
            # L10N: on a button, before «−30 s»: the time in which the next group comes on stage
            ("change", _("Changeover"), lengths.change),
        )
    )
    buttons: list[Button] = []
    for part, label, seconds in parts:
        lowest, highest = BOUNDS[part]
        if seconds > lowest:
            less = _("{part} −{seconds} s", part=label, seconds=STEP)
            buttons.append(Button(less, change_length.to(plenary.id, part, longer=False)))
        if seconds < highest:
            more = _("{part} +{seconds} s", part=label, seconds=STEP)
            buttons.append(Button(more, change_length.to(plenary.id, part, longer=True)))
    waiting = len(state.end(request.now).waiting) if plenary.running and not plenary.gallery else 0
    if waiting:
        # L10N: a button: the plenary ends now; the groups that wait present in another session
        buttons.append(Button(_("End here"), ConductStep(plenary.id, "e", version_of(state).seen)))
    return reply(
        Strong(line),
        *(_("{part}: {length}", part=label, length=length(seconds)) for _part, label, seconds in parts),
        *(
            (_("They apply from the next round on.") if plenary.gallery else _("They apply from the next group on."),)
            if plenary.running
            else ()
        ),
        *(
            (
                # L10N: never zero
                _n(
                    "With «End here», {count} group will present in another session.",
                    "With «End here», {count} groups will present in another session.",
                    waiting,
                ),
            )
            if waiting
            else ()
        ),
        buttons=(*buttons, Button(_("Back to the plenary"), OpenPlenary(plenary.id), style="primary")),
    )


@routes.press("pntc", who=ORGANISER)
async def change_length(request: Request, plenary: int, part: str, longer: bool) -> Reply:
    """Make one part of each turn longer or shorter by half a minute, within its bounds.

    `part` is «talk», «questions» or «change».
    """
    state = await find(request, plenary)
    parts: dict[str, Part] = {"talk": "talk", "questions": "questions", "change": "change"}
    no_part = part == "questions" and state.plenary.gallery
    if part not in parts or no_part or state.plenary.ended_at is not None:
        raise Stale
    lengths = state.plenary.lengths.changed(parts[part], STEP if longer else -STEP)
    changed = await preparing.change_lengths(request.tx, state, lengths)
    if not changed.plenary.running:
        await tell_order(request.tx, changed.plenary.round, request.now)
    return await _show_lengths(request, changed)
