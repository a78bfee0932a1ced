"""The message that tells nothing of what it is about, not even to whoever reads it on a locked phone.

Chats show the words of messages on locked phones, and pages do for whoever wants it. So a confidential message is
announced with these words; and so are ordinary messages that are opened anyway or are better not read by others. If
none were, these words would tell that somebody writes with a person of trust.
"""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button, View

SOMETHING_TO_READ = _("There is something for you to read.")


def something_to_read(action: Action, *, confidential: bool = False) -> View:
    """Return a message that only says that something waits, with a button that opens it."""
    # L10N: a button, a verb: read a message
    read = Button(_("Read"), action, style="primary")
    return View((SOMETHING_TO_READ,), (read,), confidential=confidential)
