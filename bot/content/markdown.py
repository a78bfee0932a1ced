"""Reads the Markdown that people type, and writes Markdown. Formatted text is kept as spans, pieces of structure.

Only what every platform shows is markup: **strong**, *italic*, __underlined__, ~~struck~~, ||hidden||, `code`, fenced
code, «> » quotes, links. Everything else (headings, lists, tables, HTML) stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import category

from bot.content.names import clean
from bot.content.texts import Joined, Link, Reader, Run, Span, Strong, Style, Styled, render

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_RULES = ("fence", "emphasis", "strikethrough", "backticks", "link", "escape", "autolink")
_ADDRESS = re.compile(r"https?://[^\s<>|*`]+[^\s<>|*`.,;:!?'\"»)\]}]")
_HIDDEN = "||"
_APART = "\u200b"
"""An invisible character put between two marks that would otherwise be read as one."""
_ANYONE = Reader("en", "UTC")
"""A reader for text that contains no messages to be translated."""

_MARKS: tuple[tuple[Style | str, str], ...] = (
    ("spoiler", "||"),
    ("strong", "**"),
    ("underline", "__"),
    ("strike", "~~"),
    ("italic", "*"),
)
"""The styles and their marks, from the outermost to the innermost."""


# --- reading


def read(text: str) -> tuple[Span, ...]:
    """Return the lines of a Markdown text as spans (formatted text as structure), one for each line.

    Blank lines at the beginning and end are removed; several in a row become one.
    """
    made: list[Span] = []
    for quoted, block in _blocks(text):
        tokens = [token for token in _parser().parse(block) if token.type in ("inline", "fence") and token.map]
        reached = 0
        for token in tokens:
            first, end = token.map or (0, 0)
            made += [""] * (first > reached)
            reached = end
            runs = _words(token.children or ()) if token.type == "inline" else _code(token.content)
            made += compose(replace(run, styles=run.styles | {"quote"}) if quoted else run for run in runs)
        made += [""] * (block.count("\n") + 1 > reached)
    return _trimmed(made)


def _blocks(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the blocks of a text, each with whether it is a quote. Only lines that begin with «>» are quoted."""
    fenced = False

    def quoted(line: str) -> bool:
        nonlocal fenced
        fenced ^= line.lstrip().startswith("```")
        return not fenced and line.startswith(">")

    for is_quote, lines in groupby(text.splitlines(), quoted):
        yield is_quote, "\n".join(re.sub(r"^> ?", "", line) if is_quote else line for line in lines)


def _trimmed(lines: Sequence[Span]) -> tuple[Span, ...]:
    kept = [line for place, line in enumerate(lines) if line != "" or (place and lines[place - 1] != "")]
    while kept and kept[-1] == "":
        kept.pop()
    while kept and kept[0] == "":
        kept.pop(0)
    return tuple(kept)


def body(runs: Iterable[Run]) -> tuple[Span, ...]:
    """Return the lines of a message for its runs; a run is a stretch of text in one style, as a platform delivered it.

    Blank lines at the beginning and end are removed; several in a row become one.
    """
    return _trimmed(list(compose(runs)))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # 1 MB, of use where somebody writes a message for others

    return MarkdownIt("zero").enable(list(_RULES))


def _code(content: str) -> list[Run]:
    return [Run(content.rstrip("\n"), styles=frozenset({"code"}))]


def _words(tokens: Sequence[Token]) -> Iterator[Run]:
    """Yield the runs of a paragraph, each with the styles that are open at its place."""
    opened: list[str] = []
    urls: list[str] = []
    hidden = False
    hides = sum(token.content.count(_HIDDEN) for token in tokens if token.type == "text") // 2 * 2
    for token in tokens:
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if kind == "link":
            urls.append(str(token.attrs["href"])) if token.nesting > 0 else urls.pop()
        elif token.nesting:
            style = {"em": "italic", "s": "strike"}.get(kind) or ("underline" if token.markup == "__" else "strong")
            opened.append(style) if token.nesting > 0 else opened.remove(style)
        elif token.type == "code_inline":
            yield _run(token.content, [*opened, "code"], urls, hidden)
        else:
            words = token.content if token.type == "text" else "\n"
            for number, part in enumerate(words.split(_HIDDEN)):
                if number and hides:
                    hidden, hides = not hidden, hides - 1
                elif number:
                    part = _HIDDEN + part
                yield _run(part, opened, urls, hidden)


def _run(text: str, opened: Sequence[str], urls: Sequence[str], hidden: bool) -> Run:
    styles = {style for style in opened if style != "strong"} | ({"spoiler"} if hidden else set())
    return Run(text, "strong" in opened, urls[-1] if urls else None, styles=frozenset(styles))  # type: ignore[arg-type]


