"""Finds a person in what others were shown and takes them out, so that somebody who is erased stands nowhere any more.

What others read is kept as structure (`bot/content/views.py::View`). Words in it that are the person's name, or
something they wrote, are replaced; everything around them stays. A first name may be somebody else's too: where the
words are exactly how another person is called they stay, everywhere else forgetting comes before keeping an old message
whole.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any

from bot.content.stored_texts import decode, encode
from bot.content.texts import Joined, Link, Listing, Localised, Name, Span, Strong, Styled, Text, _
from bot.content.views import Button, Choice, Option, View, decode_view, encode_view

SOMEONE = _("someone")
"""The words that replace a person's name."""
WITHDRAWN = _("(words that were erased)")
"""The words that replace what a person wrote."""
NOTICE = View((_("This message spoke of someone who has erased their data."),))
"""The words that replace a message that cannot be kept without the person."""

_GAP = "…"
_ISOLATES = "\u2066\u2067\u2068\u2069"
_SURE = 12
"""The fewest characters of words that are found inside others' words too; shorter ones must stand alone."""
_BEGINNING = 8
"""The fewest characters by which a cut text is recognised as the beginning of another."""
_NEEDLE = 16
_MOST_UNPACKED = 50_000_000
"""The most bytes of an archive that are searched; one that unpacks to more may hold anything."""
_COUNTED = re.compile(r" \(\d+\)$")  # how many votes an idea got that stands in a list


@dataclass(frozen=True, slots=True)
class Traces:
    """What a person is recognised by: their names, what only their own record says, what they wrote.

    `full` are the names that mean them alone, as far as one can tell; `names` all of them. `facts` are their reference
    and e-mail address, `files` the names of their files. `others` are the names of other people, who stay.
    """

    names: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()

    def dump(self) -> str:
        """Return the traces as JSON, for `load`."""
        return json.dumps(
            [self.names, self.full, self.facts, self.texts, self.files, sorted(self.others)], ensure_ascii=False
        )

    @classmethod
    def load(cls, stored: str) -> Traces:
        """Return the traces that `dump` wrote."""
        names, full, facts, texts, files, others = json.loads(stored)
        return cls(tuple(names), tuple(full), tuple(facts), tuple(texts), tuple(files), frozenset(others))

    @property
    def needles(self) -> tuple[str, ...]:
        """Return pieces of JSON, one of which is in every stored message that `Redaction` would change."""
        words = (*self.names, *self.facts, *self.files)
        beginnings = [line[:_NEEDLE] for text in self.texts for line in text.splitlines()[:1]]
        return tuple(dict.fromkeys(json.dumps(word, ensure_ascii=False)[1:-1] for word in (*words, *beginnings)))


@dataclass(frozen=True)
class Redaction:
    """The traces of a person, compiled to be searched for and taken out."""

    traces: Traces

    @cached_property
    def _words(self) -> re.Pattern[str]:
        """Return a pattern for names and facts as whole words; a single letter is a name only where it stands alone."""
        return _whole([name for name in (*self.traces.names, *self.traces.facts) if len(name) > 1])

    @cached_property
    def _telling(self) -> Redaction:
        """Return the redaction for what means nobody else."""
        return Redaction(Traces(names=self.traces.full, facts=self.traces.facts, others=self.traces.others))

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(" ".join(text.split()) for text in self.traces.texts)

    # --- finding

    def is_in(self, stored: Any) -> bool:
        """Return whether words in JSON values are the person's own, or name them."""
        return any(self.span(words) != words for words in _strings(stored))

    def is_about(self, content: str) -> bool:
        """Return whether a stored message names the person in a way that means nobody else."""
        return self._telling.stored_view(content) != content

    def may_hold(self, content: bytes, name: str) -> bool:
        """Return whether a file may name the person; True for one that cannot be searched, or is too large to be."""
        try:
            if zipfile.is_zipfile(io.BytesIO(content)):
                return self._may_hold_packed(content)
            if PurePath(name).suffix.lower() in (".csv", ".json", ".ics", ".txt"):
                return self._is_in_text(content)
        except Exception:  # noqa: BLE001 - a damaged archive raises anything: BadZipFile, zlib.error, RuntimeError, …
            return True
        return True

    def _may_hold_packed(self, content: bytes) -> bool:
        """Return the same for an archive; it may be hostile, so what comes out of it is counted."""
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
        """Return words without the person; the same object where they are not in it."""
        bare = _bare(words)
        if self._is_theirs(bare):
            return WITHDRAWN
        if bare in self.traces.names:
            return SOMEONE
        if bare in self.traces.others:
            return words
        return self.words(words)

    def words(self, words: str) -> str:
        """Return plain words without the person."""
        if "\n" in words or _COUNTED.search(words):
            words = "\n".join(_GAP if self._is_theirs(_COUNTED.sub("", line)) else line for line in words.splitlines())
        for text in (*self.traces.texts, *self._texts):
            if len(text) >= _SURE:
                words = words.replace(text, _GAP)
        return self._words.sub(_GAP, words)

    def _is_theirs(self, words: str) -> bool:
        words = " ".join(words.split())
        cut = words[:-1].rstrip() if words.endswith("…") else ""
        return any(words == text or (len(cut) >= _BEGINNING and text.startswith(cut)) for text in self._texts if text)

    def stored_view(self, content: str) -> str:
        """Return a stored message (`bot/content/stored_views.py::pack`, or a page's) without the person.

        A message that cannot be read as such is replaced whole where they are in it, because nothing may keep an
        erasure from ending.
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
        """A stored span without the person, as `stored_view`."""
        stored = json.loads(content)
        try:
            redacted = encode(self._in(decode(stored)))
        except (ValueError, TypeError):
            redacted = encode(SOMEONE) if self.is_in(stored) else stored
        return content if stored == redacted else json.dumps(redacted, ensure_ascii=False)

    def view(self, view: View) -> View:
        """Return a message without the person."""
        choice = view.choice
        return replace(
            view,
            lines=tuple(self._in(line) for line in view.lines),
            buttons=tuple(self._button(button) for button in view.buttons if not self._leads_to(button)),
            choice=self._choice(choice) if choice else None,
        )

    def file_name(self, name: str, position: int) -> str:
        """Return the name that a file has from now on."""
        known = name in self.traces.files or self._words.search(name)
        return photo_name(name, position) if known else name

    def _attachment(self, kind: str, name: Any, about: Any, length: int) -> list[Any]:
        called = self.file_name(name, 0) if isinstance(name, str) else encode(self._in(decode(name)))
        return [kind, called, encode(self._in(decode(about))) if kind == "picture" else about, length]

    def _leads_to(self, button: Button) -> bool:
        """Return whether a button carries the person in its payload or address."""
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
    """Return the name of a photo or document that has no author any more."""
    return f"{position + 1}{PurePath(name).suffix}"


def _bare(words: str) -> str:
    return words.strip(_ISOLATES + " ")


def _whole(words: Collection[str]) -> re.Pattern[str]:
    """Return a pattern for any of some words, whole, the longest that fits; None where there are none."""
    longest_first = sorted({word for word in words if word}, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in longest_first) or r"(?!)")


def _strings(stored: Any) -> Iterator[str]:
    """Return all words in JSON values."""
    if isinstance(stored, str):
        yield stored
    elif isinstance(stored, dict):
        for value in stored.values():
            yield from _strings(value)
    elif isinstance(stored, list):
        for value in stored:
            yield from _strings(value)
