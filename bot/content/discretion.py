"""Makes a message that reveals nothing about its subject, not even to somebody who reads it on a locked phone.

Chats show the words of messages on locked phones, and so do pages if their owners want that. So confidential messages
are announced by a message that says only that something waits to be read. Some ordinary messages are announced in the
same way. Otherwise such an announcement would reveal that somebody writes with a trusted person.
"""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import Span, _
from bot.content.views import Button, View

SOMETHING_TO_READ = _("There is something for you to read.")


def something_to_read(action: Action, line: Span = SOMETHING_TO_READ, *, confidential: bool = False) -> View:
    """Return a message that says only that something waits to be read, with a button for opening it.

    The button does `action`. `line` says what kind of thing waits, in words that anybody may read on a locked phone. If
    `confidential` is True, the message is left out of exports of a person's data, and cannot be traced to its cause.
    """
    # L10N: a button, a verb: read a message
    read = Button(_("Read"), action, style="primary")
    return View((line,), (read,), confidential=confidential)
