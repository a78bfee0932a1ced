"""The words of the files: sheets, columns, how people and groups are called, in the language asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.content.names import collation, fold
from bot.content.texts import Listing, Moment, Name, Reader, Span, Territory, Text, _, plain
from handlers.ideas.messages import CATEGORIES
from handlers.results.model import Gathering, ResultGroup, Version, Voice
from handlers.syntheses.messages import CARD_LABELS, LABELS
from handlers.syntheses.model import CANVAS, CARD_FIELDS

_ISOLATES = {0x2068: None, 0x2069: None}  # writing directions are the programs' that open the file


@dataclass(frozen=True, slots=True)
class Wording:
    """How a file reads: its language, the gathering's zone and name."""

    locale: str
    zone: str
    name: str

    def say(self, span: Span) -> str:
        """A span in words."""
        return plain(span, Reader(self.locale, self.zone)).translate(_ISOLATES)

    def words(self, words: Mapping[str, str]) -> str:
        """What organisers wrote, in this language or else in the first."""
        return words.get(self.locale) or next(iter(words.values()), "")

    def local(self, instant: datetime) -> datetime:
        """An instant as the clocks of the gathering showed it, without its zone, for spreadsheets."""
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None, microsecond=0)

    def day(self, group: ResultGroup) -> str:
        """The day of a group's round."""
        return self.say(Moment.of_day(group.day))

    def territory(self, code: str) -> str:
        """A territory by name, '' for none."""
        return self.say(Territory(code)) if code else ""

    def theme(self, whole: Gathering, key: str) -> str:
        """A theme by its title; '' for none."""
        return self.words(whole.themes.get(key, {}))

    def phase(self, whole: Gathering, key: str) -> str:
        """A phase by its title."""
        return next((self.words(each.title) for each in whole.phases if each.key == key), key)

    def group(self, whole: Gathering, group: ResultGroup) -> str:
        """What a group is called: «Culture · group 3», then its own name if any, and its day if there are several."""
        said = self.say(_("{theme} · group {number}", theme=self.theme(whole, group.theme), number=group.number))
        if group.name:
            said = f"{said} · {group.name}"
        return f"{said} · {self.day(group)}" if len({each.round for each in whole.groups}) > 1 else said

    def author(self, voice: Voice) -> str:
        """Who gave an idea: first name and initial, «anonymous», '' for who was erased."""
        return self.say(_("anonymous")) if voice.anonymous else voice.author

    def category(self, key: str) -> str:
        """What kind of idea it is, in a phase that collects facts; '' elsewhere."""
        return next((self.say(words) for known, words in CATEGORIES.items() if known == key), "")

    def opinions(self, version: Version) -> Sequence[str]:
        """What members think of a version, a line each: those who said something, or approve."""
        lines = []
        for name, approves, comment in version.opinions:
            stand = self.say(_("approves")) if approves else ""
            said = " · ".join(part for part in (name, stand) if part)
            lines.append(f"{said}: {comment}" if comment else said)
        return lines

    def opinions_together(self, version: Version) -> Sequence[str]:
        """The same, with those who approve and say no more on one line."""
        silent = [name for name, approves, comment in version.opinions if name and approves and not comment]
        said = [opinion for opinion in version.opinions if not (opinion[0] and opinion[1] and not opinion[2])]
        lines = self.opinions(replace(version, opinions=said))
        if not silent:
            return lines
        return [self.say(_("Approved by: {names}", names=Listing(tuple(map(Name, silent))))), *lines]

    def sorted_territories(self, codes: Sequence[str]) -> list[str]:
        """Codes in the order of their names."""
        return sorted(codes, key=lambda code: collation(self.territory(code)))


def wording_of(payload: Mapping[str, Any]) -> Wording:
    """The wording a payload asks for."""
    return Wording(payload["locale"], payload["zone"], payload["gathering"])


def file_name(*parts: str) -> str:
    """Words as the name of a file on any machine: «culture-3-ideas»; letters without accents, digits, hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(" ".join(parts))))[:80] or "file"


def group_file(group: ResultGroup, whole: Gathering) -> str:
    """What a group's files begin with in a folder, in any language: theme, number, round where there are several."""
    day = [f"day{group.round}"] if len({each.round for each in whole.groups}) > 1 else []
    return file_name(group.theme, *day, str(group.number))


