"""Defines text as structure: messages to translate and the spans in them, rendered only for a known reader.

A handler writes `_("Hello {name}.", name=Name("Zoé"))`. Nothing is translated there: the same Text may be stored in the
outbox and read days later in another language. `render` translates it to runs, stretches of text in one style, with the
few styles that every platform knows. Each platform's adapter encodes runs its own way, so that nothing that a person
typed can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from string import Formatter
from typing import Literal
from zoneinfo import ZoneInfo

from bot.content import i18n
from bot.content.addresses import opens_page
from bot.content.names import shortened
from bot.content.territories import territory_name

MomentStyle = Literal["date", "weekday", "day", "datetime", "time", "left", "end"]
"""How an instant is shown: as a date, a day, a date and time, a time, the time left, or an end.

«day» gives a day in short, for a row of buttons: «Mon 28».
«left» gives «in 12 minutes» if the instant is at most ten hours ahead, otherwise the time of day; platforms that can
update «in 12 minutes» in a message do so. «end» gives «in 12 minutes, at 10:40», or «at 10:40».
"""
NameForm = Literal["given", "short", "full", "ref"]
"""The form of a person's name: «Marie», «Marie D.» for participants, «Marie Dupont» for the team, or «R-0012».

The last is the person's number in the team's list.
"""
Style = Literal["italic", "underline", "strike", "code", "spoiler", "quote"]
"""The styles that organisers may give to words, besides Strong and Link. A quote always covers whole lines."""
_IN_SIGHT = timedelta(hours=10)
LONGEST_LABEL = 40
"""The most characters of a button or an option that fit on one line of a phone."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_LONE_MARK = re.compile(r" ([?!])")
"""A mark after a space, as French is typed: kept together, so that no «?» stands alone on a line."""
_RECOGNISED_BY = 8
"""The fewest characters of a shortened name by which people still recognise it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The reader of a text: their locale, the gathering's time zone for times in the text, and the present instant.

    `elsewhere` says that the reader's own clock may differ from the gathering's.
    """

    locale: str
    zone: str
    now: datetime | None = None
    elsewhere: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """A message to be translated, and the values that are put into it, by name. `count` selects the plural form."""

    message: str
    plural: str = ""
    count: int = 1
    values: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Strong:
    """Important words, shown in bold."""

    span: Span


@dataclass(frozen=True, slots=True)
class Styled:
    """Words in one of the styles that a writer can choose, such as italic."""

    span: Span
    style: Style


@dataclass(frozen=True, slots=True)
class Joined:
    """Several spans (pieces of text) in a row, without anything between them."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """Words that a person typed. Their writing direction does not change the direction of the text around them."""

    text: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person's name, by reference: the participant's id and the form of the name are stored, never the name itself.

    `name` is the present name. It is '' until `bot.people.reference_store` looks it up. It is '' too if the person was
    erased; «someone» is then shown. When two texts are compared, `name` is ignored.
    """

    id: int
    form: NameForm
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that somebody wrote, by reference: their kind and key («idea», «12») are stored, never the words.

    `words` are the present words. They are '' until they are looked up. They are '' too if the words were withdrawn or
    erased; ERASED is then shown. When two texts are compared, `words` are ignored. At most `most` characters are shown,
    on one line; 0 shows all.
    """

    kind: str
    key: str
    words: str = field(default="", compare=False)
    most: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for a kind with anything but small letters: stored quotes of it would not be found."""
        if not (self.kind.isalpha() and self.kind.isascii() and self.kind.islower()):
            raise ValueError(f"a kind of quotes has small letters only: {self.kind!r}")


_YEAR_UNSAID = timedelta(days=330)
"""How far ahead an instant can be while its month alone makes clear which year is meant."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (aware), shown in the gathering's time zone, and on some platforms also in the reader's.

    If it is almost a year ahead or more, its year is shown too.
    """

    instant: datetime
    style: MomentStyle = "datetime"

    @classmethod
    def of_day(cls, day: date, style: Literal["date", "weekday", "day"] = "date") -> Moment:
        """Return a Moment that represents a whole day: noon (UTC), which is on that date in all readers' time zones."""
        return cls(datetime.combine(day, time(12), UTC), style)


@dataclass(frozen=True, slots=True)
class Countdown:
    """The time until an instant (aware), computed when the text is read: «3 days left»."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Nearing:
    """The end of a line about something with a beginning and an end, computed when the text is read.

    It is « · in 12 minutes» before the instant `begins`, « · under way» until `ends`, and nothing afterwards.
    """

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A label that is a link to an address, or to a telephone number («tel:112»), which only browsers can call."""

    label: Span
    url: str


