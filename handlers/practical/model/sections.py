"""Defines the sections of practical information, such as wifi or meals, and changes of them.

Everything that organisers write in a section is in `parts`, JSON values by name, any of which may be missing:

- «title.fr» and «text.fr», a title and the lines of a text in one language (stored spans, see
  `bot.content.stored_texts`);
- «files.fr», the ids of pictures and documents in one language, and «files.», those for every language;
- «link», the label and the address of a button; «place», an address in words and the coordinates or the address of a
  map; «words», further words by which the section is found;
- «order», its position among the sections;
- «unconfirmed.fr», true while nobody of the team has written or confirmed the text in this language, which is one of
  config.example.toml's: only organisers see that text.

So a change of a part is a pair of values, and undoing it swaps the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.content.i18n import LOCALES
from bot.content.keys import key_like
from bot.content.stored_texts import decode
from bot.content.texts import Joined, Link, Localised, Name, Reader, Span, Strong, Styled, plain
from bot.content.views import Place

Parts = Mapping[str, Any]
Lines = tuple[Span, ...]

LONGEST_TEXT = 1200
"""The most characters of a section's text, so that it fits into one message along with its title and buttons."""
LONGEST_TITLE = 40
"""The most characters of a title, which is the label of a button."""
LONGEST_KEY = 24
MOST_SECTIONS = 30
"""The most sections, so that a list of them fits below one message."""
EVERY_LANGUAGE = ""
"""The locale for files that readers of every language get."""

_TO_READ = frozenset({"text", "files", "link", "place"})
"""The parts without which a section has nothing to read, by what stands before the dot."""
_COORDINATES = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of practical information, such as wifi.

    `key` (a-z, 0-9 and _) names the section in files, settings and buttons.
    """

    key: str
    parts: Parts

    @property
    def order(self) -> int:
        """Return the section's position among all sections; those with the same position are sorted by key."""
        order: int = self.parts.get("order", 0)
        return order

    @property
    def titles(self) -> Mapping[str, str]:
        """Return the section's titles by locale; titles in some or all of the gathering's languages may be missing."""
        return self._by_locale("title")

    @property
    def title(self) -> Span:
        """Return the title in the reader's language, or else in another one; the key if the section has no title."""
        return Localised(self.titles) if self.titles else Name(self.key)

    @property
    def locales(self) -> Sequence[str]:
        """Return the locales in which the section has a text."""
        return list(self._by_locale("text"))

    def language(self, locale: str) -> str | None:
        """Return the locale in which people with the language `locale` read the text; None if there is no text."""
        return next((written for written in (locale, *self.locales) if written in self.locales), None)

    def lines(self, locale: str) -> Lines:
        """Return the lines of the text in one language; () if it has none."""
        return tuple(decode(line) for line in self.parts.get(f"text.{locale}", ()))

    def files(self, locale: str) -> tuple[str, Sequence[int]]:
        """Return the files for people with the language `locale`: the locale ('' for all languages) and the files' ids.

        People for whose language there are no files get files in another language, so that everyone gets a plan of the
        place.
        """
        files: Mapping[str, Sequence[int]] = self._by_locale("files")
        language = next((known for known in (locale, EVERY_LANGUAGE, *files) if known in files), locale)
        return language, files.get(language, ())

    def content(self, locale: str) -> tuple[object, ...]:
        """Return all of the section that people with the language `locale` see, in order to compare two versions."""
        written = self.language(locale)
        title = plain(self.title, Reader(locale, "UTC"))
        lines = self.lines(written) if written else ()
        return title, written, lines, self.files(locale), self.link, self.address, self.map_url, self.place

    @property
    def unconfirmed(self) -> Sequence[str]:
        """Return the locales of the texts that nobody of the team has written or confirmed."""
        return list(self._by_locale("unconfirmed"))

    @property
    def confirmed(self) -> Section | None:
        """Return the section as people read it, without unconfirmed texts; None if nothing remains."""
        hidden = {f"{part}.{locale}" for part in ("text", "unconfirmed") for locale in self.unconfirmed}
        if not hidden:
            return self
        parts = {part: value for part, value in self.parts.items() if part not in hidden}
        return Section(self.key, parts) if any(part.partition(".")[0] in _TO_READ for part in parts) else None

    @property
    def link(self) -> tuple[str, str] | None:
        """Return the label ('' for the usual one) and the address of the section's link; None if it has no link."""
        label, url = self.parts.get("link") or ("", "")
        return (label, url) if url else None

    @property
    def place(self) -> Place | None:
        """Return the section's place as platforms show it on a map; None if no coordinates are known."""
        address, where = self.parts.get("place") or ("", "")
        coordinates = read_coordinates(where)
        return Place(*coordinates, self.title, address) if coordinates else None

    @property
    def address(self) -> str:
        """Return the address of the section's place in words; '' if none was written."""
        address: str = (self.parts.get("place") or ("", ""))[0]
        return address

    @property
    def map_url(self) -> str:
        """Return the address of a map that organisers gave instead of coordinates; '' if they gave none."""
        where: str = (self.parts.get("place") or ("", ""))[1]
        return "" if read_coordinates(where) else where

    @property
    def words(self) -> str:
        """Return the words, separated by commas, that find the section in addition to its title."""
        words: str = self.parts.get("words", "")
        return words

    def _by_locale(self, part: str) -> dict[str, Any]:
        values = {name.partition(".")[2]: value for name, value in self.parts.items() if name.startswith(f"{part}.")}
        return {locale: values[locale] for locale in (*LOCALES, EVERY_LANGUAGE) if values.get(locale)}