def compose(runs: Iterable[Run]) -> Iterator[Span]:
    """Yield the lines of a text that consists of runs; a run is a stretch of text in one style.

    Each line is a span, a piece of formatted text. Invisible characters are removed, and bare addresses become links.
    """
    line: list[Run] = []
    ended = False
    for run in runs:
        for number, words in enumerate(run.text.split("\n")):
            if number:
                yield _joined(line)
                line = []
            line.append(replace(run, text=words))
        ended = True
    if ended:
        yield _joined(line)


def _joined(line: list[Run]) -> Span:
    """Return one line as a span, without blanks at its ends or just inside a style, where markdown allows none."""
    runs = list(line)
    for end, strip in ((-1, str.rstrip), (0, str.lstrip)):
        while runs and "code" not in runs[end].styles:
            outer = runs[end]
            if words := strip(outer.text):
                runs[end] = replace(outer, text=words)
                break
            runs.pop(end)
    spans = [span for run in runs for span in _spans(run) if span != ""]
    return spans[0] if len(spans) == 1 else Joined(tuple(spans)) if spans else ""


def _spans(run: Run) -> Iterator[Span]:
    text = _cleaned(run.text, code="code" in run.styles)
    if run.url or "code" in run.styles:
        if text:
            yield _styled(text, run, run.url)
        return
    end = 0
    for found in _ADDRESS.finditer(text):
        if found.start() > end:
            yield _styled(text[end : found.start()], run, None)
        yield _styled(found[0], run, found[0])
        end = found.end()
    if text[end:]:
        yield _styled(text[end:], run, None)


def _styled(text: str, run: Run, url: str | None) -> Span:
    span: Span = Link(text, url) if url else text
    for style in sorted(run.styles, key=lambda style: (style == "quote", style)):
        span = Styled(span, style)
    return Strong(span) if run.strong else span


def _cleaned(text: str, *, code: bool = False) -> str:
    """Return text without invisible characters; a blank at either end stays. Of code, all blanks stay."""
    if code:
        return "".join(char for char in text if category(char) not in ("Cc", "Cf", "Cs"))
    words = clean(text)
    before, after = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' * before}{words}{' ' * after}" if words else " " * (before or after)


# --- writing


def write(lines: Sequence[Span]) -> str:
    """Return the lines of a message as Markdown, for its writer to edit; reading the Markdown returns equal lines."""
    return "\n".join(marked(render(line, _ANYONE), _written) for line in lines)


def marked(runs: Sequence[Run], words: Callable[[Run], str]) -> str:
    """Return one line of formatted text as Markdown; `runs` are its stretches of text in one style.

    Marks are nested, and kept apart from neighbouring words and marks. `words` returns the text of a run, escaped so
    that it is not read as marks; it is not called for code.
    """
    made = ""
    opened: list[str] = []
    for run in _spaced(runs):
        wanted = [mark for style, mark in _MARKS if style in run.styles or (style == "strong" and run.strong)]
        while not set(opened) <= set(wanted):
            made += opened.pop()
        begun = "".join(mark for mark in wanted if mark not in opened)
        if begun and made.endswith("*") and begun.startswith("*"):
            made += _APART
        opened += [mark for mark in wanted if mark not in opened]
        made += begun + (_coded(run.text) if "code" in run.styles else words(run))
    made += "".join(reversed(opened))
    quoted = any("quote" in run.styles for run in runs)
    return "> " + made.replace("\n", "\n> ") if quoted else made


def _spaced(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield the runs with blanks at their ends split off as runs, in those styles that both neighbours have."""
    parts: list[Run] = []
    for run in runs:
        if "code" in run.styles:
            parts.append(run)
            continue
        words = run.text.strip()
        lead = run.text[: len(run.text) - len(run.text.lstrip())] if words else run.text
        parts += [replace(run, text=text) for text in (lead, words, run.text[len(lead) + len(words) :]) if text]
    for place, part in enumerate(parts):
        if not part.text.isspace() or "code" in part.styles:
            yield part
            continue
        around = [parts[near] for near in (place - 1, place + 1) if 0 <= near < len(parts)]
        together = len(around) == 2
        shared = part.styles.intersection(*(each.styles for each in around)) if together else frozenset()
        yield Run(part.text, together and all(each.strong for each in (part, *around)), styles=shared)


def _coded(text: str) -> str:
    fence = "``" if "`" in text else "`"
    inner = text.replace("``", f"`{_APART}`")
    return f"{fence} {inner} {fence}" if len(fence) > 1 else f"`{inner}`"


_SPECIAL = re.compile(r"([\\`*\[\]]|~~|\|\||(?<![^\W_])_|_(?![^\W_])|^>|^```|<(?=https?:))")


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: "".join(f"\\{sign}" for sign in found[0]), text)


def _written(run: Run) -> str:
    if run.url:
        return run.text if run.text == run.url else f"[{_escape(run.text)}](<{run.url}>)"
    return _escape(run.text)
