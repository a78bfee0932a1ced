"""Determines of what kind a mail is, and which letter it is about; only a letter's token proves the latter."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from flufl.bounce import all_failures

from bot.delivery.returned_letters import MailKind
from bot.platforms.email.received.answers import own_words, signed_words
from bot.platforms.email.received.authentication import authentication
from bot.platforms.email.received.mail import ENVELOPE, Mail, addresses_in, compared, letters_named
from bot.platforms.email.received.words import PATTERNS, TABLES, begins, listed, says, simplified

logging.getLogger("flufl.bounce").disabled = True  # what it logs of an error may quote the mail

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_SMTP = re.compile(r"(?<![\d.,:/])(4[2-5]\d|5[0-57]\d)(?=[ -]|$)")
_ROBOTS, _FILTERS = (listed(TABLES["heads"])[key] for key in ("robot", "filter"))
_BY_WORDS = {"closed": MailKind.HARD, **{kind: MailKind(kind) for kind in ("policy", "hard", "soft")}}
_MEANING = {code: MailKind(kind) for kind, codes in listed(TABLES["status"]).items() for code in codes}
_TELLING, _RECIPIENTS = 4000, 50
"""How many letters of a notice tell why a letter failed, and of how many recipients a report is read."""
Return = tuple[Sequence[str], MailKind]
"""What a mail reports of a letter: addresses to which it went, and what happened to it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a received mail says; `judged` decides what it proves.

    Letters (the program's e-mails) are given by number and token: `came_to` are the letters in the address to which the
    mail came, and `names` the letters that it names elsewhere. `returns` has what the mail reports: pairs of addresses
    and what happened to a letter to them. `mentions` are other addresses in it. `sender` is its author's address,
    `words` are what the author wrote, without quotes, and `attachments` the names of its files. `said` is more than
    these words, to look for cries for help in it: the subject, what stands below a signature and, unless the mail
    answers a letter, below unmarked quotes, and its HTML beside plain text. `cut` is True if it may say more, which was
    not read, `guessed` if only its words say that a robot wrote it. `junk` is True if a filter took it for spam,
    `doubtful` if the mailbox's server says that the author's domain did not send it (DMARC), or if it names several
    authors, of whom the server may have looked at another one.
    """

    kind: MailKind
    came_to: Sequence[tuple[int, str]] = field(default=(), repr=False)
    names: Sequence[tuple[int, str]] = field(default=(), repr=False)
    returns: Sequence[Return] = field(default=(), repr=False)
    mentions: Sequence[str] = field(default=(), repr=False)
    sender: str = field(default="", repr=False)
    words: str | None = field(default=None, repr=False)
    attachments: Sequence[str] = field(default=(), repr=False)
    said: Sequence[str] = field(default=(), repr=False)
    cut: bool = False
    guessed: bool = False
    junk: bool = False
    doubtful: bool = False


def judged(mail: Reading, sent: Mapping[tuple[int, str], str], known: Collection[str]) -> tuple[MailKind, int | None]:
    """Return what kind of mail this is, and the number of the letter that it is proven to be about; None if none is.

    `sent` has the addresses of letters that the mail names, by their number and token. `known` are the addresses in the
    mail to which some letter of the program goes. A mail that returns a letter is believed if it has the letter's
    number and token and is about the letter's address. Only who got a letter ends such letters by mail. A return
    may say that another address failed, because a mailbox forwards. Then it must mention the letter's address too, or
    it must have come to the address that only the letter's envelope has, and the failed address must not be known. Any
    other mail that claims to return a letter is FORGED.
    """
    letter = next((letter for letter in (*mail.came_to, *mail.names) if letter in sent), None)
    about = None if letter is None else letter[0]
    if mail.kind is MailKind.UNSUBSCRIBE and letter not in mail.came_to and not mail.returns:
        owned = letter is not None and not mail.doubtful and compared(sent[letter]) == compared(mail.sender)
        return mail.kind, about if owned else None
    if not mail.returns:
        return (MailKind.SPAM if mail.junk and about is None else mail.kind), about
    mine = "" if letter is None else compared(sent[letter])
    kind = next((kind for addresses, kind in mail.returns if mine in addresses), mail.returns[0][1])
    if kind is MailKind.NONE:
        return kind, about
    if about is None or not all(letter in sent for letter in mail.came_to):
        return MailKind.FORGED, None
    failed = {address for addresses, _kind in mail.returns for address in addresses}
    elsewhere = failed and mine not in failed and mine not in mail.mentions
    if elsewhere and not (mail.came_to and failed.isdisjoint(known)):
        return MailKind.FORGED, None
    return kind, about


def read(raw: bytes) -> Reading:
    """Return what a received mail says; `raw` are its bytes, however malformed."""
    mail = Mail(raw)
    returns = next((returns for report in _REPORTS if (returns := report(mail))), ())
    kind = returns[0][1] if returns else next((kind for kind, holds in _KINDS if holds(mail)), MailKind.ANSWER)
    names = letters_named(mail.everything if returns else mail.heads("In-Reply-To", "References"))
    own_subject = () if begins(mail.subject, "answer") else (mail.head("Subject"),)
    said = signed_words(mail.text, answers=bool(names)), own_words(mail.page)
    return Reading(
        kind,
        came_to=mail.came_to,
        names=names,
        returns=returns,
        mentions=addresses_in(mail.notice) if returns else (),
        sender=mail.sender[1],
        words=mail.words if kind in (MailKind.ANSWER, MailKind.UNSUBSCRIBE) and not returns else None,
        attachments=mail.attachments if kind is MailKind.ANSWER else (),
        said=(mail.head("Subject"), own_words(mail.notice)) if returns else (*own_subject, *said),
        cut=mail.cut,
        guessed=kind is MailKind.AUTO and not _is_automatic(mail),
        junk=kind is MailKind.ANSWER and bool(re.search(r"(?im)^yes\b", mail.heads(*_FILTERS))),
        doubtful=authentication(mail).get("dmarc") == "fail" or len({*addresses_in(mail.heads("From"))}) > 1,
    )


def _reader_report(mail: Mail) -> Sequence[Return]:
    """Return what a reader did: complained of a letter or ended such (RFC 5965), or opened it, which means nothing."""
    if mail.report == "disposition-notification":
        return [((), MailKind.NONE)]
    if mail.report != "feedback-report":
        return ()
    told = re.findall(r"feedback-type:\s*(opt-out|auth-failure)\b", mail.everything.lower())
    kinds = {"opt-out": MailKind.UNSUBSCRIBE, "auth-failure": MailKind.NONE}
    return [((), kinds[told[0]] if told else MailKind.SPAM)]


def _delivery_report(mail: Mail) -> Sequence[Return]:
    """Return what a delivery report says of each recipient (RFC 3464); the notice above it may say more."""
    if not mail.recipients and mail.report != "delivery-status":
        return ()
    return [_reported(block, mail.notice[:_TELLING]) for block in mail.recipients[:_RECIPIENTS] or [{}]]


def _reported(block: Mapping[str, str], notice: str) -> Return:
    named = (block.get(name, "") for name in ("original-recipient", "final-recipient", "x-actual-recipient"))
    addresses = [compared(value.rpartition(";")[2].strip("<> ")) for value in named if "@" in value]
    action = next(iter(block.get("action", "").casefold().split()), "failed")
    status, diagnosis = block.get("status", ""), block.get("diagnostic-code", "")
    if action in ("delivered", "relayed", "expanded"):
        return addresses, MailKind.NONE
    if action == "delayed":
        return addresses, _waits(f"{status} {diagnosis}")
    telling = diagnosis if _names_failure(diagnosis) else f"{diagnosis} {notice}"
    return addresses, _why_failed(status, telling)


def _free_notice(mail: Mail) -> Sequence[Return]:
    """Return what a server says in free words; flufl.bounce knows the forms of many. Nobody else writes such a mail."""
    own, (name, address) = f"{mail.head('Subject')}\n{mail.notice}", mail.sender
    senders = address.partition("@")[0], simplified(name)
    claims = says(mail.subject, "returned") or bool(mail.head("X-Failed-Recipients"))
    # In a language without a table, what a mailer sends to the address of one letter's envelope is about that letter.
    claims = claims or (any(says(each, "mailer") for each in senders) and bool(mail.came_to))
    daemon = any(says(each, "daemon") for each in senders) or (claims and mail.head("Return-Path") == "<>")
    if begins(mail.subject, "away") or not daemon or not (claims or _names_failure(own[:_TELLING])):
        return ()
    failed: list[str] = []
    with suppress(Exception):  # whatever a strange mail makes a library raise, it is then read by words
        failed += [compared(at.decode("utf-8", "replace")) for each in all_failures(mail.message) for at in each]
    failed += [*addresses_in(mail.heads("X-Failed-Recipients")), *addresses_in(own)]
    final = any(code[0][0] == "5" for code in (*_ENHANCED.findall(own), *_SMTP.findall(own)))
    trying = not final and says(simplified(own), "delay")
    return [(failed, _waits(own) if trying else _why_failed("", own))]


_REPORTS: Sequence[Callable[[Mail], Sequence[Return]]] = (_reader_report, _delivery_report, _free_notice)
"""What finds what a mail reports of letters, in the order in which it is asked.

Reports in a standard form come first, because they are certain, and a notice in free words last. All of them come
before `_KINDS`, because servers, which send them, also say that they are robots.
"""


def _waits(told: str) -> MailKind:
    code = any(found[1:] == ("2", "2") for found in _ENHANCED.findall(told))
    return MailKind.FULL if code or says(simplified(told), "full") else MailKind.DELAY


def _names_failure(told: str) -> bool:
    """Return whether a text has a code or words of a failure, so that a mailer daemon is believed to report one."""
    return says(simplified(told), "full", "policy", "hard", "soft", "delay") or bool(
        _ENHANCED.search(told) or _SMTP.search(told)
    )


def _why_failed(status: str, told: str) -> MailKind:
    """Return why a letter failed for good: `status` is the code of a report, '' for none, `told` the server's words."""
    words = simplified(told)
    codes = _ENHANCED.findall(f"{status} {told}")
    if says(words, "full") or any((subject, detail) == ("2", "2") for _level, subject, detail in codes):
        return MailKind.FULL
    for level, subject, detail in codes:
        if level == "4" and detail != "0" and subject != "7":
            return MailKind.SOFT
        if level == "5" and (found := _MEANING.get(f"{subject}.{detail}")):
            return found
        if level == "5" and subject in ("6", "7"):
            return MailKind.HARD if says(words, "hard") and not says(words, "policy") else MailKind.POLICY
    levels = {code[0] for code in _SMTP.findall(told)} or {level for level, _subject, _detail in codes}
    for meaning, kind in _BY_WORDS.items():
        if says(words, meaning) and not (kind is MailKind.HARD and levels == {"4"}):
            return kind
    return MailKind.SOFT if "4" in levels else MailKind.HARD


def _ends_by_head(mail: Mail) -> bool:
    """Return whether a mail asks for no more letters by its subject, or by the address that it was sent to."""
    asked = any(at.startswith(("unsubscribe", "unsub+")) for at in addresses_in(mail.heads(*ENVELOPE)))
    return asked or _unsubscribes(mail.subject)


def _is_automatic(mail: Mail) -> bool:
    submitted = mail.head("Auto-Submitted").casefold()
    return bool(
        (submitted and not submitted.startswith("no"))
        or mail.heads(*_ROBOTS)
        or mail.head("Precedence").casefold() in ("auto_reply", "bulk", "junk", "list")
        or mail.head("Return-Path") == "<>"
        or begins(mail.sender[1], "no_reply")
        or begins(mail.subject, "away", "ticket")
    )


def _sounds_automatic(mail: Mail) -> bool:
    """Return whether a mail reads like a robot's, which nothing but its words says: a person may have written it."""
    opening = simplified(mail.words[:600])
    return says(opening, "robot") or (says(opening, "absent") and says(opening, "instead") and "?" not in mail.words)


def _unsubscribes(asked: str) -> bool:
    """Return whether a simplified subject, or all that a mail says, asks for no more letters."""
    if len(asked) > 80:
        return False
    asked = PATTERNS["polite"].sub(" ", " ".join(re.sub(r"[^\w\s'-]", " ", asked).split()))
    return PATTERNS["unsubscribe"].fullmatch(" ".join(asked.split())) is not None


_KINDS: Sequence[tuple[MailKind, Callable[[Mail], bool]]] = (
    # Mail programs ask this for their users, and may say that they are robots.
    (MailKind.UNSUBSCRIBE, _ends_by_head),
    (MailKind.NONE, lambda mail: begins(mail.subject, "read")),
    (MailKind.AUTO, _is_automatic),
    (MailKind.AUTO, _sounds_automatic),
    # In their words only people ask it: a robot's may be about letters of its own.
    (MailKind.UNSUBSCRIBE, lambda mail: _unsubscribes(simplified(mail.words))),
    (MailKind.NONE, lambda mail: not mail.words and not mail.attachments),
)
"""The kinds of mails that report nothing of letters, in the order in which they are asked, and what tells each kind.

A mail that is of none of them is an answer.
"""
