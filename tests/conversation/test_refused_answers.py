"""A refused answer of a form that is asked question by question: when it is refused, and what stays."""

from __future__ import annotations

from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.world import World, make_settings, open_world

_OPEN = make_settings(gathering={"registration": "open"})


async def registering(world: World, first_name: str) -> NeutralChat:
    """Somebody's chat, once they answered the first question of the registration."""
    zoe = world.chat()
    await zoe.command("register")
    await zoe.send(first_name)
    return zoe


async def test_what_one_answer_tells_is_refused_before_the_next_question(sqlite_url: str) -> None:
    async with open_world(sqlite_url, _OPEN) as world:
        zoe = await registering(world, "12")
        assert zoe.text == "A first name has letters. Write the one people call you by."
        await zoe.send("Zoé")
        assert zoe.text.startswith("The territory you speak for")


@on_one_engine
async def test_an_answer_refused_at_the_end_is_shown_and_an_older_button_loses_nothing(store_url: str) -> None:
    async with open_world(store_url, _OPEN) as world:
        zoe = await registering(world, "theme")
        await zoe.fill("Québec", "2003")
        skip = zoe.payload("Skip")
        await zoe.fill("Atelier 12", "en")
        assert words(zoe.text).splitlines()[1:] == ["You wrote: theme", "Your first name"]
        assert zoe.buttons == ("Cancel",)
        await zoe.follow(skip)
        assert words(zoe.text).splitlines() == [
            "That button was for another question. This one is open:",
            "Your first name",
        ]
        await zoe.send("Zoé")
        assert "Now: Québec" in words(zoe.text)
        for _question in range(3):
            await zoe.press("Keep it")
        assert "Now: " not in zoe.text
        await zoe.press("Keep it")
        assert words(zoe.text).startswith("Welcome, Zoé!")
