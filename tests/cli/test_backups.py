"""`rencontres backup` and `rencontres restore`."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.exclusive import alone_in
from bot.database.sqlite import SqliteStore
from bot.files.folder import Folder
from bot.files.stored_files import Files
from tests.shell import Shell

PEOPLE = "ref,given_name,family_name,country\nR1,Zoé,Dupont,CA-QC\nR2,Léo,Martin,FR\n"


def refs(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [ref for (ref,) in connection.execute("SELECT ref FROM participants ORDER BY ref")]


@pytest.fixture
def used(shell: Shell, configured: Path) -> Path:
    """A folder with a database of two people, and a backup of it."""
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    shell("import", "participants", "people.csv", "--apply")
    assert shell("backup", "monday.db").exit_code == 0
    return configured


def run_bot(database: Path, holder: str = "another-machine/1/abc") -> None:
    """Leave the trace of a bot that runs."""
    with closing(sqlite3.connect(database)) as connection:
        until = int(time.time() * 1e6) + 30_000_000
        connection.execute("INSERT INTO leases VALUES ('telegram:intake', ?, ?)", (holder, until))
        connection.commit()


def test_a_backup_is_its_owners_alone_and_overwrites_nothing(shell: Shell, used: Path) -> None:
    backup = used / "monday.db"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert refs(backup) == ["R1", "R2"]
    again = shell("backup", "monday.db")
    assert again.exit_code == 1
    assert again.stderr == "Error: monday.db: File exists\n"


def test_there_is_nothing_to_copy_before_the_first_start(shell: Shell, unstarted: Path) -> None:
    refused = shell("backup", "monday.db")
    assert refused.exit_code == 1
    assert "there is no database at rencontres.db yet" in refused.stderr
    assert not (unstarted / "rencontres.db").exists()


def test_restoring_brings_back_what_was(shell: Shell, used: Path) -> None:
    with closing(sqlite3.connect(used / "rencontres.db")) as connection:
        connection.execute("DELETE FROM participants")
        connection.commit()
    restored = shell("restore", "monday.db", "--yes")
    assert restored.exit_code == 0
    assert refs(used / "rencontres.db") == ["R1", "R2"]
    assert (used / "rencontres.db").stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in used.glob("*monday.db*")) == ["monday.db"]
    assert not list(used.glob(".*"))


def test_a_database_behind_a_link_is_replaced_where_it_is(shell: Shell, used: Path) -> None:
    disk, link = used / "disk", used / "rencontres.db"
    disk.mkdir()
    link.rename(disk / "people.db")
    link.symlink_to(disk / "people.db")
    (disk / "people.db-wal").write_bytes(b"who was erased")
    (disk / "people.db-wal").chmod(0o644)
    (disk / "people.db").chmod(0o644)
    assert "chmod 600" in shell("check").stdout
    assert shell("restore", "monday.db", "--yes").exit_code == 0
    assert link.is_symlink()
    assert refs(disk / "people.db") == ["R1", "R2"]
    assert (disk / "people.db").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in disk.iterdir()] == ["people.db"]


def test_who_was_erased_since_is_erased_again(shell: Shell, used: Path) -> None:
    assert shell("erase", "person", "R1", "--yes").exit_code == 0
    restored = shell("restore", "monday.db", "--yes")
    assert "erased since that backup, and now erased again: 1" in restored.stdout
    assert refs(used / "rencontres.db") == ["R2"]
    assert b"Dupont" not in (used / "rencontres.db").read_bytes()


def test_a_damaged_database_can_be_replaced(shell: Shell, used: Path) -> None:
    (used / "rencontres.db").write_bytes(b"Not a database any more. " * 100)
    assert shell("restore", "monday.db", "--yes").exit_code == 0
    assert refs(used / "rencontres.db") == ["R1", "R2"]


def test_it_asks_before_anything_is_lost(shell: Shell, used: Path) -> None:
    with closing(sqlite3.connect(used / "rencontres.db")) as connection:
        connection.execute("DELETE FROM participants WHERE ref = 'R1'")
        connection.commit()
    assert shell("restore", "monday.db", typed="n\n").exit_code == 1
    assert refs(used / "rencontres.db") == ["R2"]
    assert shell("restore", "monday.db", typed="y\n").exit_code == 0
    assert refs(used / "rencontres.db") == ["R1", "R2"]


def test_it_is_refused_while_the_bot_runs(shell: Shell, used: Path) -> None:
    run_bot(used / "rencontres.db")
    refused = shell("restore", "monday.db", "--yes")
    assert refused.exit_code == 1
    assert refused.stderr == "Error: the bot is running (telegram:intake): stop it first\n"


def test_it_is_refused_while_a_bot_without_a_lease_has_the_database_open(shell: Shell, used: Path) -> None:
    """As one that has just been started, or one that was asleep for longer than its leases last."""
    with closing(sqlite3.connect(used / "rencontres.db")) as bot:
        bot.execute("DELETE FROM participants WHERE ref = 'R1'")
        bot.commit()
        refused = shell("restore", "monday.db", "--yes")
        assert refs(used / "rencontres.db") == ["R2"]
    assert refused.exit_code == 1
    assert "another program uses" in refused.stderr
    assert shell("restore", "monday.db", "--yes").exit_code == 0
    assert refs(used / "rencontres.db") == ["R1", "R2"]


def test_it_is_refused_while_a_bot_of_an_older_version_runs(shell: Shell, used: Path) -> None:
    run_bot(used / "rencontres.db")
    with closing(sqlite3.connect(used / "rencontres.db")) as connection:
        connection.execute("DELETE FROM schema_version WHERE version = (SELECT MAX(version) FROM schema_version)")
        connection.commit()
    refused = shell("restore", "monday.db", "--yes")
    assert (refused.exit_code, refused.stderr) == (1, "Error: the bot is running (telegram:intake): stop it first\n")


@pytest.mark.parametrize("content", [b"Not a database. " * 100, b""])
def test_only_a_backup_of_ours_is_taken(shell: Shell, used: Path, content: bytes) -> None:
    (used / "other.db").write_bytes(content)
    refused = shell("restore", "other.db", "--yes")
    assert refused.exit_code == 2
    assert "other.db is not a backup" in refused.stderr
    assert refs(used / "rencontres.db") == ["R1", "R2"]
    assert not list(used.glob(".*"))


def test_a_backup_of_a_newer_program_is_refused(shell: Shell, used: Path) -> None:
    with closing(sqlite3.connect(used / "monday.db")) as connection:
        connection.execute("INSERT INTO schema_version VALUES (900, '900_later.sql')")
        connection.commit()
    refused = shell("restore", "monday.db", "--yes")
    assert refused.exit_code == 1
    assert "run the newer program" in refused.stderr
    assert refs(used / "rencontres.db") == ["R1", "R2"]


def test_an_older_program_goes_back_to_the_backup_from_before_the_newer_one(shell: Shell, used: Path) -> None:
    with closing(sqlite3.connect(used / "rencontres.db")) as connection:
        connection.execute("INSERT INTO schema_version VALUES (900, '900_later.sql')")
        connection.commit()
    assert "run the newer program" in shell("outbox").stderr
    assert shell("restore", "monday.db", "--yes").exit_code == 0
    assert refs(used / "rencontres.db") == ["R1", "R2"]


# --- the files beside the database


def keep_photo(folder: Path, content: bytes, ref: str = "R1", state: str = "live") -> Path:
    """A photo with an idea of someone; where it is."""
    files = Folder(folder / "files")
    digest = files.keep(content)
    with closing(sqlite3.connect(folder / "rencontres.db")) as connection:
        connection.execute("INSERT OR IGNORE INTO phases VALUES ('stakes', 1, '{}', '{}', '{}', 40, 'facts')")
        [author] = connection.execute("SELECT id FROM participants WHERE ref = ?", (ref,)).fetchone()
        idea = connection.execute(
            "INSERT INTO ideas (phase, author_id, text, state, created_at) VALUES ('stakes', ?, '', ?, 0)",
            (author, state),
        ).lastrowid
        connection.execute(
            "INSERT INTO idea_files (idea_id, position, digest, name, media_type, picture, size)"
            " VALUES (?, 0, ?, 'a.jpg', 'image/jpeg', 1, 7)",
            (idea, digest),
        )
        connection.commit()
    return files.path(digest)


def show_file(folder: Path, content: bytes, name: str = "data.json", ref: str = "R1") -> Path:
    """A file that somebody's page shows; where it is."""
    files = Folder(folder / "files")
    digest = files.keep(content)
    with closing(sqlite3.connect(folder / "rencontres.db")) as connection:
        message = connection.execute(
            "INSERT INTO page_messages (participant_id, author, content, revision, said_at, changed_at)"
            """ SELECT id, 'bot', '{"lines": []}', 1, 0, 0 FROM participants WHERE ref = ?""",
            (ref,),
        ).lastrowid
        connection.execute(
            "INSERT INTO page_files (message_id, position, kind, name, media_type, alt, content, digest)"
            " VALUES (?, 0, 'file', ?, '', ?, x'', ?)",
            (message, name, '""', digest),
        )
        connection.commit()
    return files.path(digest)


