"""Buttons about practical information that more than one screen shows."""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go


class ReadSection(Action):
    """The button that shows a section; `section` is its key."""

    code: ClassVar[str] = "zs"
    section: str


class EditSections(Action):
    """The organisers' button that lists all sections, to edit them."""

    code: ClassVar[str] = "ze"


class EditSection(Action):
    """The organisers' button that shows a section with buttons to change it; `section` is its key."""

    code: ClassVar[str] = "zd"
    section: str


class WriteText(Action):
    """The button that opens the form for a section's text in one language."""

    code: ClassVar[str] = "zt"
    section: str
    locale: str


INFORMATION = Button(_("Practical information"), Go("infos"))
EDIT_SECTIONS = Button(_("All sections"), EditSections())


def subject(key: str) -> str:
    """Return the subject of messages about a section."""
    return f"practical:{key}"
