"""The commands where photos and documents are in a bucket."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from bot.config.settings import load_sections, load_settings
from bot.files.bucket import Bucket
from bot.files.folder import Folder
from bot.membership.erasure import log_path
from handlers import CAPABILITIES
from tests.bucket_server import ACCESS_KEY, SECRET_KEY, BucketServer
from tests.shell import Shell, change

PEOPLE = "ref,given_name,family_name,country\nR1,Zoé,Dupont,CA-QC\nR2,Léo,Martin,FR\n"


@pytest.fixture
def bucket(bucket_server: BucketServer, configured: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The bucket of the configuration; its credentials are in the environment."""
    address = f"s3://rencontres/{uuid4().hex}"
    storage = f'[storage]\nfiles = "{address}"\n\n[s3]\nendpoint = "{bucket_server.endpoint}"\nregion = "x"\n\n[web]'
    change(configured / "config.toml", "[web]", storage)
    monkeypatch.setenv("RENCONTRES_S3__ACCESS_KEY", ACCESS_KEY)
    monkeypatch.setenv("RENCONTRES_S3__SECRET_KEY", SECRET_KEY)
    return Bucket(address, endpoint=bucket_server.endpoint, region="x", access_key=ACCESS_KEY, secret_key=SECRET_KEY)


def give_photo(folder: Path, bucket: Bucket, ref: str, content: bytes) -> str:
    """An idea of someone with a photo that goes with them; its digest."""
    digest = bucket.keep(content)
    with closing(sqlite3.connect(folder / "rencontres.db")) as connection:
        connection.execute("INSERT OR IGNORE INTO phases VALUES ('stakes', 1, '{}', '{}', '{}', 40, 'facts')")
        idea = connection.execute(
            "INSERT INTO ideas (phase, author_id, text, state, created_at)"
            " SELECT 'stakes', id, '', 'late', 0 FROM participants WHERE ref = ?",
            (ref,),
        ).lastrowid
        connection.execute(
            "INSERT INTO idea_files (idea_id, position, digest, name, media_type, picture, size)"
            " VALUES (?, 0, ?, 'a.jpg', 'image/jpeg', 1, 7)",
            (idea, digest),
        )
        connection.commit()
    return digest


def test_files_are_backed_up_erased_and_restored(shell: Shell, configured: Path, bucket: Bucket) -> None:
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    shell("import", "participants", "people.csv", "--apply")
    hers, his = (give_photo(configured, bucket, ref, ref.encode()) for ref in ("R1", "R2"))
    saved = shell("backup", "monday.db")
    assert "The files people sent (2) are in monday.db.files: keep both together." in " ".join(saved.stdout.split())
    assert sorted(Folder(configured / "monday.db.files").digests()) == sorted((hers, his))
    assert shell("erase", "person", "R1", "--yes").exit_code == 0
    assert list(bucket.digests()) == [his]
    bucket.drop(his)
    restored = shell("restore", "monday.db", "--yes")
    assert restored.exit_code == 0, restored.stderr
    assert {digest: bucket.read(digest) for digest in bucket.digests()} == {his: b"R2"}
    assert not (configured / "files").exists()


def test_a_bucket_is_checked_and_described_without_a_secret(shell: Shell, bucket: Bucket) -> None:
    digest = bucket.keep(b"a sheet")
    checked = shell("check")
    assert f"ok      files         {bucket.place}\n" in checked.stdout
    assert list(bucket.digests()) == [digest]
    described = shell("report")
    told = json.loads(described.stdout)
    assert told["machine"]["files"] == {"in": "a bucket", "state": "answers", "count": 1, "megabytes": 0.0}
    assert told["settings"]["s3"] == dict.fromkeys(("endpoint", "region", "access_key", "secret_key"), "set")
    for secret in (ACCESS_KEY, SECRET_KEY):
        assert secret not in checked.output + described.output


def test_a_bucket_that_refuses_or_does_not_answer_is_told(
    shell: Shell, configured: Path, bucket: Bucket, bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    shell("import", "participants", "people.csv", "--apply")
    give_photo(configured, bucket, "R1", b"a sheet")
    monkeypatch.setenv("RENCONTRES_S3__SECRET_KEY", "another-secret")
    checked = shell("check")
    remedy = "check [storage] files and [s3]"
    assert f"failed  files         {bucket.place}: refuses: SignatureDoesNotMatch -> {remedy}" in checked.stdout
    assert json.loads(shell("report").stdout)["machine"]["files"]["state"] == "refuses: SignatureDoesNotMatch"
    change(configured / "config.toml", bucket_server.endpoint, "http://127.0.0.1:9")
    assert f"failed  files         {bucket.place}: does not answer" in shell("check").stdout
    refused = shell("backup", "monday.db")
    assert refused.exit_code == 1
    assert f"{bucket.place}: does not answer; nothing was kept" in " ".join(refused.stderr.split())
    assert not list(configured.glob("monday*"))


@pytest.mark.parametrize("address", ["s3://", "s3://Bucket/a", "s3://bucket/../a", "https://s3.example.org/bucket"])
def test_what_is_no_bucket_is_told(shell: Shell, configured: Path, address: str) -> None:
    change(configured / "config.toml", "[web]", f'[storage]\nfiles = "{address}"\n\n[web]')
    assert "is neither a folder nor a bucket: write that like «s3://bucket/prefix»" in shell("check").stdout


def test_on_postgresql_who_was_erased_is_noted_where_the_configuration_says(shell: Shell, configured: Path) -> None:
    bucket = '[storage]\nurl = "postgresql:///r"\nfiles = "s3://photos"\n'
    change(configured / "config.toml", "[web]", f"{bucket}\n[web]")
    assert "with PostgreSQL and files in a bucket, set «erasures» too" in shell("check").stdout
    change(configured / "config.toml", bucket, f'{bucket}erasures = "/var/lib/r"\n')
    settings = load_settings(configured / "config.toml", load_sections(CAPABILITIES))
    assert log_path(settings.storage) == Path("/var/lib/r/r.erasures.jsonl")


def test_a_library_that_is_missing_is_told(
    shell: Shell, configured: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.find_spec", lambda _name: None)
    said = "storage.files is a bucket, which needs one more library: pip install"
    assert f"failed  files         {said}" in shell("check").stdout
    assert json.loads(shell("report").stdout)["machine"]["files"]["state"] == "its library is missing"
