"""What initiatives look for and bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content.names import Named
from bot.content.texts import Text, _

# L10N: what somebody's initiative looks for, or brings: «Awa looks for …», «Awa has …»
NEEDS: Mapping[str, Text] = {
    "place": _("a place"),
    "money": _("funding"),
    "partner": _("partners"),
    "hands": _("volunteers"),
    "skill": _("know-how"),
    "voice": _("publicity"),
}
"""The words of each need, by the code under which it is stored."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person's initiative looks for, and what it brings, as codes of `NEEDS`."""

    seeks: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InitiativeCard(Profile):
    """A person's own card: what others see once it is `shown`, and how to reach them, for contacts alone."""

    contact: str = ""
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Contact(Named):
    """A person with whom another one keeps in touch, as both want; `contact` is how to reach them, '' if not told."""

    id: int
    given_name: str
    family_name: str
    territory: str
    contact: str


MOST = 3
"""How many things a card may look for, and how many it may bring."""
CONTACT = "contact"
"""The kind of messages' quotes of how to reach a person; the key is the person's id."""
