"""Stores plenaries, the turns of groups, who presents, and what the room asks and says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.clock import from_micros, instant_or_none, micros_or_none, to_micros
from bot.content.names import Named, display_name
from bot.database.engine import Row, Transaction
from bot.people.audiences import COMES
from handlers.plenary.model import (
    ALTERNATING,
    MOST_CLAPS,
    Entrant,
    Lengths,
    Plenary,
    PlenaryState,
    StageQuestion,
    StageTurn,
    Table,
    Visits,
)

_PLENARY = (
    "SELECT id, round, session_id, room, talk, questions, change, seed, began_at, planned_end_at, paused_at, ended_at,"
    " gallery, captions FROM plenaries"
)
_TURN = "SELECT group_id, plenary_id, position, state, passed, began_at, ends_at, over_at, called_at FROM stage_turns"
_ROUND = (
    "SELECT 0 AS group_id, plenary_id, number AS position, state, 0 AS passed, began_at, ends_at, over_at,"
    " NULL AS called_at FROM gallery_rounds"
)


def _plenary(row: Row) -> Plenary:
    return Plenary(
        row["id"],
        row["round"],
        row["session_id"],
        row["room"],
        Lengths(row["talk"], row["questions"], row["change"]),
        row["seed"],
        instant_or_none(row["began_at"]),
        instant_or_none(row["planned_end_at"]),
        instant_or_none(row["paused_at"]),
        instant_or_none(row["ended_at"]),
        bool(row["gallery"]),
        row["captions"],
    )


def _turn(row: Row) -> StageTurn:
    return StageTurn(
        row["group_id"],
        row["plenary_id"],
        row["position"],
        row["state"],
        bool(row["passed"]),
        instant_or_none(row["began_at"]),
        instant_or_none(row["ends_at"]),
        instant_or_none(row["over_at"]),
        instant_or_none(row["called_at"]),
    )


# --- plenaries and turns


_ALL = "plenaries"


async def all_plenaries(tx: Transaction) -> Sequence[Plenary]:
    """Return all plenaries, the latest prepared last; those of one session by room. The transaction keeps the answer.

    There are a few in a gathering.
    """
    return await tx.once(_ALL, _read_all)


async def _read_all(tx: Transaction) -> Sequence[Plenary]:
    return [_plenary(row) for row in await tx.all(f"{_PLENARY} ORDER BY id")]


async def running_plenaries(tx: Transaction) -> Sequence[Plenary]:
    """Return the plenaries that have begun and not ended."""
    return [plenary for plenary in await all_plenaries(tx) if plenary.began_at and not plenary.ended_at]


async def find_state(tx: Transaction, plenary_id: int) -> PlenaryState | None:
    """Return a plenary with its turns in order, a gallery with its rounds; None if there is no such plenary."""
    row = await tx.one(f"{_PLENARY} WHERE id = :id", id=plenary_id)
    if row is None:
        return None
    plenary = _plenary(row)
    if plenary.gallery:
        rounds = await tx.all(f"{_ROUND} WHERE plenary_id = :id ORDER BY number", id=plenary_id)
        return PlenaryState(plenary, tuple(_turn(turn) for turn in rounds))
    turns = await tx.all(f"{_TURN} WHERE plenary_id = :id ORDER BY position, group_id", id=plenary_id)
    return PlenaryState(plenary, tuple(_turn(turn) for turn in turns))


async def groups_of_plenary(tx: Transaction, plenary_id: int) -> Sequence[int]:
    """Return the ids of the groups of a plenary in their order, which is that of the tables in a gallery."""
    rows = await tx.all(
        "SELECT group_id FROM stage_turns WHERE plenary_id = :id ORDER BY position, group_id", id=plenary_id
    )
    return [row["group_id"] for row in rows]


async def find_turn(tx: Transaction, group_id: int) -> StageTurn | None:
    """Return the turn of a group; None if it has none."""
    row = await tx.one(f"{_TURN} WHERE group_id = :id", id=group_id)
    return _turn(row) if row else None


async def add_plenary(tx: Transaction, round_number: int, session_id: int, room: int, lengths: Lengths) -> int:
    """Store a plenary without turns, and return its id."""
    tx.read_anew(_ALL)
    row = await tx.one(
        "INSERT INTO plenaries (round, session_id, room, talk, questions, change)"
        " VALUES (:round, :session, :room, :talk, :questions, :change) RETURNING id",
        round=round_number,
        session=session_id,
        room=room,
        talk=lengths.talk,
        questions=lengths.questions,
        change=lengths.change,
    )
    assert row is not None
    plenary_id: int = row["id"]
    return plenary_id


async def remove_plenary(tx: Transaction, plenary_id: int) -> None:
    """Delete a plenary with its turns. What people wrote to groups, and who presents, stays."""
    tx.read_anew(_ALL)
    await tx.run("DELETE FROM plenaries WHERE id = :id", id=plenary_id)


async def set_session(tx: Transaction, plenary_id: int, session_id: int) -> None:
    """Set the session of the programme in which a plenary takes place."""
    tx.read_anew(_ALL)
    await tx.run("UPDATE plenaries SET session_id = :session WHERE id = :id", id=plenary_id, session=session_id)


async def set_lengths(tx: Transaction, plenary_id: int, lengths: Lengths) -> None:
    """Set the lengths of the parts of a plenary's turns."""
    tx.read_anew(_ALL)
    await tx.run(
        "UPDATE plenaries SET talk = :talk, questions = :questions, change = :change WHERE id = :id",
        id=plenary_id,
        talk=lengths.talk,
        questions=lengths.questions,
        change=lengths.change,
    )


