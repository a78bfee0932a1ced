"""The last few of many things, so that one that comes again is known, and nothing grows without end."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Recent(Generic[T]):
    """A set that forgets what was added first once it holds too much."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[T, None] = {}

    def __contains__(self, one: T) -> bool:
        return one in self._held

    def add(self, one: T) -> bool:
        """Remember something. False where it was known already."""
        if one in self._held:
            return False
        self._held[one] = None
        if len(self._held) > self._most:
            del self._held[next(iter(self._held))]
        return True

    def discard(self, one: T) -> None:
        """Forget something, whether it was known or not."""
        self._held.pop(one, None)
