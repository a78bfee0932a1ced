"""Logs: readable lines on a terminal, JSON elsewhere, without secrets; lines with the same cause share a reference.

An update is what a platform reports about a person, such as a message or a press. Everything that an update causes has
the same reference: its log lines, its row in the inbox, the deliveries, jobs and live screens that follow, and the
number that the sender is shown if it fails. An update that is received again has the same reference. Work that no
update causes (a periodic round, a command of the shell) gets a new reference.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2b
from logging import LogRecord
from secrets import token_hex
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
"""The lowest level of log lines that are written, by the word for it in the configuration."""

HIDDEN = "[hidden]"
"""The text that replaces a secret."""

_TOKEN_LIKE = re.compile(
    r"\d{6,}:[\w-]{30,}"  # Telegram
    r"|[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}"  # Discord
    r"|(?<=://)[^\s/@:]*:[^\s\"']+(?=@)"  # name and password in an address, even a malformed one
    r"|(?<=[?&]password=)[^\s\"'&]+"
)
_SHORTEST_SECRET = 6  # characters: hiding «bot» everywhere would hide the log
_REFERENCE_BYTES = 4  # short enough to be read out; among 100,000 updates, one in 40,000 shares its reference
_OURS = ("bot", "handlers")
_CHATTY = ("httpx", "httpcore", "aiohttp.access", "apscheduler", "PIL")

# Also where nobody calls `set_up` (a command of the shell, a benchmark, a test) what is below INFO is dropped, at no
# cost, and a traceback is Python's own: rich's shows the values of variables, and takes half a second to draw.
structlog.configure(
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ],
)

_reference: ContextVar[str | None] = ContextVar("reference", default=None)


def reference_of(platform: str, update_id: str) -> str:
    """Return the reference that all log lines about an update, such as a message or press, share.

    It is eight hexadecimal digits in capitals, and the same each time the update is received.
    """
    return blake2b(f"{platform} {update_id}".encode(), digest_size=_REFERENCE_BYTES).hexdigest().upper()


def new_reference() -> str:
    """Return a new random reference for the log lines about work that no message or press of a person caused."""
    return token_hex(_REFERENCE_BYTES).upper()


def current_reference() -> str | None:
    """Return the reference that the log lines of the running task have; None if they have none."""
    return _reference.get()


def set_reference(reference: str | None) -> None:
    """Set the reference of the log lines of the running task, and of tasks that it starts; None for no reference."""
    _reference.set(reference)


@contextmanager
def under_reference(reference: str | None) -> Iterator[None]:
    """Set the reference of log lines written in the `with` block, and in tasks started there; None for no reference."""
    before = _reference.set(reference)
    try:
        yield
    finally:
        _reference.reset(before)


def add_reference(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Add the reference of the running task to a line of the log, and return the line (a structlog processor)."""
    if (reference := _reference.get()) is not None:
        event["reference"] = reference
    return event


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return a function that replaces these secrets, and all that looks like a token, in a text with «[hidden]»."""
    known = [re.escape(secret) for secret in secrets if len(secret) >= _SHORTEST_SECRET]
    pattern = re.compile("|".join([*known, _TOKEN_LIKE.pattern]))
    return lambda text: pattern.sub(HIDDEN, text)


def set_up(secrets: Iterable[str] = (), stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Write all log lines of `level` or above, also the lines of libraries, to `stream` (standard error if None).

    Lines of libraries below INFO are never written, because they contain people's words and the database's parameters.
    `secrets` are replaced in all lines.
    """
    stream = stream or sys.stderr
    shared: Sequence[Processor] = (
        add_reference,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),  # what is below the level costs nothing
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Formatter(redactor(secrets), shared, _renderers(terminal=stream.isatty())))
    logging.basicConfig(handlers=[handler], level=max(level, logging.INFO), force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)
    for name in _CHATTY:  # httpx logs whole addresses, tokens included
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderers(*, terminal: bool) -> Sequence[Processor]:
    if terminal:
        # Its other formatters show the values of variables, people's words and secrets among them.
        return (structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),)
    return (structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False))


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Formats a record and then replaces secrets, so that exceptions of libraries cannot show any."""

    def __init__(self, redact: Callable[[str], str], shared: Sequence[Processor], last: Sequence[Processor]) -> None:
        super().__init__(
            foreign_pre_chain=shared,
            processors=(structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last),
        )
        self._redact = redact

    def format(self, record: LogRecord) -> str:
        """Return the line to log for a record, without secrets."""
        return self._redact(super().format(record))
