"""Buttons to screens that any capability may lead to.

One's own screen, the team, the organisers' screen, those about people, and those about what one is reminded of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go

# L10N: a button: a participant's own screen
HOME = Button(_("My place"), Go("moi"))
"""The button to one's own screen."""
MENU = Button(_("Menu"), Go("aide"))
"""The button to everything that can be done now."""
ASK = Button(_("Ask the team"), Go("equipe"))
"""The button to the form in which someone asks the team a question."""
BACK = Button(_("Organise"), Go("organiser"))
"""The button to the organisers' screen."""


@dataclass(frozen=True, slots=True)
class Find(Action):
    """The button that opens the form that asks for a name."""

    code: ClassVar[str] = "os"


@dataclass(frozen=True, slots=True)
class NotJoined(Action):
    """The button that shows who was selected and has not come in."""

    code: ClassVar[str] = "oj"
    page: int


@dataclass(frozen=True, slots=True)
class AskToRenew(Action):
    """The button that asks before someone's invitation is made anew."""

    code: ClassVar[str] = "oin"
    person: int


@dataclass(frozen=True, slots=True)
class Renew(Action):
    """The button that makes someone's invitation anew.

    `keep` holds the ids of the accounts that stay theirs, «_» between them.
    """

    code: ClassVar[str] = "oiy"
    person: int
    keep: str


@dataclass(frozen=True, slots=True)
class RemindLater(Action):
    """The button that asks for one more reminder of a session; 0 is the theme deadline."""

    code: ClassVar[str] = "rl"
    session: int


@dataclass(frozen=True, slots=True)
class Mute(Action):
    """The button that turns off reminders of a session, or of its kind; 0 is the theme deadline."""

    code: ClassVar[str] = "rm"
    session: int
