"""The command `rencontres export DIR`, which writes all results of the workshops as files into a folder."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.capability import load as load_capabilities
from bot.cli.console import CommandFailed, load, opened, stored_files
from bot.cli.private_files import write_private
from bot.cli.terminal import err, out
from bot.config.appearance_store import present
from bot.config.settings import Settings
from bot.content import i18n
from bot.database.engine import Transaction
from bot.files.folder import make_private
from bot.files.stored_files import Files, FilesAway
from handlers import CAPABILITIES
from handlers.results import jobs
from handlers.results.actions import WHAT_IS_PRINTED
from handlers.results.drawing.photos import attachment_reader
from handlers.results.files import named_files
from handlers.results.messages import FOLDERS, RESULT_FILES, Wording
from handlers.results.model import Snapshot, WorkshopResults, decode_snapshot
from handlers.results.service import read_more_sheets
from handlers.results.store.lines import LeftOut, count_left_out
from handlers.results.store.snapshots import read_snapshot

_AT_ONCE = 5  # groups whose slides a process makes at a time


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """The options of the command `rencontres export`.

    If `language` is None, the files are in the gathering's first language. `force` allows a folder that is not empty.
    """

    folder: Path
    language: str | None
    force: bool


async def export_workshops(
    config: Path | None, options: ExportOptions, environment: Mapping[str, str] | None = None
) -> bool:
    """Write all results of the workshops as files into a folder. Returns True.

    `config` is the configuration file, None for the usual one. `environment` replaces the environment variables of this
    process, so that a rehearsal can export its own database. Raises CommandFailed, and writes nothing, if the language
    or the folder cannot be used, if there is nothing to export, or if the files that people sent cannot be reached.
    """
    settings = load(config, environment)
    wording = _wording(settings, options.language)
    folder = options.folder
    if folder.exists() and not folder.is_dir():
        raise CommandFailed(f"{folder} is a file", code=2)
    if not options.force and folder.exists() and any(folder.iterdir()):
        raise CommandFailed(f"{folder} is not empty; --force overwrites files of the same name", code=2)
    async with opened(settings) as store:
        load_capabilities(CAPABILITIES)  # some add sheets to the workbook
        wording = replace(wording, branding=await store.read(partial(present, configured=wording.branding)))
        snapshot, more, left_out = await store.read(lambda tx: _read(tx, wording))
    results = decode_snapshot(snapshot)
    if not results.groups and not results.all_ideas:
        told = _left_out(left_out, wording)
        raise CommandFailed("\n".join(["nothing to export: no groups are published yet", *told]))
    stop = Event()
    try:
        counts = await asyncio.to_thread(
            _write_all, snapshot, more, results, wording, stored_files(settings), folder, stop
        )
    except asyncio.CancelledError:
        stop.set()  # the thread runs on until it notices
        raise
    except FilesAway as error:
        raise CommandFailed(f"{error.filename}: {error.strerror}; nothing was written") from None
    for line in (*_account(folder, counts, wording), *_left_out(left_out, wording)):
        out.print(line)
    return True


def _wording(settings: Settings, language: str | None) -> Wording:
    offered = settings.gathering.locales
    if language is not None and language not in offered:
        raise CommandFailed(f"--lang must be one of {', '.join(offered)}", code=2)
    i18n.catalogue(language or offered[0])
    gathering = settings.gathering
    return Wording(language or offered[0], gathering.zone, gathering.branding, (gathering.starts, gathering.ends))


async def _read(tx: Transaction, wording: Wording) -> tuple[Snapshot, Sequence[Mapping[str, Any]], LeftOut]:
    """Return a snapshot of the results, the further sheets of the workbook, and what is left out, of one moment."""
    return await read_snapshot(tx), await read_more_sheets(tx, wording), await count_left_out(tx)


class _Stopped(Exception):
    """The exception with which the thread that writes files ends when the export is cancelled."""


def _write_all(
    snapshot: Snapshot,
    more: Sequence[Mapping[str, Any]],
    results: WorkshopResults,
    wording: Wording,
    attachments: Files,
    folder: Path,
    stop: Event,
) -> Mapping[str, int]:
    """Write all files or none, and return how many there are of each kind.

    They are moved into `folder` once all are written. `attachments` are the files that people sent;
    `stop` is set when the export is cancelled.
    """
    new = not folder.exists()
    draft = folder / f".unfinished-{os.getpid()}"
    try:
        counts = _write(snapshot, more, results, wording, attachments, draft, stop)
        paths = [path.relative_to(draft) for path in draft.rglob("*") if path.is_file()]
        for inner in {path.parent for path in paths}:
            (folder / inner).mkdir(mode=0o700, exist_ok=True)
        for path in paths:
            (draft / path).replace(folder / path)
        new = False
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if new:
            shutil.rmtree(folder, ignore_errors=True)
    return counts


def _write(
    snapshot: Snapshot,
    more: Sequence[Mapping[str, Any]],
    results: WorkshopResults,
    wording: Wording,
    attachments: Files,
    folder: Path,
    stop: Event,
) -> Mapping[str, int]:
    """Write all files into a new folder, and return how many there are of each kind.

    Other processes make the slides of groups at the same time if there are many.
    """
    files = named_files(results, wording)
    inner = {what: folder / wording.say(name) for what, name in FOLDERS.items() if what != "files" or files}
    for path in (folder, *inner.values()):
        make_private(path)
    read = attachment_reader(attachments)
    charts = jobs.draw_charts(results, wording)
    ids = [group.id for group in results.groups]
    missing = 0
    with _progress() as progress, _other_processes() as pool:
        bar = progress.add_task("Exporting", total=len(RESULT_FILES) + len(charts) + len(ids) + len(files))

        def advance(steps: int = 1) -> None:
            if stop.is_set():
                raise _Stopped
            progress.advance(bar, steps)

        pages = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
        write_decks = partial(_write_decks, snapshot, wording, attachments, inner["decks"])
        if len(pages) > 1:
            decks: list[Callable[[], int]] = [pool.submit(write_decks, page).result for page in pages]
        else:  # to start a process takes longer than to make the slides of a few groups
            decks = [partial(write_decks, page) for page in pages]
        for chart in charts:
            write_private(inner["charts"] / wording.say(chart.name), chart.content)
            advance()
        for what, name in RESULT_FILES.items():
            content = jobs.write_file(what, results, wording, read, small=False, more=more)
            write_private(folder / wording.say(name), content)
            advance()
        for attachment, file_name in files.items():
            if (sent := read(attachment)) is None:
                missing += 1
            else:
                write_private(inner["files"] / file_name, sent)
            advance()
        for deck in decks:
            advance(deck())
    return {
        "groups": len(ids),
        "ideas": len(results.counted_ideas),
        "aside": len(results.aside),
        "charts": len(charts),
        "files": len(files) - missing,
        "missing": missing,
    }


@contextmanager
def _other_processes() -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of processes that make slides.

    They ignore Ctrl-C. At the end, tasks that have not begun are cancelled.
    """
    ignoring = (signal.SIGINT, signal.SIG_IGN)
    pool = ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=signal.signal, initargs=ignoring)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _write_decks(snapshot: Snapshot, wording: Wording, attachments: Files, folder: Path, ids: list[int]) -> int:
    """Write the slides, and pictures for a screen, of the groups with these ids. Returns how many groups they are."""
    results = decode_snapshot(snapshot)
    for _group, files in jobs.group_decks(results, wording, attachment_reader(attachments), ids):
        for file in files:
            write_private(folder / wording.say(file.name), file.content)
    return len(ids)


