"""Every screen of organisers where there is as much as can be, drawn by every platform: nothing is refused."""

from __future__ import annotations

from collections import Counter, deque
from itertools import pairwise

import pytest

from bot.content.texts import plain
from bot.content.views import View
from bot.conversation.incoming import Pressed
from bot.database.engine import Transaction
from bot.platforms.discord.render import draw
from bot.platforms.telegram.render import draw_keyboards, draw_text
from handlers.groups import jobs
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.groups.proposals import proposed, select
from tests.participants import ids
from tests.world import THEMES, World, make_settings, open_world

MANY = [*THEMES[1:], *({"key": f"t{n}", "title": dict.fromkeys(("fr", "en", "de"), f"Theme {n}")} for n in range(22))]
_CHANGING = ("Keep", "Publish", "Undo", "Send", "Remove", "Leave", "Erase", "End", "Revoke", "Take away", "Delete")
_OF_A_KIND = 3
"""Screens looked at behind one kind of button."""


async def crowded(world: World) -> NeutralChat:
    await select(world, "school", 36)
    await select(world, "civic", 24)
    for number in range(22):
        await select(world, f"t{number}", 3)
    ines = await proposed(world)
    await ines.press("Keep")
    people = await ids(world, *(f"school-{number}" for number in range(1, 36)))

    async def pairs(tx: Transaction) -> None:
        for first, second in [*pairwise(people)][::2]:
            low, high = sorted((first, second))
            await tx.run("INSERT INTO pairs VALUES (:low, :high, 'apart')", low=low, high=high)

    await world.store.transact(pairs)
    return ines


async def test_every_screen_of_organisers_can_be_drawn(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MAX_ATTACHMENTS", 1)  # its pictures are looked at elsewhere, and take a second
    settings = make_settings(
        organisers={"telegram": [900]}, themes=MANY, groups={"smallest": 3, "target": 12, "largest": 12, "rounds": 2}
    )
    async with open_world(sqlite_url, settings) as world:
        ines = await crowded(world)
        kinds: Counter[str] = Counter()
        ahead: deque[str] = deque()
        worked: set[str] = set()
        widest = 0
        for word in ("organiser", "groupes"):
            await ines.command(word)
            ahead += _leads(ines)
        while ahead:
            payload = ahead.popleft()
            kind = payload.partition("-")[0]
            if kinds[kind] >= _OF_A_KIND and kind != "go":
                continue
            kinds[kind] += 1
            answered = await ines.act(Pressed(payload))
            assert answered
            assert answered.reply, ines.text
            if answered.reply.job and answered.reply.job.kind not in worked:  # what takes long, once
                worked.add(answered.reply.job.kind)
                await catch_up_with(world, ines)
            if ines.view is None:
                continue
            widest = max(widest, len(ines.view.buttons))
            _draw(ines.view, ines)
            ahead += (lead for lead in _leads(ines) if lead not in ahead)
            if kinds.total() > 300:
                break
        assert widest >= 20
        assert len(kinds) > 30


def _leads(chat: NeutralChat) -> list[str]:
    assert chat.view
    return [
        button.action.encode()
        for button in chat.view.buttons
        if button.action and not plain(button.label, chat.reader).startswith(_CHANGING)
    ]


def _draw(view: View, chat: NeutralChat) -> None:
    for part in draw(view, chat.reader):
        assert len(part.content) <= 2000
        rows = part.as_new()["view"].to_components() if part.components else []
        ids = [item.get("custom_id") or item["url"] for row in rows for item in row["components"]]
        assert len(ids) == len(set(ids)) <= 25
    for keyboard in draw_keyboards(view, chat.reader):
        assert sum(map(len, keyboard["inline_keyboard"])) <= 100
    assert draw_text(view, chat.reader)
