"""Records what goes wrong while people press: errors in the log, and refusals by a platform."""

from __future__ import annotations

import logging
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.rehearsal.botapi import BotApi, MethodCall
from bot.rehearsal.botapi.wire import ApiError
from bot.rehearsal.discord_server import refusals

_LOST = frozenset(
    (
        "discord.reply_not_sent",
        "discord.mark_refused",
        "telegram.press_not_acknowledged",
        "telegram.mark_refused",
    )
)
"""What adapters log, as no error, where a platform refused what they sent."""
_UNCHANGED = "message is not modified"


@dataclass
class Findings:
    """What was pressed, and the problems that this caused, each recorded once, with its count."""

    presses: Counter[tuple[str, str]] = field(default_factory=Counter)
    codes: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    """The codes that were pressed without being shown, as old messages and links may contain them."""
    defects: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    doing: str = ""
    """The present gesture, which is reported with the first occurrence of each problem."""
    hasty: bool = False
    """Whether a crawler presses faster than Telegram allows a bot to answer, so that Telegram may ask it to wait."""
    tell: Callable[[str], object] = lambda _line: None
    """A function that gets a line for the first occurrence of each finding."""
    _met: set[str] = field(default_factory=set)

    @property
    def clean(self) -> bool:
        """Whether no problem was found."""
        return not (self.defects or self.violations)

    def defect(self, what: str) -> None:
        """Record an error of the program."""
        self._note(self.defects, "defect", what)

    def violation(self, what: str, about: str = "") -> None:
        """Record a platform's rule that the program broke; `about` tells what broke it, at the first occurrence."""
        self._note(self.violations, "violation", what, about)

    def _note(self, found: Counter[str], kind: str, what: str, about: str = "") -> None:
        if what not in self._met:
            self._met.add(what)
            self.tell("\n".join(filter(None, (f"\n{kind} as {self.doing}:", what, about and f"«{about}»", " "))))
        found[what] += 1


@contextmanager
def watched(findings: Findings, telegram: BotApi, forum: int = 0) -> Iterator[None]:
    """Record every logged error and every refusal by the two servers; meanwhile nothing is printed to the log.

    In the chat `forum`, a card may be edited without a change, to check that it still exists; that is not recorded.
    """
    before = structlog.get_config()
    listener = _Listener(findings)

    def take(_logger: Any, level: str, event: Any) -> Any:
        if level in ("error", "critical", "exception"):
            findings.defect(_told(event))
        elif event.get("event") in _LOST:
            findings.violation(_told(event))
        raise structlog.DropEvent

    def refused_by_discord(method: str, path: str, why: str, said: str) -> None:
        path = "/".join("N" if part.isdigit() else part for part in path.split("/"))
        findings.violation(f"Discord refuses {method} {path[:80]}: {why}", said[:60])

    def refused(call: MethodCall, error: ApiError) -> None:
        if not error.is_violation or (error.status == 429 and findings.hasty):
            return
        if call.method == "editMessageText" and forum and call.integer("chat_id") == forum and _UNCHANGED in str(error):
            return
        findings.violation(f"Telegram refuses {call.method}: {error.description}", call.text("text")[:60])

    structlog.configure(processors=[take])
    logging.getLogger().addHandler(listener)
    telegram.refused = refused
    try:
        with refusals(refused_by_discord):
            yield
    finally:
        telegram.refused = None
        logging.getLogger().removeHandler(listener)
        structlog.configure(**before)


class _Listener(logging.Handler):
    """Errors that the libraries log, tasks that ended by an exception nobody took included."""

    def __init__(self, findings: Findings) -> None:
        super().__init__(logging.ERROR)
        self._findings = findings

    def emit(self, record: logging.LogRecord) -> None:
        """Note it."""
        trail = "".join(traceback.format_exception(record.exc_info[1])) if record.exc_info else ""
        self._findings.defect(f"{record.name}: {record.getMessage()[:300]}\n{trail}".strip())


def _told(event: dict[str, Any]) -> str:
    """A log record in words that are the same each time."""
    varying = {"event", "exc_info", "reference", "update_id", "timestamp"}
    facts = " ".join(f"{key}={value}" for key, value in event.items() if key not in varying)
    trail = "".join(traceback.format_exception(sys.exc_info()[1])[-6:]) if event.get("exc_info") else ""
    return f"{event.get('event')} {facts}\n{trail}".strip()
