"""Buttons that several screens of persons of trust, emergencies and checks for safety show."""

from __future__ import annotations

from dataclasses import replace

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go

# L10N: a button
TRUST = Button(_("A person of trust"), Go("confiance"), stays=True)
"""The button to the screen about persons of trust."""
# L10N: a button: whom to call in an emergency
EMERGENCY = Button(_("Emergency"), Go("urgence"), stays=True)
"""The button to the numbers to call in an emergency."""
# L10N: a button: it leads to whom one can call or talk to
HELP = replace(EMERGENCY, label=_("I need help"))
"""The same button on the home screen, where it is for whoever wants to talk to somebody too."""


class NameTrusted(Action, code="tno"):
    """The organisers' button that shows the persons of trust, to name another one or to end one's task."""


# L10N: a button of organisers
NAME_TRUSTED = Button(_("Name persons of trust"), NameTrusted())


class OpenConversation(Action, code="tco"):
    """The button that shows a conversation with a person of trust; `page` counts from its end, 0 for the latest."""

    conversation: int
    page: int


class WriteMore(Action, code="tcw"):
    """The button that opens the form for another message in a conversation with a person of trust."""

    conversation: int


class AskToEraseConversation(Action, code="tcq"):
    """The button that asks whoever began a conversation for confirmation before it is erased for both."""

    conversation: int


class HandOver(Action, code="tch"):
    """The button that hands a conversation that nobody reads, with all its messages, to another person of trust."""

    conversation: int
    trusted_id: int


class SendKept(Action, code="tck"):
    """The button that sends the messages of a conversation that were kept, because too many had been sent."""

    conversation: int


class HideConversation(Action, code="tcx"):
    """The button that takes a conversation off the screen."""


class AnswerSafe(Action, code="sfy"):
    """The button with which somebody says that they are safe."""

    check: int


class AnswerHelp(Action, code="sfh"):
    """The button with which somebody says that they need help."""

    check: int


class SayWhere(Action, code="sfw"):
    """The button that opens the form for the place where somebody is who answered a check."""

    check: int


class LeavePhone(Action, code="sfp"):
    """The button that opens the form for a telephone number that organisers see during a check for safety."""


# Waiting words are given by their `number`; the person's words since the number `first` go with them, as they were
# written one after the other.


class ChooseWhom(Action, code="tkw"):
    """The button that asks which person of trust is to get waiting words."""

    number: int
    first: int


class SendTo(Action, code="tks"):
    """The button that asks whether waiting words go to a person of trust with or without one's name."""

    trusted_id: int
    number: int
    first: int


class SendNow(Action, code="tkn"):
    """The button that sends waiting words to a person of trust, perhaps without one's name."""

    trusted_id: int
    anonymous: bool
    number: int
    first: int


class SendHere(Action, code="tkh"):
    """The button that sends waiting words in a conversation with a person of trust."""

    conversation: int
    number: int
    first: int


class ForgetWords(Action, code="tkf"):
    """The button that deletes waiting words, because they were for nobody."""

    number: int
    first: int


class WhoReads(Action, code="tcr"):
    """The button that shows who can read what is written to a person of trust, and how long it is kept."""


class OpenCheck(Action, code="sfo"):
    """The organisers' button that shows a check for safety: who has not answered, who needs help."""

    check: int


class OpenPhotos(Action, code="sff"):
    """The organisers' button that shows photos of where people are, in a check for safety; page 0 has the latest."""

    check: int
    page: int


class AskToClose(Action, code="sfz"):
    """The organisers' button that asks for confirmation before a check for safety is closed."""

    check: int
