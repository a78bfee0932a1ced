"""Sessions: what takes place, when, where and for whom; and how a newer programme differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Literal
from zoneinfo import ZoneInfo

from bot.content.names import fold
from bot.people.audiences import EVERYONE, Audience

Kind = Literal["plenary", "workshop", "meal", "visit", "evening", "other"]
KINDS: tuple[Kind, ...] = ("plenary", "workshop", "meal", "visit", "evening", "other")
Words = Mapping[str, str]
"""Words per locale; a locale that is not there reads the first."""
Field = Literal["title", "time", "place", "audience", "cancelled", "kind", "map", "zone"]

WITHOUT_END = timedelta(hours=1)
"""How long something without an end, like the first meeting of a group, counts as taking place."""
SESSION = "session"
"""The beginning of a session's subject for reminders (`session_subject`)."""
TOLD: frozenset[Field] = frozenset({"title", "time", "place", "audience", "cancelled"})
"""The fields whose change people must be told; a link, a kind or the name of a zone sends nobody elsewhere."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned session. `starts` and `ends` are UTC; `zone` is that of its venue; `key` its name in files."""

    key: str
    title: Words
    starts: datetime
    ends: datetime
    zone: str
    venue: Words = field(default_factory=dict)
    kind: Kind = "other"
    audience: Audience = EVERYONE
    map_url: str = ""
    cancelled: bool = False

    @property
    def over_at(self) -> datetime:
        """Return when it is over."""
        return self.ends if self.ends > self.starts else self.starts + WITHOUT_END


@dataclass(frozen=True, slots=True)
class Session:
    """A plan as the store holds it; `revision` counts its changes from 1."""

    id: int
    plan: Plan
    revision: int = 1


def local_day(plan: Plan, instant: datetime) -> date:
    """Return the day of an instant where the session takes place."""
    return instant.astimezone(ZoneInfo(plan.zone)).date()


def session_subject(session_id: int) -> str:
    """Return the subject of a session's reminders."""
    return f"{SESSION}:{session_id}"


@dataclass(frozen=True, slots=True)
class SessionChange:
    """A session before and after a change, and the fields in which they differ (at least one)."""

    before: Session
    after: Plan
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeDifference:
    """How a file's programme differs from the store's.

    `missing` are sessions to come that the file does not name any more; `still_cancelled` those it names though they
    were cancelled in chat, and which stay so: a cancelled session never comes back by itself.
    """

    new: tuple[Plan, ...] = ()
    changed: tuple[SessionChange, ...] = ()
    unchanged: int = 0
    missing: tuple[Session, ...] = ()
    still_cancelled: tuple[Session, ...] = ()


class ClockChange(Enum):
    """What a change of clocks does to a local time: it skips it, or makes it twice."""

    SKIPPED = "skipped"
    TWICE = "twice"


class BadTime(Exception):
    """A local time that the change of clocks skips, or makes twice."""

    def __init__(self, change: ClockChange) -> None:
        super().__init__(change.value)
        self.change = change


def resolve(local: datetime, zone: str) -> datetime:
    """Return the instant (UTC) of a local time in a zone. Raises BadTime if clocks skip it, or if it comes twice."""
    there = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(there).replace(tzinfo=None, fold=0) != local.replace(fold=0):
        raise BadTime(ClockChange.SKIPPED)
    if first != second:
        raise BadTime(ClockChange.TWICE)
    return first


def differences(before: Plan, after: Plan) -> tuple[Field, ...]:
    """Return the fields in which two plans differ. Titles and venues differ if any locale says something else."""
    unequal: Mapping[Field, bool] = {
        "title": _reads_otherwise(before.title, after.title),
        "time": (before.starts, before.ends) != (after.starts, after.ends),
        "place": _reads_otherwise(before.venue, after.venue),
        "audience": before.audience != after.audience,
        "cancelled": before.cancelled != after.cancelled,
        "kind": before.kind != after.kind,
        "map": before.map_url != after.map_url,
        "zone": before.zone != after.zone,
    }
    return tuple(name for name, differs in unequal.items() if differs)


def must_be_told(before: Plan, after: Plan, now: datetime) -> bool:
    """Return whether people must be told of a change: time, venue or title differ, and the session is not over."""
    if max(before.ends, after.ends) <= now or (before.cancelled and after.cancelled):
        return False
    changed = TOLD.intersection(differences(before, after))
    if changed == {"title"}:
        return any(fold(before.title[key]) != fold(after.title[key]) for key in before.title.keys() & after.title)
    return bool(changed)


def compare(listed: Iterable[Plan], stored: Iterable[Session], now: datetime) -> ProgrammeDifference:
    """Return what importing the plans `listed` would change in the sessions `stored`, matched by their keys."""
    known = {session.plan.key: session for session in stored}
    new: list[Plan] = []
    changed: list[SessionChange] = []
    still_cancelled: list[Session] = []
    named: set[str] = set()
    unchanged = 0
    for plan in listed:
        named.add(plan.key)
        session = known.get(plan.key)
        if session is None:
            new.append(plan)
            continue
        after = _over(session.plan, plan)
        if session.plan.cancelled and not plan.cancelled:
            still_cancelled.append(session)
        if after == session.plan:
            unchanged += 1
        else:
            changed.append(SessionChange(session, after, differences(session.plan, after)))
    missing = tuple(
        session
        for session in known.values()
        if session.plan.key not in named and not session.plan.cancelled and session.plan.ends > now
    )
    return ProgrammeDifference(tuple(new), tuple(changed), unchanged, missing, tuple(still_cancelled))


def _over(known: Plan, listed: Plan) -> Plan:
    """Return what a session becomes under a newer plan.

    Words in locales that the plan does not give stay where the given ones did not change. Where they did, the others
    go: who reads English must not be sent to last week's room.
    """
    return replace(
        listed,
        title=_words_over(known.title, listed.title),
        venue=_words_over(known.venue, listed.venue),
        cancelled=known.cancelled or listed.cancelled,
    )


def _words_over(known: Words, listed: Words) -> Words:
    if not listed or any(known.get(locale, words) != words for locale, words in listed.items()):
        return listed
    return {**known, **listed} if known.keys() & listed.keys() else listed


def _reads_otherwise(before: Words, after: Words) -> bool:
    common = before.keys() & after.keys()
    if before and after and not common:
        return True
    return bool(before) != bool(after) or any(before[locale] != after[locale] for locale in common)
