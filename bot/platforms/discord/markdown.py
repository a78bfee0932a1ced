"""Draws texts as Discord's markdown, escaping what people typed and splitting what is too long for one message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from discord.utils import escape_markdown, format_dt

from bot.content.markdown import marked
from bot.content.texts import Reader, Run, Span, plain, render

MESSAGE_LENGTH = 2000
_RUN_LENGTH = 900
"""The characters of a run that fit into a message even if escaping doubles them and marks are added around."""
_ROUND = str.maketrans("[]", "()")
_NUMBER = re.compile(r"^(\d+)\.(?=\s)")
"""A number that begins a line: Discord would make a list of it, and count anew."""


def draw_texts(lines: Sequence[Span], reader: Reader, aside: Span | None = None) -> list[str]:
    """Return the lines of a message as the texts of one or several Discord messages.

    Each text has at most MESSAGE_LENGTH characters, and nothing is cut off. `aside` is a short notice, shown in small
    print before everything else; None for no notice.
    """
    texts = [f"-# {escape(plain(aside, reader))}" if aside is not None else ""]
    for line in lines:
        runs = render(line, reader)
        parts = [_marked(runs, reader)]
        if len(parts[0]) > MESSAGE_LENGTH:
            parts = [_marked(part, reader) for part in _parts(runs, MESSAGE_LENGTH - len(texts[-1]) - 1, reader)]
        first, *further = parts
        if not texts[-1]:
            texts[-1] = first
        elif len(texts[-1]) + 1 + len(first) <= MESSAGE_LENGTH:
            texts[-1] += f"\n{first}"
        else:
            texts.append(first)
        texts += further
    return texts


def _parts(runs: Sequence[Run], room: int, reader: Reader) -> Iterator[list[Run]]:
    """Yield a line that is too long in parts, of which each fits into a message, the first into `room` if it can.

    Each is marked by itself: marks that end and begin again within a line would be read as others.
    """
    part: list[Run] = []
    for piece in (piece for run in runs for piece in _pieces(run)):
        if part and len(_marked([*part, piece], reader)) > room:
            yield part
            part, room = [], MESSAGE_LENGTH
        part.append(piece)
    yield part


def escape(text: str) -> str:
    """Return a text escaped for Discord, so that nothing in it becomes emphasis, a link, a list or a mention.

    discord.py would put a backslash before the blanks at the beginning of a line, where Discord shows the backslash; so
    each line is escaped without these blanks.
    """
    return "\n".join(_escape_line(line) for line in text.split("\n"))


def _escape_line(line: str) -> str:
    words = line.lstrip()
    return line[: len(line) - len(words)] + _NUMBER.sub(r"\1\\.", escape_markdown(words).replace("<", "\\<"))


def _marked(runs: Sequence[Run], reader: Reader) -> str:
    return marked(runs, lambda run: _words(run, reader))


def _words(run: Run, reader: Reader) -> str:
    words = escape(run.text)
    if run.chat_url:
        url = run.chat_url.replace(">", "%3E").replace(" ", "%20")
        words = f"<{url}>" if run.text == run.chat_url else f"[{escape(run.text.translate(_ROUND))}](<{url}>)"
    if run.moment and run.moment.style == "left":
        words = format_dt(run.moment.instant, "R")
    elif run.moment and run.moment.style == "datetime" and reader.elsewhere:
        # The venue's time in words first; Discord shows the other in the reader's own zone. Where the two are the same,
        # as for an hour of the present day, which is read at the venue, it would be said twice.
        words += f" ({format_dt(run.moment.instant, 'f')})"
    return words


def _pieces(run: Run) -> Iterator[Run]:
    rest = run.text
    while len(rest) > _RUN_LENGTH:
        cut = max(rest.rfind("\n", 0, _RUN_LENGTH), rest.rfind(" ", 0, _RUN_LENGTH)) + 1 or _RUN_LENGTH
        yield replace(run, text=rest[:cut])
        rest = rest[cut:]
    yield replace(run, text=rest)
