"""What the wall shows of the workshops before the plenary: the phase that is running, its clock, and ideas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.content.names import shortened
from bot.content.scenes import Scene, SceneCard, SceneClock, ScenePart
from bot.content.texts import Localised, Name, Span, _, _n
from bot.database.engine import Transaction
from handlers.ideas.store.revealed import RevealedIdeas, revealed_of_round
from handlers.plenary.messages import LONGEST_IDEA, TIME_LEFT
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.store.wishes import groups_showing_names
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.store.phases import all_phases
from handlers.workshops.store.runs import runs_of_groups

_CARDS = 60
"""How many ideas are shown, some at a time."""


async def workshop_scene(tx: Transaction, state: PlenaryState) -> Scene | None:
    """Return the scene of the phase that most groups are in, with revealed ideas; None if no group is in a phase.

    Names are shown only for groups that agreed, and never for anonymous ideas.
    """
    phases = {phase.key: phase for phase in await all_phases(tx)}
    everywhere = await runs_of_groups(tx, state.plenary.round)
    open_runs = [run for run in everywhere if run.open and run.phase in phases]
    if not open_runs:
        return None
    [(key, _groups)] = Counter(run.phase for run in open_runs).most_common(1)
    runs = [run for run in open_runs if run.phase == key]
    given = await revealed_of_round(tx, state.plenary.round, key, _CARDS)
    showing = await groups_showing_names(tx)
    cards = [
        SceneCard(
            Name(shortened(idea.text, LONGEST_IDEA)),
            Name(idea.author) if idea.author and idea.group_id in showing else "",
            idea.photo,
        )
        for idea in given.latest
    ]
    return Scene(
        "board",
        heading=_("Workshops"),
        title=Localised(phases[key].title),
        cards=cards,
        parts=() if cards else _instruction(phases[key]),
        clock=_countdown(runs),
        figures=(
            _n("{count} group", "{count} groups", len(runs)),
            _given(given),
        ),
    )


def _given(given: RevealedIdeas) -> Span:
    """Return how many ideas were given and by how many people, where any of them is still known."""
    ideas = _n("{count} idea", "{count} ideas", given.ideas)
    if not given.people:
        return ideas
    # L10N: on the wall, during a phase of the workshops: «12 ideas» from «4 people»
    return _n("{ideas} from {count} person", "{ideas} from {count} people", given.people, ideas=ideas)


def _instruction(phase: Phase) -> Sequence[ScenePart]:
    return (ScenePart("", Localised(phase.instruction)),) if phase.instruction else ()


def _countdown(runs: Sequence[PhaseRun]) -> SceneClock | None:
    """Return the clock of the group whose phase ends first; one that stands still if all are in a break."""
    ends = [run.ends_at for run in runs if run.ends_at is not None]
    if ends:
        return SceneClock(TIME_LEFT, min(ends))
    left = [(run.remaining, run.started_at) for run in runs if run.remaining is not None]
    if not left:
        return None
    remaining, started_at = min(left)
    return SceneClock(TIME_LEFT, started_at + remaining, left=remaining)
