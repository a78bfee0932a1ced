"""What a group keeps of a phase: one writes, the others approve or comment, two edits at once are two versions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.config.settings import LimitSettings
from handlers.groups.store.groups import remove_group
from handlers.groups.store.members import take_out_of_group
from handlers.ideas.store.ideas import set_anonymous
from handlers.syntheses.actions import WriteFirstHalf, WriteText
from handlers.syntheses.store import rival_versions
from tests.drivers.gestures import words
from tests.engines import on_one_engine
from tests.groups.builders import group, open_channel
from tests.outbox import press_push, pushed, to_channels
from tests.participants import number
from tests.syntheses.builders import SETTINGS, base36, table
from tests.workshops.builders import ended, facilitator, wait
from tests.world import World, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, SETTINGS) as world:
        yield world


async def test_one_takes_the_pen_and_the_others_see_who_writes(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    ana = await at.open("Ana")
    assert ana.text.splitlines()[:2] == [
        "Our takeaways · Understand the stakes",
        "Nobody is writing yet. One of you writes, the others approve or comment.",
    ]
    await ana.press("I will write it")
    assert "You write." in ana.text
    bo = await at.open("Bo")
    assert "Ana writes. You may write too, or instead." in words(bo.text)
    await bo.press("I will write it")
    assert "Write" in bo.buttons


async def test_the_first_version_is_told_to_the_group_and_later_saves_to_nobody(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    bo = at.chats["Bo"]
    before = len(await pushed(world, bo))
    ana = await at.open("Ana")
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.fill("Schools have no money for culture.")
    assert ana.text.splitlines()[0] == "Saved. Your group will be told."
    assert [words(each) for each in (await pushed(world, bo))[before:]] == [
        "Our takeaways · Understand the stakes\nAna wrote it down. Read it, then approve or comment."
    ]
    await press_push(world, bo, "Our takeaways")
    assert "Schools have no money for culture." in words(bo.text)
    assert "Ana, 10:00 · 1 of 2 approves" in words(bo.text)
    await bo.press("Change it")
    assert "Now: Schools have no money for culture." in words(bo.text)
    await bo.fill("Schools have no money for culture, nor time.")
    assert bo.text.splitlines()[0] == "Saved."
    assert len(await pushed(world, bo)) == before + 1
    assert await at.kept() == {"text": "Schools have no money for culture, nor time."}


async def test_members_approve_or_comment_and_comments_are_for_who_writes(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo", "Cleo", "Dan", "Eva")
    ana = await at.open("Ana")
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.fill("A synthesis")
    bo = await at.open("Bo")
    await bo.press("Comment")
    await bo.fill("Say who pays.")
    assert "Bo: Say who pays." in words(bo.text), "one reads one's own"
    assert "Bo comments: Say who pays." in words((await pushed(world, ana))[-1])
    cleo = await at.open("Cleo")
    assert "Say who pays" not in cleo.text
    assert "1 comment for the person writing" in cleo.text
    await cleo.press("I approve")
    assert cleo.toast == "Thank you."
    assert "2 of 5 approve" in cleo.text
    assert "I approve" not in cleo.buttons
    ana = await at.open("Ana")
    assert "Bo: Say who pays." in words(ana.text)
    bo = await at.open("Bo")
    await bo.press("I approve")
    assert "Say who pays" not in bo.text, "one opinion a person"
    assert "3 of 5 approve" in bo.text


async def test_the_groups_place_shows_it_once_most_approve_and_again_only_if_changed(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo", "Cleo")
    await open_channel(world, at.group, "telegram")
    before = len(await to_channels(world))
    ana, bo = await at.open("Ana"), at.chats["Bo"]
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.fill("First words")
    assert len(await to_channels(world)) == before
    await at.open("Bo")
    await bo.press("I approve")
    assert bo.toast == "Thank you. It is now in your group's chat."
    cleo = await at.open("Cleo")
    await cleo.press("I approve")
    assert cleo.toast == "Thank you."
    assert len(await to_channels(world)) == before + 1
    assert "First words" in (await to_channels(world))[-1]
    await at.open("Ana")
    await ana.press("Change it")
    await ana.fill("Better words")
    assert len(await to_channels(world)) == before + 1
    await at.open("Bo")
    await bo.press("I approve")
    assert "Better words" in (await to_channels(world))[-1]
    assert len(await to_channels(world)) == before + 2
    await bo.press("1 earlier version")
    await bo.press("Restore version 1")
    assert "First words" in (await to_channels(world))[-1], "most approved of it already"
    assert len(await to_channels(world)) == before + 3


async def test_half_of_a_group_is_not_most_of_it(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    await open_channel(world, at.group, "telegram")
    before = len(await to_channels(world))
    ana = await at.open("Ana")
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.fill("First words")
    assert "1 of 2 approves" in words(ana.text)
    assert len(await to_channels(world)) == before
    bo = await at.open("Bo")
    await bo.press("I approve")
    assert len(await to_channels(world)) == before + 1


async def test_earlier_versions_are_read_three_at_a_time(world: World) -> None:
    at = await table(world, "stakes", "Ana")
    ana = await at.open("Ana")
    await ana.press("I will write it")
    for version in range(1, 9):
        await ana.press("Write" if version == 1 else "Change it")
        await ana.fill(f"Words {version}")
    pages = []
    await ana.press("7 earlier versions")
    pages.append(ana.text.splitlines()[2:])
    while "Older ones" in ana.buttons:
        await ana.press("Older ones")
        pages.append(ana.text.splitlines()[2:])
    assert [[words(line) for line in page if line] for page in pages] == [
        ["1. Ana, 10:00", "Words 7", "2. Ana, 10:00", "Words 6", "3. Ana, 10:00", "Words 5"],
        ["4. Ana, 10:00", "Words 4", "5. Ana, 10:00", "Words 3", "6. Ana, 10:00", "Words 2"],
        ["7. Ana, 10:00", "Words 1"],
    ]
    await ana.press("Newer ones")
    assert "Restore version 4" in ana.buttons


async def test_two_edits_at_once_become_two_versions_to_choose_from(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo", "Cleo", modal=True)
    ana, bo, cleo = at.chats.values()
    for each in ("Ana", "Bo"):
        await at.open(each)
        await at.chats[each].press("I will write it")
        await at.chats[each].press("Write")  # both forms are open now
    await ana.fill("Words of Ana")
    assert ana.text.splitlines()[0] == "Saved. Your group will be told."
    told = len(await pushed(world, cleo))
    await bo.fill("Words of Bo")
    assert bo.text.splitlines()[0] == "Saved. Someone else saved another version in the meantime: they are all here."
    assert "Words of Ana" in words(bo.text)
    assert "Words of Bo" in words(bo.text)
    assert "Two versions were written at the same time." in (await pushed(world, cleo))[-1]
    assert len(await pushed(world, cleo)) == told + 1
    await at.open("Cleo")
    assert "2 versions were written at the same time." in cleo.text
    await cleo.press("Keep version 2 (Bo)")
    assert cleo.toast == "This is now your group's version. The others are kept."
    assert await at.kept() == {"text": "Words of Bo"}
    await cleo.press("1 earlier version")
    assert "1. Ana, 10:00" in words(cleo.text)
    await cleo.press("Restore version 1")
    assert await at.kept() == {"text": "Words of Ana"}
    await cleo.press("More…")
    assert "1 earlier version" in cleo.buttons


async def test_three_at_once_are_three_versions_and_the_group_is_told_once(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo", "Cleo", "Dan", modal=True)
    dan = at.chats["Dan"]
    for each in ("Ana", "Bo", "Cleo"):
        await at.open(each)
        await at.chats[each].press("I will write it")
        await at.chats[each].press("Write")
    told = len(await pushed(world, dan))
    for each in ("Ana", "Bo", "Cleo"):
        await at.chats[each].fill(f"Words of {each}")
    assert len(await pushed(world, dan)) == told + 2  # the first, and that there are several
    await at.open("Dan")
    assert "3 versions were written at the same time." in dan.text
    await dan.press("Keep version 1")
    await dan.press("More…")
    assert "2 earlier versions" in dan.buttons
    assert await at.kept() == {"text": "Words of Ana"}


async def test_who_chooses_second_is_told_and_undoes_nothing(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo", modal=True)
    ana, bo = at.chats.values()
    for each in ("Ana", "Bo"):
        await at.open(each)
        await at.chats[each].press("I will write it")
        await at.chats[each].press("Write")
    await ana.fill("Words of Ana")
    await bo.fill("Words of Bo")
    await at.open("Ana")
    await ana.press("Keep version 1")
    await bo.press("Keep version 2")
    assert bo.text.splitlines()[0] == "Someone has already chosen. The others are kept under “earlier versions”."
    assert await at.kept() == {"text": "Words of Ana"}


@on_one_engine
@pytest.mark.parametrize("people", [2, 5])
async def test_saved_in_the_same_instant_nothing_is_overwritten(store_url: str, people: int) -> None:
    async with open_world(store_url, SETTINGS) as world:
        names = ("Ana", "Bo", "Cleo", "Dan", "Eva")[:people]
        at = await table(world, "stakes", *names, modal=True)
        for name in names:
            await at.open(name)
            await at.chats[name].press("I will write it")
            await at.chats[name].press("Write")
        await asyncio.gather(*(at.chats[name].fill(f"Words of {name}") for name in names))
        others = await world.store.read(partial(rival_versions, group_id=at.group.id, phase="stakes"))
        assert {(await at.kept())["text"], *(other.content["text"] for other in others)} == {
            f"Words of {name}" for name in names
        }


async def test_versions_to_choose_from_have_an_end_and_nothing_typed_is_lost(sqlite_url: str) -> None:
    settings = SETTINGS.model_copy(update={"limits": LimitSettings(versions=3)})
    async with open_world(sqlite_url, settings) as world:
        names = ("Ana", "Bo", "Cleo", "Dan")
        at = await table(world, "stakes", *names)
        for name in names:
            await at.open(name)
            await at.chats[name].press("I will write it")
            await at.chats[name].press("Write")
        for name in names:
            await at.chats[name].fill(f"Words of {name}")
        dan = at.chats["Dan"]
        assert "Easy: your group already has 3 versions to choose from. Your text is kept here" in dan.text
        others = await world.store.read(partial(rival_versions, group_id=at.group.id, phase="stakes"))
        assert [other.content["text"] for other in others] == ["Words of Bo", "Words of Cleo"]
        ana = await at.open("Ana")
        await ana.press("Keep version 2")
        await dan.fill("Words of Dan")
        others = await world.store.read(partial(rival_versions, group_id=at.group.id, phase="stakes"))
        assert [other.content["text"] for other in others] == ["Words of Dan"]


async def test_a_form_is_not_opened_on_a_version_that_was_replaced(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    ana, bo = await at.open("Ana"), await at.open("Bo")
    for each in (ana, bo):
        await each.press("I will write it")
    await ana.press("Write")
    await ana.fill("Words of Ana")
    await bo.press("Write")
    assert bo.text == "Someone saved another version in the meantime. Read it first."
    await bo.press("Our takeaways")
    assert "Words of Ana" in words(bo.text)


async def test_facts_are_listed_by_territory_and_kind_once_revealed(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    await at.say("Ana", "Few buses in the evening", "fact")
    await at.say("Bo", "Places to rehearse", "need")
    await at.say("Ana", "The culture pass", "scheme")
    ana = await at.open("Ana")
    assert "The ideas appear here once they are revealed." in ana.text
    assert "rehearse" not in ana.text
    await at.reveal()
    await at.open("Ana")
    assert words(ana.text).splitlines()[2:] == [
        "Quebec",
        "observation: Few buses in the evening",
        "need: Places to rehearse",
        "already exists: The culture pass",
    ]


async def test_who_voted_reads_the_three_most_voted_first_with_their_votes(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo", "Cleo")
    await at.say("Ana", "Few buses", "fact", voters=("Bo",))
    await at.say("Bo", "A night bus", "need", voters=("Ana", "Cleo"))
    await at.say("Cleo", "No cinema", "fact")
    await at.say("Cleo", "No library", "fact")
    await at.reveal()
    ana = await at.open("Ana")
    assert words(ana.text).splitlines()[2:] == [
        "2 votes: “A night bus”",
        "1 vote: “Few buses”",
        "2 more on the wall",
    ]


async def test_several_facts_of_a_kind_are_told_apart(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    await at.say("Ana", "Buses, trams and trains", "need")
    await at.say("Bo", "Places to rehearse", "need")
    await at.reveal()
    ana = await at.open("Ana")
    assert words(ana.text).splitlines()[2:] == ["Quebec", "need: “Buses, trams and trains” and “Places to rehearse”"]


async def test_who_writes_has_the_facts_below_what_is_written(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    await at.say("Bo", "Places to rehearse", "need")
    await at.reveal()
    ana = await at.open("Ana")
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.fill("We need rooms.")
    assert "need: Places to rehearse" in words(ana.text)
    assert "Places to rehearse" not in (await at.open("Bo")).text


async def test_a_challenge_opens_with_the_most_voted_idea_and_keeps_the_runners_up(world: World) -> None:
    at = await table(world, "challenge", "Ana", "Bo", "Cleo")
    await at.say("Ana", "How might we open schools?", voters=("Ana", "Bo"))
    await at.say("Bo", "Who pays?", voters=("Cleo",))
    await at.say("Cleo", "No vote at all")
    await at.reveal()
    ana = await at.open("Ana")
    assert "2 votes: “How might we open schools?”" in words(ana.text)
    await ana.press("I will write it")
    await ana.press("Write")
    assert "Now: How might we open schools?" in words(ana.text)
    await ana.press("Keep it")
    assert await at.kept() == {"sentence": "How might we open schools?", "runners_up": "Who pays? (1)"}
    assert "begins with" not in ana.text
    assert words(ana.text).splitlines()[4:6] == ["Runners-up (votes):", "Who pays? (1)"]


@pytest.mark.parametrize("modal", [False, True])
async def test_what_is_kept_opens_with_what_was_voted(world: World, modal: bool) -> None:
    at = await table(world, "stakes", "Ana", "Bo", "Cleo", modal=modal)
    await at.say("Ana", "No cinema", "fact")
    await at.say("Bo", "A night bus", "need", voters=("Cleo",))
    await at.say("Cleo", "Schools close\nat six", "fact", voters=("Ana", "Bo"))
    ana = await at.open("Ana")
    await ana.press("I will write it")
    await ana.press("Write")
    assert "six" not in (ana.text if ana.form is None else str(ana.form.prefill)), "nobody reads it before the reveal"
    await at.reveal()
    ana = await at.open("Ana")
    await ana.press("Write")
    voted = "• Schools close at six\n• A night bus"
    if ana.form is not None:
        assert ana.form.prefill == {"text": voted}
        await ana.fill(voted)
    else:
        await ana.press("Keep it")
    assert await at.kept() == {"text": voted}


async def test_a_tie_is_named_and_any_wording_is_kept(world: World) -> None:
    at = await table(world, "challenge", "Ana", "Bo")
    await at.say("Ana", "Open schools", voters=("Ana",))
    await at.say("Bo", "Open museums", voters=("Bo",))
    await at.reveal()
    ana = await at.open("Ana")
    assert "A tie, 1 vote each: “Open schools” and “Open museums”" in words(ana.text)
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.fill("Schools open at night")
    assert "A challenge opens more ideas when it begins with “How…”." in ana.text
    assert await at.kept() == {"sentence": "Schools open at night", "runners_up": "Open museums (1)"}


async def test_before_the_reveal_nobody_reads_which_idea_leads(world: World) -> None:
    at = await table(world, "challenge", "Ana", "Bo", modal=True)
    await at.say("Bo", "A secret", voters=("Bo",))
    ana = await at.open("Ana")
    await ana.press("I will write it")
    assert "secret" not in ana.text
    await ana.press("Write")
    assert ana.form is not None
    assert "secret" not in str(ana.form.prefill)


async def test_what_is_too_long_stays_in_the_form(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo", modal=True)
    ana = await at.open("Ana")
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.fill("a" * 1600)
    assert "100 characters too many" in ana.text
    await ana.press("Correct my answer")
    assert ana.form is not None
    assert ana.form.prefill["text"] == "a" * 1600


async def test_after_the_end_of_the_phase_it_can_still_be_written(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    await ended(world, at.run)
    await wait(world, minutes=20 * 60)
    ana = await at.open("Ana")
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.fill("The next morning")
    assert await at.kept() == {"text": "The next morning"}


async def test_others_read_nothing_and_who_runs_the_workshop_does(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    zed = await world.join("Zed", "300")
    await group(world, ["Zed"], number_=2)
    await zed.follow(f"wsy-{base36(at.run.id)}")
    assert zed.text == "This is for the members of another group."
    maya = await facilitator(world)
    await maya.follow(f"wsy-{base36(at.run.id)}")
    assert "Nobody is writing yet." in maya.text
    await maya.press("I will write it")
    await maya.press("Write")
    await maya.fill("Written for you")
    assert "I approve" not in maya.buttons
    assert "0 of 2 approve" in maya.text


async def test_who_was_moved_meanwhile_gets_their_words_back(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo", "Cleo", modal=True)
    ana = await at.open("Ana")
    await ana.press("I will write it")
    await ana.press("Write")
    await world.store.transact(partial(take_out_of_group, participant_id=await number(world, "Ana"), round_number=1))
    await ana.fill("Words of Ana")
    assert words(ana.text).splitlines() == [
        "You are no longer in this group, so nothing was saved. Your text:",
        "Words of Ana",
    ]
    assert ana.fresh, "what takes the place of another message may be missed, and words are lost"
    assert await at.current() is None


async def test_a_comment_on_a_replaced_version_stands_at_the_new_one(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo", modal=True)
    ana, bo = await at.open("Ana"), at.chats["Bo"]
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.fill("First")
    await at.open("Bo")
    await bo.press("Comment")
    await at.open("Ana")
    await ana.press("Change it")
    await ana.fill("Second")
    await bo.fill("Say more")
    await at.open("Ana")
    assert "Bo: Say more" in words(ana.text)


async def test_an_aged_button_of_a_group_that_is_gone_leads_home(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    ana = await at.open("Ana")
    await world.store.transact(partial(remove_group, group_id=at.group.id))
    await ana.press("I will write it")
    assert ana.text.startswith("That button has aged.")


async def test_saving_the_same_words_again_makes_no_version(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    ana = await at.open("Ana")
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.fill("Words")
    await ana.press("Change it")
    await ana.press("Keep it")
    assert ana.text.splitlines()[0] == "It already says so."
    assert not any("earlier" in button for button in ana.buttons)


async def test_a_form_of_another_kind_of_phase_has_aged(world: World) -> None:
    at = await table(world, "challenge", "Ana")
    ana = at.chats["Ana"]
    for action in (WriteText(at.run.id, 0), WriteFirstHalf(at.run.id, 0)):
        await ana.follow(action.encode())
        assert ana.text.startswith("That button has aged.")


async def test_an_anonymous_fact_stands_under_no_territory(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    fact = await at.say("Bo", "Few buses in the evening", "fact")
    await world.store.transact(partial(set_anonymous, idea_id=fact.id, anonymous=True))
    await at.reveal()
    ana = await at.open("Ana")
    assert words(ana.text).splitlines()[2:] == ["Without a territory", "observation: Few buses in the evening"]


async def test_a_photo_without_words_is_no_runner_up(world: World) -> None:
    at = await table(world, "challenge", "Ana", "Bo", "Cleo")
    await at.say("Ana", "Wie können wir lernen?", voters=("Ana", "Bo"))
    await at.say("Bo", "", voters=("Cleo",))
    await at.reveal()
    ana = await at.open("Ana")
    await ana.press("I will write it")
    await ana.press("Write")
    await ana.press("Keep it")
    assert await at.kept() == {"sentence": "Wie können wir lernen?"}
