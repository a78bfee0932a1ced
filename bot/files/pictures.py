"""Recognises pictures by their bytes, and removes their metadata, such as who took them and where.

Pictures are not decoded: a file is read as a list of segments, and segments that do not change what is seen (place,
owner, camera, comments, thumbnails, whatever follows the end) are left out. The pixels stay exactly as they are. A
malicious file of 10 MB takes a fraction of a second, so callers do this in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

Kind = Literal["png", "jpeg", "webp", "gif"]
"""The kinds of pictures that web pages may show."""

MEDIA_TYPES: Mapping[Kind, str] = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
}
MOST_PIXELS = 30_000_000
"""The most pixels of a picture that the program decodes; larger pictures are offered as documents."""

_MOST_PIECES = 200_000
"""The most pieces of one file; a file with more is there to keep somebody busy."""
_MOST_SCANS = 50
"""The most passes over the pixels of a JPEG, each of which costs a decoder time; cameras make ten, or one."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A picture without its metadata: its kind, its width and height in pixels when shown upright, its bytes."""

    kind: Kind
    width: int
    height: int
    content: bytes

    @property
    def pixels(self) -> int:
        """Return the number of pixels, on which the time for decoding the picture depends."""
        return self.width * self.height


class _Broken(Exception):
    """A file that does not continue as its kind of picture must."""


def kind_of(content: bytes) -> Kind | None:
    """Return the kind of a picture, recognised by its first bytes; None if it is no picture that browsers can show."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return "gif" if content[:6] in (b"GIF87a", b"GIF89a") else None


def cut(content: bytes) -> Cut | None:
    """Return a picture without metadata, such as who took it and where. Its orientation and colours are kept.

    Returns None if `content` is no picture, or if the picture is broken or incomplete. Never raises.
    """
    kind = kind_of(content)
    try:
        found = _READERS[kind](content) if kind else None
    except (_Broken, IndexError):
        return None
    return found if found and found.pixels else None


# --- the orientation, the one thing of Exif that changes what is seen

_ORIENTATION = 0x0112
_UPRIGHT = 1
_MOST_TAGS = 500


def _orientation(exif: bytes) -> int:
    """Return the orientation (1 to 8) in Exif data; 1, upright, where none can be read."""
    exif = exif.removeprefix(b"Exif\0\0")
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"
    begin = int.from_bytes(exif[4:8], order)
    tags = int.from_bytes(exif[begin : begin + 2], order)
    for at in range(begin + 2, begin + 2 + 12 * min(tags, _MOST_TAGS), 12):
        if int.from_bytes(exif[at : at + 2], order) == _ORIENTATION:
            named = int.from_bytes(exif[at + 8 : at + 10], order)
            return named if named in range(1, 9) else _UPRIGHT
    return _UPRIGHT


def _exif(orientation: int) -> bytes:
    """Return Exif data that hold an orientation and nothing else."""
    tag = _ORIENTATION.to_bytes(2) + (3).to_bytes(2) + (1).to_bytes(4) + orientation.to_bytes(2) + b"\0\0"
    return b"MM\0*\0\0\0\x08" + (1).to_bytes(2) + tag + b"\0\0\0\0"


def _made(kind: Kind, wide: int, high: int, orientation: int, content: bytes) -> Cut:
    return Cut(kind, high, wide, content) if orientation > 4 else Cut(kind, wide, high, content)


# --- JPEG: segments, each behind a marker, then the pixels of a scan

_FILLED = re.compile(rb"\xff+")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_STEP = 1_000_000
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_END, _SCAN, _COMMENT, _APPLICATIONS = 0xD9, 0xDA, 0xFE, range(0xE0, 0xF0)
_LENGTHLESS = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})


def _read_jpeg(content: bytes) -> Cut:
    kept: list[bytes] = []
    size, scans, orientation, at = (0, 0), 0, 0, 2
    for _piece in range(_MOST_PIECES):
        filled = _FILLED.match(content, at)
        if not filled:
            raise _Broken
        at = filled.end() + 1
        code = content[at - 1]
        if code == _END and scans:
            turned = _segment(0xE1, b"Exif\0\0" + _exif(orientation)) if orientation > _UPRIGHT else b""
            return _made("jpeg", *size, orientation, b"".join((b"\xff\xd8", turned, *kept, b"\xff\xd9")))
        end = at + int.from_bytes(content[at : at + 2])
        if code == _END or code in _LENGTHLESS or not at + 2 <= end <= len(content):
            raise _Broken
        said, at = content[at + 2 : end], end
        if code == 0xE1 and not orientation and said.startswith(b"Exif\0\0"):
            orientation = _orientation(said)
        if code in _FRAMES:
            if any(size):  # which of two sizes it has would be told otherwise elsewhere
                raise _Broken
            size = int.from_bytes(said[3:5]), int.from_bytes(said[1:3])
        if (needed := _needed(code, said)) is not None:
            kept.append(_segment(code, needed))
        if code == _SCAN:
            scans += 1
            if scans > _MOST_SCANS:
                raise _Broken
            end = _end_of_scan(content, at)
            kept.append(content[at:end])
            at = end
    raise _Broken


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the next segment begins; it is searched in steps, between which other threads run."""
    for begin in range(at, len(content), _STEP):
        if after := _AFTER_SCAN.search(content, begin, begin + _STEP + 1):
            return after.start()
    raise _Broken


