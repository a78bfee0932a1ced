"""Tables as forms and offices export them: everybody is in at the first try, after four presses at most."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.content.forms import Upload
from bot.files.table_matching import Certainty
from bot.people.roster import open_list, read_people
from handlers.registration.model.lists import WaitingList, decode_waiting, encode_waiting
from handlers.registration.organiser.importing import take_list
from handlers.registration.store import everyone_listed
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.registration.lists.builders import RULES, TABLES, Sent
from tests.world import make_settings, open_world

MOST_PRESSES = 4
ON = ("Yes", "Yes, all", "Leave aside", "The same person", "The same people", "Leave empty", "Import")
"""What an organiser presses who agrees to everything, in this order of liking."""


def way_on(chat: NeutralChat) -> str:
    """The button of who agrees."""
    [label, *_others] = [label for way in ON for label in chat.buttons if label.startswith(way)] or [chat.text]
    return label


@pytest.mark.parametrize("make", TABLES, ids=lambda make: make.__name__)
def test_everybody_is_read_with_all_that_the_table_says_of_them(make: Callable[[], Sent]) -> None:
    sent = make()
    listed = open_list(sent.data, sent.name, RULES)
    roster = read_people(listed, RULES, {})
    first = roster.people[0]
    assert (len(roster.people), (first.given_name, first.family_name)) == (sent.people, sent.first)
    counts = {name: sum(bool(getattr(person, name)) for person in roster.people) for name in sent.fields}
    assert counts == sent.fields
    assert {column.heading for column in roster.extra} == sent.extra
    assert sum(match.certainty is Certainty.LIKELY for match in listed.matches) == sent.asked
    assert roster.remarks == ()


@pytest.mark.parametrize("make", TABLES, ids=lambda make: make.__name__)
def test_no_cell_is_lost(make: Callable[[], Sent]) -> None:
    """Every column has a meaning or is named, and every line is a person or is told."""
    sent = make()
    listed = open_list(sent.data, sent.name, RULES)
    roster = read_people(listed, RULES, {})
    named = {column.heading for column in roster.extra}
    columns = zip(listed.table.headings, listed.matches, strict=True)
    assert {heading for heading, match in columns if heading and not match.key} <= named
    assert len(roster.lines) == len(listed.table.rows)
    waiting = WaitingList(listed, RULES, {0: ""}, {("a", "", 1): True}, singly=True)
    assert decode_waiting(encode_waiting(waiting)).people() == waiting.people()


@pytest.mark.parametrize("make", TABLES, ids=lambda make: make.__name__)
async def test_everybody_is_in_after_a_few_presses(make: Callable[[], Sent], sqlite_url: str) -> None:
    sent = make()
    async with open_world(sqlite_url, make_settings(organisers={"telegram": [900]})) as world:
        ines = await world.organiser()
        await ines.follow(take_list.to().encode())
        await ines.fill(Upload(sent.name, sent.data))
        await catch_up_with(world, ines)
        presses = 0
        while not ines.text.startswith("List imported"):
            await ines.press(way_on(ines))
            presses += 1
            assert len(ines.buttons) <= 6
            assert presses <= MOST_PRESSES, ines.text
        listed = await world.read(everyone_listed)
        assert len(listed) == sent.people + 1  # the organiser is one
        assert ines.text.startswith(f"List imported: {sent.people} added, 0 changed")
        await ines.follow(take_list.to().encode())
        await ines.fill(Upload(sent.name, sent.data))
        await catch_up_with(world, ines)
        while "There is nothing to import." not in ines.text and "List imported" not in ines.text:
            await ines.press(way_on(ines))
        assert len(await world.read(everyone_listed)) == sent.people + 1
