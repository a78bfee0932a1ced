"""A bucket that does not answer, or refuses: what is told of it, how soon, and that no secret is in it."""

from __future__ import annotations

import logging
import os
import pickle
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from structlog.testing import capture_logs

from bot.app import build, files_of
from bot.content.views import View
from bot.files import bucket as buckets
from bot.files.bucket import Bucket
from bot.files.named_files import key_of
from bot.files.stored_files import FileRefused, FilesAway
from bot.membership.erasure import erase, finish_erasures
from bot.membership.erasure_store import pending
from bot.platforms.web import page_store
from bot.platforms.web.page_store import NewAttachment
from tests.bucket_server import ACCESS_KEY, SECRET_KEY, BucketServer
from tests.participants import number
from tests.world import DECLARED, make_settings, open_world

SOMETHING = "ab" * 32


def bucket_at(endpoint: str, secret: str = SECRET_KEY) -> Bucket:
    return Bucket("s3://rencontres/spring", endpoint=endpoint, region="x", access_key=ACCESS_KEY, secret_key=secret)


def error_with(code: str) -> bytes:
    """The words of a store that refuses."""
    return f"<Error><Code>{code}</Code><AWSAccessKeyId>{ACCESS_KEY}</AWSAccessKeyId></Error>".encode() if code else b""


def list_of(keys: list[str]) -> bytes:
    """The words of a store that lists its objects."""
    about = "<LastModified>2027-06-01T09:00:00.000Z</LastModified><ETag>1</ETag><Size>7</Size>"
    listed = "".join(f"<Contents><Key>{key}</Key>{about}</Contents>" for key in keys)
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>".encode()