@dataclass(frozen=True, slots=True)
class Localised:
    """Words that organisers wrote, by locale; people with any other locale read the first of them."""

    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Territory:
    """The name of a country or region, given by its code."""

    code: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Several spans (pieces of text), shown as a list in a sentence: «a, b and c»."""

    items: tuple[Span, ...]


Span = (
    str
    | int
    | Text
    | Strong
    | Styled
    | Joined
    | Name
    | Person
    | Quote
    | Moment
    | Countdown
    | Nearing
    | Link
    | Localised
    | Territory
    | Listing
)


def _(message: str, /, **values: Span) -> Text:
    """Return a message to translate, with its values by name."""
    return Text(message, values=values)


def _n(singular: str, plural: str, count: int, /, **values: Span) -> Text:
    """Return a message whose plural form depends on `count`, which the message may contain as {count}."""
    return Text(singular, plural, count, {"count": count, **values})


SOMEONE = _("someone")
"""What is shown in place of the name of a person who was erased."""
NO_REF = "–"
"""What is shown in place of the number of a person who was erased."""
ERASED = _("(text erased)")
"""What is shown in place of words that were withdrawn or erased."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style, translated for a reader.

    `url` is the address of a link, `moment` the instant that the text shows.
    """

    text: str
    strong: bool = False
    url: str | None = None
    moment: Moment | None = None
    styles: frozenset[Style] = frozenset()

    @property
    def chat_url(self) -> str | None:
        """The address of a link for chat platforms; None without a link.

        It is None too for what chats cannot link to: a telephone number, or an address that opens no page.
        """
        return self.url if opens_page(self.url) else None


def render(span: Span, reader: Reader) -> list[Run]:
    """Return a line of text as runs, stretches in one style, translated for a reader.

    Adjacent runs of the same style are joined.
    """
    runs: list[Run] = []
    for run in _runs(span, reader):
        last = runs[-1] if runs else None
        if last is not None and last.moment is None and run == replace(last, text=run.text):
            runs[-1] = replace(last, text=last.text + run.text)
        elif run.text:
            runs.append(run)
    if runs and runs[0].moment is not None:  # a line begins with a capital: «Mercredi 10 juin, 14 h»
        runs[0] = replace(runs[0], text=runs[0].text[0].upper() + runs[0].text[1:])
    return runs


def plain(span: Span, reader: Reader) -> str:
    """Return a text as a string for a reader, translated and without styles, for buttons, short notices and titles."""
    if isinstance(span, str):
        return span
    return "".join(run.text for run in _runs(span, reader))


ISOLATES = {0x2068: None, 0x2069: None}
"""For `str.translate`: removes the marks that isolate a name's writing direction."""


def file_name(name: Span, reader: Reader) -> str:
    """Return a file's name for a reader, on one line, without invisible characters for the writing direction."""
    return one_line(plain(name, reader))


def one_line(words: str) -> str:
    """Return words on one line, for a file's name or an e-mail header, where a line break would begin another header.

    Control characters and those for the writing direction are removed. Whatever could be decoded as an encoded word of
    a header (RFC 2047), which may contain a line break, is split.
    """
    return " ".join(_CONTROLS.sub(" ", words.translate(ISOLATES)).split()).replace("=?", "= ?")


def source_name(name: Span) -> str:
    """Return a file's name before translation, for its ending, which is the same in every language."""
    return name.message if isinstance(name, Text) else str(name)


def label(span: Span, reader: Reader) -> str:
    """Return the text of a button or an option, at most LONGEST_LABEL characters.

    A longer text is cut and ends in «…». If the text is a message with values, its longest value is cut, so that the
    words around the value are kept; of a value that is a message itself, its longest value.
    """
    words = plain(span, reader)
    over = len(words) - LONGEST_LABEL
    if over <= 0:
        return words
    shortened = _shortened(span, over, reader) if isinstance(span, Text) else None
    return plain(shortened, reader) if shortened else f"{words[: LONGEST_LABEL - 1].rstrip()}…"


def _shortened(span: Text, over: int, reader: Reader) -> Text | None:
    """Return a message whose longest value has so many characters less; None if the value would not be recognised."""
    name, value = max(span.values.items(), key=lambda item: len(plain(item[1], reader)), default=("", ""))
    inner = _shortened(value, over, reader) if isinstance(value, Text) else None
    text = plain(value, reader).translate(ISOLATES)
    kept = len(text) - over - 1
    if inner is None and kept < _RECOGNISED_BY:
        return None
    return replace(span, values={**span.values, name: inner or Name(f"{text[:kept].rstrip()}…")})