def test_photos_and_files_of_pages_go_along_and_come_back(shell: Shell, used: Path) -> None:
    photo, stray = keep_photo(used, b"a sheet"), Folder(used / "files").keep(b"nobody's")
    shown = show_file(used, b"a deck")
    saved = shell("backup", "tuesday.db")
    assert "The files people sent (2) are in tuesday.db.files: keep both together." in " ".join(saved.stdout.split())
    copies = Folder(used / "tuesday.db.files")
    assert sorted(copies.digests()) == sorted((photo.name, shown.name))
    assert copies.path(photo.name).stat().st_mode & 0o777 == 0o600
    shutil.rmtree(used / "files")
    assert shell("restore", "tuesday.db", "--yes").exit_code == 0
    assert photo.read_bytes() == b"a sheet"
    assert shown.read_bytes() == b"a deck"
    assert not Folder(used / "files").path(stray).exists()


def test_a_restore_keeps_what_was_sent_since_for_the_day_it_may_be_missed(shell: Shell, used: Path) -> None:
    keep_photo(used, b"a sheet")
    assert shell("backup", "tuesday.db").exit_code == 0
    since = keep_photo(used, b"another")
    assert shell("restore", "tuesday.db", "--yes").exit_code == 0
    assert since.exists(), "the hourly round takes it away after a day"


