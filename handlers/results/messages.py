"""The words of files in one language: names of groups, people and files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.content.branding import Branding, branding_of
from bot.content.i18n import format_days
from bot.content.names import file_stem
from bot.content.territories import by_name, territory_name
from bot.content.texts import ISOLATES, Listing, Moment, Name, Person, Quote, Reader, Span, Text, _, _n, plain
from bot.drawing.typography import curved, french
from handlers.ideas.messages import A_PHOTO, CATEGORIES
from handlers.ideas.model import quote_key
from handlers.results.model import COMMENT, PrintLine, ResultGroup, ResultIdea, Version, WorkshopResults
from handlers.syntheses.messages import CARD_LABELS, LABELS
from handlers.syntheses.model import CARD_FIELDS, RUNNERS_UP

LINE_LABELS: Mapping[str, Text] = {
    "text": _("Synthesis"),
    "sentence": _("Challenge"),
    RUNNERS_UP: _("Runners-up (votes)"),
    **LABELS,
    **{str(field): words for field, words in CARD_LABELS.items()},
    # L10N: what a line is: what a member said of what the group wrote
    COMMENT: _("Comment of a member"),
}
"""The label of each line of prints and exports, by the name of the line's field."""

_QUOTED = {"i": "idea", "s": "version", "c": "territorycard", "o": "opinion"}
"""The kind of the quote of a line in a message, by the kind of the line."""


def line_quote(line: PrintLine, most: int = 60) -> Span:
    """Return the beginning of a line of prints (an idea or another text) as a quote for a message to organisers.

    It has at most `most` characters and no line breaks.
    """
    key = quote_key(line.key.id, "led") if line.key.kind == "i" else f"{line.key.id}.{line.key.part}"
    words = " ".join(line.text.split())
    return Quote(_QUOTED[line.key.kind], key, words, most) if words else A_PHOTO


def author_of_line(name: str, author_id: int | None) -> Span:
    """Return the name by which the author of a line of prints (an idea or another text) is shown.

    `name` is '' for an anonymous idea and for an erased author; both are shown as anonymous. `author_id` is the
    author's participant id, None for no author.
    """
    return Person(author_id, "given", name) if name and author_id is not None else _("anonymous")


@dataclass(frozen=True, slots=True)
class Wording:
    """Returns texts for a file in one language: `locale` is the language of the file.

    `zone` is the gathering's time zone, `branding` has its name and colours, and `gathered` are its first and last day.
    """

    locale: str
    zone: str
    branding: Branding
    gathered: tuple[date, date] | None = None
    """The gathering's first and last day; None for a file that was requested from an earlier version of the program."""

    @property
    def name(self) -> str:
        """The name of the gathering."""
        return self.branding.name

    def say(self, span: Span) -> str:
        """Return a span (a piece of translatable text) in the language of the file, as plain text."""
        # Without the isolates: programs that open the file choose writing directions themselves.
        return plain(span, Reader(self.locale, self.zone)).translate(ISOLATES)

    def typeset(self, text: str) -> str:
        """Return a text as it is printed: in French, with French quotes and spaces; in other languages unchanged."""
        return french(curved(text)) if self.locale == "fr" else text

    def words(self, words: Mapping[str, str]) -> str:
        """Return a text that organisers wrote, in the file's language or else in the first one that they used."""
        return words.get(self.locale) or next(iter(words.values()), "")

    def local(self, instant: datetime) -> datetime:
        """Return a time (UTC) as the gathering's local time without a time zone, as spreadsheets need it."""
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None, microsecond=0)

    def day(self, group: ResultGroup) -> str:
        """Return the date of a group's day."""
        return self.say(Moment.of_day(group.day))

    def territory(self, code: str) -> str:
        """Return the name of the territory with this code; '' for ''."""
        return territory_name(code, self.locale)

    def theme(self, results: WorkshopResults, key: str) -> str:
        """Return the title of the theme with this key; '' if there is none."""
        return self.words(results.themes.get(key, {}))

    def phase(self, results: WorkshopResults, key: str) -> str:
        """Return the title of the phase with this key; the key itself if the phase was removed."""
        return next((self.words(phase.title) for phase in results.phases if phase.key == key), key)

    def group(self, results: WorkshopResults, group: ResultGroup) -> str:
        """Return a group's title: «Culture 3», followed by the name it chose, if any.

        The date of the group is added if the results are from several days.
        """
        title = self.say(_("{theme} {number}", theme=self.theme(results, group.theme), number=group.number))
        if group.name:
            title = f"{title} · {group.name}"
        return f"{title} · {self.day(group)}" if _has_several_rounds(results) else title

    def theme_and_day(self, results: WorkshopResults, group: ResultGroup) -> str:
        """Return the title of a group's theme, with the group's date if the results are from several days."""
        theme = self.theme(results, group.theme)
        return f"{theme} · {self.day(group)}" if _has_several_rounds(results) else theme

    def days(self, first: date, last: date) -> str:
        """Return the dates from the first day to the last: «10–12 juin 2027»."""
        return format_days(first, last, self.locale)

    def author(self, idea: ResultIdea) -> str:
        """Return who gave an idea: first name and initial, «anonymous», or '' if the author was erased."""
        # L10N: It stands instead of the name of the author of an idea.
        return self.say(_("anonymous")) if idea.anonymous else idea.author

    def votes(self, idea: ResultIdea) -> str:
        """Return how many votes an idea has: «3 votes», or '' for none."""
        return _votes(idea.votes, self.locale) if idea.votes else ""

    def category(self, key: str) -> str:
        """Return the name of the category of an idea (a fact, a need, an existing scheme); '' for no category."""
        return next((self.say(words) for category, words in CATEGORIES.items() if category == key), "")

    def opinions(self, version: Version) -> Sequence[str]:
        """Return the members' opinions on a version of the group's text, one line for each member."""
        lines = []
        for name, approves, comment in version.opinions:
            # L10N: The opinion of a member about a text, as in «Zoé D. · approves».
            stand = self.say(_("approves")) if approves else ""
            author = " · ".join(part for part in (name, stand) if part)
            lines.append(f"{author}: {comment}" if comment else author)
        return lines

    def opinions_together(self, version: Version) -> Sequence[str]:
        """Return the members' opinions on a version of the group's text; approvals without a comment share a line."""
        silent = [name for name, approves, comment in version.opinions if name and approves and not comment]
        commented = [opinion for opinion in version.opinions if not (opinion[0] and opinion[1] and not opinion[2])]
        lines = self.opinions(replace(version, opinions=commented))
        if not silent:
            return lines
        names = Listing(tuple(map(Name, silent)))
        alone = silent == [version.author]
        return [
            self.say(_("Written by: {names}", names=names) if alone else _("Approved by: {names}", names=names)),
            *lines,
        ]

    def grid(self, group: ResultGroup) -> Sequence[tuple[str, Sequence[str]]]:
        """Return the grid of a group's solution: for each territory, its name and a text for each field of cards."""
        grid = group.grid
        return [
            (self.territory(code), ["\n".join(grid.texts(code, field)) for field in CARD_FIELDS])
            for code in by_name(grid.territories, self.locale)
        ]


