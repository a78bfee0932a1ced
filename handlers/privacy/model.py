"""When organisers are warned before data are erased."""

from __future__ import annotations

from datetime import timedelta

LEADS: tuple[timedelta, ...] = (timedelta(days=14), timedelta(days=2))
"""How long before an end organisers are warned. Each warning must be at least that old before data are erased."""
