"""Defines a person's answer to one field of a form: raw as it was received, and parsed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content.errors import UserError
from bot.content.features import fits_everywhere
from bot.content.file_kinds import Document, is_heic, is_video
from bot.content.texts import Name, Span, Text, _
from bot.content.views import Attachment, Button, File, Picture, View

MAX_ATTACHMENTS = fits_everywhere(lambda platform: platform.most_files)
"""The most files in one message, the lowest limit of all platforms."""
FILES = ".files"
"""The suffix added to the name of a message field to name its second input, which is for files."""
MAX_BYTES = fits_everywhere(lambda platform: platform.largest_file)
"""The most bytes in one file, the lowest limit of all platforms."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that someone sent. If `too_large`, `lost` or `unwanted` is True, it has no content.

    `picture` means that the file is shown as a picture, not offered as a document. A `lost` file could not be fetched
    from the platform. An `unwanted` file was not fetched, because no handler needed it at that moment.
    """

    name: str
    content: bytes
    too_large: bool = False
    picture: bool = False
    media_type: str = "application/octet-stream"
    lost: bool = False
    unwanted: bool = False


@dataclass(frozen=True, slots=True)
class Composition:
    """A whole message that someone wrote, parsed: its lines with their formatting, and its files in order."""

    body: tuple[Span, ...] = ()
    attachments: tuple[Upload, ...] = ()

    def view(self, buttons: tuple[Button, ...] = ()) -> View:
        """Return the composed message as a view (a message to be sent), with `buttons` below it."""
        return View(self.body, buttons, attachments=tuple(_attachment(attachment) for attachment in self.attachments))


@dataclass(frozen=True, slots=True)
class Written:
    """A raw message from a platform whose forms take plain text only: its text in Markdown, and its files."""

    text: str
    attachments: tuple[Upload, ...] = ()


Raw = str | Upload | Composition | Written
"""A person's answer to one field, before it is parsed."""


def words_of(raw: Raw) -> str | None:
    """Return the text of an answer to a form's field, to fill the field when the form is shown again.

    Returns None for a file and for a formatted message.
    """
    return raw if isinstance(raw, str) else raw.text if isinstance(raw, Written) else None


def _attachment(sent: Upload) -> Attachment:
    return Picture(sent.content, "", sent.name) if sent.picture else File(sent.name, sent.content, sent.media_type)


def check_upload(sent: Upload) -> None:
    """Check that a received file can be used.

    Raises UserError if it was not received whole, is too large, is empty, or is HEIC, which few programs can show.
    """
    if sent.lost:
        raise UserError(_("«{name}» did not arrive. Send it again, please.", name=Name(sent.name)))
    if sent.too_large or len(sent.content) > MAX_BYTES:
        raise UserError(
            _("«{name}» is too large: {most} MB at most.", name=Name(sent.name), most=MAX_BYTES // 1_000_000)
        )
    if not sent.content:
        raise UserError(_("«{name}» is empty. Choose it again, or another file, please.", name=Name(sent.name)))
    if is_heic(sent.content):
        raise UserError(_heic_refused(sent))


def no_photo(sent: Upload) -> Text | None:
    """Return the text that refuses a file sent with an idea; None if the file can be attached to the idea.

    HEIC photos are refused because few programs open them, and because they may say where they were taken. Videos are
    refused because no screen with ideas shows videos.
    """
    if is_heic(sent.content):
        return _heic_refused(sent)
    if is_video(sent.content):
        return _(
            "I did not keep «{name}»: it is a video. Send a photo, or say in words what it shows.", name=Name(sent.name)
        )
    return None


def other_document(kind: Document, name: Span) -> Text:
    """Return the text that refuses a document sent in place of a table, and says what to send instead.

    `kind` is what the document is, `name` the name of its file.
    """
    match kind:
        case "numbers":
            return _(
                "«{filename}» is of Numbers. There: File, Export To, CSV or Excel; send what that makes.",
                filename=name,
            )
        case "pdf":
            return _("«{filename}» is a PDF. Send the table that it was made from, as Excel or CSV.", filename=name)
        case "old or locked":
            return _(
                "«{filename}» is locked by a password, or of an old Excel. Open it, save it as .xlsx without a"
                " password, and send that.",
                filename=name,
            )
        case _:
            return _("«{filename}» is a text document. Put the list into a spreadsheet, and send that.", filename=name)


def _heic_refused(sent: Upload) -> Text:
    return _(
        "I did not keep «{name}»: it is a HEIC picture, which few can open. Send it as a photo, not as a file,"
        " or send a screenshot of it.",
        name=Name(sent.name),
    )