def test_a_photo_that_went_with_who_was_erased_since_does_not_come_back(shell: Shell, used: Path) -> None:
    photo, other = keep_photo(used, b"Zoe's", "R1", "late"), keep_photo(used, b"Leo's", "R2")
    assert shell("backup", "tuesday.db").exit_code == 0
    assert shell("erase", "person", "R1", "--yes").exit_code == 0
    shutil.rmtree(used / "files")
    assert shell("restore", "tuesday.db", "--yes").exit_code == 0
    assert other.read_bytes() == b"Leo's"
    assert not photo.exists()


@pytest.mark.parametrize("beside", [True, False], ids=["beside the backup", "where the program looks"])
def test_a_list_that_names_who_was_erased_since_does_not_come_back(shell: Shell, used: Path, beside: bool) -> None:
    naming, other = (show_file(used, text, "people.csv", "R2") for text in ("R1;Zoé;\n".encode(), b"R2;L\n"))
    assert shell("backup", "tuesday.db").exit_code == 0
    assert shell("erase", "person", "R1", "--yes").exit_code == 0
    assert not naming.exists()
    if not beside:
        shutil.rmtree(used / "files")
        (used / "tuesday.db.files").rename(used / "files")
    assert shell("restore", "tuesday.db", "--yes").exit_code == 0
    assert other.exists()
    with closing(sqlite3.connect(used / "rencontres.db")) as connection:
        assert list(connection.execute("SELECT digest FROM page_files")) == [(other.name,)]
    assert naming.exists() is not beside, "nothing of a restore deletes a file at once"


