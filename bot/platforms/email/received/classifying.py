"""Determines of what kind a mail is, and which letter it is about; only a letter's token proves the latter."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Reading:
    """What a received mail says; `judged` decides what it proves.

    Letters (the program's e-mails) are given by number and token: `came_to` are the letters in the address to which the
    mail came, and `names` the letters that it names elsewhere. `returns` has what the mail reports: pairs of addresses
    and what happened to a letter to them. `mentions` are other addresses in it. `sender` is its author's address,
    `words` are what the author wrote, without quotes, and `attachments` the names of its files. `said` is more than
    these words, to look for cries for help in it: the subject, what stands below a signature and, unless the mail
    answers a letter, below unmarked quotes, and its HTML beside plain text. `cut` is True if it may say more, which was
    not read. `junk` is True if a filter took it for spam, `doubtful` if the mailbox's server says that the author's
    domain did not send it (DMARC), or if it names several authors, of whom the server may have looked at another one.
    """

    kind: MailKind
    came_to: Sequence[tuple[int, str]] = field(default=(), repr=False)
    names: Sequence[tuple[int, str]] = field(default=(), repr=False)
    returns: Sequence[tuple[Sequence[str], MailKind]] = field(default=(), repr=False)
    mentions: Sequence[str] = field(default=(), repr=False)
    sender: str = field(default="", repr=False)
    words: str | None = field(default=None, repr=False)
    attachments: Sequence[str] = field(default=(), repr=False)
    said: Sequence[str] = field(default=(), repr=False)
    cut: bool = False
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
    envelope = mail.heads(*ENVELOPE)
    came_to = letters_named(envelope)
    subject, text = simplified(mail.head("Subject")), mail.text

    def returning(*returns: tuple[Sequence[str], MailKind], mentions: Sequence[str] = ()) -> Reading:
        said = (mail.head("Subject"), own_words(_own(text)))
        return Reading(
            returns[0][1], came_to, letters_named(mail.everything), returns, mentions, mail.sender[1], said=said
        )

    def being(kind: MailKind, words: str | None = None, attachments: Sequence[str] = ()) -> Reading:
        names = letters_named(mail.heads("In-Reply-To", "References"))
        junk = kind is MailKind.ANSWER and bool(re.search(r"(?im)^yes\b", mail.heads(*_FILTERS)))
        own_subject = () if begins(subject, "answer") else (mail.head("Subject"),)
        said = (*own_subject, signed_words(text, answers=bool(names)), own_words(mail.page))
        authors = {*addresses_in(mail.heads("From"))}
        doubtful = authentication(mail).get("dmarc") == "fail" or len(authors) > 1
        return Reading(kind, came_to, names, (), (), mail.sender[1], words, attachments, said, mail.cut, junk, doubtful)

    if mail.report == "feedback-report":
        told = re.findall(r"feedback-type:\s*(opt-out|auth-failure)\b", mail.everything.lower())
        kinds = {"opt-out": MailKind.UNSUBSCRIBE, "auth-failure": MailKind.NONE}
        return returning(((), kinds[told[0]] if told else MailKind.SPAM))
    if mail.report == "disposition-notification":
        return returning(((), MailKind.NONE))
    if mail.recipients or mail.report == "delivery-status":
        notice = _own(text)
        blocks = [_reported(block, notice) for block in mail.recipients or [{}]]
        return returning(*blocks, mentions=addresses_in(notice))
    asked_by_address = any(at.startswith(("unsubscribe", "unsub+")) for at in addresses_in(envelope))
    if _unsubscribes(subject) or (subject and asked_by_address):
        return being(MailKind.UNSUBSCRIBE, own_words(text))
    if not begins(subject, "away") and _is_notice(mail, subject, text):
        return returning(_noticed(mail, text))
    if begins(subject, "read"):
        return being(MailKind.NONE)
    words = own_words(text)
    if _is_automatic(mail, subject, words):
        return being(MailKind.AUTO)
    if _unsubscribes(simplified(words)):
        return being(MailKind.UNSUBSCRIBE)
    if not words and not mail.attachments:
        return being(MailKind.NONE)
    return being(MailKind.ANSWER, words, mail.attachments)


def _own(text: str) -> str:
    """Return what a notice says before the copy of the letter that it returns."""
    return PATTERNS["copy"].split(text, 1)[0]


def _reported(block: Mapping[str, str], notice: str) -> tuple[Sequence[str], MailKind]:
    """Return of which addresses a block of a delivery report says what; the notice above it may say more."""
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


def _is_notice(mail: Mail, subject: str, text: str) -> bool:
    """Return whether a mail is a server's notice in free words. What a person, or a robot for one, writes never is."""
    name, address = mail.sender
    daemon = says(address.partition("@")[0], "daemon") or says(simplified(name), "daemon")
    claims = says(subject, "returned") or bool(mail.head("X-Failed-Recipients"))
    if not daemon and not (claims and mail.head("Return-Path") == "<>"):
        return False
    return claims or _names_failure(f"{subject} {_own(text)}"[:4000])


def _noticed(mail: Mail, text: str) -> tuple[Sequence[str], MailKind]:
    """Return of which addresses a notice in free words says what; flufl.bounce knows the forms of many servers."""
    own = f"{mail.head('Subject')}\n{_own(text)}"
    failed: list[str] = []
    with suppress(Exception):  # whatever a strange mail makes a library raise, it is then read by words
        failed += [compared(at.decode("utf-8", "replace")) for each in all_failures(mail.message) for at in each]
    failed += [*addresses_in(mail.heads("X-Failed-Recipients")), *addresses_in(own)]
    final = any(code[0][0] == "5" for code in (*_ENHANCED.findall(own), *_SMTP.findall(own)))
    trying = not final and says(simplified(own), "delay")
    return failed, _waits(own) if trying else _why_failed("", own)


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
    if says(words, "full") and not any(subject == "7" for _class, subject, _detail in codes):
        return MailKind.FULL
    for level, subject, detail in codes:
        if (subject, detail) == ("2", "2"):
            return MailKind.FULL
        if level == "4" and detail != "0" and subject != "7":
            return MailKind.SOFT
        if level == "5" and (found := _MEANING.get(f"{subject}.{detail}")):
            return found
        if level == "5" and subject in ("6", "7"):
            return MailKind.HARD if says(words, "hard") and not says(words, "policy") else MailKind.POLICY
    for meaning, kind in _BY_WORDS.items():
        if says(words, meaning):
            return kind
    levels = [code[0] for code in _SMTP.findall(told)] or [code[0] for code in codes]
    return MailKind.SOFT if "4" in levels else MailKind.HARD


def _is_automatic(mail: Mail, subject: str, words: str) -> bool:
    opening, submitted = simplified(words[:600]), mail.head("Auto-Submitted").casefold()
    return bool(
        (submitted and not submitted.startswith("no"))
        or mail.heads(*_ROBOTS)
        or mail.head("Precedence").casefold() in ("auto_reply", "bulk", "junk", "list")
        or mail.head("Return-Path") == "<>"
        or begins(mail.sender[1], "no_reply")
        or begins(subject, "away", "ticket")
        or says(opening, "robot")
        or (says(opening, "absent") and says(opening, "instead") and "?" not in words)
    )


def _unsubscribes(asked: str) -> bool:
    """Return whether a simplified subject, or all that a mail says, asks for no more letters."""
    if len(asked) > 80:
        return False
    asked = PATTERNS["polite"].sub(" ", " ".join(re.sub(r"[^\w\s'-]", " ", asked).split()))
    return PATTERNS["unsubscribe"].fullmatch(" ".join(asked.split())) is not None
