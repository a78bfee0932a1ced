"""The desk is the team's: who has no role, lost it or was never recognised reads nothing there and changes nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.membership.erasure import erase
from bot.people import participant_store
from bot.rehearsal.chat_driver_web import WebChat
from tests.drivers.gestures import choose_in_menu
from tests.engines import on_one_engine
from tests.groups.builders import group
from tests.platforms.web.test_new_browsers import open_elsewhere
from tests.programme.builders import OPENING, with_programme
from tests.security.builders import Gathering, open_gathering
from tests.world import ROUTER

REFUSED = "This is for the organisers. A question? Write to the team with /team."
KEPT_OF_A_PRESS = {"inbox", "presence"}
GRIDS = tuple(ROUTER.shared.grids)


@pytest.fixture
async def gathering(store_url: str) -> AsyncIterator[Gathering]:
    async with open_gathering(store_url, web={"public_url": "http://127.0.0.1"}) as gathering:
        yield gathering


async def read_desk(gathering: Gathering, chat: WebChat, grid: str = "people") -> tuple[int, str]:
    """The status of the stream of a table, and what comes first: its columns, its rows, or that it is closed."""
    address, text = f"{gathering.root}/c/{chat.person_id}/desk/events?grid={grid}", ""
    async with chat.browser.get(address) as answer:
        while answer.status == 200 and "event: ready" not in text and "event: closed" not in text:
            text += (await answer.content.readline()).decode()
        return answer.status, text


async def changed(gathering: Gathering, before: dict[str, list[dict[str, Any]]]) -> list[str]:
    """The tables that differ, but for what any press leaves behind."""
    after = await gathering.rows()
    differ = [table for table in before if sorted(map(repr, after[table])) != sorted(map(repr, before[table]))]
    return [table for table in differ if table not in KEPT_OF_A_PRESS]


async def forge_all(gathering: Gathering, chat: WebChat, ana: int, entry: int, **fields: str) -> list[int]:
    """Post to every route of the desk, for every table; the statuses."""
    cells = json.dumps([[ana, "organisation", "", "Stolen"]])
    posted = {"cells": cells, "shown": "", "entry": str(entry), **fields}
    routes = ("desk/preview", "desk/amend", "desk/undo")
    return [await gathering.forge(chat, to, grid=grid, **posted) for grid in GRIDS for to in routes]


async def one_change(gathering: Gathering) -> tuple[WebChat, int, int]:
    """An organiser at the desk, somebody on the list, and a change of theirs that could be undone."""
    ines = await gathering.organiser_page()
    ana = int((await gathering.join_page("Ana")).person_id)
    assert (
        await gathering.forge(ines, "desk/amend", grid="people", cells=json.dumps([[ana, "family_name", "", "Diaz"]]))
        == 200
    )
    [entry] = (await gathering.rows())["journal"]
    return ines, ana, entry["id"]


@on_one_engine
async def test_an_organiser_reads_and_changes(gathering: Gathering) -> None:
    ines, _ana, entry = await one_change(gathering)
    status, text = await read_desk(gathering, ines)
    assert (status, "Diaz" in text) == (200, True)
    assert await gathering.forge(ines, "desk/undo", entry=str(entry)) == 200
    assert "Diaz" not in (await read_desk(gathering, ines))[1]
    await gathering.delivered()
    before = await gathering.rows()
    assert {await gathering.forge(ines, "desk/amend", grid="people", cells=cells) for cells in (
        f'[[{10**30}, "given_name", "", "Eve"]]',
        "", "{}", "[[]]", '[["1","a","",""]]', "[[true,1,2,3]]", "[" * 100_000, '[[1,"a","",null]]',
    )} == {400}  # fmt: skip
    assert await changed(gathering, before) == []


@on_one_engine
@pytest.mark.parametrize("who", ["participant", "lost", "new", "by itself"])
async def test_everybody_else_reads_nothing_and_changes_nothing(gathering: Gathering, who: str) -> None:
    ines, ana, entry = await one_change(gathering)
    chat = ines
    match who:
        case "participant":
            chat = await gathering.join_page("Zoé")
        case "lost":
            await ines.get(f"/c/{ines.person_id}/")
            await gathering.world.change(participant_store.set_organises, int(ines.person_id), False)
        case "new":
            chat = await open_elsewhere(gathering, await gathering.page_link_of(ines))
        case "by itself":
            link = await gathering.page_link_of(ines)
            await choose_in_menu(ines, "Close my page on this device")
            chat = await open_elsewhere(gathering, link)
            await gathering.wait(hours=24, minutes=1)
            await chat.look()
    await gathering.delivered()
    before = await gathering.rows()
    statuses = await forge_all(gathering, chat, ana, entry)
    assert set(statuses) <= {200, 403}, statuses
    assert await changed(gathering, before) == []
    for grid in GRIDS:
        status, text = await read_desk(gathering, chat, grid)
        assert "Diaz" not in text
        assert (status, "event: closed" in text) == (200, True)
    await chat.get(f"/c/{chat.person_id}/desk")
    assert chat.url.endswith(f"/c/{chat.person_id}/")
    assert "desk" not in chat.page.text.lower()


async def acts(gathering: Gathering, chat: WebChat) -> list[dict[str, str]]:
    """Every act that the desk offers in the first row of each table: a cell that becomes another, as it is posted."""
    found = []
    for grid in GRIDS:
        _status, text = await read_desk(gathering, chat, grid)
        head, first, *_others = (json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: "))
        row, *seen = first["rows"][0]
        for column, value in zip(head["columns"], seen, strict=True):
            if not column["editable"]:
                continue
            others = [option for option, _label in column["options"] if option != value] or ["2001", "b@example.org"]
            for typed in others[:2]:
                act = {"grid": grid, "cells": json.dumps([[row, column["key"], value, typed]])}
                _status, told = await gathering.forge_and_read(chat, "desk/preview", **act)
                found.append({**act, "shown": json.loads(told).get("shown", "")})
    return found


async def test_no_act_from_a_tab_left_open_is_done_once_the_role_is_gone(store_url: str) -> None:
    sections = with_programme(OPENING).model_dump(include={"sessions"})
    async with open_gathering(store_url, **sections) as gathering:
        ines, _ana, entry = await one_change(gathering)
        for place, name in enumerate(("Bo", "Cy"), start=1):
            await gathering.join_page(name)
            await group(gathering.world, [name], number_=place)
        every = await acts(gathering, ines)
        who = int(ines.person_id)
        await gathering.world.change(participant_store.set_organises, who, False)
        await gathering.delivered()
        before = await gathering.rows()
        for act in every:
            for to in ("desk/preview", "desk/amend"):
                _status, told = await gathering.forge_and_read(ines, to, **act)
                assert json.loads(told)["lines"] == [REFUSED]
        await gathering.forge(ines, "desk/undo", entry=str(entry))
        assert await changed(gathering, before) == []
        await gathering.world.change(participant_store.set_organises, who, True)
        first = {act["grid"]: act for act in reversed(every)}
        for act in first.values():
            _status, told = await gathering.forge_and_read(ines, "desk/amend", **act)
            assert json.loads(told)["done"], "the same act is done by who has the role"


@on_one_engine
async def test_a_desk_left_open_for_three_days_is_live_and_says_what_it_no_longer_undoes(gathering: Gathering) -> None:
    ines, ana, entry = await one_change(gathering)
    max_ = await gathering.join_page("Max", attends=False, organises=True)
    async with ines.browser.get(f"{gathering.root}/c/{ines.person_id}/desk/events?grid=people") as answer:
        while (await answer.content.readline()) != b"event: ready\n":
            pass
        await gathering.wait(days=3)
        await max_.look()
        cells = json.dumps([[ana, "organisation", "", "Coop"]])
        _status, told = await gathering.forge_and_read(max_, "desk/amend", grid="people", cells=cells)
        assert json.loads(told)["done"]
        while b"Coop" not in await answer.content.readline():
            pass
    cells = json.dumps([[ana, "organisation", "", "School"]])
    _status, told = await gathering.forge_and_read(ines, "desk/amend", grid="people", cells=cells)
    assert json.loads(told)["lines"] == [
        "Ana Diaz, organisation: Max wrote “Coop” at 10:00, so nothing of yours was saved.",
    ]
    await gathering.wait(days=1)
    _status, told = await gathering.forge_and_read(ines, "desk/amend", grid="people", cells=cells)
    assert json.loads(told)["lines"] == [
        "Ana Diaz, organisation: Max wrote “Coop” (Thursday 4 March, 10:00), so nothing of yours was saved.",
    ]
    _status, told = await gathering.forge_and_read(ines, "desk/undo", entry=str(entry))
    assert json.loads(told)["lines"] == [
        "A change can be undone for ten minutes only. You can still correct it by hand.",
    ]


@on_one_engine
async def test_nobody_without_the_session_or_its_seal_gets_in(gathering: Gathering) -> None:
    ines, ana, entry = await one_change(gathering)
    other = await gathering.join_page("Zoé")
    await gathering.delivered()
    before = await gathering.rows()
    assert set(await forge_all(gathering, ines, ana, entry, seal="0" * 32)) == {403}
    address = f"{gathering.root}/c/{ines.person_id}/desk"
    for path in ("", "/events?grid=people"):
        async with other.browser.get(address + path) as answer:
            assert answer.status == 404
    for path in ("/preview", "/amend", "/undo"):
        async with other.browser.post(address + path, data={"grid": "people"}) as answer:
            assert answer.status == 404
        async with ines.browser.post(address + path, data={}, headers={"Origin": "https://evil.example"}) as answer:
            assert answer.status == 403
    assert await changed(gathering, before) == []


@on_one_engine
async def test_an_open_desk_is_closed_once_the_role_is_gone(gathering: Gathering) -> None:
    ines, _ana, _entry = await one_change(gathering)
    async with ines.browser.get(f"{gathering.root}/c/{ines.person_id}/desk/events?grid=people") as answer:
        while (await answer.content.readline()) != b"event: ready\n":
            pass
        await gathering.world.change(participant_store.set_organises, int(ines.person_id), False)
        rest = await answer.content.read()
    assert rest.decode().split("\n\n")[-2:] == ["event: closed\ndata:", ""]


async def test_what_was_pasted_of_somebody_goes_with_them(gathering: Gathering) -> None:
    ines, ana, _entry = await one_change(gathering)
    bo = int((await gathering.join_page("Bo")).person_id)
    cells = [[who, "birth_year", "", "2001"] for who in (ana, bo)]
    assert await gathering.forge(ines, "desk/amend", grid="people", cells=json.dumps(cells)) == 200
    assert len((await gathering.rows())["journal"]) == 2
    await gathering.world.change(
        erase, gathering.world.declared, bo, gathering.world.clock.now(), texts=True, files=gathering.world.files
    )
    left = json.dumps((await gathering.rows())["journal"])
    assert f"person:{bo}" not in left
