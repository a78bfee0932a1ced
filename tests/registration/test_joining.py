"""Joining and choosing a theme, from the first tap to the last place."""

from __future__ import annotations

from tests.world import open_world


async def test_three_taps_from_the_link_to_a_theme(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        code = await world.invite("Zoé", "Dupont")
        chat = world.chat()
        await chat.follow(f"j-{code}")
        assert chat.text.splitlines()[:4] == [
            "Welcome, \u2068Zoé\u2069!",
            "We keep your data until Friday 31 December 2027, in France. See or erase them: /privacy.",
            "",
            "Which theme would you like to work on? You can change it until Saturday 1 May, 12:00.",
        ]
        assert [option.partition(" (")[0] for option in chat.options] == ["Culture", "Education", "CivicTech"]
        await chat.pick("Culture")
        assert "2 places left" in chat.text
        await chat.press("Confirm")
        assert chat.text.startswith("Your theme is Culture.")
        assert chat.toast == "You’re in."


async def test_who_asks_to_register_where_it_takes_an_invitation_may_enter_its_code(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        chat = world.chat()
        await chat.command("register")
        assert chat.text == "Registration is by invitation. Open your link, or enter your code."
        await chat.press("Enter my code")
        assert "code of your invitation" in chat.text
