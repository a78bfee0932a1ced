"""What is several messages on Telegram: within the limits that are published, and each of them once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.content.errors import RetryLater
from bot.content.texts import Reader
from bot.content.views import Button, Picture, Raw, View
from bot.database.engine import Transaction
from bot.delivery import channel_store, outbox
from bot.delivery.channels import CreatedChannel
from bot.delivery.platform import Address, WantedChannel
from bot.people import participant_store
from bot.people.participants import Account
from bot.rehearsal.botapi import BotApi, RateLimits, TelegramGroup, TelegramUser
from handlers.groups.store.groups import add_group
from handlers.groups.store.rounds import mark_round_published
from tests.drivers.program import catch_up
from tests.drivers.telegram import TelegramHarness, open_harness
from tests.platforms.telegram.test_forum import Book, card, passing
from tests.world import START, World

ENGLISH = Reader("en", "Europe/Paris")
SEEN = (Button("Seen", Raw("x-1")),)


def pictures(count: int, kind: str = "picture") -> tuple[Picture, ...]:
    return tuple(Picture(f"{kind} {number}".encode(), "", f"{number}.jpg") for number in range(count))


GRID = View(("Look.",), SEEN, attachments=pictures(5))
"""Six messages, one more than Telegram takes at once."""
BOOK = View(tuple(str(number) * 3500 for number in range(1, 8)))
"""Seven messages."""


@dataclass
class Paced:
    """The bot on a server that holds the limits, by the clock of the gathering; and someone whom it tells things."""

    harness: TelegramHarness
    user: TelegramUser
    person: int

    async def tell(self, *views: View) -> None:
        world = self.harness.world
        for view in views:
            await world.change(outbox.notify, self.person, view, world.clock.now(), outbox.Telling.NEWS)

    async def caught_up(self) -> None:
        await catch_up(self.harness.world, self.harness.adapter)

    @property
    def texts(self) -> list[str]:
        """What the chat shows, shortened."""
        return [shown.text[:5] for shown in self.user.shown if shown.current]

    async def stored(self) -> list[tuple[str, str]]:
        """The state of each delivery, and the ids of its messages."""
        rows = await self.harness.world.store.read(
            lambda tx: tx.all("SELECT state, native_id FROM deliveries WHERE kind = 'message' ORDER BY id")
        )
        return [(row["state"], row["native_id"]) for row in rows]


@pytest.fixture
async def strict(world: World) -> AsyncIterator[BotApi]:
    async with BotApi(clock=world.clock, pace=RateLimits(strict=True)) as api:
        yield api


@pytest.fixture
async def paced(world: World, strict: BotApi) -> AsyncIterator[Paced]:
    user = TelegramUser(strict, "Zoé", started=True)

    async def join(tx: Transaction) -> int:
        now, number = world.clock.now(), str(user.id)
        person = await participant_store.add(tx, ref="R-1", given_name="Zoé", family_name="D", now=now, locale="en")
        await participant_store.attach(tx, Account("telegram", number, number, "Zoé", "en"), person.id, now)
        await participant_store.join(tx, person.id, now)
        return person.id

    person = await world.store.transact(join)
    async with open_harness(world, strict) as harness:
        yield Paced(harness, user, person)


async def test_more_messages_than_telegram_takes_at_once_arrive_once_and_in_order(paced: Paced) -> None:
    await paced.tell(View(("First",)), GRID, View(("Then",)), BOOK, View(("Last",)))
    await paced.caught_up()
    grid = [*[""] * 5, "Look."]
    assert paced.texts == ["First", *grid, "Then", *(str(number) * 5 for number in range(1, 8)), "Last"]
    assert paced.harness.api.refusals == {}
    stored = await paced.stored()
    assert {state for state, _ids in stored} == {"sent"}
    assert [len(ids.split(",")) for _state, ids in stored] == [1, 6, 1, 7, 1]


@pytest.mark.parametrize("fault", [{"retry_after": 1}, {"status": 502}])
async def test_what_arrived_is_not_sent_again_with_what_was_refused(paced: Paced, fault: dict[str, int]) -> None:
    paced.harness.api.fail("sendMessage", chat=paced.user.id, times=2, **fault)  # type: ignore[arg-type]
    await paced.tell(replace(GRID, attachments=pictures(3)))
    await paced.caught_up()
    assert [shown.text for shown in paced.user.shown] == ["", "", "", "Look."]
    assert paced.harness.api.calls["sendMediaGroup"] == 1


async def test_many_people_are_sent_albums_within_the_limit_of_all(paced: Paced, strict: BotApi) -> None:
    world = paced.harness.world
    others = [TelegramUser(strict, f"P{number}", started=True) for number in range(20)]

    async def join(tx: Transaction) -> None:
        for user in others:
            number, now = str(user.id), world.clock.now()
            person = await participant_store.add(tx, ref=number, given_name="P", family_name="", now=now, locale="en")
            await participant_store.attach(tx, Account("telegram", number, number, "P", "en"), person.id, now)
            await participant_store.join(tx, person.id, now)
            await outbox.notify(tx, person.id, replace(GRID, attachments=pictures(4)), now, outbox.Telling.NEWS)

    await world.store.transact(join)
    await paced.caught_up()
    assert [len(user.shown) for user in others] == [5] * 20
    assert strict.refusals == {}
    assert world.clock.now() - START < timedelta(seconds=5)  # a hundred messages


async def test_a_correction_by_other_files_is_sent_once(harness: TelegramHarness) -> None:
    zoe = harness.person()
    await zoe.command("start")
    address = Address(str(zoe.user.id))
    two = replace(GRID, attachments=pictures(2))
    native_id = await harness.adapter.send(address, two, ENGLISH, delivery_id=1)
    before = len(zoe.user.shown)
    assert harness.adapter.count_messages(address, GRID, ENGLISH, delivery_id=1, native_id=native_id) == 6
    with pytest.raises(RetryLater):
        await harness.adapter.edit(address, native_id, GRID, ENGLISH)
    assert harness.adapter.count_messages(address, GRID, ENGLISH, delivery_id=1, native_id=native_id) == 1
    now_shown = await harness.adapter.edit(address, native_id, GRID, ENGLISH)
    assert [shown.text for shown in zoe.user.shown[before:]] == [*[""] * 5, "Look."]
    assert [shown.text for shown in zoe.user.shown if shown.current][-6:] == [*[""] * 5, "Look."]
    assert [message[:1] for message in now_shown.split(",")[:5]] == ["p"] * 5
    assert sum(shown.current for shown in zoe.user.shown[:before]) == before - 3  # the first two pictures and text
    group = Address("-100")
    assert [
        harness.adapter.count_messages(chat, view, ENGLISH, delivery_id=1, native_id=now_shown)
        for chat in (address, group)
        for view in (GRID, replace(GRID, lines=BOOK.lines))
    ] == [1, 6, 2, 8]  # edits count in a group alone


async def test_a_correction_by_a_longer_text_is_sent_once(harness: TelegramHarness, api: BotApi) -> None:
    zoe = harness.person()
    await zoe.command("start")
    address = Address(str(zoe.user.id))
    native_id = await harness.adapter.send(address, View(("short",)), ENGLISH, delivery_id=1)
    before = api.calls["sendMessage"]
    for _try in range(2):
        with pytest.raises(RetryLater):
            await harness.adapter.edit(address, native_id, View(BOOK.lines * 2), ENGLISH)
    longer = await harness.adapter.edit(address, native_id, View(BOOK.lines * 2), ENGLISH)
    assert len(longer.split(",")) == 14
    assert api.calls["sendMessage"] == before + 13


async def test_what_changed_before_its_rest_was_sent_leaves_nothing_behind(harness: TelegramHarness) -> None:
    zoe = harness.person()
    await zoe.command("start")
    address, before = Address(str(zoe.user.id)), len(zoe.user.shown)
    with pytest.raises(RetryLater):
        await harness.adapter.send(address, GRID, ENGLISH, delivery_id=1)
    changed = replace(GRID, lines=("Sorry.",), attachments=pictures(4, "other"))
    await harness.adapter.send(address, changed, ENGLISH, delivery_id=1)
    assert [shown.text for shown in zoe.user.shown[before:] if shown.current] == [*[""] * 4, "Sorry."]


@pytest.mark.parametrize("queued", [False, True])
async def test_an_answer_of_several_messages_is_counted_and_each_is_sent_once(paced: Paced, queued: bool) -> None:
    replies, world = paced.harness.adapter.replies, paced.harness.world
    fault = paced.harness.api.fail("sendMessage", retry_after=1, chat=paced.user.id)
    shown = replies.show(paced.user.id, None, GRID, ENGLISH, paced=queued)
    await passing(world, shown)
    assert [message.text for message in paced.user.shown] == [*[""] * 5, "Look."]
    assert fault.met == 1
    assert paced.harness.api.refusals == {429: 1}  # the one that was asked for
    assert replies._pacer.chat_free_at(str(paced.user.id)) > world.clock.now() + timedelta(seconds=-1)


async def test_all_that_is_written_to_a_forum_is_counted_together(world: World, strict: BotApi) -> None:
    forum = TelegramGroup(strict, "Groups", forum=True)
    zoe = TelegramUser(strict, "Zoé", language_code="en", started=True)
    async with open_harness(world, strict, forum_chat_id=forum.id) as harness:

        async def publish(tx: Transaction) -> None:
            await channel_store.set_offered(tx, "telegram", True, START)
            await mark_round_published(tx, 1, START)
            groups = [await add_group(tx, 1, "culture", number) for number in range(1, 9)]
            await channel_store.request_sync(tx, [group.id for group in groups], START)

        await world.store.transact(publish)
        wanted = WantedChannel(1, "", reader=ENGLISH, people=frozenset(), created=CreatedChannel(), **card())
        words = sorted(world.dispatcher.router.commands)
        topics = [Book(harness, forum, replace(wanted, id=number, title=f"{number}")) for number in range(1, 9)]
        for number, topic in enumerate(topics):
            zoe.send(f"/{words[number]}", at=forum)  # each leads elsewhere, and is answered in the forum
            await strict.until(lambda: strict.world.updates.confirmed(strict.world.updates.last_id))
            await topic.keep()
        await passing(world, harness.adapter.replies.drained())
        pointed = [shown for shown in forum.shown if "message_thread_id" not in shown.data]
        assert len(forum.chat.pinned) == len(pointed) == 8
        assert strict.refusals[429] == 0