def wording_of(payload: Mapping[str, Any]) -> Wording:
    """Return a `Wording` for the language and the gathering that a job's payload names."""
    days = [date.fromisoformat(day) for day in payload.get("gathered", ())]
    return Wording(payload["locale"], payload["zone"], branding_of(payload), (days[0], days[-1]) if days else None)


@lru_cache(maxsize=512)
def _votes(count: int, locale: str) -> str:
    """Return a number of votes in words, which are the same for many of thousands of ideas."""
    return plain(_n("{count} vote", "{count} votes", count), Reader(locale, "UTC"))


def group_files(results: WorkshopResults, wording: Wording) -> Mapping[int, str]:
    """Return the beginning of the names of each group's files, by the id of the group.

    It consists of the theme, the day if there are several, and the number: «innovation-pedagogique-groupe-3». If two
    themes would have the same name in files, the themes' keys are used instead.
    """

    def name(group: ResultGroup, theme: str) -> str:
        day = [_("Day {number}", number=group.round)] if _has_several_rounds(results) else []
        rest = (wording.say(part) for part in (*day, _("Group {number}", number=group.number)))
        return "-".join((file_stem(theme)[:50], *map(file_stem, rest)))

    names = {group.id: name(group, wording.theme(results, group.theme)) for group in results.groups}
    counts = Counter(names.values())
    return {
        group.id: name(group, group.theme) if counts[names[group.id]] > 1 else names[group.id]
        for group in results.groups
    }


def _has_several_rounds(results: WorkshopResults) -> bool:
    return len({group.round for group in results.groups}) > 1


# --- The names of files. The names of attachments and of groups' slides follow from what they belong to.


RESULT_FILES: Mapping[str, Text] = {"xlsx": _("workshops.xlsx"), "pptx": _("plenary.pptx"), "pdf": _("booklet.pdf")}
"""The names of the files about all groups. No other files are sent under these names."""
CHART_FILES: Mapping[str, Text] = {
    "phases": _("ideas-by-phase.png"),
    "themes": _("ideas-by-theme.png"),
    "territories": _("territories.png"),
}
"""The names of the charts as pictures, by the key of the chart."""
FOLDERS: Mapping[str, Text] = {
    # L10N: a folder with the slides of each group; no accents, no spaces
    "decks": _("decks"),
    # L10N: a folder with charts as pictures; no accents, no spaces
    "charts": _("charts"),
    # L10N: a folder with the photos and documents that people sent; no accents, no spaces
    "files": _("files"),
}
"""The names of the folders that an export contains, by key."""
