"""How far an announcement has come: by platform, what became of its copies, and why some did not arrive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from bot.content.reasons import Reason
from bot.content.texts import Listing, Moment, Span, Text, _, _n
from bot.people.naming import platform_name
from handlers.announcements.copy_store import Count

Became = Literal["arrived", "waiting", "unreachable", "failed", "cancelled", "withdrawn", "kept", "stale", "leaving"]
"""What became of a copy; `stale`: it still shows the words before a correction; `leaving`: it is being taken back."""

_BAR = 12
_REASONS: Mapping[Reason, Text] = {
    Reason.NIGHT: _("it is night there"),
    Reason.ENOUGH: _("they had two messages today"),
    Reason.NO_OPT_IN: _("they want none in private"),
    Reason.STOPPED: _("they stopped all messages"),
    Reason.CANCELLED: _("it was cancelled first"),
    Reason.ROLE_TAKEN: _("they are no longer among those it is for"),
    Reason.BLOCKED: _("they blocked the bot"),
    Reason.CLOSED: _("their private messages are closed"),
    Reason.NO_SERVER_IN_COMMON: _("they left the Discord server"),
    Reason.ACCOUNT_GONE: _("their account no longer exists"),
    Reason.ACCOUNT_CHANGED_HANDS: _("the account is somebody else's now"),
    Reason.OUT_OF_REACH: _("their account cannot be written to"),
    Reason.CHANNEL_GONE: _("the channel no longer exists"),
    Reason.FORBIDDEN: _("the bot lacks a permission there"),
    Reason.TOO_MANY: _("the platform asks the bot to slow down"),
    Reason.NO_ANSWER: _("the platform does not answer"),
    Reason.REFUSED: _("the platform refused it"),
    Reason.CANNOT_BE_DELETED: _("the platform no longer allows it: they say that it was withdrawn"),
    Reason.DEFECT: _("something failed on our side"),
}
"""What follows «because»."""

STATES: Mapping[Became, Text] = {
    "arrived": _("sent"),
    "waiting": _("waiting"),
    "unreachable": _("not reached"),
    "failed": _("refused"),
    "cancelled": _("cancelled"),
    "withdrawn": _("deleted"),
    "kept": _("cannot be deleted"),
    "stale": _("to be corrected"),
    "leaving": _("to be deleted"),
}
"""What is said of a single copy, in a table."""


def became(state: str, op: str) -> Became:
    """What became of a copy in a state, of which `op` was asked last."""
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
    """Why, in words that follow «because». Rows of earlier versions hold a platform's own, which nobody is shown."""
    return _REASONS[Reason(stored) if stored in set(Reason) else Reason.REFUSED]


def progress(tally: Sequence[Count], seen: int | None = None) -> Text:
    """How many have arrived of all that are to, as a bar and in words; how many people have `seen` it, where asked."""
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


def by_platform(tally: Sequence[Count]) -> list[Span]:
    """A line for each platform: what became of its copies."""
    lines: list[Span] = []
    for platform in sorted({each.platform for each in tally}):
        counted = _counted([each for each in tally if each.platform == platform])
        words = tuple(_said(each, counted[each]) for each in _ORDER if counted[each])
        lines.append(_("{platform}: {counts}", platform=platform_name(platform), counts=Listing(words)))
    return lines


def by_reason(tally: Sequence[Count]) -> list[Span]:
    """A line for each reason that something did not arrive, or waits; when what waits is tried next."""
    lines: list[Span] = []
    reasons = Counter[str]()
    for each in tally:
        if each.reason and became(each.state, each.op) != "arrived":
            reasons[each.reason] += each.copies
    for word, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        lines.append(_("{count} because {reason}", count=count, reason=reason(word)))
    waits = [each.due for each in tally if each.due is not None and each.reason in (Reason.NIGHT, Reason.ENOUGH)]
    if waits:
        lines.append(_("The next of these leave {moment}.", moment=Moment(min(waits))))
    if doubtful := sum(each.doubtful for each in tally):
        lines.append(_n("{count} copy may have arrived twice.", "{count} copies may have arrived twice.", doubtful))
    return lines


def waits(tally: Sequence[Count]) -> int:
    """How many copies have not left."""
    return _counted(tally)["waiting"]


def failed(tally: Sequence[Count], *, over: bool = False) -> int:
    """How many can be tried again: not corrected or taken back, and, where it is not `over`, those not reached."""
    return sum(
        each.copies for each in tally if each.state in ("failed", "unreachable") and (each.op != "send" or not over)
    )


def there(tally: Sequence[Count]) -> int:
    """How many copies are with people."""
    counted = _counted(tally)
    return counted["arrived"] + counted["stale"] + counted["kept"]


_ORDER: tuple[Became, ...] = (
    "arrived", "stale", "waiting", "unreachable", "failed", "cancelled", "leaving", "withdrawn", "kept",
)  # fmt: skip


def _counted(tally: Sequence[Count]) -> Counter[Became]:
    counted: Counter[Became] = Counter()
    for each in tally:
        counted[became(each.state, each.op)] += each.copies
    return counted


def _said(became_: Became, count: int) -> Text:
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
