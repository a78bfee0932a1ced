"""An arrival: whose it is, when and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.content.lead_times import Lead

ARRIVAL = "arrival"
"""What the subjects of reminders of arrivals begin with."""
REMINDED_BEFORE = Lead(minutes=120)
"""How long before their arrival people are reminded of it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The arrival of one participant: its instant (UTC) and the place in their own words."""

    id: int
    participant_id: int
    given_name: str
    family_name: str
    at: datetime
    place: str


def reminder_subject(arrival_id: int) -> str:
    """What the reminder of an arrival is planned and called back under."""
    return f"{ARRIVAL}:{arrival_id}"