async def set_captions(tx: Transaction, plenary_id: int, address: str) -> None:
    """Set the address of the captions of a plenary; '' for none."""
    tx.read_anew(_ALL)
    await tx.run("UPDATE plenaries SET captions = :address WHERE id = :id", id=plenary_id, address=address)


async def put_turns(tx: Transaction, plenary_id: int, group_ids: Sequence[int]) -> None:
    """Let groups present in a plenary, in this order; those that have a turn in another one move here."""
    await tx.many(
        "INSERT INTO stage_turns (group_id, plenary_id, position) VALUES (:group, :plenary, :position)"
        " ON CONFLICT (group_id) DO UPDATE SET plenary_id = excluded.plenary_id, position = excluded.position",
        [
            {"group": group_id, "plenary": plenary_id, "position": position}
            for position, group_id in enumerate(group_ids)
        ],
    )


async def remove_turns(tx: Transaction, group_ids: Sequence[int]) -> None:
    """Delete the turns of groups, with what became of them, so that they can have new ones in another plenary."""
    await tx.many("DELETE FROM stage_turns WHERE group_id = :group", [{"group": group_id} for group_id in group_ids])


async def save(tx: Transaction, before: PlenaryState, after: PlenaryState, now: datetime) -> None:
    """Store what changed between two states of one plenary, and when its clocks change next."""
    tx.read_anew(_ALL)
    plenary = after.plenary
    await tx.run(
        "UPDATE plenaries SET seed = :seed, began_at = :began, planned_end_at = :planned, paused_at = :paused,"
        " ended_at = :ended, tick_at = :tick WHERE id = :id",
        id=plenary.id,
        seed=plenary.seed,
        began=micros_or_none(plenary.began_at),
        planned=micros_or_none(plenary.planned_end),
        paused=micros_or_none(plenary.paused_at),
        ended=micros_or_none(plenary.ended_at),
        tick=micros_or_none(after.next_tick(now)),
    )
    known = set(before.turns)
    if plenary.gallery:
        await _save_rounds(tx, [round_ for round_ in after.turns if round_ not in known])
        return
    await tx.many(
        "UPDATE stage_turns SET position = :position, state = :state, passed = :passed, began_at = :began,"
        " ends_at = :ends, over_at = :over WHERE group_id = :group",
        [
            {
                "group": turn.group_id,
                "position": turn.position,
                "state": turn.state,
                "passed": int(turn.passed),
                "began": micros_or_none(turn.began_at),
                "ends": micros_or_none(turn.ends_at),
                "over": micros_or_none(turn.over_at),
            }
            for turn in after.turns
            if turn not in known
        ],
    )


# --- a gallery: its rounds, and who visits which table


async def set_rounds(tx: Transaction, plenary_id: int, rounds: int, seed: int | None) -> None:
    """Make a plenary that has not begun a gallery with so many rounds; with 0, groups present one after another.

    `seed` draws who visits which table; None for nothing drawn yet.
    """
    tx.read_anew(_ALL)
    await tx.run(
        "UPDATE plenaries SET gallery = :gallery, seed = :seed WHERE id = :id",
        id=plenary_id,
        gallery=int(rounds > 0),
        seed=seed,
    )
    await tx.run("DELETE FROM gallery_rounds WHERE plenary_id = :id", id=plenary_id)
    await tx.many(
        "INSERT INTO gallery_rounds (plenary_id, number) VALUES (:id, :number)",
        [{"id": plenary_id, "number": number} for number in range(1, rounds + 1)],
    )


async def _save_rounds(tx: Transaction, rounds: Sequence[StageTurn]) -> None:
    await tx.many(
        "UPDATE gallery_rounds SET state = :state, began_at = :began, ends_at = :ends, over_at = :over"
        " WHERE plenary_id = :plenary AND number = :number",
        [
            {
                "plenary": round_.plenary_id,
                "number": round_.position,
                "state": round_.state,
                "began": micros_or_none(round_.began_at),
                "ends": micros_or_none(round_.ends_at),
                "over": micros_or_none(round_.over_at),
            }
            for round_ in rounds
        ],
    )


async def tables_of(tx: Transaction, plenary_id: int) -> Sequence[Table]:
    """Return the tables of a gallery in their order, with the members who joined and take part."""
    rows = await tx.all(
        "SELECT t.group_id, g.theme, p.id FROM stage_turns t JOIN groups g ON g.id = t.group_id"
        " LEFT JOIN members m ON m.group_id = t.group_id"
        f" LEFT JOIN participants p ON p.id = m.participant_id AND {COMES}"
        " WHERE t.plenary_id = :id ORDER BY t.position, t.group_id, p.id",
        id=plenary_id,
    )
    members: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        here = members.setdefault((row["group_id"], row["theme"]), [])
        here += [row["id"]] if row["id"] is not None else []
    return [Table(group_id, theme, people) for (group_id, theme), people in members.items()]


async def put_visits(tx: Transaction, plenary_id: int, plan: Sequence[Visits]) -> None:
    """Store who visits which table in each round of a gallery, instead of what was stored before."""
    await tx.run("DELETE FROM gallery_visits WHERE plenary_id = :id", id=plenary_id)
    await tx.many(
        "INSERT INTO gallery_visits (plenary_id, number, participant_id, group_id)"
        " VALUES (:plenary, :number, :person, :group)",
        [
            {"plenary": plenary_id, "number": number, "person": person, "group": group_id}
            for number, visits in enumerate(plan, start=1)
            for person, group_id in visits.items()
        ],
    )


