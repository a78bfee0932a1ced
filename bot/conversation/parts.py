"""Asks each part of the program what it adds to shared screens, and leaves out a part that raises an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.conversation.routes import Request
from bot.database.engine import StoreUnavailable

log = structlog.get_logger()

T = TypeVar("T")


async def ask_part(part: Callable[[Request], Awaitable[T]], request: Request, *, otherwise: T) -> T:
    """Return what `part(request)` returns, or `otherwise` if it raises an error, which is logged.

    `part` is a function of one part of the program, whose failure must not prevent the whole answer. An error of the
    database rolls back the answer all the same (see `Transaction`).
    """
    try:
        return await part(request)
    except StoreUnavailable:
        raise
    except Exception:
        if request.tx.failed:
            raise  # whoever runs the transaction tries it again, or tells the error
        log.exception("conversation.screen_part_failed", part=f"{part.__module__}.{part.__qualname__}")
        return otherwise
