"""Turns commands in the texts of a page, such as «/aide», into buttons."""

from __future__ import annotations

import re
from collections.abc import Callable

from markupsafe import Markup, escape

from bot.conversation.router import Router

_COMMAND = re.compile(r"(?<![\w/])/([^\W\d_]+)")


def naming_commands(router: Router, form: str) -> Callable[[str], Markup]:
    """Return a function that turns a text into HTML, in which commands such as «/aide» are buttons.

    `form` is the id of the HTML form to which the buttons belong.
    """

    def draw(text: str) -> Markup:
        html, end = Markup(""), 0
        for match in _COMMAND.finditer(text):
            if router.command(match[1]):
                html += escape(text[end : match.start()]) + Markup(
                    '<button class="inline" form="{}" formaction="call" name="word" value="{}">{}</button>'
                ).format(form, match[1], match[0])
                end = match.end()
        return html + escape(text[end:]) if html else escape(text)

    return draw