async def table_of_visitor(tx: Transaction, plenary_id: int, number: int, participant_id: int) -> int | None:
    """Return the table (a group's id) that a person visits in a round of a gallery; None for who visits none."""
    row = await tx.one(
        "SELECT group_id FROM gallery_visits WHERE plenary_id = :id AND number = :number AND participant_id = :person",
        id=plenary_id,
        number=number,
        person=participant_id,
    )
    return row["group_id"] if row else None


async def own_table(tx: Transaction, plenary_id: int, participant_id: int) -> int | None:
    """Return the table (a group's id) of a person's own group in a gallery; None for who has none there."""
    row = await tx.one(
        "SELECT t.group_id FROM stage_turns t JOIN members m ON m.group_id = t.group_id"
        " WHERE t.plenary_id = :id AND m.participant_id = :person",
        id=plenary_id,
        person=participant_id,
    )
    return row["group_id"] if row else None


# --- presenters


@dataclass(frozen=True, slots=True)
class Presenter(Named):
    """Someone who presents for a group. `alternates`: they agreed that the order may alternate women and men."""

    id: int
    given_name: str
    family_name: str
    alternates: bool


async def count_without_presenters(tx: Transaction, plenary_id: int) -> int:
    """Return how many groups of a plenary have not said who presents."""
    row = await tx.one(
        "SELECT COUNT(*) AS n FROM stage_turns t WHERE t.plenary_id = :id"
        " AND NOT EXISTS (SELECT 1 FROM presenters r WHERE r.group_id = t.group_id)",
        id=plenary_id,
    )
    assert row is not None
    number: int = row["n"]
    return number


async def entrants(tx: Transaction, plenary_id: int) -> Sequence[Entrant]:
    """Return what the order of a plenary's groups depends on.

    The language of a group is that of its presenters, else the one most of its members read. Their gender counts only
    where all of them agreed.
    """
    rows = await tx.all(
        "SELECT t.group_id, g.theme, COALESCE(w.remote, 0) AS remote FROM stage_turns t"
        " JOIN groups g ON g.id = t.group_id LEFT JOIN stage_wishes w ON w.group_id = t.group_id"
        " WHERE t.plenary_id = :id ORDER BY t.group_id",
        id=plenary_id,
    )
    speakers = await tx.all(
        "SELECT t.group_id, p.locale, p.gender, r.alternates, 1 AS people FROM stage_turns t"
        " JOIN presenters r ON r.group_id = t.group_id JOIN participants p ON p.id = r.participant_id"
        " WHERE t.plenary_id = :id AND p.status = 'joined'",
        id=plenary_id,
    )
    members = await tx.all(
        "SELECT t.group_id, p.locale, COUNT(*) AS people FROM stage_turns t JOIN members m ON m.group_id = t.group_id"
        " JOIN participants p ON p.id = m.participant_id WHERE t.plenary_id = :id GROUP BY t.group_id, p.locale",
        id=plenary_id,
    )
    languages = {**_commonest(members), **_commonest(speakers)}
    genders: dict[int, list[str]] = {}
    for row in speakers:
        told = row["gender"] if row["alternates"] and row["gender"] in ALTERNATING else ""
        genders.setdefault(row["group_id"], []).append(told)
    return [
        Entrant(
            row["group_id"],
            row["theme"],
            languages.get(row["group_id"], ""),
            bool(row["remote"]),
            known.pop() if len(known := {*genders.get(row["group_id"], ())}) == 1 else "",
            len(genders.get(row["group_id"], ())),
        )
        for row in rows
    ]


def _commonest(rows: Iterable[Row]) -> dict[int, str]:
    """Return the locale of most people, by group, from rows with `group_id`, `locale` and `people`."""
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        of_group = counts.setdefault(row["group_id"], {})
        of_group[row["locale"] or ""] = of_group.get(row["locale"] or "", 0) + row["people"]
    return {group: max(sorted(locales), key=lambda locale: locales[locale]) for group, locales in counts.items()}


async def presenters_of(tx: Transaction, group_id: int) -> Sequence[Presenter]:
    """Return who presents for a group, is still in it and takes part, in the order of the gathering's list."""
    rows = await tx.all(
        "SELECT p.id, p.given_name, p.family_name, r.alternates FROM presenters r"
        " JOIN members m ON m.group_id = r.group_id AND m.participant_id = r.participant_id"
        " JOIN participants p ON p.id = r.participant_id"
        " WHERE r.group_id = :group AND p.status = 'joined' ORDER BY p.id",
        group=group_id,
    )
    return [Presenter(row["id"], row["given_name"], row["family_name"], bool(row["alternates"])) for row in rows]


async def groups_presented_by(tx: Transaction, participant_id: int) -> Sequence[int]:
    """Return the ids of the groups for which a person was named as a presenter."""
    rows = await tx.all(
        "SELECT group_id FROM presenters WHERE participant_id = :id ORDER BY group_id", id=participant_id
    )
    return [row["group_id"] for row in rows]


# --- clocks


