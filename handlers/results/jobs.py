"""Files from a snapshot: what a job, or the command `rencontres export`, has made in another process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.texts import Text, _
from bot.files.folder import Files
from handlers.results.drawing.charts import Chart, draw_charts
from handlers.results.drawing.slides import ReadFile, own, plenary
from handlers.results.files import named_files
from handlers.results.messages import Wording, group_file, group_file_in_words, wording_of
from handlers.results.model import Attachment, Gathering
from handlers.results.store import understand

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PDF = "application/pdf"
WORKBOOK, DECK, BOOKLET = "workshops.xlsx", "plenary.pptx", "booklet.pdf"
"""What the files of the whole are called in a folder, whatever their language: programs find them there."""
RESULTS: Mapping[str, Text] = {"xlsx": _("workshops.xlsx"), "pptx": _("plenary.pptx"), "pdf": _("booklet.pdf")}
"""What they are called for who gets them in the chat: no other file is."""
MOST_BYTES = 9_500_000
"""What every platform takes as one file, with room to spare."""
_PHOTOS = (6_500_000, 3_000_000, 0)  # bytes that photos may take, until a file is small enough


@dataclass(frozen=True, slots=True)
class Made:
    """A file: its name, what is in it, its media type."""

    name: str
    content: bytes
    media_type: str


def reader(folder: Path) -> ReadFile:
    """What reads attachments; one that is gone leaves its place empty."""
    files = Files(folder)

    def read(attachment: Attachment) -> bytes | None:
        try:
            return files.read(attachment.digest)
        except (OSError, ValueError):
            return None

    return read


def workbook(whole: Gathering, wording: Wording, *, folder: bool) -> Made:
    """Everything in one workbook."""
    from handlers.results.files import write_book

    return Made(WORKBOOK, write_book(whole, wording, folder=folder), XLSX)


def plenary_deck(
    whole: Gathering, wording: Wording, charts: Sequence[Chart], read: ReadFile, *, small: bool = False
) -> Made:
    """The deck of the whole; `small` enough to be sent where asked."""
    return Made(DECK, _within(lambda most: plenary(whole, wording, charts, read, most=most), small), PPTX)


def booklet(
    whole: Gathering, wording: Wording, charts: Sequence[Chart], read: ReadFile, *, small: bool = False
) -> Made:
    """The booklet."""
    from handlers.results.drawing.booklet import write_booklet

    made = _within(lambda most: write_booklet(whole, wording, charts, read, most=most), small)
    return Made(BOOKLET, made, PDF)


def group_deck(whole: Gathering, wording: Wording, group_id: int, read: ReadFile) -> Made:
    """A group's own deck. Raises KeyError for a group that is not there."""
    group = {each.id: each for each in whole.groups}[group_id]
    return Made(f"{group_file(group, whole)}.pptx", own(whole, group, wording, read), PPTX)


def _within(make: Callable[[int | None], bytes], small: bool) -> bytes:
    """What is made, with fewer and fewer bytes for its photos until it can be sent."""
    if not small:
        return make(None)
    for most in _PHOTOS:
        made = make(most)
        if len(made) <= MOST_BYTES:
            break
    return made


# --- jobs: functions of a payload


def make_file(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """One file of the whole, by `what`: xlsx, pptx or pdf; too large to be sent, it is left out."""
    whole, wording = understand(payload["snapshot"]), wording_of(payload)
    read = reader(Path(payload["folder"]))
    match payload["what"]:
        case "xlsx":
            made = workbook(whole, wording, folder=False)
        case "pptx":
            made = plenary_deck(whole, wording, draw_charts(whole, wording), read, small=True)
        case _:
            made = booklet(whole, wording, draw_charts(whole, wording), read, small=True)
    fits = len(made.content) <= MOST_BYTES
    return {"what": payload["what"], "content": made.content if fits else None}


def make_charts(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The charts, each with its name and words."""
    charts = draw_charts(understand(payload["snapshot"]), wording_of(payload))
    return {"charts": [(chart.name, chart.alt, chart.content) for chart in charts]}


def make_decks(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The decks of some groups: those of `snapshot`; a group that is gone has none."""
    whole, wording = understand(payload["snapshot"]), wording_of(payload)
    read = reader(Path(payload["folder"]))
    decks = []
    for group in whole.groups:
        made = group_deck(whole, wording, group.id, read)
        called = f"{group_file_in_words(group, whole, wording)}.pptx"
        decks.append({"group": group.id, "digest": whole.digest(group), "name": called, "content": made.content})
    return {**{key: value for key, value in payload.items() if key != "snapshot"}, "decks": decks}


def attachments(whole: Gathering) -> Iterator[tuple[str, Attachment]]:
    """Every attachment with its name in the folder beside the workbook."""
    names = named_files(whole)
    seen = set()
    for voice in whole.said:
        for file in voice.files:
            name = names[file.idea_id, file.digest]
            if name not in seen:
                seen.add(name)
                yield name, file
