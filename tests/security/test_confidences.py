"""What is written to a trusted person is nowhere but in its table: in no other, no log, file, screen or command."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterable
from pathlib import Path

import pytest

from bot import logs
from bot.cli.reporting import describe
from bot.content.texts import plain
from bot.conversation.dispatch import CONFIDENTIAL_AIM, Answered, Dispatcher
from bot.conversation.incoming import Called, Picked, Pressed
from bot.database.engine import StoreUnavailable
from bot.delivery.trace_store import trace
from bot.people.audiences import EVERYONE
from bot.people.document import collect
from bot.rehearsal.chat_driver import Chat
from bot.rehearsal.chat_driver_web import WebChat
from handlers.ideas.actions import NotAnIdea
from handlers.results.organiser.lines import turn_line
from handlers.trust import service, store
from tests.drivers.neutral import NeutralChat
from tests.drivers.web import open_web
from tests.groups.builders import group
from tests.participants import number
from tests.scenarios.conftest import Stage, open_platform, open_stage
from tests.shell import command
from tests.stored_rows import stored_rows
from tests.workshops.builders import PHASES, revealed, started
from tests.world import DECLARED, ROUTER, World, make_settings, open_world

MARK = "Zzconfided"
"""In every word that is written in confidence here."""
ITS_TABLE = "trust_messages"
NOT_SAVED = "Not saved: our store does not answer. Try again in a minute."
PLACE = "Zzplace"
PHONE = "+33 6 12 34 56"


def names_of(rows: dict[str, list[dict[str, object]]], mark: str = MARK) -> set[str]:
    """The tables in which a mark stands."""
    return {table for table, found in rows.items() if mark in json.dumps(found, default=repr, ensure_ascii=False)}


async def name_trusted(world: World, given_name: str) -> None:
    await world.change(store.name_trusted, await number(world, given_name), "French", "always", world.clock.now())


async def confide(chat: Chat | NeutralChat, given_name: str, words: str) -> None:
    await chat.command("confiance")
    await chat.press(f"Write to {given_name}")
    await chat.press("Without my name")
    await chat.fill(words)


async def talk(stage: Stage, beside: Stage) -> tuple[Chat, Chat]:
    """Zoé and Ada, on two platforms, write to each other in every way there is, several of which fail."""
    zoe, ada = await stage.join("Zoe"), await beside.join("Ada")
    await name_trusted(stage.world, "Ada")
    await confide(zoe, "Ada", f"{MARK} one")
    await stage.delivered(ada)
    await ada.press("Read")
    assert f"{MARK} one" in ada.text
    await ada.press("Answer")
    await ada.fill(f"{MARK} two")
    await stage.delivered(zoe)
    await zoe.press("Read")
    assert f"{MARK} two" in zoe.text
    await zoe.press("Write on")
    await zoe.fill(f"{MARK} three")
    await zoe.send(f"{MARK} four")
    assert zoe.text.startswith("Send this to Ada, in confidence?")
    await zoe.press("Send it")
    await zoe.send(f"{MARK} that waits")
    await zoe.command("confiance")
    await zoe.press("With Ada")
    assert f"{MARK} four" in zoe.text
    return zoe, ada


async def ask_where(stage: Stage, chat: Chat) -> None:
    """Somebody who needs help leaves a number and says where they are, each the first time with too many words."""
    now = stage.world.clock.now()
    await stage.world.change(service.begin_check, await number(stage.world, "Zoe"), EVERYONE, now, drill=False)
    await stage.delivered(chat)
    await chat.press("I need help")
    await chat.press("Leave my phone number")
    await chat.fill(f"{PHONE} {PHONE} {PHONE}")
    await chat.fill(PHONE)
    assert "Your number is kept." in chat.text
    await chat.press("Say where I am")
    await chat.fill(f"{PLACE} " + "x" * 200)
    await chat.fill(f"{PLACE} behind the library")
    assert "That is on the organisers' list now" in chat.text
    assert names_of(await stored_rows(stage.world.store), PHONE) == {"emergency_phones"}, "where it can be taken back"


async def documents(world: World) -> dict[str, str]:
    """The document of everybody's data, by their names: organisers can have the shell make these, too."""
    told: dict[str, str] = {}
    for name, person in world.ids.items():
        assert person is not None
        document = await world.read(collect, DECLARED, person, "2027-03-01T09:00:00+00:00")
        told[name] = json.dumps(document, default=repr, ensure_ascii=False)
    return told


async def loaded(page: WebChat, path: str) -> str:
    """What a browser loads at a path below somebody's page."""
    async with page.browser.get(f"{page.root}/c/{page.person_id}/{path}") as response:
        assert response.status == 200
        return await response.text()


