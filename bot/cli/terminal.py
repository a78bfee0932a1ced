"""The terminal for commands: `out` prints on standard output, `err` on standard error. `rencontres run` uses none."""

from __future__ import annotations

from rich.console import Console

# Lines stay whole: they are read by other programs too.
out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
err = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=True)
