"""Leaves out modules that libraries use where they are installed, and can do without."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

UNUSED = ("rich", "greenlet", "httpx._main")
"""What the running program never needs of its libraries, and what would take 6 MB and a tenth of a second at its start.

structlog draws tracebacks with rich (ours are Python's own, see `bot.logs`) and asks greenlet which thread runs; httpx,
which python-telegram-bot imports, brings its own command line.
"""


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Let libraries that are imported in the `with` block do without these modules, as if they were not installed.

    A module that is loaded already stays.
    """
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say that there is no such module
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
