"""What people see first, wherever they are and whatever they open: what is on or next, where, in how long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.background.scheduling import Ticker
from bot.rehearsal.chat_driver import Chat, ChatDriver
from bot.rehearsal.expected_messages import read_plainly
from handlers.groups.service.membership import publish_round
from handlers.programme.schedule import NowSource
from tests.drivers.gestures import wants_to_be_told
from tests.groups.builders import found_round, group
from tests.programme.builders import LUNCH, OPENING, PLENARY, WORKSHOP
from tests.scenarios.conftest import Stage, open_stage
from tests.workshops.builders import PHASES, ended, started

FIRST_DAY = datetime(2027, 6, 10, tzinfo=UTC) - timedelta(hours=2)
"""Midnight where the gathering is."""
BUTTONS = ("Urgence", "Plus…")


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, sessions=[OPENING, WORKSHOP, LUNCH, PLENARY], phases=PHASES) as stage:
        yield stage


async def first_lines(stage: Stage, chat: Chat, hours: float, said: str = "/moi") -> list[str]:
    """What the chat shows so many hours after the first day began."""
    await stage.world.clock.advance(FIRST_DAY + timedelta(hours=hours) - stage.world.clock.now())
    await chat.send(said)
    assert chat.buttons[-2:] == BUTTONS, chat.text
    assert len(chat.buttons) <= 4
    # Discord says by itself how long it is until an hour.
    return [read_plainly(line).replace(" (dans 18 minutes)", "") for line in chat.text.splitlines()]


async def test_what_is_on_or_next_comes_first_day_by_day(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    await stage.world.invite("Ali")
    await group(stage.world, ["Zoé", "Ali"], theme="culture", number_=6, room="3")
    round_ = await found_round(stage.world)
    await stage.world.store.transact(lambda tx: publish_round(tx, round_, stage.world.clock.now()))
    await stage.delivered(zoe)
    received = [read_plainly(each.text) for each in cast("ChatDriver", zoe).received]
    assert any(each.startswith("Culture 6 · salle 3 · jeudi 10 juin") for each in received), "as what is pinned says"

    own = "Groupe : Culture 6 · salle 3, avec Ali"
    before, first, *_rest = await first_lines(stage, zoe, -30)
    assert before == "Dans 2 jours : Rencontres"
    assert first == "Jeudi 10 juin, 9 h : Ouverture · Salle A"
    lines = await first_lines(stage, zoe, 9.5)
    assert lines == ["Maintenant : Ouverture · Salle A, jusqu’à 10 h", "Ensuite, 10 h 30 : Culture 6 · salle 3", own]
    for said in ("/start", "Mon espace"):
        assert await first_lines(stage, zoe, 10.2, said) == [
            "Libre jusqu’à 10 h 30, puis Culture 6 · salle 3",
            own,
        ]
        assert "Mon groupe" in zoe.buttons
    for said in ("menu", "/aide"):
        *same, hint = await first_lines(stage, zoe, 10.2, said)
        assert same == ["Libre jusqu’à 10 h 30, puis Culture 6 · salle 3", own]
        assert hint == "Tu peux aussi écrire, tout simplement : on te demandera ce que c’est."
    assert (await first_lines(stage, zoe, 24 + 15))[0] == "Rien avant demain, 14 h : Plénière"
    assert (await first_lines(stage, zoe, 15 * 24))[0] == "Rencontres : c’est terminé. Merci !"


async def test_what_is_pinned_begins_with_what_is_on_or_next(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    made = await group(stage.world, ["Zoé"], theme="culture", number_=6, room="3")
    round_ = await found_round(stage.world)
    await stage.world.store.transact(lambda tx: publish_round(tx, round_, stage.world.clock.now()))
    await stage.delivered(zoe)
    ticker = Ticker(stage.world.store, stage.world.clock, (NowSource(stage.world.settings.gathering.zone),))

    async def pinned(hours: float) -> str:
        await stage.world.clock.advance(FIRST_DAY + timedelta(hours=hours) - stage.world.clock.now())
        await ticker.look()
        await stage.delivered(zoe)
        received = cast("ChatDriver", zoe).received
        [card] = [each.text for each in received if read_plainly(each.first).startswith("Culture 6 · salle 3")]
        first, *rest = map(read_plainly, card.splitlines())
        assert any(line.startswith("Culture 6 · salle 3") for line in rest)
        return first

    async def edits() -> int:
        return await stage.world.store.read(
            lambda tx: tx.value(int, "SELECT revision FROM deliveries WHERE subject LIKE 'card:%'")
        )

    assert await pinned(-2) == "Jeudi 10 juin, 9 h · Ouverture · Salle A"
    assert await pinned(8) == "9 h · Ouverture · Salle A"
    assert await pinned(9.1) == "Ouverture · Salle A · jusqu’à 10 h"
    assert await pinned(10.2) == "10 h 30 · Culture 6 · salle 3"
    assert await pinned(10.5) == "Culture 6 · salle 3 · jusqu’à 12 h"
    run = await started(stage.world, made)
    assert await pinned(10.5) == "Comprendre les enjeux · fin à 11 h 10"
    before = await edits()
    await ticker.look()
    assert await pinned(10.6) == "Comprendre les enjeux · fin à 11 h 10"
    assert await edits() == before == 6, "once for each change"
    await ended(stage.world, run)
    assert await pinned(10.7) == "Culture 6 · salle 3 · jusqu’à 12 h"
    assert await pinned(13) == "Déjeuner · Cour · jusqu’à 14 h"
    told = [read_plainly(each.first) for each in cast("ChatDriver", zoe).received]
    assert not [text for text in told if text.startswith(("9 h", "Ouverture", "Déjeuner"))], "nobody is told besides"


async def test_all_else_is_one_press_further_and_help_none(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await zoe.send("/moi")
    await zoe.press("Plus…")
    assert "Mon espace" in zoe.buttons
    await zoe.press("Mon compte…")
    assert "Réglages" in zoe.buttons
    await zoe.send("/moi")
    await zoe.press("Urgence")
    assert "112" in zoe.text
