"""The typeface used in everything that is drawn, for pages that show text beside drawings."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_PACKAGE = "fontpkg_source_sans_3"


def page_face() -> bytes:
    """Return the typeface of everything that is drawn, Source Sans 3, as a TrueType file with all weights.

    Returns no bytes if the package with this typeface is not installed.
    """
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None:
        return b""
    return (Path(package.origin).parent / "files" / "SourceSans3[wght].ttf").read_bytes()
