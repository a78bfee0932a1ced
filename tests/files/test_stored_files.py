"""Photos and documents beside the database, in a folder or in a bucket: named by their content, gone once unnamed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from bot.app import build
from bot.background import stored_photos
from bot.background.scheduling import Housekeeping
from bot.background.side_process import SideProcess
from bot.content.texts import Name
from bot.content.views import Picture, View
from bot.database.engine import Store, Transaction
from bot.files import bucket as buckets
from bot.files.bucket import Bucket
from bot.files.folder import Folder
from bot.files.named_files import key_of
from bot.files.stored_files import UNNAMED_FOR, FileRefused, Files, FilesAway, drop_at_once, drop_unnamed
from bot.membership.erasure import Erasures, erase, finish_erasures
from bot.membership.erasure_store import pending
from bot.platforms.web import page_store
from bot.platforms.web.page_store import NewAttachment
from handlers.announcements.store.announcements import add_announcement
from handlers.announcements.store.contents import find_content
from handlers.ideas.store.files import add_file
from handlers.ideas.store.ideas import find_idea
from tests.background.work import read_file
from tests.bucket_server import ACCESS_KEY, SECRET_KEY, BucketServer
from tests.participants import number
from tests.pictures import OWNER, PLACE, PROGRAM, taken
from tests.world import CHORES, DECLARED, FILE_TABLES, World, make_settings, open_world

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutResult
    from obstore.store import S3Store

PHASE = {
    "key": "stakes",
    "title": {"fr": "Les enjeux", "en": "The stakes", "de": "Worum es geht"},
    "instruction": {"fr": "Dites.", "en": "Tell.", "de": "Sagt."},
    "minutes": 40,
    "collects": "facts",
}


class AgingBucket(Bucket):
    """A bucket of a server whose clock cannot be moved: what is said to be old is so until it is stored again."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.old: set[str] = set()
        self.stored = 0

    def _age(self, found: ObjectMeta) -> timedelta:
        lain = UNNAMED_FOR + timedelta(seconds=1) if found["path"] in self.old else timedelta(0)
        return super()._age(found) + lain

    def _put(self, bucket: S3Store, key: str, content: bytes) -> PutResult:
        self.old.discard(key)
        self.stored += 1
        return super()._put(bucket, key, content)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "kept" / "files", FILE_TABLES)


@pytest.fixture
def bucket(bucket_server: BucketServer) -> AgingBucket:
    return AgingBucket(
        f"s3://rencontres/{uuid4().hex}/files",
        endpoint=bucket_server.endpoint,
        region="eu-west-1",
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        tables=FILE_TABLES,
    )


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest) -> Folder | AgingBucket:
    """The stored files, in either place."""
    place: Folder | AgingBucket = request.getfixturevalue(request.param)
    return place


def let_lie(files: Files, *digests: str) -> None:
    """As if nobody had kept these for longer than a row may be on its way."""
    then = time.time() - UNNAMED_FOR.total_seconds() - 1
    for digest in digests:
        if isinstance(files, AgingBucket):
            files.old.add(key_of(digest))
        elif isinstance(files, Folder):
            os.utime(files.path(digest), (then, then))


async def name(store: Store, digest: str) -> None:
    """An idea with that file, of nobody in particular."""

    async def unit(tx: Transaction) -> None:
        await tx.run("INSERT INTO ideas (phase, text, created_at) VALUES ('stakes', '', 0)")
        [row] = await tx.all("SELECT MAX(id) AS id FROM ideas")
        await add_file(tx, row["id"], digest=digest, name="a.jpg", media_type="image/jpeg", picture=True, size=1)

    await store.transact(unit)


def test_a_content_is_kept_once_and_read_whole_or_in_pieces(files: Files) -> None:
    digest = files.keep(b"a sheet")
    assert digest == hashlib.sha256(b"a sheet").hexdigest() == files.keep(b"a sheet")
    assert files.read(digest) == b"a sheet"
    assert files.holds(digest)
    assert list(files.sizes()) == [(digest, 7)]
    file, size = files.open(digest)
    with closing(file):
        assert (size, file.read(2), file.read(100), file.read(100)) == (7, b"a ", b"sheet", b"")
    files.drop(digest)
    files.drop(digest)
    assert list(files.digests()) == []
    assert not files.holds(digest)
    assert not files.drop_untouched(digest)
    for read in (files.read, files.open):
        with pytest.raises(FileNotFoundError):
            read(digest)


