"""What e-mail can do and what it forbids."""

from __future__ import annotations

from bot.content.platforms.record import Pace, PlatformFeatures
from bot.content.texts import Text, _, _n


def _by_email(count: int) -> Text:
    # L10N: in the preview of an announcement: how many people it reaches only by e-mail.
    return _n("{count} by e-mail", "{count} by e-mail", count)


FEATURES = PlatformFeatures(
    name="email",
    # L10N: the name of a platform, in lists beside «Telegram» and «Discord».
    title=_("E-mail"),
    count=_by_email,
    asks_consent=True,  # an unsubscribed address gets answers alone
    last_resort=True,
    keeps_messages=True,
    silent=True,
    takes_letters=True,
    # L10N: a line below what somebody asks the team by e-mail, as anybody can write a sender's address
    came_by=_("By e-mail: this may be somebody else."),
    # L10N: a button: to get messages by e-mail too
    add_address=_("Messages by e-mail"),
    # No provider takes more. What is claimed ahead, and so may be sent twice after a kill, is bounded by it.
    pace=Pace(100.0),
    largest_file=10_000_000,
    most_files=10,
)