def _needed(code: int, said: bytes) -> bytes | None:
    """Return the part of a segment that changes what is seen, density and colours; None for a segment without any."""
    if code == _COMMENT:
        return None
    if code not in _APPLICATIONS:
        return said
    if code == 0xE0 and said.startswith(b"JFIF\0") and len(said) >= 14:
        return said[:12] + b"\0\0"  # leaves out the thumbnail
    if code == 0xE2 and said.startswith(b"ICC_PROFILE\0"):
        return said
    return said[:12] if code == 0xEE and said.startswith(b"Adobe") else None


def _segment(code: int, said: bytes) -> bytes:
    return bytes((0xFF, code)) + (len(said) + 2).to_bytes(2) + said


# --- PNG: chunks with a length, a name and a checksum

_OF_PNG = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP"})
_OF_PNG |= {b"mDCV", b"cLLI", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT"}
"""What changes what is seen; words, times, Exif and whatever programs add are left out."""
_CRITICAL = 0x5B
"""The names of chunks without which nothing can be shown begin before this, with a capital."""


def _read_png(content: bytes) -> Cut:
    kept: list[bytes] = []
    size, drawn, orientation, at = (0, 0), False, _UPRIGHT, 8
    for _piece in range(_MOST_PIECES):
        name, end = content[at + 4 : at + 8], at + 12 + int.from_bytes(content[at : at + 4])
        if len(name) < 4 or end > len(content):
            raise _Broken
        if name in _OF_PNG:
            if crc32(content[at + 4 : end - 4]) != int.from_bytes(content[end - 4 : end]):
                raise _Broken
            kept.append(content[at:end])
        elif name[0] < _CRITICAL:
            raise _Broken
        if (name == b"IHDR") != (at == 8):
            raise _Broken
        if name == b"IHDR":
            size = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
        elif name == b"eXIf":
            orientation = _orientation(content[at + 8 : end - 4])
        drawn = drawn or name == b"IDAT"
        if name == b"IEND" and drawn:
            turned = _chunk(b"eXIf", _exif(orientation)) if orientation != _UPRIGHT else b""
            return _made("png", *size, orientation, b"".join((content[:8], kept[0], turned, *kept[1:])))
        at = end
    raise _Broken


def _chunk(name: bytes, said: bytes) -> bytes:
    return len(said).to_bytes(4) + name + said + crc32(name + said).to_bytes(4)


# --- WebP: chunks with a name and a length, in one of RIFF's

_OF_WEBP = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


def _read_webp(content: bytes) -> Cut:
    kept: list[bytes] = []
    size, orientation, drawn = (0, 0), _UPRIGHT, False
    for name, said in _riff(content, 12, 8 + int.from_bytes(content[4:8], "little")):
        size = size if any(size) else _webp_size(name, said)
        drawn = drawn or name in (b"VP8 ", b"VP8L", b"ANMF")
        if name == b"EXIF":
            orientation = _orientation(said)
        elif name == b"ANMF":
            frame = b"".join(_riff_chunk(*chunk) for chunk in _riff(said, 16, len(said)) if chunk[0] in _OF_WEBP)
            kept.append(_riff_chunk(name, said[:16] + frame))
        elif name in _OF_WEBP:
            kept.append(_riff_chunk(name, said))
    if not drawn:
        raise _Broken
    if kept[0][:4] == b"VP8X":
        flags = kept[0][8] & ~(_EXIF_FLAG | _XMP_FLAG)
        if orientation != _UPRIGHT:
            flags |= _EXIF_FLAG
            kept.append(_riff_chunk(b"EXIF", _exif(orientation)))
        kept[0] = kept[0][:8] + bytes((flags,)) + kept[0][9:]
    else:
        orientation = _UPRIGHT
    body = b"".join((b"WEBP", *kept))
    return _made("webp", *size, orientation, b"RIFF" + len(body).to_bytes(4, "little") + body)


def _riff(content: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Return the chunks between two positions. Raises _Broken where one does not end in between."""
    if end > len(content):
        raise _Broken
    for _piece in range(_MOST_PIECES):
        if at >= end:
            return
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + length > end:
            raise _Broken
        yield content[at : at + 4], content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise _Broken


def _riff_chunk(name: bytes, said: bytes) -> bytes:
    return name + len(said).to_bytes(4, "little") + said + b"\0" * (len(said) % 2)


def _webp_size(name: bytes, said: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return int.from_bytes(said[4:7], "little") + 1, int.from_bytes(said[7:10], "little") + 1
    if name == b"VP8 " and said[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(said[6:8], "little") & 0x3FFF, int.from_bytes(said[8:10], "little") & 0x3FFF
    if name == b"VP8L" and said[:1] == b"\x2f":
        bits = int.from_bytes(said[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise _Broken


# --- GIF: blocks, each of them parts of at most 255 bytes

_OF_GIF = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0"})
"""The extension that says how often an animation repeats, the only one that changes what is seen."""


def _read_gif(content: bytes) -> Cut:
    size = int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    at = 13 + _colours(content[10])
    kept, drawn, pieces = [content[:at]], False, 0
    for _piece in range(_MOST_PIECES):
        begin, what = at, content[at]
        if what == 0x3B and drawn:
            return Cut("gif", *size, b"".join((*kept, b"\x3b")))
        if what == 0x2C:
            left, top, wide, high = (int.from_bytes(content[at + n : at + n + 2], "little") for n in (1, 3, 5, 7))
            size = max(size[0], left + wide), max(size[1], top + high)  # programs make room for what is outside
            drawn, at = True, at + 11 + _colours(content[at + 9])
        elif what == 0x21:
            at += 2
        else:
            raise _Broken
        while length := content[at]:
            at, pieces = at + 1 + length, pieces + 1
            if pieces > _MOST_PIECES:
                raise _Broken
        at += 1
        shown = what == 0x2C or content[begin + 1] == 0xF9
        if shown or (content[begin + 1] == 0xFF and content[begin + 3 : begin + 14] in _OF_GIF):
            kept.append(content[begin:at])
    raise _Broken


def _colours(packed: int) -> int:
    """Return the size in bytes of the table of colours that a block announces."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


_READERS: Mapping[Kind, Callable[[bytes], Cut]] = {
    "png": _read_png,
    "jpeg": _read_jpeg,
    "webp": _read_webp,
    "gif": _read_gif,
}
