"""Reads the mailbox to which letters come back, over IMAP; its functions run in a process of their own.

A mail may be malicious: only its beginning is read, and the process is ended if it takes too much time or memory.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from bot.config.installation import EmailSettings
from bot.platforms.email.received.authentication import authentication
from bot.platforms.email.received.classifying import Reading, read
from bot.platforms.email.received.mail import LONGEST, Mail

MOST, MOST_BYTES, MOST_SECONDS = 100, 24_000_000, 60.0
"""How many mails are read at a time, and after how many bytes or seconds the rest waits for the next time."""
_NEWEST, _BETWEEN = 20, 1.0
"""How many of the newest unread mails are searched for one mail, and after how many seconds again."""
_PATIENCE = 30.0
"""Seconds within which the server must answer each command."""


class MailboxAway(Exception):
    """The error that the mailbox cannot be read; its text says why, without any secret."""


def look(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Mark mails as read, then read the next mails. Raises MailboxAway if the mailbox cannot be read.

    `payload` has the `settings` of e-mail; the number of the `last` mail that was read; the `validity` of these
    numbers, which changes if the server numbers mails anew; the numbers of the mails to be marked as `seen`; and
    `first`, which is True until the first look is over, in which only unread mails are read. The result has the new
    values of `last`, `validity` and `first`; the `mails` by number (None for a mail that cannot be read); whether there
    are `more`; and how many earlier mails are still `unread`.
    """
    with _opened(payload["settings"]) as box:
        last, seen, first = payload["last"], payload["seen"], payload["first"]
        validity = int((box.response("UIDVALIDITY")[1] or [b""])[0] or 0)
        if validity != payload["validity"]:  # numbers of another mailbox mean nothing here
            last, seen, first = 0, (), True
        if seen:
            box.uid("STORE", ",".join(map(str, seen)), "+FLAGS.SILENT", r"(\Seen)")
        unread = _numbers(box, "UNSEEN")
        there = [number for number in _numbers(box, f"UID {last + 1}:*") if number > last]
        new = [number for number in there if not first or number in unread]
        mails, size, begun = dict[int, Reading | None](), 0, time.monotonic()
        for number in new[:MOST]:
            # a look must end in time, whatever somebody sends, or the next begins with the same mails
            if mails and (size > MOST_BYTES or time.monotonic() - begun >= MOST_SECONDS):
                break
            raw = _raw(box, number)
            mails[number], size = _read(raw), size + len(raw)
        more = len(new) > len(mails)
        return {
            "validity": validity,
            "last": max(mails) if more else max(there, default=last),
            "first": first and more,
            "more": more,
            "mails": mails,
            "unread": sum(number <= last for number in unread),
        }


def unread_in(settings: EmailSettings) -> int:
    """Return how many mails in the mailbox are unread, without changing anything.

    Raises MailboxAway if the mailbox cannot be read.
    """
    with _opened(settings, looking=True) as box:
        return len(_numbers(box, "UNSEEN"))


def find_mail(settings: EmailSettings, message_id: str, patience: float) -> Mapping[str, str] | None:
    """Wait until an unread mail with a Message-ID is in the mailbox, and mark it as read.

    Returns what the mailbox's server says about its sender (`authentication`); None if it does not arrive within
    `patience` seconds. Raises MailboxAway if the mailbox cannot be read.
    """
    until = time.monotonic() + patience
    with _opened(settings) as box:
        while True:
            for number in reversed(_numbers(box, "UNSEEN")[-_NEWEST:]):
                mail = Mail(_raw(box, number))
                if mail.head("Message-ID") == message_id:
                    box.uid("STORE", str(number), "+FLAGS.SILENT", r"(\Seen)")
                    return authentication(mail)
            if time.monotonic() >= until:
                return None
            time.sleep(_BETWEEN)
            box.noop()  # the server tells of new mails with its next answer


def _numbers(box: imaplib.IMAP4, which: str) -> Sequence[int]:
    found = box.uid("SEARCH", which)[1]
    return sorted(int(number) for line in found if line for number in line.split())


def _read(raw: bytes) -> Reading | None:
    """Return what a mail says; None if it cannot be read."""
    try:
        return read(raw)
    except Exception:  # noqa: BLE001 - whatever a strange mail makes a library raise: a human reads it
        return None


def _raw(box: imaplib.IMAP4, number: int) -> bytes:
    """Return the beginning of a mail, which is not marked as read by that."""
    parts = box.uid("FETCH", str(number), f"(BODY.PEEK[]<0.{LONGEST}>)")[1]
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")


@contextmanager
def _opened(settings: EmailSettings, *, looking: bool = False) -> Iterator[imaplib.IMAP4]:
    """Open the folder of the mailbox, encrypted and logged in, only to be `looking` at or to be changed."""
    host, port, security = settings.mailbox, settings.mailbox_port, settings.mailbox_security
    try:
        context = None if security == "none" else ssl.create_default_context()
        if security == "tls":
            box: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=_PATIENCE)
        else:
            box = imaplib.IMAP4(host, port or 143, timeout=_PATIENCE)
        try:
            if security == "starttls":
                box.starttls(context)
            try:
                box.login(*settings.mailbox_login)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                raise MailboxAway("the mailbox's server refuses user and password") from None
            folder = re.sub(r'(["\\])', r"\\\1", settings.mailbox_folder)
            if box.select(f'"{folder}"', looking)[0] != "OK":
                raise MailboxAway("the mailbox has no such folder")
            yield box
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                box.logout()
    except (imaplib.IMAP4.error, OSError, ValueError, EOFError) as error:
        certificate = isinstance(error, ssl.SSLCertVerificationError)
        why = "has no valid certificate" if certificate else "does not answer there as configured"
        raise MailboxAway(f"the mailbox's server {why}") from None
