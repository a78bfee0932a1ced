"""Reads practical information from Markdown files, each of which holds one section or many, in one language.

The file's name gives the language, as in `wifi.fr.md`. A heading of the first level («# Wifi») is the title of a
section, and may give its key («# Wifi {#wifi}»); a file without one is the section whose key is the file's name. Lower
headings become bold lines. A file with any mistake is not imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from bot.content import markdown
from bot.content.names import clean, fold
from bot.content.texts import Listing, Name, Span, Text, _, _n
from handlers.practical.model.sections import (
    LONGEST_KEY,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Lines,
    addresses_in,
    is_web_address,
    length_of,
    new_key,
)

ENDINGS = (".md", ".markdown", ".txt")
MOST_BYTES = 200_000
"""The largest size of a file in bytes, far more than all sections in one language need."""
_MOST_MARKED = 4 * LONGEST_TEXT
"""The most characters of a section with its marks and addresses; reading marks takes longer than texts are long."""

_LOWEST_HEADING = 6
_KEY = re.compile(rf"[a-z0-9_]{{1,{LONGEST_KEY}}}")
_TAG = re.compile(r"</?[A-Za-z][^\s<>:@]*(\s[^<>]*)?/?>|<!--")
_PICTURE = re.compile(r"!\[[^\]]*\]\(")
_LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)>\s]*)")


@dataclass(frozen=True, slots=True)
class ImportRules:
    """What files of texts may contain: texts in the gathering's `locales`, for sections that have one of the `keys`.

    `titles` has the key of a section by its title, which is simplified for comparing.
    """

    locales: Sequence[str]
    keys: Sequence[str]
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportedText:
    """The text of one section in one language, as read from a file; `title` is '' if the file has none."""

    key: str
    locale: str
    title: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A mistake in a file: the file's name, the line (from 1), and the reason."""

    file: str
    line: int
    reason: Span


@dataclass(frozen=True, slots=True)
class ImportedTexts:
    """The texts that were read from files, and the mistakes. If there are any `problems`, nothing may be imported."""

    texts: Sequence[ImportedText]
    problems: Sequence[FileProblem]


@dataclass(slots=True)
class _Block:
    """A section in a file: the number of its first line, its heading, and the lines below that."""

    line: int
    title: str
    key: str
    body: list[str]


def read_files(files: Sequence[tuple[str, bytes]], rules: ImportRules) -> ImportedTexts:
    """Return the texts in files, and all mistakes in them. Each file is given as its name and its content."""
    texts: list[ImportedText] = []
    problems: list[FileProblem] = []
    taken: dict[tuple[str, str], str] = {}
    for name, content in files:
        for item in _read_file(name, content, rules):
            if isinstance(item, FileProblem):
                problems.append(item)
                continue
            block, text = item
            if other := taken.get((text.key, text.locale)):
                reason = _(
                    "The section «{key}» is in «{file}» already, in this language.", key=text.key, file=Name(other)
                )
                problems.append(FileProblem(name, block.line, reason))
            taken[(text.key, text.locale)] = name
            texts.append(text)
    return ImportedTexts(texts, problems)


def _read_file(name: str, content: bytes, rules: ImportRules) -> Iterator[tuple[_Block, ImportedText] | FileProblem]:
    stem, locale = _parts_of(name)
    if locale not in rules.locales:
        names = Listing(tuple(f"{stem or 'wifi'}.{known}.md" for known in rules.locales))
        yield FileProblem(name, 1, _("The name must say the language: {names}.", names=names))
        return
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        yield FileProblem(name, line, _("This file is not in UTF-8. Save it as UTF-8 and send it again."))
        return
    blocks = [*_blocks(lines)]
    if not blocks:
        yield FileProblem(name, 1, _("There is no text in this file."))
    alone = len(blocks) == 1
    if not alone and blocks and not blocks[0].title:
        yield FileProblem(name, blocks[0].line, _("This is above the first heading, so it is in no section."))
        blocks = blocks[1:]
    for block in blocks:
        text = "\n".join(map(_without_heading, block.body))
        if len(text) > _MOST_MARKED:
            yield _too_long(name, block, len(text) - LONGEST_TEXT)
            continue
        key = _key_of(block, stem if alone else "", rules)
        problems = [*_mistakes(name, block)]
        yield from problems
        read = markdown.read(text)
        if not any(line != "" for line in read):
            yield FileProblem(name, block.line, _("This section has no text."))
        elif (over := length_of(read) - LONGEST_TEXT) > 0:
            yield _too_long(name, block, over)
        elif problems:
            continue
        elif wrong := next((url for url in addresses_in(read) if not is_web_address(url)), None):
            yield FileProblem(name, block.line, _no_web_address(wrong))  # written as no pattern tells, as «<tg://…>»
        else:
            yield block, ImportedText(key, locale, block.title, read)


