"""Nickname and roles on Discord follow what was decided, as it stands when they are given."""

from __future__ import annotations

import pytest

from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.database.engine import Store, Transaction
from bot.delivery import outbox
from bot.delivery.platform import Membership
from bot.people import participant_store
from handlers.themes.store import put_choice
from tests.delivery.rig import Rig
from tests.engines import on_one_engine
from tests.world import START, seed


@pytest.fixture
async def rig(store: Store) -> Rig:
    rig = Rig(store, "telegram", "discord")
    await seed(store, rig.settings)
    return rig


async def refresh(rig: Rig, person: int, **how: bool) -> None:
    await rig.store.transact(lambda tx: outbox.refresh_membership(tx, person, START, **how))
    rig.delivery.wake()


@on_one_engine
async def test_it_is_made_of_what_holds_when_it_is_given(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "discord:1", "telegram:1")
    await refresh(rig, zoe)

    async def choose(tx: Transaction) -> None:
        await put_choice(tx, zoe, "civic", None, START)

    await rig.store.transact(choose)
    async with rig.running():
        await rig.passes(1)
        await rig.store.transact(lambda tx: participant_store.set_status(tx, zoe, "withdrawn"))
        await refresh(rig, zoe)
        await rig.passes(1)
    assert rig["discord"].placed == [
        Membership("1", "Zoé D.", "civic", attends=True),
        Membership("1", "Zoé D.", "civic", attends=False),
    ]
    assert rig["telegram"].placed == []


@on_one_engine
@pytest.mark.parametrize("refusal", [Rejected("missing permissions"), Unreachable("not a member")])
async def test_a_refusal_leaves_messages_and_account_alone(rig: Rig, refusal: Exception) -> None:
    zoe = await rig.person("Zoé", "discord:1")
    rig["discord"].answers["1"] = [refusal]
    async with rig.running():
        await refresh(rig, zoe)
        await rig.passes(1)
        await rig.tell(zoe, "Your answer", telling=outbox.Telling.ANSWER)
        await rig.passes(1)
    assert rig["discord"].placed == []
    assert rig["discord"].texts == ["Your answer"]


async def test_a_fault_that_passes_is_waited_for(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "discord:1")
    await rig.run("UPDATE participants SET stopped = 1")  # roles are no push
    rig["discord"].answers["1"] = [RetryLater("503")]
    async with rig.running():
        await refresh(rig, zoe)
        await rig.passes(2)
    assert [membership.name for membership in rig["discord"].placed] == ["Zoé D."]


async def test_whose_account_is_nobodys_loses_them(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "discord:1")
    await refresh(rig, zoe, ended=True)
    await rig.run("UPDATE accounts SET participant_id = NULL")
    async with rig.running():
        await rig.passes(1)
    assert rig["discord"].placed == [Membership("1", "", None, attends=False)]
