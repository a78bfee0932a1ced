"""What Telegram shows of the bot, in each language."""

from __future__ import annotations

from functools import partial

import pytest

from bot.config.purpose_store import set_over
from bot.config.purposes import PARTICIPATION
from bot.content.roles import Who
from bot.content.texts import Reader
from bot.people import facilitator_store, participant_store
from bot.people.audiences import parse
from bot.platforms.telegram.command_lists import commands
from bot.rehearsal.botapi import BotApi
from bot.rehearsal.chat_driver_telegram import TelegramChat
from tests.drivers.telegram import open_harness
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import ROUTER, World, make_settings, open_world


def listed(person: TelegramChat) -> list[str]:
    """The commands that someone's list has, in order."""
    return [name for name, _description in person.user.menu]


async def test_whose_language_is_not_offered_reads_the_gathering_s_first(sqlite_url: str, api: BotApi) -> None:
    settings = make_settings(gathering={"locales": ["en", "fr", "de"]})
    async with open_world(sqlite_url, settings) as world, open_harness(world, api, introduced=False) as harness:
        menus = {}
        for language in ("it", "en", "fr", "de"):
            person = harness.person(language_code=language)
            await person.command("start")
            menus[language] = {name for name, _description in person.user.menu}
    assert menus["it"] == menus["en"]
    assert "settings" in menus["en"]
    assert "reglages" in menus["fr"]
    assert "einstellungen" in menus["de"]


async def test_the_list_has_what_people_use_in_the_order_of_use(world: World, api: BotApi) -> None:
    async with open_harness(world, api, introduced=False) as harness:
        zoe = harness.person()
        await zoe.command("start")
        assert listed(zoe) == ["me", "emergency", "programme", "group", "phase", "team", "help", "settings"]
        await zoe.command("link")
        assert zoe.text.startswith("Have you joined on another account?"), "what is in no list works when it is typed"


@pytest.mark.parametrize("locale", ["fr", "en", "de"])
@pytest.mark.parametrize(
    ("rung", "first"),
    [
        (Who.PARTICIPANT, ["moi"]),
        (Who.FACILITATOR, ["animer", "panneau", "pointage", "moi"]),
        (Who.ORGANISER, ["organiser"]),
    ],
)
def test_no_list_is_longer_than_eight_and_what_it_leaves_out_works(locale: str, rung: Who, first: list[str]) -> None:
    shown = [command.command for command in commands(ROUTER, rung, Reader(locale, "Europe/Paris"))]
    known = {name: ROUTER.command(name) for name in shown}
    assert [command.name for command in known.values() if command][: len(first)] == first
    assert len(set(shown)) == 8
    assert "urgence" in {command.name for command in known.values() if command}
    for name, command in ROUTER.commands.items():
        assert ROUTER.command(command.names.get(locale, name)) is command


async def test_the_team_has_its_tools_first_as_long_as_it_is_the_team(world: World, api: BotApi) -> None:
    async with open_harness(world, api, introduced=False) as harness:
        zoe, ali = harness.person(), harness.person()
        await zoe.follow("j-" + await world.invite("Zoé"))
        id_ = await number(world, "Zoé")

        async def organises(*, wanted: bool) -> list[str]:
            await world.store.transact(partial(participant_store.set_organises, participant_id=id_, organises=wanted))
            await zoe.command("start")
            return listed(zoe)

        assert (await organises(wanted=True))[:6] == [
            *("organise", "groups", "announce", "facilitate", "panel", "attendance"),
        ]
        assert await organises(wanted=False) == listed(ali)
        await world.store.transact(partial(facilitator_store.give, participant_id=id_, audiences=[parse("all")]))
        assert (await organises(wanted=False))[:4] == ["facilitate", "panel", "attendance", "me"]
        asked = api.calls["setMyCommands"]
        assert (await organises(wanted=False))[:4] == ["facilitate", "panel", "attendance", "me"]
        assert api.calls["setMyCommands"] == asked, "it is set only when it differs"


async def test_an_account_that_is_nobody_s_any_more_loses_the_list_of_the_team(world: World, api: BotApi) -> None:
    async with open_harness(world, api, introduced=False) as harness:
        ali = harness.person()
        await ali.command("start")

        async def organises(name: str) -> TelegramChat:
            person = harness.person()
            await person.follow("j-" + await world.invite(name))
            await world.change(participant_store.set_organises, await number(world, name), True)
            await person.command("start")
            assert listed(person)[0] == "organise"
            return person

        zoe, eva = await organises("Zoé"), await organises("Eva")
        await zoe.command("effacer")
        await zoe.press("Erase my texts too")
        await zoe.press("Yes, erase me")
        stored = await stored_rows(world.store)
        assert [bool(row["command_list"]) for row in stored["accounts"]] == [True], "Eva's; Zoé's went with her"
        assert not [row["key"] for row in stored["settings"] if "command" in row["key"]]
        await zoe.command("start")
        assert listed(zoe) == listed(ali)
        id_ = await number(world, "Eva")
        account = (await world.read(participant_store.accounts_of, id_))[0]
        await world.change(participant_store.detach, id_, [account.id or 0], world.clock.now())
        await eva.command("start")
        assert listed(eva) == listed(ali)


async def test_the_end_of_the_gathering_ends_the_lists_of_the_team(world: World, api: BotApi) -> None:
    async with open_harness(world, api, introduced=False) as harness:
        ali, zoe = harness.person(), harness.person()
        await ali.command("start")
        await zoe.follow("j-" + await world.invite("Zoé"))
        await world.change(participant_store.set_organises, await number(world, "Zoé"), True)
        await zoe.command("start")
        assert listed(zoe)[0] == "organise"
        end = PARTICIPATION.ends(world.settings)
        await world.clock.advance(end - world.clock.now())
        await world.change(set_over, PARTICIPATION.key, end)
        await zoe.command("start")
        assert zoe.text.startswith("Rencontres is over, and everything we kept about you is erased.")
        assert listed(zoe) == listed(ali)


async def test_who_lost_their_role_while_the_program_was_away_loses_the_list(world: World, api: BotApi) -> None:
    async with open_harness(world, api, introduced=False) as harness:
        zoe = harness.person()
        await zoe.follow("j-" + await world.invite("Zoé"))
        everybodys = listed(zoe)
        id_ = await number(world, "Zoé")
        await world.store.transact(partial(participant_store.set_organises, participant_id=id_, organises=True))
        await zoe.command("start")
        assert listed(zoe)[0] == "organise"
    await world.store.transact(partial(participant_store.set_organises, participant_id=id_, organises=False))
    async with open_harness(world, api, introduced=False) as harness:
        again = TelegramChat(zoe.user, harness.adapter.replies.drained)
        await again.command("start")
        assert listed(again) == everybodys
