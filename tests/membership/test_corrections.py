"""Who is erased while something about them is on its way: it is corrected where it arrives, and told without them."""

from __future__ import annotations

import pytest

from bot.content.errors import Rejected, RetryLater
from bot.content.texts import Person, _
from bot.content.views import View
from bot.database.engine import Store
from bot.delivery import outbox
from bot.membership.erasure_store import CorrectedSoFar
from tests.delivery.rig import Rig
from tests.engines import on_one_engine


@pytest.fixture
async def rig(store: Store) -> Rig:
    """On Telegram, once per engine."""
    return Rig(store, "telegram")


@on_one_engine
@pytest.mark.parametrize("about", [True, False])
async def test_what_is_being_sent_is_corrected_once_it_arrived(rig: Rig, about: bool) -> None:
    zoe, ali = await rig.person("Zoe"), await rig.person("Ali", "telegram:2")
    rig["telegram"].gate.clear()
    async with rig.running():
        await rig.tell(ali, _("{name} came late", name=Person(zoe, "short")), about=zoe if about else None)
        await rig.passes(1)
        assert [message.text for message in rig["telegram"].tried] == ["Zoe D. came late"]
        await rig.erase(zoe)
        rig["telegram"].gate.set()
        await rig.passes(10)
    assert rig["telegram"].screen("2") == ["Someone came late"]
    assert (await rig.states())[0] == ("sent", None)


async def test_what_had_arrived_is_corrected_though_the_reader_stopped_all_pushes(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoe"), await rig.person("Ali", "telegram:2")
    await rig.tell(ali, _("{name} came late", name=Person(zoe, "short")), "Something else")
    async with rig.running():
        await rig.passes(5)
        await rig.run("UPDATE participants SET stopped = 1")
        await rig.erase(zoe)
        await rig.passes(10)
    assert rig["telegram"].screen("2") == ["Someone came late", "Something else"]
    assert rig["telegram"].edits == 1


async def test_what_is_to_be_corrected_goes_where_the_role_to_read_it_is_lost(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoe"), await rig.person("Ali", "telegram:2")
    await rig.run("UPDATE participants SET organises = 1 WHERE id = :id", id=ali)
    await rig.store.transact(
        lambda tx: outbox.notify_organisers(
            tx, View((_("{name} came late", name=Person(zoe, "short")),)), rig.clock.now(), outbox.Telling.NEWS
        )
    )
    async with rig.running():
        rig.delivery.wake()
        await rig.passes(5)
    assert rig["telegram"].screen("2") == ["Zoe D. came late"]
    await rig.erase(zoe)
    await rig.run("UPDATE participants SET organises = 0 WHERE id = :id", id=ali)
    async with rig.running():
        await rig.passes(5)
    assert rig["telegram"].screen("2") == []
    assert (await rig.states())[0] == ("withdrawn", None)


@on_one_engine
async def test_what_has_not_left_leaves_without_them(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoe"), await rig.person("Ali", "telegram:2")
    await rig.tell(ali, _("{name} came late", name=Person(zoe, "short")))
    await rig.tell(ali, _("{name} left", name=Person(zoe, "short")), about=zoe)
    await rig.erase(zoe)
    async with rig.running():
        await rig.passes(5)
    assert rig["telegram"].texts == ["Someone came late"]


async def test_two_who_are_named_in_one_message_can_both_go(rig: Rig) -> None:
    zoe, mia, ali = await rig.person("Zoe"), await rig.person("Mia"), await rig.person("Ali", "telegram:2")
    await rig.tell(ali, _("{one} and {other} came late", one=Person(zoe, "short"), other=Person(mia, "short")))
    async with rig.running():
        await rig.passes(5)
        await rig.erase(zoe)
        rig["telegram"].gate.clear()
        await rig.passes(1)
        await rig.erase(mia)
        rig["telegram"].gate.set()
        await rig.passes(10)
    assert rig["telegram"].screen("2") == ["Someone and someone came late"]


@on_one_engine
async def test_what_arrived_about_them_and_waits_for_an_edit_is_corrected(rig: Rig) -> None:
    zoe, mia, ali = await rig.person("Zoe"), await rig.person("Mia"), await rig.person("Ali", "telegram:2")
    both = _("{one} and {other} came late", one=Person(zoe, "short"), other=Person(mia, "short"))
    await rig.tell(ali, both, about=zoe)
    async with rig.running():
        await rig.passes(5)
        assert rig["telegram"].screen("2") == ["Zoe D. and Mia D. came late"]
        await rig.erase(mia)
        await rig.erase(zoe)  # before the edit for Mia has left
        await rig.passes(10)
    assert rig["telegram"].screen("2") == ["Someone and someone came late"]


@pytest.mark.parametrize("refusal", [RetryLater("busy", 20), Rejected("no")], ids=["later", "never"])
async def test_an_edit_that_did_not_arrive_is_tried_with_what_it_says_now(rig: Rig, refusal: Exception) -> None:
    zoe, ali = await rig.person("Zoe"), await rig.person("Ali", "telegram:2")
    await rig.tell(ali, _("{name} came late", name=Person(zoe, "short")), about=zoe)
    async with rig.running():
        await rig.passes(5)
        rig["telegram"].answers["2"].append(refusal)
        await rig.run("UPDATE deliveries SET state = 'waiting', op = 'edit', due_at = 0")
        rig.delivery.wake()
        await rig.passes(2)
        await rig.erase(zoe)
        await rig.passes(60)
    assert rig["telegram"].screen("2") == ["Someone came late"]


def test_how_far_a_correction_came_is_read_as_it_was_stored() -> None:
    progress = CorrectedSoFar(deliveries=7, page_messages=3, stale=(5, 6))
    assert CorrectedSoFar.load(progress.dump()) == progress
    assert CorrectedSoFar.load("") == CorrectedSoFar()
    assert CorrectedSoFar.load('{"deliveries": 2, "page_messages": 0, "stale": [2]}') == CorrectedSoFar(2, 0, (2,)), (
        "as before"
    )
