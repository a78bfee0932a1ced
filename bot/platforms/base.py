"""What the house asks of a platform. Adapters implement it; the outbox and the composition root use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.texts import Reader
from bot.views import View


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a chat (a person's private one, or a space's), and a thread within it."""

    chat: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """How a person should appear in a shared place: their name, and the theme they chose (None: none)."""

    native_id: str
    name: str
    theme: str | None
    attends: bool


class Platform(Protocol):
    """One adapter, running."""

    name: str

    async def run(self) -> None:
        """Serve until cancelled. What passes (network, 5xx) is retried here; raises ConfigError for what never will."""
        ...

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        """Send a message nobody just asked for; its id on the platform.

        `delivery_id` stays the same when it is sent again. Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        """Show a later state of a message sent before; its id, a new one if it had to be sent anew.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def place(self, membership: Membership) -> None:
        """Give a person their nickname and roles where the platform has such things; elsewhere nothing.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def close(self) -> None:
        """Let go of every connection, once nothing runs or sends any more."""
        ...
