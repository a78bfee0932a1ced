"""Who runs the workshops: given by organisers, told, taken back."""

from __future__ import annotations

from datetime import timedelta

from bot.conversation.incoming import Picked, Pressed
from bot.people import facilitator_store, participant_store
from bot.people.audiences import Audience
from handlers.groups.store.groups import groups_of_round, remove_group
from handlers.workshops.actions import ShowFacilitator
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.outbox import pushed
from tests.participants import number
from tests.workshops.builders import facilitator, open_person, panel, published, settings
from tests.world import World, open_world


async def due(world: World, chat: NeutralChat) -> list[str]:
    """What someone is told 20 seconds later, and no sooner: no part was dropped before."""
    settled = world.clock.now() + timedelta(seconds=20)
    assert await pushed(world, chat, due_by=settled - timedelta(microseconds=1)) == []
    await world.clock.advance(timedelta(seconds=20))
    return await pushed(world, chat, due_by=settled)


async def test_an_organiser_gives_the_role_for_themes_and_groups(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await world.join("Maya", "70")
        ines = await world.organiser()
        await open_person(ines, "Maya")
        await ines.press("Their workshops")
        assert ines.options == (
            "everyone",
            "Culture",
            "Education",
            "CivicTech",
            "Education 1",
            "CivicTech 1",
        )
        await ines.pick("Education")
        await ines.pick("Education", "CivicTech 1")
        assert "Now: CivicTech 1 and Education. They will be told in a moment." in ines.text
        assert await due(world, maya) == ["You run the workshops of: CivicTech 1 and Education"]
        await maya.command("moi")
        assert "Run the workshops" in maya.buttons


@on_one_engine
async def test_the_role_is_taken_away_and_given_back(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        ines = await world.organiser()
        await open_person(ines, "Maya")
        await ines.press("Their workshops")
        assert ines.options[0] == "✓ everyone"
        await ines.pick()
        assert "None for now." in ines.text
        await maya.command("panneau")
        assert maya.text.startswith("/panneau is for the team.")
        await ines.press("Undo")
        assert ines.text == "Undone: Maya no longer runs workshops"
        await maya.command("moi")
        assert "Run the workshops" in maya.buttons
        # Taken and given back within seconds: one message, of how it is.
        assert await due(world, maya) == ["You run the workshops of: everyone"]


@on_one_engine
async def test_a_panel_follows_the_role(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        maya = await facilitator(world)
        await maya.command("panneau")
        await panel(world, maya)
        assert "Education 1" in maya.text
        ines = await world.organiser()
        await open_person(ines, "Maya")
        await ines.press("Their workshops")
        await ines.pick("CivicTech")
        await panel(world, maya)
        assert "Education 1" not in maya.text
        assert "CivicTech 1" in maya.text
        await ines.pick("CivicTech", "Education")
        await panel(world, maya)
        assert "Education 1" in maya.text


@on_one_engine
async def test_someone_of_the_team_is_invited_and_reads_their_role_when_they_join(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Who runs the workshops")
        assert "Nobody yet: find someone and press “Their workshops”" in ines.text
        await ines.press("Invite a facilitator")
        await ines.fill("Karim", "Saïdi")
        assert "Their invitation" in ines.buttons
        await ines.pick("Culture")
        assert "They will read it when they join." in ines.text
        await ines.press("Their invitation")
        code = next(line for line in ines.text.splitlines() if line.startswith("Code: ")).removeprefix("Code: ")
        await ines.command("organiser")
        await ines.press("Who runs the workshops")
        await ines.press("\u2068Karim Saïdi")
        assert "Their invitation" not in ines.buttons, "pressed again, it would make the first one worthless"
        assert "New invitation" in ines.buttons
        karim = world.chat("71", name="Karim")
        await karim.command("code")
        await karim.fill(code)
        assert "You run the workshops of: Culture" in karim.text
        assert karim.buttons[0] == "Run the workshops"
        await karim.command("moi")
        assert karim.text.splitlines() == [
            "Hello Karim.",
            "101 days to go until Rencontres",
            "You run the workshops of: Culture",
        ]
        assert "Run the workshops" in karim.buttons
        assert "Organise" not in karim.buttons
        await ines.command("organiser")
        await ines.press("Who runs the workshops")
        assert "Culture" in ines.text
        await ines.press("\u2068Karim Saïdi")
        assert not {"Their invitation", "New invitation"} & set(ines.buttons)


@on_one_engine
async def test_the_same_choice_again_changes_nothing(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        maya = await facilitator(world)
        ines = await world.organiser()
        await open_person(ines, "Maya")
        await ines.press("Their workshops")
        await ines.pick("everyone")
        assert ines.toast == "Already done."
        assert await pushed(world, maya) == []


async def test_who_is_revoked_meanwhile_is_given_nothing(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await world.join("Maya", "70")
        ines = await world.organiser()
        await open_person(ines, "Maya")
        await ines.press("Their workshops")
        choice = ines.view
        await open_person(ines, "Maya")
        await ines.press("Revoke")
        await ines.press("Revoke")
        ines.view = choice
        await ines.pick("everyone")
        assert "That button has aged." in ines.text


@on_one_engine
async def test_a_facilitator_undoes_their_own_change_and_nobody_elses(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        maya, karim = await facilitator(world), await facilitator(world, "71", name="Karim")
        ines = await world.organiser()
        await open_person(ines, "Karim")
        await ines.press("Their workshops")
        await ines.pick("Culture")
        undo = ines.payload("Undo")
        await maya.follow(undo)
        assert "made this change: they can undo it, or the organisers." in maya.text
        assert maya.buttons == ("Run the workshops",)
        assert (await due(world, karim)) == ["You run the workshops of: Culture"]


@on_one_engine
async def test_a_dissolved_group_is_nobodys(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        school = (await world.store.read(lambda tx: groups_of_round(tx, 1)))[0]
        maya = await facilitator(world, audiences=(f"group:{school.id}", "theme:civic"))
        await world.store.transact(lambda tx: remove_group(tx, school.id))
        ines = await world.organiser()
        await open_person(ines, "Maya")
        await ines.press("Their workshops")
        assert "Now: CivicTech. They will be told in a moment." in ines.text
        assert await pushed(world, maya) == []


@on_one_engine
async def test_whose_groups_are_dissolved_runs_nobodys_workshops(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await published(world)
        only = (await world.store.read(lambda tx: groups_of_round(tx, 1)))[0]
        await facilitator(world, audiences=(f"group:{only.id}",))
        ines = await world.organiser()
        await world.store.transact(lambda tx: remove_group(tx, only.id))
        await ines.command("organiser")
        await ines.press("Workshops")
        await ines.press("Who runs the workshops")
        assert ines.text.splitlines()[1:] == ["Maya: None for now."]


async def test_the_menu_leads_to_the_workshops_once_groups_are_published(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings()) as world:
        maya = await facilitator(world)
        assert "Workshops" not in await menu_of(maya), "both would say that there is nothing yet"
        await published(world)
        assert (await menu_of(maya))["Workshops"] == ("Run the workshops", "My panel")


async def test_two_who_choose_at_once_take_nothing_from_each_other(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await world.join("Maya", "70")
        olga = await world.join("Olga", "71")
        await world.change(participant_store.set_organises, await number(world, "Olga"), True)
        ines, maya = await world.organiser(), await number(world, "Maya")
        for organiser in (ines, olga):
            await organiser.act(Pressed(ShowFacilitator(maya).encode()))
        await ines.pick("Culture")
        await olga.pick("Education")
        assert olga.text.startswith("\u2068Inès\u2069 changed this meanwhile, so nothing was saved.")
        assert "✓ Culture" in olga.options
        await olga.act(Picked(f"ows-{maya}", ("theme_education",)))  # of a message sent before
        assert "✓ Culture" in olga.options
        assert await world.read(facilitator_store.of_person, maya) == [Audience("theme", "culture")]
