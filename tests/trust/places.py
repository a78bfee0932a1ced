"""People who say where they are, straight to what hears it while a check for safety runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from bot.content.views import Reply
from bot.conversation.incoming import Located, Sent
from bot.conversation.preloading import NeedsPreload, PerformBeside
from bot.conversation.routes import Request, Transaction
from bot.people import participant_store
from handlers.trust.actions import AnswerHelp
from handlers.trust.participant.answering import hear_located, hear_place, hear_sent
from tests.drivers.neutral import NeutralChat
from tests.world import DECLARED, ROUTER, World


async def heard(world: World, chat: NeutralChat, hear: Callable[[Request], Awaitable[Reply | None]]) -> Reply | None:
    """What is answered to somebody, whose chat then shows it; None for nothing."""

    async def unit(tx: Transaction) -> Reply | None:
        account, person = await participant_store.identify(tx, chat.platform, chat.sender.native_id)
        assert account is not None
        return await hear(
            Request(
                tx,
                world.clock.now(),
                world.settings,
                account,
                person,
                chat.reader.locale,
                world.files,
                DECLARED,
                ROUTER.shared,
                ROUTER.reminders,
                preloaded=preloaded,
            )
        )

    preloaded: dict[Hashable, Any] = {}
    while True:
        try:
            reply = await world.store.transact(unit)
            break
        except NeedsPreload as first:
            preloaded[first.key] = await first.look(PerformBeside(world.store))
    if reply is not None:
        chat.receive(reply.view, chat.reader)
    return reply


async def write(world: World, chat: NeutralChat, words: str, check: int = 1) -> Reply | None:
    """Write where one is."""
    return await heard(world, chat, lambda request: hear_place(request, AnswerHelp(check), words))


async def send(world: World, chat: NeutralChat, sent: Sent, check: int = 1) -> Reply | None:
    """Send a photo, or what is none."""
    return await heard(world, chat, lambda request: hear_sent(request, AnswerHelp(check), sent))


async def locate(world: World, chat: NeutralChat, located: Located, check: int | None = 1) -> Reply | None:
    """Send a location; with no `check`, where no screen expects one."""
    action = None if check is None else AnswerHelp(check)
    return await heard(world, chat, lambda request: hear_located(request, action, located))