async def mark_called(tx: Transaction, group_id: int, now: datetime) -> bool:
    """Store that the presenters of a group were told to come. Returns False if they were told before."""
    return bool(
        await tx.run(
            "UPDATE stage_turns SET called_at = :now WHERE group_id = :group AND called_at IS NULL",
            group=group_id,
            now=to_micros(now),
        )
    )


async def set_tick(tx: Transaction, plenary_id: int, tick_at: datetime | None) -> None:
    """Store when the clocks of a plenary change next, None for never."""
    await tx.run("UPDATE plenaries SET tick_at = :tick WHERE id = :id", id=plenary_id, tick=micros_or_none(tick_at))


async def next_tick(tx: Transaction) -> datetime | None:
    """Return when the clocks of any plenary change next; None while none runs."""
    row = await tx.one("SELECT MIN(tick_at) AS due FROM plenaries WHERE tick_at IS NOT NULL")
    return instant_or_none(row["due"]) if row else None


async def due_tick(tx: Transaction, now: datetime) -> int | None:
    """Return the plenary whose clocks are due to change for the longest time; None where none are due."""
    row = await tx.one(
        "SELECT id FROM plenaries WHERE tick_at IS NOT NULL AND tick_at <= :now ORDER BY tick_at, id LIMIT 1",
        now=to_micros(now),
    )
    return row["id"] if row else None


async def declining(tx: Transaction, plenary_id: int) -> frozenset[int]:
    """Return the ids of the groups of a plenary that take no questions."""
    rows = await tx.all(
        "SELECT t.group_id FROM stage_turns t JOIN stage_wishes w ON w.group_id = t.group_id"
        " WHERE t.plenary_id = :id AND w.declines = 1",
        id=plenary_id,
    )
    return frozenset(row["group_id"] for row in rows)


# --- what groups want for their turns


@dataclass(frozen=True, slots=True)
class TurnWishes:
    """What a group wants for its turn: to present from afar (`remote`), to get no questions (`declines`).

    `named` says that the ideas of its workshops show first names on the wall.
    """

    remote: bool = False
    declines: bool = False
    named: bool = False


async def wishes_of(tx: Transaction, group_id: int) -> TurnWishes:
    """Return what a group wants for its turn."""
    row = await tx.one("SELECT remote, declines, named FROM stage_wishes WHERE group_id = :group", group=group_id)
    if row is None:
        return TurnWishes()
    return TurnWishes(bool(row["remote"]), bool(row["declines"]), bool(row["named"]))


async def set_remote(tx: Transaction, group_id: int, remote: bool) -> None:
    """Store whether a group presents from afar."""
    await tx.run(
        "INSERT INTO stage_wishes (group_id, remote) VALUES (:group, :remote)"
        " ON CONFLICT (group_id) DO UPDATE SET remote = excluded.remote",
        group=group_id,
        remote=int(remote),
    )


async def set_declines(tx: Transaction, group_id: int, declines: bool) -> None:
    """Store whether a group takes no questions."""
    await tx.run(
        "INSERT INTO stage_wishes (group_id, declines) VALUES (:group, :declines)"
        " ON CONFLICT (group_id) DO UPDATE SET declines = excluded.declines",
        group=group_id,
        declines=int(declines),
    )


async def set_shows_names(tx: Transaction, group_id: int, named: bool) -> None:
    """Store whether the ideas of a group show first names on the wall."""
    await tx.run(
        "INSERT INTO stage_wishes (group_id, named) VALUES (:group, :named)"
        " ON CONFLICT (group_id) DO UPDATE SET named = excluded.named",
        group=group_id,
        named=int(named),
    )


async def groups_showing_names(tx: Transaction) -> frozenset[int]:
    """Return the ids of the groups whose ideas show first names on the wall."""
    rows = await tx.all("SELECT group_id FROM stage_wishes WHERE named = 1")
    return frozenset(row["group_id"] for row in rows)


async def set_alternates(tx: Transaction, group_id: int, participant_id: int, alternates: bool) -> None:
    """Store whether a presenter agrees that the order may alternate women and men; nothing for who does not present."""
    await tx.run(
        "UPDATE presenters SET alternates = :alternates WHERE group_id = :group AND participant_id = :person",
        group=group_id,
        person=participant_id,
        alternates=int(alternates),
    )


async def put_presenters(tx: Transaction, group_id: int, people: Sequence[int]) -> None:
    """Store who presents for a group (participant ids). Who still does keeps what they agreed to."""
    rows = await tx.all("SELECT participant_id FROM presenters WHERE group_id = :group", group=group_id)
    gone = {row["participant_id"] for row in rows} - set(people)
    await tx.many(
        "DELETE FROM presenters WHERE group_id = :group AND participant_id = :person",
        [{"group": group_id, "person": person} for person in sorted(gone)],
    )
    await tx.many(
        "INSERT INTO presenters (group_id, participant_id) VALUES (:group, :person) ON CONFLICT DO NOTHING",
        [{"group": group_id, "person": person} for person in people],
    )


async def tie_people(tx: Transaction, people: Collection[int]) -> None:
    """Store that a drawn order shows which of these people (ids) have the same gender, for good."""
    await tx.many(
        "INSERT INTO stage_alternations (participant_id) VALUES (:person) ON CONFLICT DO NOTHING",
        [{"person": person} for person in sorted(people)],
    )


async def tied_people(tx: Transaction) -> Sequence[int]:
    """Return the ids of all people of whom a drawn order shows which have the same gender."""
    rows = await tx.all("SELECT participant_id FROM stage_alternations ORDER BY participant_id")
    return [row["participant_id"] for row in rows]


