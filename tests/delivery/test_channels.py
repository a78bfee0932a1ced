"""When a place is brought in step with its group, with what, and what becomes of what a platform refuses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import structlog

from bot.content.errors import ChannelGone, Rejected, RetryLater, Unreachable
from bot.content.texts import plain
from bot.content.views import View
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.database.schema import upgrade
from bot.delivery import channel_store, outbox
from bot.delivery.channels import CreatedChannel
from bot.delivery.platform import NoteChannel, WantedChannel
from handlers.groups.model import Group
from handlers.groups.service.membership import publish_round
from handlers.groups.store.groups import add_group, remove_group, set_room
from handlers.groups.store.members import put_in_group
from handlers.groups.store.rounds import add_round, find_round, mark_round_published, set_meeting
from handlers.themes.store import put_choice
from tests.delivery.rig import Rig
from tests.engines import on_one_engine
from tests.older_schema import older_program
from tests.participants import rewrite_facts
from tests.world import START, seed


@dataclass
class Rooms:
    """Places that are made at once and written down; `answers` are raised first."""

    platform: str
    answers: list[Exception] = field(default_factory=list)
    tried: int = 0
    kept: list[WantedChannel] = field(default_factory=list)
    closed: list[CreatedChannel] = field(default_factory=list)

    async def reconcile(self, wanted: WantedChannel, note: NoteChannel) -> None:
        self.tried += 1
        if self.answers:
            raise self.answers.pop(0)
        self.kept.append(wanted)
        url = f"https://{self.platform}/{wanted.id}"
        await note(
            CreatedChannel(
                wanted.title, "-1001", f"thread-{wanted.id}", digest=wanted.digest, people=wanted.people, url=url
            )
        )

    async def close(self, created: CreatedChannel, _used_ids: frozenset[str], /) -> None:
        self.closed.append(created)

    @property
    def shown(self) -> list[str]:
        """The cards, as they are read."""
        return ["\n".join(plain(line, each.reader) for line in each.card.lines) for each in self.kept]


@pytest.fixture
async def rig(store: Store) -> Rig:
    """Discord and Telegram with places, a page without; everything known to the store, nothing published."""
    rig = Rig(store, "telegram", "discord", "web")
    await seed(store, rig.settings)
    for name in ("telegram", "discord"):
        rig[name].channels = Rooms(name)
    async with rig.running():
        await rig.passes(1)
    return rig


def rooms(rig: Rig, platform: str = "discord") -> Rooms:
    found = rig[platform].channels
    assert isinstance(found, Rooms)
    return found


async def form(rig: Rig, *people: int, number: int = 3, publish: bool = True) -> Group:
    """A group of these people; published as a handler does it."""

    async def unit(tx: Transaction) -> Group:
        group = await add_group(tx, 1, "culture", number)
        for person in people:
            await put_choice(tx, person, "culture", None, START)
            await put_in_group(tx, person, group)
        if publish:
            await mark_round_published(tx, 1, START)
        await outbox.refresh_channels(tx, [group.id], rig.clock.now())
        return group

    return await rig.store.transact(unit)


def later(rig: Rig, by: timedelta) -> Rig:
    """The same gathering that much later, with another program."""
    after = Rig(rig.store, "telegram", "discord", start=START + by)
    for name in after.recorders:
        after[name].channels = rig[name].channels
    return after


async def refresh(rig: Rig, group: Group) -> None:
    await rig.store.transact(lambda tx: outbox.refresh_channels(tx, [group.id], rig.clock.now()))


async def links(rig: Rig, group: Group, person: int) -> list[tuple[str, str]]:
    addresses = await rig.store.read(lambda tx: channel_store.links(tx, group.id, (person,)))
    return [*addresses[person]]


@on_one_engine
async def test_a_new_group_gets_its_channel_by_a_clock_that_moves(store: Store) -> None:
    rig = Rig(store, "discord", moving=True)
    await seed(store, rig.settings)
    rig["discord"].channels = Rooms("discord")
    async with asyncio.timeout(30), rig.running():
        await rig.passes(1)
        await form(rig, await rig.person("Zoé", "discord:1"))
        rig.delivery.wake()
        await rig.passes(3)
        assert len(rooms(rig).kept) == 1
        assert await rig.rests()


@on_one_engine
async def test_a_published_group_gets_a_place_wherever_there_are_some(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "discord:1", "web:9", territory="CA-QC")
    ali = await rig.person("Ali", "telegram:2", territory="FR")
    group = await form(rig, zoe, ali)
    await rig.store.transact(lambda tx: set_room(tx, group.id, "B12"))
    await rig.store.transact(lambda tx: set_meeting(tx, 1, START + timedelta(days=9)))
    async with rig.running():
        await rig.passes(3)
    assert rooms(rig).kept[0].people == {"1"}
    assert rooms(rig, "telegram").kept[0].people == {"2"}
    first, *rest = rooms(rig).shown[0].splitlines()
    assert first.startswith("Culture 3")
    assert "B12" in "".join(rest)
    assert "mercredi 10 mars, 10\xa0h" in "".join(rest)  # the gathering's first language, for everyone in it
    assert rest[-2:] == ["Ali D. (France)", "\u2068Zoé D.\u2069 (Québec)"]
    assert await links(rig, group, zoe) == [("discord", f"https://discord/{rooms(rig).kept[0].id}")]
    assert await links(rig, group, ali) == [("telegram", f"https://telegram/{rooms(rig, 'telegram').kept[0].id}")]


async def test_the_card_of_a_group_shows_the_way_into_the_forum_at_once(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    await form(rig, zoe, publish=False)

    async def publish(tx: Transaction) -> None:
        await channel_store.set_forum_invitation(tx, "-1001", "https://t.me/+way-in")
        held = await find_round(tx, 1)
        assert held
        await publish_round(tx, held, START)

    await rig.store.transact(publish)
    async with rig.running():
        await rig.passes(1)
    [card] = rig["telegram"].arrived
    assert "https://t.me/+way-in" in {button.url for button in card.view.buttons}


@on_one_engine
async def test_a_card_follows_how_its_people_are_called(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "discord:1")
    group = await form(rig, zoe)
    async with rig.running():
        await rig.passes(10)
        await refresh(rig, group)
        await rig.passes(10)
        await rig.store.transact(partial(rewrite_facts, participant_id=zoe, given_name="Zora"))
        await refresh(rig, group)
        await rig.passes(10)
    made, again, renamed = rooms(rig).kept
    assert made.digest == again.digest != renamed.digest
    assert "Zora" in rooms(rig).shown[-1]


@on_one_engine
async def test_before_it_is_published_a_group_has_none(rig: Rig) -> None:
    group = await form(rig, await rig.person("Zoé", "discord:1"), publish=False)

    async def publish(tx: Transaction) -> None:
        held = await find_round(tx, 1)
        assert held
        await publish_round(tx, held, START)

    async with rig.running():
        await rig.passes(10)
        assert rooms(rig).tried == 0
        assert await links(rig, group, 1) == []
        await rig.store.transact(publish)
        await rig.passes(10)
    assert [name for name, _url in await links(rig, group, 1)] == ["discord"]


@on_one_engine
async def test_what_is_asked_for_many_times_is_done_once(rig: Rig) -> None:
    group = await form(rig, await rig.person("Zoé", "discord:1"))
    for _ in range(5):
        await refresh(rig, group)
    async with rig.running():
        await rig.passes(60)
        assert rooms(rig).tried == 1
        await refresh(rig, group)
        await rig.passes(3)
    assert rooms(rig).tried == 2


@on_one_engine
async def test_a_place_is_looked_after_once_a_day(rig: Rig) -> None:
    await form(rig, await rig.person("Zoé", "discord:1"))
    async with rig.running():
        await rig.passes(60)
    assert rooms(rig).tried == 1
    async with later(rig, timedelta(days=1, minutes=1)).running():
        pass
    assert rooms(rig).tried == 2


async def test_an_account_that_comes_later_is_let_in(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    await form(rig, zoe)
    async with rig.running():
        await rig.passes(3)
        await rig.run(
            "INSERT INTO accounts (platform, native_id, participant_id, chat, name, linked_at)"
            " VALUES ('discord', '7', :zoe, '7', 'Zoé', 0)",
            zoe=zoe,
        )
        await rig.store.transact(lambda tx: outbox.refresh_membership(tx, zoe, rig.clock.now()))
        await rig.passes(3)
    assert [wanted.people for wanted in rooms(rig).kept] == [frozenset(), {"7"}]


async def test_a_dissolved_group_loses_its_place(rig: Rig) -> None:
    group = await form(rig, await rig.person("Zoé", "discord:1"))
    async with rig.running():
        await rig.passes(3)
        await rig.store.transact(lambda tx: remove_group(tx, group.id))
        await refresh(rig, group)
        await rig.passes(3)
    assert [created.title for created in rooms(rig).closed] == [rooms(rig).kept[0].title]
    assert await rig.store.read(lambda tx: tx.all("SELECT id FROM channels")) == []


@on_one_engine
async def test_a_refusal_is_said_once_and_holds_up_nothing(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoé", "discord:1"), await rig.person("Ali", "discord:2")
    rooms(rig).answers = [Rejected("Missing Permissions")] * 3
    await form(rig, zoe)
    await form(rig, ali, number=4)
    with structlog.testing.capture_logs() as logs:
        async with rig.running():
            await rig.tell(zoe, "Your group", telling=outbox.Telling.ANSWER)
            await rig.passes(60)
    assert rooms(rig).tried == 2
    assert [entry["reason"] for entry in logs if entry["log_level"] == "warning"] == ["Missing Permissions"]
    assert rig["discord"].texts == ["Your group"]
    async with later(rig, timedelta(hours=1, minutes=1)).running():
        pass
    assert len(rooms(rig).kept) == 1


async def test_a_passing_fault_is_waited_for(rig: Rig) -> None:
    await form(rig, await rig.person("Zoé", "discord:1"))
    rooms(rig).answers = [RetryLater("502"), RetryLater("too many", 20)]
    async with rig.running():
        await rig.passes(15)
        assert rooms(rig).tried == 2
        await rig.passes(15)
    assert len(rooms(rig).kept) == 1
    assert rooms(rig).kept[0].attempts == 2


async def test_more_asked_for_meanwhile_is_not_forgotten(rig: Rig) -> None:
    group = await form(rig, await rig.person("Zoé", "discord:1"))
    stored = await rig.store.read(lambda tx: channel_store.next_channel(tx, "discord"))
    assert stored
    await refresh(rig, group)
    await rig.store.transact(lambda tx: channel_store.mark_synchronised(tx, stored, START, START + timedelta(days=1)))
    async with rig.running():
        await rig.passes(3)
    assert rooms(rig).tried == 1


@on_one_engine
async def test_places_configured_after_publishing_are_made_at_the_next_start(store: Store) -> None:
    rig = Rig(store, "discord")
    await seed(store, rig.settings)
    async with rig.running():
        await rig.passes(3)
        await form(rig, await rig.person("Zoé", "discord:1"))
    rig["discord"].channels = Rooms("discord")
    async with rig.running(rig.program().run):
        await rig.passes(3)
    assert rooms(rig).tried == 1


@on_one_engine
async def test_with_several_rounds_no_two_places_have_one_name(rig: Rig) -> None:
    await rig.store.transact(lambda tx: add_round(tx, 2, START.date(), None))
    await form(rig, await rig.person("Zoé", "discord:1"))
    async with rig.running():
        await rig.passes(3)
    assert "3" in rooms(rig).kept[0].title
    assert rooms(rig).kept[0].title.endswith("1")


async def test_what_is_said_in_a_place_leaves_through_the_outbox(rig: Rig) -> None:
    group = await form(rig, await rig.person("Zoé", "discord:1", "telegram:1"))
    say = View(("Room B12 is locked, come to B14.",))
    assert await rig.store.transact(lambda tx: outbox.notify_channels(tx, [group.id], say, rig.clock.now())) == 0
    async with rig.running():
        await rig.passes(3)
        assert await rig.store.transact(lambda tx: outbox.notify_channels(tx, [group.id], say, rig.clock.now())) == 2
        rig.delivery.wake()
        await rig.passes(1)
    [message] = rig["discord"].arrived
    assert (message.text, message.chat, message.locale) == ("Room B12 is locked, come to B14.", "-1001", "fr")
    assert message.thread == f"thread-{rooms(rig).kept[0].id}"
    assert len(rig["telegram"].arrived) == 1


async def test_what_a_place_cannot_take_is_nobody_s_fault(rig: Rig) -> None:
    group = await form(rig, await rig.person("Zoé", "discord:1"))
    say = View(("Hello",))
    async with rig.running():
        await rig.passes(3)
        rig["discord"].answers["-1001"] = [Unreachable("missing access")]
        await rig.store.transact(lambda tx: outbox.notify_channels(tx, [group.id], say, rig.clock.now()))
        rig.delivery.wake()
        await rig.passes(1)
    states = await rig.states()
    assert ("unreachable", "out of reach") in states
    assert ("sent", None) in states  # on Telegram


async def test_what_was_said_in_a_place_deleted_by_hand_waits_until_it_is_made_again(rig: Rig) -> None:
    group = await form(rig, await rig.person("Zoé", "discord:1"))
    say = View(("Hello",))
    async with rig.running():
        await rig.passes(3)
        tried = rooms(rig).tried
        rig["discord"].answers["-1001"] = [ChannelGone("unknown channel")]
        await rig.store.transact(lambda tx: outbox.notify_channels(tx, [group.id], say, rig.clock.now()))
        rig.delivery.wake()
        await rig.passes(3)
        assert rooms(rig).tried == tried + 1
        assert rig["discord"].texts == []
        await rig.passes(5)
    assert rig["discord"].texts == ["Hello"]


@on_one_engine
async def test_a_place_that_cannot_be_made_again_is_given_up(rig: Rig) -> None:
    group = await form(rig, await rig.person("Zoé", "discord:1"))
    async with rig.running():
        await rig.passes(3)
        await rig.store.transact(lambda tx: outbox.notify_channels(tx, [group.id], View(("Hi",)), rig.clock.now()))
        rig["discord"].answers["-1001"] = [ChannelGone("unknown channel")] * 100
        rig.delivery.wake()
        await rig.passes(400)
    assert ("failed", "channel gone") in await rig.states()


async def test_a_forum_is_written_to_as_one_group(rig: Rig) -> None:
    made = [await form(rig, number=number) for number in range(1, 12)]
    async with rig.running():
        await rig.passes(10)
        say = View(("Hello",))
        await rig.store.transact(
            lambda tx: outbox.notify_channels(tx, [each.id for each in made], say, rig.clock.now())
        )
        rig.delivery.wake()
        await rig.passes(60)
    instants = [message.at for message in rig["telegram"].arrived]
    assert len(instants) == 11
    assert max(sum(start <= at < start + 60 for at in instants) for start in instants) <= 20
    assert [b - a for a, b in pairwise(instants[3:])] == pytest.approx([3.75] * 7, abs=0.3)


async def test_what_was_sent_before_there_were_places_is_kept(empty_store_url: str, tmp_path: Path) -> None:
    store = await open_store(empty_store_url, migrate=False)
    await upgrade(store, older_program(tmp_path, 7))

    async def send(tx: Transaction) -> None:
        await tx.run(
            "INSERT INTO accounts (platform, native_id, chat, name, linked_at) VALUES ('telegram', '1', '1', 'Zoé', 0)"
        )
        await tx.run(
            "INSERT INTO deliveries (platform, kind, account_id, content, due_at, created_at)"
            " VALUES ('telegram', 'message', 1, 'Welcome', 0, 0)"
        )

    await store.transact(send)
    await upgrade(store)
    await store.transact(send_to_place)
    rows = await store.read(lambda tx: tx.all("SELECT id, account_id, content FROM deliveries ORDER BY id"))
    assert [(row["id"], row["account_id"], row["content"]) for row in rows] == [(1, 1, "Welcome"), (2, None, "Hello")]
    await store.transact(lambda tx: tx.run("DELETE FROM accounts"))
    rows = await store.read(lambda tx: tx.all("SELECT id FROM deliveries"))
    assert [row["id"] for row in rows] == [2]
    await store.close()


async def send_to_place(tx: Transaction) -> None:
    await tx.run("INSERT INTO channels (group_id, platform, due_at) VALUES (1, 'telegram', 0)")
    await tx.run(
        "INSERT INTO deliveries (platform, kind, channel_id, content, due_at, created_at)"
        " VALUES ('telegram', 'message', 1, 'Hello', 0, 0)"
    )
