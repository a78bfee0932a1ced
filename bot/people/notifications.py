"""What a person may be told without having asked for it, topic by topic."""

from __future__ import annotations

from typing import Literal

Topic = Literal["team", "reminders"]
"""What can be turned off. What concerns one's own place, and answers to what one asked, always arrive."""

TOPICS: tuple[Topic, ...] = ("team", "reminders")
"""Every topic, in the order people see them."""
