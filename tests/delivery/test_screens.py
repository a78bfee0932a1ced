"""Messages that change while they are looked at."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.content.views import Picture, View
from bot.conversation import live_screen_store, live_screens
from bot.conversation.live_screens import LiveScreen
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.delivery.worker import Delivery
from bot.logs import add_reference, under_reference
from bot.people import participant_store
from bot.people.participants import Account
from tests.delivery.rig import Rig
from tests.engines import on_one_engine
from tests.world import CONTRIBUTIONS, START


class Counter:
    """Draws how far something counted."""

    def __init__(self) -> None:
        self.at: int | None = 0
        self.drawn = 0
        self.fails = ""
        """The subject that cannot be drawn, '' for none."""

    async def __call__(self, _tx: Transaction, subject: str, _now: datetime) -> View | None:
        self.drawn += 1
        if subject == self.fails:
            raise ValueError("a defect")
        return View((f"{subject}: {self.at}",)) if self.at is not None else None


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def rig(store: Store, counter: Counter) -> Rig:
    rig = Rig(store, "telegram")
    rig.delivery = Delivery(
        rig.store, rig.recorders, rig.settings, rig.clock, CONTRIBUTIONS, {"count": LiveScreen(counter)}
    )
    return rig


async def _account(rig: Rig) -> Account:
    await rig.person("Zoé", "telegram:1")
    account, _person = await rig.store.read(lambda tx: participant_store.identify(tx, "telegram", "1"))
    assert account is not None
    return account


async def _touch(rig: Rig) -> None:
    await rig.store.transact(lambda tx: live_screens.touch(tx, "count:sheep"))
    rig.delivery.wake()


async def test_messages_leave_and_screens_are_drawn_by_a_clock_that_moves(store: Store, counter: Counter) -> None:
    rig = Rig(store, "telegram", moving=True)
    kinds = {"count": LiveScreen(counter)}
    rig.delivery = Delivery(rig.store, rig.recorders, rig.settings, rig.clock, CONTRIBUTIONS, kinds)
    account = await _account(rig)
    [zoe] = await rig.store.read(lambda tx: tx.all("SELECT id FROM participants"))
    async with asyncio.timeout(30), rig.running():
        await rig.tell(zoe["id"], "Welcome")
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(6)
        assert sorted(rig["telegram"].screen("1")) == ["Welcome", "sheep: 0"]
        assert await rig.rests()


@on_one_engine
async def test_a_screen_that_is_shown_again_goes_where_it_stood_before(rig: Rig) -> None:
    account = await _account(rig)
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(6)
        assert rig["telegram"].screen("1") == ["sheep: 0"]
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(6)
        assert rig["telegram"].screen("1") == ["sheep: 0"]
        assert await rig.store.read(lambda tx: tx.value(int, "SELECT COUNT(*) FROM screens")) == 1


@on_one_engine
async def test_it_is_edited_to_its_latest_state_every_three_seconds_at_most(rig: Rig, counter: Counter) -> None:
    account = await _account(rig)
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(1)
        assert rig["telegram"].screen("1") == ["sheep: 0"]
        for counter.at in range(1, 51):
            await _touch(rig)
            await rig.passes(0.2)
        await rig.passes(3)
    assert rig["telegram"].screen("1") == ["sheep: 50"]
    assert 3 <= rig["telegram"].edits <= 5


@on_one_engine
async def test_what_did_not_change_is_not_edited(rig: Rig, counter: Counter) -> None:
    account = await _account(rig)
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(1)
        drawn = counter.drawn
        await _touch(rig)
        await rig.passes(5)
    assert counter.drawn == drawn + 1
    assert rig["telegram"].edits == 0


@on_one_engine
@pytest.mark.parametrize("hindrance", ["a full chat", "a refusal", "a defect"])
async def test_what_was_put_off_and_did_not_change_is_not_edited(rig: Rig, counter: Counter, hindrance: str) -> None:
    account = await _account(rig)
    [zoe] = await rig.store.read(lambda tx: tx.all("SELECT id FROM participants"))
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(10)
        match hindrance:
            case "a full chat":
                await rig.tell(zoe["id"], *"ABCDE")
                await rig.passes(0.5)
            case "a refusal":
                rig["telegram"].answers["1"] = [RetryLater("too many", 2)]
                counter.at = 1
            case _:
                counter.fails = "sheep"
        await _touch(rig)
        await rig.passes(0.1)
        counter.at, counter.fails = 0, ""
        drawn = counter.drawn
        await rig.passes(40)
    assert counter.drawn > drawn, "it was put off"
    assert rig["telegram"].screen("1")[0] == "sheep: 0"
    assert rig["telegram"].edits == 0


@on_one_engine
async def test_what_may_have_been_edited_is_edited_again(rig: Rig, counter: Counter) -> None:
    account = await _account(rig)
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(10)
        rig["telegram"].answers["1"] = [RetryLater("the answer was lost", 2, doubtful=True)]
        counter.at = 1
        await _touch(rig)
        await rig.passes(0.1)
        counter.at = 0  # as before, but the message may show 1
        await rig.passes(10)
    assert rig["telegram"].edits == 1


async def test_what_was_looked_at_in_vain_shows_the_next_change_at_once(rig: Rig, counter: Counter) -> None:
    account = await _account(rig)
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(4)
        await _touch(rig)
        await rig.passes(0.2)
        counter.at = 1
        await _touch(rig)
        await rig.passes(0.5)
        assert rig["telegram"].screen("1") == ["sheep: 1"]


async def test_it_goes_on_after_a_restart_in_the_same_message(rig: Rig, counter: Counter) -> None:
    account = await _account(rig)
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(1)
    counter.at = 7
    await _touch(rig)
    async with rig.running():
        await rig.passes(6)
    assert rig["telegram"].screen("1") == ["sheep: 7"]


async def test_a_passing_fault_is_waited_for_and_who_left_is_left_alone(rig: Rig, counter: Counter) -> None:
    account = await _account(rig)
    rig["telegram"].answers["1"] = [RetryLater("too many", 9)]
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(8)
        assert len(rig["telegram"].tried) == 1
        await rig.passes(4)
        assert rig["telegram"].screen("1") == ["sheep: 0"]
        counter.at = 1
        rig["telegram"].answers["1"] = [Unreachable("blocked")]
        await _touch(rig)
        await rig.passes(6)
        await _touch(rig)
        await rig.passes(6)
    assert await rig.store.read(lambda tx: tx.all("SELECT key FROM screens")) == []


@on_one_engine
async def test_one_that_is_over_goes(rig: Rig, counter: Counter) -> None:
    account = await _account(rig)
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(1)
        assert rig["telegram"].screen("1") == ["sheep: 0"]
        counter.at = None
        await _touch(rig)
        await rig.passes(6)
    assert rig["telegram"].screen("1") == []
    assert await rig.store.read(lambda tx: tx.all("SELECT key FROM screens")) == []


@on_one_engine
async def test_one_that_is_over_and_cannot_be_deleted_says_so(rig: Rig, counter: Counter) -> None:
    account = await _account(rig)
    rig["telegram"].kept.add("1")
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account, pinned=True))
        rig.delivery.wake()
        await rig.passes(1)
        assert len(rig["telegram"].pinned) == 1
        counter.at = None
        await _touch(rig)
        await rig.passes(6)
    assert rig["telegram"].screen("1") == ["This is over: nothing is shown here any more."]
    assert rig["telegram"].pinned == []


@on_one_engine
async def test_who_opened_something_else_in_its_place_keeps_that(rig: Rig, counter: Counter) -> None:
    account = await _account(rig)
    async with rig.running():
        await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account))
        rig.delivery.wake()
        await rig.passes(1)
        drawn = counter.drawn
        await rig.store.transact(lambda tx: live_screens.leave(tx, "count:sheep", account))
        counter.at = 1
        await _touch(rig)
        await rig.passes(10)
        assert counter.drawn == drawn


@on_one_engine
async def test_one_of_several_messages_waits_until_its_chat_may_get_all(rig: Rig) -> None:
    pages = View(("A list",), attachments=(Picture(b"png", ""),) * 3)

    async def draw(_tx: Transaction, _subject: str, _now: datetime) -> View:
        return pages

    kinds = {"list": LiveScreen(draw)}
    rig.delivery = Delivery(rig.store, rig.recorders, rig.settings, rig.clock, CONTRIBUTIONS, kinds)
    account = await _account(rig)
    [zoe] = await rig.store.read(lambda tx: tx.all("SELECT id FROM participants"))
    async with rig.running():
        await rig.tell(zoe["id"], "one", "two")
        await rig.passes(0.1)
        await rig.store.transact(lambda tx: live_screens.show(tx, "list:1", account))
        rig.delivery.wake()
        await rig.passes(10)
    assert [(message.text, int(message.at)) for message in rig["telegram"].arrived] == [
        ("one", 0),
        ("two", 0),
        ("A list", 2),
    ]


async def _show_pinned(rig: Rig, native_id: str = "") -> None:
    account = await _account(rig)
    await rig.store.transact(lambda tx: live_screens.show(tx, "count:sheep", account, native_id, pinned=True))
    rig.delivery.wake()


@on_one_engine
async def test_one_to_be_pinned_is_pinned_once_it_was_sent(rig: Rig, counter: Counter) -> None:
    async with rig.running():
        await _show_pinned(rig)
        await rig.passes(1)
        for counter.at in range(1, 4):
            await _touch(rig)
            await rig.passes(4)
    assert rig["telegram"].screen("1") == ["sheep: 3"]
    assert rig["telegram"].pinned == [("1", "telegram-1")]


async def test_a_message_that_is_there_already_is_pinned_at_once(rig: Rig, counter: Counter) -> None:
    async with rig.running():
        await _show_pinned(rig, native_id="77")
        await rig.passes(1)
    assert rig["telegram"].pinned == [("1", "77")]


@on_one_engine
async def test_one_that_cannot_be_pinned_is_a_message_like_others(rig: Rig, counter: Counter) -> None:
    async with rig.running():
        rig["telegram"].refusals = [Rejected("not enough rights")]
        await _show_pinned(rig)
        await rig.passes(1)
        counter.at = 1
        await _touch(rig)
        await rig.passes(4)
    assert rig["telegram"].screen("1") == ["sheep: 1"]
    assert rig["telegram"].pinned == []


@on_one_engine
async def test_what_goes_wrong_is_logged_under_the_reference_of_what_changed_it_last(
    rig: Rig, counter: Counter
) -> None:
    async with rig.running():
        rig["telegram"].refusals = [RetryLater("too many", 1), Rejected("not enough rights")]
        with capture_logs(processors=[add_reference]) as lines:
            with under_reference("0000000A"):
                await _show_pinned(rig)
            await rig.passes(4)
            counter.at = 1
            with under_reference("0000000B"):
                await _touch(rig)
            await rig.passes(4)
    told = [(line["event"], line["reference"]) for line in lines]
    assert told == [("delivery.pin_postponed", "0000000A"), ("delivery.pin_refused", "0000000B")]


@on_one_engine
async def test_pinning_that_is_put_off_is_tried_with_the_next_state(rig: Rig, counter: Counter) -> None:
    async with rig.running():
        rig["telegram"].refusals = [RetryLater("too many", 9)]
        await _show_pinned(rig)
        await rig.passes(1)
        assert rig["telegram"].pinned == []
        counter.at = 1
        await _touch(rig)
        await rig.passes(4)
    assert rig["telegram"].pinned == [("1", "telegram-1")]


@on_one_engine
async def test_one_that_had_to_be_sent_anew_is_pinned_anew(rig: Rig, counter: Counter) -> None:
    async with rig.running():
        await _show_pinned(rig)
        await rig.passes(1)
        rig["telegram"].moved["telegram-1"] = "telegram-9"
        counter.at = 1
        await _touch(rig)
        await rig.passes(4)
    assert rig["telegram"].pinned == [("1", "telegram-1"), ("1", "telegram-9")]


async def _crowd(rig: Rig, people: int) -> list[Account]:
    """People on Telegram, each with an account of their own."""
    accounts = []
    for place in range(1, people + 1):
        await rig.person(f"P{place}", f"telegram:{place}")
        account, _person = await rig.store.read(
            lambda tx, chat=str(place): participant_store.identify(tx, "telegram", chat)  # type: ignore[misc]
        )
        assert account is not None
        accounts.append(account)
    return accounts


async def _show(rig: Rig, key: str, accounts: Sequence[Account]) -> None:
    """Show a screen in new messages."""

    async def unit(tx: Transaction) -> None:
        for account in accounts:
            await live_screens.show(tx, key, account)

    await rig.store.transact(unit)
    rig.delivery.wake()


@on_one_engine
async def test_what_many_are_shown_does_not_hold_up_what_one_is_shown(rig: Rig, counter: Counter) -> None:
    *many, one = await _crowd(rig, 60)
    async with rig.running():
        await _show(rig, "count:sheep", many)
        await _show(rig, "count:wolf", [one])
        await rig.passes(1)
        sent = [message.chat for message in rig["telegram"].arrived]
        assert sent.index(one.chat) < 20
        await rig.passes(9)
        assert len(rig["telegram"].arrived) == 60
        arrived = len(rig["telegram"].arrived)
        counter.at = 1
        await rig.store.transact(lambda tx: live_screens.touch(tx, "count:sheep"))
        await rig.store.transact(lambda tx: live_screens.touch(tx, "count:wolf"))
        rig.delivery.wake()
        await rig.passes(1)
        assert rig["telegram"].screen(one.chat) == ["wolf: 1"]
        assert 0 < sum(rig["telegram"].screen(account.chat) == ["sheep: 1"] for account in many) < 40
        await rig.passes(5)
    assert [rig["telegram"].screen(account.chat) for account in many] == [["sheep: 1"]] * 59
    assert len(rig["telegram"].arrived) == arrived


@on_one_engine
async def test_edits_keep_the_pace_of_the_platform(rig: Rig, counter: Counter) -> None:
    accounts = await _crowd(rig, 100)
    async with rig.running():
        await _show(rig, "count:sheep", accounts)
        await rig.passes(8)
        assert len(rig["telegram"].arrived) == 100
        at = [message.at for message in rig["telegram"].arrived]
        assert max(sum(instant <= other < instant + 1 for other in at) for instant in at) <= 30
        counter.at = 1
        await _touch(rig)
        edits = []
        for _second in range(6):
            before = rig["telegram"].edits
            await rig.passes(1)
            edits.append(rig["telegram"].edits - before)
    assert sum(edits) == 100
    assert max(edits) <= 30


@on_one_engine
async def test_a_screen_is_drawn_once_for_many(rig: Rig, counter: Counter) -> None:
    accounts = await _crowd(rig, 16)
    async with rig.running():
        await _show(rig, "count:sheep", accounts)
        await rig.passes(3)
    assert len(rig["telegram"].arrived) == 16
    assert counter.drawn == 1


@on_one_engine
async def test_deliveries_go_first_while_many_screens_are_edited(rig: Rig, counter: Counter) -> None:
    accounts = await _crowd(rig, 90)
    reader = await rig.person("Ida", "telegram:500")
    async with rig.running():
        await _show(rig, "count:sheep", accounts)
        await rig.passes(0.5)
        await rig.tell(reader, "You are next.")
        await rig.passes(0.5)
        assert rig["telegram"].screen("500") == ["You are next."]


@on_one_engine
async def test_what_changes_all_the_time_does_not_hold_up_messages_to_who_looks_at_it(
    rig: Rig, counter: Counter
) -> None:
    kinds = {"count": LiveScreen(counter, every=timedelta(seconds=0.9))}
    rig.delivery = Delivery(rig.store, rig.recorders, rig.settings, rig.clock, CONTRIBUTIONS, kinds)
    account = await _account(rig)
    [zoe] = await rig.store.read(lambda tx: tx.all("SELECT id FROM participants"))
    async with rig.running():
        await _show(rig, "count:sheep", [account])
        await rig.passes(1)
        for turn in range(20):
            if turn % 4 == 0:
                await rig.tell(zoe["id"], f"Help {turn}!")
            for _change in range(5):
                counter.at = (counter.at or 0) + 1
                await _touch(rig)
                await rig.passes(0.1)
            if turn % 4 == 0:
                assert f"Help {turn}!" in [message.text for message in rig["telegram"].arrived]
    assert rig["telegram"].edits >= 5, "and it goes on changing"


async def test_one_whose_drawing_fails_is_tried_again_and_holds_up_no_other(rig: Rig, counter: Counter) -> None:
    one, other = await _crowd(rig, 2)
    async with rig.running():
        counter.fails = "wolf"
        with capture_logs() as lines:  # from before, as the program goes on by itself
            await _show(rig, "count:wolf", [one])
            await _show(rig, "count:sheep", [other])
            await rig.passes(2)
        assert [line["event"] for line in lines] == ["delivery.screen_failed"]
        assert (rig["telegram"].screen(one.chat), rig["telegram"].screen(other.chat)) == ([], ["sheep: 0"])
        counter.fails = ""
        await rig.passes(31)
        assert rig["telegram"].screen(one.chat) == ["wolf: 0"]


@on_one_engine
async def test_a_flood_error_pauses_everything(rig: Rig, counter: Counter) -> None:
    first, second = await _crowd(rig, 2)
    async with rig.running():
        rig["telegram"].answers[first.chat] = [RetryLater("too many", 9, whole_platform=True)]
        await _show(rig, "count:wolf", [first])
        await rig.passes(1)
        await _show(rig, "count:sheep", [second])
        await rig.passes(7)
        assert rig["telegram"].arrived == []
        await rig.passes(3)
    assert {message.chat for message in rig["telegram"].arrived} == {first.chat, second.chat}


async def test_what_may_have_arrived_is_sent_again_without_a_sound(rig: Rig, counter: Counter) -> None:
    certain, lost, killed = await _crowd(rig, 3)
    rig["telegram"].answers[certain.chat] = [RetryLater("too many", 4)]
    rig["telegram"].answers[lost.chat] = [RetryLater("no answer", doubtful=True)]
    async with rig.running():
        await _show(rig, "count:sheep", [certain, lost])
        await rig.passes(1)
        rig["telegram"].gate.clear()
        await _show(rig, "count:sheep", [killed])
        await rig.passes(1)
    rig["telegram"].gate.set()
    async with rig.running():
        await rig.passes(9)
    quiet = {message.chat: message.view.quiet for message in rig["telegram"].arrived}
    assert quiet == {certain.chat: False, lost.chat: True, killed.chat: True}


async def test_the_store_that_goes_away_in_the_middle_is_waited_for(rig: Rig, counter: Counter) -> None:
    accounts = await _crowd(rig, 3)
    async with rig.running():
        rig["telegram"].gate.clear()
        await _show(rig, "count:sheep", accounts)
        await rig.passes(1)
        rig.store.broken = True
        rig["telegram"].gate.set()
        await rig.passes(1)
        rig.store.broken = False
        counter.at = 1
        await rig.passes(9)
        assert {rig["telegram"].screen(account.chat)[-1] for account in accounts} == {"sheep: 1"}


async def test_whoever_looks_for_outdated_screens_does_not_go_through_all_accounts(tmp_path: Path) -> None:
    asked: list[str] = []
    store = await open_store(f"sqlite:///{tmp_path / 'screens.db'}")

    async def look(tx: Transaction) -> None:
        tx._connection.set_trace_callback(asked.append)  # type: ignore[attr-defined]
        await live_screen_store.behind(tx, "telegram", START, 10)
        await live_screen_store.next_due(tx, "telegram")
        await live_screen_store.take_up_again(tx, "telegram")
        tx._connection.set_trace_callback(None)  # type: ignore[attr-defined]
        plans = [[row["detail"] for row in await tx.all(f"EXPLAIN QUERY PLAN {statement}")] for statement in asked]
        assert [len(plan) > 1 for plan in plans] == [True, True, True]
        steps = [step for plan in plans for step in plan]
        assert [step for step in steps if re.match(r"SEARCH a |SCAN a\b|SEARCH accounts|SCAN accounts", step)] == [
            "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)"
        ] * 3

    try:
        await store.transact(look)
    finally:
        await store.close()
