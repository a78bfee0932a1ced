"""What the readers of calendars and of tables share: limits, mistakes, kinds of sessions, and audiences.

A file with any mistake is refused as a whole. Nothing here is stored; `handlers.programme.model.compare` returns what
importing a file would change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.content.names import clean
from bot.content.territories import parse_territory
from bot.content.texts import Name, Text, _
from bot.files.columns import CellError, by_spelling
from bot.files.sheets import key_of
from bot.files.table_finding import AsideRow
from bot.files.tables import TableProblem
from bot.people.audiences import EVERYONE, Audience, parse
from handlers.programme.model import LONGEST, Kind, Plan

MOST_BYTES = 2_000_000
MOST_SESSIONS = 500
LONGEST_KEY = 255
LONGEST_LINK = 500
OWN = "@rencontres"
"""The suffix added to a session's key in calendars that we write: the ids in calendars must be unique worldwide."""


@dataclass(frozen=True, slots=True)
class Programme:
    """What a file contains: its sessions, its mistakes, and the column headings that were not understood.

    If there are `problems` (mistakes), nothing may be imported. `aside` are the rows of the table that are no sessions,
    such as notes.
    """

    plans: tuple[Plan, ...] = ()
    problems: tuple[TableProblem, ...] = ()
    ignored: tuple[str, ...] = ()
    aside: tuple[AsideRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgrammeRules:
    """What a programme's file may contain in this gathering.

    `themes`: all titles of each theme, by its key. `locales`: the gathering's languages; a text without a language is
    in the first. `zone`: the time zone of times that name no zone. `year`: the first year in which sessions may take
    place, and the year of dates without a year.
    """

    themes: Mapping[str, Collection[str]]
    locales: Sequence[str]
    zone: str
    year: int


def is_calendar(data: bytes) -> bool:
    """Return whether a file is an .ics calendar, judging by its content and not by its name."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def refuse(reason: Text) -> Programme:
    """Return a programme without sessions whose only mistake is `reason`, for a file that cannot be used at all."""
    return Programme(problems=(TableProblem(line=0, reason=reason),))


# --- what is wrong with either kind of file

TOO_MANY = _("The programme is too long: {most} sessions at most.", most=MOST_SESSIONS)
NO_KEY = _("The reference is missing: a short word of its own, the same in every version of the file.")
NO_TITLE = _("The title is missing.")
NO_START = _("The beginning is missing.")
NO_END = _("The end is missing: say until when it lasts.")
ENDS_FIRST = _("It ends before it begins.")
REPEATS = _("It repeats: write each time as a separate session.")


def cannot_be_read(filename: Name) -> Text:
    """Return the sentence for the sender of a file that is neither a calendar nor a table."""
    return _("«{filename}» cannot be read. Save it again as .ics, CSV, Excel or LibreOffice.", filename=filename)


def no_session(filename: Name) -> Text:
    """Return the sentence for the sender of a file that contains no session."""
    return _("There is no session in «{filename}».", filename=filename)


def shown(text: str) -> Name:
    """Return a text from a file as messages can quote it: shortened, and without invisible characters."""
    return Name(clean(text[:LONGEST]))


# --- what both kinds of file say in words


_KINDS: Mapping[str, Kind] = by_spelling(
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
SPEAKER_HEADINGS = (
    "speaker, speakers, led by, qui intervient, intervenant, intervenante, intervenant·e, intervenants, intervenantes,"
    " orateur, oratrice, conférencier, conférencière, wer spricht, Referent, Referentin, Vortragende, Sprecher,"
    " Sprecherin"
)
"""The headings of the column with the speaker, which a line of a calendar's description may begin with too."""
_EVERYONE = frozenset(map(key_of, ("all", "everyone", "everybody", "tous", "toutes", "tout le monde", "alle")))
_ORGANISERS = frozenset(
    map(key_of, ("organisers", "organizers", "team", "équipe", "organisation", "organisateurs", "Team", "Orga"))
)


def kind_of(raw: str) -> Kind | None:
    """Return the kind of session that a word means in any of the languages; None if it means no kind."""
    return _KINDS.get(key_of(raw))


def audience_of(raw: str, rules: ProgrammeRules) -> Audience | None:
    """Return the audience that a word means; None if it means no audience.

    The word may name everyone, the team, a theme or a territory in any of the languages, or be an encoded audience such
    as «group:12».
    """
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
    """Return a web address unchanged if it is valid. Raises CellError otherwise."""
    try:
        parts = urlsplit(raw)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and len(raw) <= LONGEST_LINK
    except ValueError:
        right = False
    if not right or " " in raw or not raw.isprintable():  # whatever is unseen in it acts upon somebody's program
        raise CellError(_("«{value}» is not a web address: it starts with https://", value=shown(raw)))
    return raw
