"""Defines displays: pages without a login that follow something live, on a wall or for people who follow from afar.

A capability (a part of the program) declares a `Display`; whoever has a link to it (`issue_link`) can read it until the
link is closed. A participant's own link also lets them send something, such as a question; other links only show the
display.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.config.settings import Settings
from bot.content.forms import Form
from bot.content.scenes import Scene
from bot.content.texts import Text
from bot.conversation import display_store
from bot.database.engine import Transaction
from bot.people.participants import Participant

PATH = "/ecran/"
"""The path of displays, below the path of the public address; a secret follows."""

ENTRY = "/e/"
"""The path of the short addresses that displays show, by which people open their own pages; a code follows."""

LINK = f"{ENTRY}link/"
"""The path of links to a screen, which is shown on the page that the browser has open; the encoded action follows."""

Draw = Callable[[Transaction, str, datetime], Awaitable[Scene | None]]
"""A function that returns what a display shows of a subject now, called as draw(tx, subject, now).

It returns None if there is no such subject (any more), and only reads. One call serves all displays of the subject.
"""
Take = Callable[[Transaction, Participant, str, str, Form, str, datetime], Awaitable[Text]]
"""A function that stores what a participant sends by their own link to a display.

It is called as take(tx, person, subject, about, form, locale, now). `about` is the subject of the scene when they began
to write. It returns the text that they read, and raises UserError for a refusal.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """A kind of display, a page without a login that follows something live, on a wall or on a person's own device.

    `draw` returns what the page shows. The page shows a change of `tables` at once. Changes of `busy_tables`, of which
    there may be many a second, are shown together within half a second, and other changes within some seconds.

    Links can be for walls, or belong to one participant. `form` is what a participant can send from a display opened by
    their own link, and `take` stores what was sent; both are None if nothing can be sent. `reopened` is the text that
    tells a person whose link was closed how to get a new one.
    """

    kind: str
    draw: Draw
    reopened: Text
    tables: frozenset[str] = frozenset()
    busy_tables: frozenset[str] = frozenset()
    form: type[Form] | None = None
    take: Take | None = None

    def __post_init__(self) -> None:
        """Raise ValueError if there is a form but no function `take`, or a function but no form."""
        if (self.form is None) != (self.take is None):
            raise ValueError(f"the display {self.kind!r} has one of `form` and `take`, and needs both or none")


def address_of(settings: Settings, secret: str) -> str:
    """Return the address of the display (a live page without a login) that opens with a secret."""
    return f"{settings.web.public_url.rstrip('/')}{PATH}{secret}"


async def issue_link(
    tx: Transaction, settings: Settings, kind: str, subject: str, now: datetime, *, participant_id: int | None = None
) -> str | None:
    """Return the address of a new link to a display, a live page without a login; None if pages have no address.

    `kind` and `subject` say which display. The address cannot be returned again, because the store has only a hash of
    its secret. `participant_id` is the person to whom the link belongs; their earlier link to this display is closed.
    None means a display on a wall.
    """
    if not settings.web.public_url:
        return None
    return address_of(settings, await display_store.issue(tx, kind, subject, participant_id, now))
