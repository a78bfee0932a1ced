"""What people read about announcements: the messages themselves, and the organisers' report.

A copy is the message to one recipient. A campaign is an announcement with a link, a deadline and reminders.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.content.actions import Action
from bot.content.features import platforms
from bot.content.i18n import LOCALES
from bot.content.reasons import Reason
from bot.content.texts import (
    Countdown,
    Listing,
    Localised,
    Moment,
    Reader,
    Span,
    Strong,
    Text,
    _,
    _n,
    plain,
    source_name,
)
from bot.content.views import Button, Share, View, encode_view
from bot.database.engine import Transaction
from bot.people.naming import platform_name
from handlers.announcements.store import changes, contents
from handlers.announcements.store.contents import ELSE, CopiedContent, Lines
from handlers.announcements.store.reports import CopyCount
from handlers.announcements.store.slices import Copies


class Seen(Action, code="av"):
    """The button with which a reader confirms that they have seen the announcement with this id."""

    announcement: int


class ReadAnnouncement(Action, code="ar"):
    """The button that shows an announcement to a reader, for instance one sent before the reader joined."""

    announcement: int


WITHDRAWN = _("The team withdrew this announcement.")
"""The text that readers see in place of an announcement that organisers withdrew."""
ON_LOCK_SCREEN = _("An announcement for you is on your page.")
"""What a locked phone shows of an announcement on somebody's personal page."""


def draw(content: CopiedContent, locale: str, *, seen: bool = False) -> View:
    """Return the message of an announcement or campaign for readers with this locale.

    With `seen`, the reader has already pressed the button that confirms it («Seen», or done), and does not get it
    again.
    """
    lines = _said(content, locale)
    if content.kind != "announcement":
        return draw_campaign(content, lines, done=seen)
    link = (Button(content.link.label, url=content.link.url),) if content.link else ()
    asks = content.asks_seen and not seen
    return View(
        lines,
        # L10N: a button below an announcement: the reader has seen it
        (*link, *((Button(_("Seen"), Seen(content.announcement_id), style="primary"),) if asks else ())),
        attachments=content.attachments,
    )


def digest(content: CopiedContent, locale: str) -> str:
    """Return a digest of the message that readers with this locale get; an unchanged message need not be edited.

    The digest leaves out the time of the correction, and whether the reader pressed «Seen»: these alone are no reason
    to edit a message.
    """
    view = draw(replace(content, corrected=None), locale, seen=True)
    said = json.dumps([locale, content.kind, encode_view(replace(view, attachments=()))], ensure_ascii=False)
    sha256 = hashlib.sha256(said.encode())
    for attachment in view.attachments:
        sha256.update(
            json.dumps([type(attachment).__name__, source_name(attachment.name), len(attachment.content)]).encode()
        )
        sha256.update(attachment.content)
    return sha256.hexdigest()[:32]


async def catch_up(tx: Transaction, copies: Copies, now: datetime) -> int:
    """Enqueue edits of the messages in `copies` that show outdated words. Returns how many messages will be edited.

    A message whose language has the same words as before is not edited.
    """
    if not await changes.any_behind(tx, copies):
        return 0
    content = await contents.find_content(tx, copies.announcement_id)
    assert content is not None
    return await changes.correct_copies(tx, copies, now, showing=[digest(content, locale) for locale in LOCALES])


def _said(content: CopiedContent, locale: str) -> Lines:
    """Return the lines of a copy: «From the team», the words, and when they were corrected, if ever."""
    corrected = (_("Corrected {moment}.", moment=Moment(content.corrected)),) if content.corrected else ()
    return (Strong(FROM_TEAM), *content.lines(locale), *corrected)


# --- A copy of a campaign, as one reader gets it: the words, how long there is left, what to press, or that it is
#     over.


class DidIt(Action, code="kpd"):
    """The button with which a reader confirms that they have done what a campaign asks.

    `reminded` says whether the button is below a reminder, or else below the campaign's first message.
    """

    campaign: int
    reminded: bool


class PassOn(Action, code="kpp"):
    """The button that shows the words and the address of a campaign, to be copied and sent on to others."""

    campaign: int


