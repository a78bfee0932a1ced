"""Reads the logos of the gathering and of its partners, for its page, pictures, slides and prints."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from xml.parsers import expat

from bot.content.branding import Branding, Logo
from bot.files.pictures import MEDIA_TYPES, MOST_PIXELS, cut

MOST_BYTES = 1_000_000
"""The most bytes of a logo: a page has to load it, and each slide and print contains it."""
_INLINE = "data:"
_SVG, _SVG_TYPE = "http://www.w3.org/2000/svg", "image/svg+xml"
_HEAVY = frozenset({f"{_SVG} filter", f"{_SVG} image"})


class UnusableLogo(Exception):
    """The error that a logo's file cannot be used; the text says why."""


def read_logo(branding: Branding) -> Logo | None:
    """Return the gathering's logo; None if it has no logo, or if the logo cannot be used."""
    return _usable(branding.logo)


def partners_logos(branding: Branding) -> Mapping[str, Logo]:
    """Return the logos of the gathering's partners, by the partners' names, leaving out logos that cannot be used."""
    found = {name: _usable(place) for name, place in branding.partners}
    return {name: logo for name, logo in found.items() if logo}


def _usable(place: str) -> Logo | None:
    try:
        return load_logo(place) if place else None
    except UnusableLogo:
        return None


def address_of(logo: Logo) -> str:
    """Return a `data:` address that contains the logo; `load_logo` reads such addresses."""
    return f"{_INLINE}{logo.media_type};base64,{b64encode(logo.content).decode()}"


def load_logo(path: str) -> Logo:
    """Return the logo in a file, or in a `data:` address.

    Raises UnusableLogo for a file that is missing, too large, or neither PNG, JPEG nor SVG.
    """
    if path.startswith(_INLINE):
        return check_logo("the logo", b64decode(path.partition(",")[2]))
    try:
        with Path(path).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnusableLogo(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:  # a path with a null character
        raise UnusableLogo(f"{path!r} is not a path") from None
    return check_logo(path, content)


def check_logo(path: str, content: bytes) -> Logo:
    """Return the logo with the bytes `content`. Raises UnusableLogo, which names it `path`, if it cannot be used."""
    if len(content) > MOST_BYTES:
        raise UnusableLogo(f"{path} is larger than {MOST_BYTES // 1_000_000} MB")
    if _tags(content)[:1] == [f"{_SVG} svg"]:
        return Logo(content, _SVG_TYPE)
    picture = cut(content)
    if picture is None or picture.kind not in ("png", "jpeg"):
        raise UnusableLogo(f"{path} is not a PNG, JPEG or SVG, or it is damaged")
    if picture.pixels > MOST_PIXELS:
        raise UnusableLogo(f"{path} has more than {MOST_PIXELS // 1_000_000} million pixels")
    return Logo(picture.content, MEDIA_TYPES[picture.kind])


def has_letters(logo: Logo) -> bool:
    """Return whether a logo is an SVG that contains text, which is only drawn well if its font is installed."""
    return logo.media_type == _SVG_TYPE and f"{_SVG} text" in _tags(logo.content)


def is_heavy(logo: Logo) -> bool:
    """Return whether a logo is an SVG with filters or pictures, which can take minutes or gigabytes to draw."""
    return logo.media_type == _SVG_TYPE and not _HEAVY.isdisjoint(_tags(logo.content))


def _tags(content: bytes) -> list[str]:
    """Return the tags in an XML file, in order, each once; none for a file that is not XML, or not whole.

    Its entities are not a danger: expat limits what they grow to.
    """
    tags: dict[str, None] = {}
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda tag, _attributes: tags.setdefault(tag)
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        return []
    return list(tags)
