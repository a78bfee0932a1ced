"""What an answer showed in a message that is gone is forgotten: nothing edits that message any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.content.errors import MessageGone
from bot.content.roles import Who
from bot.content.stored_views import pack
from bot.content.views import View
from bot.conversation import live_screens, shown_screen_store
from bot.conversation.live_screens import LiveScreen
from bot.conversation.shown_screen_store import ShownScreen
from bot.database.engine import Store, Transaction
from bot.delivery import delivery_store
from bot.delivery.worker import Delivery
from bot.people import participant_store
from bot.people.participants import Account
from tests.delivery.rig import Rig
from tests.engines import on_one_engine
from tests.world import CONTRIBUTIONS

BELOW = pack(View(("Sent again: see below.",)))[0]
OVER = pack(View(("Over.",)))[0]


@pytest.fixture
async def rig(store: Store) -> Rig:
    rig = Rig(store, "telegram")
    await rig.person("Zoé", "telegram:1", organises=True)
    return rig


async def _account(rig: Rig) -> Account:
    account, _person = await rig.store.read(lambda tx: participant_store.identify(tx, "telegram", "1"))
    assert account is not None
    return account


async def _tell(rig: Rig, text: str) -> None:
    [zoe] = await rig.store.read(lambda tx: tx.all("SELECT id FROM participants"))
    await rig.tell(zoe["id"], text)
    await rig.passes(3)


async def _answer(rig: Rig, native_id: str, *, minutes: int = 0) -> None:
    """An answer with the screen «go-moi», in the place of this message; `minutes` later it is over."""
    at = rig.clock.now() + timedelta(minutes=minutes) if minutes else None
    account = (await _account(rig)).id or 0
    shown = ShownScreen(account, native_id, in_place=True, screen="go-moi", at=at, later=OVER if at else None)
    await rig.change(shown_screen_store.record, [shown], BELOW, rig.clock.now())
    rig.delivery.wake()


async def _known(rig: Rig) -> list[str]:
    rows = await rig.store.read(lambda tx: tx.all("SELECT native_id FROM shown_screens ORDER BY native_id"))
    return [row["native_id"] for row in rows]


async def test_who_lost_their_role_with_the_message_that_showed_a_screen_is_shown_it_again_and_no_more(
    rig: Rig,
) -> None:
    async with rig.running():
        await _tell(rig, "For the team")
        await _answer(rig, "telegram-1", minutes=30)
        account = await _account(rig)

        async def take_back(tx: Transaction) -> None:
            await tx.run("UPDATE deliveries SET who = :who WHERE op = 'send'", who=int(Who.ORGANISER))
            await delivery_store.take_back(tx, [account.id or 0], Who.ORGANISER, rig.clock.now())

        await rig.store.transact(take_back)
        rig.delivery.wake()
        await rig.passes(3)
        assert rig["telegram"].screen("1") == []
        await _answer(rig, "telegram-9")
        await rig.passes(3600)
    assert (rig["telegram"].edits, await _known(rig)) == (0, ["telegram-9"])


async def test_what_its_reader_deleted_is_tried_to_be_edited_once(rig: Rig) -> None:
    async with rig.running():
        await _tell(rig, "Welcome")
        await _answer(rig, "telegram-1", minutes=1)
        rig["telegram"].answers["1"] = [MessageGone("message to edit not found")]
        await rig.passes(120)
        assert (rig["telegram"].answers["1"], await _known(rig)) == ([], [])
        await _answer(rig, "telegram-9")
        await rig.passes(5)
    assert (rig["telegram"].edits, await _known(rig)) == (0, ["telegram-9"])


@on_one_engine
async def test_an_answer_that_was_sent_anew_when_its_time_was_over_is_known_where_it_is(rig: Rig) -> None:
    rig["telegram"].moved["telegram-1"] = "telegram-7"
    async with rig.running():
        await _tell(rig, "Welcome")
        await _answer(rig, "telegram-1", minutes=1)
        await rig.passes(120)
        assert await _known(rig) == ["telegram-7"]
        await _answer(rig, "telegram-9")
        await rig.passes(5)
    assert rig["telegram"].shown["1"]["telegram-7"] == "Sent again: see below."
    assert await _known(rig) == ["telegram-9"]


@on_one_engine
async def test_what_is_left_over_of_an_answer_that_became_shorter_is_edited_by_nothing(rig: Rig) -> None:
    rig["telegram"].moved["telegram-1,telegram-2"] = "telegram-1"
    async with rig.running():
        await _answer(rig, "telegram-1,telegram-2", minutes=1)
        await rig.passes(120)
        assert await _known(rig) == ["telegram-1"]
        await _answer(rig, "telegram-9")
        await rig.passes(5)
    assert rig["telegram"].shown["1"] == {"telegram-1": "Sent again: see below."}


@on_one_engine
async def test_a_live_screen_that_is_over_takes_what_was_answered_in_its_place_along(rig: Rig) -> None:
    running = [True]

    async def draw(_tx: Transaction, _subject: str, _now: object) -> View | None:
        return View(("On stage",)) if running[0] else None

    kinds = {"stage": LiveScreen(draw)}
    rig.delivery = Delivery(rig.store, rig.recorders, rig.settings, rig.clock, CONTRIBUTIONS, kinds)
    account = await _account(rig)
    async with rig.running():
        await rig.change(live_screens.show, "stage:1", account)
        rig.delivery.wake()
        await rig.passes(5)
        assert rig["telegram"].screen("1") == ["On stage"]
        await _answer(rig, "telegram-1", minutes=30)
        running[0] = False
        await rig.change(live_screens.touch, "stage:1")
        rig.delivery.wake()
        await rig.passes(10)
        assert (rig["telegram"].screen("1"), await _known(rig)) == ([], [])
        await _answer(rig, "telegram-9")
        await rig.passes(3600)
    assert rig["telegram"].edits == 0
