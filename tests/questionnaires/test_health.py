"""What is kept of people's health is read by those who look after it, and by nobody else; it ends by itself."""

from __future__ import annotations

from datetime import timedelta

from bot.background.scheduling import Source, Ticker
from bot.config import purpose_store
from bot.membership.retention import Retention
from bot.people import participant_store, role_store
from handlers.privacy.schedule import Ends
from handlers.questionnaires import store
from handlers.questionnaires.model import HEALTH, AnswerKind
from handlers.questionnaires.settings import HEALTH_PURPOSE
from tests.clock import ManualClock
from tests.engines import on_one_engine
from tests.participants import number
from tests.questionnaires.test_fields import keep
from tests.world import DECLARED, make_settings, open_world

TWO = {"telegram": [900, 901]}


@on_one_engine
async def test_whoever_adds_it_takes_the_role_by_a_press_that_all_organisers_see(store_url: str) -> None:
    async with open_world(store_url, make_settings(organisers=TWO)) as world:
        await world.invite("Zoe")
        ines, luc = await world.organiser(), await world.organiser("901")
        await ines.follow("fl-0")
        await ines.press("Add a field")
        await ines.fill("Allergies", "health", "")
        assert "For meals, rooms and first aid only" in ines.text
        assert "Erased after Monday 12 July 2027" in ines.text
        await ines.press("I look after this")
        await luc.follow("oc")
        assert "'s role: Diet, access and allergies" in luc.text
        await keep(world, "Allergies", Zoe="Nuts")
        zoe = await number(world, "Zoe")
        await ines.follow(f"op-{zoe}")
        assert "Nuts" not in ines.text
        await ines.press("Health")
        assert ines.text == "Zoe (R-0001)\nAllergies: Nuts"
        await ines.press("Correct")
        await ines.fill("Allergies: Nuts, eggs")
        assert "Allergies: Nuts, eggs" in ines.text
        await ines.press("Diet, access and allergies")
        assert ines.text == "Allergies: Nuts, eggs (1): Zoe"
        await ines.press("As a table")
        assert ines.view is not None
        assert b'"Nuts, eggs"' in ines.view.attachments[0].content
        await luc.follow(f"op-{zoe}")
        assert "Health" not in luc.buttons
        for payload in (f"fh-{zoe}", "fha-0", "fht", f"fpp-{'0' * 10}-1-0"):
            await luc.follow(payload)
            assert "Nuts" not in luc.text
            assert not (luc.view and luc.view.attachments)
        await luc.follow("oc")
        await luc.press("Undo number 1")
        await ines.follow(f"fh-{zoe}")
        assert "Nuts" not in ines.text, "the role was taken again"


@on_one_engine
async def test_a_helper_with_the_role_reads_it_and_no_profile(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe")
        await keep(world, "Diet", AnswerKind.HEALTH, Zoe="Vegan")
        cook = await world.join("Max", "2")
        await world.change(role_store.give, await number(world, "Max"), HEALTH.key, "", world.clock.now())
        await cook.command("aide")
        await cook.press("Diet, access and allergies")
        assert cook.text == "Diet: Vegan (1): Zoe"
        await cook.follow(f"fh-{await number(world, 'Zoe')}")
        assert "See their profile" not in cook.buttons
        await cook.follow(f"op-{await number(world, 'Zoe')}")
        assert "R-0001" not in cook.text


async def test_two_who_correct_the_same(store_url: str) -> None:
    async with open_world(store_url, make_settings(organisers=TWO)) as world:
        await world.invite("Zoe")
        await keep(world, "Diet", AnswerKind.HEALTH, Zoe="Vegan")
        chats = await world.organiser(modal=True), await world.organiser("901", modal=True)
        for chat in chats:
            await chat.follow("fk")
            await chat.follow(f"fh-{await number(world, 'Zoe')}")
            await chat.press("Correct")
        await chats[0].fill("Diet: Halal")
        await chats[1].fill("Diet: Kosher")
        assert "nothing was saved" in chats[1].text
        await chats[1].follow(f"fh-{await number(world, 'Zoe')}")
        assert "Halal" in chats[1].text


async def test_whoever_takes_it_back_has_nothing_kept_of_their_health(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoe", "1")
        field = await keep(world, "Diet", AnswerKind.HEALTH, Zoe="Vegan")
        await keep(world, "Size", Zoe="M")
        await zoe.command("mesdonnees")
        assert "Health: diet, access, allergies, until Monday 12 July 2027" in zoe.text
        await zoe.press("Withdraw: Health")
        await zoe.press("Yes, withdraw")
        assert await world.read(store.answers_to, field) == {}
        assert await world.read(purpose_store.of_person, await number(world, "Zoe")) == set()
        assert len(await world.read(store.count_answers)) == 1
        await keep(world, "Diet", AnswerKind.HEALTH, Zoe="Vegan")
        assert await world.read(store.answers_to, field) == {}, "the list that comes again does not bring it back"


async def test_it_ends_thirty_days_after_the_last_day_and_people_stay(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.organiser()
        await world.invite("Zoe")
        health = await keep(world, "Diet", AnswerKind.HEALTH, Zoe="Vegan")
        size = await keep(world, "Size", Zoe="M")
        end = await world.read(purpose_store.end_of, world.settings, HEALTH_PURPOSE)
        assert end.date() - world.settings.gathering.ends == timedelta(days=30)
        for before in (timedelta(days=14), timedelta(days=2), timedelta()):
            sources: list[Source] = [Ends(world.settings), Retention(world.settings, DECLARED, world.files)]
            await Ticker(world.store, ManualClock(end - before), sources).look()
        assert await world.read(store.answers_to, health) == {}
        assert len(await world.read(store.answers_to, size)) == 1
        assert await world.read(participant_store.has_anyone)
