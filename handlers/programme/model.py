"""Sessions: what takes place, when, where and for whom; and the difference between two programmes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from bot.content.names import fold, search_key, words
from bot.people.audiences import EVERYONE, Audience

Kind = Literal["plenary", "workshop", "meal", "visit", "evening", "other"]
KINDS: tuple[Kind, ...] = ("plenary", "workshop", "meal", "visit", "evening", "other")
Words = Mapping[str, str]
"""A text by locale; a reader whose locale is missing is shown the text of the first."""
Told = Literal["title", "time", "place", "audience", "cancelled"]
Field = Told | Literal["kind", "speaker", "description", "map", "zone"]

WITHOUT_END = timedelta(hours=1)
"""For how long a session without a known end, such as a group's first meeting, counts as taking place."""
SESSION = "session"
"""The part before the colon in the key of a session's reminders, such as «session:12»."""
TOLD: frozenset[Field] = frozenset(get_args(Told))
"""The fields of a session whose changes people are notified of; changes of the others, such as the kind, are silent."""
LONGEST = 100
"""The most characters of a title or venue: it must be readable at one glance, and fit on a button."""
LONGEST_DESCRIPTION = 300
"""The most characters of a description: two or three sentences, also below other lines of a message."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned for a session; a `Session` is a plan that is stored.

    `starts` and `ends` are UTC (equal if the end is not known); `zone` is the time zone of the venue. `key` names the
    session in files. Titles, venues and descriptions are by locale; `map_url` is '' without a map, `speaker` '' if
    nobody is named. An `unconfirmed` session comes from config.example.toml, and nobody of the team has changed or
    confirmed it: only organisers see it.
    """

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
    unconfirmed: bool = False
    speaker: str = ""
    description: Words = field(default_factory=dict)

    @property
    def takes_place(self) -> bool:
        """Return whether the session is neither cancelled nor unconfirmed."""
        return not self.cancelled and not self.unconfirmed

    @property
    def over_at(self) -> datetime:
        """Return the instant at which the session is over."""
        return self.ends if self.ends > self.starts else self.starts + WITHOUT_END


@dataclass(frozen=True, slots=True)
class Session:
    """A stored session: its id, its plan, and its revision, a number that is 1 at first and grows with every change."""

    id: int
    plan: Plan
    revision: int = 1


ChangedSession: TypeAlias = tuple[Session, Session]
"""A session before and after a change of its plan."""


def local_day(plan: Plan, instant: datetime) -> date:
    """Return the date of an instant in the time zone of the session's venue."""
    return instant.astimezone(ZoneInfo(plan.zone)).date()


def beside_workshops(plans: Sequence[Plan], day: date) -> Sequence[Plan]:
    """Return the plans of a day that are no workshops and take place while groups work.

    Groups work during the day's workshops or, if the day has no workshops, at any hour.
    """
    that_day = [plan for plan in plans if not plan.cancelled and local_day(plan, plan.starts) == day]
    workshops = [plan for plan in that_day if plan.kind == "workshop"]
    return [
        plan
        for plan in that_day
        if plan.kind != "workshop"
        and (not workshops or any(plan.starts < each.over_at and each.starts < plan.over_at for each in workshops))
    ]


def session_subject(session_id: int) -> str:
    """Return the key, such as «session:12», under which a session's reminders are stored."""
    return f"{SESSION}:{session_id}"


@dataclass(frozen=True, slots=True)
class SessionChange:
    """The change that an import makes to a stored session, with the names of the `fields` that differ.

    `fields` is empty if the import only confirms the session.
    """

    before: Session
    after: Plan
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeDifference:
    """What importing a file would change in the stored programme.

    `new` and `changed` are the sessions that would be added or changed; `unchanged` is how many sessions of the file
    are stored as they are. `missing` are stored sessions that are not over and not in the file. `still_cancelled` are
    sessions of the file that were cancelled in chat: an import never undoes a cancellation.
    """

    new: tuple[Plan, ...] = ()
    changed: tuple[SessionChange, ...] = ()
    unchanged: int = 0
    missing: tuple[Session, ...] = ()
    still_cancelled: tuple[Session, ...] = ()


class ClockChange(Enum):
    """Why a local time is not exactly one instant: when clocks change, the time is skipped or comes twice."""

    SKIPPED = "skipped"
    TWICE = "twice"


class BadTime(Exception):
    """Raised for a local time that does not exist, or exists twice, because clocks change."""

    def __init__(self, change: ClockChange) -> None:
        super().__init__(change.value)
        self.change = change


