"""Buttons about practical information (sections such as wifi or meals) that more than one screen shows."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go


class ReadSection(Action, code="zs"):
    """The button that shows a section of practical information, such as wifi; `section` is its key."""

    section: str


class EditSections(Action, code="ze"):
    """The organisers' button that lists all sections of practical information to edit."""


class EditSection(Action, code="zd"):
    """The organisers' button that shows a section of practical information to edit; `section` is its key."""

    section: str


class WriteText(Action, code="zt"):
    """The button that opens the form for the text of a section of practical information in one language."""

    section: str
    locale: str


INFORMATION = Button(_("Practical information"), Go("infos"))
EDIT_SECTIONS = Button(_("All sections"), EditSections())


def subject(key: str) -> str:
    """Return the key under which messages about a section of practical information are stored."""
    return f"practical:{key}"
