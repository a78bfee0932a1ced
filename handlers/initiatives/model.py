"""What people tell of their initiative, what it looks for and brings, and contacts that change hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.content.names import Named
from bot.content.texts import Text, _

Side = Literal["seeks", "offers"]
"""The two things that a card says: what the initiative looks for, and what it brings."""
CardState = Literal["", "reported", "off"]
"""Why a card is not shown though its author shows it: enough people reported it, or the team took it off."""

MOST_NEEDS = 3
"""How many things a card can look for, and how many it can bring."""
MOST_REPORTS = 3
"""How many people report a card until it is hidden; the team then looks at it."""
CODE_VALID = timedelta(minutes=10)
"""How long the code of one's card can be used, by one person."""

# L10N: what somebody's initiative looks for, or brings: «Awa looks for …», «Awa has …»
NEEDS: Mapping[str, Text] = {
    "place": _("a place"),
    "money": _("funding"),
    "partner": _("partners"),
    "hands": _("volunteers"),
    "skill": _("know-how"),
    "voice": _("visibility"),
}
"""The words of each need, by the code under which it is stored."""

# L10N: where somebody met a contact of theirs
MET: Mapping[str, Text] = {
    "encounter": _("in an encounter"),
    "code": _("with a code"),
    "directory": _("in the directory"),
}
"""In words, where people met, by the code under which it is stored."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person's initiative looks for, and what it brings, as codes of `NEEDS`."""

    seeks: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """How somebody can be reached, as they chose to give it: a mail address, a phone number, a name in an app.

    What they do not give is ''.
    """

    mail: str = ""
    phone: str = ""
    handle: str = ""

    @property
    def words(self) -> str:
        """Return what is given, in order, in one line; '' for nothing."""
        return " · ".join(filter(None, (self.mail, self.phone, self.handle)))


@dataclass(frozen=True, slots=True)
class InitiativeCard(Named):
    """A person's card, with the person's names and the key of their theme ('' for none).

    `seeks` and `offers` are codes of `NEEDS`, separated by blanks, beside the author's own words. `territory` is a
    code, `locale` the language in which the card is written, and `stems` the beginnings of its words, for the search.
    """

    id: int
    given_name: str
    family_name: str
    title: str
    sentence: str
    link: str
    territory: str
    seeks: str
    offers: str
    seeks_words: str
    offers_words: str
    locale: str
    stems: str
    shown: bool
    state: CardState
    theme: str

    @property
    def visible(self) -> bool:
        """Return whether others see the card: its author shows it, and it is not hidden or taken off."""
        return self.shown and not self.state

    @property
    def profile(self) -> Profile:
        """Return what the initiative looks for and brings."""
        return Profile(self.needs("seeks"), self.needs("offers"))

    def needs(self, side: Side) -> tuple[str, ...]:
        """Return the codes of what the initiative looks for or, for the other side, brings."""
        return tuple((self.seeks if side == "seeks" else self.offers).split())

    def own_words(self, side: Side) -> str:
        """Return what the author adds in their own words about one side; '' for nothing."""
        return self.seeks_words if side == "seeks" else self.offers_words


@dataclass(frozen=True, slots=True)
class Contact(Named):
    """Somebody whose contact a person was given, and where the two met, as a code of `MET`."""

    id: int
    given_name: str
    family_name: str
    means: Means
    met: str
