"""Makes files from a snapshot of the results, for jobs in another process and for the command `rencontres export`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.texts import Text, _
from bot.files.folder import Files
from handlers.results.drawing.charts import Chart, draw_charts
from handlers.results.drawing.slides import ReadFile, write_group_slides, write_plenary_slides
from handlers.results.files import named_files
from handlers.results.messages import Wording, group_file, group_file_in_words, wording_of
from handlers.results.model import Attachment, WorkshopResults
from handlers.results.store import decode_snapshot

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PDF = "application/pdf"
WORKBOOK, DECK, BOOKLET = "workshops.xlsx", "plenary.pptx", "booklet.pdf"
"""The names of the files about all groups in an exported folder. They are the same in all languages, for programs."""
RESULTS: Mapping[str, Text] = {"xlsx": _("workshops.xlsx"), "pptx": _("plenary.pptx"), "pdf": _("booklet.pdf")}
"""The names of the same files in the chat, in the reader's language; no other files are sent there under them."""
MOST_BYTES = 9_500_000
"""The largest file, in bytes, that every platform certainly takes."""
_PHOTOS = (6_500_000, 3_000_000, 0)  # bytes that photos may take, tried in turn until a file is small enough


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file that was made: its name, its content and its media type."""

    name: str
    content: bytes
    media_type: str


def attachment_reader(folder: Path) -> ReadFile:
    """Return a function that reads the content of an attachment from a folder, and returns None if the file is gone."""
    files = Files(folder)

    def read(attachment: Attachment) -> bytes | None:
        try:
            return files.read(attachment.digest)
        except (OSError, ValueError):
            return None

    return read


def workbook(results: WorkshopResults, wording: Wording, *, folder: bool) -> ResultFile:
    """Make the workbook with everything. With `folder`, its cells link to attachments in a folder beside it."""
    from handlers.results.files import write_book

    return ResultFile(WORKBOOK, write_book(results, wording, folder=folder), XLSX)


def plenary_deck(
    results: WorkshopResults, wording: Wording, charts: Sequence[Chart], read: ReadFile, *, small: bool = False
) -> ResultFile:
    """Make the slides of all groups. With `small`, photos are reduced until the file can be sent on every platform."""
    return ResultFile(
        DECK, _within(lambda most: write_plenary_slides(results, wording, charts, read, most=most), small), PPTX
    )


def booklet(
    results: WorkshopResults, wording: Wording, charts: Sequence[Chart], read: ReadFile, *, small: bool = False
) -> ResultFile:
    """Make the booklet. With `small`, photos are reduced until the file can be sent on every platform."""
    from handlers.results.drawing.booklet import write_booklet

    content = _within(lambda most: write_booklet(results, wording, charts, read, most=most), small)
    return ResultFile(BOOKLET, content, PDF)


def group_deck(results: WorkshopResults, wording: Wording, group_id: int, read: ReadFile) -> ResultFile:
    """Make the slides of one group. Raises KeyError if there is no such group in the results."""
    group = {group.id: group for group in results.groups}[group_id]
    return ResultFile(f"{group_file(group, results)}.pptx", write_group_slides(results, group, wording, read), PPTX)


def _within(make: Callable[[int | None], bytes], small: bool) -> bytes:
    """Make a file, with fewer and fewer bytes for its photos if it must be `small`, until it can be sent.

    `make` takes the bytes that photos may need, None for no limit. If no attempt is small enough, the last is returned.
    """
    if not small:
        return make(None)
    for most in _PHOTOS:
        content = make(most)
        if len(content) <= MOST_BYTES:
            break
    return content


# --- the work of jobs: functions of a payload


def make_file(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make one file about all groups: `what` in the payload is «xlsx», «pptx» or «pdf».

    The `content` returned is None if the file is too large to be sent.
    """
    results, wording = decode_snapshot(payload["snapshot"]), wording_of(payload)
    read = attachment_reader(Path(payload["folder"]))
    match payload["what"]:
        case "xlsx":
            file = workbook(results, wording, folder=False)
        case "pptx":
            file = plenary_deck(results, wording, draw_charts(results, wording), read, small=True)
        case _:
            file = booklet(results, wording, draw_charts(results, wording), read, small=True)
    fits = len(file.content) <= MOST_BYTES
    return {"what": payload["what"], "content": file.content if fits else None}


def make_charts(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the charts, each with its name and alternative text."""
    charts = draw_charts(decode_snapshot(payload["snapshot"]), wording_of(payload))
    return {"charts": [(chart.name, chart.alt, chart.content) for chart in charts]}


def make_decks(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the slides of the groups in the payload's `snapshot`. Returns the rest of the payload with `decks`."""
    results, wording = decode_snapshot(payload["snapshot"]), wording_of(payload)
    read = attachment_reader(Path(payload["folder"]))
    decks = []
    for group in results.groups:
        file = group_deck(results, wording, group.id, read)
        name = f"{group_file_in_words(group, results, wording)}.pptx"
        decks.append({"group": group.id, "digest": results.digest(group), "name": name, "content": file.content})
    return {**{key: value for key, value in payload.items() if key != "snapshot"}, "decks": decks}


def attachments(results: WorkshopResults) -> Iterator[tuple[str, Attachment]]:
    """Yield every attachment once, with its name in the folder beside the workbook."""
    names = named_files(results)
    seen = set()
    for idea in results.all_ideas:
        for file in idea.files:
            name = names[file.idea_id, file.digest]
            if name not in seen:
                seen.add(name)
                yield name, file
