"""What initiatives look for and bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