# --- questions from the room

_QUESTION = (
    "SELECT q.id, q.group_id, q.author_id, q.named, q.text, q.written_at, q.asked_at, q.hidden_at, q.merged_into,"
    " q.answer, q.views, CASE WHEN q.named = 1 AND p.status = 'joined' THEN p.given_name ELSE '' END AS given_name"
    " FROM stage_questions q LEFT JOIN participants p ON p.id = q.author_id"
)


def _question(
    row: Row, views: Mapping[int, int] | None = None, votes: Mapping[int, int] | None = None
) -> StageQuestion:
    return StageQuestion(
        row["id"],
        row["group_id"],
        row["author_id"],
        bool(row["named"]),
        row["given_name"],
        row["text"],
        from_micros(row["written_at"]),
        instant_or_none(row["asked_at"]),
        row["hidden_at"] is not None,
        row["merged_into"],
        row["answer"],
        row["views"] if views is None else views.get(row["id"], 0),
        0 if votes is None else votes.get(row["id"], 0),
    )


async def add_question(tx: Transaction, group_id: int, author_id: int, text: str, stems: str, now: datetime) -> int:
    """Store a question from the room to a group, without its author's name, and return its id."""
    row = await tx.one(
        "INSERT INTO stage_questions (group_id, author_id, text, stems, written_at)"
        " VALUES (:group, :author, :text, :stems, :now) RETURNING id",
        group=group_id,
        author=author_id,
        text=text,
        stems=stems,
        now=to_micros(now),
    )
    assert row is not None
    question_id: int = row["id"]
    return question_id


async def find_question(tx: Transaction, question_id: int) -> StageQuestion | None:
    """Return a question without its votes; None if there is none."""
    row = await tx.one(f"{_QUESTION} WHERE q.id = :id", id=question_id)
    return _question(row) if row else None


async def questions_of_group(tx: Transaction, group_id: int) -> Sequence[StageQuestion]:
    """Return all questions to a group, the oldest first, with their views and votes.

    A person who saw, or voted for, several questions that were merged counts once.
    """
    rows = await tx.all(f"{_QUESTION} WHERE q.group_id = :group ORDER BY q.id", group=group_id)
    views = await _people_by_question(tx, "stage_views", group_id)
    votes = await _people_by_question(tx, "stage_votes", group_id)
    return [_question(row, views, votes) for row in rows]


async def _people_by_question(
    tx: Transaction, table: Literal["stage_views", "stage_votes"], group_id: int
) -> Mapping[int, int]:
    rows = await tx.all(
        "SELECT COALESCE(q.merged_into, q.id) AS question, COUNT(DISTINCT r.participant_id) AS people"
        f" FROM stage_questions q JOIN {table} r ON r.question_id = q.id WHERE q.group_id = :group"
        " GROUP BY COALESCE(q.merged_into, q.id)",
        group=group_id,
    )
    return {row["question"]: row["people"] for row in rows}


async def questions_with(tx: Transaction, question_ids: Sequence[int]) -> Sequence[StageQuestion]:
    """Return the questions with these ids, in this order, without their votes; those that are gone are left out."""
    places, params = _listed(question_ids)
    rows = await tx.all(f"{_QUESTION} WHERE q.id IN ({places})", **params) if params else ()
    known = {row["id"]: _question(row) for row in rows}
    return [known[question_id] for question_id in question_ids if question_id in known]


def _listed(ids: Sequence[int]) -> tuple[str, Mapping[str, int]]:
    """Return ids as the content of an SQL list, «:id0, :id1», and as the parameters that it names."""
    params = {f"id{place}": id_ for place, id_ in enumerate(ids)}
    return ", ".join(f":{name}" for name in params), params


async def count_questions(tx: Transaction, group_id: int) -> int:
    """Return how many questions to a group others than their authors can read and were not asked yet."""
    row = await tx.one(
        "SELECT COUNT(*) AS n FROM stage_questions WHERE group_id = :group AND asked_at IS NULL AND hidden_at IS NULL"
        " AND merged_into IS NULL",
        group=group_id,
    )
    assert row is not None
    number: int = row["n"]
    return number


async def questions_by(tx: Transaction, author_id: int, group_id: int) -> Sequence[StageQuestion]:
    """Return a person's questions to a group, or to all groups for 0; the newest last."""
    rows = await tx.all(
        f"{_QUESTION} WHERE q.author_id = :author AND (:group = 0 OR q.group_id = :group) ORDER BY q.id",
        author=author_id,
        group=group_id,
    )
    return [_question(row) for row in rows]


async def unseen(tx: Transaction, group_id: int, participant_id: int) -> Mapping[int, int]:
    """Return the questions to a group that a person can vote for and has not seen, with how many others saw each."""
    rows = await tx.all(
        "SELECT q.id, q.views FROM stage_questions q WHERE q.group_id = :group AND q.asked_at IS NULL"
        " AND q.hidden_at IS NULL AND q.merged_into IS NULL AND (q.author_id IS NULL OR q.author_id <> :person)"
        " AND NOT EXISTS (SELECT 1 FROM stage_views v WHERE v.question_id = q.id AND v.participant_id = :person)",
        group=group_id,
        person=participant_id,
    )
    return {row["id"]: row["views"] for row in rows}