@pytest.mark.parametrize(("platform", "other"), [("telegram", "web"), ("web", "discord")])
async def test_it_is_in_no_other_table_log_or_file(
    store_url: str, platform: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    logs.set_up((), stream, logging.DEBUG)
    async with open_stage(platform, store_url) as stage, open_platform(stage.world, other, stage.platforms) as beside:
        world = stage.world
        zoe, ada = await talk(stage, beside)
        for name, told in (await documents(world)).items():
            assert '"confidential"' not in told, f"{name}: nor that a conversation will be hidden in their chat"
            assert '"tcw-' not in told, "nor the conversation that waits for words, the same on both sides"
        for chat in (zoe, ada):
            if isinstance(chat, WebChat):
                page = await loaded(chat, "")
                assert MARK in page, "a page draws it anew whenever it is loaded"
                assert f'data-aim="{CONFIDENTIAL_AIM}' in page, "by which a device keeps nothing that is typed there"
                assert MARK not in await loaded(chat, "pocket"), "a device keeps none of it"
        await zoe.press("Write on")
        with monkeypatch.context() as patch:  # a defect undoes it

            async def broken(*_given: object) -> bool:
                raise ValueError("not today")

            patch.setattr(service, "write", broken)
            await zoe.fill(f"{MARK} five")
        await zoe.command("confiance")
        await zoe.press("Write to Ada")
        await zoe.press("With my name")
        await zoe.fill(f"{MARK} " + "x" * 2000)  # too long
        await zoe.command("annuler")
        await world.change(service.end_trust, await number(world, "Ada"), world.clock.now())
        await stage.delivered(zoe)
        await ask_where(stage, zoe)
        rows = await stored_rows(world.store)
        assert names_of(rows) == {ITS_TABLE}
        assert names_of(rows, PLACE) == {"safety_places"}, "from which it goes after a day"
        files = [file for file in world.settings.storage.folder.rglob("*") if file.is_file()]
        assert not [file for file in files if MARK.encode() in file.read_bytes()]
        log = stream.getvalue()
        assert "conversation.update_failed" in log
        assert "conversation.update_handled" in log, "it is written at debug"
        assert MARK not in log
        assert MARK not in json.dumps(await describe(world.settings), default=repr)
        for told in (await documents(world)).values():
            assert MARK not in told
            assert "trusted person has written" not in told, "nor that anybody wrote to one"
            assert "writes to you as a trusted person" not in told
            assert "confidential-" not in told
            assert "Write to Ada" not in told
            assert "Talk to a trusted person" not in told
        traced = [await world.read(trace, row["reference"]) for row in rows["inbox"] if row["reference"]]
        assert not [each for each in traced for delivery in each.deliveries if delivery.kind == "confidential"]


PASSED_OVER = ("er-", "ery", "wy", "wn")
"""The beginnings of payloads that end the organiser's own crawl: erasing, leaving."""


async def forge(page: WebChat, gesture: str, values: dict[str, str]) -> None:
    """Post what the page shows no form for."""
    form = page.page.first("form", id="composer")
    assert form is not None
    await page.post(form, values, to=f"{page.root}/c/{page.person_id}/{gesture}")


@pytest.mark.parametrize(
    "written",
    [
        f"/urgence {MARK} he puts his hands everywhere",
        f"/securite {MARK} he puts his hands everywhere",
        f"/confiance {MARK} he puts his hands everywhere",
        f"/harassment {MARK} he puts his hands everywhere",
        f"/aide en confidence {MARK}",
        f"/nowhere en confidence {MARK}",
    ],
)
async def test_words_after_the_command_of_a_confidential_screen_stay_on_no_page(sqlite_url: str, written: str) -> None:
    async with open_world(sqlite_url) as world, open_web(world) as harness:
        zoe = await harness.joined("Zoe")
        await zoe.send(written)
        shown = ("112", "trusted person", "You can also just write", "Here is what you can do")
        assert any(words in zoe.text for words in shown), "the screen is shown"
        assert names_of(await stored_rows(world.store)) == set()


async def test_what_was_not_saved_stays_on_no_page(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_dispatcher: Dispatcher, *_given: object) -> Answered:
        raise StoreUnavailable("gone")

    async with open_world(sqlite_url) as world, open_web(world) as harness:
        zoe = await harness.joined("Zoe")
        await zoe.command("confiance")
        with monkeypatch.context() as patch:
            patch.setattr(Dispatcher, "_commit", away)  # the store is back before the page is written
            await zoe.send(f"{MARK} in the room")
        assert (zoe.status, zoe.text.splitlines()[0]) == (503, NOT_SAVED)
        assert names_of(await stored_rows(world.store)) == set()


async def test_what_a_confidential_form_asked_that_is_gone_stays_on_no_page(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world, open_web(world) as harness:
        zoe = await harness.joined("Zoe")
        await zoe.command("moi")
        await forge(zoe, "submit", {"payload": "sfw-1", "answer-place": f"{MARK} behind the library"})
        assert "That button has aged." in zoe.text
        assert names_of(await stored_rows(world.store)) == set()


async def test_what_was_taken_for_an_idea_and_is_confided_leaves_the_page_and_the_journal(sqlite_url: str) -> None:
    settings = make_settings(phases=PHASES, organisers={"telegram": [900]})
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        await world.join("Ada", "1")
        await name_trusted(world, "Ada")
        zoe, ines = await harness.joined("Zoe"), await world.organiser()
        made = await group(world, ["Zoe"])
        await revealed(world, await started(world, made, "solutions"))
        await zoe.send(f"{MARK} a kitchen on wheels for each district")
        await zoe.send("A library of tools that everybody shares")
        [idea, _other] = (await stored_rows(world.store, "ideas"))["ideas"]
        await ines.act(Picked(turn_line.to(made.id, "solutions", 0).encode(), (f"0i{idea['id']}",)))
        assert names_of(await stored_rows(world.store)) >= {"ideas", "page_messages"}
        await forge(zoe, "press", {"payload": NotAnIdea(idea["id"]).encode()})
        assert "journal" not in names_of(await stored_rows(world.store))
        await zoe.press("In confidence, to Ada")
        await zoe.press("Without my name")
        assert names_of(await stored_rows(world.store)) == {ITS_TABLE}
        assert MARK not in zoe.page.text
        assert "A library of tools" in zoe.page.text, "the rest of the page stays"


async def screens_of(chat: NeutralChat, most: int) -> Iterable[str]:
    """What somebody reads who opens every command and presses every button they meet, `most` times at most."""
    shown: list[str] = []
    met: set[str] = set()
    waiting = [f"go-{name}" for name in ROUTER.commands if name not in ("effacer", "stop", "code")]
    while waiting and len(met) < most:
        payload = waiting.pop(0)
        if payload in met or payload.startswith(PASSED_OVER):
            continue
        met.add(payload)
        await chat.act(Called(payload.removeprefix("go-")) if payload.startswith("go-") else Pressed(payload))
        shown.append(chat.text + repr(chat.form and chat.form.prefill))
        view = chat.view
        buttons = view.buttons if view else ()
        shown += [plain(button.label, chat.reader) for button in buttons]
        waiting += [button.action.encode() for button in buttons if button.action]
    return shown


async def test_organisers_find_it_on_no_screen_even_by_forged_buttons(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines, ada, zoe = await world.organiser(), await world.join("Ada", "1"), await world.join("Zoe", "2")
        await name_trusted(world, "Ada")
        await confide(zoe, "Ada", f"{MARK} one")
        await ada.command("confiance")
        await ada.press("Someone writes")
        assert MARK in ada.text
        shown = [*await screens_of(ines, 400)]
        assert len(shown) > 200
        for code in ("tco", "tcw", "tcq", "tcz", "tch", "tck"):
            for fields in ("1", "1-0", "1-1", "1-1-1"):
                await ines.follow(f"{code}-{fields}", forged=True)
                shown.append(ines.text)
        assert not [text for text in shown if MARK in text]


async def _live(url: str) -> list[str]:
    """Let somebody confide something; the references of what happened."""
    async with open_world(url, migrate=True) as world:
        ada, zoe = await world.join("Ada", "1"), await world.join("Zoe", "2")
        await name_trusted(world, "Ada")
        await confide(zoe, "Ada", f"{MARK} one")
        assert ada.text
        return [str(row["reference"]) for row in (await stored_rows(world.store, "inbox"))["inbox"]]


def test_no_command_of_the_shell_shows_it(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{configured}/rencontres.db"
    monkeypatch.setenv("RENCONTRES_STORAGE__URL", url)
    references = asyncio.run(_live(url))
    typed = [
        ("export", "person", "R-0001"),
        ("export", "person", "R-0002"),
        ("outbox",),
        ("people",),
        ("report",),
        ("check",),
        ("config", "diff"),
        *(("trace", reference) for reference in references),
    ]
    said = {" ".join(words): command(*words).output for words in typed}
    assert "Zoe" in said["export person R-0002"]
    assert "R-0002" in "".join(said[f"trace {reference}"] for reference in references)
    assert not [words for words, output in said.items() if MARK in output]
    traces = [output for words, output in said.items() if words.startswith("trace")]
    assert not [output for output in traces if "R-0001" in output and "R-0002" in output], "who wrote, and to whom"
