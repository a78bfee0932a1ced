"""Who is called like a common word, or numbered like a room: an erasure stops nothing of others, and loses nothing."""

from __future__ import annotations

from functools import partial

import pytest

from bot.background import job_store
from bot.content.texts import Name, _
from bot.content.views import JobRequest, View
from bot.conversation import dialogue_store, journal_store
from bot.conversation.dialogue_store import Dialogue
from bot.database.engine import Store, Transaction
from bot.membership.erasure import erase
from bot.people import participant_store
from bot.platforms.web import page_store
from tests.delivery.rig import NO_FILES, Rig
from tests.engines import on_one_engine
from tests.world import DECLARED


@pytest.fixture
async def rig(store: Store) -> Rig:
    """On Telegram, once per engine."""
    return Rig(store, "telegram")


@on_one_engine
@pytest.mark.parametrize("called", ["Europe/Paris", "Rencontres", "en"])
async def test_a_name_that_stands_in_every_job_stops_none(rig: Rig, called: str) -> None:
    ali, now = await rig.person("Ali", "telegram:2"), rig.clock.now()
    person = await rig.change(participant_store.add, ref="W-1", given_name=called, family_name="", now=now)
    asked = JobRequest("mydata", {"person": ali, "reader": ["en", "Europe/Paris"], "gathering": "Rencontres"})
    await rig.change(job_store.add, asked, ali, None, now)
    await rig.erase(person.id)
    assert await rig.store.read(job_store.count) == 1


async def test_a_job_with_their_reference_or_address_is_given_up(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoe"), await rig.person("Ali", "telegram:2")
    await rig.run("UPDATE participants SET ref = '6', email = 'z@example.org' WHERE id = :id", id=zoe)
    for payload in ({"people": [{"ref": "6"}]}, {"to": "z@example.org"}, {"room": "6"}):
        await rig.change(job_store.add, JobRequest("list", payload), ali, None, rig.clock.now())
    await rig.erase(zoe)
    rows = await rig.store.read(lambda tx: tx.all("SELECT payload FROM jobs"))
    assert [row["payload"] for row in rows] == ['{"room": "6"}']


async def test_a_number_in_the_list_takes_no_draft_and_no_change_of_others(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoe"), await rig.person("Ali", "telegram:2")
    await rig.run("UPDATE participants SET ref = '6' WHERE id = :id", id=zoe)
    draft = Dialogue("gn-1", 1, {"room": "6", "words": "A long text"})

    async def unit(tx: Transaction) -> None:
        await dialogue_store.save(tx, "telegram", "2", draft, rig.clock.now())
        for values in ('{"room": "6"}', '{"before": {"ref": "6"}}'):
            await journal_store.add(tx, ali, "group:1", '"B"', f'["grr-1", {values}]', rig.clock.now())

    await rig.store.transact(unit)
    await rig.erase(zoe)
    assert await rig.change(dialogue_store.current, "telegram", "2", rig.clock.now()) == draft
    kept = await rig.store.read(lambda tx: tx.all("SELECT inverse FROM journal"))
    assert [row["inverse"] for row in kept] == ['["grr-1", {"room": "6"}]']


async def test_what_others_write_while_an_erasure_is_under_way_arrives_as_written(rig: Rig) -> None:
    zoe, ines = await rig.person("Zoe"), await rig.person("Inès", "telegram:1")
    await rig.run("UPDATE participants SET organises = 1 WHERE id = :id", id=ines)
    now = rig.clock.now()
    begun = partial(erase, declared=DECLARED, participant_id=zoe, now=now, texts=False, files=NO_FILES)
    await rig.store.transact(begun)
    said = _("The room is called {name}", name=Name("Zoe Dupont"))
    await rig.tell(ines, said)
    await rig.change(page_store.add, ines, "bot", View((said,)), now)
    assert [each.view for each in (await rig.change(page_store.latest, ines)).messages] == [View((said,))]
    async with rig.running():
        await rig.passes(5)
    assert rig["telegram"].texts == ["The room is called Zoe Dupont"]
