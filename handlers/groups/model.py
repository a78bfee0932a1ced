"""Rounds, groups and their members, and a proposal of groups until it is applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.content.names import Named
from handlers.groups.solver.model import Apart, Constraint, Level, Limits, Lock, Measure, Pin, Together

PairKind = Literal["together", "apart"]
MEETING = "meeting"
"""The first word of the subjects under which reminders of first meetings are stored (see `meeting_subject`)."""


@dataclass(frozen=True, slots=True)
class Round:
    """The set of groups of one `day`, a local date. `number` counts from 1.

    `meets_at` is the time (UTC) at which the groups first meet, None while unknown.
    """

    number: int
    day: date
    meets_at: datetime | None
    published: bool

    def meets_by(self, zone: str) -> datetime:
        """Return when (UTC) the groups have certainly met: `meets_at` or, if unknown, noon of the day in `zone`."""
        noon = datetime.combine(self.day, time(12), ZoneInfo(zone))
        return self.meets_at or noon.astimezone(UTC)


def due(rounds: Sequence[Round], day: date) -> Round | None:
    """Return the first round (one day's groups) on `day` or later, or else the last round; None without any round."""
    return next((round_ for round_ in rounds if round_.day >= day), rounds[-1] if rounds else None)


def meeting_subject(round_number: int) -> str:
    """Return the subject (key) under which reminders of the first meeting of a round (one day's groups) are stored."""
    return f"{MEETING}:{round_number}"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people who have one theme. `number` counts from 1 within theme and round (the groups of one day).

    `name` and `room` are '' while unknown. A locked group stays as it is when groups are formed again.
    """

    id: int
    round: int
    theme: str
    number: int
    name: str = ""
    room: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Member(Named):
    """A participant who has a theme, with what is needed to form groups.

    `platform` is the platform of the preferred account, '' for none. `group_id` is the participant's group in the round
    (one day) asked for, None for none. A pinned person stays in their group when groups are formed again.
    """

    id: int
    ref: str
    given_name: str
    family_name: str
    theme: str
    second_theme: str | None
    territory: str
    gender: str
    birth_year: int | None
    joined: bool
    platform: str
    group_id: int | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class PersonToPlace:
    """A participant to be placed in a group, as described in the payload of a job. `name` is '' if it is not needed."""

    id: int
    theme: str
    second_theme: str | None
    territory: str
    gender: str
    birth_year: int | None
    platform: str
    name: str = ""


# --- A proposal of groups as it is stored until it is applied: what was asked for, and the result theme by theme.


Kind = Literal["form", "repair"]
Groups = Mapping[int, tuple[int, ...]]
"""The ids of the participants in each group, by group number."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an organiser asked for in a proposal of groups; the button «Redo» changes only the `seed`.

    By theme key, `counts` fixes the number of groups, and `waivers` the smallest and largest size. Themes in `waiting`
    get no groups. If `kind` is «repair», the proposal forms the groups of one `round` again, without the people marked
    absent on `day` (a local date, ISO).
    """

    kind: Kind = "form"
    seed: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    waivers: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    round: int = 0
    day: str = ""

    def encode(self) -> dict[str, Any]:
        """Return what the organiser asked for as JSON values."""
        stored = {field_.name: getattr(self, field_.name) for field_ in fields(self)}
        return {**stored, "waivers": {key: list(sizes) for key, sizes in self.waivers.items()}}

    @classmethod
    def decode(cls, stored: Mapping[str, Any]) -> Wishes:
        """Return what an organiser asked for in a proposal from the JSON values in which it was stored."""
        waivers = {key: (smallest, largest) for key, (smallest, largest) in stored["waivers"].items()}
        return cls(**{**stored, "waivers": waivers, "waiting": tuple(stored["waiting"])})


@dataclass(frozen=True, slots=True)
class FormedGroups:
    """The groups proposed for a theme in one round (day).

    `measures` say how good they are by each count that the solver minimises. `alone` holds pairs (group number,
    participant id) of everyone who is the only woman or man of a group.
    """

    round: int
    groups: Groups
    measures: tuple[Measure, ...]
    alone: tuple[tuple[int, int], ...] = ()

    @property
    def sizes(self) -> list[int]:
        """The number of people in each group, smallest first."""
        return sorted(len(members) for members in self.groups.values())


@dataclass(frozen=True, slots=True)
class FormingFailed:
    """Why a theme has no groups.

    `why` is the reason: organisers let the theme wait, its people cannot be split, its rules exclude each other, or the
    search took too long. `count` is the number of groups asked for, None for any. `conflict` holds the rules that
    exclude each other. `seconds` is the time limit that was reached.
    """

    why: Literal["waits", "split", "rules", "long"]
    count: int | None = None
    conflict: tuple[Constraint, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Proposed:
    """The part of a proposal of groups about one theme: its groups in each round (day), or why there are none.

    `people` is how many people have the theme. `trade` maps three numbers of groups (the proposed one, one fewer, one
    more) to the best mean number of nationalities in a group, in tenths.
    """

    theme: str
    people: int
    limits: Limits
    rounds: tuple[FormedGroups, ...] = ()
    failed: FormingFailed | None = None
    trade: Mapping[int, int] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether the theme has no groups because organisers let it wait."""
        return self.failed is not None and self.failed.why == "waits"

    @property
    def count(self) -> int:
        """The number of proposed groups in the first round (day)."""
        return len(self.rounds[0].groups) if self.rounds else 0


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that would make groups possible in a theme whose people cannot be split into groups.

    There are three kinds. «move»: each of `people` (participant id, theme key) moves to the theme they chose second.
    «waive»: groups may have `sizes` (smallest, largest). «wait»: the theme gets no groups for now.
    """

    kind: Literal["move", "waive", "wait"]
    theme: str
    people: tuple[tuple[int, str], ...] = ()
    sizes: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Groups that were computed, and that become real only when an organiser applies the proposal.

    `digest` identifies the facts from which the groups were computed. `rounds` are the numbers of the rounds (days).
    `torn` holds pairs of people who must be together by a rule, but have different themes.
    """

    wishes: Wishes
    digest: str
    rounds: tuple[int, ...]
    themes: tuple[Proposed, ...]
    remedies: tuple[Remedy, ...] = ()
    torn: tuple[tuple[int, int], ...] = ()

    def of(self, theme: str) -> Proposed | None:
        """Return the part of the proposal about the theme with this key; None if nobody chose that theme."""
        return next((proposed for proposed in self.themes if proposed.theme == theme), None)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an applied proposal of groups decided for one theme in some `rounds` (days).

    The theme's groups have certain sizes or, if `waits`, the theme gets no groups for now.
    """

    theme: str
    limits: Limits
    waits: bool
    rounds: frozenset[int]


def decode_terms(stored: Mapping[str, Any]) -> Sequence[Terms]:
    """Return what a stored proposal decided for each theme: the sizes of groups, or that it gets none.

    `stored` holds the proposal as JSON values; the groups in it are not decoded.
    """
    return [_decode_terms(theme, stored["rounds"]) for theme in stored["themes"]]


def _decode_terms(theme: Mapping[str, Any], planned: Iterable[int]) -> Terms:
    waits = bool(theme["failed"]) and theme["failed"][0] == "waits"
    rounds = planned if waits else (number for number, *_groups in theme["rounds"])
    return Terms(theme["theme"], Limits(*theme["limits"]), waits, frozenset(rounds))


def encode(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal of groups as JSON values, to be stored."""
    return {
        "wishes": proposal.wishes.encode(),
        "digest": proposal.digest,
        "rounds": list(proposal.rounds),
        "themes": [_encode_theme(theme) for theme in proposal.themes],
        "remedies": [[remedy.kind, remedy.theme, remedy.people, remedy.sizes] for remedy in proposal.remedies],
        "torn": [list(pair) for pair in proposal.torn],
    }


def decode(stored: Mapping[str, Any]) -> Proposal:
    """Return a proposal of groups from the JSON values in which it was stored."""
    return Proposal(
        Wishes.decode(stored["wishes"]),
        stored["digest"],
        tuple(stored["rounds"]),
        tuple(_decode_theme(theme) for theme in stored["themes"]),
        tuple(
            Remedy(kind, theme, tuple((person, to) for person, to in people), (sizes[0], sizes[1]))
            for kind, theme, people, sizes in stored["remedies"]
        ),
        tuple((first, second) for first, second in stored["torn"]),
    )


def _encode_theme(proposed: Proposed) -> dict[str, Any]:
    failed, limits = proposed.failed, proposed.limits
    return {
        "theme": proposed.theme,
        "people": proposed.people,
        "limits": [limits.smallest, limits.largest, limits.target],
        "rounds": [
            [
                formed.round,
                [[number, members] for number, members in formed.groups.items()],
                [[measure.level, measure.value, measure.bound, measure.proven] for measure in formed.measures],
                formed.alone,
            ]
            for formed in proposed.rounds
        ],
        "failed": [failed.why, failed.count, [_encode_rule(rule) for rule in failed.conflict], failed.seconds]
        if failed
        else None,
        "trade": [[count, tenths] for count, tenths in proposed.trade.items()],
    }


def _decode_theme(stored: Mapping[str, Any]) -> Proposed:
    failed = None
    if stored["failed"]:
        why, count, conflict, seconds = stored["failed"]
        failed = FormingFailed(why, count, tuple(_decode_rule(rule) for rule in conflict), seconds)
    return Proposed(
        stored["theme"],
        stored["people"],
        Limits(*stored["limits"]),
        tuple(
            FormedGroups(
                number,
                {group: tuple(members) for group, members in groups},
                tuple(Measure(Level(level), value, bound, proven) for level, value, bound, proven in measures),
                tuple((group, person) for group, person in alone),
            )
            for number, groups, measures, alone in stored["rounds"]
        ),
        failed,
        dict(stored["trade"]),
    )


def _encode_rule(rule: Constraint) -> list[Any]:
    match rule:
        case Together(first, second):
            return ["together", first, second]
        case Apart(first, second):
            return ["apart", first, second]
        case Pin(person, number):
            return ["pin", person, number]
        case Lock(number, members):
            return ["lock", number, list(members)]


def _decode_rule(stored: list[Any]) -> Constraint:
    match stored:
        case ["together", first, second]:
            return Together(first, second)
        case ["apart", first, second]:
            return Apart(first, second)
        case ["pin", person, number]:
            return Pin(person, number)
        case ["lock", number, members]:
            return Lock(number, tuple(members))
    raise ValueError(f"not a stored rule: {stored!r}")
