"""How ideas read: one, a page of them, and who may read which."""

from __future__ import annotations

from collections.abc import Mapping

from bot.content.names import shortened
from bot.content.texts import Joined, Name, Span, Territory, Text, _, _n
from handlers.workshops.model import Category, Idea

MOST = 500
"""Characters of an idea on a wall; the whole of it is on its card."""
_GLIMPSE = 60
_LABEL = 90

CATEGORIES: Mapping[Category, Text] = {"fact": _("fact"), "need": _("need"), "scheme": _("existing scheme")}


def author_of(idea: Idea, given_name: str, *, reader: int | None = None) -> Span:
    """Whose an idea is, as others read it: the first name, or nobody's. `reader` is told which are their own."""
    if reader is not None and idea.author_id == reader:
        return _("you, unnamed") if idea.anonymous else _("you")
    return Name(given_name) if given_name and not idea.anonymous else _("anonymous")


def words_of(text: str) -> Span:
    """The words of an idea; a photo may still be without."""
    return Name(text) if text else _("(a photo)")


def glimpse(text: str, most: int = _GLIMPSE) -> Span:
    """The beginning of an idea, on one line, for buttons and quotes."""
    return words_of(shortened(" ".join(text.split()), most))


def label(text: str, most: int = _LABEL) -> Span:
    """The beginning of an idea where it stands alone, as something to choose."""
    return shortened(" ".join(text.split()), most) or words_of("")


def line(
    idea: Idea,
    author: Span,
    *,
    votes: int = 0,
    voted: bool = False,
    alike: int = 0,
    files: int = 0,
    documents: int = 0,
    builds_on: str = "",
    territory: bool = False,
    of_group: Span = "",
) -> Span:
    """What stands below the words of an idea: whose, of which territory and kind if that matters, and what it has.

    `voted` says that one of the votes is the reader's. `of_group` is what its group is called, for who reads several.
    Of an anonymous idea no territory is said: in a group of six that is as good as a name.
    """
    parts: list[Span] = [
        _("{name} ({territory})", name=author, territory=Territory(idea.territory))
        if territory and idea.territory and not idea.anonymous
        else author
    ]
    if of_group:
        parts.append(of_group)
    if idea.category:
        parts.append(CATEGORIES[idea.category])
    if votes:
        parts.append(_n("{count} vote", "{count} votes", votes))
    if voted:
        parts.append(_("✓ your vote"))
    if alike:
        parts.append(_n("+{count} similar", "+{count} similar", alike))
    if files:
        parts.append(
            _n("{count} file", "{count} files", files) if documents else _n("{count} photo", "{count} photos", files)
        )
    if builds_on:
        parts.append(_("builds on «{idea}»", idea=glimpse(builds_on)))
    return Joined(tuple(span for part in parts for span in (" · ", part))[1:])


def see_files(files: int, documents: int) -> Text:
    """The label of what shows the files of an idea, `documents` of which are no photos."""
    if documents:
        return _n("See the file", "See the files", files)
    return _n("See the photo", "See the photos", files)
