"""Cards of initiatives: what people look for and what they bring; and the contacts that people exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.content.names import Named
from bot.content.texts import Text, _

Side = Literal["seeks", "offers"]
"""The two sides of a card: what the initiative looks for («seeks»), and what it brings («offers»)."""
CardState = Literal["", "reported", "off"]
"""Why a card is hidden although its author shows it: enough people reported it, or organisers took it off."""

MOST_NEEDS = 3
"""How many needs a card can have on each side: what the initiative looks for, and what it brings."""
MOST_REPORTS = 3
"""The number of reports that hides a card until organisers have looked at it."""
CODE_VALID = timedelta(minutes=10)
"""How long the code of a person's card can be used; only one other person can use it."""

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
"""The words for where two people met, by the code under which this is stored."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person's initiative looks for, and what it brings, as codes of `NEEDS`."""

    seeks: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """How a person wants to be reached: an e-mail address, a telephone number, a name in an app; '' if not given."""

    mail: str = ""
    phone: str = ""
    handle: str = ""

    @property
    def words(self) -> str:
        """Return everything that the person gave, in one line; '' if they gave nothing."""
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
        """Return whether other people see the card: its author shows it, and organisers do not hide it."""
        return self.shown and not self.state

    def needs(self, side: Side) -> tuple[str, ...]:
        """Return the codes of what the initiative looks for or brings, as `side` says."""
        return tuple((self.seeks if side == "seeks" else self.offers).split())

    def own_words(self, side: Side) -> str:
        """Return the author's own words about what the initiative looks for or brings, as `side` says; '' for none."""
        return self.seeks_words if side == "seeks" else self.offers_words


@dataclass(frozen=True, slots=True)
class Contact(Named):
    """A person whose contact details somebody got, and where the two met, as a code of `MET`."""

    id: int
    given_name: str
    family_name: str
    means: Means
    met: str
