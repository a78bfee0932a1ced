"""Says why a server refused a letter: by enhanced status codes (RFC 3463), then by the codes of SMTP, then by words."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.platforms.email.received.words import CLOSED, DELAY, FULL, HARD, POLICY, SOFT, simplified


class MailKind(StrEnum):
    """What a mail that arrived means: HARD to POLICY for the letter it returns, the others by themselves."""

    HARD = "hard"  # there is no such mailbox or domain, or it is closed
    SOFT = "soft"  # a failure that passes, but the server gave up
    DELAY = "delay"  # a server is still trying
    POLICY = "policy"  # refused for its content, its size or its sender
    FULL = "full"  # the mailbox is full; it waits
    NONE = "none"  # nothing to do: delivered, read, or empty
    ANSWER = "answer"  # a person writes
    AUTO = "auto"  # a robot answers
    UNSUBSCRIBE = "unsubscribe"
    SPAM = "spam"  # somebody, or a filter, calls it spam
    FORGED = "forged"  # pretends to return a letter, which it does not prove


_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_SMTP = re.compile(r"(?<![\d.,:/])(4[2-5]\d|5[0-57]\d)(?=[ -]|$)")
_MEANING = {
    **dict.fromkeys(
        ("1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "2.1", "2.4", "4.4", "4.6", "4.14", "4.310"), MailKind.HARD
    ),
    **dict.fromkeys(("7.13", "7.17", "7.18"), MailKind.HARD),
    **dict.fromkeys(("1.7", "1.8", "1.9", "2.3", "3.4"), MailKind.POLICY),
    **dict.fromkeys(("3.1", "3.2", "4.2", "4.3", "4.5", "4.7", "4.300", "4.317"), MailKind.SOFT),
}
"""What the codes that leave no doubt mean when a letter failed for good; the others are too general."""
_BY_SMTP = {
    "550": MailKind.HARD,
    "551": MailKind.HARD,
    "553": MailKind.HARD,
    "556": MailKind.HARD,
    "521": MailKind.HARD,
    "552": MailKind.FULL,
}


def why_failed(status: str, said: str) -> MailKind:
    """Return why a letter failed for good: `status` is the code of a report, '' for none, `said` the server's words."""
    words = simplified(said)
    codes = _ENHANCED.findall(f"{status} {said}")
    if FULL.search(words) and not any(subject == "7" for _class, subject, _detail in codes):
        return MailKind.FULL
    for level, subject, detail in codes:
        if (subject, detail) == ("2", "2"):
            return MailKind.FULL
        if level == "4" and detail != "0" and subject != "7":
            return MailKind.SOFT
        if level == "5" and (found := _MEANING.get(f"{subject}.{detail}")):
            return found
        if level == "5" and subject in ("6", "7"):
            unknown = HARD.search(words) and not POLICY.search(words)
            return MailKind.HARD if unknown else MailKind.POLICY
    for pattern, kind in (
        (CLOSED, MailKind.HARD),
        (POLICY, MailKind.POLICY),
        (HARD, MailKind.HARD),
        (SOFT, MailKind.SOFT),
    ):
        if pattern.search(words):
            return kind
    smtp = _SMTP.findall(said)
    passing = any(code[0] == "4" for code in smtp) if smtp else any(level == "4" for level, *_rest in codes)
    return MailKind.SOFT if passing else next((_BY_SMTP[code] for code in smtp if code in _BY_SMTP), MailKind.HARD)


def is_delay(said: str) -> bool:
    """Return whether a notice in free words says that the server is still trying."""
    final = any(code[0][0] == "5" for code in (*_ENHANCED.findall(said), *_SMTP.findall(said)))
    return not final and DELAY.search(simplified(said)) is not None


def is_full(said: str) -> bool:
    """Return whether a notice says that the mailbox is full."""
    code = ("2", "2") in ((subject, detail) for _level, subject, detail in _ENHANCED.findall(said))
    return code or FULL.search(simplified(said)) is not None


def names_failure(said: str) -> bool:
    """Return whether a text has a code or words of a failure, so that a mailer daemon is believed to report one."""
    words = simplified(said)
    told = any(pattern.search(words) for pattern in (FULL, POLICY, HARD, SOFT, DELAY))
    return told or bool(_ENHANCED.search(said) or _SMTP.search(said))
