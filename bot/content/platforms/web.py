"""What personal pages can do."""

from __future__ import annotations

from bot.content.platforms.record import PlatformFeatures
from bot.content.texts import Text, _, _n


def _on_their_page(count: int) -> Text:
    # L10N: in the preview of an announcement: how many people it reaches only on their personal page.
    return _n("{count} on their page", "{count} on their page", count)


FEATURES = PlatformFeatures(
    name="web",
    # L10N: the name of a platform, in lists beside «Telegram» and «Discord».
    title=_("Personal page"),
    count=_on_their_page,
    own_page=True,
    opens_forms=True,
    sends_locations=True,
    asks_location=True,
    drops_repeats=True,
)
