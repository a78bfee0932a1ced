"""The checks of `rencontres check`: what is looked at in the program, on each platform, and in capabilities."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.config.settings import Settings
from bot.database.engine import Transaction

State = Literal["ok", "off", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it is, and what to do where it is not well. Never a token."""

    state: State
    subject: str
    detail: str
    remedy: str = ""


Check = Callable[[Transaction | None, Settings], Awaitable[Sequence[Finding]]]
"""The function `check` in the module `checking` of a capability: what it finds in the store, and in the settings.

It only reads. There is no transaction where there is no database yet, or one that the next start brings up to date
first.
"""