def draw_campaign(content: CopiedContent, lines: Lines, *, done: bool = False) -> View:
    """Return the message of a campaign: `lines`, then the time left until its deadline, or that the campaign is over.

    With `done`, the reader has confirmed that they did what the campaign asks, and gets no button for that.
    """
    apart = ("",) if lines else ()
    if content.kind == "ended campaign" or content.deadline is None:
        return View((*lines, *apart, Strong(OVER)), attachments=content.attachments)
    left = (Strong(Countdown(content.deadline)), _("Until {deadline}.", deadline=Moment(content.deadline)))
    return View((*lines, *apart, *left), buttons(content, done=done), attachments=content.attachments)


def remind(content: CopiedContent) -> View:
    """Return the reminder of a campaign: the first line of its words, and the time left until its deadline."""
    assert content.deadline is not None
    left = (Strong(Countdown(content.deadline)), _("Until {deadline}.", deadline=Moment(content.deadline)))
    return View((gist(content), *left), buttons(content, reminded=True))


def end(reminder: View) -> View:
    """Return the message that replaces a campaign's `reminder` after the deadline."""
    return replace(reminder, lines=(reminder.lines[0], Strong(OVER)), buttons=(), choice=None)


def buttons(content: CopiedContent, *, done: bool = False, reminded: bool = False) -> tuple[Button, ...]:
    """Return the buttons of a campaign's message: to its link, to pass it on, and to confirm that it is done.

    With `done`, the reader has confirmed, and the last button is left out. With `reminded`, the message is a reminder.
    """
    found: list[Button] = []
    if content.link:
        share = Share(gist(content), content.link.url)
        found += [
            Button(content.link.label, url=content.link.url),
            Button(_("Pass it on"), PassOn(content.announcement_id), share=share),
        ]
    if not done:
        found.append(Button(_("It is done"), DidIt(content.announcement_id, reminded)))
    return tuple(found)


def gist(content: CopiedContent) -> Span:
    """Return the first line of a campaign's words, in every language in which it was written."""
    found = {locale: _first_line(content, locale) for locale in content.words}
    first = found.get(ELSE) or next(iter(found.values()), "")
    return Localised({ELSE: first, **{locale: line for locale, line in found.items() if locale and line}})


def _first_line(content: CopiedContent, locale: str) -> str:
    reader = Reader(locale or "fr", "UTC")
    return next((said for line in content.words[locale] if (said := plain(line, reader).strip())), "")


OVER = _("It is over. Thank you for your help!")
"""The line in a campaign's messages once its deadline has passed."""


# --- How a long announcement arrives: the messages each platform splits it into, never cut. Lengths as each counts
#     them.


FROM_TEAM = _("From the team")
"""The first line of every announcement, which distinguishes it from other messages of the bot."""


def parts(lines: Sequence[Span], reader: Reader) -> Mapping[str, Sequence[str]]:
    """Return how platforms split a text that is too long for one message: the messages, by the platform's name.

    Platforms on which the text fits into one message are left out.
    """
    text = f"{plain(FROM_TEAM, reader)} " + "\n".join(plain(line, reader) for line in lines)
    found = {}
    limits = [(features.longest_text, features) for features in platforms().values() if features.longest_text]
    for most, features in sorted(limits, key=lambda limit: -limit[0]):
        pieces = _split(text, most, features.text_length)
        if len(pieces) > 1:
            found[features.name] = pieces
    return found


def _split(text: str, most: int, length: Callable[[str], int]) -> list[str]:
    pieces: list[str] = []
    rest = text
    while length(rest) > most:
        fits = _fitting(rest, most, length)
        cut = rest.rfind("\n", 1, fits) + 1 or rest.rfind(" ", 1, fits) + 1 or fits
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip("\n")
    return [*pieces, rest]


def _fitting(text: str, most: int, length: Callable[[str], int]) -> int:
    """Return how many characters from the start of `text` fit into `most`, as the platform counts with `length`."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if length(text[:middle]) <= most:
            low = middle
        else:
            high = middle - 1
    return low


# --- How far an announcement has come: by platform, how its copies ended, and why some did not arrive.


Became = Literal["arrived", "waiting", "unreachable", "failed", "cancelled", "withdrawn", "kept", "stale", "leaving"]
"""The outcome of a copy, the message to one recipient.

