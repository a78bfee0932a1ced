"""Draws a form as a modal, Discord's window for forms, and reads the answers of a submitted one.

A modal's custom_id is the form's action, so that it can be submitted after a restart too.
"""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import structlog
from discord import ui

from bot.content.forms import (
    FILES,
    MAX_ATTACHMENTS,
    MAX_BYTES,
    Field,
    FormView,
    MessageField,
    Raw,
    TextField,
    Upload,
    UploadField,
    Written,
    form_fields,
    words_of,
)
from bot.content.texts import Reader, _, plain
from bot.files.uploads import received_file
from bot.platforms.discord.faults import ERRORS, classify
from bot.platforms.discord.markdown import draw_texts
from bot.platforms.discord.render import clip

log = structlog.get_logger()

# L10N: the label of the input for files, below that for a text.
_PICTURES = _("Pictures and documents")
_TITLE = 45
_HINT = 100
_LONGEST = 4000


def draw_form(view: FormView) -> ui.Modal:
    """Return the modal (Discord's window for a form) that shows a form.

    It has the form's notice, then a labelled input for each field, filled with the answers that are known.
    """
    form, reader = view.form, view.reader
    modal = ui.Modal(title=clip(plain(form.title, reader), _TITLE), custom_id=view.action)
    if view.about is not None:
        modal.add_item(ui.TextDisplay(draw_texts((view.about,), reader)[0]))
    if form.notice:
        modal.add_item(ui.TextDisplay(plain(form.notice, reader)))
    for name, field in form_fields(form).items():
        modal.add_item(
            ui.Label(
                text=clip(plain(field.label, reader), _TITLE),
                description=clip(plain(field.hint, reader), _HINT) if field.hint else None,
                component=_input(name, field, view.prefill.get(name, ""), reader),
            )
        )
        if isinstance(field, MessageField) and not field.files_only:
            files = ui.FileUpload[ui.Modal](custom_id=name + FILES, required=False, max_values=MAX_ATTACHMENTS)
            modal.add_item(ui.Label(text=clip(plain(_PICTURES, reader), _TITLE), component=files))
    modal.stop()  # else the library keeps it in memory; answers are read from the interaction
    return modal


def _input(name: str, field: Field, filled: str, reader: Reader) -> ui.Item[ui.Modal]:
    if isinstance(field, UploadField):
        return ui.FileUpload(custom_id=name, required=field.required)
    if isinstance(field, MessageField) and field.files_only:
        return ui.FileUpload(custom_id=name + FILES, required=field.required, max_values=MAX_ATTACHMENTS)
    if options := field.options():
        return ui.Select(
            custom_id=name,
            required=field.required,
            min_values=int(field.required),
            options=[
                discord.SelectOption(label=plain(o.label, reader), value=o.value, default=o.value == filled)
                for o in options
            ],
        )
    required = field.required and not isinstance(field, MessageField)  # a picture without text is a message too
    typed = ui.TextInput[ui.Modal](custom_id=name, default=filled or None, required=required)
    if isinstance(field, MessageField):
        typed.style, typed.max_length = discord.TextStyle.paragraph, _LONGEST
    if isinstance(field, TextField):
        typed.style = discord.TextStyle.paragraph if field.multiline else discord.TextStyle.short
        # A text filled in may be too long already: the modal must open all the same, and the answer says by how much.
        typed.max_length = min(max(field.max_length, len(filled)), _LONGEST)
    return typed


async def read_answers(interaction: discord.Interaction[discord.Client]) -> dict[str, Raw]:
    """Return the answers of a submitted modal (Discord's window for a form), by the names of the form's fields.

    The answers are as the person typed or chose them. A file that is too large or could not be fetched is marked as
    such.
    """
    data: Any = interaction.data
    attachments = (data.get("resolved") or {}).get("attachments", {})
    answers: dict[str, Raw] = {}

    async def fetch(attachment: Any) -> Upload:
        if attachment["size"] > MAX_BYTES:
            return Upload(attachment["filename"], b"", too_large=True)
        try:
            content = await interaction.client.http.get_from_cdn(attachment["url"])
            return await asyncio.to_thread(received_file, attachment["filename"], content)
        except ERRORS as error:
            log.warning("discord.file_not_fetched", reason=str(classify(error)))
            return Upload(attachment["filename"], b"", lost=True)

    for part in data["components"]:
        component = part.get("component") or {}  # a notice has no component
        if "value" in component:
            answers[component["custom_id"]] = component["value"]
        files = tuple(
            [await fetch(attachments[value]) for value in component.get("values", ()) if value in attachments]
        )
        if files and component["custom_id"].endswith(FILES):
            name = component["custom_id"].removesuffix(FILES)
            answers[name] = Written(words_of(answers.get(name, "")) or "", files)
        elif files:
            answers[component["custom_id"]] = files[-1]
        elif values := component.get("values"):
            answers[component["custom_id"]] = values[-1]
    return answers