def test_what_is_large_or_empty_is_kept_too(files: Files) -> None:
    large = os.urandom(3_000_000)
    digests = [files.keep(content) for content in (b"", large)]
    assert [files.read(digest) for digest in digests] == [b"", large]
    file, size = files.open(digests[1])
    pieces = []
    with closing(file):
        while piece := file.read(131_072):
            pieces.append(piece)
    assert (size, b"".join(pieces)) == (len(large), large)


def test_what_is_there_in_part_only_is_stored_again(files: Files) -> None:
    digest = files.keep(b"a whole sheet")
    if isinstance(files, Bucket):
        files._put(files._bucket(), key_of(digest), b"a who")
    elif isinstance(files, Folder):
        files.path(digest).write_bytes(b"a who")
    assert files.read(digest) == b"a who"
    files.keep(b"a whole sheet")
    assert files.read(digest) == b"a whole sheet"


def test_what_is_stored_again_while_the_old_is_deleted_is_there(
    bucket: AgingBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = bucket.keep(b"a sheet")
    let_lie(bucket, digest)
    goes_on = threading.Event()  # the other thread waits for this one, or has stored the file
    delete, put = bucket._delete, bucket._put

    class Lock:
        """A lock that tells when a thread has to wait for it."""

        def __init__(self) -> None:
            self._lock = threading.Lock()

        def __enter__(self) -> None:
            if not self._lock.acquire(blocking=False):
                goes_on.set()
                self._lock.acquire()

        def __exit__(self, *_error: object) -> None:
            self._lock.release()

    def put_and_tell(store: S3Store, key: str, content: bytes) -> PutResult:
        stored = put(store, key, content)
        goes_on.set()
        return stored

    with ThreadPoolExecutor(1) as people:

        def delete_once_another_sent_it(key: str) -> None:
            people.submit(bucket.keep, b"a sheet")
            assert goes_on.wait(10)
            delete(key)

        monkeypatch.setattr(buckets, "_AGES", [Lock() for _first_byte in range(256)])
        monkeypatch.setattr(bucket, "_put", put_and_tell)
        monkeypatch.setattr(bucket, "_delete", delete_once_another_sent_it)
        assert bucket.drop_untouched(digest)
    assert bucket.read(digest) == b"a sheet"


def test_a_folder_is_for_its_owner_alone(folder: Folder, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        digest = folder.keep(b"a sheet")
    finally:
        os.umask(before)
    assert folder.path(digest).stat().st_mode & 0o777 == 0o600
    for inner in ("kept", "kept/files", f"kept/files/{digest[:2]}"):
        assert (tmp_path / inner).stat().st_mode & 0o777 == 0o700, inner


def test_nothing_is_looked_for_outside(files: Files) -> None:
    for forged in ("../../etc/passwd", "", "a" * 63, "A" * 64, "g" * 64):
        for use in (files.read, files.open, files.holds, files.drop, files.drop_untouched):
            with pytest.raises(ValueError, match="is no digest"):
                use(forged)


async def test_another_process_reads_the_same(files: Files) -> None:
    side = SideProcess()
    try:
        result = await side.do(read_file, {"files": files, "word": files.keep(b"a sheet")})
    finally:
        side.close()
    assert result["length"] == 7


def test_files_can_be_reached_and_tried(files: Files) -> None:
    digest = files.keep(b"a sheet")
    files.reach()
    assert list(files.try_out()) == []
    assert list(files.digests()) == [digest]


def test_many_may_keep_the_same_at_once_and_none_sees_half_a_file(files: Files, tmp_path: Path) -> None:
    content = b"x" * 1_000_000
    with ThreadPoolExecutor(8) as people:
        assert len(set(people.map(files.keep, [content] * 16))) == 1
    assert [files.read(digest) for digest in files.digests()] == [content]
    assert not list(tmp_path.rglob(".*")), "no draft is left"


def test_what_the_disk_refuses_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        Folder(tmp_path).keep(b"a sheet")
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def hide(folder: Folder, digest: str) -> None:
    """As on a share that is out of reach, the disk refuses to say whether there is such a file."""
    place = folder.path(digest).parent
    place.rename(place.with_name("hidden"))
    place.touch()


def test_a_share_that_is_out_of_reach_is_away_and_not_empty(folder: Folder) -> None:
    digest = folder.keep(b"a sheet")
    hide(folder, digest)
    for use in (folder.read, folder.open, folder.drop):
        with pytest.raises(FilesAway) as refused:
            use(digest)
        assert (refused.value.strerror, refused.value.filename) == ("Not a directory", folder.place)


def test_an_object_is_sent_again_only_where_it_would_soon_count_as_old(bucket: AgingBucket) -> None:
    digest = bucket.keep(b"a picture for 5,000 pages")
    bucket.keep(b"a picture for 5,000 pages")
    assert bucket.stored == 1
    let_lie(bucket, digest)
    bucket.keep(b"a picture for 5,000 pages")
    assert bucket.stored == 2


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, make_settings(phases=[PHASE])) as world:
        yield world


async def test_what_no_row_names_goes_after_an_hour(world: World, files: Files) -> None:
    named, young, old = (files.keep(content) for content in (b"named", b"young", b"old"))
    await name(world.store, named)
    let_lie(files, named, old)
    assert await drop_unnamed(world.store, files) == 1
    assert sorted(files.digests()) == sorted([named, young])
    await world.store.transact(lambda tx: tx.run("DELETE FROM ideas"))
    assert await drop_unnamed(world.store, files) == 1
    assert list(files.digests()) == [young]


@pytest.mark.parametrize("swept", [True, False])
async def test_a_file_that_may_not_be_deleted_keeps_no_other_from_it(
    world: World, bucket: AgingBucket, monkeypatch: pytest.MonkeyPatch, swept: bool
) -> None:
    digests = {bucket.keep(f"a sheet {place}".encode()) for place in range(12)}
    let_lie(bucket, *digests)
    delete = bucket._delete
    locked: list[str] = []

    def delete_but_the_first(key: str) -> None:
        if not locked:
            locked.append(key)
            raise FileRefused("refuses: AccessDenied", bucket.place)
        delete(key)

    monkeypatch.setattr(bucket, "_delete", delete_but_the_first)
    with pytest.raises(FileRefused):
        await (drop_unnamed(world.store, bucket) if swept else drop_at_once(world.store, bucket, digests))
    assert [key_of(digest) for digest in bucket.digests()] == locked


async def test_what_is_kept_again_is_young_again(world: World, files: Files) -> None:
    digest = files.keep(b"a sheet")
    let_lie(files, digest)
    files.keep(b"a sheet")
    assert await drop_unnamed(world.store, files) == 0
    assert files.read(digest) == b"a sheet"


async def test_what_others_send_while_much_is_deleted_stays(
    world: World, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = sorted(files.keep(f"a photo {place}".encode()) for place in range(25))
    loop, drop = asyncio.get_running_loop(), files.drop

    def drop_while_another_sends(digest: str) -> None:
        drop(digest)
        if digest == digests[0]:
            asyncio.run_coroutine_threadsafe(name(world.store, digests[-1]), loop).result(30)

    monkeypatch.setattr(files, "drop", drop_while_another_sends)
    await drop_at_once(world.store, files, digests)
    assert list(files.digests()) == digests[-1:]


async def test_a_unit_that_is_undone_leaves_no_row_and_a_file_that_goes(world: World, files: Files) -> None:

    async def unit(tx: Transaction) -> None:
        files.keep(b"a sheet")
        await find_idea(tx, 1)
        raise RuntimeError("a defect after it")

    with pytest.raises(RuntimeError):
        await world.store.transact(unit)
    let_lie(files, *files.digests())
    assert await drop_unnamed(world.store, files) == 1


async def test_photos_from_before_lose_what_they_say_of_whoever_took_them_once(
    world: World, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_photos, "AT_ONCE", 2)
    photos = [files.keep(taken(orientation=each)) for each in (1, 3, 6)]
    plan = files.keep(b"%PDF-1.7 a plan")
    for digest in (*photos, plan):
        await name(world.store, digest)

    async def announce(tx: Transaction) -> int:
        picture = Picture(taken(), "", "a.jpg")
        return (await add_announcement(tx, None, ("Look",), (picture,), world.clock.now())).id

    announced = await world.store.transact(announce)
    house = Housekeeping(world.store, world.clock, CHORES, files)
    for _hour in range(8):  # what was cut may be met again under its new name
        await house.tidy()
    assert len(list(files.digests())) == 4
    assert plan in files.digests()
    assert not {*photos} & {*files.digests()}
    held = b"".join(files.read(digest) for digest in files.digests())
    content = await world.store.read(lambda tx: find_content(tx, announced))
    assert content
    held += content.attachments[0].content
    assert not [said for said in (OWNER, PLACE, PROGRAM) if said in held]
    rows = await world.store.read(lambda tx: tx.all("SELECT digest, size FROM idea_files WHERE size > 1"))
    assert {row["digest"]: row["size"] for row in rows} == {
        digest: len(files.read(digest)) for digest in files.digests() if digest != plan
    }
    later = files.keep(taken(orientation=8))  # nothing that is stored like this from now on: it was gone through once
    await name(world.store, later)
    await house.tidy()
    assert later in files.digests()


async def test_what_pages_showed_goes_with_who_is_erased_once_the_files_answer(
    sqlite_url: str, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(sqlite_url) as world:
        await world.join("Zoraïde", "1")
        await world.organiser()
        zoe, ines = [await number(world, name) for name in ("Zoraïde", "Inès")]
        hers, lists = files.keep(b"all of her data"), files.keep("R-1;Zoraïde;\n".encode())
        other = files.keep(b"nobody in particular")

        async def unit(tx: Transaction) -> None:
            for person, digest in ((zoe, hers), (ines, lists), (ines, other)):
                hanging = NewAttachment("file", "data.csv", "text/csv", digest=digest)
                await page_store.add(tx, person, "bot", View(("Data",)), world.clock.now(), attached=(hanging,))

        await world.store.transact(unit)
        await world.store.transact(stored_before)
        await world.store.transact(lambda tx: erase(tx, DECLARED, zoe, world.clock.now(), texts=True, files=files))
        assert sorted(files.digests()) == sorted((hers, lists, other))
        finish = partial(finish_erasures, world.store, DECLARED, world.settings.storage, files)
        for method in ("read", "drop"):
            with monkeypatch.context() as broken:
                broken.setattr(type(files), method, out_of_reach)
                with pytest.raises(FilesAway):
                    await finish()
        assert sorted(files.digests()) == sorted((hers, lists, other))
        assert await finish() == 1
        assert list(files.digests()) == [other]
        assert await finish() == 0


@pytest.fixture
async def shown(sqlite_url: str) -> AsyncIterator[World]:
    """Zoraïde, and Inès of the team, whose page can show files."""
    async with open_world(sqlite_url) as world:
        await world.join("Zoraïde", "1")
        await world.organiser()
        yield world


async def stored_before(tx: Transaction) -> None:
    """Have what is on pages be of a version whose files did not say whom they name."""
    await tx.run("UPDATE page_files SET named = NULL")
    await tx.run("INSERT INTO stored_before (name, last_id) SELECT 'page_messages', MAX(id) FROM page_messages")


class HaltingFolder(Folder):
    """A folder that does not answer when a third file is read from it, and then answers again."""

    asked = 0
    were_read: tuple[str, ...] = ()

    def read(self, digest: str) -> bytes:
        self.asked += 1
        if self.asked % 3 == 0:
            raise FilesAway("does not answer", "far away")
        self.were_read += (digest,)
        return super().read(digest)


async def show(world: World, name: str, digest: str, words: str = "Data") -> None:
    """Somebody's page shows a list."""
    person = await number(world, name)
    hanging = NewAttachment("file", "data.csv", "text/csv", digest=digest)
    said = View((Name(words),))
    await world.store.transact(
        lambda tx: page_store.add(tx, person, "bot", said, world.clock.now(), attached=(hanging,))
    )


async def begin_to_erase(world: World, name: str, files: Files) -> None:
    person = await number(world, name)
    await world.store.transact(stored_before)
    await world.store.transact(lambda tx: erase(tx, DECLARED, person, world.clock.now(), texts=True, files=files))


async def test_files_on_a_share_that_is_not_mounted_are_not_taken_for_searched(shown: World, files: Files) -> None:
    content = "R-1;Zoraïde;\n".encode()
    digest = files.keep(content)
    await show(shown, "Inès", digest)
    await begin_to_erase(shown, "Zoraïde", files)
    files.drop(digest)
    finish = partial(finish_erasures, shown.store, DECLARED, shown.settings.storage, files)
    with pytest.raises(FilesAway, match="holds no file at all"):
        await finish()
    files.keep(content)
    assert await finish() == 1
    assert list(files.digests()) == []


async def test_messages_do_not_wait_for_files(shown: World, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    await show(shown, "Inès", files.keep("R-1;Zoraïde;\n".encode()), "Zoraïde")
    await begin_to_erase(shown, "Zoraïde", files)
    finish = partial(finish_erasures, shown.store, DECLARED, shown.settings.storage, files, searches={})
    with monkeypatch.context() as broken:
        broken.setattr(type(files), "read", out_of_reach)
        with pytest.raises(FilesAway):
            await finish()
        assert "Zoraïde" not in str(await messages(shown))
    assert await finish() == 1
    assert list(files.digests()) == []


async def test_a_file_that_was_searched_is_not_searched_again_after_a_failure(shown: World, tmp_path: Path) -> None:
    files = HaltingFolder(tmp_path, FILE_TABLES)
    lists = [files.keep(f"R-{place};Zoraïde;\n".encode()) for place in range(5)]
    for digest in lists:
        await show(shown, "Inès", digest)
    await begin_to_erase(shown, "Zoraïde", files)
    erasures = Erasures(shown.store, DECLARED, shown.settings.storage, files, shown.clock)
    running = asyncio.create_task(erasures.run())
    for _failure in range(2):
        await shown.clock.advance_when_asleep()
    erasures.wake()
    await shown.clock.advance_when_asleep()
    assert not await shown.store.read(pending)
    assert sorted(files.were_read) == sorted(lists)
    assert list(files.digests()) == []
    running.cancel()
    await asyncio.wait({running})


async def test_the_bot_starts_while_its_share_is_out_of_reach(shown: World, folder: Folder) -> None:
    settings = make_settings(
        storage={"url": shown.settings.storage.url, "files": folder.place}, web={"public_url": "http://127.0.0.1"}
    )
    digest = folder.keep("R-1;Zoraïde;\n".encode())
    await show(shown, "Inès", digest)
    await begin_to_erase(shown, "Zoraïde", folder)
    hide(folder, digest)
    with pytest.raises(FilesAway):
        await finish_erasures(shown.store, DECLARED, settings.storage, folder)
    with capture_logs() as logs:
        async with build(settings, only=frozenset({"web"})) as app:
            assert len(await app.store.read(pending)) == 1
    assert [line["reason"] for line in logs if line["event"] == "app.erasures_unfinished"] == ["Not a directory"]


async def messages(world: World) -> list[str]:
    """What pages show, as it is stored."""
    rows = await world.store.read(lambda tx: tx.all("SELECT content FROM page_messages ORDER BY id"))
    return [row["content"] for row in rows]


async def test_a_list_with_the_reference_of_who_has_no_name_goes_too(shown: World, files: Files) -> None:
    await shown.store.transact(
        lambda tx: tx.run("UPDATE participants SET ref = 'Q-77', given_name = '', family_name = '' WHERE id = 1")
    )
    await shown.store.transact(lambda tx: tx.run("UPDATE accounts SET name = '' WHERE participant_id = 1"))
    await show(shown, "Inès", files.keep(b"Q-77;;\n"))
    await shown.store.transact(lambda tx: erase(tx, DECLARED, 1, shown.clock.now(), texts=True, files=files))
    assert await finish_erasures(shown.store, DECLARED, shown.settings.storage, files) == 1
    assert list(files.digests()) == []


def out_of_reach(_files: Files, _digest: str) -> bytes:
    raise FilesAway("does not answer", "far away")


async def test_nothing_is_taken_for_unused_where_nobody_says_what_is_used(world: World, files: Files) -> None:
    files.tables = ()
    digest = files.keep(b"a sheet")
    let_lie(files, digest)
    with pytest.raises(ValueError, match="no table"):
        await drop_unnamed(world.store, files)
    assert list(files.digests()) == [digest]


async def test_every_table_that_names_files_is_declared(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        rows = await world.store.read(
            lambda tx: tx.all(
                "SELECT m.name AS tab FROM sqlite_master m WHERE m.type = 'table' AND (SELECT COUNT(*)"
                " FROM pragma_table_info(m.name) c WHERE c.name IN ('digest', 'media_type')) = 2"
            )
        )
        assert {row["tab"] for row in rows} == {table.name for table in FILE_TABLES if table.named}