async def seen(tx: Transaction, group_id: int, participant_id: int) -> Sequence[int]:
    """Return the questions to a group that a person can vote for and was shown already, the oldest first."""
    rows = await tx.all(
        "SELECT q.id FROM stage_questions q JOIN stage_views v ON v.question_id = q.id"
        " WHERE q.group_id = :group AND v.participant_id = :person AND q.asked_at IS NULL AND q.hidden_at IS NULL"
        " AND q.merged_into IS NULL ORDER BY q.id",
        group=group_id,
        person=participant_id,
    )
    return [row["id"] for row in rows]


async def note_shown(tx: Transaction, question_ids: Sequence[int], participant_id: int) -> None:
    """Store that a person is shown questions that they had not seen."""
    rows = [{"question": question_id, "person": participant_id} for question_id in question_ids]
    await tx.many(
        "INSERT INTO stage_views (question_id, participant_id) VALUES (:question, :person) ON CONFLICT DO NOTHING",
        rows,
    )
    await tx.many(
        "UPDATE stage_questions SET views = views + 1 WHERE id = :question",
        [{"question": question_id} for question_id in question_ids],
    )


async def votes_of(tx: Transaction, question_ids: Sequence[int], participant_id: int) -> frozenset[int]:
    """Return those of these questions for which a person votes."""
    places, params = _listed(question_ids)
    if not params:
        return frozenset()
    rows = await tx.all(
        f"SELECT question_id FROM stage_votes WHERE participant_id = :person AND question_id IN ({places})",
        person=participant_id,
        **params,
    )
    return frozenset(row["question_id"] for row in rows)


async def toggle_vote(tx: Transaction, question_id: int, participant_id: int) -> bool:
    """Store a person's vote for a question, or take it back. Returns whether they vote for it now."""
    row = {"question": question_id, "person": participant_id}
    if await tx.run("DELETE FROM stage_votes WHERE question_id = :question AND participant_id = :person", **row):
        return False
    await tx.run("INSERT INTO stage_votes (question_id, participant_id) VALUES (:question, :person)", **row)
    return True


async def set_named(tx: Transaction, question_id: int, named: bool) -> None:
    """Store whether a question shows its author's first name."""
    await tx.run("UPDATE stage_questions SET named = :named WHERE id = :id", id=question_id, named=int(named))


async def delete_question(tx: Transaction, question_id: int) -> None:
    """Delete a question that its author takes back."""
    await tx.run("DELETE FROM stage_questions WHERE id = :id", id=question_id)


async def set_asked(tx: Transaction, question_id: int, asked_at: datetime | None) -> None:
    """Store when a question was asked aloud; None if it was not."""
    await tx.run(
        "UPDATE stage_questions SET asked_at = :at WHERE id = :id", id=question_id, at=micros_or_none(asked_at)
    )


async def mark_told(tx: Transaction, question_id: int, now: datetime) -> bool:
    """Store that the author of a question was told that it is asked. Returns False if they were told before."""
    return bool(
        await tx.run(
            "UPDATE stage_questions SET told_at = :now WHERE id = :id AND told_at IS NULL",
            id=question_id,
            now=to_micros(now),
        )
    )


async def set_hidden(tx: Transaction, question_id: int, by: int, now: datetime, *, hidden: bool) -> bool:
    """Hide a question from everybody but its author and organisers, or show it again. Returns False if it was so."""
    return bool(
        await tx.run(
            "UPDATE stage_questions SET hidden_at = CASE WHEN :hidden = 1 THEN CAST(:now AS BIGINT) END,"
            " hidden_by = CASE WHEN :hidden = 1 THEN CAST(:by AS BIGINT) END"
            " WHERE id = :id AND (CASE WHEN hidden_at IS NULL THEN 0 ELSE 1 END) <> :hidden",
            id=question_id,
            by=by,
            now=to_micros(now),
            hidden=int(hidden),
        )
    )


async def merge_questions(tx: Transaction, question_ids: Sequence[int], target_id: int | None) -> None:
    """Make questions a part of another one, None for of none."""
    await tx.many(
        "UPDATE stage_questions SET merged_into = CAST(:target AS BIGINT) WHERE id = :id",
        [{"id": question_id, "target": target_id} for question_id in question_ids],
    )


async def stems_of_questions(tx: Transaction, group_id: int) -> Sequence[tuple[int, str]]:
    """Return the stems of the questions to a group that stand by themselves, as pairs of id and stems."""
    rows = await tx.all(
        "SELECT id, stems FROM stage_questions WHERE group_id = :group AND hidden_at IS NULL AND merged_into IS NULL"
        " AND asked_at IS NULL ORDER BY id",
        group=group_id,
    )
    return [(row["id"], row["stems"]) for row in rows]


async def set_answer(tx: Transaction, question_id: int, answer: str, by: int, now: datetime) -> None:
    """Store what a group answers to a question in writing, instead of what it answered before."""
    await tx.run(
        "UPDATE stage_questions SET answer = :answer, answered_by = :by, answered_at = :now WHERE id = :id",
        id=question_id,
        answer=answer,
        by=by,
        now=to_micros(now),
    )


# --- applause, and «Chez moi aussi»


async def applaud(tx: Transaction, group_id: int, participant_id: int) -> None:
    """Count one clap of a person for a group, up to `MOST_CLAPS`."""
    await tx.run(
        "INSERT INTO applause (group_id, participant_id, claps) VALUES (:group, :person, 1)"
        " ON CONFLICT (group_id, participant_id) DO UPDATE SET claps = applause.claps + 1"
        " WHERE applause.claps < :most",
        group=group_id,
        person=participant_id,
        most=MOST_CLAPS,
    )


