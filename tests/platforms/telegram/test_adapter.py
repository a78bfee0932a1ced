"""Telegram from end to end: python-telegram-bot over HTTP to a local Bot API server."""

from __future__ import annotations

import asyncio
import copy
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.content.errors import ConfigError, RetryLater
from bot.content.texts import Reader
from bot.content.views import View
from bot.conversation.incoming import Actor, Called, Incoming, Pressed
from bot.delivery.platform import Address
from bot.platforms.telegram import replies
from bot.platforms.telegram.webhook import WEBHOOK_PATH
from bot.rehearsal.botapi import BotApi, TelegramGroup, TelegramUser
from bot.rehearsal.botapi.pace import RateLimits
from handlers.themes.store import find_theme
from tests.drivers.telegram import TelegramHarness, open_harness
from tests.world import World

SECRET = "K1tchen-f0r-everybody"


async def test_three_taps_in_one_message_from_the_link_to_a_theme(harness: TelegramHarness) -> None:
    zoe = harness.person("Zoé")
    await zoe.follow("j-" + await harness.world.invite("Zoé", "Dupont"))
    assert "Welcome, " in zoe.text
    await zoe.pick("Culture")
    assert zoe.buttons == ("Confirm this theme", "See the other themes")
    await zoe.press("Confirm")
    assert zoe.text.startswith("Your theme is Culture.")
    assert zoe.toast == "You’re in."
    assert len({shown.message.data["message_id"] for shown in zoe.user.shown}) == 1


async def test_a_generic_link_asks_for_the_code(harness: TelegramHarness) -> None:
    code = await harness.world.invite("Zoé")
    zoe = harness.person()
    await zoe.command("start")
    await zoe.press("Enter my code")
    assert zoe.text.startswith("The code of your invitation")
    await zoe.send(f"{code[:4]}-{code[4:8].lower()} {code[8:]}")
    assert "Welcome, Zoé" in zoe.text.replace("\u2068", "").replace("\u2069", "")


async def test_a_double_tap_has_one_effect(harness: TelegramHarness) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await zoe.pick("Culture")
    shown = zoe.user.last
    first, second = zoe.user.press("Confirm this theme", on=shown), zoe.user.press("Confirm this theme", on=shown)
    await zoe.user.settled()
    assert (first.toast, second.toast) == ("You’re in.", "Already done.")
    assert await _taken(harness.world) == 1


@pytest.mark.parametrize("forged", ["zz-1", "tt-nowhere", "tt", "go-nothing", "tt-culture-2", "", "tl:", "💥", "da-0"])
async def test_a_forged_payload_brings_a_fresh_screen(harness: TelegramHarness, forged: str) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    press = zoe.user.forge(forged)
    await zoe.user.settled()
    await harness.adapter.replies.drained()
    assert press.answered
    assert "No theme chosen yet." in zoe.text


async def test_someone_elses_button_does_what_it_says_for_who_presses(harness: TelegramHarness) -> None:
    stranger = harness.person("Max")
    await stranger.command("start")
    stranger.user.forge("tt-culture")
    await stranger.user.settled()
    await harness.adapter.replies.drained()
    assert "Welcome to Rencontres" in stranger.text


async def test_a_photo_where_text_is_asked_keeps_the_step(harness: TelegramHarness) -> None:
    code = await harness.world.invite("Zoé")
    zoe = harness.person()
    await zoe.command("code")
    zoe.user.send_photo()
    await zoe.user.settled()
    await harness.adapter.replies.drained()
    assert zoe.text.startswith("Text only, please.")
    await zoe.send(code)
    assert "Welcome, " in zoe.text


@pytest.mark.parametrize("typed", ["/thème", "/THEME", "/theme@rencontres_bot", "/thema"])
async def test_a_command_is_known_with_accents_capitals_and_in_every_language(
    harness: TelegramHarness, typed: str
) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await zoe.send(typed)
    assert zoe.text.startswith("Which theme would you like to work on?")


async def test_a_mistyped_command_is_never_content(harness: TelegramHarness) -> None:
    zoe = harness.person()
    await zoe.command("code")
    await zoe.send("/idée géniale")
    assert zoe.text.startswith("I do not know /idée.")


