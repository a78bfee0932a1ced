"""What others were shown of someone who is erased is corrected once, not each time somebody else is."""

from __future__ import annotations

from bot.content.texts import Name, _
from bot.content.views import Picture, View
from bot.database.engine import Store, Transaction
from bot.delivery import outbox
from bot.membership.erasure import erase
from tests.delivery.rig import NO_FILES, Rig
from tests.world import DECLARED


async def test_a_picture_of_someone_goes_once(store: Store) -> None:
    rig = Rig(store, "telegram")
    zoe, max_, ana = [await rig.person(name, f"telegram:{n}") for n, name in enumerate(("Zoé", "Max", "Ana"))]
    now = rig.clock.now()
    view = View(
        (_("Your group, as a picture."),), attachments=(Picture(b"png", Name("Zoé Dupont, Max Dupont"), "g.png"),)
    )
    await store.transact(lambda tx: outbox.notify(tx, ana, view, now))
    async with rig.running():
        await rig.passes(1)
    assert len(rig["telegram"].arrived) == 1

    async def forget(tx: Transaction, person: int) -> None:
        assert await erase(tx, DECLARED, person, now, texts=False, files=NO_FILES)

    edits = []
    for person in (zoe, max_):
        await store.transact(lambda tx, person=person: forget(tx, person))  # type: ignore[misc]
        async with rig.running():
            await rig.passes(5)
        edits.append(rig["telegram"].edits)
    assert edits == [1, 1]
    rows = await store.read(lambda tx: tx.all("SELECT content FROM deliveries WHERE participant_id = :ana", ana=ana))
    assert not any("Dupont" in row["content"] for row in rows)
