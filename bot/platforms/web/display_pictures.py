"""Draws the pictures of displays (live pages), one at a time in another process.

The latest pictures are kept in memory, by key.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot.background.side_process import SideProcess, WorkerDied
from bot.config.appearance_store import dressed
from bot.config.settings import Settings
from bot.content.scenes import Drawing
from bot.content.texts import Reader
from bot.database.engine import Store, StoreUnavailable, Transaction

log = structlog.get_logger()

_KEPT = 40
"""How many drawings are kept, each of some hundred KB: enough for all that walls show in an hour."""
_SECONDS = 60.0
"""How long one drawing may take."""

Pictures = Mapping[str, bytes]
"""The PNG files of one drawing, by shape; empty if there is nothing to draw, or if drawing failed."""


class DisplayPictures:
    """Draws the pictures that displays (live pages) show, in another process and without delaying anything.

    The function `drawn` is called after each drawing.
    """

    def __init__(
        self, settings: Settings, store: Store, drawn: Callable[[], None], new_process: Callable[[], SideProcess]
    ) -> None:
        self._settings = settings
        self._store = store
        self._drawn = drawn
        self._process = new_process()
        self._kept: OrderedDict[str, Pictures] = OrderedDict()
        self._waiting: OrderedDict[str, tuple[Drawing, Reader]] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._erasure = ""

    def keep_since(self, erasure: str) -> None:
        """Forget all pictures if something was erased since they were drawn; `erasure` names the latest erasure."""
        if erasure != self._erasure:
            self._erasure = erasure
            self._kept.clear()

    def find(self, drawing: Drawing, reader: Reader) -> str | None:
        """Return the key under which the pictures of a drawing can be fetched.

        Returns None if they are not drawn yet, and then has them drawn soon.
        """
        key = f"{drawing.key}-{reader.locale}"
        if key in self._kept:
            self._kept.move_to_end(key)
            return key if self._kept[key] else None
        self._waiting.setdefault(key, (drawing, reader))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._draw())
        return None

    def fetch(self, key: str, shape: str) -> bytes | None:
        """Return the PNG file of a drawing in a `shape`, which is «wide» or «narrow»; None if it is no longer stored.

        `key` is what `find` returned.
        """
        return self._kept.get(key, {}).get(shape)

    async def _draw(self) -> None:
        """Draw what waits, the first first, then end the process."""
        try:
            while self._waiting:
                key, (drawing, reader) = next(iter(self._waiting.items()))
                erasure = self._erasure
                pictures = await self._pictures_of(drawing, reader)
                if erasure != self._erasure:
                    continue  # it may have been read before
                self._waiting.pop(key, None)
                if pictures is None:
                    continue
                self._kept[key] = pictures
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
                self._drawn()
        finally:
            self._process.close()

    async def _pictures_of(self, drawing: Drawing, reader: Reader) -> Pictures | None:
        """Return the pictures of a drawing; None where the store does not answer, so that it is asked again."""
        try:
            gathering = self._settings.gathering

            async def unit(tx: Transaction) -> Mapping[str, Any] | None:
                payload = await drawing.read(tx, reader)
                look = {**gathering.look(reader.locale), "zone": gathering.zone}
                return None if payload is None else await dressed(tx, {**look, **payload})

            payload = await self._store.read(unit)
            if payload is None:
                return {}
            async with asyncio.timeout(_SECONDS):
                return dict(await self._process.do(drawing.work, payload, _SECONDS))
        except StoreUnavailable:
            return None
        except (TimeoutError, WorkerDied, MemoryError) as error:
            log.warning("web.display_not_drawn", reason=type(error).__name__)
        except Exception:  # the display then shows text
            log.exception("web.display_drawing_failed")
        return {}

    async def close(self) -> None:
        """Stop drawing pictures, and end the process that draws them."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._waiting.clear()
        self._process.close()
