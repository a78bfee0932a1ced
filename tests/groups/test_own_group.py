"""One's own group, as a participant reads it: any time, of any day, as a picture, and why it is that one."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from PIL import Image

from bot.background.jobs import Runner
from bot.content.texts import Reader, plain
from bot.content.views import Picture
from bot.delivery import outbox
from bot.people.audiences import Audience
from handlers.groups.messages.cards import room_line
from handlers.groups.service.membership import change_groups, publish_round
from handlers.groups.store.groups import rename_group
from handlers.groups.store.pairs import put_pair
from handlers.groups.store.rounds import set_meeting
from handlers.programme.model import Plan
from handlers.programme.store import add_session
from tests.drivers.gestures import words
from tests.drivers.menus import menu_of
from tests.groups.builders import choose, crowd, found_round, group
from tests.outbox import press_push, pushed, views
from tests.participants import number, rewrite
from tests.world import DECLARED, ROUTER, World, make_settings, open_world

SETTINGS = make_settings(
    organisers={"telegram": [900], "discord": [900]},
    groups={"smallest": 2, "target": 2, "largest": 3, "rounds": 3, "meeting": "2027-06-10T14:00:00"},
)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, SETTINGS) as world:
        yield world


async def publish(world: World, *numbers: int) -> None:
    for round_ in [await found_round(world, each) for each in numbers]:
        await world.store.transact(partial(publish_round, round_=round_, now=world.clock.now()))


async def later(world: World, instant: datetime) -> None:
    await world.clock.advance(instant - world.clock.now())


async def test_before_groups_are_published_nobody_reads_one(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await chats["Ana"].command("groupe")
    assert chats["Ana"].text == "The groups are not known yet. You will find yours here."
    await chats["Ana"].follow("gq-1")
    assert chats["Ana"].text.startswith("That button has aged.")
    await chats["Ana"].command("moi")
    assert "My group" not in chats["Ana"].buttons
    assert "My group" not in (await menu_of(chats["Ana"]))["Workshops"]


async def test_my_group_is_on_my_screen_and_under_its_command_in_every_language(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"], room="Salle bleue")
    await publish(world, 1)
    chat = chats["Ana"]
    for word in ("groupe", "group", "gruppe"):
        await chat.command(word)
        assert chat.text.splitlines()[0] == "Education 1"
    await chat.command("moi")
    assert "Group: Education 1" in chat.text
    assert "My group" in (await menu_of(chat))["Workshops"]
    await chat.press("My group")
    assert chat.text.splitlines() == [
        "Education 1",
        "First meeting: Thursday 10 June, 14:00",
        "Salle bleue",
        "Ana (Quebec) · you",
        "Bo (Quebec)",
    ]


async def test_a_group_with_a_name_says_it_and_an_unknown_hour_too(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    made = await group(world, ["Ana", "Bo"])
    await world.store.transact(partial(rename_group, group_id=made.id, name="Les Tisseurs"))
    await world.store.transact(partial(set_meeting, number=1, meets_at=None))
    await publish(world, 1)
    await chats["Ana"].command("groupe")
    assert chats["Ana"].text.splitlines()[:3] == [
        "Education 1, “Les Tisseurs”",
        "On Thursday 10 June 2027; the time is not known yet.",
        "The room is not known yet.",
    ]


async def test_the_command_shows_the_day_it_is_or_the_next_and_leads_to_the_others(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo", "Cleo")
    for round_, mates in enumerate((["Ana", "Bo"], ["Ana", "Cleo"], ["Ana", "Bo", "Cleo"]), start=1):
        await group(world, mates, number_=round_, round_=round_)
    await publish(world, 1, 2)
    chat = chats["Ana"]
    await chat.command("groupe")
    assert chat.text.startswith("Education 1")
    assert "Friday 11 June 2027" in chat.buttons
    await chat.press("Friday 11 June 2027")
    assert chat.text.startswith("Education 2")
    await later(world, datetime(2027, 6, 10, 22, 30, tzinfo=UTC))  # past midnight in Paris
    await chat.command("groupe")
    assert chat.text.startswith("Education 2")
    await later(world, datetime(2027, 6, 12, 12, 0, tzinfo=UTC))
    await chat.command("groupe")
    assert chat.text.startswith("Education 2"), "the third day is not published"


async def test_why_this_group_is_two_sentences_that_tell_nothing_of_anyone(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await world.invite("Ali", territory="FR")
    await world.invite("Eva", territory="DE")
    await group(world, ["Ana", "Ali"])
    await group(world, ["Bo", "Eva"], number_=2)
    await publish(world, 1)
    chat = chats["Ana"]
    await chat.command("groupe")
    await chat.press("Why this group?")
    assert chat.text.splitlines() == [
        "Your group brings together 2 territories: no other split of Education mixes them better.",
        "We also made the groups about the same size and balanced.",
    ]
    assert chat.fresh, "the card, which may be pinned, stays"
    await chat.press("My group")
    assert chat.text.startswith("Education 1")


async def test_what_is_not_proven_best_is_not_said_to_be_and_wishes_stay_vague(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await world.invite("Ali", territory="FR")
    await world.invite("Eva", territory="FR")
    await group(world, ["Ana", "Bo"])
    await group(world, ["Ali", "Eva"], number_=2)
    await world.change(put_pair, await number(world, "Ali"), await number(world, "Eva"), "together")
    await publish(world, 1)
    await chats["Bo"].command("groupe")
    await chats["Bo"].press("Why this group?")
    assert chats["Bo"].text.splitlines() == [
        "Your group brings together 1 territory; groups are made to mix as many as possible.",
        "We also made the groups about the same size and balanced, and the team had some wishes.",
    ]


async def test_the_picture_is_drawn_with_the_card_as_its_words(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"], room="Salle bleue")
    await publish(world, 1)
    chat = chats["Ana"]
    await chat.command("groupe")
    await chat.press("As a picture")
    assert chat.toast == "One moment."
    runner = Runner(world.store, ROUTER.jobs, DECLARED, outbox.notify, lambda: None, world.clock)
    await runner.catch_up()
    [attachment] = (await views(world, chat))[-1].attachments
    assert isinstance(attachment, Picture)
    with Image.open(io.BytesIO(attachment.content)) as picture:
        assert picture.format == "PNG"
        assert picture.width >= 1000
    assert (await pushed(world, chat))[-1] == "Your group as a picture."
    await press_push(world, chat, "My group")
    assert chat.text.startswith("Education 1")


async def test_nobody_reads_the_group_of_someone_else(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo", "Cleo")
    await group(world, ["Ana", "Bo"])
    await choose(world, "Cleo", "civic")
    await publish(world, 1)
    for payload in ("gr-1", "gs-1"):
        await chats["Cleo"].follow(payload)
        assert chats["Cleo"].text.startswith("That button has aged.")
    await chats["Cleo"].command("groupe")
    assert words(chats["Cleo"].text).startswith("You have no group for Thursday 10 June 2027.")


async def test_news_says_which_day_it_is_about(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo", "Cleo")
    made = await group(world, ["Ana", "Bo"], round_=2)
    await choose(world, "Cleo")
    await publish(world, 2)
    moves = {await number(world, "Cleo"): made}
    await world.store.transact(
        partial(change_groups, round_=await found_round(world, 2), moves=moves, now=world.clock.now())
    )
    assert (await pushed(world, chats["Ana"]))[-1] == (
        "Education 1, Friday 11 June 2027:\nCleo (Quebec) joins your group."
    )


@pytest.mark.parametrize(
    ("room", "line"),
    [("104", "Room: 104"), ("Room 104", "Room 104"), ("Salle bleue", "Salle bleue"), ("B12", "Room: B12")],
)
def test_a_room_is_not_called_a_room_twice(room: str, line: str) -> None:
    assert plain(room_line(room), Reader("en", "Europe/Paris")) == line


async def test_once_a_group_has_met_its_screen_tells_when_it_meets_next(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await rewrite(world, await number(world, "Bo"), territory="FR")
    made = await group(world, ["Ana", "Bo"], room="Salle bleue")
    await publish(world, 1)
    ana = chats["Ana"]
    for starts in (datetime(2027, 6, 10, 12, tzinfo=UTC), datetime(2027, 6, 10, 15, tzinfo=UTC)):
        plan = Plan(
            f"w{starts.hour}",
            {"en": "Workshop"},
            starts,
            starts + timedelta(hours=2),
            "Europe/Paris",
            kind="workshop",
            audience=Audience("group", str(made.id)),
        )
        await world.change(add_session, plan)

    async def reads() -> list[str]:
        await ana.command("groupe")
        return words(ana.text).splitlines()[1:]

    people = ["Ana (Quebec) · you", "Bo (France)"]
    assert await reads() == [
        "First meeting: Thursday 10 June, 14:00",
        "Salle bleue",
        *people,
        "",
        "Say hello to Bo (France).",
    ]
    await later(world, datetime(2027, 6, 10, 13, tzinfo=UTC))
    assert await reads() == ["You meet now, until 16:00", "Salle bleue", *people]
    await later(world, datetime(2027, 6, 10, 14, 30, tzinfo=UTC))
    assert await reads() == ["Next meeting: 17:00", "Salle bleue", *people]
