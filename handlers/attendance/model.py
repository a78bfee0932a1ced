"""Who may come to the gathering."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content.names import Named


@dataclass(frozen=True, slots=True)
class Attendee(Named):
    """A participant who may come to the gathering, with or without a theme. `joined` is whether they joined the bot."""

    id: int
    given_name: str
    family_name: str
    joined: bool
