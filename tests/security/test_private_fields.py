"""What organisers keep in private fields is read by organisers, and what is kept of health by those who look after it.

It is in its table, in what they open, and in the document of the person whom it is about; in nothing else.
"""

from __future__ import annotations

import io
import json
import logging
from collections import deque

import pytest

from bot import logs
from bot.conversation.incoming import Amended, Cell
from bot.membership.erasure import erase
from bot.people.document import collect
from handlers.questionnaires import store
from handlers.questionnaires.model import AnswerKind
from handlers.questionnaires.organiser import remove_field
from handlers.results.hooks import more_sheets
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import group
from tests.participants import number
from tests.questionnaires.test_fields import keep
from tests.registration.lists.builders import text
from tests.registration.lists.test_bad_tables import sent
from tests.stored_rows import stored_rows
from tests.world import DECLARED, ROUTER, World, make_settings, open_world

PRIVATE, ON_HEALTH = "Zzprivate", "Zzhealth"
MARKS = (PRIVATE, ON_HEALTH)
MOST_SCREENS = 400
LEAVES = {"er", "ery", "erw", "oey", "oxy", "ors", "fk", "fd", "un", "fr", "fa"}
"""The codes of buttons that end what is looked at here, or give the role."""


async def gathering(world: World) -> None:
    """Zoé, of whom both is kept, and Max, in one group; two organisers."""
    await world.join("Zoe", "1")
    await world.join("Max", "2")
    await group(world, ("Zoe", "Max"), theme="culture")
    await keep(world, "Nickname", Zoe=PRIVATE)
    await keep(world, "Allergies", AnswerKind.HEALTH, Zoe=ON_HEALTH)


async def seen(chat: NeutralChat) -> set[str]:
    """The marks on all screens that somebody can open, by command and then by buttons and choices."""
    found: set[str] = set()
    known: set[str] = set()
    for word in sorted(ROUTER.commands):
        await chat.command(word)
        found |= marks_in(chat)
        await follow(chat, known, found)
    assert len(known) > 30, "so many screens at least are there"
    return found


async def follow(chat: NeutralChat, known: set[str], found: set[str]) -> None:
    """Press every button below a screen, and below what opens, each once."""
    ahead = deque(payloads(chat))
    while ahead and len(known) < MOST_SCREENS:
        payload = ahead.popleft()
        if payload in known or payload.partition("-")[0] in LEAVES:
            continue
        known.add(payload)
        await chat.follow(payload, forged=True)
        found |= marks_in(chat)
        ahead.extend(payloads(chat))


def payloads(chat: NeutralChat) -> list[str]:
    """What the buttons below a screen carry."""
    return [button.action.encode() for button in chat.view.buttons if button.action] if chat.view else []


def marks_in(chat: NeutralChat) -> set[str]:
    """The marks in a message: its words, options and files."""
    files = b"".join(getattr(file, "content", b"") for file in chat.view.attachments) if chat.view else b""
    shown = f"{chat.text} {chat.options} {files.decode('utf-8', 'replace')}"
    return {mark for mark in MARKS if mark in shown}


async def test_each_reads_what_is_theirs_to_read(store_url: str) -> None:
    stream = io.StringIO()
    logs.set_up((), stream, logging.DEBUG)
    async with open_world(store_url, make_settings(organisers={"telegram": [900, 901]})) as world:
        await gathering(world)
        assert await seen(world.chat("2")) == set(), "somebody else in the group"
        assert await seen(world.chat("1")) == set(), "not even the person, but in the document of their data"
        luc = await world.organiser("901")
        assert await seen(luc) <= {PRIVATE}
        for payload in (f"op-{await number(world, 'Zoe')}", "ft"):
            await luc.follow(payload)
            assert marks_in(luc) == {PRIVATE}, payload
        ines = await world.organiser()
        await ines.follow("fk")
        for payload in (f"fh-{await number(world, 'Zoe')}", "fha-0", "fht"):
            await ines.follow(payload)
            assert marks_in(ines) == {ON_HEALTH}, payload
        await ines.follow(f"fh-{await number(world, 'Zoe')}")
        await ines.press("Correct")
        await ines.fill(f"Allergies: {ON_HEALTH} two")
        sheets = [str(cell) for sheet in await world.read(more_sheets) for row in sheet.rows for cell in row.cells]
        assert PRIVATE in str(sheets)
        assert ON_HEALTH not in str(sheets)
        rows = {
            table: json.dumps(found, default=repr, ensure_ascii=False)
            for table, found in (await stored_rows(world.store)).items()
        }
        assert {table for table, told in rows.items() if PRIVATE in told} == {"private_answers"}
        assert {table for table, told in rows.items() if ON_HEALTH in told} == {"health_answers"}
        documents = {
            name: str(await world.read(collect, DECLARED, await number(world, name), "2027-03-01T09:00:00+00:00"))
            for name in ("Zoe", "Max")
        }
        assert [PRIVATE in documents["Zoe"], ON_HEALTH in documents["Zoe"]] == [True, True]
        assert not any(mark in documents["Max"] for mark in MARKS)
    assert not any(mark in stream.getvalue() for mark in MARKS)


@pytest.mark.parametrize("ends", ["the field", "the person"])
async def test_what_is_removed_stands_in_no_list_of_changes(store_url: str, ends: str) -> None:
    """An answer that was imported, corrected on the profile and corrected on the desk, each in another change."""
    async with open_world(store_url) as world:
        ines = await world.organiser(modal=True)
        for said in ("first", PRIVATE):
            await sent(world, ines, text([["Prénom", "Nom", "Surnom"], ["Ali", "Ben", said]]))
            await ines.press("Private field")
            await ines.press("Import")
        ali = await number(world, "Ali")
        [field] = await world.read(store.all_fields)
        await ines.follow(f"op-{ali}")
        await ines.press("Correct")
        filled = dict(ines.prefill)
        await ines.fill(*(said.replace(PRIVATE, f"{PRIVATE} 2") for said in filled.values()))
        await ines.act(Amended("people", (Cell(ali, f"f{field.id}", f"{PRIVATE} 2", f"{PRIVATE} 3"),)))
        assert str((await stored_rows(world.store))["journal"]).count(PRIVATE) == 5
        if ends == "the field":
            await ines.follow(remove_field.ask.to(field.id).encode())
            await ines.press("Remove the field")
        else:
            await world.change(erase, DECLARED, ali, world.clock.now(), texts=False, files=world.files)
        journal = (await stored_rows(world.store))["journal"]
        assert PRIVATE not in str(journal)
        assert "first" not in str(journal)
        assert PRIVATE not in str(await stored_rows(world.store))
        assert bool(journal) is (ends == "the field"), "who changed what stays"