def test_a_backup_whose_files_are_lost_is_restored_all_the_same(shell: Shell, used: Path) -> None:
    lost = show_file(used, b"R2;L\n", "people.csv", "R2")
    assert shell("backup", "tuesday.db").exit_code == 0
    assert shell("erase", "person", "R1", "--yes").exit_code == 0
    for folder in ("files", "tuesday.db.files"):
        shutil.rmtree(used / folder)
    restored = shell("restore", "tuesday.db", "--yes")
    assert restored.exit_code == 0, restored.stderr
    assert "or damaged there: 1." in " ".join(restored.stderr.split())
    assert not lost.exists()


def test_a_photo_that_is_nowhere_or_damaged_is_told_and_holds_nothing_up(shell: Shell, used: Path) -> None:
    lost, damaged, whole = (keep_photo(used, content) for content in (b"lost", b"damaged", b"whole"))
    lost.unlink()
    damaged.write_bytes(b"damagex")
    saved = shell("backup", "tuesday.db")
    assert saved.exit_code == 0
    assert "or damaged there: 2." in " ".join(saved.stderr.split())
    assert list(Folder(used / "tuesday.db.files").digests()) == [whole.name]


def test_a_file_beside_a_backup_that_holds_anothers_content_is_missing_and_the_other_stays(
    shell: Shell, used: Path
) -> None:
    first, second = sorted((keep_photo(used, content) for content in (b"one", b"another")), key=lambda path: path.name)
    assert shell("backup", "tuesday.db").exit_code == 0
    Folder(used / "tuesday.db.files").path(second.name).write_bytes(first.read_bytes())
    second.unlink()
    restored = shell("restore", "tuesday.db", "--yes")
    assert "or damaged there: 1." in " ".join(restored.stderr.split())
    assert (first.exists(), second.exists()) == (True, False)


def test_a_backup_that_was_made_to_name_files_elsewhere_brings_none(shell: Shell, used: Path) -> None:
    keep_photo(used, b"a sheet")
    assert shell("backup", "tuesday.db").exit_code == 0
    with closing(sqlite3.connect(used / "tuesday.db")) as connection:
        connection.execute("UPDATE idea_files SET digest = '../../monday.db'")
        connection.commit()
    restored = shell("restore", "tuesday.db", "--yes")
    assert restored.exit_code == 0, restored.stderr
    assert "or damaged there: 1." in " ".join(restored.stderr.split())


