"""Displays: pages without a login that follow something live, for a wall or for who follows from afar.

A capability declares a `Display`; whoever has a link to one (`issue_link`) reads it until the link is closed. A link of
a participant's own lets them also send what the display takes, as a question; links on a wall are read only.
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

Draw = Callable[[Transaction, str, datetime], Awaitable[Scene | None]]
"""A function that returns the scene of a subject as it is now, called as draw(tx, subject, now).

It returns None if there is no such subject (any more), and only reads. One call serves all that show the same.
"""
Take = Callable[[Transaction, Participant, str, str, Form, str, datetime], Awaitable[Text]]
"""A function that stores what a participant sends from their own link, called as take(tx, person, subject, about, form,
locale, now).

`about` is what the scene was about when they began to write. Returns what they read; raises UserError if it is refused.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """A kind of display.

    `tables` are those whose changes it shows at once, `busy_tables` those that may change many times a second, whose
    changes it shows together within half a second; what else it shows follows within some seconds. `form` is what
    people send from a link of their own, stored by `take`; None where they send nothing. `reopened` says how one gets a
    new link after one was closed.
    """

    kind: str
    draw: Draw
    reopened: Text
    tables: frozenset[str] = frozenset()
    busy_tables: frozenset[str] = frozenset()
    form: type[Form] | None = None
    take: Take | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a form that nothing takes, and for a function that takes no form."""
        if (self.form is None) != (self.take is None):
            raise ValueError(f"the display {self.kind!r} has one of `form` and `take`, and needs both or none")


def address_of(settings: Settings, secret: str) -> str:
    """Return the address of the display that a secret opens."""
    return f"{settings.web.public_url.rstrip('/')}{PATH}{secret}"


async def issue_link(
    tx: Transaction, settings: Settings, kind: str, subject: str, now: datetime, *, participant_id: int | None = None
) -> str | None:
    """Return the address of a new link to a display; None where the settings have no address for pages.

    It can be read only now, as the store has its hash. `participant_id` is the person whose own display it is, and
    whose earlier link ends; None for a display on a wall.
    """
    if not settings.web.public_url:
        return None
    return address_of(settings, await display_store.issue(tx, kind, subject, participant_id, now))
