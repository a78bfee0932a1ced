"""Removes an erased person from messages and files that were stored before messages named people by reference.

Messages of today contain the ids of people (`bot.people.reference_store`). Older messages contain names and quoted
words literally. Two things are replaced in older messages: the person's full name, where it is not part of a longer
name, and the person's own texts, where a whole piece of text equals one. Only messages to people who could know the
person are searched, so nobody's name or words can change what others wrote. This module, and the table `stored_before`,
can be deleted once no gathering remains that began before migration 046.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from bot.content.hooks import collecting_hook
from bot.content.stored_texts import encode
from bot.content.texts import ERASED, SOMEONE
from bot.database.engine import Transaction

_ISOLATES = "\u2066\u2067\u2068\u2069"
_MOST_UNPACKED = 50_000_000
"""The most bytes of an archive that are searched; one that unpacks to more is treated as naming the person."""
_SOMEONE, _ERASED = encode(SOMEONE), encode(ERASED)


@collecting_hook
async def companions(tx: Transaction, person: int) -> Sequence[int]:  # noqa: ARG001 - for those who define it
    """Return the ids of people who were told about a participant because they were together, for instance in a group.

    This is a hook: each capability that brings people together adds to the result.
    """
    return ()


@dataclass(frozen=True, slots=True)
class Traces:
    """The words to search for in older messages and files when a person is erased, and the readers concerned.

    `person` is the person's former id, `full` their full name ('' if another person has the same name). `texts` are
    texts of the person that are erased too; `quotes` are the kinds and keys by which newer messages quote these texts.
    `facts` are the person's number in the team's list and their e-mail address. `readers` are the ids of people who
    could know the person: only messages to them are searched.
    """

    person: int = 0
    full: str = ""
    facts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    quotes: tuple[tuple[str, str], ...] = ()
    readers: frozenset[int] = field(default_factory=frozenset[int])
    names: tuple[str, ...] = ()
    """The names of the person that nobody else has."""

    def dump(self) -> str:
        """Return these traces as JSON text, which `load` turns into an equal object."""
        said = [self.person, self.full, self.facts, self.texts, self.quotes, sorted(self.readers), self.names]
        return json.dumps(said, ensure_ascii=False)

    @classmethod
    def load(cls, stored: str) -> Traces:
        """Return the traces that `dump` turned into JSON text."""
        said = json.loads(stored)
        if not isinstance(said[0], int):  # an erasure that an earlier version began
            _names, full, facts, texts, *_rest = said
            return cls(0, next(iter(full), ""), tuple(facts), tuple(texts))
        person, full, facts, texts, quotes, readers, names = said
        pairs = tuple((kind, key) for kind, key in quotes)
        return cls(person, full, tuple(facts), tuple(texts), pairs, frozenset(readers), tuple(names))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the person's e-mail address, as a tuple; empty if it is unknown."""
        return tuple(fact for fact in self.facts if "@" in fact)

    def stand_in_values(self, stored: str) -> bool:
        """Return whether JSON text that the program made has the person's e-mail address, or their number as a `ref`.

        The person's name is not searched for: a person called «Europe/Paris» would be found in everything.
        """
        refs = (f'"ref": {json.dumps(fact, ensure_ascii=False)}' for fact in self.facts if "@" not in fact)
        addresses = (json.dumps(address, ensure_ascii=False) for address in self.addresses)
        return any(known in stored for known in (*refs, *addresses))

    @property
    def references(self) -> tuple[str, ...]:
        """Return the beginnings, in the JSON text of newer messages, of references to the person and their words."""
        quotes = [f'["quote", "{kind}", "{key}{end}' for kind, key in self.quotes for end in ('"', ".")]
        return (f'["person", {self.person}, ', *quotes)

    def taken_out(self, content: str) -> str:
        """Return a stored message, or a piece of one (JSON text), in which the person's name and words are replaced.

        The same words are left unchanged where they are not about the person: within longer texts, in payloads of
        buttons, in texts of the team.
        """
        if not any(needle in content for needle in self._needles):
            return content
        stored = json.loads(content)
        replaced = self._taken_out(stored)
        if isinstance(replaced, dict) and isinstance(replaced.get("lines"), list):
            replaced["lines"] = [self._words(line) for line in replaced["lines"]]
        return content if replaced == stored else json.dumps(replaced, ensure_ascii=False)

    @property
    def _needles(self) -> Sequence[str]:
        return [json.dumps(words, ensure_ascii=False)[1:-1] for words in (self.full, *self.texts) if words]

    def _taken_out(self, stored: Any) -> Any:
        match stored:
            case ["name", str(text)]:
                bare = text.strip(_ISOLATES + " ")
                return _SOMEONE if self.full and bare == self.full else _ERASED if bare in self.texts else stored
            case ["text", message, plural, count, {**values}]:
                inner = {name: self._words(self._taken_out(value)) for name, value in values.items()}
                return ["text", message, plural, count, inner]
            case list():
                return [self._taken_out(part) for part in stored]
            case dict():
                return {name: self._taken_out(part) for name, part in stored.items()}
            case _:
                return stored

    def _words(self, span: Any) -> Any:
        return _ERASED if isinstance(span, str) and span in self.texts else span

    def may_be_in(self, content: bytes, name: str) -> bool:
        """Return whether a file has the person's full name, number or e-mail address; True if it cannot be searched.

        `content` is the file's bytes; the suffix of `name` says how to read them.
        """
        try:
            if zipfile.is_zipfile(io.BytesIO(content)):
                return self._may_be_packed_in(content)
            if PurePath(name).suffix.lower() in (".csv", ".json", ".ics", ".txt"):
                return self._is_in_text(content)
        except Exception:  # noqa: BLE001 - a damaged archive raises anything: BadZipFile, zlib.error, RuntimeError, …
            return True
        return True

    def _may_be_packed_in(self, content: bytes) -> bool:
        """Return whether an archive may name the person; one that unpacks to too many bytes is treated as if it did."""
        left = _MOST_UNPACKED
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for text in archive.namelist():
                with archive.open(text) as packed:
                    part = packed.read(left + 1)
                left -= len(part)
                if left < 0 or self._is_in_text(part):
                    return True
        return False

    def _is_in_text(self, content: bytes) -> bool:
        return self.is_in(content.decode("utf-8", "replace"))

    def is_in(self, words: str) -> bool:
        """Return whether a text has the person's full name, number in the team's list, or e-mail address."""
        return any(known in words for known in (self.full, *self.facts) if known)


def neutral_name(name: str, position: int) -> str:
    """Return a neutral name for a file whose author was erased, made of `position` + 1 and the suffix of `name`."""
    return f"{position + 1}{PurePath(name).suffix}"
