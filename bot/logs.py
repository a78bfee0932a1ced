"""Logs: for people on a terminal, JSON lines elsewhere, and no secret in either."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from logging import LogRecord
from typing import TextIO

import structlog
from structlog.typing import Processor

HIDDEN = "[hidden]"
"""What stands where a secret was."""

_TOKEN_LIKE = re.compile(
    r"\d{6,}:[\w-]{30,}"  # Telegram
    r"|[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}"  # Discord
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"  # name and password in an address
)
_SHORTEST_SECRET = 6  # characters: hiding «bot» everywhere would hide the log
_CHATTY = ("httpx", "httpcore", "aiohttp.access", "apscheduler", "PIL")


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return a function that hides these secrets in a text, and whatever looks like a token."""
    known = [re.escape(secret) for secret in secrets if len(secret) >= _SHORTEST_SECRET]
    pattern = re.compile("|".join([*known, _TOKEN_LIKE.pattern]))
    return lambda text: pattern.sub(HIDDEN, text)


def set_up(secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send everything logged, by the house or a library, to `stream` (standard error), INFO and above.

    None of the `secrets` is shown.
    """
    stream = stream or sys.stderr
    shared: Sequence[Processor] = (
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Formatter(redactor(secrets), shared, _renderers(terminal=stream.isatty())))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    for name in _CHATTY:  # httpx logs whole addresses, tokens included
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderers(*, terminal: bool) -> Sequence[Processor]:
    if terminal:
        # Its other formatters show the values of variables, people's words and secrets among them.
        return (structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),)
    return (structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False))


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """A formatter that renders first and hides secrets after that, so that no library's exception text gets past it."""

    def __init__(self, redact: Callable[[str], str], shared: Sequence[Processor], last: Sequence[Processor]) -> None:
        super().__init__(
            foreign_pre_chain=shared,
            processors=(structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last),
        )
        self._redact = redact

    def format(self, record: LogRecord) -> str:
        """The line, without secrets."""
        return self._redact(super().format(record))
