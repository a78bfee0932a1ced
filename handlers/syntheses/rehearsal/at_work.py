"""The demo's invented people in a workshop: each does what a person would, one by one.

What they do next follows from what the store holds, so it does not matter who started a phase, or when time was moved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.conversation.incoming import Picked, Pressed, Submitted, Typed
from bot.database.engine import Transaction
from bot.rehearsal.contributions import Step
from handlers.ideas import vote_store
from handlers.ideas.actions import CastVotes
from handlers.ideas.store import of_group
from handlers.syntheses import store as syntheses
from handlers.syntheses.actions import (
    Approve,
    PickIdea,
    WriteFirstHalf,
    WriteSecondHalf,
    WriteSentence,
    WriteText,
)
from handlers.syntheses.model import Synthesis
from handlers.syntheses.rehearsal import sayings
from handlers.workshops.actions import WriteCard
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.store import RUN_COLUMNS, all_phases, run_of_row

_VOTES = 3


@dataclass(frozen=True, slots=True)
class _Member:
    """Someone of a group who came in, `place` counts from 0; what they did in the phase the group lived last."""

    id: int
    place: int
    locale: str
    given: int
    voted: bool
    described: bool


@dataclass(frozen=True, slots=True)
class _Table:
    """A group at work: the phase it lives, or lived last. `idle` is whoever the visitor is not."""

    run: PhaseRun
    phase: Phase
    theme: str
    number: int
    idle: Sequence[_Member]
    visited: bool


async def next_steps(tx: Transaction, visitors: Collection[int], leaving: bool) -> Sequence[Step]:
    """What one person of each group does next; with `leaving`, the visitor's group writes down what it keeps, too."""
    steps = [await _of_table(tx, table, leaving=leaving) for table in await _tables(tx, visitors)]
    return [step for step in steps if step]


async def _tables(tx: Transaction, visitors: Collection[int]) -> Sequence[_Table]:
    rows = await tx.all(
        f"SELECT {RUN_COLUMNS}, g.theme, g.number, p.id AS person, p.locale,"
        " (SELECT COUNT(*) FROM ideas i WHERE i.author_id = p.id AND i.phase = r.phase) AS given,"
        " EXISTS (SELECT 1 FROM idea_votes v JOIN ideas i ON i.id = v.idea_id WHERE v.participant_id = p.id"
        " AND i.phase = r.phase) AS voted,"
        " EXISTS (SELECT 1 FROM territory_cards c WHERE c.participant_id = p.id AND c.group_id = g.id) AS described"
        " FROM groups g JOIN phase_runs r ON r.id = (SELECT l.id FROM phase_runs l WHERE l.group_id = g.id"
        " ORDER BY l.started_at DESC, l.id DESC LIMIT 1)"
        " JOIN members m ON m.group_id = g.id JOIN participants p ON p.id = m.participant_id"
        " WHERE p.status = 'joined' ORDER BY r.id, p.id"
    )
    known = {phase.key: phase for phase in await all_phases(tx)}
    tables: list[_Table] = []
    for _run, at_table in groupby(rows, key=lambda row: row["id"]):
        seated = list(at_table)
        members = [
            _Member(row["person"], place, row["locale"], row["given"], bool(row["voted"]), bool(row["described"]))
            for place, row in enumerate(seated)
        ]
        idle = [member for member in members if member.id not in visitors]
        first = seated[0]
        run = run_of_row(first)
        tables.append(_Table(run, known[run.phase], first["theme"], first["number"], idle, len(idle) < len(members)))
    return tables


async def _of_table(tx: Transaction, table: _Table, *, leaving: bool) -> Step | None:
    if table.run.open:
        return _speak(table) or (await _vote(tx, table) if table.run.revealed else None)
    return await _write(tx, table) if leaving or not table.visited else None


def _speak(table: _Table) -> Step | None:
    """Everyone but the last says something, one or two of them twice; or writes about their territory."""
    for round_ in (0, 1):
        for member in table.idle[:-1]:
            if table.phase.collects == "territories":
                if round_ == 0 and not member.described:
                    return _describe(table, member)
            elif member.given == round_ and (round_ == 0 or member.place % 4 == 1):
                number = table.number * 3 + (6 + member.place // 4 if round_ else member.place)
                said = sayings.idea(table.phase.collects, table.theme, member.locale, table.number, number)
                return Step(member.id, Typed(said), said)
    return None


def _describe(table: _Table, member: _Member) -> Step:
    words = sayings.TERRITORY[(table.number + member.place) % len(sayings.TERRITORY)]
    answers = dict(zip(("present", "obstacle", "change", "carrier"), words, strict=True))
    return Step(member.id, Submitted(WriteCard(table.run.id).encode(), answers), "\n".join(words))


async def _vote(tx: Transaction, table: _Table) -> Step | None:
    """Whoever did not vote: for the first of a few, and for two more."""
    offered = await of_group(tx, table.run.group_id, table.run.phase)
    for member in table.idle[:-1]:
        if offered and not member.voted:
            places = (member.place % 2, 2 + member.place, 3 + 2 * member.place)
            chosen = {offered[place % len(offered)].id for place in places[:_VOTES]}
            return Step(member.id, Picked(CastVotes(table.run.id, 1).encode(), tuple(map(str, sorted(chosen)))))
    return None


async def _write(tx: Transaction, table: _Table) -> Step | None:
    """What is left to be written down after a phase: the first writes, the second approves."""
    if not table.idle or table.phase.collects == "territories":
        return None
    run, writer = table.run, table.idle[0].id
    written = await syntheses.current(tx, run.group_id, run.phase)
    leaders = [idea.text for idea, _votes in await vote_store.best(tx, run.group_id, run.phase)]
    if table.phase.collects == "solution":
        return await _fill(tx, table, written) if leaders else None
    if written is not None:
        others = [member.id for member in table.idle[1:2] if member.id != written.author_id]
        opinions = await syntheses.opinions(tx, written.id)
        return Step(others[0], Pressed(Approve(written.id).encode())) if others and not opinions else None
    if not leaders:
        return None
    if table.phase.collects == "challenge":
        return Step(writer, Submitted(WriteSentence(run.id, 0).encode(), {"sentence": leaders[0]}), leaders[0])
    text = "\n".join(leaders[:_VOTES])
    return Step(writer, Submitted(WriteText(run.id, 0).encode(), {"text": text}), text)


async def _fill(tx: Transaction, table: _Table, written: Synthesis | None) -> Step | None:
    """The canvas, step by step: the idea with most votes, the first half, the second."""
    run, writer = table.run, table.idle[0].id
    said = written.content if written else {}
    base = written.id if written else 0
    if not said.get("idea"):
        best, _votes = (await vote_store.best(tx, run.group_id, run.phase))[0]
        return Step(writer, Picked(PickIdea(run.id, base).encode(), (str(best.id),)))
    halves = (
        (
            WriteFirstHalf(run.id, base),
            ("for_whom", "what", "how"),
            sayings.CANVAS.get(table.theme, sayings.CANVAS["culture"]),
        ),
        (WriteSecondHalf(run.id, base), ("with_whom", "first_step", "measure"), sayings.CANVAS_REST),
    )
    for action, fields, words in halves:
        if not any(said.get(field) for field in fields):
            answers = dict(zip(fields, words, strict=True))
            return Step(writer, Submitted(action.encode(), answers), "\n".join(words))
    return None
