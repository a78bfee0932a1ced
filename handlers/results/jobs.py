"""Makes files from a snapshot of the results (all data, read at once), in jobs or for `rencontres export`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.content.views import NOBODY, File, Picture
from bot.drawing.charts import draw_chart
from handlers.results.drawing.booklet import write_booklet
from handlers.results.drawing.figures import chart_data
from handlers.results.drawing.keepsake import draw_keepsake
from handlers.results.drawing.photos import ReadFile, attachment_reader
from handlers.results.drawing.screen import draw_for_screen, draw_for_wall
from handlers.results.drawing.slides import write_group_slides, write_plenary_slides
from handlers.results.drawing.souvenir import write_souvenir
from handlers.results.files import write_book
from handlers.results.messages import CHART_FILES, Wording, group_files, wording_of
from handlers.results.model import ResultGroup, WorkshopResults, decode_snapshot

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PDF = "application/pdf"
MOST_BYTES = 9_500_000
"""The largest size of a file, in bytes, that every platform can send."""
_PHOTOS = (5_000_000, 2_000_000, 0)  # bytes that photos may take, tried in turn until a file is small enough


def write_file(
    what: str,
    results: WorkshopResults,
    wording: Wording,
    read: ReadFile,
    *,
    small: bool,
    more: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """Return a file about all groups. `what` is «xlsx» (the workbook), «pptx» (plenary slides) or «pdf» (the booklet).

    `read` returns the content of an attachment. If `small` is True, the file is for a chat: its photos are reduced so
    that every platform can send the file, and a workbook has no links to a folder of attachments. The file can still be
    too large. `more` are further sheets of the workbook from other capabilities, as JSON values.
    """
    if what == "xlsx":
        return write_book(results, wording, folder=not small, more=more)
    write = write_plenary_slides if what == "pptx" else write_booklet
    for most in _PHOTOS if small else (None,):
        content = write(results, wording, read, most=most)
        if len(content) <= MOST_BYTES:
            break
    return content


def draw_charts(results: WorkshopResults, wording: Wording) -> Sequence[Picture]:
    """Return the charts (ideas over time, by phase and by theme, and about territories) as pictures."""
    return [
        Picture(
            draw_chart(chart, wording.branding, wording.locale),
            chart.alt,
            wording.say(CHART_FILES[chart.key]),
            NOBODY,
        )
        for chart in chart_data(results, wording)
    ]


def group_decks(
    results: WorkshopResults, wording: Wording, read: ReadFile, ids: Collection[int] | None = None
) -> Iterator[tuple[ResultGroup, Sequence[File | Picture]]]:
    """Yield each group with its files: its slides and, if it wrote a challenge or a solution, a picture for a screen.

    `ids` are the ids of the groups, None for all groups. `read` returns the content of an attachment.
    """
    names = group_files(results, wording)
    for group in results.groups:
        if ids is None or group.id in ids:
            written = write_group_slides(results, group, wording, read)
            slides = File(f"{names[group.id]}.pptx", written, PPTX, group.named)
            picture = draw_for_screen(results, group, wording, f"{names[group.id]}.png")
            yield group, (slides, replace(picture, named=group.named)) if picture else (slides,)


# --- the work of jobs: functions of a payload


def make_file(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make one file about all groups from a snapshot of the results, which has all data, read at once.

    `what` in the payload, and in the result, is «xlsx», «pptx» or «pdf». The `content` in the result is None if the
    file is too large to be sent.
    """
    read = attachment_reader(payload["files"])
    results, wording = decode_snapshot(payload["snapshot"]), wording_of(payload)
    content = write_file(payload["what"], results, wording, read, small=True, more=payload.get("more_sheets", ()))
    return {"what": payload["what"], "content": content if len(content) <= MOST_BYTES else None}


def make_charts(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw the charts from a snapshot of the results, which has all data, read at once; return them as `pictures`."""
    return {"pictures": draw_charts(decode_snapshot(payload["snapshot"]), wording_of(payload))}


def make_decks(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the slides of each group in the payload's `snapshot`, which has all data of the groups, read at once.

    Returns the payload without the snapshot and the stored files, and with `decks`. Each deck has the id of the
    `group`, the `digest` of what the slides show, and the `attachments` of a message: the slides and, if there is one,
    the group's picture for a screen.
    """
    results, read = decode_snapshot(payload["snapshot"]), attachment_reader(payload["files"])
    decks = [
        {"group": group.id, "digest": results.digest(group), "attachments": attachments}
        for group, attachments in group_decks(results, wording_of(payload), read)
    ]
    given = {key: value for key, value in payload.items() if key not in ("snapshot", "files")}
    return {**given, "decks": decks}


def draw_slides_for_wall(payload: Mapping[str, Any]) -> Mapping[str, bytes]:
    """Draw the slide of one group for a wall, and return PNG files by their shape, «wide» or «narrow».

    The payload's `snapshot` has all data of the group.
    """
    [group] = (results := decode_snapshot(payload["snapshot"])).groups
    return draw_for_wall(results, group, wording_of(payload))


def make_souvenir(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the souvenir of one person, and a picture of what they did in the gathering.

    The payload has all data of the person's group, and the `numbers` for the picture. The result has the PDF file as
    `content`, the ids of the people whom the file names as `named`, and the `picture`.
    """
    first, last = map(date.fromisoformat, payload["days"])
    [group] = (results := decode_snapshot(payload["snapshot"])).groups
    own, wording = frozenset(payload["ideas"]), wording_of(payload)
    content = write_souvenir(results, group, payload["name"], own, (first, last), wording)
    picture = draw_keepsake(payload["numbers"], (first, last), wording)
    return {"content": content, "named": sorted(group.named), "picture": picture}
