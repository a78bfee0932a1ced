"""The texts that show an idea: its author, the beginning of its words, and the line below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.content.texts import Joined, Person, Quote, Span, Territory, Text, _, _n
from bot.content.views import Button
from handlers.ideas.actions import EditIdea
from handlers.ideas.model import QuotedFor, quote_key
from handlers.workshops.model import Category, Idea

MOST = 500
"""How many characters of an idea a wall shows. The card of the idea shows all of them."""
_GLIMPSE = 60
_BAR = 5
"""How many characters the bar of the idea with most votes has."""
LABEL = 90
"""How many characters of an idea are shown as the label of an option of a choice."""

CATEGORIES: Mapping[Category, Text] = {
    # L10N: a kind of idea, in lists and as an option: something that is so in a territory
    "fact": _("fact"),
    # L10N: a kind of idea, a noun, in lists and as an option: something that people in a territory lack
    "need": _("need"),
    # L10N: a kind of idea, in lists and as an option: a public programme or service that exists in a territory
    "scheme": _("already exists"),
}
"""The word that readers see for each category of ideas."""
KINDS: Mapping[Category, Text] = {
    # L10N: a button that says what an idea is: something that is so in a territory
    "fact": _("A fact"),
    # L10N: a button that says what an idea is: something that people in a territory lack
    "need": _("A need"),
    # L10N: a button that says what an idea is: a public programme or service that exists in a territory
    "scheme": _("It exists"),
}
"""The label of the button that says of which category an idea is."""

# L10N: instead of the text of an idea that is only a photo
A_PHOTO = _("(a photo)")


def author_of(idea: Idea, given_name: str, *, reader: int | None = None) -> Span:
    """Return the author of an idea as readers see it: the first name, «anonymous», or «yours».

    `given_name` is the author's first name, '' if the author was erased. `reader` is the id of the reader, who sees
    «yours» beside their own ideas; None for a text that many people read.
    """
    if reader is not None and idea.author_id == reader:
        if idea.anonymous:
            # L10N: whose an idea is, as its author reads it: others do not read the name
            return _("yours, unnamed")
        # L10N: whose an idea is, as its author reads it
        return _("yours")
    if idea.author_id is None or not given_name or idea.anonymous:
        # L10N: the author of an idea whose name is not shown
        return _("anonymous")
    return Person(idea.author_id, "given", given_name)


class Quotable(Protocol):
    """Anything with the id and the text of an idea, such as `Idea`."""

    @property
    def id(self) -> int: ...  # noqa: D102

    @property
    def text(self) -> str: ...  # noqa: D102


def idea_words(idea: Quotable, reader: QuotedFor = "") -> Span:
    """Return the whole text of an idea as a quote, or «(a photo)» for a photo that has no text yet.

    A message stores only the idea's id. When it is shown, it has the present text if its readers may read the idea, or
    else a line that says that they may not. `reader` says for whom the idea is quoted: «own» for its author, «led» for
    people who run workshops, '' for other participants.
    """
    return _quote(idea.id, idea.text, reader)


def idea_quote(idea: Quotable, most: int = _GLIMPSE, reader: QuotedFor = "") -> Span:
    """Return the beginning of an idea on one line, as a quote of at most `most` characters.

    `reader` says for whom the idea is quoted: «own» for its author, «led» for people who run workshops, '' for other
    participants.
    """
    return _quote(idea.id, _on_one_line(idea.text), reader, most)


def _quote(idea_id: int, words: str, reader: QuotedFor = "", most: int = 0) -> Span:
    return Quote("idea", quote_key(idea_id, reader), words, most) if words else A_PHOTO


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def line(
    idea: Idea,
    author: Span,
    *,
    votes: int = 0,
    of_most: int = 0,
    voted: bool = False,
    alike: int = 0,
    files: int = 0,
    documents: int = 0,
    builds_on: str = "",
    territory: bool = False,
    of_group: Span = "",
) -> Span:
    """Return the line below the text of an idea: its author, category, votes, files, and the idea it builds on.

    What is 0 or '' is left out.

    - `votes` is the number of votes. If `of_most`, the largest number of votes of any idea, is given, a bar is drawn
      too.
    - `voted` says whether the reader voted for the idea; `alike` is the number of ideas merged into it.
    - `files` is the number of its files, `documents` how many of these are no photos.
    - `builds_on` is the text of the idea on which it builds, `of_group` the name of its own group.
    - With `territory`, the line names the author's territory. It does not for the reader's own ideas, and not for
      anonymous ones, because in a group of six the territory would identify the author.
    """
    parts: list[Span] = [
        # L10N: the author of an idea, and in brackets the territory that the author speaks for
        _("{name} ({territory})", name=author, territory=Territory(idea.territory))
        if territory and idea.territory and isinstance(author, Person)
        else author
    ]
    if of_group:
        parts.append(of_group)
    if idea.category:
        parts.append(CATEGORIES[idea.category])
    if votes:
        counted = _n("{count} vote", "{count} votes", votes)
        parts.append(Joined(("▇" * -(-_BAR * votes // of_most), " ", counted)) if of_most else counted)
    if voted:
        # L10N: a part of the line below an idea that the reader voted for
        parts.append(_("✓ your vote"))
    if alike:
        # L10N: a part of the line below an idea: how many similar ideas were merged into it
        parts.append(_n("+{count} similar", "+{count} similar", alike))
    if files:
        parts.append(
            _n("{count} file", "{count} files", files) if documents else _n("{count} photo", "{count} photos", files)
        )
    if builds_on and idea.parent_id is not None:
        # L10N: a part of the line below an idea: the earlier idea that it takes further
        parts.append(_("builds on «{idea}»", idea=_quote(idea.parent_id, _on_one_line(builds_on), most=_GLIMPSE)))
    return Joined(tuple(span for part in parts for span in (" · ", part))[1:])


def see_files(files: int, documents: int) -> Text:
    """Return the label of the button that shows the files of an idea.

    `files` is the number of files, `documents` how many of these are no photos.
    """
    if documents:
        return _n("See the file", "See the files", files)
    return _n("See the photo", "See the photos", files)


def change_button(idea: Idea) -> Button:
    """Return the button with which an author changes the text of an idea."""
    return Button(_("Change it"), EditIdea(idea.id))
