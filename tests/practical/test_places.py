"""A section's place on the map: a venue on Telegram that stays when the text is edited, a button elsewhere."""

from __future__ import annotations

from bot.content.texts import Localised, Reader
from bot.content.views import Button, Place, Raw, View, decode_view, encode_view
from bot.delivery.platform import Address
from bot.platforms.discord.render import draw
from bot.rehearsal.botapi import BotApi, TelegramUser
from handlers.practical.model.sections import read_coordinates
from tests.drivers.telegram import open_harness
from tests.practical.builders import TEAM
from tests.world import make_settings, open_world

READER = Reader("fr", "Europe/Paris")
HALLES = Place(48.8897, 2.3711, Localised({"fr": "Adresse", "en": "Address"}), "6, rue des Halles")
VIEW = View(("Métro Riquet.",), (Button("Fermer", Raw("go-moi")),), place=HALLES)
MAP = "https://www.openstreetmap.org/?mlat=48.88970&mlon=2.37110#map=17/48.88970/2.37110"


def test_coordinates_as_people_copy_them() -> None:
    assert read_coordinates("48.8897, 2.3711") == (48.8897, 2.3711)
    assert read_coordinates(" -33.9;18.4 ") == (-33.9, 18.4)
    for wrong in ("", "48.8897", "91, 0", "0, 181", "48,8897, 2,3711", "https://osm.org/48.88,2.37"):
        assert read_coordinates(wrong) is None


def test_elsewhere_a_place_is_a_button_to_a_map() -> None:
    [part] = draw(VIEW, READER)
    assert part.components is not None
    assert [getattr(item, "url", None) for item in part.components.children] == [MAP, None]
    stored = decode_view(encode_view(VIEW))
    assert stored.place is None
    assert [button.url for button in stored.buttons] == [MAP, None]


async def test_telegram_shows_a_venue_above_the_text(sqlite_url: str) -> None:
    settings = make_settings(**TEAM)
    async with open_world(sqlite_url, settings) as world, BotApi() as api, open_harness(world, api) as harness:
        zoe = TelegramUser(api, "Zoé", started=True)
        adapter, address = harness.adapter, Address(str(zoe.id))
        native_id = await adapter.send(address, VIEW, READER, delivery_id=1)
        assert native_id.startswith("v")
        assert native_id.count(",") == 1
        venue, text = zoe.shown[-2:]
        assert venue.data["venue"]["title"] == "Adresse"
        assert venue.data["venue"]["location"] == {"latitude": 48.8897, "longitude": 2.3711}
        assert (text.text, text.buttons) == ("Métro Riquet.", ("Fermer",))
        corrected = View(("Métro Crimée.",), place=HALLES)
        assert await adapter.edit(address, native_id, corrected, READER) == native_id
        assert zoe.shown[-1].text == "Métro Crimée."
        assert await adapter.delete(address, native_id)
        assert venue.message.gone
        point = View(("Ici.",), place=Place(48.0, 2.0, "Ici"))
        await adapter.send(address, point, READER, delivery_id=2)
        assert zoe.shown[-2].data["location"] == {"latitude": 48.0, "longitude": 2.0}
