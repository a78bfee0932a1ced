"""Turns a mail server's answers into the errors that the outbox knows, with reasons that people read.

The server's words are never stored, only its numbers, because the words often repeat the address.
"""

from __future__ import annotations

import re
from typing import NoReturn

from aiosmtplib import SMTPResponseException

from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.content.reasons import Reason
from bot.platforms.email.received.words import says, simplified

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_FULL = "2.2"
"""The end of the status by which a server says that a mailbox is full, as 5.2.2 and 4.2.2: it may be emptied."""
_NOT_NOW = (421, 530)
"""Answers that concern every letter: the server closes, or wants encryption or a login first."""


def said(error: SMTPResponseException) -> str:
    """Return the numbers in a mail server's answer, without its words, which may repeat an address."""
    found = _ENHANCED.search(error.message)
    return f"{error.code} {found[1]}" if found else str(error.code)


def refuse(error: SMTPResponseException, *, recipient: bool) -> NoReturn:
    """Raise the program's own error for a mail server's refusal.

    Raises RetryLater for a number below 500, a full mailbox, or a server that lets nobody in as configured; otherwise
    Unreachable if `recipient` is True, which means that the server refused the address, and Rejected if it refused the
    letter.
    """
    answer = said(error)
    if error.code < 500 or error.code in _NOT_NOW or answer.endswith(f".{_FULL}"):
        raise RetryLater(answer, whole_platform=error.code in _NOT_NOW)
    if recipient:
        refused = " 5.7." in answer or says(simplified(error.message), "policy")
        raise Unreachable(answer, why=Reason.REFUSED if refused else Reason.ADDRESS_UNKNOWN)
    raise Rejected(answer)
