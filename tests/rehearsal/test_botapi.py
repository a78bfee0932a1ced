"""The local Bot API server, as python-telegram-bot and the invented people meet it."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession, web
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    MessageEntity,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.platforms.telegram.transport import AiohttpRequest
from bot.rehearsal.botapi import BotApi, RateLimits, TelegramGroup, TelegramUser
from bot.rehearsal.botapi.control import Control
from tests.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 5, 4, 9, 0, tzinfo=UTC))


@pytest.fixture
async def api(clock: ManualClock) -> AsyncIterator[BotApi]:
    async with BotApi(clock=clock, webhook_repeat=0.01) as api:
        yield api


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with bot_of(api) as bot:
        yield bot


@pytest.fixture
def anna(api: BotApi) -> TelegramUser:
    return TelegramUser(api, "Anna", started=True)


def bot_of(api: BotApi) -> Bot:
    return Bot(
        api.token,
        base_url=api.base_url,
        base_file_url=api.base_file_url,
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(),
    )


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"pick-{label}")] for label in labels])


async def poll(bot: Bot, offset: int | None = None, timeout: int = 0) -> tuple[Update, ...]:
    return await bot.get_updates(offset=offset, timeout=timeout)


class TestUpdates:
    async def test_an_update_comes_until_it_is_confirmed(self, bot: Bot, anna: TelegramUser) -> None:
        anna.send("Bonjour")
        (first,), (again,) = await poll(bot), await poll(bot)
        assert first.update_id == again.update_id
        assert await poll(bot, again.update_id + 1) == ()

    async def test_a_long_poll_ends_with_the_first_update(self, bot: Bot, anna: TelegramUser) -> None:
        waiting = asyncio.create_task(poll(bot, timeout=30))
        await anna.api.until(lambda: anna.api.calls["getUpdates"], "the bot polls")
        anna.start("invitation-1")
        (update,) = await waiting
        assert update.message is not None
        assert update.message.text == "/start invitation-1"
        assert update.message.entities[0].type == MessageEntity.BOT_COMMAND

    async def test_a_second_poller_ends_the_first_with_a_conflict(self, api: BotApi, bot: Bot) -> None:
        first = asyncio.create_task(poll(bot, timeout=30))
        await api.until(lambda: api.calls["getUpdates"], "the bot polls")
        async with bot_of(api) as another:
            second = asyncio.create_task(poll(another, timeout=30))
            with pytest.raises(Conflict):
                await first
            TelegramUser(api, "Zoé").start()
            assert len(await second) == 1

    async def test_kinds_not_asked_for_do_not_come(self, bot: Bot, anna: TelegramUser) -> None:
        await bot.get_updates(timeout=0, allowed_updates=["callback_query"])
        anna.send("Bonjour")
        assert await poll(bot) == ()
        await bot.get_updates(timeout=0, allowed_updates=["message"])
        anna.send("Bonsoir")
        [update] = await poll(bot)
        assert update.message is not None
        assert update.message.text == "Bonsoir"

    async def test_what_nobody_fetches_is_gone_after_a_day(
        self, bot: Bot, anna: TelegramUser, clock: ManualClock
    ) -> None:
        anna.send("Bonjour")
        await clock.advance(timedelta(hours=12))
        anna.send("Bonsoir")
        await clock.advance(timedelta(hours=13))
        [update] = await poll(bot)
        assert update.message is not None
        assert update.message.text == "Bonsoir"

    async def test_a_negative_offset_keeps_only_the_latest(self, bot: Bot, anna: TelegramUser) -> None:
        for text in ("un", "deux", "trois"):
            anna.send(text)
        (update,) = await poll(bot, -1)
        assert update.message is not None
        assert update.message.text == "trois"


class Hook:
    """A bot's own address, refusing as often as told."""

    def __init__(self, refuse: int = 0) -> None:
        self.refuse = refuse
        self.texts: list[str] = []
        self.secrets: set[str | None] = set()

    async def receive(self, request: web.BaseRequest) -> web.StreamResponse:
        update = await request.json()
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=500)
        self.texts.append(update["message"]["text"])
        return web.Response()

    async def __aenter__(self) -> str:
        self.runner = web.ServerRunner(web.Server(self.receive))
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/telegram"

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()


