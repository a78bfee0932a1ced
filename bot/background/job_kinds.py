"""Describes a kind of job: a function that computes in another process, and a function that makes the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.background.side_process import Work
from bot.content.texts import Text, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.people.declared import Declared
from bot.people.participants import Participant

Read = Callable[[Transaction, Mapping[str, Any], Declared], Awaitable[Mapping[str, Any]]]
Finish = Callable[[Transaction, Participant, Mapping[str, Any]], Awaitable[View | None]]

SECONDS = 60.0
"""For how many seconds a job may run, unless its kind has another limit."""
INSTEAD = _("Try again later. If that does not help, write to the team with /equipe.")
"""The advice for people whose job took too long, unless its kind has other advice."""


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work that takes too long for a database transaction, and is therefore done in another process.

    `work` runs in that process: it gets a payload and returns a result. If `work` has a parameter `files`, it gets the
    stored files too. `finish` gets the result and returns the answer to the person who asked, None for no answer.
    `read`, if given, is called before `work` and replaces the payload with data from the database. If the work takes
    longer than `seconds`, or too much memory, it is stopped, and the person gets the advice `instead`. With
    `ends_process`, the process ends after the work in order to free its memory, and another is started for the next
    job.
    """

    work: Work
    finish: Finish
    read: Read | None = None
    seconds: float = SECONDS
    instead: Text = INSTEAD
    ends_process: bool = False
