"""A form as a modal, and what comes back from one: the custom_id is the form's action, so that a restart loses none."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.forms import Field, FormView, Raw, TextField, Upload, UploadField, form_fields
from bot.platforms.discord.render import clip
from bot.texts import Reader, plain

MOST_BYTES = 10_000_000
"""Of a file that is fetched; forms ask for no larger ones."""
_TITLE = 45
_HINT = 100
_LONGEST = 4000


def draw_form(asked: FormView) -> ui.Modal:
    """The modal of a form: its notice, then a labelled input a field, filled in as far as anything is known."""
    form, reader = asked.form, asked.reader
    modal = ui.Modal(title=clip(plain(form.title, reader), _TITLE), custom_id=asked.action)
    if form.notice:
        modal.add_item(ui.TextDisplay(plain(form.notice, reader)))
    for name, field in form_fields(form).items():
        modal.add_item(
            ui.Label(
                text=clip(plain(field.label, reader), _TITLE),
                description=clip(plain(field.hint, reader), _HINT) if field.hint else None,
                component=_input(name, field, asked.prefill.get(name, ""), reader),
            )
        )
    modal.stop()  # or the library would keep it in memory; answers are read off the interaction
    return modal


def _input(name: str, field: Field, filled: str, reader: Reader) -> ui.Item[ui.Modal]:
    if isinstance(field, UploadField):
        return ui.FileUpload(custom_id=name, required=field.required)
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
    typed = ui.TextInput[ui.Modal](custom_id=name, default=filled or None, required=field.required)
    if isinstance(field, TextField):
        typed.style = discord.TextStyle.paragraph if field.multiline else discord.TextStyle.short
        # What is filled in may be too long already: it must open, and the answer says by how much.
        typed.max_length = min(max(field.max_length, len(filled)), _LONGEST)
    return typed


async def read_answers(interaction: discord.Interaction[discord.Client]) -> dict[str, Raw]:
    """The raw answers of a submitted modal, by field; files are fetched, but for what is too large.

    Raises what the library raises for a file that cannot be fetched.
    """
    data: Any = interaction.data
    attachments = data.get("resolved", {}).get("attachments", {})
    answers: dict[str, Raw] = {}
    for part in data["components"]:
        given = part.get("component", {})  # a notice has none
        if "value" in given:
            answers[given["custom_id"]] = given["value"]
        for value in given.get("values", ()):
            sent = attachments.get(value)
            if sent is None:
                answers[given["custom_id"]] = value
            elif sent["size"] > MOST_BYTES:
                answers[given["custom_id"]] = Upload(sent["filename"], b"", too_large=True)
            else:
                content = await interaction.client.http.get_from_cdn(sent["url"])
                answers[given["custom_id"]] = Upload(sent["filename"], content)
    return answers
