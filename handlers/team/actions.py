"""Buttons about questions to the team that more than one screen shows."""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action


class SendWords(Action):
    """The button that sends the person's stray text, which was kept, to the team as a question."""

    code: ClassVar[str] = "qs"
