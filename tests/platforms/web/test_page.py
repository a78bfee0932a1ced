"""The personal page without a script: pages are read, forms are posted."""

from __future__ import annotations

from tests.drivers.web import WebTown


async def test_three_taps_from_the_link_to_a_theme_in_one_message(town: WebTown) -> None:
    zoe = town.person()
    await zoe.follow("j-" + await town.world.invite("Zoé", "Dupont"))
    assert "welcome to Rencontres" in zoe.text
    await zoe.pick("Culture")
    assert zoe.buttons == ("Confirm this theme", "See the other themes")
    await zoe.press("Confirm")
    assert zoe.text.startswith("Your theme is Culture.")
    assert zoe.toast == "Your place is kept."
    assert len(zoe.messages) == 1
