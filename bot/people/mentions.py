"""Finds a person in what others were shown, and replaces their name and words, for the erasure of the person.

What others read is stored as structure (`bot/content/views.py::View`), so names and texts of the person can be replaced
while everything around them stays. If a whole text is exactly the name of another person, it stays; everywhere else the
name is replaced, even where it may mean someone else.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any

from bot.content.stored_texts import decode, encode
from bot.content.texts import ERASED, SOMEONE, Joined, Link, Listing, Localised, Name, Span, Strong, Styled, Text, _
from bot.content.views import Button, Choice, Option, View, decode_view, encode_view

NOTICE = View((_("This message spoke of someone who has erased their data."),))
"""The message that replaces a message from which the person cannot be removed."""

_GAP = "…"
_ISOLATES = "\u2066\u2067\u2068\u2069"
_SURE = 12
"""The fewest characters of a person's text that are searched for inside longer texts; shorter ones must be alone."""
_BEGINNING = 8
"""The fewest characters by which a text ending in «…» is recognised as the beginning of another."""
_NEEDLE = 16
_MOST_UNPACKED = 50_000_000
"""The most bytes of an archive that are searched; one that unpacks to more is treated as naming the person."""
_COUNTED = re.compile(r" \(\d+\)$")  # how many votes an idea got that stands in a list


@dataclass(frozen=True, slots=True)
class Traces:
    """What to search for to find a person: their names, facts that only their own record has, and their texts.

    `names` are all their names, `full` those that hardly anybody else has. `facts` are their reference and e-mail
    address, `texts` what they wrote, `files` the names of their files. `others` are names of other people, which are
    not replaced. `nicknames` are names that they gave themselves on platforms, other than `names`: any word may be one,
    so they are searched for only where somebody's name stands, and never within the words of others.
    """

    names: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()
    nicknames: tuple[str, ...] = ()

    def dump(self) -> str:
        """Return the traces as JSON text, from which `load` makes them again."""
        return json.dumps(
            [self.names, self.full, self.facts, self.texts, self.files, sorted(self.others), self.nicknames],
            ensure_ascii=False,
        )

    @classmethod
    def load(cls, stored: str) -> Traces:
        """Return the traces from the JSON text that `dump` returned."""
        names, full, facts, texts, files, others, *nicknames = json.loads(stored)
        alone = tuple(nicknames[0]) if nicknames else ()  # none were stored by earlier versions
        return cls(tuple(names), tuple(full), tuple(facts), tuple(texts), tuple(files), frozenset(others), alone)

    def without(self, texts: Iterable[str]) -> Traces:
        """Return these traces without those texts that are also among `texts`, whatever blanks are in them."""
        others = {_on_one_line(text) for text in texts}
        return replace(self, texts=tuple(text for text in self.texts if _on_one_line(text) not in others))

    @property
    def needles(self) -> tuple[str, ...]:
        """Return pieces of JSON text; every stored message that `Redaction` would change contains one of them."""
        words = (*self.names, *self.nicknames, *self.facts, *self.files)
        beginnings = [line[:_NEEDLE] for text in self.texts for line in text.splitlines()[:1]]
        return tuple(dict.fromkeys(json.dumps(word, ensure_ascii=False)[1:-1] for word in (*words, *beginnings)))