def _progress() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=err, transient=True)


def _account(folder: Path, counts: Mapping[str, int], wording: Wording) -> Iterator[str]:
    paths = {what: f"{folder}/{wording.say(name)}" for what, name in {**RESULT_FILES, **FOLDERS}.items()}
    yield f"{paths['xlsx']}: {counts['groups']} groups, {counts['ideas']} ideas"
    if counts["aside"]:
        yield f"{paths['xlsx']}: ideas put aside, late or without a group: {counts['aside']}"
    yield f"{paths['pptx']} and {paths['pdf']}: every group"
    yield f"{paths['decks']}/: {counts['groups']} decks, one for each group, with its picture for a screen"
    if counts["charts"]:
        yield f"{paths['charts']}/: {counts['charts']} pictures"
    if counts["files"]:
        yield f"{paths['files']}/: {counts['files']} photos and documents"
    if counts["missing"]:
        yield f"{counts['missing']} photos or documents are missing from storage, and so from the export"


def _left_out(counted: LeftOut, wording: Wording) -> Iterator[str]:
    """Yield what is in none of the files, and where an organiser sees it."""
    if counted.unticked:
        yield f"left out of all files: {counted.unticked} ideas that nobody revealed or voted for, and nobody ticked"
    if counted.taken:
        yield f"left out of all files: {counted.taken} lines that an organiser took out"
    if counted.unticked or counted.taken:
        yield f"organisers see them in chat, and can include them: /bilan, «{wording.say(WHAT_IS_PRINTED.label)}»"
