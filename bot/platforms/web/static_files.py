"""Serves the files that pages load, in the gathering's colours: style sheets, scripts, icons and logo."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aiohttp import web

from bot.content.branding import COLOUR, PAPER, Branding, Palette
from bot.drawing.faces import page_face
from bot.files.logo import partners_logos, read_logo
from bot.platforms.web.icons import icons

WORKER = "worker.js"
"""The script that browsers run for a page that is not open, its service worker."""
_SCRIPTS = ("chat.js", "desk.js", "device.js", "display.js", "inside.js", "window.js", WORKER)
_SVG = "image/svg+xml"
_SVG_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
"""The Content-Security-Policy of an SVG, by which no script in it runs even where it is opened by itself."""


@dataclass(frozen=True)
class StaticFile:
    """The content of a file that pages load, and its media type."""

    content: bytes
    media_type: str

    @cached_property
    def zipped(self) -> bytes:
        """The content compressed with gzip. This reveals nothing, because the content has no secrets."""
        return gzip.compress(self.content, mtime=0)


class StaticFiles:
    """Serves files below a path; each address contains the file's version, so that browsers can keep the file."""

    def __init__(
        self,
        path: str,
        files: Mapping[str, StaticFile],
        drawn: Mapping[str, Callable[[], bytes]] | None = None,
        version: str = "",
        headers: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """`drawn` are functions that draw pictures (PNG) by name, called at the first request.

        `version` is the version of the drawn pictures, which must change when they do. `headers` are additional headers
        of files, by file name.
        """
        self._path = path
        self._files = dict(files)
        self._drawn = drawn or {}
        self._headers = headers or {}
        self._drawing = asyncio.Lock()
        self._versions = {name: hashlib.sha256(file.content).hexdigest()[:12] for name, file in files.items()}
        self._versions |= dict.fromkeys(self._drawn, version)

    def __contains__(self, name: str) -> bool:
        return name in self._versions

    def address(self, name: str) -> str:
        """Return the address of the file called `name`, which contains the file's version."""
        return f"{self._path}{name}?v={self._versions[name]}"

    async def serve(self, request: web.Request) -> web.Response:
        """Answer the request for a file; the route's `name` is the name of the file.

        Raises HTTPNotFound if there is no such file.
        """
        name = request.match_info["name"]
        if name in self._drawn and name not in self._files:
            await self._draw(name)
        file = self._files.get(name)
        if file is None:
            raise web.HTTPNotFound
        is_text = file.media_type.startswith("text/")
        zips = is_text and "gzip" in request.headers.get("Accept-Encoding", "")
        response = web.Response(
            body=file.zipped if zips else file.content,
            content_type=file.media_type,
            charset="utf-8" if is_text else None,
            headers=self._headers.get(name),
        )
        if is_text:
            response.headers["Vary"] = "Accept-Encoding"
        if zips:
            response.headers["Content-Encoding"] = "gzip"
        if "v" in request.query:  # the address names the version, so that its content never changes
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if file.media_type == _SVG:
            response.headers["Content-Security-Policy"] = _SVG_POLICY
        return response

    async def _draw(self, name: str) -> None:
        """Draw a picture, unless that was done meanwhile: whoever asks a thousand times at once has it drawn once."""
        async with self._drawing:
            if name not in self._files:
                self._files[name] = StaticFile(await asyncio.to_thread(self._drawn[name]), "image/png")


def page_files(path: str, branding: Branding, pages: str) -> StaticFiles:
    """Return the files of personal pages, which are served below a path.

    «logo» is the gathering's logo, if it has one; «partner-0», «partner-1» and so on are the logos of its partners.
    `pages` is the path below which all personal pages are, so that one service worker can serve them all.
    """
    folder = Path(__file__).parent / "static"
    icon = (folder / "icon.svg").read_text("utf-8").replace(COLOUR, branding.palette.accent)
    logo, partners = read_logo(branding), partners_logos(branding).values()
    files = {
        "chat.css": stylesheet(folder / "chat.css", branding.palette),
        **{name: StaticFile((folder / name).read_bytes(), "text/javascript") for name in _SCRIPTS},
        "desk.css": StaticFile((folder / "desk.css").read_bytes(), "text/css"),
        "display.css": stylesheet(folder / "display.css", branding.palette),
        "display.ttf": StaticFile(page_face(), "font/ttf"),
        "icon.svg": StaticFile(icon.encode(), _SVG),
        **({"logo": StaticFile(logo.content, logo.media_type)} if logo else {}),
        **{f"partner-{place}": StaticFile(each.content, each.media_type) for place, each in enumerate(partners)},
    }
    look = f"{branding.name}\n{branding.palette.accent}\n".encode() + (logo.content if logo else b"")
    allowed = {WORKER: {"Service-Worker-Allowed": pages}}
    return StaticFiles(path, files, icons(branding), hashlib.sha256(look).hexdigest()[:12], allowed)


def stylesheet(path: Path, palette: Palette) -> StaticFile:
    """Return the style sheet in a file, with the gathering's colours added.

    The colours are `--accent`, `--accent-ink`, `--tint`, `--own` and `--far`, for light and for dark screens. The
    reader's device chooses between the two, unless the page has the attribute `data-scheme`.
    """
    day = _variables(palette.accent, PAPER, palette.tint, palette.strong_tint, palette.far)
    night = _variables(
        palette.night_accent, palette.night_ink, palette.night_tint, palette.night_strong_tint, palette.night_far
    )
    colours = (
        f':root, :root[data-scheme="light"] {{ {day} }}\n'
        f"@media (prefers-color-scheme: dark) {{ :root {{ {night} }} }}\n"
        f':root[data-scheme="dark"] {{ {night} }}\n'
    )
    return StaticFile(colours.encode() + path.read_bytes(), "text/css")


def _variables(accent: str, accent_ink: str, tint: str, own: str, far: str) -> str:
    return f"--accent: {accent}; --accent-ink: {accent_ink}; --tint: {tint}; --own: {own}; --far: {far};"