async def test_in_a_group_a_command_leads_to_the_private_chat(harness: TelegramHarness, api: BotApi) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    group = TelegramGroup(api)
    zoe.user.send("/theme", at=group)
    shown = await group.next()
    assert shown.buttons == ("Ouvrir",)
    zoe.user.follow(shown.buttons[0], at=group)
    await zoe.user.sees("Which theme")


async def test_menus_are_set_per_language_and_only_when_they_differ(world: World, api: BotApi) -> None:
    async with open_harness(world, api, introduced=False) as harness:
        english, german = harness.person(), harness.person(language_code="de")
        await english.command("start")
        assert "me" in dict(english.user.menu)
        assert "ich" in dict(german.user.menu)
    before = api.calls["setMyCommands"]
    async with open_harness(world, api, introduced=False) as harness:
        await harness.person().command("start")
    assert api.calls["setMyCommands"] == before == 3


async def test_who_blocks_the_bot_is_unreachable_until_they_write_again(harness: TelegramHarness) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))

    async def unreachable() -> bool:
        row = await harness.world.store.read(lambda tx: tx.one("SELECT unreachable FROM accounts"))
        assert row
        return bool(row["unreachable"])

    zoe.user.block()
    await zoe.user.settled()
    assert await unreachable()
    await zoe.follow("go-moi")
    assert not await unreachable()