«stale»: it still shows the words before a correction; «leaving»: it is being deleted; «kept»: the platform does not
allow deleting it.
"""

_BAR = 12
_REASONS: Mapping[Reason, Text] = {
    Reason.NIGHT: _("it is night there"),
    Reason.ENOUGH: _("they have had two messages today"),
    Reason.NO_OPT_IN: _("they want no private messages"),
    Reason.STOPPED: _("they stopped all messages"),
    Reason.CANCELLED: _("it was cancelled first"),
    Reason.ROLE_TAKEN: _("it is no longer for them"),
    Reason.BLOCKED: _("they blocked the bot"),
    Reason.CLOSED: _("their private messages are closed"),
    Reason.NO_SERVER_IN_COMMON: _("they left the Discord server"),
    Reason.ACCOUNT_GONE: _("their account no longer exists"),
    Reason.ACCOUNT_CHANGED_HANDS: _("the account is somebody else's now"),
    Reason.ADDRESS_UNKNOWN: _("the address does not exist"),
    Reason.ADDRESS_UNUSABLE: _("the address cannot be used"),
    Reason.MAILBOX_FULL: _("their mailbox is full"),
    Reason.LATE: _("their mail server does not take it yet"),
    Reason.OUT_OF_REACH: _("their account cannot be written to"),
    Reason.CHANNEL_GONE: _("the channel no longer exists"),
    Reason.FORBIDDEN: _("the bot lacks a permission there"),
    Reason.TOO_MANY: _("the platform asks the bot to slow down"),
    Reason.NO_ANSWER: _("the platform does not answer"),
    Reason.REFUSED: _("the platform refused it"),
    Reason.CANNOT_BE_DELETED: _("the platform no longer allows it: it says there that it was withdrawn"),
    Reason.DEFECT: _("something failed on our side"),
}
"""The reasons why a message waits or did not arrive, in words that follow «because»."""

STATES: Mapping[Became, Text] = {
    # L10N: how sending a copy of an announcement ended, in a table
    "arrived": _("sent"),
    # L10N: how sending a copy of an announcement ended, in a table
    "waiting": _("waiting"),
    "unreachable": _("not reached"),
    # L10N: how sending a copy of an announcement ended, in a table
    "failed": _("refused"),
    # L10N: how sending a copy of an announcement ended, in a table
    "cancelled": _("cancelled"),
    # L10N: how sending a copy of an announcement ended, in a table
    "withdrawn": _("deleted"),
    "kept": _("cannot be deleted"),
    "stale": _("to be corrected"),
    "leaving": _("to be deleted"),
}
"""The outcomes of copies (messages to one recipient) in words, for a column of a table."""


def what_became(state: str, op: str) -> Became:
    """Return the outcome of a copy (a message to one recipient), from the `state` and the `op` of its delivery.

    `op` is the operation that was requested last: «send», «edit» or «delete».
    """
    if op == "send":
        known: Mapping[str, Became] = {
            "sent": "arrived", "failed": "failed", "unreachable": "unreachable", "dropped": "unreachable",
            "cancelled": "cancelled", "withdrawn": "withdrawn",
        }  # fmt: skip
        return known.get(state, "waiting")
    if op == "edit":
        return "arrived" if state == "sent" else "withdrawn" if state == "withdrawn" else "stale"
    return "withdrawn" if state == "withdrawn" else "leaving" if state in ("waiting", "sending") else "kept"


def reason(stored: str) -> Text:
    """Return a stored reason why a message waits or did not arrive, as words that can follow «because».

    Earlier versions stored reasons in the words of the platforms; for these, return «the platform refused it».
    """
    return _REASONS[Reason(stored) if stored in set(Reason) else Reason.REFUSED]


def progress_line(tally: Sequence[CopyCount], seen: int | None = None) -> Text:
    """Return the line that says how many of all copies (messages to one recipient) have arrived, with a bar.

    `tally` holds counts of the announcement's copies. `seen` is how many readers confirmed that they saw the
    announcement; None if readers are not asked.
    """
    counted = _counted(tally)
    arrived = counted["arrived"] + counted["stale"]
    all_ = arrived + counted["waiting"]
    filled = _BAR * arrived // all_ if all_ else _BAR
    bar = "▓" * filled + "░" * (_BAR - filled)
    if seen is None:
        return _n("{bar} {arrived} of {count} sent", "{bar} {arrived} of {count} sent", all_, bar=bar, arrived=arrived)
    return _n(
        "{bar} {arrived} of {count} sent, {seen} seen",
        "{bar} {arrived} of {count} sent, {seen} seen",
        all_,
        bar=bar,
        arrived=arrived,
        seen=seen,
    )


def lines_by_platform(tally: Sequence[CopyCount]) -> list[Span]:
    """Return a line for each platform with its copies (messages to one recipient), counted by outcome."""
    lines: list[Span] = []
    for platform in sorted({copies.platform for copies in tally}):
        counted = _counted([copies for copies in tally if copies.platform == platform])
        words = tuple(_said_of_copies(copies, counted[copies]) for copies in _ORDER if counted[copies])
        lines.append(_("{platform}: {counts}", platform=platform_name(platform), counts=Listing(words)))
    if rung := sum(copies.rung for copies in tally):
        # L10N: in the report of an announcement: of how many copies a phone or computer showed a notification
        lines.append(_n("{count} person was notified on a device.", "{count} people were notified on a device.", rung))
    return lines


def lines_by_reason(tally: Sequence[CopyCount]) -> list[Span]:
    """Return a line for each reason why messages wait or did not arrive.

    Further lines say when the next messages are sent, and how many may have arrived twice.
    """
    lines: list[Span] = []
    reasons = Counter[str]()
    for copies in tally:
        if copies.reason and what_became(copies.state, copies.op) != "arrived":
            reasons[copies.reason] += copies.copies
    for word, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        lines.append(_("{count} because {reason}", count=count, reason=reason(word)))
    waits = [
        copies.due for copies in tally if copies.due is not None and copies.reason in (Reason.NIGHT, Reason.ENOUGH)
    ]
    if waits:
        lines.append(_("The next ones leave {moment}.", moment=Moment(min(waits))))
    if doubtful := sum(copies.doubtful for copies in tally):
        lines.append(
            _n("{count} message may have arrived twice.", "{count} messages may have arrived twice.", doubtful)
        )
    return lines


def count_waiting(tally: Sequence[CopyCount]) -> int:
    """Return how many copies (messages to one recipient) are still to be sent."""
    return _counted(tally)["waiting"]


def count_failed(tally: Sequence[CopyCount], *, over: bool = False) -> int:
    """Return how many copies (messages to one recipient) can be tried again, because they failed or did not arrive.

    `tally` holds counts of the announcement's copies. With `over`, the announcement is no longer sent, and only failed
    edits and deletions count.
    """
    return sum(
        copies.copies
        for copies in tally
        if copies.state in ("failed", "unreachable") and (copies.op != "send" or not over)
    )


def count_there(tally: Sequence[CopyCount]) -> int:
    """Return how many copies (messages to one recipient) have arrived and are neither deleted nor being deleted."""
    counted = _counted(tally)
    return counted["arrived"] + counted["stale"] + counted["kept"]


_ORDER: tuple[Became, ...] = (
    "arrived", "stale", "waiting", "unreachable", "failed", "cancelled", "leaving", "withdrawn", "kept",
)  # fmt: skip


def _counted(tally: Sequence[CopyCount]) -> Counter[Became]:
    counted: Counter[Became] = Counter()
    for copies in tally:
        counted[what_became(copies.state, copies.op)] += copies.copies
    return counted


def _said_of_copies(became_: Became, count: int) -> Text:
    match became_:
        case "arrived":
            return _n("{count} sent", "{count} sent", count)
        case "waiting":
            return _n("{count} waiting", "{count} waiting", count)
        case "unreachable":
            return _n("{count} not reached", "{count} not reached", count)
        case "failed":
            return _n("{count} refused", "{count} refused", count)
        case "cancelled":
            return _n("{count} cancelled", "{count} cancelled", count)
        case "withdrawn":
            return _n("{count} deleted", "{count} deleted", count)
        case "kept":
            return _n("{count} cannot be deleted", "{count} cannot be deleted", count)
        case "stale":
            return _n("{count} to be corrected", "{count} to be corrected", count)
        case "leaving":
            return _n("{count} to be deleted", "{count} to be deleted", count)
