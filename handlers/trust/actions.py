"""Buttons that several screens of persons of trust, emergencies and checks for safety show."""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go

# L10N: a button
TRUST = Button(_("A person of trust"), Go("confiance"))
"""The button to the screen about persons of trust."""
# L10N: a button: whom to call in an emergency
EMERGENCY = Button(_("Emergency"), Go("urgence"))
"""The button to the numbers to call in an emergency."""


class OpenConversation(Action):
    """The button that shows a conversation with a person of trust; `page` counts from its end, 0 for the latest."""

    code: ClassVar[str] = "tco"
    conversation: int
    page: int


class WriteMore(Action):
    """The button that opens the form for another message in a conversation with a person of trust."""

    code: ClassVar[str] = "tcw"
    conversation: int


class AskToEraseConversation(Action):
    """The button that asks whoever began a conversation for confirmation before it is erased for both."""

    code: ClassVar[str] = "tcq"
    conversation: int


class HandOver(Action):
    """The button that hands a conversation that nobody reads, with all its messages, to another person of trust."""

    code: ClassVar[str] = "tch"
    conversation: int
    trusted: int


class SendKept(Action):
    """The button that sends the messages of a conversation that were kept, because too many had been sent."""

    code: ClassVar[str] = "tck"
    conversation: int


class HideConversation(Action):
    """The button that takes a conversation off the screen."""

    code: ClassVar[str] = "tcx"


class AnswerSafe(Action):
    """The button with which somebody says that they are safe."""

    code: ClassVar[str] = "sfy"
    check: int


class AnswerHelp(Action):
    """The button with which somebody says that they need help."""

    code: ClassVar[str] = "sfh"
    check: int


class SayWhere(Action):
    """The button that opens the form for the place where somebody is who answered a check."""

    code: ClassVar[str] = "sfw"
    check: int


class LeavePhone(Action):
    """The button that opens the form for a telephone number that organisers see during a check for safety."""

    code: ClassVar[str] = "sfp"


# Waiting words are given by their `number`; those of the person since the number `first` go with them, as they were
# written one after the other.


class ChooseWhom(Action):
    """The button that asks which person of trust is to get waiting words."""

    code: ClassVar[str] = "tkw"
    number: int
    first: int


class SendTo(Action):
    """The button that asks whether waiting words go to a person of trust with or without one's name."""

    code: ClassVar[str] = "tks"
    trusted: int
    number: int
    first: int


class SendNow(Action):
    """The button that sends waiting words to a person of trust, perhaps without one's name."""

    code: ClassVar[str] = "tkn"
    trusted: int
    anonymous: bool
    number: int
    first: int


class SendHere(Action):
    """The button that sends waiting words in a conversation with a person of trust."""

    code: ClassVar[str] = "tkh"
    conversation: int
    number: int
    first: int


class ForgetWords(Action):
    """The button that deletes waiting words, because they were for nobody."""

    code: ClassVar[str] = "tkf"
    number: int
    first: int


class WhoReads(Action):
    """The button that shows who can read what is written to a person of trust, and how long it is kept."""

    code: ClassVar[str] = "tcr"


class OpenCheck(Action):
    """The organisers' button that shows a check for safety: who has not answered, who needs help."""

    code: ClassVar[str] = "sfo"
    check: int


class OpenPhotos(Action):
    """The organisers' button that shows photos of where people are, in a check for safety; page 0 has the latest."""

    code: ClassVar[str] = "sff"
    check: int
    page: int


class AskToClose(Action):
    """The organisers' button that asks for confirmation before a check for safety is closed."""

    code: ClassVar[str] = "sfz"
    check: int
