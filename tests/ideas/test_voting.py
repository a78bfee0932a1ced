"""Votes: the whole new set each time, as many as there are, until the phase ends; what they count for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pytest
from discord import ui

from bot.content.texts import plain
from bot.content.views import Picture, Raw, decode_view, encode_view
from bot.conversation.incoming import Picked, Pressed
from bot.platforms.discord import render
from bot.platforms.telegram import render as telegram
from handlers.groups.model import Group
from handlers.ideas.participant.voting import cast_votes_from
from handlers.ideas.store.ideas import ideas_of_group
from handlers.ideas.store.votes import most_voted_of_group
from handlers.workshops.actions import OpenIdea, Vote
from handlers.workshops.model import Idea, PhaseRun
from handlers.workshops.service.phases import conceal_ideas, pause_phase
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group, regroup
from tests.ideas.builders import hidden, idea, lines, merged, photo, tally, voted
from tests.outbox import views
from tests.pictures import png
from tests.workshops.builders import PHASES, ended, revealed, started
from tests.world import World, make_settings, open_world

SETTINGS = make_settings(organisers={"telegram": [900]}, phases=PHASES)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


@dataclass
class Workshop:
    """Ana, Bo and Cleo in a group with five ideas, revealed; Dan in another."""

    ana: NeutralChat
    bo: NeutralChat
    cleo: NeutralChat
    dan: NeutralChat
    group: Group
    run: PhaseRun


@pytest.fixture
async def workshop(world: World) -> Workshop:
    people = await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    made = await group(world, ["Ana", "Bo", "Cleo"])
    await group(world, ["Dan"], number_=2)
    run = await started(world, made, "solutions")
    for place in range(1, 6):
        await idea(world, made, "Ana", f"Idée {place}")
    ana, bo, cleo, dan = people.values()
    return Workshop(ana, bo, cleo, dan, made, await revealed(world, run))


async def at_votes(chat: NeutralChat, run: PhaseRun) -> None:
    await chat.follow(Vote(run.id).encode())


@on_one_engine
async def test_three_votes_are_given_changed_and_taken_back(world: World, workshop: Workshop) -> None:
    ana = workshop.ana
    await at_votes(ana, workshop.run)
    assert lines(ana) == [
        "Imagine solutions",
        "3 votes, until 11:00 · 0/3 chosen",
        "Vote to see the results.",
        *(each for place in range(1, 6) for each in (f"{place}. Idée {place}", "yours")),
    ]
    assert ana.options == ("1. Idée 1", "2. Idée 2", "3. Idée 3", "4. Idée 4", "5. Idée 5")
    await ana.pick("1. Idée 1", "2. Idée 2")
    assert ana.toast == "Noted."
    assert lines(ana)[1] == "3 votes, until 11:00 · 2/3 chosen"
    assert ana.options[:3] == ("✓ 1. Idée 1", "✓ 2. Idée 2", "3. Idée 3")
    await ana.pick("2. Idée 2", "4. Idée 4", "5. Idée 5")
    assert ana.toast == "Noted."
    assert lines(ana)[1:3] == ["3 votes, until 11:00 · 3/3 chosen", "You can change your votes until the phase ends."]
    assert await tally(world, workshop.group) == {"Idée 2": 1, "Idée 4": 1, "Idée 5": 1}
    await ana.pick()
    assert ana.toast == "Noted."
    assert await tally(world, workshop.group) == {}


@on_one_engine
@pytest.mark.parametrize("way", ["phase", "vote"])
async def test_more_buttons_are_shown_once_the_votes_ticked_beside_them_are_stored(
    world: World, workshop: Workshop, way: str
) -> None:
    bo = workshop.bo
    await (bo.command("phase") if way == "phase" else at_votes(bo, workshop.run))
    assert bo.view
    assert bo.view.choice
    ticked = Picked(bo.view.choice.action.encode(), (bo.view.choice.options[0].value,))
    await bo.act(Pressed(bo.payload("More…"), beside=ticked))
    assert await tally(world, workshop.group) == {"Idée 1": 1}
    assert not bo.options
    assert "The wall" in bo.buttons


@on_one_engine
async def test_once_revealed_the_card_of_the_phase_is_the_vote(world: World, workshop: Workshop) -> None:
    bo = workshop.bo
    await voted(world, workshop.group, "Ana", (await world.read(ideas_of_group, workshop.group.id, "solutions"))[0])
    await bo.command("phase")
    assert lines(bo)[:5] == [
        "Imagine solutions",
        "3 votes, until 11:00 · 0/3 chosen",
        "Vote to see the results.",
        "1. Idée 1",
        "Ana",
    ]
    assert bo.buttons == ("Give an idea", "Call a facilitator", "More…")
    await bo.press("More…")
    assert bo.buttons[:3] == ("Call a facilitator", "The wall", "Our solution")
    assert not bo.options
    await bo.press("Back")
    await bo.pick("1. Idée 1")
    assert lines(bo)[1:5] == [
        "3 votes, until 11:00 · 1/3 chosen",
        "You can change your votes until the phase ends.",
        "1. Idée 1",
        "Ana · ▇▇▇▇▇ 2 votes",
    ]
    await world.change(pause_phase, workshop.run, world.clock.now())
    await bo.command("phase")
    assert lines(bo)[1] == "3 votes · 1/3 chosen"


async def test_what_tells_that_ideas_can_be_read_is_voted_in(world: World, workshop: Workshop) -> None:
    made = await group(world, ["Dan"], number_=3)
    run = await started(world, made, "solutions")
    for place in range(1, 13):
        await idea(world, made, "Dan", f"Idée {place}")
    await revealed(world, run)
    dan = workshop.dan
    dan.view = (await views(world, dan))[0]
    assert dan.options == tuple(f"{place}. Idée {place}" for place in range(1, 11))
    assert dan.buttons == ("Vote", "Give an idea", "Call a facilitator"), "two more to vote for"
    await dan.pick("3. Idée 3")
    assert await tally(world, made) == {"Idée 3": 1}
    assert dan.options[2] == "✓ 3. Idée 3"
    dan.view = (await views(world, dan))[0]
    await dan.pick("1. Idée 1")
    assert await tally(world, made) == {"Idée 1": 1, "Idée 3": 1}, "what it did not show was not taken back"


async def test_the_photos_of_a_ballot_are_seen_together_once_they_may_be_read(world: World, workshop: Workshop) -> None:
    offered = await world.read(ideas_of_group, workshop.group.id, "solutions")
    for one, shade in ((offered[1], 1), (offered[3], 2), (offered[4], 3)):
        await photo(world, one, png(40 * shade, 30))
    await hidden(world, offered[4])
    bo = workshop.bo
    await bo.command("phase")
    assert bo.options[1] == "2. Idée 2"
    assert bo.view
    assert bo.view.choice
    assert [option.picture for option in bo.view.choice.options] == [
        "",
        f"idea-{offered[1].id}",
        "",
        f"idea-{offered[3].id}",
    ]
    assert decode_view(encode_view(bo.view)).choice == replace(
        bo.view.choice, action=Raw(bo.view.choice.action.encode())
    )
    await bo.press("More…")
    payload = bo.payload("See the photos")
    assert [words(said) for said in await alternatives(bo, payload)] == [
        "A photo that came with “Idée 2”",
        "A photo that came with “Idée 4”",
    ]
    assert await alternatives(await world.join("Zed", "777"), payload) == [], "Zed has no group now"
    await world.change(conceal_ideas, world.settings, workshop.run, world.clock.now())
    assert len(await alternatives(workshop.ana, payload)) == 2, "Ana's own"
    assert await alternatives(bo, payload) == []


async def alternatives(chat: NeutralChat, payload: str) -> list[str]:
    """What somebody who sees no picture is told of each that a button shows."""
    await chat.follow(payload)
    shown = chat.view.attachments if chat.view else ()
    return [plain(each.alt, chat.reader) for each in shown if isinstance(each, Picture)]


async def test_where_ideas_are_read_from_the_first_on_the_card_still_asks_for_them(store_url: str) -> None:
    settings = make_settings(phases=PHASES, workshop={"reveal": "at_once"})
    async with open_world(store_url, settings) as world:
        people = await crowd(world, "Ana")
        made = await group(world, ["Ana"])
        await started(world, made, "solutions")
        ana = people["Ana"]
        await idea(world, made, "Ana", "Idée 1")
        await ana.command("phase")
        assert ana.buttons[0] == "Give an idea", "one idea alone is no vote"
        await idea(world, made, "Ana", "Idée 2")
        await ana.command("phase")
        assert lines(ana)[1] == "Instruction: Imagine solutions"
        assert ana.buttons[:2] == ("Vote", "Give an idea")


@on_one_engine
async def test_of_one_idea_there_is_no_vote_and_of_few_ideas_not_all_get_one(world: World, workshop: Workshop) -> None:
    dan, made = workshop.dan, await group(world, ["Dan"], number_=3)
    run = await started(world, made, "challenge")
    only = await idea(world, made, "Dan", "Comment rentrer ?", phase="challenge")
    run = await revealed(world, run)
    assert [view.choice for view in await views(world, dan)] == [None], "the group is not invited"
    await at_votes(dan, run)
    assert dan.text == "There is one idea so far: you vote once there are two."
    await dan.follow(OpenIdea(only.id).encode())
    assert "Vote for it" not in dan.buttons
    for place in (2, 3):
        await idea(world, made, "Dan", f"Comment faire {place} ?", phase="challenge")
    await at_votes(dan, run)
    assert dan.view
    assert dan.view.choice
    assert plain(dan.view.choice.placeholder, dan.reader) == "Choose challenges"
    assert dan.options[0] == "1. Comment rentrer\u00a0?", "its mark does not stand alone on a line"
    assert lines(dan)[1].startswith("2 votes")
    assert plain(dan.view.choice.sends, dan.reader) == "Vote"
    await dan.pick("1. Comment rentrer\u00a0?")
    assert plain(dan.view.choice.sends, dan.reader) == "Change my vote"


async def pick_all(chat: NeutralChat) -> None:
    """Choose more than can be chosen, as somebody does whose screen is older than their last vote."""
    assert chat.view
    assert chat.view.choice
    values = tuple(option.value for option in chat.view.choice.options)
    await chat.act(Picked(chat.view.choice.action.encode(), values))


@on_one_engine
async def test_a_fourth_vote_is_refused_and_changes_nothing(world: World, workshop: Workshop) -> None:
    ana = workshop.ana
    await at_votes(ana, workshop.run)
    await ana.pick("1. Idée 1", "2. Idée 2", "3. Idée 3")
    await pick_all(ana)
    assert ana.toast == "You have 3 votes. Take one back first; nothing was changed."
    assert ana.options == ("✓ 1. Idée 1", "✓ 2. Idée 2", "✓ 3. Idée 3", "4. Idée 4", "5. Idée 5")


@on_one_engine
async def test_a_vote_can_be_given_and_taken_back_on_the_card(world: World, workshop: Workshop) -> None:
    bo = workshop.bo
    first = (await world.store.read(partial(ideas_of_group, group_id=workshop.group.id, phase="solutions")))[0]
    await bo.follow(OpenIdea(first.id).encode())
    await bo.press("Vote for it")
    assert bo.toast == "Noted. You have 2 votes left."
    assert lines(bo)[1] == "Ana · 1 vote · ✓ your vote"
    await bo.press("Take my vote back")
    assert bo.toast == "Noted. You have 3 votes left."
    assert await tally(world, workshop.group) == {}


@on_one_engine
async def test_votes_wait_for_the_reveal_and_end_with_the_phase(world: World, workshop: Workshop) -> None:
    early = await started(world, await group(world, ["Dan"], number_=3), "solutions")
    await at_votes(workshop.dan, early)
    assert workshop.dan.text == "You can vote once the ideas are revealed."
    await at_votes(workshop.ana, workshop.run)
    await workshop.ana.pick("1. Idée 1")
    assert workshop.ana.view
    assert workshop.ana.view.choice
    cast = workshop.ana.view.choice.action
    await ended(world, workshop.run)
    await workshop.ana.act(Picked(cast.encode(), ()))
    assert workshop.ana.text == "The phase and the vote are over."
    assert await tally(world, workshop.group) == {"Idée 1": 1}


@on_one_engine
async def test_nobody_votes_in_another_group_nor_for_its_ideas(world: World, workshop: Workshop) -> None:
    await at_votes(workshop.dan, workshop.run)
    assert not workshop.dan.options
    other = await group(world, ["Dan"], number_=3)
    theirs = await idea(world, other, "Dan", "Ailleurs")
    mine = (await world.read(ideas_of_group, workshop.group.id, "solutions"))[0]
    votes = cast_votes_from.to(workshop.run.id, 1).encode()
    await workshop.ana.act(Picked(votes, (str(mine.id),)))
    assert await tally(world, workshop.group) == {"Idée 1": 1}
    await workshop.ana.act(Picked(votes, (str(theirs.id), "999999")))
    assert await tally(world, workshop.group) == {}
    assert await tally(world, other) == {}


@on_one_engine
@pytest.mark.parametrize("value", ["x", "²", "1" * 40])
async def test_what_no_button_sends_changes_nothing(world: World, workshop: Workshop, value: str) -> None:
    await at_votes(workshop.ana, workshop.run)
    await workshop.ana.pick("1. Idée 1")
    await workshop.ana.act(Picked(cast_votes_from.to(workshop.run.id, 1).encode(), (value,)))
    assert await tally(world, workshop.group) == {"Idée 1": 1}


@on_one_engine
async def test_a_workshop_may_do_without_votes(store_url: str) -> None:
    settings = make_settings(phases=PHASES, workshop={"votes": 0})
    async with open_world(store_url, settings) as world:
        people = await crowd(world, "Ana")
        made = await group(world, ["Ana"])
        run = await revealed(world, await started(world, made, "solutions"))
        await idea(world, made, "Ana", "Idée 1")
        ana = people["Ana"]
        await at_votes(ana, run)
        assert ana.text == "There are no votes in this workshop."
        await ana.press("The wall")
        assert "Vote" not in ana.buttons


@on_one_engine
async def test_votes_follow_a_merge_a_person_once_and_those_for_hidden_ideas_fall_away(
    world: World, workshop: Workshop
) -> None:
    first, second, third, *_rest = await world.store.read(
        partial(ideas_of_group, group_id=workshop.group.id, phase="solutions")
    )
    await voted(world, workshop.group, "Ana", first, second)
    await voted(world, workshop.group, "Bo", second)
    await voted(world, workshop.group, "Cleo", third)
    await merged(world, second, first)
    await hidden(world, third)
    assert await tally(world, workshop.group) == {"Idée 1": 2}
    best = await world.store.read(partial(most_voted_of_group, group_id=workshop.group.id, phase="solutions"))
    assert [(each.text, count) for each, count in best] == [("Idée 1", 2), ("Idée 4", 0), ("Idée 5", 0)]
    await at_votes(workshop.cleo, workshop.run)
    assert lines(workshop.cleo)[1].endswith("0/2 chosen"), "the vote that fell away is free"
    await workshop.ana.act(Picked(cast_votes_from.to(workshop.run.id, 1).encode(), (str(second.id), str(third.id))))
    assert workshop.ana.options == ("✓ 1. Idée 1", "2. Idée 4", "3. Idée 5"), (
        "a screen of before the merge means the same"
    )


@on_one_engine
async def test_ten_ideas_are_one_screen_and_more_go_on_in_the_next(world: World, workshop: Workshop) -> None:
    for place in range(6, 16):
        await idea(world, workshop.group, "Bo", f"Idée {place}")
    ana = workshop.ana
    await at_votes(ana, workshop.run)
    assert ana.options == tuple(f"{place}. Idée {place}" for place in range(1, 11))
    await ana.pick("2. Idée 2", "6. Idée 6")
    await ana.press("Next")
    assert ana.options == tuple(f"{place}. Idée {place}" for place in range(11, 16))
    await ana.pick("15. Idée 15")
    assert ana.toast == "Noted."
    await pick_all(ana)
    assert ana.toast == "You have 3 votes. Take one back first; nothing was changed."
    await ana.press("◀ Previous")
    assert [option for option in ana.options if option.startswith("✓")] == ["✓ 2. Idée 2", "✓ 6. Idée 6"]
    assert await tally(world, workshop.group) == {"Idée 2": 1, "Idée 6": 1, "Idée 15": 1}


@pytest.fixture
async def offered(world: World, workshop: Workshop) -> Sequence[Idea]:
    """Fifteen ideas, on two pages."""
    for place in range(6, 16):
        await idea(world, workshop.group, "Bo", f"Idée {place}")
    return await world.store.read(partial(ideas_of_group, group_id=workshop.group.id, phase="solutions"))


@on_one_engine
async def test_an_idea_hidden_while_one_chooses_costs_no_vote_of_the_next_page(
    world: World, workshop: Workshop, offered: Sequence[Idea]
) -> None:
    ana = workshop.ana
    await voted(world, workshop.group, "Ana", offered[10])
    await at_votes(ana, workshop.run)
    await hidden(world, offered[2])
    await ana.pick("1. Idée 1")
    assert lines(ana)[1] == "3 votes, until 11:00 · 2/3 chosen"
    assert await tally(world, workshop.group) == {"Idée 1": 1, "Idée 11": 1}


@on_one_engine
async def test_an_idea_hidden_while_one_chooses_lets_every_vote_of_the_page_be_taken_back(
    world: World, workshop: Workshop, offered: Sequence[Idea]
) -> None:
    ana = workshop.ana
    await voted(world, workshop.group, "Ana", offered[0], offered[10])
    await at_votes(ana, workshop.run)
    await ana.press("Next")
    assert ana.options[0] == "✓ 11. Idée 11"
    await hidden(world, offered[2])
    await ana.pick("15. Idée 15")
    assert ana.options == ("10. Idée 11", "11. Idée 12", "12. Idée 13", "13. Idée 14", "✓ 14. Idée 15")
    assert await tally(world, workshop.group) == {"Idée 1": 1, "Idée 15": 1}


@on_one_engine
async def test_a_ballot_sent_before_it_knew_its_ideas_counts_them_from_its_rank(
    world: World, workshop: Workshop, offered: Sequence[Idea]
) -> None:
    await voted(world, workshop.group, "Ana", offered[0], offered[11])
    await workshop.ana.act(Picked(cast_votes_from.to(workshop.run.id, 11).encode(), (str(offered[14].id),)))
    assert workshop.ana.options == ("11. Idée 11", "12. Idée 12", "13. Idée 13", "14. Idée 14", "✓ 15. Idée 15")
    assert await tally(world, workshop.group) == {"Idée 1": 1, "Idée 15": 1}


@on_one_engine
async def test_ten_long_ideas_are_one_message_on_each_platform(world: World, workshop: Workshop) -> None:
    for place in range(6, 21):
        await idea(world, workshop.group, "Bo", f"Idée {place}, " + "*assez* longue " * 8)
    await at_votes(workshop.ana, workshop.run)
    await workshop.ana.press("Next")
    view, reader = workshop.ana.view, workshop.ana.reader
    assert view
    assert view.choice
    (keyboard,) = telegram.draw_keyboards(view, reader)
    first = [key["text"] for row in keyboard["inline_keyboard"] for key in row][:10]
    assert first == [f"{place}. Idée {place},…" for place in range(11, 21)]
    (shown,) = telegram.draw_text(view, reader)
    assert "assez* longue *assez*" in shown.text, "more than a button holds"
    (message,) = render.draw(view, reader)
    assert message.components
    menus = [item for item in message.components.children if isinstance(item, ui.Select)]
    assert [len(menu.options) for menu in menus] == [10]
    assert r"\*assez\* longue \*assez\*" in message.content
    data = telegram.option_data(view.choice, view.choice.options[0].value)
    assert len(data) <= 64
    assert telegram.read_option(data, None) == (view.choice.action.encode(), (view.choice.options[0].value,))


@on_one_engine
async def test_who_is_moved_has_three_votes_in_all(world: World, workshop: Workshop) -> None:
    other = await group(world, ["Dan"], theme="civic")
    theirs = await revealed(world, await started(world, other, "solutions"))
    for text in ("Ailleurs", "Autrement"):
        await idea(world, other, "Dan", text)
    await at_votes(workshop.bo, workshop.run)
    await workshop.bo.pick("1. Idée 1", "2. Idée 2", "3. Idée 3")
    await regroup(world, "Bo", other)
    assert await tally(world, workshop.group) == {"Idée 1": 1, "Idée 2": 1, "Idée 3": 1}
    await at_votes(workshop.bo, theirs)
    await workshop.bo.pick("1. Ailleurs")
    assert await tally(world, other) == {"Ailleurs": 1}
    assert await tally(world, workshop.group) == {}
