"""Asks capabilities for their parts of shared screens: a part with a defect is left out, and the others are shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.conversation.routes import Request
from bot.database.engine import StoreUnavailable

log = structlog.get_logger()

T = TypeVar("T")


async def ask_part(part: Callable[[Request], Awaitable[T]], request: Request, *, otherwise: T) -> T:
    """Return a part of a shared screen, or `otherwise` where it fails; the failure is logged as a defect.

    An error of the database undoes the answer all the same, whoever catches it (see `Transaction`).
    """
    try:
        return await part(request)
    except StoreUnavailable:
        raise
    except Exception:
        log.exception("conversation.screen_part_failed", part=f"{part.__module__}.{part.__qualname__}")
        return otherwise
