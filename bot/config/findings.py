"""What the checks of `rencontres check` return, in the engine, on platforms and in capabilities."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.config.settings import Settings
from bot.database.engine import Transaction

State = Literal["ok", "off", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check by `rencontres check`: its state, what was checked, details, and a remedy or ''.

    It contains no token or password.
    """

    state: State
    subject: str
    detail: str
    remedy: str = ""


Check = Callable[[Transaction | None, Settings], Awaitable[Sequence[Finding]]]
"""The type of the function `check` in a capability's module `checking`, which checks the store and the settings.

It only reads. The transaction is None if there is no database yet, or if the next start will first migrate it.
"""


def left_from_the_example(subject: str, keys: Sequence[str], remedy: str) -> Sequence[Finding]:
    """Return a warning about settings with invented values from the example that the team has not confirmed.

    `keys` name these settings; without keys, the result is empty.
    """
    detail = f"from the example, and shown to nobody until the team confirms it: {', '.join(keys)}"
    return (Finding("warning", subject, detail, remedy),) if keys else ()
