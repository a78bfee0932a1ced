"""The people of the gathering: a participant is one person, an account is that person on one platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.content.errors import UserError
from bot.content.features import features_of
from bot.content.names import Named
from bot.content.roles import Who
from bot.content.texts import _

Status = Literal["invited", "joined", "withdrawn", "revoked"]
"""Where a person stands: «withdrawn» is their own decision, «revoked» the organisers', who shut them out."""


@dataclass(frozen=True, slots=True)
class Participant(Named):
    """A person of the gathering.

    `attends` counts them among the participants; `organises` lets them run it, `facilitates` the phases of some groups:
    a person may be all of it. `locale` is the one they chose or were imported with, None for neither.
    """

    id: int
    ref: str
    given_name: str
    family_name: str
    territory: str
    locale: str | None
    status: Status
    attends: bool
    organises: bool
    stopped: bool
    preferred_account: int | None
    facilitates: bool = False

    @property
    def joined(self) -> bool:
        """Return whether the person came in and still comes."""
        return self.status == "joined"

    @property
    def takes_part(self) -> bool:
        """Return whether they are among the participants, and have not said that they are not coming."""
        return self.attends and self.status != "withdrawn"

    @property
    def role(self) -> Who:
        """Return the highest of their roles."""
        return Who.ORGANISER if self.organises else Who.FACILITATOR if self.facilitates else Who.PARTICIPANT

    def may(self, who: Who) -> bool:
        """Return whether their role includes `who`."""
        if who == Who.ORGANISER:
            return self.organises
        return who != Who.FACILITATOR or self.facilitates or self.organises


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account on one platform. `id` is None for a stranger, of whom nothing is stored.

    `linked` is when it became its owner's, where that was asked for. `private_chat` is the platform's own id of their
    chat with the bot, '' where it is the same or not known.
    """

    platform: str
    native_id: str
    chat: str
    name: str
    locale: str | None
    id: int | None = None
    unreachable: bool = False
    private_pushes: bool = False
    linked: datetime | None = field(default=None, kw_only=True)
    private_chat: str = field(default="", kw_only=True)

    @property
    def needs_consent(self) -> bool:
        """Return whether its platform asks for the person's agreement before messages to many come here in private."""
        return features_of(self.platform).asks_consent

    @property
    def is_page(self) -> bool:
        """Return whether it is the person's page, which any browser that follows their link has open."""
        return features_of(self.platform).own_page


def refusal(who: Who) -> UserError:
    """Return the refusal for someone who lacks a role."""
    if who == Who.ORGANISER:
        return UserError(_("This is for the organisers. A question? Write to the team with /equipe."))
    return UserError(_("This is for facilitators. A question? Write to the team with /equipe."))
