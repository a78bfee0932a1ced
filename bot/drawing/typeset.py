"""Makes pictures (PNG) and documents (PDF) from texts with Typst, by templates in the house style (`house.typ`).

Everything runs in the calling thread, so handlers use a job, in another process with a deadline and a memory limit. No
font of the system is used, so that a print is the same everywhere, and no template fetches anything.
"""

from __future__ import annotations

import json
import struct
import threading
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bot.content.branding import INK, MUTED, Branding, Logo
from bot.drawing.letters import drawable
from bot.drawing.typography import french
from bot.files.logo import is_heavy, partners_logos, read_logo

if TYPE_CHECKING:
    from typst import Compiler, Fonts

_SHARED = Path(__file__).parent
"""The folder of the templates that others import: the house style, and charts."""
_FONTS = {
    "fontpkg_source_sans_3": "files",
    "fontpkg_almarai": "files",
    "manimgx_fonts": "",
    "manimgx_fonts_cjk": "",
}
"""The packages with fonts, and the folder in each; the last is an extra that not every installation has."""
_FACES = ("Source Sans 3", "Almarai", "Noto Sans")
"""The faces that are tried first for each letter, in this order."""
_LAST_FACES = ("Noto Sans Symbols", "Noto Emoji")
DOTS = 72.0
"""The pixels per inch of pictures whose templates count in pixels: one pixel per point."""
_KEPT = 10
"""For how many further prints Typst caches what it has laid out."""
_LARGE = 15_000
"""The number of characters of data from which on a print is large; ten smaller prints may stay in the cache."""
_LOGO = """#set page(width: auto, height: auto, margin: 0pt, fill: none)
#context {
  let size = measure(image("NAME"))
  assert(calc.max(size.width, size.height) <= 50 * calc.min(size.width, size.height))
  image("NAME", width: size.width * calc.min(400pt / size.width, 100pt / size.height))
}"""

_local = threading.local()


def typeset_png(
    template: Path, data: Mapping[str, Any], branding: Branding, locale: str, *, dots: float = DOTS
) -> list[bytes]:
    """Return the pages that a Typst template makes of `data`, each as a PNG file with `dots` pixels per inch.

    `data` are JSON values; their texts are drawn literally, not read as markup. `branding` is the gathering's name,
    colour and logo.
    """
    pages = _compile(template, data, branding, locale, {}, format="png", ppi=dots)
    return [_with_density(page, dots) for page in ([pages] if isinstance(pages, bytes) else pages)]


def typeset_pdf(
    template: Path, data: Mapping[str, Any], branding: Branding, locale: str, files: Mapping[str, bytes] | None = None
) -> bytes:
    """Return what a Typst template makes of `data` as a PDF file that screen readers can read aloud (PDF/UA-1).

    If `data` contain something that this standard forbids, the file does not keep to it. `data` are JSON values; their
    texts are drawn literally, not read as markup. `files` are pictures, by the names that `data` use. `branding` is the
    gathering's name, colour and logo.
    """
    from typst import TypstError

    given = (template, data, branding, locale, files or {})
    try:
        pdf = _compile(*given, format="pdf", timestamp=0, pdf_standards="ua-1")
    except TypstError:
        pdf = _compile(*given, format="pdf", timestamp=0)
    assert isinstance(pdf, bytes)
    return pdf


def _forget_large_print() -> None:
    """Have Typst forget what it laid out for a large print, by so many empty ones that nothing else is kept.

    A list for the doors of 150 groups would keep 100 MB, and of some of these one after the other no process had room.
    """
    if getattr(_local, "large", False):
        with TemporaryDirectory() as nothing:
            for _print in range(_KEPT):
                _compiler().compile(b"", root=nothing, format="png", ppi=1)


