"""What a PDF file shows, read from its bytes: how many pages it has, and the words that can be searched for."""

from __future__ import annotations

import re
import zlib


def pages(pdf: bytes) -> int:
    assert pdf.startswith(b"%PDF-")
    return len(re.findall(rb"/Type /Page\b", pdf))


def words(pdf: bytes) -> list[str]:
    """What a reader can select and search for: the texts shown, by the fonts' own tables of characters."""
    streams = [_unpacked(each) for each in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)]
    characters: dict[int, str] = {}
    for stream in streams:
        for code, char in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]{4})>", stream):
            characters[int(code, 16)] = chr(int(char, 16))
    found = []
    # Fonts and pictures show nothing, and are full of brackets that are never closed: looking there takes seconds.
    for stream in (each for each in streams if b" Tj" in each):
        for shown in re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", stream, re.DOTALL):
            codes = re.sub(rb"\\(.)", lambda escape: {b"r": b"\r"}.get(escape[1], escape[1]), shown, flags=re.DOTALL)
            pairs = zip(codes[::2], codes[1::2], strict=True)
            found.append("".join(characters[high << 8 | low] for high, low in pairs))
    return found


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream  # not packed
