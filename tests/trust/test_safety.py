"""«Are you safe?»: asked on every account at once, followed on a list, asked again, closed; and drills."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.database.engine import Transaction
from bot.membership.erasure import erase
from bot.people import participant_store
from bot.people.audiences import Audience
from bot.people.participants import Account
from handlers.trust import service, store
from handlers.trust.messages import draw_check
from handlers.trust.model import HELP_TOLD_AGAIN
from handlers.trust.schedule import SafetyClock
from tests.drivers.menus import menu_of, steps_of
from tests.drivers.neutral import NeutralChat
from tests.outbox import arrive, forget, press_push, pushed, views
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import DECLARED, World, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


def read(chat: NeutralChat) -> str:
    """What a chat shows, without the marks around names that are not plain letters."""
    return chat.text.replace("\u2068", "").replace("\u2069", "")


async def begin(chat: NeutralChat) -> None:
    """Ask everybody, in two taps."""
    await chat.command("securite")
    await chat.press("Ask everyone")
    await chat.press("Yes, ask now")


async def listed(world: World, chat: NeutralChat) -> list[str]:
    """The lines of the list of the latest check, as an organiser reads them."""

    async def unit(tx: Transaction) -> None:
        check = await store.last_check(tx)
        assert check is not None
        chat.view = await draw_check(tx, check)

    await world.store.read(unit)
    return read(chat).splitlines()


async def test_two_taps_ask_everybody_on_every_account_at_night_too(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, zoe, ada = await world.organiser(), await world.join("Zoé", "1"), await world.join("Ada", "2")
        await ada.command("stop")
        other = Account("discord", "77", "chat-77", "Zoé", "en")
        await world.change(participant_store.attach, other, await number(world, "Zoé"), world.clock.now())
        await world.clock.advance(timedelta(hours=16))  # two in the morning
        await forget(world)
        await ines.command("securite")
        await ines.press("Ask everyone")
        assert read(ines).splitlines() == [
            "Ask everyone now, 2 people, on every account?",
            "It is not a drill: everybody is alerted at once.",
        ]
        await ines.press("Yes, ask now")
        question = ["Are you safe?\nOne tap is enough. Only the organisers see your answer."]
        assert await pushed(world, zoe, due_by=world.clock.now()) == question
        second = world.chat("77", platform="discord")
        assert await pushed(world, second, due_by=world.clock.now()) == question
        assert await pushed(world, ada, due_by=world.clock.now()) == question
        lines = await listed(world, ines)
        assert lines[0] == "Are you safe? To: everyone"
        assert lines[2:] == ["Safe: 0 · need help: 0 · no answer: 2", "No answer:", "Ada and Zoé"]
        assert (await steps_of(ines))[0] == "«Are you safe?» goes on: 2 people have not answered"
        assert ines.buttons[0] == "See the list"
        await press_push(world, zoe, "Yes, I am safe")
        assert read(zoe) == "Thank you. The organisers read that you are safe."
        assert "Safe: 1 · need help: 0 · no answer: 1" in await listed(world, ines)


async def test_help_is_told_at_once_and_never_withdrawn(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await zoe.command("urgence")
    await zoe.press("Leave my telephone number")
    await zoe.fill("tomorrow")
    assert "This is no telephone number." in read(zoe)
    await zoe.fill("+33 6 12 34 56 78")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    assert read(zoe).startswith(
        "The organisers are told that you need help. In danger, do not wait for them.\nIn danger, call 112."
    )
    assert (await pushed(world, ines))[-1].replace("\u2068", "").replace("\u2069", "") == "Zoé needs help."
    await zoe.press("Say where I am")
    await zoe.fill("Behind the library.")
    line = next(line for line in await listed(world, ines) if line.startswith("Zoé"))
    assert line.startswith("Zoé · +33 6 12 34 56 78 · at: Behind the library. · help asked for at")
    before = len(await pushed(world, ines))
    await zoe.press("I am safe now")
    assert "They go on seeing that you asked for help." in read(zoe)
    assert len(await pushed(world, ines)) == before
    for _turn in range(3):  # a game
        await zoe.press("No, I need help")
        await zoe.press("I am safe now")
    assert len(await pushed(world, ines)) == before, "organisers were told just now, and see it on their list"
    await world.clock.advance(HELP_TOLD_AGAIN)
    await zoe.press("No, I need help")
    assert len(await pushed(world, ines)) == before + 1
    await zoe.press("I am safe now")
    lines = await listed(world, ines)
    assert "Safe: 1 · need help: 0 · no answer: 0" in lines
    line = next(line for line in lines if line.startswith("Zoé"))
    assert "help asked for at" in line
    assert "safe now" in line


async def test_a_number_that_is_left_during_a_check_comes_onto_the_list(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    [before] = (await stored_rows(world.store, "screens"))["screens"]
    await zoe.press("Leave my telephone number")
    await zoe.fill("+33 6 12 34 56 78")
    [after] = (await stored_rows(world.store, "screens"))["screens"]
    assert after["wanted"] > before["wanted"]
    assert zoe.buttons[0] == "Say where I am"
    await zoe.press("Say where I am")
    await zoe.fill("Behind the library.")
    ada = await world.join("Ada", "2")
    await ada.command("urgence")
    await ada.press("Leave my telephone number")
    await ada.fill("+33 6 12 34 56 79")
    assert "Say where I am" not in ada.buttons, "she asked for no help"
    assert "Are you safe?" in (await menu_of(ines))["Safety"]
    assert "Are you safe?" not in (await menu_of(zoe))["Safety"]
    await listed(world, ines)
    await ines.press("Close the check")
    await ines.press("Yes, close it")
    await begin(ines)
    [old, _new] = (await stored_rows(world.store, "screens"))["screens"]
    await zoe.command("urgence")
    await zoe.press("Change my emergency number")
    await zoe.press("Leave empty")
    [older, _newer] = (await stored_rows(world.store, "screens"))["screens"]
    assert older["wanted"] > old["wanted"], "a number that is withdrawn goes from the lists of earlier checks, too"


async def test_places_go_after_a_day(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    await press_push(world, zoe, "I need help")
    await zoe.press("Say where I am")
    await zoe.fill("Behind the library.")
    clock = SafetyClock()
    assert await world.change(clock.release, world.clock.now() + timedelta(minutes=5)) is not None
    day = world.clock.now() + timedelta(days=1)
    assert await world.read(clock.next_due, world.clock.now()) == day
    assert await world.change(clock.release, day - timedelta(seconds=1)) is None
    assert "Behind the library." in "\n".join(await listed(world, ines))
    assert await world.change(clock.release, day) is not None
    assert "Behind the library." not in "\n".join(await listed(world, ines))
    assert await world.read(clock.next_due, day) is None


async def test_who_does_not_answer_is_asked_again_after_five_minutes_once_first_where_it_did_not_arrive(
    world: World,
) -> None:
    ines, zoe, ada = await world.organiser(), await world.join("Zoé", "1"), await world.join("Ada", "2")
    for native_id in ("78", "79"):
        other = Account("discord", native_id, f"chat-{native_id}", "Ada", "en")
        await world.change(participant_store.attach, other, await number(world, "Ada"), world.clock.now())
    await begin(ines)
    await press_push(world, zoe, "Yes, I am safe")
    await arrive(world, ada)
    await arrive(world, world.chat("78", platform="discord"))
    clock = SafetyClock()
    due = await world.read(clock.next_due, world.clock.now())
    assert due == world.clock.now() + timedelta(minutes=5)
    assert await world.change(clock.release, due - timedelta(seconds=1)) is None
    released = await world.change(clock.release, due)
    assert released is not None
    assert released.told == 1
    assert await world.change(clock.release, due) is None
    assert [text.splitlines()[0] for text in await pushed(world, ada)] == [
        "Are you safe?",
        "Second call: are you safe? We have no answer from you.",
    ]
    rows = (await stored_rows(world.store, "deliveries"))["deliveries"]
    again = [row for row in rows if "Second call" in row["content"]]
    native_ids = {row["id"]: row["native_id"] for row in (await stored_rows(world.store, "accounts"))["accounts"]}
    assert [native_ids[row["account_id"]] for row in sorted(again, key=lambda row: row["id"])] == ["79", "2", "78"]
    assert len(await pushed(world, zoe)) == 1


async def test_two_organisers_at_once_run_one_check_and_the_second_reads_who_was_first(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1")
        maud = await world.join("Maud", "901")
        await world.change(participant_store.set_organises, await number(world, "Maud"), True)
        for organiser in (ines, maud):
            await organiser.command("securite")
            await organiser.press("Ask everyone")
        await ines.press("Yes, ask now")
        await maud.press("Yes, ask now")
        assert read(maud).splitlines()[0] == "Inès was first: this check runs already, and nobody was asked twice."
        assert len(await pushed(world, zoe)) == 1


async def test_an_answer_after_closing_is_written_down_and_help_is_told(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    assert ines.buttons == ("Organise",), "the list itself can be closed, below"
    await listed(world, ines)
    await ines.press("Close the check")
    assert read(ines) == "Close the check? Nobody is asked again.\nNo answer: 1 · need help: 0"
    await ines.press("Yes, close it")
    assert read(ines) == "The list comes below, and follows every answer.", "what is said of places goes from it"
    state = (await listed(world, ines))[1]
    assert ines.buttons == ("Organise",)
    assert state.startswith("Begun ")
    assert "closed" in state
    await ines.command("securite")
    await ines.press("The last check")
    assert read(ines) == "The list comes below, and follows every answer."
    assert (await pushed(world, zoe))[-1].endswith(
        "If you need help, press «I need help»: the organisers still read it."
    )
    await press_push(world, zoe, "I need help")
    assert "This check was closed already. Your answer is written down all the same." in read(zoe)
    told = (await pushed(world, ines))[-1].replace("\u2068", "").replace("\u2069", "")
    assert told == "Zoé needs help. They answered after the check was closed."
    await world.clock.advance(timedelta(minutes=6))
    assert await world.change(SafetyClock().release, world.clock.now()) is None
    await begin(ines)
    assert read(ines) == "The list comes below, and follows every answer."


async def test_a_drill_says_so_everywhere(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await ines.command("securite")
    await ines.press("A drill")
    await ines.pick("everyone")
    assert "It is a drill: each message says so." in read(ines)
    await ines.press("Yes, a drill now")
    drill = "DRILL, nothing happened: "
    assert read(ines).startswith(drill)
    assert (await pushed(world, zoe))[0].startswith(drill)
    await press_push(world, zoe, "I need help")
    assert read(zoe).startswith(drill)
    assert (await pushed(world, ines))[-1].startswith(drill)
    assert (await listed(world, ines))[0].startswith(drill)
    await zoe.press("Say where I am")
    await zoe.fill("Here.")
    assert read(zoe).startswith(drill)
    await world.change(service.release_second_round, world.clock.now() + timedelta(minutes=5))
    await zoe.press("I am safe now")
    assert read(zoe).startswith(drill)


async def test_who_has_no_way_stands_first_and_who_is_erased_goes(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    ada = await world.join("Ada", "2")
    account, _person = await world.read(participant_store.identify, "telegram", "2")
    assert account is not None
    assert account.id is not None
    await world.change(participant_store.mark_reachable, account.id, False)
    await begin(ines)
    lines = await listed(world, ines)
    assert lines[3:] == ["No way to reach them, call them:", "Ada", "No answer:", "Zoé"]
    assert len(await views(world, ada)) == 1, "it is tried all the same"
    await world.change(erase, DECLARED, await number(world, "Zoé"), world.clock.now(), texts=False, files=world.files)
    assert "Zoé" not in await listed(world, ines)
    await zoe.follow("sfy-1")
    assert "Thank you." not in read(zoe)


async def test_the_list_says_how_many_had_not_joined(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    code = await world.invite("Ada")
    await world.invite("Léo")
    await begin(ines)
    not_joined = "2 selected people had not joined, and are not on this list."
    assert (await listed(world, ines))[3:] == [not_joined, "No answer:", "Zoé"]
    await world.clock.advance(timedelta(minutes=1))
    await world.chat("2", name="Ada").follow(f"j-{code}")
    await press_push(world, zoe, "Yes, I am safe")
    assert (await listed(world, ines))[3:] == [not_joined, "Everybody who was asked has answered."], "Ada was not asked"


async def test_forged_presses_change_nothing(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await begin(ines)
    late = await world.join("Léo", "3")  # who was not asked
    check = await world.read(store.running_check)
    assert check is not None
    for chat, payload in (
        (late, f"sfy-{check.id}"),
        (late, f"sfw-{check.id}"),
        (zoe, "sfh-999"),
        (ines, "sab-nobody-0"),
    ):
        await chat.follow(payload)
        assert "That button has aged." in read(chat), payload
    for payload in (f"sfo-{check.id}", f"saz-{check.id}", "sab-all-0", "saq-all-0", "go-securite"):
        await zoe.follow(payload)
        assert read(zoe).startswith("This is for the organisers."), payload
    assert "Safe: 0 · need help: 0 · no answer: 1" in await listed(world, ines)


async def test_an_audience_is_asked_alone(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    await world.join("Ada", "2")
    await ines.command("securite")
    await ines.press("Ask some people")
    assert ines.options[0] == "everyone: 2 people"
    only = Audience("me", str(await number(world, "Zoé")))
    asking = await number(world, "Ada")
    check = await world.change(service.begin_check, asking, only, world.clock.now(), drill=False)
    assert check is not None
    assert len(await pushed(world, zoe)) == 1
    lines = await listed(world, ines)
    assert (lines[0], lines[3:]) == ("Are you safe? To: Zoé", ["No answer:", "Zoé"])