async def applause_of(tx: Transaction, group_id: int) -> int:
    """Return how often the room applauded a group."""
    row = await tx.one("SELECT COALESCE(SUM(claps), 0) AS claps FROM applause WHERE group_id = :group", group=group_id)
    assert row is not None
    return int(row["claps"])


@dataclass(frozen=True, slots=True)
class Echo:
    """What the room said of a group so far: questions that can be read, votes for them, claps, «Chez moi aussi»."""

    questions: int
    votes: int
    claps: int
    also_here: int


async def echo_of(tx: Transaction, group_id: int) -> Echo:
    """Return what the room said of a group so far, in one statement: a screen on the wall asks again and again."""
    row = await tx.one(
        "SELECT (SELECT COUNT(*) FROM stage_questions q WHERE q.group_id = :group AND q.hidden_at IS NULL"
        " AND q.merged_into IS NULL) AS questions, (SELECT COUNT(*) FROM stage_votes v JOIN stage_questions q"
        " ON q.id = v.question_id WHERE q.group_id = :group AND q.hidden_at IS NULL) AS votes,"
        " (SELECT COALESCE(SUM(a.claps), 0) FROM applause a WHERE a.group_id = :group) AS claps,"
        " (SELECT COUNT(*) FROM also_here h WHERE h.group_id = :group) AS also_here",
        group=group_id,
    )
    assert row is not None
    return Echo(row["questions"], row["votes"], int(row["claps"]), row["also_here"])


@dataclass(frozen=True, slots=True)
class RoomQuestions:
    """How many questions the room asked in a plenary, merged ones too, and how many still wait by themselves.

    Hidden ones do not count.
    """

    written: int
    unasked: int


async def questions_of_room(tx: Transaction, plenary_id: int) -> RoomQuestions:
    """Return how many questions the room asked in a plenary, in one statement: a screen on the wall asks again."""
    row = await tx.one(
        "SELECT COUNT(*) AS written,"
        " COUNT(CASE WHEN q.asked_at IS NULL AND q.merged_into IS NULL THEN 1 END) AS unasked"
        " FROM stage_questions q JOIN stage_turns t ON t.group_id = q.group_id"
        " WHERE t.plenary_id = :id AND q.hidden_at IS NULL",
        id=plenary_id,
    )
    assert row is not None
    return RoomQuestions(row["written"], row["unasked"])


@dataclass(frozen=True, slots=True)
class AlsoHere:
    """What someone says of a group's solution: it is needed in their `territory` (a code) too.

    `name` is their first name and initial, '' once they take no part any more; `offer` is how they could help, ''
    for nothing.
    """

    participant_id: int
    name: str
    territory: str
    offer: str


async def put_also_here(tx: Transaction, group_id: int, participant_id: int, territory: str, now: datetime) -> None:
    """Store that a group's solution is needed in a person's territory (a code) too, instead of another territory."""
    await tx.run(
        "INSERT INTO also_here (group_id, participant_id, territory, at) VALUES (:group, :person, :territory, :now)"
        " ON CONFLICT (group_id, participant_id) DO UPDATE SET territory = excluded.territory",
        group=group_id,
        person=participant_id,
        territory=territory,
        now=to_micros(now),
    )


async def set_offer(tx: Transaction, group_id: int, participant_id: int, offer: str) -> bool:
    """Store how a person could help a group's solution where they live. Returns False if they did not say where."""
    return bool(
        await tx.run(
            "UPDATE also_here SET offer = :offer WHERE group_id = :group AND participant_id = :person",
            group=group_id,
            person=participant_id,
            offer=offer,
        )
    )


async def take_back_also_here(tx: Transaction, group_id: int, participant_id: int) -> bool:
    """Delete what a person said of a group's solution where they live. Returns False if there was nothing."""
    return bool(
        await tx.run(
            "DELETE FROM also_here WHERE group_id = :group AND participant_id = :person",
            group=group_id,
            person=participant_id,
        )
    )


_ALSO_HERE = (
    "SELECT h.participant_id, h.territory, h.offer, p.given_name, p.family_name, p.status FROM also_here h"
    " JOIN participants p ON p.id = h.participant_id WHERE h.group_id = :group"
)


def _also_here(row: Row) -> AlsoHere:
    return AlsoHere(
        row["participant_id"],
        display_name(row["given_name"], row["family_name"]) if row["status"] == "joined" else "",
        row["territory"],
        row["offer"],
    )


async def also_here_of(tx: Transaction, group_id: int) -> Sequence[AlsoHere]:
    """Return where else a group's solution is needed, as people said it, in the order in which they did."""
    return [_also_here(row) for row in await tx.all(f"{_ALSO_HERE} ORDER BY h.id", group=group_id)]


async def own_also_here(tx: Transaction, group_id: int, participant_id: int) -> AlsoHere | None:
    """Return what a person said of a group's solution where they live; None for nothing."""
    row = await tx.one(f"{_ALSO_HERE} AND h.participant_id = :person", group=group_id, person=participant_id)
    return _also_here(row) if row else None


# --- whom the room's card is sent to


