"""Ideas as they are given: in plain words, in a form, too long, too late, without a group, and changed afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.content.forms import Upload, Written
from bot.conversation.incoming import Deleted, Picked, Pressed, Submitted, Typed
from handlers.ideas.actions import WithdrawIdea
from handlers.ideas.participant.giving import give_fact
from handlers.ideas.store.files import files_of_idea
from handlers.ideas.store.ideas import delete_idea
from handlers.ideas.store.votes import cast_votes
from handlers.workshops.actions import BuildOn, GiveIdea, MyIdeas, ShowWall
from handlers.workshops.model import PhaseRun
from handlers.workshops.service.phases import pause_phase
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import choose, crowd, group, regroup
from tests.ideas.builders import idea, ideas_of, lines, votes_by_idea
from tests.participants import number
from tests.workshops.builders import PHASES, ended, revealed, started, wait
from tests.world import World, make_settings, open_world

WHAT = "I have noted nothing yet. What shall I do with it?\nI keep your words for you for a day, then delete them."


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    settings = make_settings(phases=PHASES, organisers={"telegram": [900]})
    async with open_world(sqlite_url, settings) as world:
        yield world


async def working(world: World, key: str = "solutions") -> tuple[NeutralChat, NeutralChat, PhaseRun]:
    """Zoé and Max, whose group is in a phase."""
    chats = await crowd(world, "Zoé", "Max")
    run = await started(world, await group(world, ["Zoé", "Max"]), key)
    return chats["Zoé"], chats["Max"], run


# --- plain words


async def test_plain_words_in_a_phase_are_an_idea_and_one_card_says_so(world: World) -> None:
    zoe, _max, _run = await working(world)
    first = await zoe.send("A shared kitchen")
    assert zoe.text == "Your idea is noted."
    assert zoe.buttons == ("This is not an idea", "Change it", "Without my name")
    assert zoe.marked == [first]
    second = await zoe.send("A night library")
    assert zoe.text == "2 ideas, the last: “A night library”"
    assert zoe.buttons == ("This is not an idea", "Change it", "Without my name")
    assert zoe.marked == [first, second]
    assert [(idea.text, idea.state, idea.anonymous) for idea in await ideas_of(world, "Zoé")] == [
        ("A shared kitchen", "live", False),
        ("A night library", "live", False),
    ]


@pytest.mark.parametrize("words", ["Could we share a kitchen?", "A night library, no?? :)"])
async def test_words_that_may_be_no_idea_wait_and_are_one_once_their_author_says_so(world: World, words: str) -> None:
    zoe, _max, _run = await working(world)
    await zoe.send(words)
    assert zoe.text == WHAT
    assert (zoe.buttons[0], zoe.buttons[-1]) == ("It is an idea", "Nothing, forget it")
    assert zoe.marked == []
    it_is_one = zoe.payload("It is an idea")
    await zoe.send("A shared kitchen")  # meanwhile
    assert [idea.text for idea in await ideas_of(world, "Zoé")] == ["A shared kitchen"]
    await zoe.act(Pressed(it_is_one))
    assert zoe.text.startswith("2 ideas, the last: “")
    assert not zoe.fresh, "it stands where the question stood"
    assert [(idea.text, idea.state) for idea in await ideas_of(world, "Zoé")] == [
        ("A shared kitchen", "live"),
        (words, "live"),
    ]
    await zoe.act(Pressed(it_is_one))
    assert len(await ideas_of(world, "Zoé")) == 2, "pressed twice"


async def test_each_of_several_words_that_may_be_no_idea_waits_for_itself(world: World) -> None:
    zoe, _max, _run = await working(world)
    pressed = []
    for words in ("A night library?", "A shared kitchen?", "Where is lunch?"):
        await zoe.send(words)
        pressed.append((zoe.payload("It is an idea"), zoe.payload("Ask the team"), zoe.payload("Nothing")))
    await zoe.act(Pressed(pressed[0][0]))
    assert zoe.text == "Your idea is noted."
    await zoe.act(Pressed(pressed[2][1]))
    assert zoe.text.startswith("Your question is")
    await zoe.act(Pressed(pressed[1][2]))
    assert zoe.text == "Forgotten: I have kept nothing."
    assert [idea.text for idea in await ideas_of(world, "Zoé")] == ["A night library?"]


async def test_nobody_else_reads_words_that_may_be_no_idea(world: World) -> None:
    zoe, max_, run = await working(world)
    await zoe.send("Where is lunch?")
    await revealed(world, run)
    await max_.act(Pressed(ShowWall(run.id).encode()))
    assert "No idea yet." in max_.text
    await zoe.press("Nothing, forget it")
    await zoe.act(Pressed(MyIdeas(run.id).encode()))
    assert zoe.text == "You have not given an idea in this phase yet."


async def test_what_was_a_question_goes_to_the_team(world: World) -> None:
    zoe, _max, _run = await working(world)
    await zoe.send("A night library?")
    await zoe.press("Ask the team")
    assert zoe.text.startswith("Your question is")
    assert await ideas_of(world, "Zoé") == []
    await zoe.send("A night library for students, " * 20 + "no?")
    await zoe.press("Ask the team")
    assert zoe.text.startswith("103 characters too many (at most 500). Your text is kept")
    await zoe.press("Correct my question")
    assert "A night library for students" in zoe.text


@pytest.mark.parametrize(("words", "taken"), [("How could schools share kitchens?", True), ("How long?", False)])
async def test_a_challenge_is_a_question_where_challenges_are_asked_for(world: World, words: str, taken: bool) -> None:
    zoe, _max, _run = await working(world, "challenge")
    await zoe.send(words)
    assert [idea.text for idea in await ideas_of(world, "Zoé", "challenge")] == [words] * taken
    assert (zoe.text == "Your challenge is noted.") is taken


async def test_a_screen_asked_for_in_plain_words_is_no_idea(world: World) -> None:
    zoe, _max, _run = await working(world)
    for words, shown in (("My group?", "Education 1"), ("Thanks!", "With pleasure!"), ("Settings", "Language")):
        await zoe.send(words)
        assert shown in zoe.text
    await zoe.send("We need help!")
    assert zoe.text.startswith("Shall I call someone to help your group?")
    await zoe.send("help")  # perhaps a cry: nobody is shown it, and whom to call is said
    assert zoe.text.startswith("If you are in danger, call 112.\nI have shown this message to nobody.")
    assert await ideas_of(world, "Zoé") == []


async def test_ideas_are_taken_during_a_break_too(world: World) -> None:
    zoe, _max, run = await working(world)
    await world.store.transact(partial(pause_phase, run=run, now=world.clock.now()))
    await zoe.send("A shared kitchen")
    assert zoe.text == "Your idea is noted."


async def test_outside_any_phase_words_go_where_they_went_before(world: World) -> None:
    chats = await crowd(world, "Zoé")
    await chats["Zoé"].send("Where do we sleep?")
    assert chats["Zoé"].text != WHAT
    assert "It is an idea" not in chats["Zoé"].buttons


async def test_the_same_update_twice_is_one_idea(world: World) -> None:
    zoe, _max, _run = await working(world)
    for _time in range(2):
        await zoe.act(Typed("A shared kitchen", message="77"), update_id="u1")
    assert len(await ideas_of(world, "Zoé")) == 1


async def test_on_the_page_each_idea_has_its_card(world: World) -> None:
    code = await world.invite("Lea")
    lea = world.chat("w1", platform="web", modal=True)
    await lea.follow(f"j-{code}")
    await started(world, await group(world, ["Lea"]), "solutions")
    await lea.send("A shared kitchen")
    await lea.send("A night library")
    assert lea.text == "2 ideas, the last: “A night library”"
    assert lea.buttons == ("This is not an idea", "Change it", "Without my name"), "the next one is typed below"


async def test_blanks_are_no_idea(world: World) -> None:
    zoe, _max, _run = await working(world)
    await zoe.send("   \n ")
    assert zoe.text == "I see no text in this message. Write your idea in a few words, please."
    assert await ideas_of(world, "Zoé") == []


@pytest.mark.parametrize("modal", [False, True])
async def test_five_thousand_characters_are_kept_to_be_shortened(world: World, modal: bool) -> None:
    zoe, _max, _run = await working(world)
    await zoe.send("kitchen " * 625)
    assert zoe.text.startswith("3999 characters too many: an idea has 1000 at most. Your text is kept")
    assert await ideas_of(world, "Zoé") == []
    zoe.modal = modal
    await zoe.press("Shorten it")
    if modal:
        assert zoe.form is not None
        assert zoe.form.prefill["idea"].startswith("kitchen kitchen")
    else:
        assert "kitchen kitchen" in zoe.text
    await zoe.fill("A shared kitchen")
    assert [idea.text for idea in await ideas_of(world, "Zoé")] == ["A shared kitchen"]


async def test_a_message_that_was_too_long_is_shortened_in_its_place(world: World) -> None:
    zoe, _max, _run = await working(world)
    message = await zoe.send("kitchen " * 625)
    await zoe.edit(message, "kitchen " * 200)
    assert zoe.text.startswith("599 characters too many")
    await zoe.edit(message, "A shared kitchen")
    assert zoe.text == "Your idea is noted."
    await zoe.edit(message, "A kitchen shared by everyone")
    assert [idea.text for idea in await ideas_of(world, "Zoé")] == ["A kitchen shared by everyone"]


# --- facts, needs, schemes


async def test_facts_say_what_they_were_taken_for_and_how_to_say_otherwise(world: World) -> None:
    zoe, _max, _run = await working(world, "stakes")
    await zoe.send("Half of the villages have no cinema")
    assert lines(zoe)[0] == "Noted as an observation."
    assert zoe.options == ("A need", "It exists")
    assert [idea.category for idea in await ideas_of(world, "Zoé", "stakes")] == ["fact"]
    await zoe.pick("A need")
    assert lines(zoe) == ["1 idea: “Half of the villages have no cinema”", "Noted as a need."]
    assert zoe.options == ("An observation", "It exists")
    assert zoe.buttons == ("This is not an idea", "Change it", "Without my name"), "it is the same card"
    assert [idea.category for idea in await ideas_of(world, "Zoé", "stakes")] == ["need"]


async def test_the_kind_of_an_older_idea_is_changed_on_its_screen(world: World) -> None:
    zoe, _max, _run = await working(world, "stakes")
    await zoe.send("Half of the villages have no cinema")
    first = zoe.view
    await zoe.send("Besoin : un bus le soir")
    assert "Noted as a need." in zoe.text, "a word before a colon says it, too"
    assert first
    assert first.choice
    await zoe.act(Picked(first.choice.action.encode(), ("scheme",)))
    assert "Half of the villages have no cinema" in lines(zoe)[0]
    assert [idea.category for idea in await ideas_of(world, "Zoé", "stakes")] == ["scheme", "need"]


@pytest.mark.parametrize(
    ("words", "category", "rest"),
    [
        ("Besoin : un local ouvert le soir", "need", "un local ouvert le soir"),
        ("need: a room", "need", "a room"),
        ("BEDÜRFNIS: eine Küche für alle", "need", "eine Küche für alle"),
        ("Dispositif\u00a0: le pass culture", "scheme", "le pass culture"),
        ("Angebot: der Kulturpass", "scheme", "der Kulturpass"),
        ("Constat : les cinémas ferment", "fact", "les cinémas ferment"),
        ("Paris : la ville ferme tôt", "fact", "Paris : la ville ferme tôt"),
        ("Besoin :", "fact", "Besoin :"),
        ("Il manque un bus le soir", "need", "Il manque un bus le soir"),
        ("« Il faudrait un local »", "need", "« Il faudrait un local »"),
        ("There is no cinema in town", "need", "There is no cinema in town"),
        ("Es bräuchte einen Bus am Abend", "need", "Es bräuchte einen Bus am Abend"),
        ("Ça existe déjà : le pass culture", "scheme", "Ça existe déjà : le pass culture"),
        ("Il existe un ciné-club par village", "scheme", "Il existe un ciné-club par village"),
        ("Un cinéma pour dix villages chez nous", "fact", "Un cinéma pour dix villages chez nous"),
    ],
)
async def test_a_word_before_a_colon_says_what_it_is(world: World, words: str, category: str, rest: str) -> None:
    zoe, _max, _run = await working(world, "stakes")
    await zoe.send(words)
    assert [(idea.category, idea.text) for idea in await ideas_of(world, "Zoé", "stakes")] == [(category, rest)]


async def test_where_no_facts_are_collected_a_colon_means_nothing(world: World) -> None:
    zoe, _max, _run = await working(world)
    await zoe.send("Besoin : un local")
    assert [(idea.category, idea.text) for idea in await ideas_of(world, "Zoé")] == [("", "Besoin : un local")]


# --- in a form


async def test_a_form_gives_an_idea_and_the_next(world: World) -> None:
    zoe, _max, run = await working(world)
    zoe.modal = True
    await zoe.follow(GiveIdea(run.id).encode())
    await zoe.fill("A shared kitchen")
    assert zoe.text == "1 idea: “A shared kitchen”"
    await zoe.follow(GiveIdea(run.id).encode())
    await zoe.fill("A night library")
    assert zoe.text == "2 ideas, the last: “A night library”"
    assert zoe.buttons == ("Another idea", "This is not an idea", "Change it", "Without my name")
    await zoe.press("Without my name")
    assert [idea.anonymous for idea in await ideas_of(world, "Zoé")] == [False, True]


async def test_a_form_gives_a_challenge_and_offers_another_one(world: World) -> None:
    zoe, _max, run = await working(world, "challenge")
    zoe.modal = True
    await zoe.follow(GiveIdea(run.id).encode())
    await zoe.fill("How do we get home at night?")
    assert zoe.buttons == ("Another challenge", "This is not a challenge", "Change it", "Without my name")


async def test_a_form_takes_photos_too(world: World) -> None:
    zoe, _max, run = await working(world)
    zoe.modal = True
    await zoe.follow(GiveIdea(run.id).encode())
    photo = Upload("sheet.pdf", b"%PDF", media_type="application/pdf")
    await zoe.act(Submitted(GiveIdea(run.id).encode(), {"idea": Written("A **shared** kitchen", (photo,))}))
    [idea] = await ideas_of(world, "Zoé")
    assert idea.text == "A shared kitchen"
    assert len(await world.store.read(partial(files_of_idea, idea_id=idea.id))) == 1
    await zoe.act(Submitted(GiveIdea(run.id).encode(), {"idea": Written("", (photo,))}))
    assert zoe.text.startswith("Photo kept. What does it show? Write one line.\nA document is kept as it is:")


async def test_a_form_that_is_too_long_opens_again_as_it_was_left(world: World) -> None:
    zoe, _max, run = await working(world)
    zoe.modal = True
    await zoe.follow(GiveIdea(run.id).encode())
    await zoe.fill("x" * 1001)
    assert "1 character too many" in zoe.text
    await zoe.press("Correct my answer")
    assert zoe.form is not None
    assert zoe.form.prefill["idea"] == "x" * 1001
    await zoe.fill("A shared kitchen")
    assert [idea.text for idea in await ideas_of(world, "Zoé")] == ["A shared kitchen"]


@pytest.mark.parametrize("modal", [False, True])
async def test_a_button_of_before_for_a_fact_asks_for_an_idea(world: World, modal: bool) -> None:
    zoe, _max, run = await working(world, "stakes")
    zoe.modal = modal
    await zoe.follow(give_fact.to(run.id).encode())
    await zoe.fill("need: a room in the evening")
    assert [(idea.text, idea.category) for idea in await ideas_of(world, "Zoé", "stakes")] == [
        ("a room in the evening", "need")
    ]


async def test_no_form_opens_between_phases(world: World) -> None:
    chats = await crowd(world, "Zoé")
    chats["Zoé"].modal = True
    await chats["Zoé"].follow(GiveIdea(1).encode())
    assert chats["Zoé"].text == "No phase is open right now. You will be told when one begins."


# --- building on an idea


async def test_building_on_an_idea_keeps_the_link(world: World) -> None:
    zoe, max_, run = await working(world)
    await zoe.send("A shared kitchen")
    await revealed(world, run)
    [kitchen] = await ideas_of(world, "Zoé")
    await max_.follow(BuildOn(kitchen.id).encode())
    await max_.fill("With recipes from everywhere")
    assert max_.text == "Noted. It builds on “A shared kitchen”."
    assert [idea.parent_id for idea in await ideas_of(world, "Max")] == [kitchen.id]


@pytest.mark.parametrize("modal", [False, True])
async def test_what_builds_on_an_idea_is_kept_though_that_is_gone_meanwhile(world: World, modal: bool) -> None:
    zoe, max_, run = await working(world)
    await zoe.send("A shared kitchen")
    await revealed(world, run)
    [kitchen] = await ideas_of(world, "Zoé")
    max_.modal = modal
    await max_.follow(BuildOn(kitchen.id).encode())
    await zoe.follow(WithdrawIdea(kitchen.id).encode())
    await max_.fill("With recipes from everywhere")
    assert max_.text == "Noted. The idea you built on has just been taken off the wall: yours stays there on its own."
    assert [idea.parent_id for idea in await ideas_of(world, "Max")] == [None]


async def test_what_is_not_revealed_cannot_be_built_on(world: World) -> None:
    zoe, max_, _run = await working(world)
    await zoe.send("A shared kitchen")
    [kitchen] = await ideas_of(world, "Zoé")
    await max_.follow(BuildOn(kitchen.id).encode())
    assert "That button has aged." in max_.text


# --- a message that is changed


async def test_changing_the_message_changes_the_idea_and_keeps_its_votes(world: World) -> None:
    zoe, _max, run = await working(world)
    message = await zoe.send("A shared kitchen")
    await revealed(world, run)
    [idea] = await ideas_of(world, "Zoé")
    await world.change(cast_votes, await number(world, "Max"), run.group_id, run.phase, [idea.id])
    await zoe.edit(message, "A kitchen shared by everyone")
    assert set(zoe.marked) == {message}
    assert zoe.text == "1 idea: “A kitchen shared by everyone”", "the card says it as it is now"
    [changed] = await ideas_of(world, "Zoé")
    assert (changed.id, changed.text) == (idea.id, "A kitchen shared by everyone")
    assert await world.read(votes_by_idea, run.group_id, run.phase) == {idea.id: 1}


async def test_a_change_that_is_too_long_or_too_late_leaves_the_idea_as_it_was(world: World) -> None:
    zoe, _max, run = await working(world)
    message = await zoe.send("A shared kitchen")
    await zoe.edit(message, "x" * 1004)
    assert zoe.text == "4 characters too many (at most 1000): your idea stays as it was."
    await ended(world, run)
    await zoe.edit(message, "Another kitchen")
    assert zoe.text == "This phase is finished: your idea stays as it was."
    assert [idea.text for idea in await ideas_of(world, "Zoé")] == ["A shared kitchen"]


async def test_changing_an_earlier_idea_leaves_the_card_with_the_last(world: World) -> None:
    zoe, _max, _run = await working(world)
    message = await zoe.send("A shared kitchen")
    second = await zoe.send("A night library")
    await zoe.edit(message, "A kitchen shared by everyone")
    assert zoe.marked == [message, second, message]
    assert zoe.text == "2 ideas, the last: “A night library”"


async def test_changing_any_other_message_says_nothing(world: World) -> None:
    zoe, max_, _run = await working(world)
    message = await zoe.send("A shared kitchen")
    before = max_.text
    await max_.edit(message, "A kitchen of mine")
    await zoe.edit("1", "A kitchen that I gave long ago")
    assert max_.text == before
    assert [idea.text for idea in await ideas_of(world, "Zoé")] == ["A shared kitchen"]


# --- too late, and nowhere


async def test_what_comes_after_the_end_is_kept_and_may_be_sent(world: World) -> None:
    zoe, _max, run = await working(world)
    await ended(world, run)
    await zoe.send("A shared kitchen")
    assert zoe.text == "This phase is finished. Your text is kept."
    assert zoe.buttons == ("Send to the facilitator", "This is not an idea", "Withdraw")
    await zoe.press("Send to the facilitator")
    assert zoe.text.startswith("Sent. The facilitator will decide whether it still goes on the wall.")
    assert [idea.state for idea in await ideas_of(world, "Zoé")] == ["offered"]


async def test_long_after_the_end_words_are_an_idea_only_if_said_so(world: World) -> None:
    zoe, _max, run = await working(world)
    await ended(world, run)
    await wait(world, minutes=31)
    await zoe.send("A shared kitchen")
    assert zoe.text == WHAT
    assert zoe.buttons == ("It is an idea", "Ask the team", "Nothing, forget it")
    await zoe.press("It is an idea")
    assert zoe.text == "This phase is finished. Your text is kept."
    assert [(idea.text, idea.state) for idea in await ideas_of(world, "Zoé")] == [("A shared kitchen", "late")]


async def test_long_after_the_end_an_idea_that_is_too_long_waits_below_the_question(world: World) -> None:
    zoe, _max, run = await working(world)
    await ended(world, run)
    await wait(world, minutes=31)
    await zoe.send("kitchen " * 126)
    await zoe.press("It is an idea")
    assert zoe.text.startswith("7 characters too many: an idea has 1000 at most.")
    await zoe.press("Shorten it")
    await zoe.fill("A shared kitchen")
    assert zoe.text == "This phase is finished. Your text is kept."


async def test_the_next_phase_takes_what_comes_after_the_end_of_one(world: World) -> None:
    chats = await crowd(world, "Zoé")
    made = await group(world, ["Zoé"])
    await ended(world, await started(world, made, "challenge"))
    await started(world, made, "solutions")
    await chats["Zoé"].send("A shared kitchen")
    assert [idea.state for idea in await ideas_of(world, "Zoé")] == ["live"]


async def test_who_has_no_group_is_told_whom_to_ask_and_takes_the_idea_along(world: World) -> None:
    chats = await crowd(world, "Zoé", "Max")
    made = await group(world, ["Max"])
    await choose(world, "Zoé")
    run = await started(world, made, "solutions")
    zoe = chats["Zoé"]
    await zoe.send("A shared kitchen")
    assert zoe.text == (
        "You have no group yet: your idea is kept until you do. The team can tell you which group is yours."
    )
    assert zoe.buttons == ("This is not an idea", "Ask the team", "Withdraw", "My ideas")
    assert [(idea.state, idea.group_id) for idea in await ideas_of(world, "Zoé")] == [("homeless", None)]
    await zoe.press("My ideas")
    assert "Take my ideas with me" not in zoe.buttons
    await regroup(world, "Zoé", made)
    await zoe.follow(MyIdeas(run.id).encode())
    await zoe.press("Take my ideas with me")
    assert zoe.text == "1 idea is with your group now."
    assert [(idea.state, idea.group_id) for idea in await ideas_of(world, "Zoé")] == [("live", made.id)]


async def test_deleting_the_message_withdraws_the_idea_and_it_can_be_brought_back(world: World) -> None:
    zoe, max_, _run = await working(world)
    first, second = await zoe.send("A shared kitchen"), await zoe.send("A night library")
    await max_.act(Deleted(second))
    assert [idea.state for idea in await ideas_of(world, "Zoé")] == ["live", "live"], "not his to withdraw"
    await zoe.act(Deleted(second))
    assert [idea.state for idea in await ideas_of(world, "Zoé")] == ["live", "withdrawn"]
    assert zoe.text == "You deleted your message: the idea “A night library” is withdrawn."
    await zoe.press("Bring it back")
    assert [idea.state for idea in await ideas_of(world, "Zoé")] == ["live", "live"]
    await zoe.act(Deleted("4711"))
    assert [idea.state for idea in await ideas_of(world, "Zoé")] == ["live", "live"]
    assert first != second


# --- the most that one person can give

TOO_MANY = (
    "Easy: you have given 2 ideas, withdrawn ones included, the most that one person can. All of them are kept, but"
    " this one is not added. You can change one of yours to say it."
)


@on_one_engine
async def test_nobody_gives_ideas_without_end_in_whatever_way(store_url: str) -> None:
    async with open_world(store_url, make_settings(phases=PHASES, limits={"ideas": 2})) as world:
        zoe, max_, run = await working(world)
        await max_.send("A bus that brings books")
        await max_.follow(GiveIdea(run.id).encode())  # which stays open meanwhile
        await zoe.send("A shared kitchen")
        await zoe.press("This is not an idea")
        await zoe.send("A shared kitchen for the district")
        await zoe.send("Could we have a night library?")
        waiting = zoe.payload("It is an idea")
        await zoe.send("A garden behind the school")
        assert zoe.text == "2 ideas, the last: “A garden behind the school”"

        async def refused() -> None:
            assert zoe.text == TOO_MANY
            assert zoe.buttons[0] == "My ideas"
            assert len(await ideas_of(world, "Zoé")) == 2

        await zoe.send("A shared workbench")
        await refused()
        await zoe.send("x" * 1001)
        await refused()
        for _times in range(2):  # the words wait as they did
            await zoe.act(Pressed(waiting))
            await refused()
        await zoe.follow(GiveIdea(run.id).encode())
        await refused()
        (of_max,) = await ideas_of(world, "Max")
        await revealed(world, run)
        await zoe.follow(BuildOn(of_max.id).encode())
        await refused()
        await zoe.send_file(Upload("plan.pdf", b"%PDF", media_type="application/pdf"), "With a plan")
        await refused()
        await zoe.act(Pressed(WithdrawIdea((await ideas_of(world, "Zoé"))[0].id).encode()))
        await zoe.send("A shared workbench")
        assert zoe.text == TOO_MANY, "who withdraws one has no more room"
        await max_.send("A second one, in plain words")
        assert len(await ideas_of(world, "Max")) == 2, "others do not notice"


@on_one_engine
@pytest.mark.parametrize("modal", [False, True])
async def test_a_form_that_was_open_keeps_the_words_of_one_idea_too_many(store_url: str, modal: bool) -> None:
    async with open_world(store_url, make_settings(phases=PHASES, limits={"ideas": 1})) as world:
        zoe = (await crowd(world, "Zoé"))["Zoé"]
        zoes = await group(world, ["Zoé"])
        form = GiveIdea((await started(world, zoes, "solutions")).id).encode()
        zoe.modal = modal
        await zoe.follow(form)
        library = await idea(world, zoes, "Zoé", "A night library")
        await zoe.fill("A shared kitchen")
        assert "the most that one person can" in zoe.text
        assert [each.text for each in await ideas_of(world, "Zoé")] == ["A night library"]
        correct = zoe.payload("Correct my answer") if modal else None
        await zoe.follow(form)
        assert "the most that one person can" in zoe.text
        await world.change(delete_idea, library.id)
        if correct:
            await zoe.follow(correct)
            assert zoe.form is not None
            assert zoe.form.prefill["idea"] == "A shared kitchen"
        else:
            await zoe.fill("A shared kitchen")
            assert [each.text for each in await ideas_of(world, "Zoé")] == ["A shared kitchen"]
