"""Prepares a plenary directly in a store: groups of people, presenters, questions to each group, a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import SystemClock
from bot.content.stems import stems
from bot.content.texts import Reader, plain
from bot.database.engine import Transaction
from handlers.groups.store.rounds import find_round, mark_round_published
from handlers.plenary.model.turns import Lengths
from handlers.plenary.service.preparing import groups_to_present, prepare
from handlers.plenary.service.presenting import MOST_PRESENTERS, set_presenters
from handlers.plenary.store.plenaries import find_state
from handlers.plenary.store.questions import add_question
from handlers.programme.model import Plan
from handlers.programme.store import add_session
from tests.crowds import THEMES, Person, put_into_groups

_QUESTIONS = 40
_QUESTION = "Question {number}: who pays for it, and from when on?"


@dataclass(frozen=True, slots=True)
class PreparedPlenary:
    """A plenary that has not begun: its id, its groups in order, their English titles, and the presenters of each."""

    id: int
    groups: Sequence[int]
    titles: Mapping[int, str]
    presenters: Mapping[int, Sequence[Person]]


async def prepare_plenary(tx: Transaction, people: Sequence[Person], groups: int) -> PreparedPlenary:
    """Form and publish `groups` groups of the people, and prepare their plenary, which may begin at once.

    Each group gets forty questions from people of the next group.
    """
    now = SystemClock().now()
    made, placed = await put_into_groups(tx, people, [theme["key"] for theme in THEMES], groups, now)
    await mark_round_published(tx, 1, now)
    members = {group.id: [person for person in placed if person.group == group.id] for group in made}
    for place, group in enumerate(made):
        others = members[made[(place + 1) % groups].id]
        for number in range(_QUESTIONS):
            words = _QUESTION.format(number=number + 1)
            await add_question(tx, group.id, others[number % len(others)].id, words, stems(words, "en"), now)
    starts = now - timedelta(minutes=1)
    plan = Plan("plenary", {"en": "Plenary"}, starts, starts + timedelta(hours=2), "Europe/Paris", kind="plenary")
    round_ = await find_round(tx, 1)
    assert round_ is not None
    plenary_id = await prepare(tx, round_, await add_session(tx, plan), Lengths(180, 60, 60))
    presenters = {}
    for place, group in enumerate(made):
        first = place % max(1, len(members[group.id]) - 1)  # so that presenters are on all platforms
        presenters[group.id] = members[group.id][first : first + MOST_PRESENTERS]
        await set_presenters(tx, group.id, [person.id for person in presenters[group.id]])
    state = await find_state(tx, plenary_id)
    assert state is not None
    english = Reader("en", "Europe/Paris")
    titles = (await groups_to_present(tx, 1)).titles
    shown = {group_id: plain(title, english) for group_id, title in titles.items()}
    return PreparedPlenary(plenary_id, [turn.group_id for turn in state.turns], shown, presenters)