class Store(ThreadingHTTPServer):
    """A store that answers each request with the same words; `version` is what it names a new object.

    It refuses the paths in `refused`, with the code that is given there. Once it has `keys` it lists them.
    """

    daemon_threads = True

    def __init__(self, status: int, code: str, version: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.status, self.version, self.asked = status, version, 0
        self.kept: dict[str, bytes] = {}
        self.keys: list[str] = []
        self.refused: dict[str, str] = {}
        self.body = error_with(code)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


_PART = re.compile(r"bytes=(\d+)-(\d+)")


class Answer(BaseHTTPRequestHandler):
    """One answer of it."""

    server: Store

    def _answer(self) -> None:
        self.server.asked += 1
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.command == "PUT":
            self.server.kept[self.path] = content
        body, status = self.server.body, self.server.status
        if (refused := self.server.refused.get(self.path)) is not None:
            body, status = error_with(refused), 403
        elif self.command in ("GET", "HEAD"):
            body = self.server.kept.get(self.path, body)
        query = parse_qs(urlsplit(self.path).query)
        if self.server.keys and "list-type" in query:
            body = list_of([key for key in self.server.keys if key.startswith(query["prefix"][0])])
        part = _PART.fullmatch(self.headers.get("Range", "")) if status == 200 else None
        self.send_response(206 if part else status)
        if part:
            first, last = int(part[1]), min(int(part[2]), len(body) - 1)
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
            body = body[first : last + 1]
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Tue, 01 Jun 2027 09:00:00 GMT")
        if self.server.version:
            self.send_header("x-amz-version-id", self.server.version)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_DELETE = _answer  # noqa: N815 - the library's names

    def log_message(self, *_what: object) -> None:
        """Say nothing."""


@contextmanager
def store_that(status: int, code: str = "", version: str = "") -> Iterator[Store]:
    with Store(status, code, version) as store:
        threading.Thread(target=store.serve_forever, args=(0.01,), daemon=True).start()
        yield store
        store.shutdown()


@pytest.fixture(autouse=True)
def no_respite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request is one of its own."""
    monkeypatch.setattr(buckets, "_RESPITE", 0.0)


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (403, "SignatureDoesNotMatch", "refuses: SignatureDoesNotMatch"),
        (403, "", "refuses: HTTP 403"),
        (404, "NoSuchBucket", "refuses: NoSuchBucket"),
        (503, "SlowDown", "refuses: SlowDown"),
        (301, "", "refuses: it is in another region"),
    ],
)
def test_why_a_store_refuses_is_told_without_what_it_answers(status: int, code: str, why: str) -> None:
    with store_that(status, code) as store:
        bucket = bucket_at(store.endpoint)
        for use in (
            lambda: bucket.read(SOMETHING),
            lambda: bucket.keep(b"a sheet"),
            lambda: bucket.drop(SOMETHING),
            lambda: list(bucket.digests()),
            bucket.untouched,
            bucket.reach,
            bucket.try_out,
        ):
            with pytest.raises(FilesAway) as refused:
                use()
            assert refused.value.filename == "s3://rencontres/spring"
            assert refused.value.strerror in (why, f"refuses: HTTP {status}")  # a HEAD has no words
            assert refused.value.__cause__ is None
        assert refused.value.strerror == why


def test_the_right_key_with_another_secret_is_refused(bucket_server: BucketServer) -> None:
    with pytest.raises(FilesAway, match="refuses: SignatureDoesNotMatch"):
        bucket_at(bucket_server.endpoint, "another-secret").reach()


def test_credentials_that_are_missing_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with store_that(404) as machine:
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", machine.endpoint)
        with pytest.raises(FilesAway, match="cannot be asked: there are no credentials"):
            Bucket("s3://rencontres/spring", endpoint=machine.endpoint, region="x").reach()


def test_credentials_of_the_environment_that_cannot_be_sent_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA\nNETTLES")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with store_that(200) as store, pytest.raises(FilesAway, match="cannot be sent") as refused:
        Bucket("s3://rencontres/spring", endpoint=store.endpoint, region="x").reach()
    assert "NETTLES" not in str(refused.value)


def test_a_store_that_says_nothing_and_one_that_is_gone_are_told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_READ", timedelta(milliseconds=150))
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        bucket = bucket_at(f"http://127.0.0.1:{silent.getsockname()[1]}")
        for _state in ("gone", "silent"):
            began = time.monotonic()
            with pytest.raises(FilesAway, match="does not answer"):
                bucket.read(SOMETHING)
            assert time.monotonic() - began < 10
            silent.listen()


def test_nobody_waits_for_a_store_that_has_just_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_RESPITE", 60.0)
    with store_that(403, "InvalidAccessKeyId") as store:
        bucket = bucket_at(store.endpoint)
        for _time in range(3):
            with pytest.raises(FilesAway, match="refuses: InvalidAccessKeyId"):
                bucket.read(SOMETHING)
        assert store.asked == 1
        bucket._away_until = 0.0  # it is over
        with pytest.raises(FilesAway):
            bucket.read(SOMETHING)
        assert store.asked == 2


@pytest.mark.parametrize(
    ("status", "code"), [(401, ""), (429, ""), (500, ""), (503, "SlowDown"), (404, "NoSuchBucket"), (301, "")]
)
def test_what_concerns_all_objects_is_not_asked_again_at_once(
    status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "_RESPITE", 60.0)
    with store_that(status, code) as store:
        bucket = bucket_at(store.endpoint)
        with pytest.raises(FilesAway):
            bucket.read(SOMETHING)
        asked = store.asked
        with pytest.raises(FilesAway):
            bucket.read("cd" * 32)
        assert store.asked == asked


@pytest.mark.parametrize("code", ["InvalidObjectState", "AccessDenied", ""])
def test_one_object_that_is_refused_keeps_nobody_from_the_others(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_RESPITE", 60.0)
    with store_that(200) as store:
        bucket = bucket_at(store.endpoint)
        digest = bucket.keep(b"a sheet")
        store.kept[f"/rencontres/spring/{key_of(digest)}"] = b"a sheet"
        file, _size = bucket.open(digest)
        store.refused[f"/rencontres/spring/{key_of(SOMETHING)}"] = code
        for use in (bucket.read, bucket.open, bucket.holds):
            with pytest.raises(FileRefused, match="refuses"):
                use(SOMETHING)
        assert bucket.read(digest) == b"a sheet"
        bucket.keep(b"another sheet")
        with closing(file):
            assert file.read(7) == b"a sheet", "the download under way goes on"


@pytest.mark.parametrize("odd", ["spring//notes", "spring/../notes", "spring/ab/."])
def test_an_object_of_somebody_else_with_an_odd_name_hides_none_of_ours(odd: str) -> None:
    with store_that(200) as store:
        store.keys = [odd, f"spring/{key_of(SOMETHING[::-1])}", "spring/photo.jpg", f"spring/{key_of('cd' * 32)}"]
        bucket = bucket_at(store.endpoint)
        bucket.reach()
        if odd.startswith("spring/ab/"):  # it lies where ours do
            with pytest.raises(FilesAway, match="whose name is no path"):
                list(bucket.digests())
        else:
            assert sorted(bucket.digests()) == [SOMETHING[::-1], "cd" * 32]


def test_an_object_that_is_larger_than_any_file_of_ours_is_refused_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(buckets, "_LARGEST", 10)
    with store_that(200) as store:
        store.kept[f"/rencontres/spring/{key_of(SOMETHING)}"] = b"eleven byte"
        with pytest.raises(FileRefused, match="larger than any file of ours"):
            bucket_at(store.endpoint).read(SOMETHING)


def test_no_secret_is_in_what_is_told_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with store_that(403, "InvalidAccessKeyId") as store:
        bucket = bucket_at(store.endpoint)
        with pytest.raises(FilesAway) as refused:
            bucket.read(SOMETHING)
    told = f"{bucket!r} {refused.value!r} {refused.value} {caplog.text}"
    assert "InvalidAccessKeyId" in told
    assert not [secret for secret in (ACCESS_KEY, SECRET_KEY, store.endpoint) if secret in told]
    again = pickle.loads(pickle.dumps(refused.value))
    assert (again.filename, again.strerror) == (refused.value.filename, refused.value.strerror)


@pytest.mark.parametrize(("version", "remarks"), [("", []), ("v1", ["it keeps versions: files that are deleted"])])
def test_a_bucket_that_keeps_what_is_deleted_is_told(version: str, remarks: list[str]) -> None:
    with store_that(200, version=version) as store:
        store.body = b"<ListBucketResult></ListBucketResult>"
        found = bucket_at(store.endpoint).try_out()
        assert [remark[: len(remarks[0])] for remark in found] == remarks
        assert len(store.kept) == 1


def test_a_way_that_others_can_listen_to_is_told() -> None:
    ways = ("https://s3.example.org", "", "http://127.0.0.1:9000", "http://[::1]:9000", "http://s3.example.org")
    assert [bucket_at(way)._is_private_way() for way in ways] == [True, True, True, True, False]


def test_a_file_that_gets_lost_while_it_is_read_is_not_taken_for_whole(
    bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "_PIECE", 10_000)
    bucket = bucket_at(bucket_server.endpoint)
    digest = bucket.keep(bytes(50_000))
    file, size = bucket.open(digest)
    with closing(file):
        assert (size, len(file.read(10_000))) == (50_000, 10_000)
        bucket.drop(digest)
        with pytest.raises(OSError, match="no such object"):
            [file.read(10_000) for _piece in range(5)]


async def test_a_program_starts_while_its_bucket_is_away_and_erases_later(sqlite_url: str) -> None:
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings = make_settings(
            storage={"url": sqlite_url, "files": "s3://rencontres/spring"},
            s3={"endpoint": f"http://127.0.0.1:{nobody.getsockname()[1]}", "access_key": ACCESS_KEY, "secret_key": "x"},
            web={"public_url": "http://127.0.0.1"},
        )
        async with open_world(sqlite_url) as world:
            await world.join("Zoé", "1")
            zoe = await number(world, "Zoé")
            digest = world.files.keep(b"hers")
            hanging = NewAttachment("file", "data.csv", "text/csv", digest=digest)
            now = world.clock.now()
            await world.store.transact(
                lambda tx: page_store.add(tx, zoe, "bot", View(("Data",)), now, attached=(hanging,))
            )
            await world.store.transact(lambda tx: erase(tx, DECLARED, zoe, now, texts=True, files=world.files))
            with pytest.raises(FilesAway):
                await finish_erasures(world.store, DECLARED, settings.storage, files_of(settings))
        with capture_logs() as logs:
            async with build(settings, only=frozenset({"web"})) as app:
                _well, told = await app.health.report()
                assert len(await app.store.read(pending)) == 1
        assert [line["reason"] for line in logs if line["event"] == "app.erasures_unfinished"] == ["does not answer"]
        assert (told["store"], told["files"]) == ("answers", "does not answer")