def _too_long(name: str, block: _Block, over: int) -> FileProblem:
    """Return the mistake that a section has `over` characters too many."""
    reason = _n(
        "{count} character too many (at most {most} in a section).",
        "{count} characters too many (at most {most} in a section).",
        over,
        most=LONGEST_TEXT,
    )
    return FileProblem(name, block.line, reason)


def _without_heading(line: str) -> str:
    """Return a line as chats can show it: a lower heading as a bold line, any other unchanged."""
    level, words = _heading(line)
    return f"**{words}**" if level > 1 else line


def _heading(line: str) -> tuple[int, str]:
    """Return the level of a heading, from 1 to 6, and its words without the marks around; (0, «») for any other line.

    A pattern would take minutes for a line of some hundred blanks, and nobody be answered meanwhile.
    """
    words = line.lstrip("#")
    level = len(line) - len(words)
    if not 1 <= level <= _LOWEST_HEADING or not words[:1].isspace():
        return 0, ""
    return level, words.strip().rstrip("#").rstrip()


def _title_and_key(words: str) -> tuple[str, str]:
    """Return the title and the key in a heading like «Wifi {#wifi}», «» for none."""
    title, named, key = words.rpartition("{#")
    if not named or key.find("}") != len(key) - 1:
        return words, ""
    return title, key[:-1].strip()


def _parts_of(name: str) -> tuple[str, str]:
    """Return what a file's name says: «wifi» and «fr» for «wifi.fr.md»; «» for a missing language."""
    stem, dot, locale = PurePath(name).stem.rpartition(".")
    return (stem, locale.lower()) if dot else (locale, "")


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    """Yield the sections of a file; one without heading comes first where there is text above all headings."""
    block = _Block(1, "", "", [])
    fenced = False
    for number, line in enumerate(lines, start=1):
        fenced ^= line.lstrip().startswith("```")
        level, words = (0, "") if fenced else _heading(line)
        if level == 1:
            if block.title or any(body.strip() for body in block.body):
                yield block
            title, key = _title_and_key(words)
            block = _Block(number, clean(title), key, [])
        else:
            if not block.title and not any(body.strip() for body in block.body):
                block.line, block.body = number, []
            block.body.append(line)
    if block.title or any(body.strip() for body in block.body):
        yield block


def _key_of(block: _Block, stem: str, rules: ImportRules) -> str:
    """Return the key of a section: as its heading, the file's name (`stem`) or its title say, or a new one."""
    known = fold(stem).replace("-", "_")
    if block.key:
        return block.key
    if known in rules.keys:
        return known
    if key := rules.titles.get(fold(block.title)):
        return key
    return known if _KEY.fullmatch(known) else new_key(block.title or stem, rules.keys)


def _mistakes(name: str, block: _Block) -> Iterator[FileProblem]:
    """Yield what is wrong with the heading and the lines of a section."""
    if block.key and not _KEY.fullmatch(block.key):
        reason = _(
            "A key has only lowercase letters, digits and _, at most {most}: not «{key}».",
            most=LONGEST_KEY,
            key=block.key,
        )
        yield FileProblem(name, block.line, reason)
    if (over := len(block.title) - LONGEST_TITLE) > 0:
        reason = _n(
            "The title has {count} character too many (at most {most}).",
            "The title has {count} characters too many (at most {most}).",
            over,
            most=LONGEST_TITLE,
        )
        yield FileProblem(name, block.line, reason)
    first = block.line + (1 if block.title else 0)
    for number, line in enumerate(block.body, start=first):
        if tag := _TAG.search(line):
            yield FileProblem(name, number, _("This is HTML, which chats do not show: «{html}».", html=Name(tag[0])))
        if _PICTURE.search(line):
            yield FileProblem(name, number, _("A picture cannot be read from a file. Send it in chat, with the text."))
            continue
        for url in _LINK.findall(line):
            if not is_web_address(url):
                yield FileProblem(name, number, _no_web_address(url))


def _no_web_address(url: str) -> Text:
    return _("A link can only lead to a web page, not to «{url}».", url=Name(url))
