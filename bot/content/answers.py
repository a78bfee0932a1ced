"""A person's answer to one field of a form, raw as it came and once it is understood."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content.errors import UserError
from bot.content.features import fits_everywhere
from bot.content.file_kinds import is_heic, is_video
from bot.content.texts import Name, Span, Text, _
from bot.content.views import Attachment, Button, File, Picture, View

MAX_ATTACHMENTS = fits_everywhere(lambda platform: platform.most_files)
"""The most files in one message: what every platform takes."""
FILES = ".files"
"""The suffix of a message field's second input, the one for files, after the name of the field."""
MAX_BYTES = fits_everywhere(lambda platform: platform.largest_file)
"""The most bytes in one file: what every platform takes."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that someone sent. A file that is `too_large`, or `lost` on its way, has no content.

    `picture` says that the file is shown, rather than handed over to be opened. An `unwanted` file was not fetched,
    because its taker said that it reads none; for anything else that it reaches it is as good as `lost`.
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
    """A whole message as someone made it: its lines with their formatting, and its files in order."""

    body: tuple[Span, ...] = ()
    attachments: tuple[Upload, ...] = ()

    def view(self, buttons: tuple[Button, ...] = ()) -> View:
        """Return the message as it is to look, with these buttons."""
        return View(self.body, buttons, attachments=tuple(_attachment(attachment) for attachment in self.attachments))


@dataclass(frozen=True, slots=True)
class Written:
    """A whole message from a platform whose forms know plain text only: markdown, and the files beside it."""

    text: str
    attachments: tuple[Upload, ...] = ()


Raw = str | Upload | Composition | Written
"""A person's answer to one field, before it is understood."""


def words_of(raw: Raw) -> str | None:
    """Return what was typed, so that it can be filled in again; None where nothing was typed into a field of text."""
    return raw if isinstance(raw, str) else raw.text if isinstance(raw, Written) else None


def _attachment(sent: Upload) -> Attachment:
    return Picture(sent.content, "", sent.name) if sent.picture else File(sent.name, sent.content, sent.media_type)


def check_upload(sent: Upload) -> None:
    """Check a file that was sent.

    Raises UserError for a file that did not come whole, is too large or empty, or a photo that nobody could see.
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
    """Return why a file is not kept with an idea, and what to send instead; None for a file that is kept.

    Few programs open a HEIC photo, and its place of shooting could be read in it; a video is shown nowhere that ideas
    are.
    """
    if is_heic(sent.content):
        return _heic_refused(sent)
    if is_video(sent.content):
        return _(
            "I did not keep «{name}»: it is a video. Send a photo, or say in words what it shows.", name=Name(sent.name)
        )
    return None


def text_document(name: Span) -> Text:
    """Return what the sender of a text document is told where a table was asked for."""
    return _("«{filename}» is a text document. Put the list into a spreadsheet, and send that.", filename=name)


def _heic_refused(sent: Upload) -> Text:
    return _(
        "I did not keep «{name}»: it is in HEIC, which few can open. Send it as a photo, not as a file;"
        " or take a screenshot of it and send that.",
        name=Name(sent.name),
    )
