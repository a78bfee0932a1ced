"""QR codes: as rows of squares for templates, as an SVG path for pages, and as a picture."""

from __future__ import annotations

import re
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import segno

_QUIET = 4  # modules of white that readers ask for around a QR code
_MASK = 0
"""The pattern of every QR code. Each is read as well as the others, and to compare all eight takes milliseconds."""
_DOTS = 12


def _code(link: str) -> segno.QRCode:
    import segno

    return segno.make(link, micro=False, error="m", mask=_MASK)


def qr_rows(link: str) -> list[list[tuple[int, int]]]:
    """Return the QR code of a link with its white border, as a list of rows.

    A row is a list of pairs: the beginning and the end of each run of black squares.
    """
    rows = _code(link).matrix_iter(border=_QUIET)
    return [[run.span() for run in re.finditer(b"\x01+", bytes(row))] for row in rows]


@lru_cache(64)
def qr_path(link: str) -> tuple[int, str]:
    """Return the QR code of a link for a web page: the squares on each side, and the SVG path of the black squares."""
    rows = qr_rows(link)
    path = "".join(f"M{start} {y}h{end - start}v1h-{end - start}z" for y, row in enumerate(rows) for start, end in row)
    return len(rows), path


def qr_png(link: str) -> bytes:
    """Return the QR code of a link as a PNG file of about 400 pixels on a side."""
    target = BytesIO()
    _code(link).save(target, kind="png", scale=_DOTS, border=_QUIET)
    return target.getvalue()