class TestWebhook:
    async def test_updates_are_brought_in_order_and_repeated_until_accepted(self, bot: Bot, anna: TelegramUser) -> None:
        hook = Hook(refuse=2)
        anna.send("avant")
        async with hook as url:
            await bot.set_webhook(url, secret_token="a-secret")
            anna.send("après")
            await anna.settled()
            assert hook.texts == ["avant", "après"]
            assert hook.secrets == {"a-secret"}
            info = await bot.get_webhook_info()
            assert (info.pending_update_count, info.last_error_message) == (
                0,
                "Wrong response from the webhook: 500 Internal Server Error",
            )
            with pytest.raises(Conflict):
                await poll(bot)
            await bot.delete_webhook()
        assert await poll(bot) == ()

    async def test_pending_updates_can_be_dropped(self, bot: Bot, anna: TelegramUser) -> None:
        anna.send("Bonjour")
        await bot.delete_webhook(drop_pending_updates=True)
        anna.send("Bonsoir")
        [update] = await poll(bot)
        assert update.message is not None
        assert update.message.text == "Bonsoir"


class TestMessages:
    async def test_a_person_sees_text_formatting_and_buttons(self, bot: Bot, anna: TelegramUser) -> None:
        await bot.send_message(
            anna.id,
            "🎉 Choisis ton thème",
            entities=[MessageEntity(MessageEntity.BOLD, 3, 7)],
            reply_markup=keyboard("Culture", "CivicTech"),
            disable_notification=True,
        )
        shown = await anna.next()
        assert shown.text == "🎉 Choisis ton thème"
        assert shown.entities[0]["type"] == "bold"
        assert shown.buttons == ("Culture", "CivicTech")
        assert shown.button("Culture") == "pick-Culture"
        assert shown.silent

    async def test_an_edit_is_seen_and_nothing_new_is_refused(self, bot: Bot, anna: TelegramUser) -> None:
        sent = await bot.send_message(anna.id, "Un", reply_markup=keyboard("Oui"))
        before = await anna.next()
        await bot.edit_message_text("Deux", anna.id, sent.message_id)
        after = await anna.next()
        assert (after.text, after.buttons, after.edited) == ("Deux", (), True)
        assert (before.current, after.current) == (False, True)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_text("Deux", anna.id, sent.message_id)
        await bot.edit_message_reply_markup(anna.id, sent.message_id, reply_markup=keyboard("Non"))
        assert anna.last.buttons == ("Non",)

    async def test_what_is_deleted_cannot_be_edited(self, bot: Bot, anna: TelegramUser) -> None:
        sent = await bot.send_message(anna.id, "Un")
        await bot.delete_message(anna.id, sent.message_id)
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("Deux", anna.id, sent.message_id)
        with pytest.raises(AssertionError, match="shows nothing"):
            _ = anna.last

    @pytest.mark.parametrize(
        ("text", "entities", "refusal"),
        [
            ("", [], "message text is empty"),
            ("  \n", [], "text must be non-empty"),
            ("x" * 4097, [], "message is too long"),
            ("🎉" * 2049, [], "message is too long"),
            ("\ud83c", [], "strings must be encoded in UTF-8"),
            ("abc", [MessageEntity("bold", 1, 3)], "after the end of the text"),
            ("🎉 abc", [MessageEntity("bold", 1, 3)], "cuts a symbol"),
            ("abc", [MessageEntity("text_link", 0, 3)], "Can't find field"),
        ],
    )
    async def test_texts_the_platform_refuses(
        self, bot: Bot, anna: TelegramUser, text: str, entities: list[MessageEntity], refusal: str
    ) -> None:
        with pytest.raises(BadRequest, match=f"(?i){re.escape(refusal)}"):
            await bot.send_message(anna.id, text, entities=entities)

    async def test_surrounding_space_is_trimmed_and_entities_move_along(self, bot: Bot, anna: TelegramUser) -> None:
        sent = await bot.send_message(anna.id, "🎉" * 2048)
        assert sent.text == "🎉" * 2048
        await bot.send_message(anna.id, "  gras \n", entities=[MessageEntity("bold", 2, 4)])
        assert (anna.last.text, anna.last.entities) == ("gras", ({"type": "bold", "offset": 0, "length": 4},))

    @pytest.mark.parametrize(
        "button",
        [
            InlineKeyboardButton("Oui", callback_data="é" * 33),
            InlineKeyboardButton(" ", callback_data="x"),
            InlineKeyboardButton("Oui", url="https://localhost/"),
        ],
    )
    async def test_buttons_the_platform_refuses(
        self, bot: Bot, anna: TelegramUser, button: InlineKeyboardButton
    ) -> None:
        with pytest.raises(BadRequest):
            await bot.send_message(anna.id, "Oui ?", reply_markup=InlineKeyboardMarkup([[button]]))

    async def test_who_can_be_written_to(self, api: BotApi, bot: Bot) -> None:
        stranger = TelegramUser(api, "Zoé")
        with pytest.raises(Forbidden, match="can't initiate"):
            await bot.send_message(stranger.id, "Bonjour")
        stranger.start()
        await bot.send_message(stranger.id, "Bonjour")
        stranger.block()
        with pytest.raises(Forbidden, match="blocked"):
            await bot.send_message(stranger.id, "Bonjour")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(42, "Bonjour")
        changed = (await poll(bot))[-1].my_chat_member
        assert changed is not None
        assert changed.new_chat_member.status == "kicked"

    async def test_files_go_both_ways(self, bot: Bot, anna: TelegramUser) -> None:
        sent = await bot.send_document(anna.id, b"{}", filename="données d'été.json", caption="Tes données")
        assert anna.last.file is not None
        assert (anna.last.file.name, anna.last.file.content) == ("données d'été.json", b"{}")
        assert sent.document is not None
        await bot.send_document(anna.id, sent.document.file_id)
        assert anna.last.file.content == b"{}"
        await bot.send_photo(anna.id, b"\xff\xd8 a picture", caption="Une carte")
        assert anna.last.text == "Une carte"
        with pytest.raises(BadRequest, match="caption is too long"):
            await bot.send_photo(anna.id, b"\xff\xd8", caption="x" * 1025)

        anna.send_document("liste.csv", b"ref;nom\n", caption="Voici")
        anna.send_photo(album="1")
        anna.send_voice()
        document, photo, voice = [update.message for update in await poll(bot)]
        assert document is not None
        assert document.document is not None
        file = await document.document.get_file()
        assert bytes(await file.download_as_bytearray()) == b"ref;nom\n"
        assert photo is not None
        assert (photo.media_group_id, len(photo.photo)) == ("1", 1)
        assert voice is not None
        assert voice.voice is not None

    async def test_places_on_the_map(self, bot: Bot, anna: TelegramUser) -> None:
        sent = await bot.send_venue(anna.id, 48.8897, 2.3711, "Halles civiques", "6, rue des Halles")
        assert sent.venue is not None
        assert (sent.venue.title, sent.venue.location.latitude) == ("Halles civiques", 48.8897)
        assert anna.last.data["venue"]["address"] == "6, rue des Halles"
        point = await bot.send_location(anna.id, -33.9, 18.4)
        assert point.location is not None
        assert point.location.longitude == 18.4
        with pytest.raises(BadRequest, match="Invalid coordinates"):
            await bot.send_location(anna.id, 91, 0)
        with pytest.raises(BadRequest, match="non-empty"):
            await bot.send_venue(anna.id, 48, 2, "Halles", " ")

    async def test_a_reaction_and_an_edit_of_what_a_person_wrote(self, bot: Bot, anna: TelegramUser) -> None:
        idea = anna.send("Une cuisine partagée")
        await bot.set_message_reaction(anna.id, idea.id, "👍")
        assert idea.reaction == "👍"
        anna.edit(idea, "Une cuisine partagée, le soir")
        edited = (await poll(bot))[-1].edited_message
        assert edited is not None
        assert edited.text == "Une cuisine partagée, le soir"

    async def test_a_command_with_an_accent_is_plain_text(self, bot: Bot, anna: TelegramUser) -> None:
        anna.send("/idée du soir")
        (update,) = await poll(bot)
        assert update.message is not None
        assert update.message.entities == ()


