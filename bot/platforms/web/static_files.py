"""Serves the files that pages load, in the gathering's colours: style sheet, script, icon and logo."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.content.branding import COLOUR, PAPER, Branding, Palette
from bot.drawing.faces import page_face
from bot.files.logo import read_logo

_SVG = "image/svg+xml"
_SVG_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
"""The Content-Security-Policy of an SVG, by which no script in it runs even where it is opened by itself."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that pages load, and its media type."""

    content: bytes
    media_type: str


class StaticFiles:
    """Serves files below a path; their addresses contain a version, so that browsers can keep them."""

    def __init__(self, path: str, files: Mapping[str, StaticFile]) -> None:
        self._path = path
        self._files = files
        self._versions = {name: hashlib.sha256(file.content).hexdigest()[:12] for name, file in files.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def address(self, name: str) -> str:
        """Return the address of a file on our server."""
        return f"{self._path}{name}?v={self._versions[name]}"

    async def serve(self, request: web.Request) -> web.Response:
        """Handle the request for the file that the route's `name` names."""
        file = self._files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        charset = "utf-8" if file.media_type.startswith("text/") else None
        response = web.Response(body=file.content, content_type=file.media_type, charset=charset)
        if "v" in request.query:  # the address names the version, so that its content never changes
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if file.media_type == _SVG:
            response.headers["Content-Security-Policy"] = _SVG_POLICY
        return response


def page_files(branding: Branding) -> dict[str, StaticFile]:
    """Return the files of personal pages by name; «logo» only for a gathering that has one."""
    folder = Path(__file__).parent / "static"
    icon = (folder / "icon.svg").read_text("utf-8").replace(COLOUR, branding.palette.accent)
    logo = read_logo(branding)
    return {
        "chat.css": stylesheet(folder / "chat.css", branding.palette),
        "chat.js": StaticFile((folder / "chat.js").read_bytes(), "text/javascript"),
        "display.css": stylesheet(folder / "display.css", branding.palette),
        "display.js": StaticFile((folder / "display.js").read_bytes(), "text/javascript"),
        "display.ttf": StaticFile(page_face(), "font/ttf"),
        "icon.svg": StaticFile(icon.encode(), _SVG),
        **({"logo": StaticFile(logo.content, logo.media_type)} if logo else {}),
    }


def stylesheet(path: Path, palette: Palette) -> StaticFile:
    """Return a style sheet with the gathering's colours: `--accent`, `--accent-ink`, `--tint`, `--own` and `--far`.

    They are those of the day or the night, as the reader's device says, or `data-scheme` of the page.
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
