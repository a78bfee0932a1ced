"""When organisers are warned before data are erased."""

from __future__ import annotations

from datetime import timedelta

LEADS: tuple[timedelta, ...] = (timedelta(days=14), timedelta(days=2))
"""How long before a purpose ends organisers are warned. Data are erased only once each warning is at least that old."""