class TestButtons:
    async def test_a_press_is_answered_with_a_toast(self, bot: Bot, anna: TelegramUser) -> None:
        await bot.send_message(anna.id, "Ton thème ?", reply_markup=keyboard("Culture"))
        press = anna.press("Culture")
        query = (await poll(bot))[0].callback_query
        assert query is not None
        assert query.data == "pick-Culture"
        await query.answer("C'est noté")
        await poll(bot, (press.update.id if press.update else 0) + 1)
        await anna.settled()
        assert (press.answered, press.toast) == (True, "C'est noté")

    async def test_an_answer_after_fifteen_seconds_is_too_late(
        self, bot: Bot, anna: TelegramUser, clock: ManualClock
    ) -> None:
        await bot.send_message(anna.id, "Ton thème ?", reply_markup=keyboard("Culture"))
        press = anna.press("Culture")
        await clock.advance(timedelta(seconds=16))
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(press.id)

    async def test_an_old_button_can_still_be_pressed_and_any_payload_forged(
        self, bot: Bot, anna: TelegramUser
    ) -> None:
        sent = await bot.send_message(anna.id, "Ton thème ?", reply_markup=keyboard("Culture"))
        old = anna.last
        await bot.edit_message_text("Fermé", anna.id, sent.message_id)
        with pytest.raises(AssertionError, match="no message shows a button «Culture»"):
            anna.press("Culture")
        anna.press("Culture", on=old)
        anna.forge("pick-everything")
        queries = [update.callback_query for update in await poll(bot)]
        assert [query.data for query in queries if query] == ["pick-Culture", "pick-everything"]

    async def test_a_link_to_the_bot_starts_the_private_chat(self, api: BotApi, bot: Bot) -> None:
        group, zoe = TelegramGroup(api), TelegramUser(api, "Zoé")
        link = InlineKeyboardMarkup([[InlineKeyboardButton("En privé", url="https://t.me/rencontres_bot?start=theme")]])
        await bot.send_message(group.id, "Ton thème ?", reply_markup=link)
        with pytest.raises(AssertionError, match="is a link"):
            zoe.press("En privé", at=group)
        assert zoe.follow("En privé", at=group).text == "/start theme"


