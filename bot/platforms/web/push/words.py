"""Writes what a push notification says.

Anybody can read it on a locked phone: by default it says only that something came, and names nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.content.delivery_kinds import CONFIDENTIAL, REMINDER
from bot.content.discretion import SOMETHING_TO_READ
from bot.content.texts import Reader, Text, _, plain
from bot.content.views import View
from bot.platforms.web.push.encryption import MOST_PLAIN

_LONGEST = 400
"""The most characters of a message that a notification shows; phones show some 200."""
_REMINDER = _("There is a reminder for you on your page.")
_MESSAGE = _("There is a message for you on your page.")


def notification(
    view: View,
    reader: Reader,
    *,
    kind: str,
    gathering: str,
    message_id: int,
    shows_text: bool,
    secret: bool,
    lock_screen: Mapping[str, Text],
) -> bytes:
    """Return the push notification for a message as JSON in UTF-8: its title, its text, and what it opens.

    With `shows_text`, the text is the message's own, unless the message has a `secret`. Otherwise it is the text in
    `lock_screen` for the `kind` of delivery; if there is none, it says only that a message came. For a confidential
    message the text is always the neutral one that many ordinary messages have, because its reader may be a stranger in
    a browser that nobody confirmed.
    """
    confided = kind == CONFIDENTIAL or view.confidential or view.drawn  # a message may have become so since it was sent
    discreet = View((SOMETHING_TO_READ,)) if confided else view
    text = _shortened(discreet, reader) if shows_text and not secret else ""
    only_that = _REMINDER if kind.startswith(REMINDER) else lock_screen.get(kind, _MESSAGE)
    payload = _encoded(gathering, text or plain(only_that, reader), reader, message_id)
    if len(payload) > MOST_PLAIN:  # letters of four bytes
        payload = _encoded(gathering, text[: _LONGEST // 4], reader, message_id)
    return payload


def _encoded(title: str, body: str, reader: Reader, message_id: int) -> bytes:
    message = f"m{message_id}"
    values: dict[str, Any] = {
        "title": title[:_LONGEST],
        "body": body,
        "tag": message,
        "open": message,
        # L10N: a button of a notification: it opens the message on the page
        "action": plain(_("Open"), reader),
        "lang": reader.locale,
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def _shortened(view: View, reader: Reader) -> str:
    """Return the words of a message, shortened; '' for one without words."""
    lines = [plain(line, reader) for line in view.lines]
    text = "\n".join(line for line in lines if line.strip())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
