"""The conversation of a personal page, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from bot.content.texts import Name, Reader, _, plain
from bot.content.views import File, View
from bot.database.engine import Store, Transaction
from bot.files import file_store
from bot.people import participant_store
from bot.platforms.web import page_store
from bot.platforms.web.page_store import NewAttachment, PageAttachment, PageFile
from tests.engines import on_one_engine

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
READER = Reader("en", "Europe/Paris")

named = partial(file_store.digests, tables=(page_store.FILES,))


async def person(store: Store, ref: str = "R-1") -> int:
    async def unit(tx: Transaction) -> int:
        return (await participant_store.add(tx, ref=ref, given_name="Zoé", family_name="", now=NOW)).id

    return await store.transact(unit)


async def words(store: Store, participant: int, after: int = 0) -> list[str]:
    messages = sorted(await store.read(lambda tx: page_store.changes(tx, participant, after)), key=lambda each: each.id)
    return [plain(message.view.lines[0], READER) for message in messages]


async def test_whoever_saw_a_revision_is_told_what_came_after_and_changed(store: Store) -> None:
    zoe, max_ = await person(store), await person(store, "R-2")

    async def unit(tx: Transaction) -> None:
        first = await page_store.add(tx, zoe, "bot", View((_("Hello {name}.", name=Name("Zoé")),)), NOW)
        await page_store.add(tx, zoe, "person", View(("Hi",)), NOW)
        await page_store.add(tx, max_, "bot", View(("For Max",)), NOW)
        assert await page_store.change(tx, zoe, first, View(("Later",)), NOW, seen=True)
        assert not await page_store.change(tx, max_, first, View(("Not Max's",)), NOW, seen=True)

    await store.transact(unit)
    assert await words(store, zoe) == ["Later", "Hi"]
    assert await words(store, zoe, after=2) == ["Later"]
    assert await words(store, zoe, after=3) == []


@on_one_engine
async def test_a_delivery_repeated_is_said_once_and_unread_until_seen(store: Store) -> None:
    zoe = await person(store)

    async def push(tx: Transaction) -> int:
        return await page_store.add(tx, zoe, "bot", View(("A place opened up.",)), NOW, delivery_id=7)

    assert await store.transact(push) == await store.transact(push)
    (unread,) = await store.read(lambda tx: page_store.changes(tx, zoe, 0))
    assert unread.pushed
    assert not unread.seen
    assert await store.transact(lambda tx: page_store.mark_seen(tx, zoe, unread.revision, NOW)) == 1
    (read,) = await store.read(lambda tx: page_store.changes(tx, zoe, 0))
    assert read.seen


async def test_what_was_said_is_paged_back_to_until_what_is_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_store, "KEPT", 12)
    monkeypatch.setattr(page_store, "AT_ONCE", 5)
    zoe, max_ = await person(store), await person(store, "R-2")

    async def say(tx: Transaction) -> list[int]:
        ids = [await page_store.add(tx, zoe, "bot", View((str(number),)), NOW) for number in range(12)]
        await page_store.add(tx, max_, "bot", View(("For Max",)), NOW)
        await page_store.pin(tx, zoe, ids[1], NOW)
        await page_store.change(tx, zoe, ids[2], View(("2, changed",)), NOW, seen=True)
        return [*ids, *[await page_store.add(tx, zoe, "bot", View((str(number),)), NOW) for number in range(12, 15)]]

    ids = await store.transact(say)

    async def back(before: int | None) -> tuple[list[str], int | None]:
        async def read(tx: Transaction) -> page_store.Excerpt:
            return await (page_store.latest(tx, zoe, 5) if before is None else page_store.before(tx, zoe, before, 5))

        stretch = await store.read(read)
        return [plain(message.view.lines[0], READER) for message in stretch.messages], stretch.older

    assert await back(None) == (["1", "10", "11", "12", "13", "14"], ids[10])
    assert await back(ids[10]) == (["5", "6", "7", "8", "9"], ids[5])
    # What changed last is not forgotten first: a panel may be long above everything else, and looked at every day.
    assert await back(ids[5]) == (["1", "2, changed"], None)
    assert await words(store, zoe, after=0) == ["5", "6", "7", "8", "9"], "no more at once, the first to change first"

    async def further_up(tx: Transaction) -> list[bool]:
        return [await page_store.is_further_up(tx, zoe, ids[place]) for place in (1, 9, 10, 14)]

    assert await store.read(further_up) == [False, True, False, False]


async def test_files_are_their_owners_and_go_with_the_message(store: Store) -> None:
    zoe, max_ = await person(store), await person(store, "R-2")
    help_, data = "a" * 64, "b" * 64
    hanging = (
        NewAttachment("picture", "image.png", "image/png", _("Help"), (8, 6), help_),
        NewAttachment("file", "data.json", "application/json", digest=data),
    )
    message = await store.transact(
        lambda tx: page_store.add(tx, zoe, "bot", View(("Your data",)), NOW, attached=hanging)
    )
    (shown,) = await store.read(lambda tx: page_store.changes(tx, zoe, 0))
    assert [(each.kind, each.name, plain(each.alt, READER), each.size) for each in shown.attached] == [
        ("picture", "image.png", "Help", (8, 6)),
        ("file", "data.json", "", None),
    ]
    assert await store.read(lambda tx: page_store.find_file(tx, zoe, message, 1)) == PageFile("data.json", data, b"")
    assert await store.read(named) == {help_, data}
    assert await store.read(lambda tx: page_store.find_file(tx, max_, message, 1)) is None
    await store.transact(lambda tx: page_store.change(tx, zoe, message, View(("Gone",)), NOW, seen=True))
    assert await store.read(lambda tx: page_store.find_file(tx, zoe, message, 1)) is None
    assert await store.read(named) == frozenset()


async def test_the_latest_that_bear_files_keep_them(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_store, "BEARERS", 2)
    zoe, max_ = await person(store), await person(store, "R-2")
    one = (NewAttachment("file", "data.json", "application/json", digest="a" * 64),)

    async def unit(tx: Transaction) -> None:
        await page_store.add(tx, max_, "bot", View(("For Max",)), NOW, attached=one)
        for number in range(4):
            await page_store.add(tx, zoe, "bot", View((f"Data {number}",)), NOW, attached=one * 2)
            await page_store.add(tx, zoe, "bot", View(("Words",)), NOW)

    await store.transact(unit)

    async def bearing(participant: int) -> list[int]:
        stretch = await store.read(lambda tx: page_store.latest(tx, participant))
        return [len(message.attached) for message in stretch.messages]

    assert await bearing(zoe) == [0, 0, 0, 0, 2, 0, 2, 0]
    assert await bearing(max_) == [1]


@on_one_engine
async def test_a_view_does_not_lose_what_hangs_on_it(store: Store) -> None:
    zoe = await person(store)
    view = View(("Your data",), attachments=(File("data.json", b"{}"),))
    with pytest.raises(ValueError, match="holds no file"):
        await store.transact(lambda tx: page_store.add(tx, zoe, "bot", view, NOW))


async def test_what_hung_on_pages_before_they_named_files_is_still_there(store: Store) -> None:
    zoe = await person(store)

    async def unit(tx: Transaction) -> int:
        message = await page_store.add(tx, zoe, "bot", View(("Your data",)), NOW)
        await tx.run(
            "INSERT INTO page_files (message_id, position, kind, name, media_type, alt, content)"
            " VALUES (:id, 0, 'file', 'data.json', 'application/json', '\"\"', :content)",
            id=message,
            content=b"{}\x00",
        )
        return message

    message = await store.transact(unit)
    assert await store.read(lambda tx: page_store.find_file(tx, zoe, message, 0)) == PageFile(
        "data.json", "", b"{}\x00"
    )
    (shown,) = await store.read(lambda tx: page_store.changes(tx, zoe, 0))
    assert shown.attached == (PageAttachment(0, "file", "data.json"),)
    assert await store.read(named) == frozenset()


async def test_what_opens_a_door_to_others_leaves_the_page_after_an_hour(store: Store) -> None:
    zoe = await person(store)
    invitations = View(("1 invitation.",), secret=True)
    hanging = NewAttachment("file", "invitations.csv", "text/csv", content=b"code")

    async def unit(tx: Transaction) -> None:
        await page_store.add(tx, zoe, "bot", View(("Hello.",)), NOW)
        await page_store.add(tx, zoe, "bot", invitations, NOW, attached=(hanging,))

    await store.transact(unit)
    assert await store.transact(lambda tx: page_store.forget_secrets(tx, NOW + page_store.SECRETS_KEPT / 2)) == 0
    assert await store.transact(lambda tx: page_store.forget_secrets(tx, NOW + page_store.SECRETS_KEPT)) == 1
    hello, gone = await store.read(lambda tx: page_store.changes(tx, zoe, 0))
    assert (hello.gone, gone.gone, gone.secret, gone.seen) == (False, True, False, True)
    assert await store.read(lambda tx: tx.all("SELECT 1 AS one FROM page_files")) == []
    assert await store.transact(lambda tx: page_store.forget_secrets(tx, NOW + 2 * page_store.SECRETS_KEPT)) == 0


async def test_a_page_that_showed_secrets_is_told_of_their_end_and_of_what_comes_next(store: Store) -> None:
    zoe = await person(store)

    async def unit(tx: Transaction) -> None:
        for _each in range(3):
            await page_store.add(tx, zoe, "bot", View(("A code.",), secret=True), NOW)
        await page_store.forget_secrets(tx, NOW + page_store.SECRETS_KEPT)
        await page_store.add(tx, zoe, "bot", View(("Next.",)), NOW)

    await store.transact(unit)
    told = await store.read(lambda tx: page_store.changes(tx, zoe, 3))
    assert [each.revision for each in told] == [4, 5, 6, 7]
    assert [each.gone for each in told] == [True, True, True, False]


async def test_a_page_from_after_a_restored_backup_has_seen_nothing(store: Store) -> None:
    zoe = await person(store)
    await store.transact(lambda tx: page_store.add(tx, zoe, "bot", View(("New.",)), NOW, delivery_id=7))
    assert await store.transact(lambda tx: page_store.mark_seen(tx, zoe, 2, NOW)) == 0
    assert await store.transact(lambda tx: page_store.mark_seen(tx, zoe, 1, NOW)) == 1
