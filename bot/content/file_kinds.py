"""Recognises the kind of a file that somebody sent by its bytes, because its name may be wrong."""

from __future__ import annotations

from typing import Literal

_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_STILL_OR_SOUND = frozenset({b"mif1", b"msf1", b"avif", b"avis", b"crx ", b"M4A ", b"M4B ", b"M4P "})
"""The brands of MP4 containers that hold no video."""
_VIDEOS = (b"\x1aE\xdf\xa3", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"FLV\x01", b"0&\xb2u\x8ef\xcf\x11")
"""The first bytes of videos in Matroska (WebM), MPEG, Flash and Windows Media."""
_WORD = b"word/document.xml"
_WRITER = b"application/vnd.oasis.opendocument.text"
_NUMBERS = b"Index/Document.iwa"


def is_heic(content: bytes) -> bool:
    """Return whether a file is a HEIC photo, the usual format of iPhones, which few programs can show."""
    if content[4:8] != b"ftyp":
        return False
    brands = content[8 : min(int.from_bytes(content[:4]), 256)]
    named = {brands[at : at + 4] for at in range(0, len(brands), 4)}
    return brands[:4] in _HEIC or (brands[:4] in (b"mif1", b"msf1") and not _HEIC.isdisjoint(named))


def is_video(content: bytes) -> bool:
    """Return whether a file is a video, by its content."""
    box, brand = content[4:8], content[8:12]
    if box == b"ftyp":
        return not is_heic(content) and brand not in _STILL_OR_SOUND
    if box in (b"moov", b"mdat", b"wide") or (content[:4] == b"RIFF" and brand == b"AVI "):
        return True
    if content[:4] == b"OggS":
        return b"theora" in content[:128]
    packets = content[0:1] == content[188:189] == content[376:377] == b"G"  # of a transport stream, as cameras write it
    return packets or content.startswith(_VIDEOS)


Document = Literal["text", "numbers", "pdf", "old or locked"]
"""The kind of a document that the program cannot read, although it may contain a list.

It is a text of Word or Writer, a table of Numbers, a PDF, or an Excel file that is older than
2007 or asks for a password.
"""


def document_kind(content: bytes) -> Document | None:
    """Return the kind of a document that cannot be read as a table, such as a PDF; None for any other file."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "old or locked"
    if not content.startswith(b"PK\x03\x04"):
        return None
    if _WORD in content or _WRITER in content[:200]:
        return "text"
    return "numbers" if _NUMBERS in content else None
