"""Finds people by name, with the same button and the same form on every screen that does so."""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action
from bot.content.forms import Form, text
from bot.content.texts import Text, _
from bot.content.views import Button


class FindForm(Form):
    """The form for the name of a person to find; the first letters of each word are enough."""

    title: ClassVar[Text] = _("Find someone")
    sends: ClassVar[Text] = _("Search")
    of_somebody: ClassVar[bool] = True
    name: str = text(
        _("Name"), max_length=100, hint=_("First or family name, or how they begin; accents do not matter.")
    )


def find_someone(action: Action, *, again: bool = False) -> Button:
    """Return the button that asks for a person's name; `again` says that another name was searched for before."""
    return Button(_("Find someone else") if again else _("Find someone"), action)