def read_coordinates(text: str) -> tuple[float, float] | None:
    """Return the latitude and longitude, in degrees, in a text such as «48.8897, 2.3711»; None for any other text."""
    match = _COORDINATES.fullmatch(text)
    if match is None:
        return None
    latitude, longitude = float(match[1]), float(match[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def in_order(sections: Iterable[Section]) -> Sequence[Section]:
    """Return the sections in the order in which they are shown."""
    return sorted(sections, key=lambda section: (section.order, section.key))


def length_of(lines: Lines) -> int:
    """Return how many characters a text has, without its formatting."""
    reader = Reader(LOCALES[0], "UTC")
    return sum(len(plain(line, reader)) + 1 for line in lines) - 1 if lines else 0


def addresses_in(lines: Iterable[Span]) -> Iterable[str]:
    """Yield the addresses of all links in these lines."""
    for line in lines:
        match line:
            case Link(_label, url):
                yield url
            case Strong(inner) | Styled(inner, _):
                yield from addresses_in((inner,))
            case Joined(spans):
                yield from addresses_in(spans)


def is_web_address(url: str) -> bool:
    """Return whether a link leads to a web page; on some platforms, any other link does nothing or starts a program."""
    return url.lower().startswith(("https://", "http://"))


def new_key(title: str, taken: Iterable[str]) -> str:
    """Return a key for a new section with this title that is not among those `taken`."""
    return key_like(title, frozenset(taken), mark="_", longest=LONGEST_KEY, otherwise="section")


# --- changes


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A change of a section: for each part that changes, the values before and after; None stands for a missing part.

    A section all of whose parts are None does not exist. `titles` are the section's titles at the time of the change,
    by which a removed section can still be named.
    """

    key: str
    parts: Mapping[str, tuple[Any, Any]]
    titles: Mapping[str, str]

    @property
    def title(self) -> Span:
        """Return the title of the changed section in the reader's language, or else in another language."""
        return Localised(self.titles) if self.titles else Name(self.key)

    def read_in(self, parts: Parts) -> Sequence[str]:
        """Return the locales in which the text of a section with these parts differs after the change.

        The result is empty if only the section's position or its search words change, or if the section is removed.
        """
        before = Section(self.key, parts).confirmed
        after = Section(self.key, self.applied_to(parts)).confirmed
        if not after or not after.parts:
            return ()
        return [locale for locale in LOCALES if not before or before.content(locale) != after.content(locale)]

    @property
    def inverse(self) -> SectionChange:
        """Return the change that undoes this one."""
        return SectionChange(
            self.key, {part: (after, before) for part, (before, after) in self.parts.items()}, self.titles
        )

    def confirming(self, parts: Parts, locale: str) -> SectionChange:
        """Return this change of a section with the present `parts`, together with the text that its author is shown.

        It is the text that people with the language `locale` read, which counts as confirmed by whoever publishes it.
        """
        after = Section(self.key, self.applied_to(parts))
        shown = after.language(locale)
        if not self.parts or shown not in after.unconfirmed:
            return self
        text = parts.get(f"text.{shown}")
        confirmed = {f"text.{shown}": (text, text), f"unconfirmed.{shown}": (True, None)}
        return SectionChange(self.key, {**confirmed, **self.parts}, self.titles)

    def clashes(self, parts: Parts) -> Sequence[str]:
        """Return the names of the changed parts whose present values, in `parts`, are not the values before the change.

        For a text only its words are compared, not whether it was confirmed meanwhile.
        """
        return [
            part
            for part, (before, _after) in self.parts.items()
            if parts.get(part) != before and not part.startswith("unconfirmed.")
        ]

    def rebased(self, parts: Parts) -> SectionChange:
        """Return a change that leads to the same values and starts from the present values in `parts`."""
        return SectionChange(
            self.key, {part: (parts.get(part), after) for part, (_before, after) in self.parts.items()}, self.titles
        )

    def applied_to(self, parts: Parts) -> dict[str, Any]:
        """Return the parts of a section after the change. The change must not clash with the present `parts`."""
        changed = {**parts, **{part: after for part, (_before, after) in self.parts.items()}}
        return {part: value for part, value in changed.items() if value is not None}


def change(section: Section | None, key: str, after: Mapping[str, Any]) -> SectionChange:
    """Return the change that sets parts of a section to the values `after`; None removes a part, and other parts stay.

    `section` is the present section; None stands for a section that does not exist. Parts that keep their value are
    left out; empty values count as None. Texts in `after` count as confirmed, unless `after` says that they are not.
    """
    written = [part.partition(".")[2] for part in after if part.startswith("text.")]
    after = {**{f"unconfirmed.{locale}": None for locale in written}, **after}
    before = section.parts if section else {}
    parts = {
        part: (before.get(part), value or None) for part, value in after.items() if (value or None) != before.get(part)
    }
    titles = {**(section.titles if section else {})}
    titles |= {part.partition(".")[2]: value for part, value in after.items() if part.startswith("title.") and value}
    return SectionChange(key, parts, titles)


def removal(section: Section) -> SectionChange:
    """Return the change that removes a section."""
    return SectionChange(section.key, {part: (value, None) for part, value in section.parts.items()}, section.titles)


def confirmation(section: Section) -> SectionChange:
    """Return the change that confirms the texts of a section as they are. It clashes with any change of these texts."""
    parts: dict[str, tuple[Any, Any]] = {}
    for locale in section.unconfirmed:
        text = section.parts.get(f"text.{locale}")
        parts |= {f"text.{locale}": (text, text), f"unconfirmed.{locale}": (True, None)}
    return SectionChange(section.key, parts, section.titles)


def encode_changes(changes: Iterable[SectionChange]) -> Sequence[dict[str, Any]]:
    """Return changes as JSON values, from which `decode_changes` makes changes again."""
    return [
        {
            "key": change.key,
            "parts": {part: list(pair) for part, pair in change.parts.items()},
            "titles": {**change.titles},
        }
        for change in changes
    ]


def decode_changes(stored: Iterable[Mapping[str, Any]]) -> Sequence[SectionChange]:
    """Return the changes that `encode_changes` turned into JSON values."""
    return [
        SectionChange(
            values["key"],
            {part: (before, after) for part, (before, after) in values["parts"].items()},
            values["titles"],
        )
        for values in stored
    ]
