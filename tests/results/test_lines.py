"""One press takes any line out of all prints and exports; walls and votes keep it; it can be undone for ten minutes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.conversation.incoming import Picked
from bot.files.folder import Folder
from bot.membership.erasure import erase
from handlers.ideas.store.ideas import ideas_of_group
from handlers.ideas.store.votes import most_voted_of_group
from handlers.results.actions import ShowLines
from handlers.results.model import LineKey, WorkshopResults, decode_snapshot
from handlers.results.organiser.lines import show_group_lines, show_phase_lines, turn_line
from handlers.results.service import confirm_deck, find_deck
from handlers.results.store.snapshots import read_snapshot
from handlers.syntheses.store import current_version, past_versions, put_opinion, take_back_version
from handlers.workshops.actions import OpenIdea
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.later import read_later, shown, stored
from tests.participants import number
from tests.results.builders import CANVAS, Made, attach, give_idea, photo, populate, write_down
from tests.results.chats import member
from tests.stored_rows import stored_rows
from tests.workshops.builders import facilitator
from tests.world import DECLARED, World, make_settings, open_world

_MONTHS = timedelta(days=130)  # until nobody is in a group any more


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    settings = make_settings(organisers={"telegram": [900], "discord": [900]})
    async with open_world(store_url, settings) as world:
        yield world


@pytest.fixture
async def made(world: World) -> Made:
    """Two groups that lived the four phases; three ideas each and phase."""
    files = Folder(world.settings.storage.folder)
    return await populate(world.store, world.clock.now(), groups=2, ideas=3, files=files)


async def results(world: World) -> WorkshopResults:
    return decode_snapshot(await world.read(read_snapshot))


async def at(team: NeutralChat, phase: str) -> None:
    """The lines of the first group in a phase, from the results on."""
    await team.command("bilan")
    await team.press("Choose what appears")
    await team.press("Culture 1")
    await team.press(phase)


@on_one_engine
async def test_an_idea_is_out_of_every_file_and_stays_on_the_wall_with_its_votes(world: World, made: Made) -> None:
    team, group = await world.organiser(), made.groups[0]
    before = await world.read(most_voted_of_group, group, "stakes")
    idea, text = before[0][0].id, before[0][0].text
    await at(team, "Stakes")
    assert team.text.startswith("Culture 1 · Stakes\nPress a line to take it out of all prints and exports")
    assert team.options[0] == "Ce que nous savons."
    await team.pick(text)
    assert words(team.text).startswith(f"“{text}” is out of all prints and exports")
    out = [each.id for each in (await results(world)).all_ideas]
    assert (len(out), idea in out) == (23, False)
    assert await world.read(most_voted_of_group, group, "stakes") == before
    await team.press("Undo this change")
    assert words(team.text).startswith(f"Undone: “{text}” is out of all prints and exports")
    assert len((await results(world)).all_ideas) == 24


async def test_what_is_stored_of_a_list_is_which_lines_and_whose(world: World, made: Made) -> None:
    team, group = await world.organiser(), made.groups[0]
    await at(team, "Solutions")
    said = stored(shown(team))
    (best, _votes), *_others = await world.read(most_voted_of_group, group, "solutions")
    assert not any(word in said for word in (best.text, CANVAS["how"], "Zoé"))
    assert '["person", ' in said
    read = await read_later(world, shown(team))
    assert CANVAS["how"] in read
    assert "How · Zoé" in read


@on_one_engine
async def test_after_ten_minutes_the_list_itself_takes_it_in_again(world: World, made: Made) -> None:
    team = await world.organiser()
    await at(team, "Stakes")
    text = team.options[1]
    await team.pick(text)
    undo = team.payload("Undo")
    await world.clock.advance(timedelta(minutes=10))
    await team.follow(undo)
    assert team.text.startswith("A change can be undone for ten minutes only.")
    await at(team, "Stakes")
    assert team.described[text].startswith("✗ taken out · ")
    await team.press("Choose what appears")
    assert "1 line was taken out." in team.text
    await at(team, "Stakes")
    await team.pick(text)
    assert words(team.text).startswith(f"“{text}” is in prints and exports")
    assert len((await results(world)).all_ideas) == 24


async def test_fields_squares_and_comments_are_lines_too(world: World, made: Made) -> None:
    team, group = await world.organiser(), made.groups[0]
    _zoe, leo, *_others = made.members[group]
    version = await world.read(current_version, group, "challenge")
    assert version is not None
    await world.change(put_opinion, version.id, leo, approves=False, comment="Je suis à bout", now=world.clock.now())
    for phase, line, about, said in (
        ("Challenge", "Comment cuisiner ensemble ?", "Challenge · Zoé", "Challenge (Culture 1)"),
        ("Challenge", "Je suis à bout", "Comment of a member · Léo", "Comment of a member (Culture 1)"),
        ("Solutions", CANVAS["how"], "How · Zoé", "How (Culture 1)"),
        (
            "Territories",
            "Les normes",
            "What is in the way · France · Zoé",
            "What is in the way · France (Culture 1)",
        ),
    ):
        await at(team, phase)
        assert about in words(team.text).splitlines()
        await team.pick(line.replace(" ?", "\u00a0?"))
        assert words(team.text) == f"{said} is out of all prints and exports"
    [first, *_] = (now := await results(world)).groups
    assert now.current(first, "challenge") == {"runners_up": "Autre (2)"}
    assert [opinion for version in now.of(first, "challenge") for opinion in version.opinions] == [("Zoé F.", True, "")]
    assert now.current(first, "solution") == {field: text for field, text in CANVAS.items() if field != "how"}
    assert [card.obstacle for card in first.cards] == ["", *["Les normes"] * 4]
    await team.press("Undo this change")
    assert [card.obstacle for card in (await results(world)).groups[0].cards] == ["Les normes"] * 5


@on_one_engine
async def test_what_is_out_stays_out_in_the_next_version_and_in_earlier_ones(world: World, made: Made) -> None:
    team, group = await world.organiser(), made.groups[0]
    await at(team, "Solutions")
    await team.pick(CANVAS["how"])
    zoe = made.members[group][0]
    await world.change(write_down, group, "solutions", zoe, {**CANVAS, "how": "Je suis à bout.", "what": "Un four"})
    solution = (await results(world)).current((await results(world)).groups[0], "solution")
    assert (solution.get("how"), solution["what"]) == (None, "Un four")
    present = await world.read(current_version, group, "solutions")
    [earlier] = await world.read(past_versions, group, "solutions")
    assert present is not None
    assert await world.change(take_back_version, earlier, present.id)
    solution = (await results(world)).current((await results(world)).groups[0], "solution")
    assert (solution.get("how"), solution["what"]) == (None, CANVAS["what"])


@on_one_engine
async def test_the_words_of_an_idea_go_from_beside_the_challenge_too(world: World, made: Made) -> None:
    group = made.groups[0]
    zoe = made.members[group][0]
    await world.change(give_idea, group, "challenge", zoe, "Je  suis à bout")
    content = {"sentence": "Comment faire ?", "runners_up": "Je suis à bout (2)\nUn bus (1)"}
    await world.change(write_down, group, "challenge", zoe, content)
    team = await world.organiser()
    await at(team, "Challenge")
    await team.open(6)
    assert words(team.text).startswith("“Je suis à bout” is out of all prints and exports")
    first = (await results(world)).groups[0]
    assert (await results(world)).current(first, "challenge")["runners_up"] == "Un bus (1)"


async def test_the_photo_of_an_idea_goes_from_slides_and_what_was_confirmed_stays_so(world: World, made: Made) -> None:
    group = made.groups[0]
    zoe = made.members[group][0]
    files = Folder(world.settings.storage.folder)
    idea = await world.change(give_idea, group, "solutions", zoe, "Une feuille")
    digest = await world.change(attach, files, idea, photo("#aa3355"))
    deck = await world.read(find_deck, group)
    assert deck is not None
    assert digest in [picture.digest for picture in deck.group.pictures]
    await world.change(confirm_deck, deck, zoe, world.clock.now())
    team = await world.organiser()
    await team.follow(show_phase_lines.to(group, "solutions", 6).encode())
    await team.pick("Une feuille")
    for expected in (False, True):
        deck = await world.read(find_deck, group)
        assert deck is not None
        assert (digest in [picture.digest for picture in deck.group.pictures]) is expected
        assert deck.confirmed, "the group changed nothing"
        if not expected:
            await team.press("Undo this change")


async def test_two_organisers_at_once_want_the_same(world: World, made: Made) -> None:
    ines, other = await world.organiser(), await world.organiser(platform="discord")
    await at(ines, "Stakes")
    await at(other, "Stakes")
    text = ines.options[1]
    await ines.pick(text)
    await other.pick(text)
    assert (other.toast, other.text) == ("Already done.", "Nothing was changed.")
    assert len((await results(world)).all_ideas) == 23
    await at(other, "Stakes")
    await other.pick(text)
    await ines.press("Undo this change")
    assert "changed this since" in words(ines.text)
    assert len((await results(world)).all_ideas) == 24


async def test_taking_it_off_the_wall_is_another_change_that_is_undone_by_itself(world: World, made: Made) -> None:
    team, omar = await world.organiser(), await facilitator(world, "701", name="Omar")
    idea = (await world.read(ideas_of_group, made.groups[0], "stakes"))[0]
    await at(team, "Stakes")
    await team.pick(idea.text)
    out = team.payload("Undo")
    await omar.follow(OpenIdea(idea.id).encode())
    await omar.press("Hide")
    assert idea.id not in [each.id for each in await world.read(ideas_of_group, made.groups[0], "stakes")]
    await team.follow(out)
    assert "so nothing was undone" in team.text, "there is no line of it while it is hidden"
    await omar.press("Undo this change")
    assert idea.id in [each.id for each in await world.read(ideas_of_group, made.groups[0], "stakes")]
    await team.follow(out)
    assert words(team.text).startswith("Undone: ")
    assert len((await results(world)).all_ideas) == 24


@on_one_engine
async def test_the_organiser_is_led_from_the_print_to_the_wall(world: World, made: Made) -> None:
    team = await world.organiser()
    await at(team, "Stakes")
    await team.pick(team.options[1])
    assert "Whoever runs the group can hide it there: “See the idea”." in team.text
    await team.press("See the idea")
    assert "Hide" in team.buttons


@on_one_engine
@pytest.mark.parametrize("value", ["", "1", "0i", "0x1", "0i1_text", "0s1", "0s1_nothing", "0c1_text", "0o1_", "2i1"])
async def test_what_is_no_line_is_not_pressed(world: World, made: Made, value: str) -> None:
    team = await world.organiser()
    before = await stored_rows(world.store)
    await team.act(Picked(turn_line.to(made.groups[0], "stakes", 0).encode(), (value,)))
    after = await stored_rows(world.store)
    assert [after[table] for table in ("ideas", "syntheses", "territory_cards", "journal")] == [
        before[table] for table in ("ideas", "syntheses", "territory_cards", "journal")
    ]


def test_a_key_is_read_as_it_was_written() -> None:
    for key in (LineKey("i", 1), LineKey("s", 2, "with_whom"), LineKey("c", 3, "present"), LineKey("o", 4, "5")):
        assert LineKey.parse(str(key)) == key
    assert LineKey.parse("i²") is None


@on_one_engine
async def test_participants_who_forge_presses_take_nothing_out(world: World, made: Made) -> None:
    ana = await member(world, made.groups[0])
    for action in (ShowLines(), show_group_lines.to(made.groups[0]), show_phase_lines.to(made.groups[0], "stakes")):
        await ana.follow(action.encode())
        assert ana.text.startswith("This is for the organisers."), action
    await ana.act(Picked(turn_line.to(made.groups[0], "stakes", 0).encode(), ("0i1",)))
    assert ana.text.startswith("This is for the organisers.")
    assert len((await results(world)).all_ideas) == 24


async def test_the_journal_quotes_no_idea_longer_than_its_author_is_there(world: World, made: Made) -> None:
    await member(world, made.groups[0])
    ana = await number(world, "Ana")
    await world.change(give_idea, made.groups[0], "stakes", ana, "Mon secret")
    team = await world.organiser()
    await at(team, "Stakes")
    await team.pick("Mon secret")
    [entry] = (await stored_rows(world.store))["journal"]
    assert '["quote", "idea", ' in entry["what"]
    assert "secret" not in entry["what"]
    await world.clock.advance(_MONTHS)
    await world.store.transact(
        partial(erase, declared=DECLARED, participant_id=ana, now=world.clock.now(), texts=True, files=world.files)
    )
    assert (await stored_rows(world.store))["journal"] == []
