"""`rencontres export DIR`: everything the workshops made, as files in a folder."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Event

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.cli.console import CommandFailed, err, load, opened, out
from bot.cli.private_files import write_private
from bot.config.settings import Settings
from bot.content import i18n
from bot.files.folder import make_private
from handlers.results import jobs
from handlers.results.drawing.charts import draw_charts
from handlers.results.files import FILES_FOLDER
from handlers.results.messages import Wording
from handlers.results.model import Gathering
from handlers.results.store import Snapshot, read_snapshot, understand

_DECKS, _CHARTS = "decks", "charts"
_AT_ONCE = 5  # decks a process takes at a time


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Where to, in which language (None for the gathering's first), and whether into a folder that holds something."""

    folder: Path
    language: str | None
    force: bool


async def export_workshops(
    config: Path | None, asked: ExportOptions, environment: Mapping[str, str] | None = None
) -> bool:
    """Write the files. Raises Failed, with nothing written, for a language or a folder that cannot be used.

    `environment` takes the place of this process's: a rehearsal exports its own database, whatever is set outside.
    """
    settings = load(config, environment)
    wording = _wording(settings, asked.language)
    folder = asked.folder
    if folder.exists() and not folder.is_dir():
        raise CommandFailed(f"{folder} is a file", code=2)
    if not asked.force and folder.exists() and any(folder.iterdir()):
        raise CommandFailed(f"{folder} is not empty; with --force files of the same names in it are replaced", code=2)
    async with opened(settings) as store:
        snapshot = await store.read(read_snapshot)
    whole = understand(snapshot)
    if not whole.groups and not whole.said:
        raise CommandFailed("nothing to export: no groups are published yet")
    stop = Event()
    try:
        counts = await asyncio.to_thread(_write_all, snapshot, whole, wording, settings.storage.folder, folder, stop)
    except asyncio.CancelledError:
        stop.set()  # a thread goes on until it is told
        raise
    for line in _account(folder, counts):
        out.print(line)
    return True


def _wording(settings: Settings, language: str | None) -> Wording:
    offered = settings.gathering.locales
    if language is not None and language not in offered:
        raise CommandFailed(f"--lang is one of {', '.join(offered)}", code=2)
    i18n.catalogue(language or offered[0])
    return Wording(language or offered[0], settings.gathering.zone, settings.gathering.name)


class _Stopped(Exception):
    """Whoever asked wants no more of it."""


def _write_all(
    snapshot: Snapshot, whole: Gathering, wording: Wording, kept: Path, folder: Path, stop: Event
) -> Mapping[str, int]:
    """Write everything or nothing: what is written takes its place once all of it is there."""
    new = not folder.exists()
    draft = folder / f".unfinished-{os.getpid()}"
    try:
        counts = _write(snapshot, whole, wording, kept, draft, stop)
        written = [each.relative_to(draft) for each in draft.rglob("*") if each.is_file()]
        for inner in {each.parent for each in written}:
            (folder / inner).mkdir(mode=0o700, exist_ok=True)
        for each in written:
            (draft / each).replace(folder / each)
        new = False
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if new:
            shutil.rmtree(folder, ignore_errors=True)
    return counts


def _write(
    snapshot: Snapshot, whole: Gathering, wording: Wording, kept: Path, folder: Path, stop: Event
) -> Mapping[str, int]:
    """Write everything, many decks in other processes meanwhile; how many of each kind there are."""
    files = list(jobs.attachments(whole))
    for each in (folder, folder / _DECKS, folder / _CHARTS, *([folder / FILES_FOLDER] if files else [])):
        make_private(each)
    read = jobs.reader(kept)
    charts = draw_charts(whole, wording)
    parts: list[Callable[[], jobs.Made]] = [
        partial(jobs.workbook, whole, wording, folder=True),
        partial(jobs.plenary_deck, whole, wording, charts, read),
        partial(jobs.booklet, whole, wording, charts, read),
    ]
    ids = [group.id for group in whole.groups]
    missing = 0
    with _progress() as progress, _other_processes() as pool:
        bar = progress.add_task("Exporting", total=len(parts) + len(charts) + len(ids) + len(files))

        def done(steps: int = 1) -> None:
            if stop.is_set():
                raise _Stopped
            progress.advance(bar, steps)

        pages = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
        write_decks = partial(_write_decks, snapshot, wording, kept, folder / _DECKS)
        if len(pages) > 1:
            decks: list[Callable[[], int]] = [pool.submit(write_decks, page).result for page in pages]
        else:  # a process takes longer to start than a few decks to be made
            decks = [partial(write_decks, page) for page in pages]
        for chart in charts:
            write_private(folder / _CHARTS / f"{chart.name}.png", chart.content)
            done()
        for make in parts:
            made = make()
            write_private(folder / made.name, made.content)
            done()
        for name, file in files:
            content = read(file)
            if content is None:
                missing += 1
            else:
                write_private(folder / FILES_FOLDER / name, content)
            done()
        for deck in decks:
            done(deck())
    return {
        "groups": len(ids),
        "ideas": len(whole.voices),
        "aside": len(whole.aside),
        "charts": len(charts),
        "files": len(files) - missing,
        "missing": missing,
    }


@contextmanager
def _other_processes() -> Iterator[ProcessPoolExecutor]:
    """Where decks are made. They leave Ctrl-C to this one; what has not begun when something fails never does."""
    ignoring = (signal.SIGINT, signal.SIG_IGN)
    pool = ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=signal.signal, initargs=ignoring)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _write_decks(snapshot: Snapshot, wording: Wording, kept: Path, folder: Path, ids: list[int]) -> int:
    """The decks of some groups, in another process where there are many; how many."""
    whole = understand(snapshot)
    for group_id in ids:
        made = jobs.group_deck(whole, wording, group_id, jobs.reader(kept))
        write_private(folder / made.name, made.content)
    return len(ids)


def _progress() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=err, transient=True)


def _account(folder: Path, counts: Mapping[str, int]) -> Iterator[str]:
    yield f"{folder}/workshops.xlsx: {counts['groups']} groups, {counts['ideas']} ideas"
    if counts["aside"]:
        yield f"{folder}/workshops.xlsx: ideas put aside, late or without a group: {counts['aside']}"
    yield f"{folder}/plenary.pptx and {folder}/booklet.pdf: every group"
    yield f"{folder}/{_DECKS}/: {counts['groups']} decks, one for each group"
    if counts["charts"]:
        yield f"{folder}/{_CHARTS}/: {counts['charts']} pictures"
    if counts["files"]:
        yield f"{folder}/{FILES_FOLDER}/: {counts['files']} photos and documents"
    if counts["missing"]:
        yield f"{counts['missing']} photos or documents are missing from the folder of files, and so here"
