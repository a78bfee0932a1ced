"""A message as it is stored, and as somebody reads it again later: the references in it are looked up anew."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.content.texts import Reader, plain
from bot.content.views import View, decode_view, encode_view
from bot.people.reference_store import written_out
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.world import World

ENGLISH = Reader("en", "Europe/Paris")


def shown(chat: NeutralChat) -> View:
    """The message before someone, as it is when it is looked at."""
    assert chat.view is not None
    return chat.view


def stored(view: View | None) -> str:
    """A message as a page or the outbox stores it, without its files."""
    assert view is not None
    return json.dumps(encode_view(replace(view, attachments=())), ensure_ascii=False)


async def read_later(world: World, view: View | None) -> str:
    """The words of a message that was stored: its lines, buttons and options, as they read now."""
    [content] = await world.read(written_out, [stored(view)])
    again = decode_view(json.loads(content))
    spans = [*again.lines, *(button.label for button in again.buttons)]
    for option in again.choice.options if again.choice else ():
        spans += [option.label, option.description or ""]
    return words("\n".join(plain(span, ENGLISH) for span in spans))