def test_a_disk_that_is_full_leaves_no_half_backup(shell: Shell, used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_photo(used, b"a sheet")

    def full(_files: Files, _content: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Folder, "keep", full)
    refused = shell("backup", "tuesday.db")
    assert refused.exit_code == 1
    assert "No space left on device; nothing was kept" in " ".join(refused.stderr.split())
    assert not list(used.glob("tuesday*"))


# --- a folder of backups, as the machine makes one each night


@pytest.fixture
def nights(used: Path) -> Path:
    """A folder with a backup of long ago, one of yesterday, and a file that somebody put there."""
    folder = used / "nights"
    folder.mkdir()
    for name in ("rencontres-20200101T031500Z.db", f"{night(days_ago=1)}.db", "rencontres-before-upgrade.db"):
        shutil.copy(used / "monday.db", folder / name)
        Folder(folder / f"{name}.files").keep(b"a sheet")
    return folder


def night(days_ago: int = 0) -> str:
    return f"{datetime.now(UTC) - timedelta(days=days_ago):rencontres-%Y%m%dT%H%M%SZ}"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_is_added_and_tried_and_the_old_ones_go(shell: Shell, used: Path, nights: Path) -> None:
    photo = keep_photo(used, b"another sheet")
    added = shell("backup", "nights", "--days", "14")
    assert added.exit_code == 0, added.stderr
    assert "with 1 files, and tested by restoring it into a copy. Older backups deleted: 1." in added.stdout
    assert "rencontres-20200101T031500Z.db" not in names(nights)
    assert len(names(nights)) == 6, "a new one, yesterday's, and what somebody named, with the files of each"
    newest = max(nights.glob("rencontres-2*.db"))
    assert refs(newest) == ["R1", "R2"]
    assert newest.stat().st_mode & 0o777 == 0o600
    assert list(Folder(newest.with_name(f"{newest.name}.files")).digests()) == [photo.name]


def test_without_a_number_they_are_kept_as_long_as_the_settings_say(shell: Shell, used: Path, nights: Path) -> None:
    with (used / "config.toml").open("a", encoding="utf-8") as config:
        config.write("\n[storage]\nbackup_days = 100000\n")
    added = shell("backup", "nights")
    assert added.exit_code == 0, added.stderr
    assert "Older backups deleted: 0." in added.stdout
    assert "rencontres-20200101T031500Z.db" in names(nights)


def test_a_file_of_the_night_before_takes_no_room_again(shell: Shell, used: Path) -> None:
    photo, other = keep_photo(used, b"a sheet"), keep_photo(used, b"another sheet")
    earlier = used / "nights" / f"{night(days_ago=1)}.db"
    earlier.parent.mkdir()
    shutil.copy(used / "monday.db", earlier)
    there = Folder(earlier.with_name(f"{earlier.name}.files"))
    for content in (b"a sheet", b"another sheet"):
        there.keep(content)
    there.path(other.name).write_bytes(b"damaged meanwhile")
    added = shell("backup", "nights", "--days", "14")
    assert added.exit_code == 0, added.stderr
    newest = max((used / "nights").glob("*.db"))
    copies = Folder(newest.with_name(f"{newest.name}.files"))
    assert copies.path(photo.name).samefile(there.path(photo.name))
    assert copies.read(other.name) == b"another sheet"
    assert not copies.path(photo.name).samefile(photo), "of the running program's own files there is a copy"


def damage_a_page(_store: SqliteStore, target: Path) -> None:
    """Write a copy of the database in which a page is overwritten."""
    content = bytearray(Path("monday.db").read_bytes())
    content[-4096:] = b"\xff" * 4096
    target.write_bytes(content)


def let_a_row_lead_nowhere(_store: SqliteStore, target: Path) -> None:
    shutil.copy("monday.db", target)
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("INSERT INTO choices VALUES (900, 'culture', NULL, 0)")
        connection.commit()


@pytest.mark.parametrize("spoil", [damage_a_page, let_a_row_lead_nowhere])
def test_where_the_new_one_is_not_whole_the_old_ones_stay(
    shell: Shell, nights: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[SqliteStore, Path], None]
) -> None:
    async def backup(store: SqliteStore, target: Path) -> None:
        spoil(store, target)

    monkeypatch.setattr(SqliteStore, "backup", backup)
    before = names(nights)
    refused = shell("backup", "nights", "--days", "14")
    assert refused.exit_code == 1
    assert "the backup is damaged" in refused.stderr
    assert names(nights) == before


