"""Defines participants and accounts: a participant is one person, an account is that person on one platform."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.content.errors import UserError
from bot.content.features import features_of
from bot.content.names import Named
from bot.content.roles import FACILITATES, Required, Role, Who, allows
from bot.content.texts import _

Status = Literal["invited", "joined", "withdrawn", "revoked"]
"""The state of a person.

«invited» until they join, then «joined»; «withdrawn» if they said that they will not come, «revoked» if organisers
banned them.
"""


@dataclass(frozen=True, slots=True)
class Participant(Named):
    """A person of the gathering, who takes part in it, organises it, or both.

    `attends` says that they take part, `organises` that they are an organiser. `roles` are the keys of their other
    roles, separated by blanks. `stopped` says that they get only messages that they asked for. `locale` is the language
    that they chose or were imported with, None if unknown. `ref` is the number that organisers gave them.
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
    roles: str = ""

    @property
    def joined(self) -> bool:
        """Return whether the person has joined and has not withdrawn or been banned since."""
        return self.status == "joined"

    @property
    def takes_part(self) -> bool:
        """Return whether the person attends the gathering and has not withdrawn."""
        return self.attends and self.status != "withdrawn"

    @property
    def facilitates(self) -> bool:
        """Return whether the person leads the phases of some groups' workshops."""
        return FACILITATES in self.roles.split()

    @property
    def rung(self) -> Who:
        """Return the person's highest general role: organiser, facilitator or participant."""
        return Who.ORGANISER if self.organises else Who.FACILITATOR if self.facilitates else Who.PARTICIPANT

    @property
    def has_role(self) -> bool:
        """Return whether the person has any role: organiser, facilitator, or another."""
        return self.organises or bool(self.roles)

    @property
    def without_role(self) -> Participant:
        """Return the person without any role, for places where their identity is not confirmed, like a new browser."""
        return replace(self, organises=False, roles="")

    def may(self, who: Required) -> bool:
        """Return whether the person has the general role or the special role `who`.

        A higher general role (`Who`), such as organiser, includes all lower ones. A role that is given for single
        things, such as themes, counts if the person has it for any of them.
        """
        return allows(who, self.rung, self.roles)


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account on one platform; `native_id` is the platform's id of the account.

    `id` is None for an account that is not stored. `chat` is the platform's id of the chat for messages, `private_chat`
    the id of the private chat with the bot, '' if it is the same or unknown. `linked` is when the account was linked to
    its owner, None if that was not read. `unreachable` says that messages do not arrive, `private_pushes` that the
    owner agreed to private messages sent to many people. `screen` is the encoded action of the screen that the owner
    opened last, if the screen takes typed words; otherwise ''. `browser` is the id of the new browser in which the
    account is used, '' for any other place.
    """

    platform: str
    native_id: str
    chat: str
    name: str
    locale: str | None
    id: int | None = None
    unreachable: bool = False
    private_pushes: bool = False
    linked: datetime | None = None
    private_chat: str = ""
    screen: str = ""
    browser: str = ""

    @property
    def form_chat(self) -> str:
        """Return the key under which a form is stored while its owner fills it in with this account.

        Each new browser has its own key.
        """
        return form_chat(self.chat, self.browser)

    @property
    def needs_consent(self) -> bool:
        """Return whether the account's platform requires consent to private messages that are sent to many people."""
        return features_of(self.platform).asks_consent

    @property
    def is_page(self) -> bool:
        """Return whether the account is the person's web page, which can be open in several browsers."""
        return features_of(self.platform).own_page


def form_chat(chat: str, browser: str) -> str:
    """Return the key under which a form is stored while somebody fills it in in a chat.

    `browser` is the id of the new browser in which the form is filled in, '' for any other place.
    """
    return f"{chat}/{browser}" if browser else chat


def refusal(who: Required) -> UserError:
    """Return the error that tells a person that they lack the role `who`."""
    if isinstance(who, Role):
        return UserError(_("Only for: {role}. A question? Write to the team with /equipe.", role=who.words))
    if who == Who.ORGANISER:
        return UserError(_("This is for the organisers. A question? Write to the team with /equipe."))
    return UserError(_("This is for facilitators. A question? Write to the team with /equipe."))
