"""A defect in what one capability adds to a screen of all takes nothing else from anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.content.views import Button, View
from bot.conversation.incoming import Called, Incoming
from bot.conversation.routes import ANYONE, MenuPart, NextStep, Request, ScreenPart, SharedScreens
from handlers.navigation.sections import NOW, PEOPLE
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.world import World, open_world


def with_a_defect(shared: SharedScreens) -> SharedScreens:
    """The same screens, with a part more on each of them, first of all, that fails whenever it is asked."""

    async def show(_request: Request) -> View:
        raise KeyError("a defect")

    async def offer(_request: Request) -> Sequence[Button]:
        raise ZeroDivisionError("another")

    async def next_steps(_request: Request) -> Sequence[NextStep]:
        raise AttributeError("and one more")

    broken = ScreenPart(-1, show, ANYONE, PEOPLE, next_steps)
    return replace(
        shared,
        home=(ScreenPart(-1, show, ANYONE), *shared.home),
        menu=(MenuPart(NOW, -1, offer, ANYONE), *shared.menu),
        organiser_home=(broken, *shared.organiser_home),
    )


def break_screens(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each screen that capabilities share have a part with a defect from now on."""
    router = world.dispatcher.router
    monkeypatch.setattr(router, "shared", with_a_defect(router.shared))


async def screens(chat: NeutralChat) -> list[tuple[str, Sequence[str]]]:
    """What someone reads and finds on the screens that capabilities share."""
    shown: list[tuple[str, Sequence[str]]] = []
    for command in ("moi", "aide", "organiser"):
        await chat.command(command)
        shown.append((chat.text, chat.buttons))
    shown += [(heading, buttons) for heading, buttons in sorted((await menu_of(chat)).items())]
    return shown


@on_one_engine
async def test_a_part_with_a_defect_takes_no_shared_screen_down(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(store_url) as world:
        chats = [await world.join("Zoé", "1"), await world.organiser(), world.chat("77")]
        before = [await screens(chat) for chat in chats]
        break_screens(world, monkeypatch)
        with capture_logs() as logs:
            assert [await screens(chat) for chat in chats] == before
    failed: list[dict[str, Any]] = [
        dict(entry) for entry in logs if entry["event"] == "conversation.screen_part_failed"
    ]
    assert {entry["part"].rpartition(".")[2] for entry in failed} == {"show", "offer", "next_steps"}


async def test_who_cannot_be_answered_at_the_start_keeps_nobody_else_from_it(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(sqlite_url) as world:
        zoe, ali = await world.join("Zoé", "1"), await world.join("Ali", "2")
        await world.dispatcher.close()
        for chat in (zoe, ali):  # what they do is written down, and the program ends before they read anything
            await world.dispatcher.handle(
                Incoming("telegram", f"last of {chat.sender.native_id}", chat.sender, Called("moi"))
            )
        home = world.dispatcher.router.home

        async def of_all_but_zoe(request: Request) -> Any:
            if request.participant.given_name == "Zoé":
                await request.tx.one("SELECT nothing FROM nowhere")
            return await home(request)

        monkeypatch.setattr(world.dispatcher.router, "home", of_all_but_zoe)
        with capture_logs() as logs:
            left = await world.dispatcher.leftovers("telegram")
        assert [each.chat for each in left] == ["chat-2"]
        assert [entry["event"] for entry in logs] == ["conversation.leftover_failed"]
        monkeypatch.setattr(world.dispatcher.router, "home", home)
        assert [leftover.chat for leftover in await world.dispatcher.leftovers("telegram")] == ["chat-2"]
        started = world.dispatcher_over(world.store)
        assert [leftover.chat for leftover in await started.leftovers("telegram")] == ["chat-1", "chat-2"]