async def test_a_locked_store_is_never_a_false_confirmation(harness: TelegramHarness, tmp_path: Path) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await zoe.pick("Culture")
    other = sqlite3.connect(tmp_path / "rencontres.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    press = zoe.user.press("Confirm this theme", on=zoe.user.last)
    try:
        await zoe.user.sees("Not saved")
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert press.toast == ""
    assert await _taken(harness.world) == 0
    await zoe.user.settled()
    zoe.user.press("Confirm this theme")
    await zoe.user.sees("Your theme is Culture.")
    assert await _taken(harness.world) == 1


async def test_what_was_fetched_and_not_committed_comes_again(world: World, api: BotApi) -> None:
    code = await world.invite("Zoé")
    async with open_harness(world, api) as harness:
        zoe = harness.person()
        await zoe.command("start")
        fault = api.fail("getUpdates", reset=True, times=10**6)
        zoe.user.send(f"/start j-{code}")
    fault.end()
    async with open_harness(world, api) as harness:
        await zoe.user.sees("Welcome, ")


async def test_an_answer_that_never_left_is_given_at_the_next_start(world: World, api: BotApi) -> None:
    async with open_harness(world, api) as harness:
        zoe = harness.person()
        await zoe.follow("j-" + await world.invite("Zoé"))
        fault = api.fail("sendMessage", reset=True, times=10**6)
        zoe.user.send("/moi")
        await zoe.user.settled()
        await api.until(lambda: fault.met, lambda: "the reply was not tried")
        harness.running.cancel()
        fault.end()
        for reply in tuple(harness.adapter.replies._under_way.values()):
            reply.cancel()
    async with open_harness(world, api):
        await zoe.user.sees("No theme chosen yet.")


async def test_another_program_on_the_same_token_stops_with_a_clear_line(harness: TelegramHarness, api: BotApi) -> None:
    await harness.person().command("start")
    api.fail("getUpdates", status=409, times=10**6, description="Conflict: terminated by other getUpdates request")
    TelegramUser(api, "Max").start()  # ends the long poll; the next ones meet the other program
    for _ in range(4):
        await harness.world.clock.advance_when_asleep()
    with pytest.raises(ConfigError, match="Another program receives updates"):
        await harness.running


async def test_another_program_that_was_asleep_may_take_as_long_as_a_lease_to_give_way(
    harness: TelegramHarness, api: BotApi
) -> None:
    zoe, clock = harness.person(), harness.world.clock
    await zoe.command("start")
    api.fail("getUpdates", status=409, times=4, description="Conflict: terminated by other getUpdates request")
    TelegramUser(api, "Max").start()
    began = clock.now()
    for _ in range(4):
        await clock.advance_when_asleep()
    assert clock.now() - began == timedelta(seconds=15)  # a lease is renewed every 8 s
    await zoe.command("aide")
    assert "This is where you take part" in zoe.text


async def test_a_token_that_is_refused_once_is_asked_again_and_ends_the_intake_only_when_it_stays_so(
    harness: TelegramHarness, api: BotApi
) -> None:
    zoe = harness.person()
    await zoe.command("start")
    api.fail("getUpdates", status=401, times=2)
    TelegramUser(api, "Max").start()  # ends the long poll; the next ones meet the refusal
    with capture_logs() as logs:
        for _ in range(2):
            await harness.world.clock.advance_when_asleep()
        await zoe.command("aide")
    assert "This is where you take part" in zoe.text
    assert [entry["event"] for entry in logs].count("telegram.token_refused") == 2
    api.fail("getUpdates", status=401, times=10**6)
    TelegramUser(api, "Mia").start()
    for _ in range(2):
        await harness.world.clock.advance_when_asleep()
    with pytest.raises(ConfigError, match="refuses the token"):
        await harness.running


async def test_a_token_refused_once_makes_a_reply_late_not_lost(harness: TelegramHarness, api: BotApi) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    api.fail("sendMessage", status=401)
    zoe.user.send("/moi")
    await zoe.user.settled()
    await harness.world.clock.advance_when_asleep()
    await zoe.user.sees("No theme chosen yet.")


async def test_a_flood_answer_makes_a_reply_late_not_lost(harness: TelegramHarness, api: BotApi) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    api.fail("sendMessage", retry_after=3)
    zoe.user.send("/moi")
    await zoe.user.settled()
    await harness.world.clock.advance_when_asleep()
    await zoe.user.sees("No theme chosen yet.")


async def test_what_one_part_is_told_to_wait_for_another_keeps_to(harness: TelegramHarness, api: BotApi) -> None:
    zoe, omar = harness.person(), harness.person("Omar")
    for each in (zoe, omar):
        await each.follow("j-" + await harness.world.invite("Zoé"))
    chat, english = Address(str(zoe.user.id)), Reader("en", "Europe/Paris")
    api.fail("sendMessage", retry_after=3)
    with pytest.raises(RetryLater) as told:
        await harness.adapter.send(chat, View(("Pushed.",)), english, delivery_id=1)
    assert (told.value.seconds, told.value.whole_platform) == (3, None)
    sent = api.calls["sendMessage"]
    zoe.user.send("/moi")
    omar.user.send("/moi")
    await omar.user.sees("No theme chosen yet.")
    with pytest.raises(RetryLater) as held:
        await harness.adapter.send(chat, View(("Pushed.",)), english, delivery_id=1)
    assert held.value.whole_platform is False
    assert api.calls["sendMessage"] == sent + 1, "Omar's alone"
    await harness.world.clock.advance_when_asleep()
    await zoe.user.sees("No theme chosen yet.")


@pytest.mark.parametrize("fault", [{"retry_after": 2}, {"status": 500}, {"reset": True}], ids=str)
async def test_a_press_is_acknowledged_also_where_telegram_stumbles(
    harness: TelegramHarness, api: BotApi, fault: dict[str, int]
) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await zoe.command("moi")
    api.fail("answerCallbackQuery", times=2, **fault)  # type: ignore[arg-type]
    press = zoe.user.forge("go-aide")
    await zoe.user.sees("just write")  # the answer waits for no acknowledgement
    for _ in range(2):
        assert not press.answered
        await harness.world.clock.advance_when_asleep()
    await zoe.user.settled()
    assert press.answered


async def test_a_press_that_changes_nothing_asks_telegram_for_nothing(harness: TelegramHarness, api: BotApi) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await zoe.command("moi")
    for _ in range(2):  # as it was sent, then as it was last put there
        press = zoe.user.forge("go-moi")
        await zoe.user.settled()
        await harness.adapter.replies.drained()
        assert press.answered
    assert api.calls["editMessageText"] == 0
    assert api.refusals[400] == 0


@pytest.mark.parametrize("payload", ["go-aide", "go-moi", "go-theme", "go-equipe"])
async def test_four_quick_taps_cause_no_refused_call(harness: TelegramHarness, api: BotApi, payload: str) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await zoe.command("moi")
    api.fail("editMessageText", delay=0.05)
    taps = [
        zoe.user.forge(payload) for _ in range(4)
    ]  # all of them on the message as it is before the first is answered
    await zoe.user.settled()
    await harness.adapter.replies.drained()
    assert all(tap.answered for tap in taps)
    assert api.calls["editMessageText"] <= 1
    assert not api.refusals


async def test_what_was_just_put_into_a_message_is_not_put_there_by_an_older_press(
    harness: TelegramHarness, api: BotApi
) -> None:
    """A card follows the stage while somebody presses a button of it, whose answer is the card as it is now."""
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await zoe.command("moi")
    seen = zoe.user.last
    before = copy.deepcopy(seen.message.data)
    before["date"] -= 5  # the edit comes in a later second
    sender = Actor(str(zoe.user.id), "Zoé", "en", str(zoe.user.id))
    help_screen = await harness.world.dispatcher.handle(Incoming("telegram", "again", sender, Pressed("go-aide")))
    assert help_screen.reply
    place, message = Address(str(zoe.user.id)), str(seen.message.id)
    for _ in range(2):
        await harness.adapter.edit(place, message, help_screen.reply.view, help_screen.reader)
    assert api.calls["editMessageText"] == 1
    pressed = copy.copy(seen.message)
    pressed.data = before
    press = zoe.user.forge("go-aide", on=replace(seen, message=pressed))
    await zoe.user.settled()
    await harness.adapter.replies.drained()
    assert press.answered
    assert api.calls["editMessageText"] == 1
    assert not api.refusals


async def test_what_a_press_just_put_into_a_message_is_not_put_there_once_more(
    harness: TelegramHarness, api: BotApi
) -> None:
    """A panel that someone turns is shown by the reply, and kept up to date by the delivery."""
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await zoe.command("moi")
    api.fail("editMessageText", delay=0.05)
    zoe.user.forge("go-aide")
    await zoe.user.settled()
    sender = Actor(str(zoe.user.id), "Zoé", "en", str(zoe.user.id))
    answered = await harness.world.dispatcher.handle(Incoming("telegram", "again", sender, Pressed("go-aide")))
    assert answered.reply
    place, message = Address(str(zoe.user.id)), str(zoe.user.last.message.id)
    await harness.adapter.edit(place, message, answered.reply.view, answered.reader)
    assert api.calls["editMessageText"] == 1
    await harness.adapter.edit(place, message, View(("Something else",)), answered.reader)
    assert (zoe.text, api.calls["editMessageText"]) == ("Something else", 2)
    await harness.adapter.edit(place, message, answered.reply.view, answered.reader)
    assert api.calls["editMessageText"] == 3
    assert not api.refusals


async def test_a_tap_after_another_program_changed_the_message_shows_what_was_asked(
    harness: TelegramHarness, api: BotApi
) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await zoe.command("moi")
    home, asked = zoe.user.last, "go-aide"
    zoe.user.forge(asked)
    await zoe.user.settled()
    await harness.adapter.replies.drained()
    helped = zoe.text
    message = home.message
    message.data = {**home.data, "edit_date": message.data["edit_date"] + 1}
    api.world.show(message, edited=True)
    zoe.user.forge(asked)
    await zoe.user.settled()
    await harness.adapter.replies.drained()
    assert zoe.text == helped != home.text


async def test_of_two_presses_on_one_message_the_later_is_shown(harness: TelegramHarness, api: BotApi) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await zoe.command("moi")
    home = zoe.text
    api.fail("editMessageText", delay=0.05)
    zoe.user.forge("go-aide")
    zoe.user.forge("go-moi")  # pressed while the message still was what this leads to
    await zoe.user.settled()
    await harness.adapter.replies.drained()
    assert zoe.text == home
    assert api.calls["editMessageText"] == 2


async def test_the_webhook_answers_after_the_commit_and_refuses_a_wrong_secret(world: World, api: BotApi) -> None:
    async with open_harness(
        world, api, mode="webhook", webhook_url="http://127.0.0.1:1/", webhook_secret=SECRET
    ) as harness:
        await harness.adapter.opened.wait()
        app = web.Application()
        app.add_routes(harness.adapter.webhook_routes())
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}{WEBHOOK_PATH}"
        zoe = harness.person()
        update = {
            "update_id": 7,
            "message": {
                "message_id": 1,
                "date": 0,
                "chat": zoe.user.chat.data,
                "from": zoe.user.user,
                "text": "/start",
            },
        }
        zoe.user.chat.started = True
        async with aiohttp.ClientSession() as session:
            async with session.post(url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": "wrong"}) as refused:
                assert refused.status == 403
            async with session.post(url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}) as taken:
                assert taken.status == 200
        assert len(await world.store.read(lambda tx: tx.all("SELECT update_id FROM inbox"))) == 1
        await zoe.user.sees("Welcome to Rencontres")
        await runner.cleanup()


