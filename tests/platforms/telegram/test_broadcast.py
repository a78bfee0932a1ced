"""An announcement over the wire, against a server that holds the published limits and has its bad moments."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.app import App, build
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.participants import Account
from bot.platforms.telegram.webhook import WEBHOOK_PATH
from bot.rehearsal.botapi import TOKEN, BotApi, RateLimits, TelegramUser
from bot.rehearsal.demo import free_port
from handlers.announcements.service.changing import edit_copies, withdraw_announcement
from handlers.announcements.store.announcements import add_announcement, begin_release, find_announcement
from handlers.announcements.store.contents import ELSE, put_words
from handlers.announcements.store.reports import tally_copies
from tests.announcements.enqueuing import enqueue_all
from tests.world import make_settings

PEOPLE = 45
SECRET = "K1tchen-f0r-everybody"


@asynccontextmanager
async def running(api: BotApi, folder: Path) -> AsyncIterator[App]:
    """The program, on Telegram alone."""
    settings = make_settings(
        telegram={"token": TOKEN, "api_base": api.root}, storage={"url": f"sqlite:///{folder}/r.db"}
    )
    async with build(settings, only=frozenset({"telegram", "delivery"})) as app, serving(app):
        yield app


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[None]:
    task = asyncio.create_task(app.serve())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _join(app: App, people: list[TelegramUser]) -> None:
    async def unit(tx: Transaction) -> None:
        now = datetime.now(UTC)
        for user in people:
            number = str(user.id)
            person = await participant_store.add(
                tx, ref=number, given_name="Zoé", family_name=number, now=now, locale="en"
            )
            await participant_store.attach(tx, Account("telegram", number, number, "Zoé", "en"), person.id, now)
            await participant_store.join(tx, person.id, now)

    await app.store.transact(unit)


async def _announce(tx: Transaction) -> int:
    now = datetime.now(UTC)
    made = await add_announcement(tx, None, ("Room A",), (), now)
    await begin_release(tx, made.id, now, urgent=True)
    await enqueue_all(tx, made.id, now)
    return made.id


async def _commit(app: App, change: Callable[[Transaction], Awaitable[object]]) -> None:
    await app.store.transact(change)
    app.delivery.wake()


def _screen(user: TelegramUser) -> list[str]:
    """What is to be read there now, the last line of each message."""
    return [shown.text.splitlines()[-1] for shown in user.shown if shown.current]


def _all(people: list[TelegramUser], *texts: str) -> Callable[[], bool]:
    return lambda: all(_screen(user) == [*texts] for user in people)


async def test_nothing_is_lost_nothing_doubled_and_no_limit_is_passed(tmp_path: Path) -> None:
    async with BotApi(pace=RateLimits(strict=True), latency=0.01) as api, running(api, tmp_path) as app:
        people = [TelegramUser(api, f"P{number}", started=True) for number in range(PEOPLE)]
        await _join(app, people)
        blocked, *others = people
        api.fail("sendMessage", status=403, chat=blocked.id, times=9)
        api.fail("sendMessage", status=500, chat=people[5].id)
        api.fail("sendMessage", status=502, chat=people[6].id)
        api.fail("sendMessage", reset=True, chat=people[7].id)
        api.fail("sendMessage", delay=0.5, chat=people[8].id)
        api.fail("sendMessage", retry_after=1, chat=people[9].id)
        made = await app.store.transact(_announce)
        app.delivery.wake()
        await api.until(_all(others, "Room A"), timeout=15)

        async def correct(tx: Transaction) -> None:
            sent = await find_announcement(tx, made)
            assert sent
            await put_words(tx, made, {ELSE: ("Room B",)}, None)
            await edit_copies(tx, sent, datetime.now(UTC))

        await _commit(app, correct)
        await api.until(_all(others, "Room B"), timeout=15)

        async def withdraw(tx: Transaction) -> None:
            sent = await find_announcement(tx, made)
            assert sent
            await withdraw_announcement(tx, sent, datetime.now(UTC))

        api.fail("deleteMessage", status=400, description="Bad Request: message can't be deleted", chat=people[9].id)
        await _commit(app, withdraw)
        await api.until(_all([other for other in others if other is not people[9]]), timeout=15)
        assert _screen(people[9]) == ["The team withdrew this announcement."]
        assert blocked.shown == ()
        assert api.refusals[429] == 1  # the one that was asked for
        await asyncio.sleep(0.7)
        counts = await app.store.read(lambda tx: tally_copies(tx, made))
        told = {(count.state, count.reason): count.copies for count in counts}
        assert told[("withdrawn", None)] == PEOPLE - 2
        assert told[("sent", "cannot be deleted")] == 1
        assert sum(told.values()) == PEOPLE


async def test_what_waited_for_a_webhook_is_answered_within_the_limits_beside_the_outbox(tmp_path: Path) -> None:
    # 30 a second leave, and what a busy machine delays arrives with the next. Unpaced, or each by itself, 50 would.
    async with BotApi(pace=RateLimits(overall=40, strict=True, reply_seconds=-1.0)) as api:
        port = free_port(0)
        where = {"mode": "webhook", "webhook_url": f"http://127.0.0.1:{port}{WEBHOOK_PATH}", "webhook_secret": SECRET}
        settings = make_settings(
            telegram={"token": TOKEN, "api_base": api.root, **where},
            web={"port": port, "public_url": f"http://127.0.0.1:{port}"},
            storage={"url": f"sqlite:///{tmp_path}/r.db"},
        )
        told = [TelegramUser(api, f"P{number}", started=True) for number in range(25)]
        async with build(settings) as app:
            await _join(app, told)
            await app.store.transact(_announce)
            writing = [TelegramUser(api, f"Q{number}", started=True) for number in range(25)]
            for person in writing:
                person.send("/start")
            async with serving(app):
                await api.until(lambda: all(user.shown for user in (*told, *writing)), timeout=30)
        assert api.refusals == {}
