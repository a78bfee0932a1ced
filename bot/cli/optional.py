"""Keeps modules from being loaded that libraries use if they are installed, but can do without."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

UNUSED = ("rich", "greenlet", "httpx._main")
"""The modules of libraries that the running program never needs; loading them would cost 6 MB and a tenth of a second.

structlog draws tracebacks with rich (ours are Python's own, see `bot.logs`) and asks greenlet which thread runs; httpx,
which python-telegram-bot imports, brings its own command line.
"""


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Pretend inside the `with` block that the modules with these names are not installed.

    Libraries that are imported in the block then do without them. A module that is already loaded remains usable.
    """
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say that there is no such module
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