async def _taken(world: World) -> int:
    culture = await world.store.read(lambda tx: find_theme(tx, "culture"))
    assert culture
    return culture.taken


@pytest.mark.parametrize("payload", ["lvy", "go-stop", "go-revenir", "tt-culture", "ors-1-1", "dx"])
async def test_a_link_changes_nothing_whoever_made_it(harness: TelegramHarness, payload: str) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    before = await _facts(harness.world)
    await zoe.follow(payload)
    assert await _facts(harness.world) == before
    assert "No theme chosen yet." in zoe.text


async def test_an_update_that_cannot_even_be_looked_at_is_answered_and_left_behind(
    harness: TelegramHarness, api: BotApi
) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    await harness.world.store.transact(lambda tx: tx.run("ALTER TABLE accounts RENAME TO mislaid"))
    await zoe.send("/moi")
    assert zoe.text.startswith("Something went wrong on our side")
    await harness.world.store.transact(lambda tx: tx.run("ALTER TABLE mislaid RENAME TO accounts"))
    await zoe.send("/moi")
    assert "No theme chosen yet." in zoe.text


async def _facts(world: World) -> list[tuple[object, ...]]:
    rows = await world.store.read(
        lambda tx: tx.all(
            "SELECT p.id, p.status, p.organises, p.stopped, c.theme FROM participants p"
            " LEFT JOIN choices c ON c.participant_id = p.id"
        )
    )
    return [(row["id"], row["status"], row["organises"], row["stopped"], row["theme"]) for row in rows]


