"""Groups: who works with whom, in which round, where; and a proposal of groups until it is applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.content.names import display_name
from handlers.groups.solver.model import Apart, Constraint, Level, Limits, Lock, Measure, Pin, Together

PairKind = Literal["together", "apart"]
MEETING = "meeting"
"""What people are reminded of begins with it, where that is a first meeting (`meeting_subject`)."""


@dataclass(frozen=True, slots=True)
class Round:
    """Groups of one day (a local date). `meets_at` is their first meeting, UTC, None while unknown."""

    number: int
    day: date
    meets_at: datetime | None
    published: bool

    def meets_by(self, zone: str) -> datetime:
        """By when its groups have met, UTC: as set, else by noon of its day at the venue."""
        noon = datetime.combine(self.day, time(12), ZoneInfo(zone))
        return self.meets_at or noon.astimezone(UTC)


def due(rounds: Sequence[Round], day: date) -> Round | None:
    """The first of some rounds whose day is not over on a day, else the last; None for no rounds."""
    return next((round_ for round_ in rounds if round_.day >= day), rounds[-1] if rounds else None)


def meeting_subject(round_number: int) -> str:
    """What the reminders of the first meeting of a round's groups are about."""
    return f"{MEETING}:{round_number}"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a theme. `number` counts from 1 within theme and round; `name` and `room` may be ''."""

    id: int
    round: int
    theme: str
    number: int
    name: str = ""
    room: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who has a theme, as groups see them. `platform` is that of the account they prefer, '' for none.

    `group_id` is None for who is in no group of the round asked for.
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

    @property
    def name(self) -> str:
        """First name and initial: «Zoé D.»."""
        return display_name(self.given_name, self.family_name)

    @property
    def full_name(self) -> str:
        """First and family name, for the team."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class Comer:
    """Someone who may come to the gathering, with or without a theme."""

    id: int
    given_name: str
    family_name: str
    joined: bool

    @property
    def full_name(self) -> str:
        """First and family name, for the team."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class Someone:
    """Someone to be placed, as the payload has them."""

    id: int
    theme: str
    second_theme: str | None
    territory: str
    gender: str
    birth_year: int | None
    platform: str
    name: str


# --- A proposal of groups as it is kept until it is taken: what was asked for, and what came of it, theme by theme.


Kind = Literal["form", "repair"]
Groups = Mapping[int, tuple[int, ...]]
"""Groups by number, each the ids of its participants."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an organiser asked for; all of it but the seed survives «Redo».

    `counts` fixes a theme's number of groups, `waivers` its smallest and largest size; `waiting` themes get no groups.
    A repair is of one `round`, for those not marked absent on `day` (a local date, ISO).
    """

    kind: Kind = "form"
    seed: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    waivers: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    round: int = 0
    day: str = ""

    def encode(self) -> dict[str, Any]:
        """As JSON values."""
        stored = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**stored, "waivers": {key: list(sizes) for key, sizes in self.waivers.items()}}

    @classmethod
    def decode(cls, stored: Mapping[str, Any]) -> Wishes:
        """The wishes behind what `encode` made."""
        waivers = {key: (smallest, largest) for key, (smallest, largest) in stored["waivers"].items()}
        return cls(**{**stored, "waivers": waivers, "waiting": tuple(stored["waiting"])})


@dataclass(frozen=True, slots=True)
class FormedGroups:
    """A theme's groups in one round, how good they are, and who is the only woman or man where."""

    round: int
    groups: Groups
    measures: tuple[Measure, ...]
    alone: tuple[tuple[int, int], ...] = ()

    @property
    def sizes(self) -> list[int]:
        """People a group, smallest first."""
        return sorted(len(members) for members in self.groups.values())


@dataclass(frozen=True, slots=True)
class FormingFailed:
    """Why a theme has no groups: it `waits`, or its people cannot be `split`, its `rules` conflict, it took too `long`.

    `count` is the number of groups that was asked for, `seconds` the time given.
    """

    why: Literal["waits", "split", "rules", "long"]
    count: int | None = None
    conflict: tuple[Constraint, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed for one theme: groups a round, or why there are none.

    `trade` holds, for as many groups as there are, one fewer and one more, the distinct nationalities a group can
    have on average, in tenths.
    """

    theme: str
    people: int
    limits: Limits
    rounds: tuple[FormedGroups, ...] = ()
    failed: FormingFailed | None = None
    trade: Mapping[int, int] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether it has no groups because organisers want it so."""
        return self.failed is not None and self.failed.why == "waits"

    @property
    def count(self) -> int:
        """The number of groups in the first round."""
        return len(self.rounds[0].groups) if self.rounds else 0


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would let a theme be split: people who `move` to the theme they named second, a `waive`r, or `wait`ing."""

    kind: Literal["move", "waive", "wait"]
    theme: str
    people: tuple[tuple[int, str], ...] = ()
    sizes: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Groups computed, not yet kept. `digest` marks what they were computed from; `torn` people are asked to be
    together and have two themes."""

    wishes: Wishes
    digest: str
    rounds: tuple[int, ...]
    themes: tuple[Proposed, ...]
    remedies: tuple[Remedy, ...] = ()
    torn: tuple[tuple[int, int], ...] = ()

    def of(self, theme: str) -> Proposed | None:
        """What is proposed for a theme; None where nobody has chosen it."""
        return next((each for each in self.themes if each.theme == theme), None)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a proposal settled for one theme in its `rounds`: the sizes its groups were given, or that it `waits`."""

    theme: str
    limits: Limits
    waits: bool
    rounds: frozenset[int]


def decode_terms(stored: Mapping[str, Any]) -> Sequence[Terms]:
    """What a proposal settled, of what `encode` made: its groups and all that measures them stay unread."""
    return [_decode_terms(theme, stored["rounds"]) for theme in stored["themes"]]


def _decode_terms(theme: Mapping[str, Any], planned: Iterable[int]) -> Terms:
    waits = bool(theme["failed"]) and theme["failed"][0] == "waits"
    rounds = planned if waits else (number for number, *_groups in theme["rounds"])
    return Terms(theme["theme"], Limits(*theme["limits"]), waits, frozenset(rounds))


def encode(proposal: Proposal) -> dict[str, Any]:
    """A proposal as JSON values."""
    return {
        "wishes": proposal.wishes.encode(),
        "digest": proposal.digest,
        "rounds": list(proposal.rounds),
        "themes": [_encode_theme(theme) for theme in proposal.themes],
        "remedies": [[remedy.kind, remedy.theme, remedy.people, remedy.sizes] for remedy in proposal.remedies],
        "torn": [list(pair) for pair in proposal.torn],
    }


def decode(stored: Mapping[str, Any]) -> Proposal:
    """The proposal behind what `encode` made."""
    return Proposal(
        Wishes.decode(stored["wishes"]),
        stored["digest"],
        tuple(stored["rounds"]),
        tuple(_decode_theme(each) for each in stored["themes"]),
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
        "failed": [failed.why, failed.count, [_encode_rule(each) for each in failed.conflict], failed.seconds]
        if failed
        else None,
        "trade": [[count, tenths] for count, tenths in proposed.trade.items()],
    }


def _decode_theme(stored: Mapping[str, Any]) -> Proposed:
    failed = None
    if stored["failed"]:
        why, count, conflict, seconds = stored["failed"]
        failed = FormingFailed(why, count, tuple(_decode_rule(each) for each in conflict), seconds)
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
