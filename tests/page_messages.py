"""Messages on somebody's page: what is stored of them, and how they read later."""

from __future__ import annotations

from bot.content.texts import Span, plain
from bot.content.views import View
from bot.database.engine import Transaction
from bot.platforms.web import page_store
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.participants import number
from tests.world import World


async def keep(world: World, chat: NeutralChat, name: str) -> str:
    """Put what someone reads now on their page; what is stored of it."""
    person, view = await number(world, name), chat.view
    assert view is not None

    async def unit(tx: Transaction) -> str:
        added = await page_store.add(tx, person, "bot", view, world.clock.now())
        row = await tx.one("SELECT content FROM page_messages WHERE id = :id", id=added)
        assert row is not None
        return str(row["content"])

    return await world.store.transact(unit)


async def read_again(world: World, chat: NeutralChat, name: str) -> str:
    """What the latest message on someone's page says when the page is drawn: lines, options, buttons."""
    person = await number(world, name)
    excerpt = await world.store.read(lambda tx: page_store.latest(tx, person))
    return words("\n".join(plain(span, chat.reader) for span in _spans(excerpt.messages[-1].view)))


def _spans(view: View) -> list[Span]:
    options = view.choice.options if view.choice else ()
    said = [span for option in options for span in (option.label, option.description) if span is not None]
    return [*view.lines, *said, *(button.label for button in view.buttons)]