@pytest.mark.parametrize("command", ["equipe", "aidez"])
async def test_a_cry_after_a_command_in_a_group_is_answered_with_whom_to_call(
    harness: TelegramHarness, api: BotApi, command: str
) -> None:
    zoe = harness.person()
    group = TelegramGroup(api)
    zoe.user.send("/equipe", at=group)
    await group.next()
    zoe.user.send(f"/{command} au secours il me suit", at=group)
    assert "112" in (await group.next()).text


async def test_a_command_in_a_group_that_just_became_a_supergroup_is_answered(
    harness: TelegramHarness, api: BotApi
) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    before, after = TelegramGroup(api, "Before"), TelegramGroup(api, "After")
    upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
    api.fail(
        "sendMessage",
        status=400,
        chat=before.id,
        description=upgraded,
        parameters={"migrate_to_chat_id": after.id},
        times=9,
    )
    zoe.user.send("/theme", at=before)
    shown = await after.next()
    assert shown.text == "On continue en privé, toi et moi."


async def test_an_album_nobody_asked_for_is_answered_once(harness: TelegramHarness) -> None:
    zoe = harness.person()
    await zoe.follow("j-" + await harness.world.invite("Zoé"))
    for beginning in ("Text only, please.", "Text only, please. Your other answers are kept."):
        before = len(zoe.user.shown)
        for number in range(4):
            zoe.user.send_photo(album=beginning, content=b"%d" % number)
        await zoe.user.settled()
        await harness.adapter.replies.drained()
        assert [shown.text.splitlines()[0] for shown in zoe.user.shown[before:]] == [beginning]
        await zoe.command("code")


async def test_a_hundred_updates_that_waited_are_answered_within_the_limits(world: World) -> None:
    async with BotApi(pace=RateLimits(reply_seconds=-1.0)) as api:
        people = [TelegramUser(api, f"P{number}", started=True) for number in range(95)]
        for person in (*people, *[people[0]] * 5):
            person.send("/start")
        async with open_harness(world, api, clock=SystemClock()):
            await api.until(lambda: [len(person.shown) for person in people] == [6] + [1] * 94, timeout=60)
        assert api.refusals == {}


