"""Buttons that several screens of trusted people, emergencies and safety checks («Are you safe?») show."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go

# L10N: a button
TRUST = Button(_("A trusted person"), Go("confiance"), stays="always")
"""The button that opens the screen about trusted people."""
# L10N: a button: whom to call in an emergency
EMERGENCY = Button(_("Emergency"), Go("urgence"), stays="always")
"""The button that opens the screen with the numbers to call in an emergency."""


class NameTrusted(Action, code="tno"):
    """The organisers' button that shows the trusted people, to add or remove one."""


# L10N: a button of organisers
NAME_TRUSTED = Button(_("Name trusted people"), NameTrusted())


class OpenConversation(Action, code="tco"):
    """The button that shows a page of a conversation with a trusted person; page 0 has the latest messages."""

    conversation: int
    page: int


class WriteMore(Action, code="tcw"):
    """The button that opens the form for another message in a conversation with a trusted person."""

    conversation: int


class AskToEraseConversation(Action, code="tcq"):
    """The button that asks the author of a conversation to confirm that it is erased for both participants."""

    conversation: int


class HandOver(Action, code="tch"):
    """The button that hands a conversation with all its messages to the trusted person with the id `trusted_id`.

    The author of a conversation gets this button if no trusted person reads the conversation any more.
    """

    conversation: int
    trusted_id: int


class SendKept(Action, code="tck"):
    """The button that sends the unsent messages of a conversation, which were stored because too many had been sent."""

    conversation: int


class HideConversation(Action, code="tcx"):
    """The button that hides the conversation that the person sees, so that nobody else reads it on the screen."""


class AnswerSafe(Action, code="sfy"):
    """The button «I am safe», with which a person answers a safety check."""

    check: int


class AnswerHelp(Action, code="sfh"):
    """The button «I need help», with which a person answers a safety check."""

    check: int


class SayWhere(Action, code="sfw"):
    """The button that opens the form in which a person says, during a safety check, where they are."""

    check: int


class LeavePhone(Action, code="sfp"):
    """The button that opens the form for a telephone number that organisers see during a safety check."""


# Waiting words are given by their `number`; the person's words since the number `first` go with them, as they were
# written one after the other.


class ChooseWhom(Action, code="tkw"):
    """The button that asks a person which trusted person should get the words that they typed and sent to nobody yet.

    These waiting words are the ones with numbers from `first` to `number`.
    """

    number: int
    first: int


class SendTo(Action, code="tks"):
    """The button that asks whether waiting words go to a trusted person with or without the writer's name.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`.
    """

    trusted_id: int
    number: int
    first: int


class SendNow(Action, code="tkn"):
    """The button that sends waiting words to a trusted person, without the writer's name if `anonymous`.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`.
    """

    trusted_id: int
    anonymous: bool
    number: int
    first: int


class SendHere(Action, code="tkh"):
    """The button that sends waiting words as a message in a conversation with a trusted person.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`.
    """

    conversation: int
    number: int
    first: int


class ForgetWords(Action, code="tkf"):
    """The button that deletes waiting words, because nobody should get them.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`.
    """

    number: int
    first: int


class TakeList(Action, code="sfx"):
    """The organisers' button that sends the list of a safety check as a file and as a page to print."""

    check: int


class OpenCheck(Action, code="sfo"):
    """The button that sends the list of a safety check: who is safe, group by group, and who needs help."""

    check: int


class OpenPhotos(Action, code="sff"):
    """The organisers' button that shows a page of photos with which people say, in a safety check, where they are.

    Page 0 has the latest photos.
    """

    check: int
    page: int


class AskToClose(Action, code="sfz"):
    """The organisers' button that asks for confirmation before a safety check is closed."""

    check: int
