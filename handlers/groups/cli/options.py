"""The options of `rencontres groups` that speak of a theme, or of one person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from handlers.groups.labels import theme_finder
from handlers.groups.people_files import People
from handlers.groups.solver.model import Limits, Person
from handlers.groups.table_files import Fault


class Options:
    """Reads them, gathering what is wrong in `faults`."""

    def __init__(self, themes: Iterable[str]) -> None:
        self.faults: list[Fault] = []
        self._themes = tuple(themes)
        self._theme = theme_finder(self._themes)

    def counts(self, texts: Sequence[str]) -> Mapping[str, int]:
        """How many groups are wanted, by theme."""
        counts: dict[str, int] = {}
        for text in texts:
            theme, number = self._halves("--count", text, "THEME=N")
            if theme and not (number.isdecimal() and int(number) > 0):
                self._fault("--count", f"«{text}»: {number} is no number of groups")
            elif theme:
                counts[theme] = int(number)
        return counts

    def sizes(self, texts: Sequence[str], usual: Limits) -> Mapping[str, Limits]:
        """The sizes that groups may have, by theme."""
        sizes: dict[str, Limits] = {}
        for text in texts:
            theme, wanted = self._halves("--sizes", text, "THEME=4-7")
            found = re.fullmatch(r"([1-9][0-9]{0,5})\s*-\s*([1-9][0-9]{0,5})", wanted, re.ASCII)
            smallest, largest = map(int, found.groups()) if found else (1, 0)
            if theme and smallest > largest:
                self._fault("--sizes", f"«{text}»: {wanted} are no sizes, write them like 4-7")
            elif theme:
                sizes[theme] = Limits(smallest, largest, min(max(usual.target, smallest), largest))
        return sizes

    def waiting(self, texts: Sequence[str]) -> frozenset[str]:
        """The themes whose people are in no group for now."""
        return frozenset(theme for text in texts if (theme := self._known("--wait", text, text, "THEME")))

    def moved(self, people: People, texts: Sequence[str]) -> People:
        """The people, some of them with another theme."""
        themes = {theme: list(members) for theme, members in people.themes.items()}
        by_ref = {person.id: person for members in people.themes.values() for person in members}
        for text in texts:
            ref, _equals, name = text.partition("=")
            theme = self._known("--move", text, name, "ID=THEME")
            person = by_ref.get(ref.strip())
            if theme and person is None:
                self._fault("--move", f"«{text}»: nobody with a theme has the id «{ref.strip()}»")
            elif theme and person:
                for members in themes.values():
                    _leave(members, person)
                themes[theme].append(person)
        ordered = {theme: tuple(sorted(members, key=lambda each: each.id)) for theme, members in themes.items()}
        return replace(people, themes=ordered) if texts else people

    def _halves(self, option: str, text: str, form: str) -> tuple[str | None, str]:
        name, _equals, value = text.rpartition("=")
        return self._known(option, text, name, form), value.strip()

    def _known(self, option: str, text: str, name: str, form: str) -> str | None:
        theme = self._theme(name.strip())
        if theme is None:
            self._fault(option, f"«{text}»: write {form}, of {', '.join(self._themes)}")
        return theme

    def _fault(self, option: str, reason: str) -> None:
        self.faults.append(Fault(option, 0, reason))


def _leave(members: list[Person], person: Person) -> None:
    if person in members:
        members.remove(person)
