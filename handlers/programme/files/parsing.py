"""The programme as organisers send it: an .ics calendar, a CSV or XLSX table. All of it is good, or nothing is taken.

Reading gives plans, and refusals as codes with values, which `handlers.programme.messages` puts into sentences. Nothing
here stores anything; `handlers.programme.model.compare` tells what importing would change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from bot.content.names import clean, fold, words
from bot.content.territories import parse_territory
from bot.people.audiences import EVERYONE, Audience, parse
from handlers.programme.model import Kind, Plan

MOST_BYTES = 2_000_000
MOST_SESSIONS = 500
LONGEST = 100
"""Characters of a title or place: it is read in one glance, and in a button."""
LONGEST_KEY = 255
LONGEST_LINK = 500
OWN = "@rencontres"
"""What a calendar we write adds to a key, as calendars want it unlike any other in the world."""

Value = str | int | tuple[str, ...]


class Reason(StrEnum):
    """Why something in a programme is refused, and after it the values that come along for the sentence."""

    UNREADABLE = "unreadable"  # filename
    TEXT_DOCUMENT = "text_document"  # filename
    TOO_BIG = "too_big"  # filename, limit (bytes)
    TOO_MANY = "too_many"  # limit (sessions)
    NO_SESSION = "no_session"  # filename
    MISSING_COLUMN = "missing_column"  # column
    REPEATED_COLUMN = "repeated_column"  # column, headings
    EXTRA_CELLS = "extra_cells"  # value
    MISSING_KEY = "missing_key"
    DUPLICATE_KEY = "duplicate_key"  # value, first_line
    MISSING_TITLE = "missing_title"
    MISSING_START = "missing_start"
    MISSING_END = "missing_end"
    TOO_LONG = "too_long"  # column, length, limit (characters)
    BAD_TIME = "bad_time"  # value
    NO_SUCH_TIME = "no_such_time"  # value
    TWICE = "twice"  # value, zone
    OTHER_YEAR = "other_year"  # value, year (the earliest admitted)
    ENDS_FIRST = "ends_first"
    ALL_DAY = "all_day"
    RECURRING = "recurring"
    UNKNOWN_ZONE = "unknown_zone"  # value
    UNKNOWN_KIND = "unknown_kind"  # value
    UNKNOWN_AUDIENCE = "unknown_audience"  # value
    BAD_LINK = "bad_link"  # value


class Refused(Exception):
    """A cell, or a session, cannot be taken."""

    def __init__(self, reason: Reason, **values: Value) -> None:
        """`values` are for the sentence that says why: of a file's own words, what may be shown."""
        super().__init__(reason)
        self.reason = reason
        self.values = {name: clean(value) if isinstance(value, str) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something refused: on which line (0: the file as a whole), of which session ('': unknown), why, and values."""

    line: int
    title: str
    reason: Reason
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Programme:
    """What a file says: its sessions, every refusal, and the headings nobody understood.

    Import it only where `rejected` is empty.
    """

    plans: tuple[Plan, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a programme may say in this gathering.

    Theme keys with the titles each is known by, locales (words without one are in the first), the zone of times without
    one, and the first year a session may be in, which is also that of dates without one.
    """

    themes: Mapping[str, Collection[str]]
    locales: Sequence[str]
    zone: str
    year: int


def is_calendar(data: bytes) -> bool:
    """Whether a file is a calendar (.ics), whatever it is called; else it is read as a table."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def refuse(reason: Reason, line: int = 0, **values: Value) -> Programme:
    """A file of which nothing can be taken."""
    return Programme(rejected=(Rejected(line, "", reason, values),))


# --- what both kinds of file say in words


def key_of(text: str) -> str:
    """What headings and choices are compared by: letters and digits, without accents or case."""
    return "".join(words(fold(text)))


def _spelled(spellings: Mapping[Kind, str]) -> Mapping[str, Kind]:
    return {key_of(word): kind for kind, said in spellings.items() for word in said.split(",")}


_KINDS = _spelled(
    {
        "plenary": "plenary, plénière, séance plénière, Plenum, plenary session",
        "workshop": "workshop, atelier, Werkstatt, Arbeitsgruppe, travail en groupe, group work",
        "meal": "meal, repas, petit-déjeuner, déjeuner, dîner, souper, breakfast, lunch, dinner, Essen, Mahlzeit,"
        " Frühstück, Mittagessen, Abendessen, pause, break",
        "visit": "visit, visite, sortie, excursion, Besuch, Besichtigung, Ausflug",
        "evening": "evening, soirée, fête, party, Abend, Fest",
        "other": "other, autre, Sonstiges, Anderes",
    }
)
_EVERYONE = frozenset(map(key_of, ("all", "everyone", "everybody", "tous", "toutes", "tout le monde", "alle")))
_ORGANISERS = frozenset(
    map(key_of, ("organisers", "organizers", "team", "équipe", "organisation", "organisateurs", "Team", "Orga"))
)


def kind_of(raw: str) -> Kind | None:
    """The kind of session a word means, in any of the languages."""
    return _KINDS.get(key_of(raw))


def audience_of(raw: str, rules: Rules) -> Audience | None:
    """The audience a word means: everyone, the team, a theme, a territory, or one written out («group:12»)."""
    key = key_of(raw)
    if key in _EVERYONE:
        return EVERYONE
    if key in _ORGANISERS:
        return Audience("organisers")
    for theme, titles in rules.themes.items():
        if key in {key_of(name) for name in (theme, *titles)}:
            return Audience("theme", theme)
    if ":" in raw:
        try:
            audience = parse(raw)
        except ValueError:
            return None
        return audience if audience.kind != "theme" or audience.value in rules.themes else None
    code = parse_territory(raw)
    return Audience("territory", code) if code else None


def check_link(raw: str) -> str:
    """A web address as given. Raises Refused for anything else."""
    try:
        parts = urlsplit(raw)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and len(raw) <= LONGEST_LINK
    except ValueError:
        right = False
    if not right or " " in raw or not raw.isprintable():  # whatever is unseen in it acts upon somebody's program
        raise Refused(Reason.BAD_LINK, value=raw[:LONGEST])
    return raw
