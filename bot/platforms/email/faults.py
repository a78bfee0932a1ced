"""Turns what a mail server answers into the errors that the outbox knows, with reasons that people read.

What a server says beside its number is never kept: it often repeats the address.
"""

from __future__ import annotations

import re
from typing import NoReturn

from aiosmtplib import SMTPResponseException

from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.content.reasons import Reason

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_FULL = "2.2"
"""The end of the status by which a server says that a mailbox is full, as 5.2.2 and 4.2.2: it may be emptied."""
_CLOSING = 421


def said(error: SMTPResponseException) -> str:
    """Return the numbers of a server's answer, without its words."""
    found = _ENHANCED.search(error.message)
    return f"{error.code} {found[1]}" if found else str(error.code)


def refuse(error: SMTPResponseException, *, recipient: bool) -> NoReturn:
    """Raise what a refusal means: 4xx is tried again, 5xx is final.

    `recipient` says that the address was refused, not the letter. Raises RetryLater, Unreachable or Rejected.
    """
    answer = said(error)
    if error.code < 500 or answer.endswith(f".{_FULL}"):
        raise RetryLater(answer, whole_platform=error.code == _CLOSING)
    if recipient:
        raise Unreachable(answer, why=Reason.REFUSED if " 5.7." in answer else Reason.ADDRESS_UNKNOWN)
    raise Rejected(answer)
