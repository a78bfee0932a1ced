"""What attachments are called in the folder beside the workbook: safe on any machine, whatever their senders said."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.results.model import Attachment, Gathering
from handlers.results.wording import file_name, group_file

FILES_FOLDER = "files"
_SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/pdf": "pdf",
    "image/webp": "webp",
    "image/gif": "gif",
}
_HARMLESS = {
    *("pdf", "txt", "csv", "md", "doc", "docx", "odt", "rtf", "xls", "xlsx", "ods", "ppt", "pptx", "odp", "pages"),
    *("numbers", "key", "jpg", "jpeg", "png", "gif", "webp", "heic", "tif", "tiff", "mp3", "m4a", "ogg", "oga"),
    *("opus", "wav", "mp4", "mov", "webm", "zip"),
}
"""Endings a link may lead to: anything else would perhaps be run by who follows it."""


def named_files(whole: Gathering) -> Mapping[tuple[int, str], str]:
    """What attachments are called in the folder beside the workbook, by idea and digest: «culture-3-idea-12.jpg»."""
    groups = {group.id: group_file(group, whole) for group in whole.groups}
    names = {}
    for voice in whole.said:
        begin = groups.get(voice.group_id or 0, file_name(voice.theme))
        for place, file in enumerate(voice.files):
            more = f"-{place + 1}" if len(voice.files) > 1 else ""
            names[file.idea_id, file.digest] = f"{begin}-idea-{voice.id}{more}.{suffix(file)}"
    return names


def suffix(file: Attachment) -> str:
    """How the name of an attachment ends: by what it is, else as its sender's did, unless opening it could run it."""
    own = file.name.rpartition(".")[2].lower()
    return _SUFFIXES.get(file.media_type) or (own if own in _HARMLESS else "bin")
