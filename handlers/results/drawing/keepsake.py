"""Draws a participant's gathering in numbers, as a picture (PNG) for them to share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from bot.content.texts import _, _n
from bot.content.views import NOBODY, Picture
from bot.drawing.typeset import typeset_png
from handlers.results.messages import Wording

_TEMPLATE = Path(__file__).with_name("keepsake.typ")


def draw_keepsake(numbers: Mapping[str, int], days: tuple[date, date], wording: Wording) -> Picture:
    """Return a square picture of 1080 pixels with the gathering's name, its days, and what one person did there.

    `numbers` are the counts of «ideas» and «votes» that the person gave, and of «people» whom they met; zeros are left
    out. `days` are the gathering's first and last day. The picture has no person's name.
    """
    counted = (
        # L10N: never zero
        (_n("{count} idea", "{count} ideas", numbers["ideas"]), numbers["ideas"]),
        # L10N: never zero
        (_n("{count} vote given", "{count} votes given", numbers["votes"]), numbers["votes"]),
        # L10N: never zero; people that somebody got to know
        (_n("{count} new face", "{count} new faces", numbers["people"]), numbers["people"]),
    )
    title, when = wording.say(_("I was there")), wording.days(*days)
    lines = [wording.say(line) for line, count in counted if count]
    data = {"title": title, "days": when, "lines": lines}
    [content] = typeset_png(_TEMPLATE, data, wording.branding, wording.locale)
    alt = "\n".join((f"{wording.branding.name}, {when}", title, *lines))
    return Picture(content, alt, wording.say(_("my-gathering.png")), NOBODY)
