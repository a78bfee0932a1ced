"""What phases leave behind: what is missing of it, in a line; and nothing written is ever lost."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.texts import Reader, plain
from bot.database.engine import Transaction
from handlers.groups.store.groups import add_group
from handlers.syntheses.messages import opens_well
from handlers.syntheses.model import (
    CANVAS,
    CARD_FIELDS,
    Content,
    Synthesis,
    TerritoryCard,
    changed_fields,
    lay_out,
    merge_contents,
)
from handlers.syntheses.service import is_unwritten, what_is_written
from handlers.syntheses.store import (
    choose_version,
    current_version,
    find_version,
    past_versions,
    put_card,
    rival_versions,
    save_version,
    take_back_version,
)
from handlers.workshops.model import Phase
from handlers.workshops.service.phases import standings
from handlers.workshops.store.phases import find_phase
from tests.drivers.gestures import words
from tests.ideas.builders import idea, voted
from tests.participants import number, rewrite
from tests.syntheses.builders import SETTINGS, Table, table
from tests.world import World, open_world

NOW = datetime(2027, 6, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, SETTINGS) as world:
        yield world


async def write(at: Table, content: Content, name: str = "Ana", base: int = 0) -> None:
    me = await number(at.world, name)
    await at.world.store.transact(
        lambda tx: save_version(tx, at.group.id, at.run.phase, me, content, base, at.world.clock.now())
    )


async def fill(at: Table, participant_id: int, card: dict[str, str], *, territory: str = "CA-QC") -> None:
    async def unit(tx: Transaction) -> None:
        await put_card(tx, at.group.id, participant_id, territory, NOW, **card)

    await at.world.store.transact(unit)


async def phase_of(at: Table) -> Phase:
    found = await at.world.store.read(partial(find_phase, key=at.run.phase))
    assert found is not None
    return found


async def misses(at: Table) -> bool:
    """Whether it is, as the end of a phase and the panel of who facilitates tell it alike."""
    phase = await phase_of(at)
    found = await at.world.store.read(lambda tx: is_unwritten(tx, at.group.id, phase))
    shown = await at.world.store.read(lambda tx: standings(tx, at.group.round, 0, everything=True))
    assert [each.missing for each in shown if each.group.id == at.group.id] == [found]
    return found


async def summary(at: Table, *, over: bool = False) -> list[str]:
    phase = await phase_of(at)
    lines = await at.world.store.read(lambda tx: what_is_written(tx, at.group.id, phase, over))
    return [words(plain(line, Reader("en", "Europe/Paris"))) for line in lines]


# --- what is missing


async def test_of_what_nobody_wrote_the_votes_stand_once_the_gathering_is_over(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    assert await summary(at, over=True) == []
    bus = await idea(world, at.group, "Ana", "A night bus", phase="stakes")
    await voted(world, at.group, "Bo", bus, phase="stakes")
    assert await summary(at, over=True) == ["According to your votes: A night bus"]
    await write(at, {"text": "What we learnt"})
    assert await summary(at, over=True) == ["Synthesis: What we learnt"]


async def test_a_synthesis_is_missing_until_it_is_written(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    assert await misses(at)
    assert await summary(at) == ["Nothing is written down yet."]
    await write(at, {"text": "What we learnt"})
    assert not await misses(at)
    assert await summary(at) == ["Synthesis: What we learnt"]
    await write(at, {"text": "What Bo learnt"}, "Bo")
    assert await summary(at) == ["Synthesis: What we learnt", "2 versions to choose from"]


async def test_what_a_group_keeps_is_read_as_points_however_they_were_typed(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    await write(at, {"text": "• What we learnt\n\n-15 % of time lost\nA long one: " + "why " * 60})
    learnt, lost, long = await summary(at)
    assert (learnt, lost) == ("• What we learnt", "• -15 % of time lost")
    assert (long[:17], long[-1], len(long) < 170) == ("• A long one: why", "…", True)
    await write(at, {"text": "\n".join(f"point {number}" for number in range(7))}, base=1)
    assert await summary(at) == [*(f"• point {number}" for number in range(5)), "…"]


async def test_a_challenge_is_its_sentence(world: World) -> None:
    at = await table(world, "challenge", "Ana", "Bo")
    await write(at, {"sentence": "How might we share?", "runners_up": "Who pays? (1)"})
    assert await summary(at) == ["Challenge: How might we share?"]
    assert not await misses(at)


async def test_a_solution_is_missing_until_its_idea_and_every_field_are_there(world: World) -> None:
    at = await table(world, "solutions", "Ana", "Bo")
    await write(at, dict.fromkeys(CANVAS, "x"))
    assert await misses(at)
    assert await summary(at) == ["Solution: no idea chosen", "Canvas: 6 of 6 boxes"]
    present = await at.current()
    assert present is not None
    await write(at, {**present.content, "idea": "A bus", "how": ""}, base=present.id)
    assert await misses(at)
    assert await summary(at) == ["Solution: A bus", "Canvas: 5 of 6 boxes"]
    present = await at.current()
    assert present is not None
    await write(at, {**present.content, "how": "By road"}, base=present.id)
    assert not await misses(at)


async def test_territories_are_missing_until_every_square_is_filled(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    ana, bo = [await number(world, name) for name in ("Ana", "Bo")]
    await rewrite(world, ana, bo, territory="")
    assert await misses(at), "nobody's territory"
    await rewrite(world, ana, bo, territory="CA-QC")
    assert await summary(at) == ["Territories: 0 of 4 boxes"]
    blank = {"present": "", "obstacle": "", "change": "", "carrier": ""}
    for person, said in ((ana, {"present": "x", "obstacle": "x"}), (bo, {"change": "x", "carrier": "x"})):
        assert await misses(at)
        await fill(at, person, {**blank, **said})
    assert not await misses(at), "two members fill the squares of one territory together"
    assert await summary(at) == ["Territories: 4 of 4 boxes"]
    await fill(at, bo, {**blank, "change": "x"}, territory="CH")
    await rewrite(world, ana, bo, territory="")
    assert await misses(at), "who leaves, leaves their words: squares of a territory that are to be filled"


def test_the_grid_has_a_row_for_each_territory_of_members_and_of_cards() -> None:
    card = TerritoryCard(1, 1, 1, "FR", "x", "", "", "x")
    blank = TerritoryCard(2, 1, 2, "CH", "", "", "", "")
    grid = lay_out(["CA-QC", ""], [card, blank])
    assert grid.territories == ("CA-QC", "FR")
    assert grid.filled == 2
    assert grid.empty == [
        *(("CA-QC", field) for field in CARD_FIELDS),
        ("FR", "obstacle"),
        ("FR", "change"),
    ]


@pytest.mark.parametrize(
    ("sentence", "well"),
    [
        ("Comment ouvrir l’école ?", True),
        ("How might we share?", True),
        ("How can young people get a place to rehearse?", True),
        ("WIE KÖNNEN WIR teilen?", True),
        ("Ouvrir l’école", False),
        ("", False),
    ],
)
def test_a_challenge_begins_as_a_question_in_three_languages(sentence: str, well: bool) -> None:
    assert opens_well(sentence) is well


# --- merging

contents = st.dictionaries(st.sampled_from(["what", "how", "measure"]), st.sampled_from(["a", "b", "c"]), max_size=3)


@given(contents, contents, contents)
def test_what_two_people_changed_at_once_is_joined_or_refused_but_never_dropped(
    base: Content, theirs: Content, mine: Content
) -> None:
    joined = merge_contents(base, theirs, mine)
    both = {
        f for f in changed_fields(base, theirs) & changed_fields(base, mine) if theirs.get(f, "") != mine.get(f, "")
    }
    assert (joined is None) == bool(both)
    for field in ("what", "how", "measure") if joined is not None else ():
        by_me = field in changed_fields(base, mine)
        assert joined is not None
        assert joined.get(field, "") == (mine if by_me else theirs).get(field, "")


# --- nothing is lost, whatever the order


@dataclass
class Move:
    """Someone saves a text on the version they opened some moves ago, chooses, or takes one back."""

    kind: str
    who: int
    which: int
    fields: dict[str, str]


moves = st.lists(
    st.builds(
        Move,
        st.sampled_from(["save", "save", "save", "choose", "back"]),
        st.integers(0, 2),
        st.integers(0, 9),
        st.dictionaries(st.sampled_from(CANVAS[:3]), st.text("ab", max_size=2), min_size=1, max_size=3),
    ),
    max_size=14,
)


class Writing:
    """A group's canvas, and what everyone wrote into it; `seen` are the versions there ever were."""

    def __init__(self, tx: Transaction, group_id: int, people: list[int]) -> None:
        self.tx, self.group_id, self.people = tx, group_id, people
        self.seen: list[int] = [0]
        self.instant = NOW

    async def standing(self) -> list[Synthesis]:
        present = await current_version(self.tx, self.group_id, "solutions")
        return [present, *await rival_versions(self.tx, self.group_id, "solutions")] if present else []

    async def do(self, move: Move) -> None:
        before = await self.standing()
        self.instant += timedelta(seconds=1)
        base = await find_version(self.tx, self.seen[move.which % len(self.seen)])
        if move.kind == "save":
            await self._save(move, base, before)
        elif base is not None and move.kind == "choose":
            done = await choose_version(self.tx, base)
            assert done == (len(before) > 1 and base.id in {each.id for each in before})
            if done:
                assert [each.id for each in await self.standing()] == [base.id]
        elif base is not None:
            done = await take_back_version(self.tx, base, before[0].id)
            assert done == (base.state == "past")
            if done:
                assert base.id in {each.id for each in await self.standing()}
        await self._nothing_is_lost()

    async def _save(self, move: Move, base: Synthesis | None, before: list[Synthesis]) -> None:
        content = {**(base.content if base else {}), **move.fields}
        saved = await save_version(
            self.tx, self.group_id, "solutions", self.people[move.who], content, base.id if base else 0, self.instant
        )
        self.seen.append(saved.synthesis.id)
        after = await self.standing()
        wrote = changed_fields(base.content if base else {}, content)
        assert any(all(each.content.get(f, "") == content.get(f, "") for f in wrote) for each in after), "mine is there"
        kept = {each.id for each in after}
        for each in before:
            if each.id != saved.synthesis.based_on:
                assert each.id in kept, "what nobody opened stands as it stood"
            elif saved.outcome == "merged":
                assert changed_fields(each.content, saved.synthesis.content) <= wrote, "only what I wrote differs"

    async def _nothing_is_lost(self) -> None:
        past = await past_versions(self.tx, self.group_id, "solutions")
        known = [version.id for version in (*await self.standing(), *past)]
        assert sorted(known) == sorted(set(self.seen) - {0})


def test_no_saved_text_is_ever_lost_whatever_the_order_of_edits_and_choices(sqlite_url: str) -> None:
    with asyncio.Runner() as loop:

        async def open_table() -> tuple[Table, list[int]]:
            at = await table(await opening.__aenter__(), "solutions", "Ana", "Bo", "Cleo")
            return at, [await number(at.world, each) for each in ("Ana", "Bo", "Cleo")]

        numbers = itertools.count(2)
        opening = open_world(sqlite_url, SETTINGS)
        at, people = loop.run(open_table())

        @settings(max_examples=120, deadline=None, derandomize=True, database=None)
        @given(moves)
        def play(plan: list[Move]) -> None:
            async def unit(tx: Transaction) -> None:
                group = await add_group(tx, 1, "school", next(numbers))
                writing = Writing(tx, group.id, people)
                for move in plan:
                    await writing.do(move)

            loop.run(at.world.store.transact(unit))

        try:
            play()
        finally:
            loop.run(opening.__aexit__(None, None, None))
