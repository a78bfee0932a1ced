"""The file of invitations: everyone's ways to join, with a text that is ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.config.settings import Settings
from bot.content import i18n
from bot.content.texts import Reader
from bot.people.invitations import Invitation
from handlers.registration.messages import write_letter
from handlers.registration.model.letter import LetterFacts

HEADINGS = ("ref", "given_name", "name", "email", "language", "text", "telegram", "code", "page")
"""The headings of the columns that `rows` returns."""


def rows(
    invitations: Sequence[Invitation], settings: Settings, texts: Mapping[str, str], facts: LetterFacts
) -> list[tuple[str | None, ...]]:
    """Return a row of the table of invitations, which has the columns HEADINGS, for each invitation.

    Each row contains a text to send to the invited person. `texts` are the texts that organisers wrote, by locale.
    """
    gathering = settings.gathering
    table: list[tuple[str | None, ...]] = []
    for invitation in invitations:
        locale = i18n.negotiate([invitation.locale], gathering.locales)
        table.append(
            (
                invitation.ref,
                invitation.given_name,
                invitation.full_name,
                invitation.email,
                locale,
                write_letter(invitation, settings, Reader(locale, gathering.zone), texts.get(locale), facts),
                invitation.telegram_link,
                invitation.code,
                invitation.page_link,
            )
        )
    return table
