"""Practical information from the configuration: written once, compared and applied, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.practical import store
from handlers.practical.seeding import SEED
from tests.engines import on_one_engine
from tests.practical.builders import PLACE, TEAM, WIFI
from tests.world import make_settings, open_world, seed

NEW = {**WIFI, "text": {"en": "Network ruche."}, "link": "https://ruche.example.org"}
CLOAKROOM = {"key": "cloakroom", "title": {"fr": "Vestiaire"}}


@on_one_engine
async def test_it_is_written_once_and_compared_with_the_file(store_url: str) -> None:
    changed = make_settings(**{**TEAM, "practical": [PLACE, NEW, CLOAKROOM]})
    async with open_world(store_url, make_settings(**TEAM)) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.follow("zs-wifi")
        await seed(world.store, changed)
        wifi = await world.read(store.find_section, "wifi")
        assert wifi is not None
        assert "text.en" in wifi.parts
        assert wifi.link is None, "the store counts from then on"
        assert await world.read(SEED.differences, changed, world.clock.now()) == [
            "practical information wifi: link, text.en as in the file",
            "practical information cloakroom: only in the file",
        ]
        await world.change(SEED.apply, changed, world.clock.now())
        assert await world.read(SEED.differences, changed, world.clock.now()) == []
        await zoe.command("infos")
        assert zoe.buttons[:3] == ("Address and directions", "Wifi", "Vestiaire")
        await zoe.press("Wifi")
        assert "Network ruche." in zoe.text
        assert "Open the link" in zoe.buttons


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ({"key": "Wi-Fi"}, "key"),
        ({"title": {}}, "has no title"),
        ({"text": {"fr": "x" * 1201}}, "1200"),
        ({"map": "somewhere"}, "map is"),
        ({"map": "91, 0"}, "map is"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"title": {"fr": "x" * 41}}, "40"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_shown_is_refused(section: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        make_settings(practical=[{**WIFI, **section}])


def test_two_sections_have_two_keys() -> None:
    with pytest.raises(ValueError, match="two sections of practical information have the key wifi"):
        make_settings(practical=[WIFI, WIFI])
