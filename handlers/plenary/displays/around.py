"""What the wall shows before the plenary (the programme and the first group) and after it (thanks)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.content.scenes import Scene, SceneClock, ScenePart, SceneRow
from bot.content.texts import Localised, Moment, Text, _, _n
from bot.database.engine import Transaction
from bot.people.audiences import EVERYONE
from handlers.plenary.displays.stage import slide_of
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.service import preparing
from handlers.plenary.store.questions import questions_of_room
from handlers.programme.model import Plan, Session, local_day
from handlers.programme.store import still_to_come

_ROWS = 4
"""How many sessions of the programme are shown."""
_IN_SIGHT = timedelta(hours=2)
"""How long before a plenary its clock is shown."""


async def waiting_scene(tx: Transaction, state: PlenaryState, titles: Mapping[int, Text], now: datetime) -> Scene:
    """Return the scene for the wall before a plenary or while nobody is on stage: the programme and the first group."""
    session = await preparing.session_of(tx, state.plenary)
    starts = session.plan.starts if session and not state.plenary.running else None
    ahead = starts - now if starts and starts > now else None
    drawn = state.plenary.running or state.plenary.seed is not None
    coming = state.waiting[:1] if drawn and not state.plenary.gallery else ()
    in_sight = starts is not None and ahead is not None and ahead <= _IN_SIGHT
    today = _today(await still_to_come(tx, now), now)
    return Scene(
        "agenda",
        heading=_("Plenary"),
        title=_first(today, session.plan, now) if session and ahead else _("The plenary begins soon"),
        rows=_rows(today, now),
        soon=[drawing for other in coming if (drawing := await slide_of(tx, other.group_id, titles))],
        clock=SceneClock("", starts, starts) if starts and in_sight else None,
        # L10N: on the wall before the plenary: the group that presents first
        after=_("First on stage: {group}", group=titles[coming[0].group_id]) if coming else "",
    )


def _first(today: Sequence[Plan], plenary: Plan, now: datetime) -> Text:
    """Return what begins next today, or when the plenary begins: with its day unless that is today."""
    coming = next((plan for plan in today if plan.starts > now), plenary)
    if coming.starts < plenary.starts:
        # L10N: large on the wall: what begins next
        return _("At {time}: {title}", time=Moment(coming.starts, "time"), title=Localised(coming.title))
    return _beginning(plenary, now)


def _beginning(plan: Plan, now: datetime) -> Text:
    if local_day(plan, plan.starts) == local_day(plan, now):
        return _("The plenary begins at {time}", time=Moment(plan.starts, "time"))
    # L10N: {time} has the day, for instance «lundi 28 décembre, 10:00»
    return _("The plenary begins on {time}", time=Moment(plan.starts))


def _today(sessions: Sequence[Session], now: datetime) -> Sequence[Plan]:
    """Return the sessions of today that are for everybody and not over."""
    return [
        session.plan
        for session in sessions
        if session.plan.audience == EVERYONE
        and local_day(session.plan, session.plan.starts) == local_day(session.plan, now)
    ]


def _rows(today: Sequence[Plan], now: datetime) -> Sequence[SceneRow]:
    return [
        SceneRow(Moment(plan.starts, "time"), Localised(plan.title), now=plan.starts <= now) for plan in today[:_ROWS]
    ]


async def thanks_scene(tx: Transaction, state: PlenaryState) -> Scene:
    """Return the scene after the plenary: thanks, the number of groups that presented, and the number of questions."""
    presented = sum(turn.state == "done" for turn in state.turns)
    questions = await questions_of_room(tx, state.plenary.id)
    return Scene(
        "words",
        heading=_("Plenary"),
        # L10N: the last thing on the wall, after all groups presented
        title=_("Thank you!"),
        parts=(ScenePart("", _("Questions that were not asked go to the groups, which can answer them in writing.")),)
        if questions.unasked
        else (),
        figures=(
            _n("{count} round", "{count} rounds", presented)
            if state.plenary.gallery
            else _n("{count} group on stage", "{count} groups on stage", presented),
            *((_n("{count} question", "{count} questions", questions.written),) if questions.written else ()),
        ),
    )
