"""`rencontres export DIR`: a folder with everything the workshops made."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.files.folder import Folder
from handlers.results.cli import exporting
from handlers.results.cli.exporting import ExportOptions, export_workshops
from handlers.results.store.lines import put_idea
from tests.results.builders import Made, give_idea, populate
from tests.shell import Shell
from tests.stored_rows import stored_rows


@pytest.fixture
def made(shell: Shell, configured: Path) -> Made:
    """A folder whose database holds two groups that lived the four phases."""
    assert shell("config", "diff").exit_code == 0

    async def fill() -> Made:
        store = await open_store(f"sqlite:///{configured}/rencontres.db")
        try:
            files = Folder(configured / "files")
            return await populate(store, datetime(2027, 6, 10, 8, tzinfo=UTC), groups=2, ideas=2, files=files)
        finally:
            await store.close()

    return asyncio.run(fill())


def seen(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_everything_is_in_the_folder(shell: Shell, made: Made, folder: Path) -> None:
    before = os.umask(0)
    try:
        done = shell("export", "out")
    finally:
        os.umask(before)
    assert done.exit_code == 0, done.output
    assert not [each for each in [folder / "out", *(folder / "out").rglob("*")] if each.stat().st_mode & 0o077]
    assert seen(folder / "out") == [
        "ateliers.xlsx",
        "diapos-des-groupes/civictech-groupe-1.png",
        "diapos-des-groupes/civictech-groupe-1.pptx",
        "diapos-des-groupes/culture-groupe-1.png",
        "diapos-des-groupes/culture-groupe-1.pptx",
        "fichiers/civictech-groupe-1-idee-9.jpg",
        "fichiers/culture-groupe-1-idee-1.jpg",
        "graphiques/idees-par-phase.png",
        "graphiques/idees-par-theme.png",
        "graphiques/territoires.png",
        "livret.pdf",
        "pleniere.pptx",
    ]
    assert done.stdout.splitlines() == [
        "out/ateliers.xlsx: 2 groups, 16 ideas",
        "out/pleniere.pptx and out/livret.pdf: every group",
        "out/diapos-des-groupes/: 2 decks, one for each group, with its picture for a screen",
        "out/graphiques/: 3 pictures",
        "out/fichiers/: 2 photos and documents",
    ]
    book = load_workbook(folder / "out" / "ateliers.xlsx")
    targets = [cell.hyperlink.target for [cell] in book["Fichiers"]["A2:A3"]]
    assert all((folder / "out" / target.replace("\\", "/")).is_file() for target in targets)
    assert all((folder / "out" / name).stat().st_mode & 0o777 == 0o600 for name in seen(folder / "out"))


def test_the_decks_of_many_groups_are_made_in_other_processes(
    shell: Shell, made: Made, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", 1)
    done = shell("export", "out")
    assert done.exit_code == 0, done.output
    assert seen(folder / "out" / "diapos-des-groupes") == [
        *("civictech-groupe-1.png", "civictech-groupe-1.pptx", "culture-groupe-1.png", "culture-groupe-1.pptx")
    ]
    told = "out/diapos-des-groupes/: 2 decks, one for each group, with its picture for a screen"
    assert told in done.stdout.splitlines()


def test_in_the_language_asked_for(shell: Shell, made: Made, folder: Path) -> None:
    assert shell("export", "out", "--lang", "en").exit_code == 0
    assert seen(folder / "out") == [
        "booklet.pdf",
        "charts/ideas-by-phase.png",
        "charts/ideas-by-theme.png",
        "charts/territories.png",
        "decks/civictech-group-1.png",
        "decks/civictech-group-1.pptx",
        "decks/culture-group-1.png",
        "decks/culture-group-1.pptx",
        "files/civictech-group-1-idea-9.jpg",
        "files/culture-group-1-idea-1.jpg",
        "plenary.pptx",
        "workshops.xlsx",
    ]
    assert load_workbook(folder / "out" / "workshops.xlsx").sheetnames[0] == "Groups"
    deck = Presentation(str(folder / "out" / "decks" / "culture-group-1.pptx"))
    assert deck.slides[1].shapes.title.text == "Stakes · Culture 1"


def test_a_folder_that_holds_something_is_left_alone(shell: Shell, made: Made, folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "notes.txt").write_text("mine", "utf-8")
    refused = shell("export", "out")
    assert refused.exit_code == 2
    assert "out is not empty; --force overwrites files of the same name" in refused.output
    assert seen(folder / "out") == ["notes.txt"]
    assert shell("export", "out", "--force").exit_code == 0
    assert {"notes.txt", "ateliers.xlsx"} <= set(seen(folder / "out"))


def test_what_is_asked_wrongly_writes_nothing(shell: Shell, made: Made, folder: Path) -> None:
    refused = shell("export", "out", "--lang", "it")
    assert refused.exit_code == 2
    assert "--lang must be one of fr, en, de" in refused.output
    (folder / "file").write_text("", "utf-8")
    assert shell("export", "file").exit_code == 2
    assert not (folder / "out").exists()


def test_without_groups_there_is_nothing_to_export(shell: Shell, configured: Path) -> None:
    refused = shell("export", "out")
    assert refused.exit_code == 1
    assert "nothing to export: no groups are published yet" in refused.output
    assert not (configured / "out").exists()


def test_the_store_stays_as_it_was_and_what_is_missing_is_said(shell: Shell, made: Made, folder: Path) -> None:
    async def rows() -> dict[str, list[dict[str, Any]]]:
        store = await open_store(f"sqlite:///{folder}/rencontres.db")
        try:
            return await stored_rows(store)
        finally:
            await store.close()

    before = asyncio.run(rows())
    for path in (folder / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    done = shell("export", "out")
    assert done.exit_code == 0
    assert "2 photos or documents are missing from storage, and so from the export" in done.stdout
    assert asyncio.run(rows()) == before


def test_a_persons_export_keeps_its_word(shell: Shell, made: Made, folder: Path) -> None:
    assert shell("export", "person", "X-00001").exit_code == 0
    assert not (folder / "person").exists()
    assert shell("export", "./person").exit_code == 0
    assert (folder / "person" / "ateliers.xlsx").is_file()


def test_ideas_put_aside_are_told_of(shell: Shell, made: Made, configured: Path) -> None:
    async def unit(tx: Transaction) -> None:
        author = made.members[made.groups[0]][0]
        await give_idea(tx, None, "stakes", author, "Sans groupe", state="homeless")

    async def add() -> None:
        store = await open_store(f"sqlite:///{configured}/rencontres.db")
        try:
            await store.transact(unit)
        finally:
            await store.close()

    asyncio.run(add())
    assert "out/ateliers.xlsx: ideas put aside, late or without a group: 1" in shell("export", "out").stdout


def test_what_is_left_out_is_told_with_where_it_is_seen(shell: Shell, made: Made, configured: Path) -> None:
    async def unit(tx: Transaction) -> None:
        author = made.members[made.groups[0]][0]
        await give_idea(tx, made.groups[0], "stakes", author, "Je suis à bout", ticked=False)
        await give_idea(tx, None, "stakes", author, "Sans groupe", state="homeless", ticked=False)
        await put_idea(tx, made.ideas[made.groups[0]][1], 0)

    async def add() -> None:
        store = await open_store(f"sqlite:///{configured}/rencontres.db")
        try:
            await store.transact(unit)
        finally:
            await store.close()

    asyncio.run(add())
    told = shell("export", "out").stdout.splitlines()
    assert told[0] == "out/ateliers.xlsx: 2 groups, 15 ideas"
    assert told[-3:] == [
        "left out of all files: 2 ideas that nobody revealed or voted for, and nobody ticked",
        "left out of all files: 1 lines that an organiser took out",
        "organisers see them in chat, and can include them: /bilan, «Choisir ce qui paraît»",
    ]
    book = load_workbook(configured / "out" / "ateliers.xlsx")
    assert not [row for sheet in book for row in sheet.iter_rows(values_only=True) if "Je suis à bout" in row]


def test_interrupted_it_leaves_nothing_that_looks_whole(
    made: Made, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun() -> bool:
        return any(folder.glob("out/.unfinished-*/*"))

    async def interrupted() -> None:
        exporting = asyncio.create_task(export_workshops(None, ExportOptions(folder / "out", None, force=False)))
        while not begun():
            await asyncio.wait({exporting}, timeout=0.01)
        exporting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await exporting

    monkeypatch.chdir(folder)
    monkeypatch.setattr(exporting, "_AT_ONCE", 1)  # with other processes at work, which it waits for
    asyncio.run(interrupted())
    assert not (folder / "out").exists()


def test_a_name_that_is_taken_by_something_else_is_told(shell: Shell, made: Made, folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "graphiques").write_text("mine", "utf-8")
    refused = shell("export", "out", "--force")
    assert refused.exit_code == 1
    assert "Error: out/graphiques: File exists" in refused.output
    assert seen(folder / "out") == ["graphiques"]
