"""Defines a set of limited size, to recognise ids that are received a second time."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Recent(Generic[T]):
    """A set that holds at most `most` items; when it is full, the item that was added first is removed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: dict[T, None] = {}

    def __contains__(self, item: T) -> bool:
        return item in self._items

    def add(self, item: T) -> bool:
        """Add an item to the set. Returns True if it was added, False if the set already contained it."""
        if item in self._items:
            return False
        self._items[item] = None
        if len(self._items) > self._most:
            del self._items[next(iter(self._items))]
        return True

    def discard(self, item: T) -> None:
        """Remove an item from the set; does nothing if the set does not contain it."""
        self._items.pop(item, None)
