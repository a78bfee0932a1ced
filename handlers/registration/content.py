"""The words of letters with invitations, written when they are sent: only then is there a link and a code."""

from __future__ import annotations

from datetime import datetime

from bot.config.settings import Settings
from bot.content.i18n import negotiate
from bot.content.texts import Name, Reader, Span, Strong, _
from bot.content.views import Button, View
from bot.conversation.routes import Transaction
from bot.delivery.outgoing import ClaimedDelivery
from bot.membership import letters
from bot.people.invitations import Invitation
from handlers.registration import store
from handlers.registration.messages import write_letter
from handlers.registration.model.letter import LetterFacts
from handlers.registration.service import letter_facts


async def write_invitation(tx: Transaction, settings: Settings, letter: ClaimedDelivery, now: datetime) -> View | None:
    """Return the e-mail that invites a person, with a new link and code; None if the person is no longer invited."""
    invitation = await letters.make_invitation(tx, settings, letter, now)
    if invitation is None:
        return None
    locale = negotiate((invitation.locale,), settings.gathering.locales)
    texts = await store.letter_texts(tx)
    facts = await letter_facts(tx, settings, now)
    return invitation_view(invitation, settings, Reader(locale, settings.gathering.zone, now), texts.get(locale), facts)


def invitation_view(
    invitation: Invitation, settings: Settings, reader: Reader, written: str | None, facts: LetterFacts
) -> View:
    """Return an invitation as an e-mail. `written` is the organisers' text; None stands for the bot's own text."""
    words = write_letter(invitation, settings, reader, written, facts, beside_button=True)
    code: Span = _("Your code, if you enter another way: {code}", code=Strong(invitation.code))
    lines: list[Span] = [Name(line) if line else "" for line in words.splitlines()]
    first = (code,) if invitation.page_link is None else ()
    last = () if first else (code,)
    # L10N: the subject of the letter that invites a person
    subject = _("You are invited: {gathering}", gathering=settings.gathering.name)
    return View((Strong(subject), *first, *lines, *last), _button(invitation, settings), secret=True)


def _button(invitation: Invitation, settings: Settings) -> tuple[Button, ...]:
    """Return the button that leads in: to the page, else to Telegram, else to the channel on Discord."""
    if invitation.page_link:
        return (Button(_("Open my invitation"), url=invitation.page_link, style="primary"),)
    if invitation.telegram_link:
        return (Button(_("I take part on Telegram"), url=invitation.telegram_link, style="primary"),)
    if welcome := settings.discord.welcome_link:
        return (Button(_("I take part on Discord"), url=welcome, style="primary"),)
    return ()
