"""Buttons about practical information that more than one screen shows."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go


class ReadSection(Action, code="zs"):
    """The button that shows a section; `section` is its key."""

    section: str


class EditSections(Action, code="ze"):
    """The organisers' button that lists all sections, to edit them."""


class EditSection(Action, code="zd"):
    """The organisers' button that shows a section with buttons to change it; `section` is its key."""

    section: str


class WriteText(Action, code="zt"):
    """The button that opens the form for a section's text in one language."""

    section: str
    locale: str


INFORMATION = Button(_("Practical information"), Go("infos"))
EDIT_SECTIONS = Button(_("All sections"), EditSections())


def subject(key: str) -> str:
    """Return the subject of messages about a section."""
    return f"practical:{key}"