class TestGroups:
    async def test_privacy_mode_lets_commands_mentions_and_replies_through(self, api: BotApi, bot: Bot) -> None:
        group, zoe = TelegramGroup(api, forum=True), TelegramUser(api, "Zoé")
        topic = group.chat.next_id()
        group.chat.topics[topic] = "Groupe 1"
        await bot.send_message(group.id, "Bienvenue", message_thread_id=topic)
        shown = await group.next()
        for text in ("Salut tout le monde", "/aide", "/aide@rencontres_bot", "/aide@autre_bot", "@rencontres_bot ?"):
            zoe.send(text, at=group, thread=topic)
        zoe.send("Merci", at=group, reply_to=shown)
        messages = [update.message for update in await poll(bot)]
        assert [message.text for message in messages if message] == [
            "/aide",
            "/aide@rencontres_bot",
            "@rencontres_bot ?",
            "Merci",
        ]
        with pytest.raises(BadRequest, match="thread not found"):
            await bot.send_message(group.id, "Bienvenue", message_thread_id=999)


class TestProfile:
    async def test_menus_per_language_and_person(self, bot: Bot, anna: TelegramUser) -> None:
        hanna = TelegramUser(anna.api, "Hanna", language_code="de", started=True)
        scope = BotCommandScopeAllPrivateChats()
        await bot.set_my_commands([BotCommand("aide", "Que faire ?")], scope)
        await bot.set_my_commands([BotCommand("hilfe", "Was tun?")], scope, language_code="de")
        await bot.set_my_commands([BotCommand("organiser", "L'équipe")], BotCommandScopeChat(anna.id))
        assert anna.menu == (("organiser", "L'équipe"),)
        assert hanna.menu == (("hilfe", "Was tun?"),)
        await bot.delete_my_commands(BotCommandScopeChat(anna.id))
        assert anna.menu == (("aide", "Que faire ?"),)
        assert await bot.get_my_commands(scope, "de") == (BotCommand("hilfe", "Was tun?"),)
        with pytest.raises(BadRequest, match="Bot_command_invalid"):
            await bot.set_my_commands([BotCommand("idée", "Une idée")])

    async def test_texts_fall_back_to_the_common_one(self, bot: Bot) -> None:
        await bot.set_my_name("Les Rencontres")
        await bot.set_my_description("Trois jours à Paris")
        await bot.set_my_short_description("Drei Tage in Paris", "de")
        assert (await bot.get_my_name("de")).name == "Les Rencontres"
        assert (await bot.get_my_description("en")).description == "Trois jours à Paris"
        assert (await bot.get_my_short_description("fr")).short_description == ""
        assert (await bot.get_my_short_description("de")).short_description == "Drei Tage in Paris"

    async def test_who_the_bot_is_and_what_a_chat_is(self, bot: Bot, anna: TelegramUser) -> None:
        assert (await bot.get_me()).username == "rencontres_bot"
        assert (await bot.get_chat(anna.id)).first_name == "Anna"
        assert await bot.send_chat_action(anna.id, "typing")


