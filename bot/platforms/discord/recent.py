"""A set of limited size, to recognise things that come again without growing for ever."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Recent(Generic[T]):
    """A set that holds the last `most` items, and forgets those that were added first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: dict[T, None] = {}

    def __contains__(self, item: T) -> bool:
        return item in self._items

    def add(self, item: T) -> bool:
        """Add an item. Returns False where the set holds it already."""
        if item in self._items:
            return False
        self._items[item] = None
        if len(self._items) > self._most:
            del self._items[next(iter(self._items))]
        return True

    def discard(self, item: T) -> None:
        """Remove an item if the set holds it."""
        self._items.pop(item, None)
