"""A file that names someone who is erased goes, once; what was stored before is corrected where it may be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from bot.content.texts import Name, Person, Reader, Strong, _
from bot.content.views import NOBODY, File, Picture, Reply, View
from bot.conversation.incoming import Pressed
from bot.database.engine import Store
from bot.delivery import outbox
from bot.files.folder import Folder
from bot.membership import shown_store
from bot.membership.erasure import erase
from bot.platforms.web import page_store
from bot.platforms.web.conversation import PageConversation
from bot.platforms.web.streams import Streams
from tests.delivery.rig import NO_FILES, Rig
from tests.engines import on_one_engine
from tests.world import DECLARED, FILE_TABLES

READER = Reader("en", "UTC")
GONE = "The file here named someone who has erased their data, so it is gone. You can have it made again."


@pytest.fixture
async def rig(store: Store) -> Rig:
    """On Telegram, once per engine."""
    return Rig(store, "telegram")


async def contents(store: Store, table: str = "deliveries") -> list[str]:
    rows = await store.read(lambda tx: tx.all(f"SELECT content FROM {table} ORDER BY id"))
    return [row["content"] for row in rows]


@on_one_engine
async def test_a_picture_of_someone_goes_once_and_others_stay(rig: Rig) -> None:
    zoe, max_, ana = [await rig.person(name, f"telegram:{n}") for n, name in enumerate(("Zoe", "Max", "Ana"))]
    for named in (frozenset((zoe, max_)), frozenset((max_,)), frozenset[int]()):
        view = View((_("A picture."),), attachments=(Picture(b"png", Name("Those of the group"), "g.png", named),))
        await rig.store.transact(
            partial(outbox.notify, participant_id=ana, view=view, now=rig.clock.now(), telling=outbox.Telling.NEWS)
        )
    async with rig.running():
        rig.delivery.wake()
        await rig.passes(3)
    await rig.erase(zoe)
    async with rig.running():
        await rig.passes(5)
    assert rig["telegram"].edits == 1
    assert [GONE in content for content in await contents(rig.store)] == [True, False, False]
    await rig.erase(max_)
    async with rig.running():
        await rig.passes(5)
    assert rig["telegram"].edits == 2
    assert [GONE in content for content in await contents(rig.store)] == [True, True, False]


OLD: Mapping[str, tuple[View, str]] = {
    "a name": (View((_("{name} came late", name=Strong(Name("Zoe Dupont"))),)), "someone came late"),
    "a name that is cut": (View((_("{name} came late", name=Name("Zoe")),)), "Zoe came late"),
    "a name within words": (View(("I think that Zoe Dupont came late",)), "I think that Zoe Dupont came late"),
}


@pytest.mark.parametrize("case", OLD)
async def test_of_what_was_stored_before_the_full_name_goes_where_the_team_reads_it(rig: Rig, case: str) -> None:
    zoe, ines, ana = (
        await rig.person("Zoe"),
        await rig.person("Inès", "telegram:1"),
        await rig.person("Ana", "telegram:2"),
    )
    await rig.run("UPDATE participants SET organises = 1 WHERE id = :id", id=ines)
    view, said = OLD[case]
    for reader in (ines, ana):
        await rig.store.transact(
            partial(outbox.notify, participant_id=reader, view=view, now=rig.clock.now(), telling=outbox.Telling.NEWS)
        )
        await rig.store.transact(
            partial(page_store.add, participant_id=reader, author="bot", view=view, now=rig.clock.now())
        )
    for table in ("deliveries", "page_messages"):
        await rig.run(f"INSERT INTO stored_before (name, last_id) SELECT '{table}', MAX(id) FROM {table}")
    before = [await contents(rig.store, table) for table in ("deliveries", "page_messages")]
    await rig.erase(zoe)
    async with rig.running():
        await rig.passes(5)
    assert rig["telegram"].screen("1") == [said]
    for table, was in zip(("deliveries", "page_messages"), before, strict=True):
        assert (await contents(rig.store, table))[1] == was[1], "whoever cannot know them reads what they read"


async def test_what_is_stored_since_is_not_looked_through(rig: Rig) -> None:
    zoe, ines = await rig.person("Zoe"), await rig.person("Inès", "telegram:1")
    await rig.run("UPDATE participants SET organises = 1 WHERE id = :id", id=ines)
    await rig.tell(ines, _("The room is called {name}", name=Name("Zoe Dupont")))
    before = await contents(rig.store)
    await rig.erase(zoe)
    assert await contents(rig.store) == before


async def test_at_most_so_many_messages_in_chats_are_edited_and_no_old_ones(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown_store, "MOST_CORRECTED", 2)
    zoe, ana = await rig.person("Zoe"), await rig.person("Ana", "telegram:2")
    says = [_(f"{{name}} said {number}", name=Person(zoe, "short")) for number in range(4)]
    await rig.tell(ana, *says)
    async with rig.running():
        await rig.passes(6)
        await rig.run("UPDATE deliveries SET sent_at = 0 WHERE content LIKE '%said 3%'")
        await rig.erase(zoe)
        await rig.passes(6)
    assert [text.split(" said")[0] == "Someone" for text in rig["telegram"].screen("2")] == [False, True, True, False]


async def test_files_of_others_stay_on_pages_and_in_chats(rig: Rig) -> None:
    zoe, max_, ana = await rig.person("Zoe"), await rig.person("Max"), await rig.person("Ana", "telegram:2")
    for named in (NOBODY, frozenset((max_, ana))):
        view = View((_("A file."),), attachments=(File("souvenir.pdf", b"%PDF", "application/pdf", named),))
        await rig.store.transact(
            partial(outbox.notify, participant_id=ana, view=view, now=rig.clock.now(), telling=outbox.Telling.NEWS)
        )
    async with rig.running():
        rig.delivery.wake()
        await rig.passes(3)
        before = await contents(rig.store)
        await rig.erase(zoe)
        await rig.passes(5)
    assert await contents(rig.store) == before
    assert rig["telegram"].edits == 0


@on_one_engine
async def test_a_file_that_waits_and_names_them_is_nowhere_any_more(rig: Rig) -> None:
    zoe, ana = await rig.person("Zoe"), await rig.person("Ana", "telegram:2")
    view = View((_("A file."),), attachments=(File("list.csv", b"Zoe;Dupont", "text/csv", frozenset((zoe,))),))
    await rig.store.transact(
        partial(outbox.notify, participant_id=ana, view=view, now=rig.clock.now(), telling=outbox.Telling.NEWS)
    )
    await rig.erase(zoe)
    assert await rig.store.read(lambda tx: tx.all("SELECT id FROM files")) == []
    async with rig.running():
        rig.delivery.wake()
        await rig.passes(3)
    assert rig["telegram"].texts == [GONE]


async def test_old_files_in_chats_are_not_edited(rig: Rig) -> None:
    zoe, ana = await rig.person("Zoe"), await rig.person("Ana", "telegram:2")
    view = View((_("A file."),), attachments=(File("list.csv", b"Zoe;Dupont", "text/csv", frozenset((zoe,))),))
    await rig.store.transact(
        partial(outbox.notify, participant_id=ana, view=view, now=rig.clock.now(), telling=outbox.Telling.NEWS)
    )
    async with rig.running():
        rig.delivery.wake()
        await rig.passes(3)
        await rig.run("UPDATE deliveries SET sent_at = 0")
        await rig.erase(zoe)
        await rig.passes(5)
    assert rig["telegram"].edits == 0
    assert ["list.csv" in content for content in await contents(rig.store)] == [False]


@pytest.mark.parametrize("names_anybody", [False, True])
async def test_an_answer_with_a_file_of_somebody_erased_meanwhile_is_shown_without_it(
    rig: Rig, tmp_path: Path, names_anybody: bool
) -> None:
    """Between the commit of what was pressed and the commit of its answer on the page, the file is stored."""
    zoe, max_, ana = await rig.person("Zoe"), await rig.person("Max"), await rig.person("Ana")
    pages = PageConversation(rig.store, Folder(tmp_path / "files", FILE_TABLES), rig.clock, Streams(9))

    async def answer(*named: int) -> int | None:
        file = File("list.csv", b"Zoe", "text/csv", None if names_anybody else frozenset(named))
        return await pages.answer(ana, Pressed("x"), Reply(View(("The list.",), attachments=(file,))), READER)

    async def shown() -> list[bool]:
        return [GONE in content for content in await contents(rig.store, "page_messages")]

    await answer(max_)
    assert await shown() == [False]
    if names_anybody:
        await rig.store.transact(
            partial(erase, declared=DECLARED, participant_id=zoe, now=rig.clock.now(), texts=True, files=NO_FILES)
        )
    else:
        await rig.erase(zoe)
    await answer(zoe)
    await answer(max_)
    assert await shown() == [names_anybody, True, names_anybody]
    files = await rig.store.read(lambda tx: tx.all("SELECT message_id FROM page_files"))
    assert len(files) == (0 if names_anybody else 2)


async def test_an_answer_stored_while_somebody_was_erased_is_found_at_the_end(rig: Rig, tmp_path: Path) -> None:
    zoe, ana = await rig.person("Zoe"), await rig.person("Ana")
    view, named = View(("A picture.",)), frozenset((zoe,))
    attached = page_store.NewAttachment("file", "list.csv", "text/csv", content=b"Zoe", named=named)
    await rig.erase(zoe)
    await rig.store.transact(lambda tx: page_store.add(tx, ana, "bot", view, rig.clock.now(), attached=(attached,)))
    await rig.store.transact(
        partial(shown_store.drop_late_files, declared=DECLARED, person_id=zoe, erased_at=rig.clock.now())
    )
    assert GONE in (await contents(rig.store, "page_messages"))[0]
    assert await rig.store.read(lambda tx: tx.all("SELECT message_id FROM page_files")) == []