def group_file_in_words(group: ResultGroup, whole: Gathering, wording: Wording) -> str:
    """The same for who gets a single file: «innovation-pedagogique-groupe-3»."""
    day = [_("Day {number}", number=group.round)] if len({each.round for each in whole.groups}) > 1 else []
    said = (wording.say(each) for each in (*day, _("Group {number}", number=group.number)))
    return file_name(wording.theme(whole, group.theme), *said)


# --- What the sheets of the workbook are called, and their columns, each with its width in characters.


Column = tuple[Text, int]

_WIDE, _USUAL, _NARROW = 60, 24, 12

NAMES: Mapping[str, Text] = {
    "groups": _("Groups"),
    "people": _("People"),
    "ideas": _("Ideas"),
    "challenges": _("Challenges"),
    "solutions": _("Solutions"),
    "cards": _("Territory cards"),
    "syntheses": _("Syntheses"),
    "aside": _("Kept aside"),
    "phases": _("Phases"),
    "files": _("Files"),
}
_GROUP: Column = (_("Group"), _USUAL)
_THEME: Column = (_("Theme"), _USUAL)
_PHASE: Column = (_("Phase"), _USUAL)
_TERRITORY: Column = (_("Territory"), _USUAL)
_VERSION: Sequence[Column] = (
    (_("Version"), _NARROW),
    (_("Written by"), _USUAL),
    (_("Opinions"), _USUAL),
    (_("When"), _USUAL),
)
GROUPS: Sequence[Column] = (
    *(_GROUP, _THEME, (_("Number"), _NARROW), (_("Name"), _USUAL), (_("Day"), _USUAL), (_("Room"), _USUAL)),
    *((_("Members"), _WIDE), (_("Ideas"), _NARROW), (_("Challenge"), _WIDE), (_("Solution"), _WIDE)),
    (_("Squares filled"), _NARROW),
)
PEOPLE: Sequence[Column] = ((_("Person"), _USUAL), _TERRITORY, _THEME, _GROUP)
IDEAS: Sequence[Column] = (
    *((_("Number"), _NARROW), _GROUP, _THEME, _PHASE, (_("Idea"), _WIDE), (_("From"), _USUAL), _TERRITORY),
    *((_("Kind"), _NARROW), (_("Votes"), _NARROW), (_("Builds on"), _NARROW), (_("Merged into it"), _WIDE)),
    *((_("Files"), _NARROW), (_("When"), _USUAL)),
)
ASIDE: Sequence[Column] = (
    *((_("Number"), _NARROW), (_("Why"), _USUAL), _GROUP, _THEME, _PHASE, (_("Idea"), _WIDE), (_("From"), _USUAL)),
    *(_TERRITORY, (_("Files"), _NARROW), (_("When"), _USUAL)),
)
CHALLENGES: Sequence[Column] = (_GROUP, (_("Challenge"), _WIDE), (_("Runners-up"), _WIDE), *_VERSION)
SOLUTIONS: Sequence[Column] = (_GROUP, *((LABELS[name], _WIDE) for name in ("idea", *CANVAS)), *_VERSION)
SYNTHESES: Sequence[Column] = (_GROUP, _PHASE, (_("Synthesis"), _WIDE), *_VERSION)
CARDS: Sequence[Column] = (
    *(_TERRITORY, _GROUP, *((CARD_LABELS[name], _WIDE) for name in CARD_FIELDS)),
    (_("Written by"), _USUAL),
)
PHASES: Sequence[Column] = (
    *(_GROUP, _PHASE, (_("Began"), _USUAL), (_("Ended"), _USUAL), (_("Ideas"), _NARROW)),
    (_("Votes"), _NARROW),
)
FILES: Sequence[Column] = (
    *((_("File"), _USUAL), _GROUP, (_("Idea"), _NARROW), _PHASE, (_("Type"), _USUAL)),
    (_("Bytes"), _NARROW),
)
