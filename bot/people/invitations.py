"""An invitation: the ways in which an invited person joins."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content.names import Named


@dataclass(frozen=True, slots=True)
class Invitation(Named):
    """A person's ways to join: a code (ABCD-EFGH-JKLM), a link to the bot on Telegram, and a link to their web page.

    A link is None if its platform is off. The link to Telegram is also None if the bot has never run there.
    """

    participant_id: int
    ref: str
    given_name: str
    family_name: str
    email: str
    locale: str | None
    telegram_link: str | None
    code: str
    page_link: str | None
