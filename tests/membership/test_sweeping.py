"""A file that names someone who is erased goes, once; what was stored before is corrected where it may be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pytest

from bot.content.texts import Name, Person, Strong, _
from bot.content.views import NOBODY, File, Picture, View
from bot.database.engine import Store
from bot.delivery import outbox
from bot.membership import shown_store
from bot.platforms.web import page_store
from tests.delivery.rig import Rig

GONE = "A file stood here that named someone who has erased their data. It can be made again."


@pytest.fixture
async def rig(store: Store) -> Rig:
    """On Telegram, once per engine."""
    return Rig(store, "telegram")


async def contents(store: Store, table: str = "deliveries") -> list[str]:
    rows = await store.read(lambda tx: tx.all(f"SELECT content FROM {table} ORDER BY id"))
    return [row["content"] for row in rows]


async def test_a_picture_of_someone_goes_once_and_others_stay(rig: Rig) -> None:
    zoe, max_, ana = [await rig.person(name, f"telegram:{n}") for n, name in enumerate(("Zoe", "Max", "Ana"))]
    for named in (frozenset((zoe, max_)), frozenset((max_,)), frozenset[int]()):
        view = View((_("A picture."),), attachments=(Picture(b"png", Name("Those of the group"), "g.png", named),))
        await rig.store.transact(partial(outbox.notify, participant_id=ana, view=view, now=rig.clock.now()))
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
        await rig.store.transact(partial(outbox.notify, participant_id=reader, view=view, now=rig.clock.now()))
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
        await rig.store.transact(partial(outbox.notify, participant_id=ana, view=view, now=rig.clock.now()))
    async with rig.running():
        rig.delivery.wake()
        await rig.passes(3)
        before = await contents(rig.store)
        await rig.erase(zoe)
        await rig.passes(5)
    assert await contents(rig.store) == before
    assert rig["telegram"].edits == 0


async def test_a_file_that_waits_and_names_them_is_nowhere_any_more(rig: Rig) -> None:
    zoe, ana = await rig.person("Zoe"), await rig.person("Ana", "telegram:2")
    view = View((_("A file."),), attachments=(File("list.csv", b"Zoe;Dupont", "text/csv", frozenset((zoe,))),))
    await rig.store.transact(partial(outbox.notify, participant_id=ana, view=view, now=rig.clock.now()))
    await rig.erase(zoe)
    assert await rig.store.read(lambda tx: tx.all("SELECT id FROM files")) == []
    async with rig.running():
        rig.delivery.wake()
        await rig.passes(3)
    assert rig["telegram"].texts == [GONE]


async def test_old_files_in_chats_are_not_edited(rig: Rig) -> None:
    zoe, ana = await rig.person("Zoe"), await rig.person("Ana", "telegram:2")
    view = View((_("A file."),), attachments=(File("list.csv", b"Zoe;Dupont", "text/csv", frozenset((zoe,))),))
    await rig.store.transact(partial(outbox.notify, participant_id=ana, view=view, now=rig.clock.now()))
    async with rig.running():
        rig.delivery.wake()
        await rig.passes(3)
        await rig.run("UPDATE deliveries SET sent_at = 0")
        await rig.erase(zoe)
        await rig.passes(5)
    assert rig["telegram"].edits == 0
    assert ["list.csv" in content for content in await contents(rig.store)] == [False]
