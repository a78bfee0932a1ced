"""What the demo's invented people do in a plenary that the visitor conducts: they ask presenters, and applaud."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.conversation.incoming import Pressed, Submitted
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.rehearsal.contributions import Step
from handlers.groups.store.members import arrived_members
from handlers.plenary.actions import Applaud, AskQuestion
from handlers.plenary.model.turns import Plenary
from handlers.plenary.store.galleries import visits_of_round
from handlers.plenary.store.listeners import listeners_of
from handlers.plenary.store.plenaries import find_state, running_plenaries
from handlers.plenary.store.questions import questions_of_group
from handlers.plenary.store.wishes import wishes_of

_ASKED = 2
"""How many questions each group gets."""
_QUESTIONS: Mapping[str, Sequence[str]] = {
    "fr": (
        "Qui pourrait porter cela chez nous ?",
        "Combien cela coûterait-il la première année ?",
        "L'avez-vous déjà vu marcher quelque part ?",
        "Que faites-vous si peu de monde vient ?",
        "Comment les jeunes décident-ils avec vous ?",
        "Par quoi commencer dès demain ?",
    ),
    "en": ("Who could take this up where we live?", "What would you begin with tomorrow?"),
    "de": ("Wer könnte das bei uns in die Hand nehmen?", "Womit würdet ihr morgen anfangen?"),
}


async def next_steps(tx: Transaction, visitors: Collection[int], _leaving: bool) -> Sequence[Step]:
    """Return what invented people do next: one step for each group that presents, on stage or at a table.

    `visitors` are the ids of the people whose pages the visitor of the demo opened; the program does not act for these
    people.
    """
    steps: list[Step] = []
    for plenary in await running_plenaries(tx):
        for group_id, people in (await _listening(tx, plenary)).items():
            if idle := [person for person in people if person not in visitors]:
                steps.append(await _next_step(tx, group_id, idle))
    return steps


async def _listening(tx: Transaction, plenary: Plenary) -> Mapping[int, Sequence[int]]:
    """Return who listens to each group that presents at this moment, without its own members, by the group's id."""
    state = await find_state(tx, plenary.id)
    turn = state.current if state else None
    if turn is None:
        return {}
    if plenary.gallery:
        at_table: dict[int, list[int]] = {}
        for person, group_id in (await visits_of_round(tx, plenary.id, turn.position)).items():
            at_table.setdefault(group_id, []).append(person)
        return at_table
    members = await arrived_members(tx, turn.group_id)
    return {turn.group_id: [person for person in await listeners_of(tx, plenary.id) if person not in members]}


async def _next_step(tx: Transaction, group_id: int, people: Sequence[int]) -> Step:
    """Return the step of the next of these people who asks a group something; after its questions, of one who applauds.

    The program does no step twice. Who asks differs from group to group.
    """
    first = group_id % len(people)
    asking, applauding = [*people[first:], *people[:first]], people[first - 1]
    asked = len(await questions_of_group(tx, group_id))
    if asked >= min(_ASKED, len(people)) or (await wishes_of(tx, group_id)).declines:
        return Step(applauding, Pressed(Applaud(group_id).encode()))
    person = await participant_store.find(tx, asking[asked])
    assert person is not None, "who listens is a participant"
    questions = _QUESTIONS.get(person.locale or "", _QUESTIONS["fr"])
    question = questions[(group_id + asked) % len(questions)]
    return Step(person.id, Submitted(AskQuestion(group_id).encode(), {"question": question}), question)
