"""Describes a kind of job as a handler declares it: what computes, in another process, and what tells who asked."""

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
"""How long a job may take, in seconds, unless its kind says otherwise."""
INSTEAD = _("Ask for it again later. If that does not help, write to the team with /equipe.")
"""What people are advised to do instead of work that takes too long, unless its kind says otherwise."""


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work too long for a transaction: a function from payload to result, and one that tells who asked.

    The work may take so many `seconds`; `instead` is advice to who asked for something that takes longer.
    """

    work: Work
    finish: Finish
    read: Read | None = None
    seconds: float = SECONDS
    instead: Text = INSTEAD
