"""A listener for tests with routes of their own."""

from __future__ import annotations

from bot.conversation.listening import Heard, Listener, Stage, Take, Words
from bot.conversation.routes import Request


async def _hear_all(_request: Request, _words: Words) -> Heard | None:
    return Heard(sure=True, weight=1, button="Take it", why="everything")


def takes_all(take: Take) -> Listener:
    """A listener that takes all words."""
    return Listener("all", Stage.OPEN, _hear_all, take)
