"""Slides: each group's own, confirmed as they are, asked for again once they changed."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pptx import Presentation

from bot.content.views import File, Picture
from tests.drivers.neutral import NeutralChat
from tests.later import read_later, shown, stored
from tests.outbox import press_push, pushed, views
from tests.participants import number
from tests.results.builders import Made, write_down
from tests.results.chats import member, work, workshops
from tests.stored_rows import stored_rows
from tests.world import World


def said(chat: NeutralChat) -> list[str]:
    return chat.text.replace("\u2068", "").replace("\u2069", "").splitlines()


async def change(world: World, made: Made) -> None:
    """A group's solution is written anew."""
    group = made.groups[0]
    await world.change(write_down, group, "solutions", made.members[group][0], {"idea": "Autre"})


async def test_a_member_reads_takes_and_confirms(world: World) -> None:
    made = await workshops(world)
    ana, bo = [await member(world, made.groups[0], name, str(place)) for place, name in enumerate(("Ana", "Bo"), 100)]
    await ana.command("diapos")
    assert said(ana) == [
        "Culture 1",
        "Challenge: Comment cuisiner ensemble\u00a0?",
        "Solution: Une cuisine partagée",
        "Territories: 15 of 24 boxes",
        "1 photo",
        "They are not confirmed yet.",
    ]
    await ana.press("The slides as a file")
    await work(world)
    [view] = await views(world, ana)
    file, picture = view.attachments
    assert isinstance(file, File)
    assert isinstance(picture, Picture)
    assert (picture.name, picture.alt) == (
        "culture-group-1.png",
        "Culture 1\nOur challenge: Comment cuisiner ensemble ?\nOur solution: Une cuisine partagée",
    )
    assert file.name == "culture-group-1.pptx"
    assert len(Presentation(io.BytesIO(file.content)).slides) == 4
    await press_push(world, ana, "We confirm them")
    assert said(ana)[-1] == "Confirmed: this is what you show in the plenary."
    assert "We confirm them" not in ana.buttons
    assert await pushed(world, bo) == ["Ana confirmed your slides for the plenary."]
    await ana.press("The slides as a file")
    await work(world)
    assert (await pushed(world, ana))[-1] == "Here are your slides.", "confirmed, they are not asked about again"


async def test_what_is_stored_of_slides_and_who_confirms_them_is_by_reference(world: World) -> None:
    made = await workshops(world)
    ana, bo = [await member(world, made.groups[0], name, str(place)) for place, name in enumerate(("Ana", "Bo"), 100)]
    await ana.command("diapos")
    slides = shown(ana)
    assert not any(word in stored(slides) for word in ("cuisiner", "cuisine"))
    assert ".sentence" in stored(slides)
    assert "Challenge: Comment cuisiner ensemble\u00a0?" in await read_later(world, slides)
    await ana.press("We confirm them")
    (told,) = [row["content"] for row in (await stored_rows(world.store, "deliveries"))["deliveries"]]
    assert f'["person", {await number(world, "Ana")}, "short"]' in told
    assert await pushed(world, bo) == ["Ana confirmed your slides for the plenary."]


async def test_confirming_twice_tells_once(world: World) -> None:
    made = await workshops(world)
    ana, bo = [await member(world, made.groups[0], name, str(place)) for place, name in enumerate(("Ana", "Bo"), 100)]
    await ana.command("diapos")
    await bo.command("diapos")
    await ana.press("We confirm")
    await bo.press("We confirm")
    assert said(bo)[-1] == "Confirmed: this is what you show in the plenary."
    assert await pushed(world, ana) == []


