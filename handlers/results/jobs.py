"""Makes files from a snapshot of the results, for jobs in another process and for the command `rencontres export`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.files.folder import Files
from handlers.results.drawing.charts import draw_charts
from handlers.results.drawing.figures import chart_data
from handlers.results.drawing.screen import draw_for_screen
from handlers.results.drawing.slides import ReadFile, write_group_slides, write_plenary_slides
from handlers.results.drawing.souvenir import write_souvenir
from handlers.results.files import named_files
from handlers.results.messages import RESULT_FILES, Wording, group_files, wording_of
from handlers.results.model import Attachment, WorkshopResults
from handlers.results.store import decode_snapshot

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PDF = "application/pdf"
PNG = "image/png"
MOST_BYTES = 9_500_000
"""The largest size of a file, in bytes, that can be sent on every platform."""
_PHOTOS = (6_500_000, 3_000_000, 0)  # bytes that photos may take, tried in turn until a file is small enough


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file that was made: its name, its content and its media type."""

    name: str
    content: bytes
    media_type: str


def attachment_reader(folder: Path) -> ReadFile:
    """Return a function that reads attachments from a folder.

    The function returns the content of an attachment, None if the file is gone.
    """
    files = Files(folder)

    def read(attachment: Attachment) -> bytes | None:
        try:
            return files.read(attachment.digest)
        except (OSError, ValueError):
            return None

    return read


def workbook(results: WorkshopResults, wording: Wording, *, folder: bool) -> ResultFile:
    """Return the workbook with all results. With `folder`, its cells link to attachments in a folder beside it."""
    from handlers.results.files import write_book

    return ResultFile(wording.say(RESULT_FILES["xlsx"]), write_book(results, wording, folder=folder), XLSX)


def plenary_deck(results: WorkshopResults, wording: Wording, read: ReadFile, *, small: bool = False) -> ResultFile:
    """Return the slides of all groups.

    `read` returns the content of an attachment. With `small`, photos are reduced until the file can be sent on every
    platform, if that is possible.
    """
    charts = chart_data(results, wording)
    content = _within(lambda most: write_plenary_slides(results, wording, charts, read, most=most), small)
    return ResultFile(wording.say(RESULT_FILES["pptx"]), content, PPTX)


def booklet(results: WorkshopResults, wording: Wording, read: ReadFile, *, small: bool = False) -> ResultFile:
    """Return the booklet.

    `read` returns the content of an attachment. With `small`, photos are reduced until the file can be sent on every
    platform, if that is possible.
    """
    from handlers.results.drawing.booklet import write_booklet

    content = _within(lambda most: write_booklet(results, wording, read, most=most), small)
    return ResultFile(wording.say(RESULT_FILES["pdf"]), content, PDF)


def group_decks(
    results: WorkshopResults, wording: Wording, read: ReadFile, ids: Collection[int] | None = None
) -> Iterator[ResultFile]:
    """Yield the slides of each group, or of those with these ids.

    `read` returns the content of an attachment.
    """
    names = group_files(results, wording)
    for group in results.groups:
        if ids is None or group.id in ids:
            yield ResultFile(f"{names[group.id]}.pptx", write_group_slides(results, group, wording, read), PPTX)


def group_pictures(results: WorkshopResults, wording: Wording, ids: Collection[int]) -> Iterator[ResultFile]:
    """Yield the pictures for a screen of the groups with these ids; none of those that have nothing to show."""
    names = group_files(results, wording)
    for group in results.groups:
        if group.id in ids and (picture := draw_for_screen(results, group, wording)):
            yield ResultFile(f"{names[group.id]}.png", picture.content, PNG)


def _within(make: Callable[[int | None], bytes], small: bool) -> bytes:
    """Return a file that `make` makes, which is made smaller until it can be sent if it must be `small`.

    `make` takes the number of bytes that photos may need, None for no limit. If no attempt is small enough, the last is
    returned.
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
    """Make one file about all groups from a snapshot of the results.

    `what` in the payload, and in the result, is «xlsx», «pptx» or «pdf». The `content` in the result is None if the
    file is too large to be sent.
    """
    results, wording = decode_snapshot(payload["snapshot"]), wording_of(payload)
    read = attachment_reader(Path(payload["folder"]))
    match payload["what"]:
        case "xlsx":
            file = workbook(results, wording, folder=False)
        case "pptx":
            file = plenary_deck(results, wording, read, small=True)
        case _:
            file = booklet(results, wording, read, small=True)
    fits = len(file.content) <= MOST_BYTES
    return {"what": payload["what"], "content": file.content if fits else None}


def make_charts(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw the charts from a snapshot of the results.

    The result has `charts`: each as name, alternative text, PNG file.
    """
    charts = draw_charts(decode_snapshot(payload["snapshot"]), wording_of(payload))
    return {"charts": [(chart.name, chart.alt, chart.content) for chart in charts]}


def make_decks(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the slides of each group in the payload's `snapshot`.

    Returns the payload without the snapshot, and with `decks`: each with the id of the `group`, the `digest` of what
    the slides show, the `name` of the file, its `content`, and the group's `picture` for a screen with the alternative
    text `alt`, None for none.
    """
    results, wording = decode_snapshot(payload["snapshot"]), wording_of(payload)
    read = attachment_reader(Path(payload["folder"]))
    decks = []
    for group, file in zip(results.groups, group_decks(results, wording, read), strict=True):
        picture = draw_for_screen(results, group, wording)
        deck = {"group": group.id, "digest": results.digest(group), "name": file.name, "content": file.content}
        decks.append({**deck, "picture": picture and picture.content, "alt": picture and picture.alt})
    return {**{key: value for key, value in payload.items() if key != "snapshot"}, "decks": decks}


def make_souvenir(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the souvenir of one person from a snapshot of their group. The result has the PDF file as `content`."""
    first, last = map(date.fromisoformat, payload["days"])
    [group] = (results := decode_snapshot(payload["snapshot"])).groups
    own, wording = frozenset(payload["ideas"]), wording_of(payload)
    return {"content": write_souvenir(results, group, payload["name"], own, (first, last), wording)}


def attachments(results: WorkshopResults, wording: Wording) -> Iterator[tuple[str, Attachment]]:
    """Yield every attachment once, with the name it has in the folder beside the workbook."""
    names = named_files(results, wording)
    seen = set()
    for idea in results.all_ideas:
        for file in idea.files:
            name = names[file.idea_id, file.digest]
            if name not in seen:
                seen.add(name)
                yield name, file