class TestFaults:
    async def test_a_lost_reply_leaves_the_message(self, api: BotApi, bot: Bot, anna: TelegramUser) -> None:
        fault = api.fail("sendMessage", reset=True, after_effect=True)
        with pytest.raises(NetworkError):
            await bot.send_message(anna.id, "Bonjour")
        assert (await anna.next()).text == "Bonjour"
        assert fault.met == 1

    async def test_refusals_by_method_and_chat(self, api: BotApi, bot: Bot, anna: TelegramUser) -> None:
        other = TelegramUser(api, "Zoé", started=True)
        api.fail("sendMessage", retry_after=7, chat=anna.id)
        await bot.send_message(other.id, "Bonjour")
        with pytest.raises(RetryAfter):
            await bot.send_message(anna.id, "Bonjour")
        await bot.send_message(anna.id, "Bonjour")
        api.fail(status=403, description="Forbidden: user is deactivated")
        with pytest.raises(Forbidden, match="deactivated"):
            await bot.send_message(anna.id, "Bonjour")
        assert api.refusals == {429: 1, 403: 1}

    async def test_a_delay_only_delays(self, api: BotApi, bot: Bot, anna: TelegramUser) -> None:
        api.fail("sendMessage", delay=0.2)
        with pytest.raises(TimedOut):
            await bot.send_message(anna.id, "Bonjour", read_timeout=0.05)
        await bot.send_message(anna.id, "Bonsoir")
        assert anna.last.text == "Bonsoir"

    async def test_a_round_trip_takes_its_time_and_a_new_connection_two_more(self, anna: TelegramUser) -> None:
        loop, trip = asyncio.get_running_loop(), 0.03
        async with bot_of(anna.api) as bot:
            anna.api.latency = trip
            for trips in (3, 1):
                started = loop.time()
                await bot.send_message(anna.id, "Bonjour")
                assert loop.time() - started >= trips * trip

    async def test_only_its_token_opens_it(self, api: BotApi) -> None:
        bot = Bot("1:other", base_url=api.base_url, request=AiohttpRequest())
        with pytest.raises(InvalidToken):
            await bot.initialize()
        await bot.shutdown()


class TestPace:
    async def pour(self, api: BotApi, people: list[TelegramUser]) -> int:
        """How many of one message each come through."""
        async with bot_of(api) as bot:
            sent = await asyncio.gather(
                *(bot.send_message(person.id, "Bonjour") for person in people), return_exceptions=True
            )
        assert {type(result).__name__ for result in sent} <= {"Message", "RetryAfter"}
        return sum(not isinstance(result, RetryAfter) for result in sent)

    @pytest.mark.parametrize("strict", [False, True])
    async def test_thirty_a_second_in_all_replies_apart(self, clock: ManualClock, strict: bool) -> None:
        async with BotApi(clock=clock, pace=RateLimits(strict=strict)) as api:
            people = [TelegramUser(api, "Zoé", started=True) for _ in range(40)]
            assert await self.pour(api, people) == 30
            await clock.advance(timedelta(seconds=0.5))
            assert await self.pour(api, people[:5]) == (0 if strict else 5)
            people[39].send("Bonjour ?")
            assert await self.pour(api, people[39:]) == 1

    async def test_one_chat_and_one_group(self, clock: ManualClock) -> None:
        async with BotApi(clock=clock, pace=RateLimits()) as api, bot_of(api) as bot:
            anna, group = TelegramUser(api, "Anna", started=True), TelegramGroup(api)
            for number in range(5):
                await bot.send_message(anna.id, str(number))
            with pytest.raises(RetryAfter):
                await bot.send_message(anna.id, "trop")
            sent = await bot.send_message(group.id, "0")
            for number in range(1, 20):
                await bot.edit_message_text(str(number), group.id, sent.message_id)
            with pytest.raises(RetryAfter):
                await bot.edit_message_text("trop", group.id, sent.message_id)

    async def test_an_album_counts_as_its_items_and_is_taken_whole_or_not_at_all(self, clock: ManualClock) -> None:
        album = [InputMediaDocument(b"%d" % number, filename=f"{number}.txt") for number in range(8)]
        async with BotApi(clock=clock, pace=RateLimits()) as api, bot_of(api) as bot:
            anna, group = TelegramUser(api, "Anna", started=True), TelegramGroup(api)
            await bot.send_message(anna.id, "0")
            with pytest.raises(RetryAfter):
                await bot.send_media_group(anna.id, album)
            assert len(anna.shown) == 1
            await clock.advance(timedelta(seconds=1))
            await bot.send_media_group(anna.id, album)  # more than five, where nothing was sent lately
            await clock.advance(timedelta(seconds=3))
            with pytest.raises(RetryAfter):
                await bot.send_message(anna.id, "trop")
            for _album in range(2):
                await bot.send_media_group(group.id, album)
                await clock.advance(timedelta(seconds=10))
            with pytest.raises(RetryAfter):
                await bot.send_media_group(group.id, album)
            await bot.send_media_group(group.id, album[:4])


