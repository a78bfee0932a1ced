"""Organisers change in chat whom everybody can call in an emergency; the file is read once."""

from __future__ import annotations

from handlers.trust.seeding import SEED
from tests.engines import on_one_engine
from tests.stored_rows import stored_rows
from tests.world import make_settings, open_world, seed

NUMBER, OTHER = "+33 6 12 34 56 78", "+33 7 00 00 00 00"


@on_one_engine
async def test_the_telephone_on_call_is_changed_in_chat_and_stays_so(store_url: str) -> None:
    settings = make_settings(organisers={"telegram": [900]}, safety={"telephone": NUMBER, "address": "12, rue du Lac"})
    async with open_world(store_url, settings) as world:
        zoe, ines = await world.join("Zoé", "1"), await world.organiser()
        await zoe.command("emergency")
        assert f"The organiser on call: {NUMBER}" in zoe.text
        assert "Telephone on call" not in zoe.buttons
        await ines.command("emergency")
        await ines.press("Telephone on call")
        assert f"Now: {NUMBER}" in ines.text
        await ines.send("06 12 34 56 78")
        assert ines.text == "Write the number with its country code, like +33 6 12 34 56 78."
        await ines.fill(OTHER, "Halle 2")
        assert ines.text == f"Telephone on call: {OTHER}"
        [change] = (await stored_rows(world.store))["journal"]
        assert OTHER not in change["what"]
        await seed(world.store, settings)
        await zoe.command("emergency")
        assert f"The organiser on call: {OTHER}" in zoe.text
        assert "Halle 2" in zoe.text
        assert await world.read(SEED.differences, settings, world.clock.now()) == [
            f"safety.telephone: {OTHER} -> {NUMBER}",
            "safety.address: Halle 2 -> 12, rue du Lac",
        ]
        await ines.press("Undo this change")
        await zoe.command("emergency")
        assert f"The organiser on call: {NUMBER}" in zoe.text
        await world.change(SEED.apply, make_settings(safety={"telephone": OTHER}), world.clock.now())
        await zoe.command("emergency")
        assert f"The organiser on call: {OTHER}" in zoe.text
        assert "Say where you are" not in zoe.text


async def test_two_who_change_it_read_each_other(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(organisers={"telegram": [900, 901]})) as world:
        ines, ali = await world.organiser(), await world.organiser("901")
        await ines.command("emergency")
        await ali.command("emergency")
        await ali.press("Telephone on call")
        await ali.fill(OTHER, "")
        await ines.press("Telephone on call")
        await ines.fill(NUMBER, "")
        assert OTHER in ines.text
        await ali.command("emergency")
        assert f"The organiser on call: {OTHER}" in ali.text


@on_one_engine
async def test_organisers_who_think_of_an_evacuation_find_the_question_for_everybody(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, zoe = await world.organiser(locale="fr"), await world.join("Zoé", "1", locale="fr")
        for said in ("Évacuation !", "alarme incendie"):
            await ines.send(said)
            assert "Demander à tout le monde" in ines.buttons, said
            await zoe.send(said)
            assert "Demander à tout le monde" not in zoe.buttons, said
        await zoe.command("urgence")
        assert "Es-tu" not in " ".join(zoe.buttons)
        await ines.command("urgence")
        await ines.press("Es-tu en sécurité")
        assert "Demander à tout le monde" in ines.buttons