async def test_what_changed_meanwhile_is_not_confirmed(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await ana.command("diapos")
    await change(world, made)
    await ana.press("We confirm")
    assert said(ana)[0] == "They have changed in the meantime, so nothing is confirmed. Look again:"
    assert said(ana)[-1] == "They are not confirmed yet."
    await ana.press("We confirm")
    assert said(ana)[-1] == "Confirmed: this is what you show in the plenary."


async def test_a_change_after_confirming_asks_again(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await ana.command("diapos")
    await ana.press("We confirm")
    await change(world, made)
    await ana.command("folien")
    assert said(ana)[-1] == "They have changed since you confirmed: look again."
    assert "We confirm them" in ana.buttons


async def test_other_groups_slides_are_theirs(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await ana.follow(f"wd-{made.groups[1]}")
    assert ana.text.startswith("These are the slides of another group.")
    await ana.follow(f"wdc-{made.groups[1]}-abc")
    assert ana.text.startswith("These are the slides of another group.")


async def test_nothing_to_show_is_nothing_to_confirm(world: World) -> None:
    made = await workshops(world, bare=True)
    ana = await member(world, made.groups[0])
    await ana.command("diapos")
    assert said(ana)[-1] == "There is nothing to show yet: write your challenge or your solution first."
    assert "We confirm them" not in ana.buttons


async def test_organisers_see_who_has_not_confirmed_and_remind_them_once(world: World) -> None:
    made = await workshops(world)
    team = await world.organiser()
    ana = await member(world, made.groups[0])
    bo = await member(world, made.groups[1], "Bo", "101")
    await ana.command("diapos")
    await ana.press("We confirm")
    await team.command("bilan")
    await team.press("Slides of the groups")
    assert team.text == "1 of 2 groups have confirmed their slides."
    assert team.buttons[0] == "Education 1"
    await team.press("Remind the others")
    assert team.text == "Remind 1 group to confirm its slides?"
    await team.press("Send the reminder")
    assert team.text == "1 group has been reminded."
    [told] = await pushed(world, bo)
    assert told == "Your slides for the plenary are waiting for your group.\nLook at them, then confirm them."
    assert await pushed(world, ana) == []
    await team.follow("wdr")
    assert team.text.startswith("That was already done at ")
    assert len(await pushed(world, bo)) == 1
    await press_push(world, bo, "Our slides")
    assert said(bo)[-1] == "They are not confirmed yet."


async def test_before_there_are_groups_there_are_no_slides(world: World) -> None:
    team = await world.organiser()
    await team.follow("wdl-0")
    assert team.text == "No groups are published yet."


async def test_every_group_gets_its_own_slides(world: World) -> None:
    made = await workshops(world)
    team = await world.organiser()
    chats = [
        await member(world, group, name, str(100 + group))
        for group, name in zip(made.groups, ("Ana", "Bo"), strict=True)
    ]
    await team.command("bilan")
    await team.press("Slides of the groups")
    await team.press("Send every group")
    assert team.text == "Send 2 groups their slides?"
    await team.press("Send the slides")
    await work(world)
    for chat, name in zip(chats, ("culture-group-1", "education-group-1"), strict=True):
        [view] = await views(world, chat)
        assert [attachment.name for attachment in view.attachments] == [f"{name}.pptx", f"{name}.png"]
    assert (await pushed(world, team))[-1] == "2 groups got their slides."
    await press_push(world, chats[1], "We confirm them")
    assert said(chats[1])[-1] == "Confirmed: this is what you show in the plenary."
    await world.clock.advance(timedelta(minutes=11))
    await team.follow("wdq")
    assert team.text == "Send 2 groups their slides?"


async def test_many_groups_are_sent_a_few_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.results.participant.slides.AT_ONCE", 1)
    monkeypatch.setattr("handlers.results.organiser.decks.AT_ONCE", 1)
    made = await workshops(world)
    team = await world.organiser()
    chats = [
        await member(world, group, name, str(100 + group))
        for group, name in zip(made.groups, ("Ana", "Bo"), strict=True)
    ]
    await team.follow("wds")
    await work(world)
    assert [len(await views(world, chat)) for chat in chats] == [1, 1]
    assert await pushed(world, team) == ["2 groups got their slides."]


async def test_what_the_slides_lack_is_a_press_away(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await ana.command("diapos")
    assert "Our solution" not in ana.buttons
    group = made.groups[0]
    await world.change(write_down, group, "solutions", made.members[group][0], {"measure": "Trente repas"})
    await ana.command("diapos")
    assert said(ana)[2] == "Solution: not written yet"
    await ana.press("Our solution")
    assert said(ana)[0].startswith("Our solution · ")
