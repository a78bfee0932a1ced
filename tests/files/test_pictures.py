"""Pictures without what they say of whoever took them: bytes in, bytes out."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from random import Random

import pytest
from PIL import Image

from bot.content.file_kinds import is_heic, is_video
from bot.files.pictures import cut, kind_of
from bot.files.uploads import received_file
from tests.pictures import OWNER, PLACE, PROGRAM, drawn, heic, taken

KINDS = ("JPEG", "PNG", "WEBP", "GIF")


def frames(content: bytes) -> Sequence[bytes]:
    """The pixels of every frame."""
    with Image.open(io.BytesIO(content)) as picture:
        found = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            found.append(picture.convert("RGBA").tobytes())
        return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_pixels_stay_and_the_words_go(kind: str) -> None:
    whole = taken(kind, comment=PROGRAM) if kind == "GIF" else taken(kind)
    found = cut(whole + b"what hangs on behind")
    assert found is not None
    assert frames(found.content) == frames(whole)
    assert not [mark for mark in (OWNER, PLACE, PROGRAM, b"behind") if mark in found.content]
    assert found.kind == kind.lower() == kind_of(whole)
    assert cut(found.content) == found
    with Image.open(io.BytesIO(found.content)) as picture:
        turned = dict(picture.getexif())
    assert (turned, found.width, found.height) == (({}, 16, 8) if kind == "GIF" else ({0x0112: 6}, 8, 16))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_upright_says_nothing_at_all(kind: str) -> None:
    found = cut(taken(kind, orientation=1))
    assert found is not None
    with Image.open(io.BytesIO(found.content)) as picture:
        assert not picture.getexif()
    assert (found.width, found.height) == (16, 8)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_colours_keep_their_profile(kind: str) -> None:
    found = cut(drawn(kind, icc_profile=b"a profile of colours"))
    assert found is not None
    with Image.open(io.BytesIO(found.content)) as picture:
        assert picture.info["icc_profile"] == b"a profile of colours"


def test_a_progressive_photo_of_several_scans_is_whole() -> None:
    whole = taken(progressive=True, quality=95)
    found = cut(whole)
    assert found is not None
    assert frames(found.content) == frames(whole)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_what_moves_goes_on_moving(kind: str) -> None:
    others = [Image.new("RGB", (8, 6), (shade, 0, 0)) for shade in (80, 160)]
    whole = drawn(kind, save_all=True, append_images=others, duration=100, loop=0)
    found = cut(whole)
    assert found is not None
    assert frames(found.content) == frames(whole)
    assert len(frames(whole)) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_is_broken_raises(kind: str) -> None:
    whole, random = taken(kind), Random(7)
    assert not [length for length in range(len(whole)) if cut(whole[:length])]
    for _attempt in range(500):
        spoilt = bytearray(whole)
        for _byte in range(4):
            spoilt[random.randrange(len(spoilt))] = random.randrange(256)
        sent = received_file("photo.jpg", bytes(spoilt))
        assert sent.picture in (True, False)


HOSTILE = {
    "fill": b"\xff\xd8" + b"\xff" * 10_000_000,
    "comments": b"\xff\xd8" + b"\xff\xfe\0\2" * 2_500_000,
    "a scan": b"\xff\xd8\xff\xda\0\2" + b"\xff\0" * 5_000_000,
    "chunks": b"\x89PNG\r\n\x1a\n" + drawn("PNG")[8:33] + b"\0\0\0\0tEXt\0\0\0\0" * 830_000,
    "blocks": b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xfe\0" * 3_300_000,
    "parts": b"GIF89a\1\0\1\0\0\0\0\x21\xfe" + b"\1a" * 5_000_000,
    "riff": b"RIFF\xf8\x96\x98\0WEBPVP8X\x0a\0\0\0" + b"\0" * 10 + b"ABCD\0\0\0\0" * 1_249_997,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_ten_megabytes_that_are_there_to_keep_us_busy_do_not(what: str) -> None:
    begun = time.process_time()
    assert cut(HOSTILE[what]) is None
    assert time.process_time() - begun < 1


def test_a_size_is_that_which_would_be_decoded() -> None:
    small, large = drawn(), drawn(size=(60_000, 8))
    frame = large.index(b"\xff\xc0")
    assert (
        cut(small[: small.index(b"\xff\xc0")] + large[frame : frame + 19] + small[small.index(b"\xff\xc0") :]) is None
    )
    whole = bytearray(drawn("GIF"))
    at = whole.index(b"\x2c\0\0\0\0\x08\0\x06\0")
    whole[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    found = cut(bytes(whole))
    assert found is not None
    assert (found.width, found.height) == (65_535, 65_535)


def test_a_name_and_what_the_sender_says_do_not_count() -> None:
    photo = received_file("evil.html", drawn("PNG"))
    assert (photo.name, photo.picture, photo.media_type) == ("evil.png", True, "image/png")
    page = received_file("photo.jpg", b"<html>")
    assert (page.name, page.picture, page.media_type) == ("photo.jpg", False, "application/octet-stream")
    moving = received_file("photo.JPG", drawn("WEBP"))
    assert (moving.name, moving.picture, moving.media_type) == ("photo.webp", False, "image/webp")
    large = received_file("wall.png", drawn("PNG", size=(6_000, 5_001)))
    assert (large.picture, large.media_type) == (False, "image/png")


@pytest.mark.parametrize(
    ("begins", "is_one"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", True),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", True),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", False),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42heic", False),
        (drawn(), False),
        (b"", False),
    ],
)
def test_heic_is_told_by_its_content(begins: bytes, is_one: bool) -> None:
    assert is_heic(begins + b"\0" * 20) is is_one
    assert is_heic(heic())


def test_a_photo_of_so_many_scans_that_nobody_could_open_it_is_none() -> None:
    target = io.BytesIO()
    Image.new("L", (64, 64)).save(target, "JPEG", progressive=True)
    content = target.getvalue()
    at = content.rindex(b"\xff\xda")
    scan = content[at:-2]
    assert cut(content[:-2] + 30 * scan + content[-2:])
    assert cut(content[:-2] + 60 * scan + content[-2:]) is None


@pytest.mark.parametrize(
    ("begins", "is_one"),
    [
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42", True),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", True),
        (b"\0\0\0\x01mdat", True),
        (b"\x1aE\xdf\xa3\x01", True),
        (b"RIFF\0\0\0\0AVI LIST", True),
        (b"OggS" + b"\0" * 25 + b"theora", True),
        (b"G" + b"\0" * 187 + b"G" + b"\0" * 187 + b"G", True),
        (b"OggS" + b"\0" * 25 + b"vorbis", False),
        (b"\0\0\0\x18ftypM4A ", False),
        (b"\0\0\0\x18ftypavif", False),
        (heic(), False),
        (drawn(), False),
        (b"%PDF-1.7", False),
        (b"", False),
    ],
)
def test_a_video_is_told_by_its_content(begins: bytes, is_one: bool) -> None:
    assert is_video(begins + b"\0" * 20) is is_one