def _runs(span: Span, reader: Reader) -> list[Run]:
    match span:
        case str():
            return [Run(span)]
        case int():
            return [Run(str(span))]
        case Text():
            return _text_runs(span, reader)
        case Strong(inner):
            return [replace(run, strong=True) for run in _runs(inner, reader)]
        case Styled(inner, style):
            return [replace(run, styles=run.styles | {style}) for run in _runs(inner, reader)]
        case Joined(spans):
            return [run for inner in spans for run in _runs(inner, reader)]
        case Name(text):
            return [Run(text if text.isascii() else f"\u2068{text}\u2069")]
        case Person(form=form, name=name):
            return _runs(Name(name) if name else NO_REF if form == "ref" else SOMEONE, reader)
        case Quote(words=words, most=most):
            said = shortened(" ".join(words.split()), most) if most else words
            return _runs(Name(_LONE_MARK.sub("\u00a0\\1", said)) if said else ERASED, reader)
        case Moment(instant, "left") if (minutes := _minutes_ahead(instant, reader)) is not None:
            return [Run(plain(_ahead(minutes, reader.locale), reader), moment=span)]
        case Moment(instant, "end"):
            left, time = Moment(instant, "left"), Moment(instant, "time")
            ahead = _minutes_ahead(instant, reader) is not None
            return _runs(_("{left}, at {time}", left=left, time=time) if ahead else _("at {time}", time=time), reader)
        case Moment(instant, "datetime") if reader.now is not None and instant - reader.now > _YEAR_UNSAID:
            day, hour = (i18n.format_moment(instant, style, reader.zone, reader.locale) for style in ("date", "time"))
            return [Run(f"{day}, {hour}", moment=span)]
        case Moment(instant, style):
            return [Run(i18n.format_moment(instant, style, reader.zone, reader.locale), moment=span)]
        case Countdown(until):
            return _runs(_left(until, reader), reader)
        case Nearing(begins, ends):
            if reader.now is None or reader.now < begins:
                return [Run(" · "), *_runs(Moment(begins, "left"), reader)]
            # L10N: after the line of a session in a list, once it has begun: «10:00–11:00 Opening · under way»
            return [Run(" · "), *_runs(_("under way"), reader)] if reader.now < ends else []
        case Link(label, url):
            return [replace(run, url=url) for run in _runs(label, reader)]
        case Localised(words):
            return [Run(words.get(reader.locale) or next(iter(words.values()), ""))]
        case Territory(code):
            return [Run(territory_name(code, reader.locale))]
        case Listing(items):
            # A list keeps its words only: what it holds are names, and no locale joins styles.
            return [Run(i18n.format_list([plain(item, reader) for item in items], reader.locale))]


def _text_runs(text: Text, reader: Reader) -> list[Run]:
    runs: list[Run] = []
    for literal, name in _template(text.message, text.plural, text.count, reader.locale):
        if literal:
            if literal.startswith(".") and runs and runs[-1].text.rstrip("\u2069").endswith("."):
                literal = literal[1:]  # «Zoé D.» ends a sentence by itself
            runs.append(Run(literal))
        if name:
            said = _runs(text.values[name], reader)
            if not runs and said and _is_gone(text.values[name]):  # «Quelqu’un demande» begins the sentence
                said = [replace(said[0], text=said[0].text[:1].upper() + said[0].text[1:]), *said[1:]]
            runs += said
    return runs


def _is_gone(span: Span) -> bool:
    """Return whether a span is the name of a person who is gone, in place of which «someone» is read."""
    inner = span.span if isinstance(span, Strong) else span
    return isinstance(inner, Person) and not inner.name


def _minutes_ahead(instant: datetime, reader: Reader) -> int | None:
    """Return the minutes until an instant, rounded up; None if it has passed or is more than ten hours ahead."""
    if reader.now is None or not timedelta() < instant - reader.now <= _IN_SIGHT:
        return None
    return -((reader.now - instant) // timedelta(minutes=1))


def _ahead(minutes: int, locale: str) -> Text:
    """Return the words for a number of minutes ahead: «in 12 minutes», «in 1 h 30 min», in French «dans 1 h 05»."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _n("in {count} minute", "in {count} minutes", minutes)
    if not rest:
        return _n("in {count} hour", "in {count} hours", hours)
    # L10N: how far ahead something is, such as «in 1 h 5 min»
    return _("in {hours}\u00a0h {minutes}\u00a0min", hours=hours, minutes=f"{rest:02}" if locale == "fr" else rest)


def _left(until: datetime, reader: Reader) -> Text:
    """Return the time left in words: days by the calendar of the gathering, hours on the last day, then minutes."""
    if reader.now is None:
        return _("until {moment}", moment=Moment(until))
    left = until - reader.now
    if left <= timedelta():
        return _("It is over.")
    if left < timedelta(hours=1):
        return _n("{count} minute left", "{count} minutes left", max(1, left // timedelta(minutes=1)))
    if left < timedelta(days=1):
        return _n("{count} hour left", "{count} hours left", left // timedelta(hours=1))
    zone = ZoneInfo(reader.zone)
    days = until.astimezone(zone).date() - reader.now.astimezone(zone).date()
    return _n("{count} day left", "{count} days left", days.days)


@lru_cache(maxsize=8192)
def _template(message: str, plural: str, count: int, locale: str) -> tuple[tuple[str, str | None], ...]:
    words = i18n.catalogue(locale)
    sentence = words.ngettext(message, plural, count) if plural else words.gettext(message)
    return tuple((literal, name) for literal, name, _spec, _conversion in Formatter().parse(sentence))
