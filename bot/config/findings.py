"""What `rencontres check` finds, from the house and from each platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "off", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it is, and what to do where it is not well. Never a token."""

    state: State
    subject: str
    detail: str
    remedy: str = ""
