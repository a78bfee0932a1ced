"""Answers hooks of lower capabilities about the plenary: sheets for the workbook, steps to count women and men in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from bot.content.texts import Moment, Name, Person, Span, Territory, _
from bot.content.views import Button
from bot.conversation.undo import WINDOW
from bot.database.engine import Transaction
from bot.people.participants import Participant
from handlers.equality.hooks import Step
from handlers.groups.store.rounds import all_rounds
from handlers.plenary.actions import DrawOrder
from handlers.plenary.messages import offer_words
from handlers.plenary.model.turns import Plenary
from handlers.plenary.organiser.changing import version_of
from handlers.plenary.service import preparing
from handlers.plenary.store import echo, participation
from handlers.plenary.store.plenaries import all_plenaries, find_state, groups_with_a_turn
from handlers.plenary.store.questions import questions_of_group
from handlers.results.hooks import MoreRow, MoreSheet
from handlers.syntheses.hooks import NeededToo

_EXPECTED = timedelta(days=1)
"""How long groups that wait after the end of a plenary are expected to present in another session."""


async def sheets(tx: Transaction) -> Sequence[MoreSheet]:
    """Return two sheets for the workbook of results: the questions to groups, and where else solutions are needed.

    Hidden questions are left out. A name is included only if others may see it. Applause is in neither sheet, so that
    groups are not compared by it.
    """
    questions: list[MoreRow] = []
    also_here: list[MoreRow] = []
    for group_id in await groups_with_a_turn(tx):
        for question in await questions_of_group(tx, group_id):
            if question.shown:
                asked = _("asked") if question.asked_at else ""
                texts = (Name(question.text), Name(question.name), question.votes, question.views, asked)
                questions.append(MoreRow(group_id, (*texts, Name(question.answer))))
        also_here += [
            MoreRow(group_id, (Territory(entry.territory), Name(entry.offer), Name(entry.name)))
            for entry in await echo.also_here_of(tx, group_id)
        ]
    return (
        MoreSheet(
            # L10N: a sheet of the workbook
            _("Questions"),
            # L10N: headings of columns in the workbook, from here on
            (_("Question"), _("From"), _("Votes"), _("Seen by"), _("On stage"), _("The group's answer")),
            questions,
        ),
        # L10N: a sheet of the workbook: where else a solution is needed
        MoreSheet(_("At home too"), (_("Territory"), _("Could help with"), _("From")), also_here),
    )


async def travels(tx: Transaction, group_id: int) -> Sequence[NeededToo]:
    """Return people's statements that a group's solution is needed where they live; only people who still take part."""
    entries = await echo.also_here_of(tx, group_id)
    return [
        NeededToo(
            entry.territory,
            Person(entry.participant_id, "short", entry.name),
            offer_words(entry) if entry.offer else "",
        )
        for entry in entries
        if entry.name
    ]


async def steps(tx: Transaction, now: datetime) -> Sequence[Step]:
    """Return what people did in plenaries, as steps of the gathering in which women and men are counted.

    A plenary counts once it has ended for good: the end can no longer be undone, and no group waits for another
    session.
    """
    by_round: dict[int, list[Plenary]] = {}
    for plenary in await all_plenaries(tx):
        by_round.setdefault(plenary.round, []).append(plenary)
    days = {round_.number: round_.day for round_ in await all_rounds(tx)}
    ended: list[Step] = []
    for number, plenaries in sorted(by_round.items()):
        on_stage = any(not plenary.gallery for plenary in plenaries)
        if all([await _ended_for_good(tx, plenary, now) for plenary in plenaries]):
            ended += _steps_of_round(number, days[number] if len(by_round) > 1 else None, on_stage=on_stage)
    return ended


async def _ended_for_good(tx: Transaction, plenary: Plenary, now: datetime) -> bool:
    if plenary.ended_at is None or now < plenary.ended_at + WINDOW:
        return False
    state = await find_state(tx, plenary.id)
    return not (state and state.waiting) or now >= plenary.ended_at + _EXPECTED


async def remedies(tx: Transaction, person: Participant, now: datetime) -> Sequence[Button]:
    """Return the button with which an organiser draws the order of a coming plenary.

    Returns () for a person who is no organiser, or if every order is drawn.
    """
    if not person.organises:
        return ()
    to_come = {session.id for session in await preparing.possible_sessions(tx, now)}
    for plenary in await all_plenaries(tx):
        undrawn = plenary.began_at is None and plenary.seed is None and plenary.session_id in to_come
        state = await find_state(tx, plenary.id) if undrawn else None
        if state is not None and state.turns:
            return (Button(_("Draw the order"), DrawOrder(plenary.id, version_of(state).seen)),)
    return ()


def _steps_of_round(number: int, day: date | None, *, on_stage: bool) -> Sequence[Step]:
    """Return the steps of the plenaries of a round (one day's groups); titles name the `day` unless it is None.

    Without `on_stage` it was a gallery, in which people only write questions.
    """

    def step(key: str, words: Span, read: Callable[..., Awaitable[Mapping[int, int]]]) -> Step:
        title = _("{what} · {day}", what=words, day=Moment.of_day(day)) if day else words
        return Step(f"{key}:{number}", title, partial(read, round_number=number))

    # L10N: a step of the gathering in which women and men are counted: questions to groups on stage
    written = step("questions", _("Questions written"), participation.questions_written)
    if not on_stage:
        return (written,)
    return (
        # L10N: a step of the gathering in which women and men are counted: people presented for their group
        step("presenters", _("Presenting on stage"), participation.presented),
        # L10N: a step of the gathering in which women and men are counted
        step("minutes", _("Minutes on stage"), participation.minutes_on_stage),
        written,
        # L10N: a step of the gathering in which women and men are counted: questions to groups on stage
        step("asked", _("Questions asked"), participation.questions_asked),
    )