class TestWaiting:
    async def test_a_wait_in_vain_tells_what_was_seen(self, bot: Bot, anna: TelegramUser) -> None:
        await bot.send_message(anna.id, "Bonjour", reply_markup=keyboard("Oui"))
        with pytest.raises(AssertionError, match=r"«Bonsoir»(?s:.)*sent #\d+: 'Bonjour' \[Oui\]"):
            await anna.sees("Bonsoir", timeout=0.02)
        anna.press("Oui")
        with pytest.raises(AssertionError, match="presses without an answer: 1"):
            await anna.settled(timeout=0.02)

    async def test_next_begins_after_the_latest_act(self, bot: Bot, anna: TelegramUser) -> None:
        await bot.send_message(anna.id, "Un")
        anna.send("Encore")
        await bot.send_message(anna.id, "Deux")
        await bot.send_message(anna.id, "Trois")
        assert [(await anna.next()).text, (await anna.next()).text] == ["Deux", "Trois"]


class TestControl:
    async def test_a_benchmark_drives_it_from_another_process(self, api: BotApi, bot: Bot) -> None:
        Control(api)
        async with ClientSession(api.root) as session:

            async def control(name: str, **body: object) -> dict[str, object]:
                async with session.post(f"/control/{name}", json=body) as response:
                    assert response.status == 200, await response.text()
                    answer: dict[str, object] = await response.json()
                    return answer

            people = await control("people", count=2)
            first, last = people["first"], people["last"]
            await control("act", acts=[[first, "start", "code"], [last, "send", "Bonjour"]], spread=0.01)
            updates = await poll(bot)
            for update in updates:
                assert update.effective_chat is not None
                await bot.send_message(update.effective_chat.id, "Ton thème ?", reply_markup=keyboard("Culture"))
            await control("act", acts=[[first, "press", "Culture"]])
            (press,) = await poll(bot, updates[-1].update_id + 1)
            assert press.callback_query is not None
            await press.callback_query.answer()
            await press.callback_query.edit_message_text("Noté")
            await poll(bot, press.update_id + 1)

            counters = await control("wait", calls={"sendMessage": 2}, replied=3, acknowledged=1, settled=True)
            assert counters["pending"] == 0
            assert await control("shown", person=first, count=2) == {
                "shown": [
                    {"text": "Ton thème ?", "buttons": ["Culture"], "edited": False},
                    {"text": "Noté", "buttons": [], "edited": True},
                ]
            }
            timings = await control("timings")
            assert {name: len(seconds) for name, seconds in timings.items() if isinstance(seconds, list)} == {
                "replied": 3,
                "acknowledged": 1,
            }
            async with session.post("/control/wait", json={"replied": 9, "timeout": 0.01}) as response:
                assert response.status == 504

    async def test_it_runs_by_itself_and_ends_when_interrupted(self) -> None:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.rehearsal.botapi", "--pace", "strict", stdout=asyncio.subprocess.PIPE
        )
        assert program.stdout is not None
        root = (await program.stdout.readline()).decode().strip()
        async with ClientSession(root) as session, session.post("/control/counters") as response:
            assert (await response.json())["pending"] == 0
        program.send_signal(signal.SIGINT)
        assert await program.wait() == 0
