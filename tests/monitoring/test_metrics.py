"""What is counted where it happens, and that nothing is while nobody asked for it."""

from __future__ import annotations

import pytest

from bot import metrics
from bot.background.leases import lease
from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.conversation.dispatch import Dispatcher
from bot.conversation.incoming import Called, Pressed
from bot.database.engine import Store
from bot.platforms.web.streams import Streams
from tests.delivery.rig import Rig, Watched
from tests.drivers.neutral import NeutralChat
from tests.measured import measuring
from tests.world import open_world


def test_nothing_is_kept_until_it_is_turned_on_and_nothing_after_it_is_turned_off() -> None:
    metrics.UPDATES.count("telegram", "done")
    metrics.LOOP_LAG.observe(1)
    assert metrics.exposition() == b""
    with measuring() as number:
        assert number("rencontres_updates_total", platform="telegram", outcome="done") is None
        metrics.UPDATES.count("telegram", "done")
        assert number("rencontres_updates_total", platform="telegram", outcome="done") == 1
    assert metrics.exposition() == b""
    metrics.UPDATES.count("telegram", "done")
    with measuring() as number:
        assert number("rencontres_updates_total", platform="telegram", outcome="done") is None
        assert (number("process_resident_memory_bytes") or 0) > 1e6


async def test_updates_are_counted_by_platform_and_by_what_became_of_them(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        store = Watched(world.store)
        zoe = NeutralChat(world.dispatcher_over(store), "1", name="Zoé")

        async def fail(*_args: object) -> None:
            raise KeyError("a defect")

        with measuring() as number:
            for _twice in range(2):
                await zoe.act(Called("moi"), "the same")
            await zoe.act(Pressed("no such button"), forged=True)
            await zoe.command("organiser")
            with monkeypatch.context() as patch:
                patch.setattr(Dispatcher, "_present_screen", fail)
                await zoe.act(Pressed("no such button either"), forged=True)
            store.broken = True
            await zoe.command("moi")
            store.broken = False

            def of(outcome: str) -> float | None:
                return number("rencontres_updates_total", platform="telegram", outcome=outcome)

            counted = {word: of(word) for word in ("done", "repeated", "stale", "refused", "failed", "not_saved")}
            assert counted == {"done": 1, "repeated": 1, "stale": 1, "refused": 1, "failed": 1, "not_saved": 1}
            assert number("rencontres_update_seconds_count", platform="telegram") == 6
            assert 0 < (number("rencontres_update_seconds_sum", platform="telegram") or 0) < 60


async def test_what_becomes_of_deliveries_is_counted(store: Store) -> None:
    rig = Rig(store, "telegram", "discord")
    answers: dict[str, list[Exception]] = {
        "1": [],
        "2": [Unreachable("blocked")],
        "3": [Rejected("too long")],
        "4": [RetryLater("slower", 2.0)],
    }
    for chat, errors in answers.items():
        rig["telegram"].answers[chat] = errors
        await rig.tell(await rig.person(f"P{chat}", f"telegram:{chat}"), "news")
    with measuring() as number:
        async with rig.running():
            await rig.passes(20)

            def of(outcome: str) -> float | None:
                return number("rencontres_deliveries_total", platform="telegram", outcome=outcome)

            counted = {word: of(word) for word in ("arrived", "unreachable", "failed", "postponed")}
            assert counted == {"arrived": 2, "unreachable": 1, "failed": 1, "postponed": 1}


async def test_leases_are_counted_while_they_are_held(store: Store) -> None:
    rig = Rig(store)
    with measuring() as number:

        async def fail() -> None:
            async with lease(rig.store, rig.clock, name="jobs"):
                assert number("rencontres_leases_held", lease="jobs") == 1
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert number("rencontres_leases_held", lease="jobs") == 0, "somebody should do it"
        async with lease(rig.store, rig.clock, name="jobs"):
            assert number("rencontres_leases_held", lease="jobs") == 1
        assert number("rencontres_leases_held", lease="jobs") is None, "nothing is left to do"


def test_live_pages_are_counted_once_each() -> None:
    streams = Streams(9)
    with measuring() as number:
        with streams.listening(1, 1, lambda: False) as first, streams.listening(2, 1, lambda: False):
            assert number("rencontres_streams") == 2
            with streams.listening(1, 1, lambda: False):
                assert (first.displaced, number("rencontres_streams")) == (True, 2)
        assert number("rencontres_streams") == 0
