"""Makes QR codes as rows of black squares, which `qr-code` of the house style draws."""

from __future__ import annotations

import re

_QUIET = 4  # modules of white that readers ask for around a QR code
_MASK = 0
"""The pattern of every QR code. Each is read as well as the others, and to compare all eight takes milliseconds."""


def squares(link: str) -> list[list[tuple[int, int]]]:
    """Return a QR code with its white border: for each row, where its runs of black squares begin and end."""
    import segno

    rows = segno.make(link, micro=False, error="m", mask=_MASK).matrix_iter(border=_QUIET)
    return [[run.span() for run in re.finditer(b"\x01+", bytes(row))] for row in rows]
