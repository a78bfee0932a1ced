"""The demo's invented people in a workshop: each does what a person would, on a page of their own, one by one.

What they do next follows from what the store holds, so it does not matter who started a phase, or when time was moved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count, groupby

from bot.conversation.incoming import Content, Picked, Pressed, Submitted, Typed
from bot.database.engine import Store, Transaction
from bot.platforms.web.adapter import Web
from bot.rehearsal import sayings
from handlers.ideas import store as ideas
from handlers.ideas import vote_store
from handlers.ideas.actions import CastVotes
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
from handlers.workshops import store as phases
from handlers.workshops.actions import WriteCard
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.store import RUN_COLUMNS, run_of_row

_PACE = 1.5
"""Seconds of real time between what two members of a group do."""
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


@dataclass(frozen=True, slots=True)
class _Step:
    """Something one person does next."""

    person: int
    content: Content
    said: str = ""


class Neighbours:
    """Whoever the visitor is not. `run` until cancelled."""

    def __init__(self, store: Store, pages: Web, visitors: Collection[int]) -> None:
        """`visitors` are those the visitor is, or was: these do nothing by themselves."""
        self._store = store
        self._pages = pages
        self._visitors = visitors
        self._tokens = count(1)
        self._tried: set[str] = set()
        self._at_work = asyncio.Lock()

    async def run(self) -> None:
        """Let one person of each group do one thing, again and again."""
        while True:
            await asyncio.sleep(_PACE)
            await self.act()

    async def act(self, *, leaving: bool = False) -> bool:
        """One thing in each group; whether there was any. `leaving`: write down what the visitor's group keeps, too."""
        async with self._at_work:
            steps = [step for step in await self._store.read(lambda tx: self._next(tx, leaving)) if self._is_new(step)]
            for step in steps:
                await self._pages.act(step.person, step.content, f"demo-{next(self._tokens):08}", step.said)
            return bool(steps)

    async def finish(self) -> None:
        """Do all that is left to do at this moment, before time is moved on."""
        while await self.act(leaving=True):
            pass

    def _is_new(self, step: _Step) -> bool:
        """What was refused once is not done again."""
        tried = repr(step)
        new = tried not in self._tried
        self._tried.add(tried)
        return new

    async def _next(self, tx: Transaction, leaving: bool) -> Sequence[_Step]:
        steps = [await self._of_table(tx, table, leaving) for table in await self._tables(tx)]
        return [step for step in steps if step]

    async def _tables(self, tx: Transaction) -> Sequence[_Table]:
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
        known = {phase.key: phase for phase in await phases.all_phases(tx)}
        tables: list[_Table] = []
        for _run, at_table in groupby(rows, key=lambda row: row["id"]):
            seated = list(at_table)
            members = [
                _Member(row["person"], place, row["locale"], row["given"], bool(row["voted"]), bool(row["described"]))
                for place, row in enumerate(seated)
            ]
            idle = [member for member in members if member.id not in self._visitors]
            first = seated[0]
            run = run_of_row(first)
            tables.append(
                _Table(run, known[run.phase], first["theme"], first["number"], idle, len(idle) < len(members))
            )
        return tables

    async def _of_table(self, tx: Transaction, table: _Table, leaving: bool) -> _Step | None:
        if table.run.open:
            return _speak(table) or (await _vote(tx, table) if table.run.revealed else None)
        return await _write(tx, table) if leaving or not table.visited else None


def _speak(table: _Table) -> _Step | None:
    """Everyone but the last says something, one or two of them twice; or writes about their territory."""
    for round_ in (0, 1):
        for member in table.idle[:-1]:
            if table.phase.collects == "territories":
                if round_ == 0 and not member.described:
                    return _describe(table, member)
            elif member.given == round_ and (round_ == 0 or member.place % 4 == 1):
                number = table.number * 3 + (6 + member.place // 4 if round_ else member.place)
                said = sayings.idea(table.phase.collects, table.theme, member.locale, table.number, number)
                return _Step(member.id, Typed(said), said)
    return None


def _describe(table: _Table, member: _Member) -> _Step:
    words = sayings.TERRITORY[(table.number + member.place) % len(sayings.TERRITORY)]
    answers = dict(zip(("present", "obstacle", "change", "carrier"), words, strict=True))
    return _Step(member.id, Submitted(WriteCard(table.run.id).encode(), answers), "\n".join(words))


async def _vote(tx: Transaction, table: _Table) -> _Step | None:
    """Whoever did not vote: for the first of a few, and for two more."""
    offered = await ideas.of_group(tx, table.run.group_id, table.run.phase)
    for member in table.idle[:-1]:
        if offered and not member.voted:
            places = (member.place % 2, 2 + member.place, 3 + 2 * member.place)
            chosen = {offered[place % len(offered)].id for place in places[:_VOTES]}
            return _Step(member.id, Picked(CastVotes(table.run.id, 1).encode(), tuple(map(str, sorted(chosen)))))
    return None


async def _write(tx: Transaction, table: _Table) -> _Step | None:
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
        return _Step(others[0], Pressed(Approve(written.id).encode())) if others and not opinions else None
    if not leaders:
        return None
    if table.phase.collects == "challenge":
        return _Step(writer, Submitted(WriteSentence(run.id, 0).encode(), {"sentence": leaders[0]}), leaders[0])
    text = "\n".join(leaders[:_VOTES])
    return _Step(writer, Submitted(WriteText(run.id, 0).encode(), {"text": text}), text)


async def _fill(tx: Transaction, table: _Table, written: Synthesis | None) -> _Step | None:
    """The canvas, step by step: the idea with most votes, the first half, the second."""
    run, writer = table.run, table.idle[0].id
    said = written.content if written else {}
    base = written.id if written else 0
    if not said.get("idea"):
        best, _votes = (await vote_store.best(tx, run.group_id, run.phase))[0]
        return _Step(writer, Picked(PickIdea(run.id, base).encode(), (str(best.id),)))
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
            return _Step(writer, Submitted(action.encode(), answers), "\n".join(words))
    return None