def test_a_file_that_was_copied_wrongly_is_found(
    shell: Shell, used: Path, nights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_photo(used, b"another sheet")
    keep = Folder.keep

    def damaging(files: Folder, content: bytes) -> str:
        digest = keep(files, content)
        files.path(digest).write_bytes(b"damaged on the way")
        return digest

    monkeypatch.setattr(Folder, "keep", damaging)
    before = names(nights)
    assert "the backup is damaged" in shell("backup", "nights", "--days", "14").stderr
    assert names(nights) == before


@pytest.mark.parametrize("words", [("backup", "nights", "--days", "14"), ("restore", "monday.db", "--yes")])
def test_two_do_not_work_in_one_folder_at_the_same_time(
    shell: Shell, used: Path, nights: Path, words: tuple[str, ...]
) -> None:
    before = names(nights)
    with alone_in(nights), alone_in(used):
        refused = shell(*words)
    assert refused.exit_code == 1
    assert "another backup or restore is running in" in refused.stderr
    assert names(nights) == before
    assert shell(*words).exit_code == 0


def test_files_whose_backup_is_not_there_go_at_their_time(shell: Shell, nights: Path) -> None:
    """A command was killed after it had given the folder of files its name, and before the backup."""
    (nights / "rencontres-20200101T031500Z.db").unlink()
    assert "Older backups deleted: 1." in shell("backup", "nights", "--days", "14").stdout
    assert not list(nights.glob("rencontres-2020*"))


def test_what_a_killed_backup_left_goes_with_the_next(shell: Shell, nights: Path) -> None:
    (nights / ".rencontres-20270101T031500Z.db").write_bytes(b"half of one")
    (nights / ".rencontres-20270101T031500Z.db.files").mkdir()
    assert shell("backup", "nights", "--days", "14").exit_code == 0
    assert not list(nights.glob(".*"))


def test_backups_are_added_to_a_folder_that_is_there(shell: Shell, used: Path) -> None:
    refused = shell("backup", "nights", "--days", "14")
    assert (refused.exit_code, refused.stderr) == (2, "Error: nights is not a folder\n")


# --- where nobody else can get at it


@pytest.mark.parametrize(("led", "days"), [("folder", False), ("folder", True), ("backup", False), ("files", False)])
def test_no_backup_follows_a_symbolic_link(shell: Shell, used: Path, led: str, days: bool) -> None:
    elsewhere = used / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    keep_photo(used, b"a sheet")
    (used / "kept").mkdir(mode=0o700)
    match led:
        case "folder":
            link, target = used / "link", "link" if days else "link/tuesday.db"
        case "backup":
            link, target = used / "kept" / "tuesday.db", "kept/tuesday.db"
        case _:
            link, target = used / "kept" / "tuesday.db.files", "kept/tuesday.db"
    link.symlink_to(elsewhere if led != "backup" else elsewhere / "theirs.db")
    refused = shell("backup", target, *(("--days", "14") if days else ()))
    assert refused.exit_code == 2
    assert refused.stderr == f"Error: {link} is a symbolic link: give the path that it leads to\n"
    assert names(elsewhere) == []


def test_a_link_above_the_folder_is_followed_if_root_made_it(shell: Shell, used: Path) -> None:
    (used / "disk" / "kept").mkdir(parents=True, mode=0o700)
    (used / "link").symlink_to(used / "disk")
    if os.geteuid() == 0:
        assert shell("backup", "link/kept/tuesday.db").exit_code == 0
        os.chown(used / "link", 65534, 65534, follow_symlinks=False)
    refused = shell("backup", "link/kept/wednesday.db")
    assert refused.exit_code == 2
    assert refused.stderr == f"Error: {used / 'link'} is a symbolic link: give the path that it leads to\n"
    assert "wednesday.db" not in names(used / "disk" / "kept")


@pytest.mark.parametrize("days", [False, True])
@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o702])
def test_no_backup_is_put_where_others_may_write(shell: Shell, used: Path, mode: int, days: bool) -> None:
    (used / "open").mkdir()
    (used / "open").chmod(mode)
    refused = shell("backup", *(("open", "--days", "14") if days else ("open/tuesday.db",)))
    assert refused.exit_code == 2
    assert refused.stderr.replace("\n", " ").startswith(f"Error: others may write to the folder {used / 'open'}")
    assert names(used / "open") == []
    (used / "open").chmod(0o755)
    assert shell("backup", "open/tuesday.db").exit_code == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
@pytest.mark.parametrize("days", [False, True])
def test_no_backup_is_put_into_somebody_elses_folder(shell: Shell, used: Path, days: bool) -> None:
    (used / "theirs").mkdir(mode=0o700)
    os.chown(used / "theirs", 65534, 65534)
    refused = shell("backup", *(("theirs", "--days", "14") if days else ("theirs/tuesday.db",)))
    assert refused.exit_code == 2
    assert refused.stderr.replace("\n", " ").startswith(f"Error: the folder {used / 'theirs'} belongs to somebody else")
    assert names(used / "theirs") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
def test_a_folder_that_the_group_of_somebody_else_may_write_is_refused(shell: Shell, used: Path) -> None:
    (used / "shared").mkdir(mode=0o700)
    os.chown(used / "shared", 0, 65534)
    (used / "shared").chmod(0o770)
    assert shell("backup", "shared/tuesday.db").exit_code == 2
    (used / "shared").chmod(0o750)
    assert shell("backup", "shared/tuesday.db").exit_code == 0