def resolve(local: datetime, zone: str) -> datetime:
    """Return the instant (UTC) of a local time in a zone. Raises BadTime if clocks skip that time or repeat it."""
    there = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(there).replace(tzinfo=None, fold=0) != local.replace(fold=0):
        raise BadTime(ClockChange.SKIPPED)
    if first != second:
        raise BadTime(ClockChange.TWICE)
    return first


def differences(before: Plan, after: Plan) -> tuple[Field, ...]:
    """Return the names of the fields in which two plans differ.

    Titles, venues and descriptions differ if their texts differ in any locale that both plans have, or if the plans
    have no locale in common.
    """
    unequal: Mapping[Field, bool] = {
        "title": _reads_otherwise(before.title, after.title),
        "time": (before.starts, before.ends) != (after.starts, after.ends),
        "place": _reads_otherwise(before.venue, after.venue),
        "audience": before.audience != after.audience,
        "cancelled": before.cancelled != after.cancelled,
        "kind": before.kind != after.kind,
        "speaker": before.speaker != after.speaker,
        "description": _reads_otherwise(before.description, after.description),
        "map": before.map_url != after.map_url,
        "zone": before.zone != after.zone,
    }
    return tuple(name for name, differs in unequal.items() if differs)


def must_be_told(before: Plan, after: Plan, now: datetime) -> bool:
    """Return whether people must be notified of a change of a session.

    True if title, time, venue, audience or cancellation differ. False if the session is over or stays cancelled, if
    only the spelling of its title changed, or if the session is or was unconfirmed, so that people do not see it.
    """
    if before.unconfirmed or after.unconfirmed:
        return False
    if max(before.ends, after.ends) <= now or (before.cancelled and after.cancelled):
        return False
    changed = TOLD.intersection(differences(before, after))
    if changed == {"title"}:
        return any(fold(before.title[key]) != fold(after.title[key]) for key in before.title.keys() & after.title)
    return bool(changed)


def compare(listed: Iterable[Plan], stored: Iterable[Session], now: datetime) -> ProgrammeDifference:
    """Return what importing the plans `listed` would change in the sessions `stored`; sessions are matched by key.

    A plan with an unknown key is matched with the stored session that has the same start and title, if there is one.
    """
    known = {session.plan.key: session for session in stored}
    begins = {
        (session.plan.starts, title): session.plan.key
        for session in known.values()
        for title in session.plan.title.values()
    }
    listed = list(listed)
    given = {plan.key for plan in listed}
    new: list[Plan] = []
    changed: list[SessionChange] = []
    still_cancelled: list[Session] = []
    named: set[str] = set()
    unchanged = 0
    for plan in listed:
        if plan.key not in known:
            keys = [begins[plan.starts, title] for title in plan.title.values() if (plan.starts, title) in begins]
            plan = replace(plan, key=next((key for key in keys if key not in named | given), plan.key))
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
    """Return the plan of a stored session after an import of the plan `listed`.

    Texts in locales that the new plan lacks are kept if its other texts are unchanged. If one changed, they are
    dropped: nobody must read the former room in another language. The speaker and the description, which may have been
    written in chat, are kept if the new plan has none.
    """
    return replace(
        listed,
        title=_words_over(known.title, listed.title),
        venue=_words_over(known.venue, listed.venue),
        speaker=listed.speaker or known.speaker,
        description=_words_over(known.description, listed.description) if listed.description else known.description,
        cancelled=known.cancelled or listed.cancelled,
        unconfirmed=known.unconfirmed and listed.unconfirmed,
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


# --- who speaks

_BETWEEN = re.compile(r"((?:\s*(?:[,;&+/]|\b(?:et|and|und)\b))+\s*)(?![^(]*\))")
"""What stands between the names of several speakers, not within parentheses."""
_BESIDE = re.compile(r"\([^)]*\)|\s[–—-]\s.*")
"""What is said of a speaker in parentheses or after a dash."""
_TITLES = frozenset(words("dr pr prof professeur professeure professor docteur docteure mme m mr mrs ms frau herr"))


def speakers_without(speaker: str, name: str) -> str:
    """Return the speakers of a session without the person with this full name and the words that describe the person.

    Other people in the text stay, also a person with a longer name that contains this name.
    """
    gone, parts, left, theirs, described = search_key(name, ""), _BETWEEN.split(speaker), "", False, False
    for between, part in zip(["", *parts[1::2]], parts[::2], strict=True):
        said = [word for word in words(fold(_BESIDE.sub(" ", part))) if word not in _TITLES]
        # One word in small letters after a comma, such as «physicist», is said of them; «bell hooks» is somebody.
        described = theirs and part.islower() and part.isalpha() and (described or "," in between)
        theirs = " ".join(said) == gone or described
        if not theirs:
            left += f"{between}{part}" if left else part
    return left