async def test_who_writes_faster_than_telegram_lets_us_answer_keeps_nobody_waiting(
    world: World, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "_UNDER_WAY", 8)
    monkeypatch.setattr(replies, "_OF_ONE_CHAT", 4)
    async with open_harness(world, api) as harness:
        mallory, zoe = harness.person("Mallory"), harness.person("Zoé")
        await mallory.command("start")
        flood = api.fail("sendMessage", retry_after=3, times=10_000, chat=mallory.user.id)
        for _ in range(20):
            mallory.user.send("/start")
        zoe.user.start()
        await zoe.user.sees("Welcome to Rencontres.")
        await _all_taken(api)
        flood.end()
        before = len(mallory.user.shown)
        await _drained(harness)
        assert len(mallory.user.shown) == before + 4
        await mallory.command("start")  # and once all have left, she is answered as before
        assert len(mallory.user.shown) == before + 5


async def test_what_leaves_by_itself_keeps_its_distance_from_answers(harness: TelegramHarness, api: BotApi) -> None:
    zoe, pacer = harness.person(), harness.adapter.replies._pacer
    now = harness.world.clock.now()
    for _ in range(4):
        await zoe.command("start")
    messages = api.calls["sendMessage"]
    assert pacer.chat_free_at(str(zoe.user.id)) == now + timedelta(seconds=messages - 2)  # two may leave ahead of time
    assert pacer.free_at() <= now


async def test_a_group_is_pointed_to_the_private_chat_once_a_minute(world: World) -> None:
    async with BotApi(pace=RateLimits(), clock=world.clock) as api, open_harness(world, api) as harness:
        zoe, max_ = harness.person("Zoé"), harness.person("Max")
        for each in (zoe, max_):
            await each.command("start")
        group = TelegramGroup(api, "Talk")
        for _ in range(15):
            zoe.user.send("/moi", at=group)
            max_.user.send("/moi", at=group)
        zoe.user.send("/aide", at=group)
        await _all_taken(api)
        await _drained(harness)
        links = [shown.button("Ouvrir").partition("start=")[2] for shown in group.shown]
        assert links == ["go-moi", "go-aide"]
        await world.clock.advance(timedelta(minutes=2))
        zoe.user.send("/moi", at=group)
        await group.next()
        for command in sorted(harness.world.dispatcher.router.commands):  # each leads elsewhere
            zoe.user.send(f"/{command}", at=group)
        await _all_taken(api)
        await _drained(harness)
        assert len(group.shown) == 3 + 7
        assert not api.refusals[429]


async def test_what_follows_a_command_may_stand_on_the_next_line(harness: TelegramHarness) -> None:
    code = await harness.world.invite("Zoé")
    zoe = harness.person()
    await zoe.command("start")
    await zoe.send(f"/code\n{code}")
    assert "Welcome, Zoé" in zoe.text.replace("\u2068", "").replace("\u2069", "")


async def _all_taken(api: BotApi) -> None:
    updates = api.world.updates
    await api.until(lambda: updates.confirmed(updates.last_id), "all is taken")


async def _drained(harness: TelegramHarness) -> None:
    """Let time pass until every reply has left."""

    async def pass_time() -> None:
        while True:
            await harness.world.clock.advance_when_asleep()

    passing = asyncio.create_task(pass_time())
    await harness.adapter.replies.drained()
    passing.cancel()


async def test_who_waits_for_an_answer_from_before_the_start_waits_for_nobody_else(world: World, api: BotApi) -> None:
    zoe, max_ = (TelegramUser(api, name, language_code="en", started=True) for name in ("Zoé", "Max"))
    for number, user in enumerate((zoe, max_)):
        sender = Actor(str(user.id), user.user["first_name"], "en", str(user.id))
        assert (await world.dispatcher.handle(Incoming("telegram", str(number), sender, Called("start")))).reply
    api.fail("sendMessage", status=502, chat=zoe.id)
    async with open_harness(world, api):
        await max_.sees("bienvenue")
        assert (api.refusals[502], len(zoe.shown)) == (1, 0)  # it is tried again after a while
        await world.clock.advance_when_asleep()
        await zoe.sees("bienvenue")
