"""What a person gave for one field of a form, as it came and once it is understood."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content.errors import UserError
from bot.content.features import fits_everywhere
from bot.content.file_kinds import is_heic, is_video
from bot.content.texts import Name, Span, Text, _
from bot.content.views import Attachment, Button, File, Picture, View

MAX_ATTACHMENTS = fits_everywhere(lambda platform: platform.most_files)
"""Of one message: what every platform takes."""
FILES = ".files"
"""Where a form has two inputs for one message: the second's name is the field's with this after it."""
MAX_BYTES = fits_everywhere(lambda platform: platform.largest_file)
"""Of one file: what every platform takes."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file someone sent. One that is `too_large`, or `lost` on its way, has no content.

    `picture` says that it is to be shown, rather than handed over to be opened. One that is `unwanted` was left where
    it was, because what takes it said that it keeps none: it is as good as `lost` to whatever else it reaches.
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
    """A whole message as someone made it: its lines with their formatting, what hangs on it in order."""

    body: tuple[Span, ...] = ()
    attachments: tuple[Upload, ...] = ()

    def view(self, buttons: tuple[Button, ...] = ()) -> View:
        """The message as it should look."""
        return View(self.body, buttons, attachments=tuple(_attachment(attachment) for attachment in self.attachments))


@dataclass(frozen=True, slots=True)
class Written:
    """The same from a platform whose forms know plain text only: markdown, and the files beside it."""

    text: str
    attachments: tuple[Upload, ...] = ()


Raw = str | Upload | Composition | Written
"""What a person gave for one field, before it is understood."""


def words_of(raw: Raw) -> str | None:
    """What was typed, to be filled in again; None where nothing was typed into a field of text."""
    return raw if isinstance(raw, str) else raw.text if isinstance(raw, Written) else None


def _attachment(sent: Upload) -> Attachment:
    return Picture(sent.content, "", sent.name) if sent.picture else File(sent.name, sent.content, sent.media_type)


def check_upload(sent: Upload) -> None:
    """Raises UserError for a file that did not come whole, is too large, empty, or a photo nobody could see."""
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
    """Why a file is not kept with an idea, and what to send instead; None for one that is.

    A HEIC photo is opened by few, who then read where it was taken too; a video is seen nowhere ideas are.
    """
    if is_heic(sent.content):
        return _heic_refused(sent)
    if is_video(sent.content):
        return _(
            "I did not keep «{name}»: it is a video. Send a photo, or say in words what it shows.", name=Name(sent.name)
        )
    return None


def text_document(name: Span) -> Text:
    """What the sender of a text document is told, where a table was asked for."""
    return _("«{filename}» is a text document. Put the list into a spreadsheet, and send that.", filename=name)


def _heic_refused(sent: Upload) -> Text:
    return _(
        "I did not keep «{name}»: it is in HEIC, which few can open. Send it as a photo, not as a file;"
        " or take a screenshot of it and send that.",
        name=Name(sent.name),
    )