@dataclass(frozen=True)
class Redaction:
    """Searches texts, messages and files for the traces of a person, and replaces them."""

    traces: Traces

    @cached_property
    def _words(self) -> re.Pattern[str]:
        """Return a pattern for names and facts as whole words, without names of one letter."""
        return _whole([name for name in (*self.traces.names, *self.traces.facts) if len(name) > 1])

    @cached_property
    def _telling(self) -> Redaction:
        """Return a redaction for only those traces that mean nobody else."""
        return Redaction(Traces(names=self.traces.full, facts=self.traces.facts, others=self.traces.others))

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(map(_on_one_line, self.traces.texts))

    # --- finding

    def is_in(self, stored: Any) -> bool:
        """Return whether any text in JSON values was written by the person, or names the person."""
        return any(self.span(words) != words for words in _strings(stored))

    def is_about(self, content: str) -> bool:
        """Return whether a stored message names the person by their full name or a fact that means nobody else."""
        return self._telling.stored_view(content) != content

    def may_hold(self, content: bytes, name: str) -> bool:
        """Return whether a file may name the person; True for a file that cannot be searched.

        `content` is the file's bytes, `name` its name, whose ending says how to read it.
        """
        try:
            if zipfile.is_zipfile(io.BytesIO(content)):
                return self._may_hold_packed(content)
            if PurePath(name).suffix.lower() in (".csv", ".json", ".ics", ".txt"):
                return self._is_in_text(content)
        except Exception:  # noqa: BLE001 - a damaged archive raises anything: BadZipFile, zlib.error, RuntimeError, …
            return True
        return True

    def _may_hold_packed(self, content: bytes) -> bool:
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
        words = content.decode("utf-8", "replace")
        return bool(self._words.search(words)) or any(text in words for text in self._texts if text)

    # --- taking out

    def span(self, words: str) -> Span:
        """Return a text with the person's names and words replaced; the same object if there are none in it."""
        bare = _bare(words)
        if self._is_theirs(bare):
            return ERASED
        if bare in self.traces.names:
            return SOMEONE
        if bare in self.traces.others:
            return words
        return self.words(words)

    def words(self, words: str) -> str:
        """Return a plain text with the person's names and words replaced."""
        if "\n" in words or _COUNTED.search(words):
            words = "\n".join(_GAP if self._is_theirs(_COUNTED.sub("", line)) else line for line in words.splitlines())
        for text in (*self.traces.texts, *self._texts):
            if len(text) >= _SURE:
                words = words.replace(text, _GAP)
        return self._words.sub(_GAP, words)

    def _is_theirs(self, words: str) -> bool:
        words = _on_one_line(words)
        cut = words[:-1].rstrip() if words.endswith("…") else ""
        return any(words == text or (len(cut) >= _BEGINNING and text.startswith(cut)) for text in self._texts if text)

    def stored_view(self, content: str) -> str:
        """Return a stored message, JSON text, with the person's names and words replaced.

        `content` comes from `bot/content/stored_views.py::pack` or from the web page. A message of another format is
        replaced as a whole if the person is in it, so that it never stops an erasure.
        """
        stored = json.loads(content)
        try:
            redacted = encode_view(self.view(decode_view(stored)))
            if "attachments" in stored:
                redacted["attachments"] = [self._attachment(*text) for text in stored["attachments"]]
        except (ValueError, KeyError, TypeError):
            redacted = encode_view(NOTICE) if self.is_in(stored) else stored
        return content if stored == redacted else json.dumps(redacted, ensure_ascii=False)

    def stored_span(self, content: str) -> str:
        """Return a stored span, JSON text, with the person's names and words replaced."""
        stored = json.loads(content)
        try:
            redacted = encode(self._in(decode(stored)))
        except (ValueError, TypeError):
            redacted = encode(SOMEONE) if self.is_in(stored) else stored
        return content if stored == redacted else json.dumps(redacted, ensure_ascii=False)

    def view(self, view: View) -> View:
        """Return a message with the person's names and words replaced."""
        choice = view.choice
        return replace(
            view,
            lines=tuple(self._in(line) for line in view.lines),
            buttons=tuple(self._button(button) for button in view.buttons if not self._leads_to(button)),
            choice=self._choice(choice) if choice else None,
        )

    def file_name(self, name: str, position: int) -> str:
        """Return a file's name unchanged, or a neutral name with the number `position` + 1 if it names the person."""
        known = name in self.traces.files or self._words.search(name)
        return photo_name(name, position) if known else name

    def _attachment(self, kind: str, name: Any, about: Any, length: int) -> list[Any]:
        called = self.file_name(name, 0) if isinstance(name, str) else encode(self._in(decode(name)))
        return [kind, called, encode(self._in(decode(about))) if kind == "picture" else about, length]

    def _leads_to(self, button: Button) -> bool:
        """Return whether a button has the person's name or facts in its payload or address."""
        carried = (button.action.encode() if button.action else "", button.url or "")
        return any(self._words.search(text) for text in carried)

    def _button(self, button: Button) -> Button:
        share = replace(button.share, text=self._in(button.share.text)) if button.share else None
        return replace(button, label=self._in(button.label), share=share)

    def _choice(self, choice: Choice) -> Choice:
        return replace(
            choice,
            options=tuple(self._option(option) for option in choice.options),
            placeholder=self._in(choice.placeholder),
        )

    def _option(self, option: Option) -> Option:
        about = option.description
        return replace(option, label=self._in(option.label), description=None if about is None else self._in(about))

    def _in(self, span: Span) -> Span:
        match span:
            case str():
                return self.span(span)
            case Name(text) if _bare(text) in self.traces.nicknames:
                return SOMEONE
            case Name(text):
                redacted = self.span(text)
                return Name(redacted) if isinstance(redacted, str) else redacted
            case Text(values=values):
                return replace(span, values={name: self._in(value) for name, value in values.items()})
            case Strong(inner):
                return Strong(self._in(inner))
            case Styled(inner):
                return replace(span, span=self._in(inner))
            case Joined(spans):
                return Joined(tuple(self._in(each) for each in spans))
            case Listing(items):
                return Listing(tuple(self._in(item) for item in items))
            case Link(label, url):
                return self._in(label) if self._words.search(url) else Link(self._in(label), url)
            case Localised(words):
                return Localised({locale: self.words(said) for locale, said in words.items()})
            case _:
                return span


def photo_name(name: str, position: int) -> str:
    """Return a neutral name for a file whose author was erased: the number `position` + 1, and the ending of `name`."""
    return f"{position + 1}{PurePath(name).suffix}"


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def _bare(words: str) -> str:
    return words.strip(_ISOLATES + " ")


def _whole(words: Collection[str]) -> re.Pattern[str]:
    """Return a pattern that matches any of some words as a whole, the longest first; without words, nothing."""
    longest_first = sorted({word for word in words if word}, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in longest_first) or r"(?!)")


def _strings(stored: Any) -> Iterator[str]:
    """Yield all texts in JSON values."""
    if isinstance(stored, str):
        yield stored
    elif isinstance(stored, dict):
        for value in stored.values():
            yield from _strings(value)
    elif isinstance(stored, list):
        for value in stored:
            yield from _strings(value)
