"""Renders texts as HTML. Everything that people typed passes `escape`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.content.texts import Reader, Run, Span, Style, Text, render

_SCHEMES = frozenset({"http", "https", "mailto", "tel", "tg"})

_TAGS: dict[Style, Markup] = {
    "code": Markup("<code>{}</code>"),
    "italic": Markup("<em>{}</em>"),
    "spoiler": Markup('<span class="spoiler" tabindex="0">{}</span>'),
    "strike": Markup("<s>{}</s>"),
    "underline": Markup("<u>{}</u>"),
}
"""The tags of styles; sorted by name, the first is the innermost."""

Words = Callable[..., Markup]
"""The type of the function `_` with which templates translate: `_("Hello {name}.", name=…)`."""


def translator(reader: Reader) -> Words:
    """Return the function that templates call as `_`; it translates a message for a reader and returns it as HTML."""

    def translate(message: str, /, **values: Span) -> Markup:
        return markup(Text(message, values=values), reader) if values else _translated(message, reader.locale)

    return translate


@lru_cache(maxsize=2000)
def _translated(message: str, locale: str) -> Markup:
    """Return a message without values as HTML: a page has dozens of them, the same on all pages of a locale."""
    return markup(Text(message), Reader(locale, "UTC"))  # without values the text contains no time


def markup(span: Span, reader: Reader, commands: Callable[[str], Markup] = escape) -> Markup:
    """Return a text as HTML, translated for a reader.

    The function `commands` turns pieces of text without a style into HTML; it can draw commands in them as buttons.
    """
    pieces: list[str] = []
    for quoted, runs in groupby(render(span, reader), lambda run: "quote" in run.styles):
        words = "".join(_run(run, commands) for run in runs)
        pieces.append(f'<span class="quote" role="blockquote">{words}</span>' if quoted else words)
    return Markup("".join(pieces))  # noqa: S704 - every run is escaped; joining them as Markup takes twice the time


def safe_address(url: str) -> str | None:
    """Return an address if it is safe as a link; None if its scheme could run something in the page."""
    try:
        return url if urlsplit(url).scheme in _SCHEMES else None
    except ValueError:
        return None


def time_tag(instant: datetime, style: str, words: str) -> Markup:
    """Return HTML's <time> element for an instant, to which the page's script adds the time at the reader's place.

    `words` is the time at the venue; `style` says how the script writes the time at the reader's place.
    """
    return Markup('<time datetime="{}" data-style="{}">{}</time>').format(instant.isoformat(), style, words)


def _run(run: Run, commands: Callable[[str], Markup]) -> Markup:
    address = safe_address(run.url) if run.url else None
    if run.moment:
        html = time_tag(run.moment.instant, run.moment.style, run.text)
    elif address or run.strong or run.styles:
        html = escape(run.text)
    else:
        html = commands(run.text)
    for style in sorted(run.styles & _TAGS.keys()):
        html = _TAGS[style].format(html)
    if run.strong:
        html = Markup("<strong>{}</strong>").format(html)
    if address and address.startswith("tel:"):  # it opens no page
        html = Markup('<a href="{}">{}</a>').format(address, html)
    elif address:
        html = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(address, html)
    return html
