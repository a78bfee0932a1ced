"""Draws the pictures that simulated people send: a sheet of paper with a few words on it."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

_SIZE = (640, 480)


def paper(words: str) -> bytes:
    """Return a small picture, a PNG file, of a sheet of paper with these words."""
    sheet = Image.new("RGB", _SIZE, "#fdf8ec")
    drawn = ImageDraw.Draw(sheet)
    drawn.rectangle((20, 20, _SIZE[0] - 20, _SIZE[1] - 20), outline="#8a7f66", width=3)
    drawn.multiline_text((60, 80), words, fill="#222222")
    buffer = BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()
