"""Who has no session reads nothing and does nothing."""

from __future__ import annotations

from tests.security.builders import Gathering


async def test_nobody_reads_another_ones_page(gathering: Gathering) -> None:
    zoe = await gathering.join_page("Zoé")
    max_ = await gathering.join_page("Max")
    await max_.get(f"/c/{zoe.person_id}/")
    assert max_.status == 404
    await max_.get(f"/c/{zoe.person_id}/menu")
    assert max_.status == 404
    for address in ("", "menu"):
        async with gathering.client().get(f"{gathering.root}/c/{zoe.person_id}/{address}") as answer:
            assert answer.status == 404


async def test_an_idea_given_on_the_page_is_read_by_its_group_alone(gathering: Gathering) -> None:
    zoe, max_, eve = [await gathering.join_page(name) for name in ("Zoé", "Max", "Eve")]
    await gathering.start_phase("Zoé", "Max")
    await gathering.delivered(zoe, max_, eve)
    await zoe.send("A kitchen that belongs to all neighbours")
    await max_.send("A library that is open at night")
    await gathering.reveal()
    await gathering.delivered(zoe, max_, eve)
    await max_.command("phase")
    assert "A kitchen that belongs to all neighbours" in max_.page.text
    await eve.command("phase")
    assert "A kitchen that belongs to all neighbours" not in eve.page.text