async def listeners(tx: Transaction, plenary_id: int) -> Sequence[int]:
    """Return the ids of who listens in a plenary: the members of its groups, and in room 1 who has no turn anywhere.

    Only people who joined and take part count.
    """
    rows = await tx.all(
        f"SELECT p.id FROM participants p WHERE {COMES} AND (EXISTS"
        " (SELECT 1 FROM members m JOIN stage_turns t ON t.group_id = m.group_id"
        " WHERE m.participant_id = p.id AND t.plenary_id = :id) OR (EXISTS"
        " (SELECT 1 FROM plenaries n WHERE n.id = :id AND n.room = 1) AND NOT EXISTS"
        " (SELECT 1 FROM members m JOIN stage_turns t ON t.group_id = m.group_id"
        " JOIN plenaries o ON o.id = t.plenary_id JOIN plenaries n ON n.round = o.round"
        " WHERE m.participant_id = p.id AND n.id = :id))) ORDER BY p.id",
        id=plenary_id,
    )
    return [row["id"] for row in rows]


async def plenary_of_listener(tx: Transaction, participant_id: int, plenaries: Sequence[Plenary]) -> Plenary:
    """Return in which of these plenaries a person listens: that of their group, else the first."""
    row = await tx.one(
        "SELECT t.plenary_id FROM members m JOIN stage_turns t ON t.group_id = m.group_id"
        " JOIN plenaries n ON n.id = t.plenary_id WHERE m.participant_id = :person AND n.began_at IS NOT NULL"
        " AND n.ended_at IS NULL ORDER BY n.id LIMIT 1",
        person=participant_id,
    )
    known = {plenary.id: plenary for plenary in plenaries}
    return known.get(row["plenary_id"], plenaries[0]) if row else plenaries[0]


async def groups_of_member(tx: Transaction, participant_id: int) -> frozenset[int]:
    """Return the ids of the groups that a person is a member of and that have a turn in a plenary."""
    rows = await tx.all(
        "SELECT m.group_id FROM members m JOIN stage_turns t ON t.group_id = m.group_id WHERE m.participant_id = :id",
        id=participant_id,
    )
    return frozenset(row["group_id"] for row in rows)


async def groups_with_a_turn(tx: Transaction) -> Sequence[int]:
    """Return the ids of all groups that have a turn in a plenary, in the order of plenaries and turns."""
    rows = await tx.all("SELECT group_id FROM stage_turns ORDER BY plenary_id, position, group_id")
    return [row["group_id"] for row in rows]


# --- what women and men did in plenaries that are over: by person, 0 for those who could and did not

_ON_STAGE = (
    "FROM stage_turns t JOIN plenaries n ON n.id = t.plenary_id JOIN members m ON m.group_id = t.group_id"
    " JOIN participants p ON p.id = m.participant_id"
    f" WHERE n.round = :round AND n.gallery = 0 AND t.state = 'done' AND {COMES}"
)
_PRESENTS = "SELECT 1 FROM presenters r WHERE r.group_id = t.group_id AND r.participant_id = m.participant_id"
_WRITTEN = (
    "FROM stage_questions q JOIN stage_turns t ON t.group_id = q.group_id JOIN plenaries n ON n.id = t.plenary_id"
    " LEFT JOIN stage_questions o ON o.id = q.merged_into JOIN participants p ON p.id = q.author_id"
    f" WHERE n.round = :round AND q.written_at <= n.ended_at AND q.hidden_at IS NULL AND {COMES}"
    " GROUP BY q.author_id"
)
_MINUTE = 60_000_000


async def presented(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Count who presented, of the members of the groups of a round (one day's groups) that were on stage.

    Groups are left out that did not say who presents.
    """
    rows = await tx.all(
        f"SELECT p.id, CASE WHEN EXISTS ({_PRESENTS}) THEN 1 ELSE 0 END AS times {_ON_STAGE}"
        " AND EXISTS (SELECT 1 FROM presenters r JOIN members o ON o.participant_id = r.participant_id"
        " AND o.group_id = r.group_id WHERE r.group_id = t.group_id)",
        round=round_number,
    )
    return {row["id"]: row["times"] for row in rows}


async def minutes_on_stage(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Count the minutes that each presenter of a round's groups was on stage, with questions and without pauses.

    Two who present together are on stage together. A turn counts for a minute at least.
    """
    rows = await tx.all(
        f"SELECT p.id, t.began_at, t.over_at {_ON_STAGE} AND t.began_at IS NOT NULL AND t.over_at IS NOT NULL"
        f" AND EXISTS ({_PRESENTS})",
        round=round_number,
    )
    return {row["id"]: max(1, round((row["over_at"] - row["began_at"]) / _MINUTE)) for row in rows}


async def questions_written(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Count the questions that each listener wrote before the plenaries of a round were over, without hidden ones."""
    plenaries = await tx.all("SELECT id FROM plenaries WHERE round = :round ORDER BY id", round=round_number)
    could = {person for plenary in plenaries for person in await listeners(tx, plenary["id"])}
    rows = await tx.all(f"SELECT q.author_id AS id, COUNT(*) AS times {_WRITTEN}", round=round_number)
    return {**dict.fromkeys(sorted(could), 0), **{row["id"]: row["times"] for row in rows}}


async def questions_asked(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Count how many of the questions that each person wrote in the plenaries of a round were asked on stage.

    A question that became a part of another one is asked with it.
    """
    rows = await tx.all(
        "SELECT q.author_id AS id, SUM(CASE WHEN COALESCE(o.asked_at, q.asked_at) IS NULL THEN 0 ELSE 1 END) AS times"
        f" {_WRITTEN}",
        round=round_number,
    )
    return {row["id"]: int(row["times"]) for row in rows}