def _with_density(png: bytes, dots: float) -> bytes:
    """Return a PNG file that says how many of its pixels make an inch, so that it is printed at its size."""
    per_metre = round(dots / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    head = 33  # bytes of the signature and of the first chunk, which says the size
    return png[:head] + struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[head:]


def _compile(
    template: Path,
    data: Mapping[str, Any],
    branding: Branding,
    locale: str,
    files: Mapping[str, bytes],
    **how: Any,
) -> bytes | list[bytes]:
    """Return what Typst makes of a template. `how` says of which kind; the others are as for `typeset_pdf`."""
    _forget_large_print()
    palette, logo, partners = branding.palette, read_logo(branding), partners_logos(branding)
    logos = {"logo": logo, **{f"partner{place}": each for place, each in enumerate(partners.values())}}
    # Characters that cannot be typeset are left out.
    named = {key: _logo_name(key, each) for key, each in logos.items() if each and logo_png(each)}
    files = {**files, **{name: each.content for key, name in named.items() if (each := logos[key])}}
    with TemporaryDirectory() as folder:  # the only files that the template can read
        root = Path(folder)
        for shared in _SHARED.glob("*.typ"):
            (root / shared.name).write_bytes(shared.read_bytes())
        for name, content in files.items():
            (root / name).write_bytes(content)
        given = {
            "data": _clean(data, locale),
            "gathering": _clean(branding.name, locale),
            "lang": locale,
            "faces": _faces(),
            "logo": named.get("logo"),
            "partners": [
                (named[f"partner{place}"], _clean(name, locale))
                for place, name in enumerate(partners)
                if f"partner{place}" in named
            ],
            "colours": {**asdict(palette), "ink": INK, "muted": MUTED, "curves": palette.curves},
        }
        text = json.dumps(given, ensure_ascii=False)
        _local.large = len(text) > _LARGE
        pages = _compiler().compile(template.read_bytes(), root=root, sys_inputs={"input": text}, **how)
    assert pages is not None  # because no file is written
    return pages


def _logo_name(key: str, logo: Logo) -> str:
    return f"{key}." + logo.media_type.partition("/")[2].partition("+")[0]


@lru_cache(10)
def logo_png(logo: Logo) -> bytes | None:
    """Return a logo as a PNG file of at most 1600 × 400 pixels, for files that cannot contain SVG.

    Returns None for a logo that Typst cannot read, because it supports only a part of SVG; for a logo that could take
    minutes or all memory to draw; and for one more than fifty times as long as wide, which would be invisible.
    """
    from typst import TypstError

    if is_heavy(logo):
        return None
    with TemporaryDirectory() as folder:
        name = _logo_name("logo", logo)
        (Path(folder) / name).write_bytes(logo.content)
        template = _LOGO.replace("NAME", name).encode()
        try:
            png = _compiler().compile(template, root=folder, format="png", ppi=4 * DOTS)
        except TypstError:
            return None
    assert isinstance(png, bytes)
    return png


def _clean(value: Any, locale: str) -> Any:
    """Return JSON values with every text made fit to be set; an object's «lang» is the language of what it holds."""
    if isinstance(value, str):
        return _clean_text(value, locale)
    if isinstance(value, dict):
        locale = value.get("lang", locale)
        return {key: _clean(part, locale) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(part, locale) for part in value]
    return value


@lru_cache(2048)  # many texts recur: names, headings, numbers of votes
def _clean_text(text: str, locale: str) -> str:
    text = drawable(text)
    return french(text) if locale == "fr" else text


def _compiler() -> Compiler:
    """Return the compiler of this thread: one cannot be used by two."""
    if not hasattr(_local, "compiler"):
        from typst import Compiler

        # Without a folder it looks into the working directory, which a command may not be allowed to.
        _local.compiler = Compiler(root=_SHARED, font_paths=_fonts())
    return _local.compiler  # type: ignore[no-any-return]


@cache
def _fonts() -> Fonts:
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=font_folders())


def missing_fonts() -> list[str]:
    """Return the names of the font packages that are not installed."""
    return [package for package in _FONTS if find_spec(package) is None]


def font_folders() -> list[Path]:
    """Return the folders of the fonts that are installed."""
    found = {package: find_spec(package) for package in _FONTS}
    return [Path(spec.origin).parent / _FONTS[package] for package, spec in found.items() if spec and spec.origin]


@cache
def _faces() -> list[str]:
    """Return the names of all faces, in the order in which they are tried for each letter."""
    others = sorted({*_fonts().families()} - {*_FACES, *_LAST_FACES})
    chinese = [name for name in others if "CJK" in name]  # the last, as to look into one takes 30 MB
    chinese.sort(key=lambda name: (not name.endswith("CJK SC"), name))
    return [*_FACES, *(name for name in others if name not in chinese), *_LAST_FACES, *chinese]
