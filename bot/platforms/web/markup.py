"""Spans as HTML. Everything a person or an organiser typed passes `escape`: nothing here trusts a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.content.texts import Reader, Run, Span, Style, Text, render
from bot.conversation.router import Router

_SCHEMES = frozenset({"http", "https", "mailto", "tg"})
_COMMAND = re.compile(r"(?<![\w/])/([^\W\d_]+)")

_TAGS: dict[Style, Markup] = {
    "code": Markup("<code>{}</code>"),
    "italic": Markup("<em>{}</em>"),
    "spoiler": Markup('<span class="spoiler" tabindex="0">{}</span>'),
    "strike": Markup("<s>{}</s>"),
    "underline": Markup("<u>{}</u>"),
}
"""Innermost first, as sorted."""

Words = Callable[..., Markup]
"""How templates translate: `_("Hello {name}.", name=…)`."""


def translator(reader: Reader) -> Words:
    """`_` for a template: the message in the reader's language, as HTML."""

    def translate(message: str, /, **values: Span) -> Markup:
        return markup(Text(message, values=values), reader)

    return translate


def markup(span: Span, reader: Reader, commands: Callable[[str], Markup] = escape) -> Markup:
    """A span as HTML. `commands` makes the HTML of words without style, where commands may be named."""
    made = Markup("")
    for quoted, runs in groupby(render(span, reader), lambda run: "quote" in run.styles):
        words = Markup("").join(_run(run, commands) for run in runs)
        made += Markup('<span class="quote" role="blockquote">{}</span>').format(words) if quoted else words
    return made


def naming_commands(router: Router, form: str) -> Callable[[str], Markup]:
    """Commands named in a text («/confidentialite») as buttons of the form with that id."""

    def words(text: str) -> Markup:
        made, end = Markup(""), 0
        for found in _COMMAND.finditer(text):
            if router.command(found[1]):
                made += escape(text[end : found.start()]) + Markup(
                    '<button class="inline" form="{}" formaction="call" name="word" value="{}">{}</button>'
                ).format(form, found[1], found[0])
                end = found.end()
        return made + escape(text[end:])

    return words


def safe_address(url: str) -> str | None:
    """An address a link may lead to; None for one that could run something here."""
    try:
        return url if urlsplit(url).scheme in _SCHEMES else None
    except ValueError:
        return None


def time_tag(instant: datetime, style: str, words: str) -> Markup:
    """An instant told in the venue's zone; the page's script adds the reader's own time where it differs."""
    return Markup('<time datetime="{}" data-style="{}">{}</time>').format(instant.isoformat(), style, words)


def _run(run: Run, commands: Callable[[str], Markup]) -> Markup:
    address = safe_address(run.url) if run.url else None
    if run.moment:
        made = time_tag(run.moment.instant, run.moment.style, run.text)
    elif address or run.strong or run.styles:
        made = escape(run.text)
    else:
        made = commands(run.text)
    for style in sorted(run.styles & _TAGS.keys()):
        made = _TAGS[style].format(made)
    if run.strong:
        made = Markup("<strong>{}</strong>").format(made)
    if address:
        made = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(address, made)
    return made
