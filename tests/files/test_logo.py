"""The gathering's logo: a PNG, JPEG or SVG by its content; anything else is named, and things go without it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.content.branding import Branding, Logo
from bot.files.logo import MOST_BYTES, UnusableLogo, has_letters, load_logo, read_logo
from tests.pictures import OWNER, drawn, png, taken

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2v1z"/></svg>'
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]><svg xmlns="&ns;"/>'
GROWING = b'<!DOCTYPE svg [<!ENTITY a0 "' + b"a" * 99 + b'">'
GROWING += b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 99) for n in range(9))
GROWING += b']><svg xmlns="http://www.w3.org/2000/svg">&a9;</svg>'


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (drawn("PNG"), "image/png"),
        (drawn("JPEG"), "image/jpeg"),
        (SVG, "image/svg+xml"),
        (b"\xef\xbb\xbf" + SVG, "image/svg+xml"),
        (SVG.decode().encode("utf-16"), "image/svg+xml"),
        (DOCTYPE, "image/svg+xml"),
        (b"<!-- drawn by hand -->" + SVG + b" " * (MOST_BYTES - 22 - len(SVG)), "image/svg+xml"),
    ],
)
def test_what_a_logo_is_its_content_says(tmp_path: Path, content: bytes, media_type: str) -> None:
    path = tmp_path / "logo.dat"
    path.write_bytes(content)
    assert read_logo(Branding("Rencontres", logo=str(path))) == Logo(content, media_type)


def test_who_took_the_picture_stays_here(tmp_path: Path) -> None:
    path = tmp_path / "logo.jpg"
    path.write_bytes(taken())
    assert OWNER in path.read_bytes()
    assert OWNER not in load_logo(str(path)).content


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "is not a PNG, JPEG or SVG, or it is damaged"),
        (drawn("GIF"), "is not a PNG, JPEG or SVG, or it is damaged"),
        (drawn("PNG")[:-20], "is not a PNG, JPEG or SVG, or it is damaged"),
        (SVG[:-6], "is not a PNG, JPEG or SVG, or it is damaged"),
        (b"<svg/>", "is not a PNG, JPEG or SVG, or it is damaged"),  # browsers draw none without its namespace
        (b'<html xmlns="http://www.w3.org/1999/xhtml">' + SVG + b"</html>", "is not a PNG, JPEG or SVG"),
        (GROWING, "is not a PNG, JPEG or SVG, or it is damaged"),
        (SVG + b" " * MOST_BYTES, "is larger than 1 MB"),
        (png(6_000, 6_000), "has more than 30 million pixels"),
    ],
)
def test_what_is_no_logo_is_named_and_things_go_without(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "logo.svg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnusableLogo, match=re.escape(f"{path} {reason}")):
        load_logo(str(path))
    assert read_logo(Branding("Rencontres", logo=str(path))) is None


def test_a_path_that_no_file_can_have_is_named() -> None:
    with pytest.raises(UnusableLogo, match=r"'logo\\x00.svg' is not a path"):
        load_logo("logo\0.svg")


def test_text_in_an_svg_is_found(tmp_path: Path) -> None:
    (tmp_path / "paths.svg").write_bytes(SVG)
    (tmp_path / "text.svg").write_bytes(SVG.replace(b"</svg>", b"<g><text>R</text></g></svg>"))
    (tmp_path / "text.png").write_bytes(drawn("PNG"))
    names = ("paths.svg", "text.svg", "text.png")
    assert [has_letters(load_logo(str(tmp_path / name))) for name in names] == [False, True, False]


def test_a_folder_is_no_logo(tmp_path: Path) -> None:
    with pytest.raises(UnusableLogo, match="Is a directory"):
        load_logo(str(tmp_path))
    assert read_logo(Branding("Rencontres", logo=str(tmp_path))) is None


def test_a_gathering_without_a_logo_reads_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logo.svg").write_bytes(SVG)
    assert [read_logo(Branding("Rencontres", logo=logo)) for logo in ("", "logo.svg")] == [
        None,
        Logo(SVG, "image/svg+xml"),
    ]
