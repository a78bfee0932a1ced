"""What organisers type and paste on the desk: all of it or nothing, nobody's overwritten, one undo for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.content.texts import ISOLATES
from bot.conversation.incoming import Amended, Cell, Pressed
from handlers.navigation.changes import recent_changes
from handlers.questionnaires.model import AnswerKind
from handlers.questionnaires.service import ensure_field, put_answers
from handlers.questionnaires.store import answers_of
from handlers.registration import service
from tests.drivers.neutral import NeutralChat
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import World, open_world


async def second_organiser(world: World) -> NeutralChat:
    chat = world.chat("900", platform="discord", name="Max")
    await chat.command("start")
    return chat


async def amend(chat: NeutralChat, *cells: tuple[int, str, str, str]) -> str:
    """Change cells of the table of people; the answer."""
    await chat.act(Amended("people", tuple(Cell(*cell) for cell in cells)))
    return chat.text.translate(ISOLATES)


async def listed(world: World, who: int, name: str) -> object:
    return getattr((await world.read(service.present_people, None))[who], name)


async def test_a_cell_is_corrected_told_in_the_journal_and_taken_back(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Ana", territory="FR")
        ana = await number(world, "Ana")
        ines = await world.organiser()
        assert await amend(ines, (ana, "territory", "FR", "Québec")) == "Ana corrected: country"
        assert await listed(world, ana, "territory") == "CA-QC"
        await ines.act(Pressed(recent_changes.to().encode()))
        assert "Ana corrected: country (Inès, 10:00)" in ines.text.translate(ISOLATES)
        await ines.press("Undo number 1")
        assert await listed(world, ana, "territory") == "FR"


async def test_the_later_of_two_is_told_who_wrote_what_and_nothing_is_overwritten(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Ana", organisation="")
        ana = await number(world, "Ana")
        ines, max_ = await world.organiser(), await second_organiser(world)
        await amend(ines, (ana, "organisation", "", "Coop"))
        await world.clock.advance(timedelta(minutes=1))
        await amend(ines, (ana, "birth_year", "", "2001"))
        told = await amend(max_, (ana, "family_name", "", "Diaz"), (ana, "organisation", "", "School"))
        assert told.startswith("Ana, organisation: Inès wrote “Coop” at ")
        assert (await listed(world, ana, "organisation"), await listed(world, ana, "family_name")) == ("Coop", "")
        assert await amend(max_, (ana, "organisation", "", "Coop")) == "Nothing was changed."
        await amend(max_, (ana, "organisation", "Coop", "School"))
        assert await listed(world, ana, "organisation") == "School"


async def test_whoever_was_not_written_by_a_paste_of_another_is_not_told_so(store_url: str) -> None:
    async with open_world(store_url) as world:
        people = [await invited(world, name) for name in ("Ana", "Bo", "Cy")]
        ines, max_ = await world.organiser(), await second_organiser(world)
        await amend(ines, *((who, "organisation", "", f"Coop {who}") for who in people[:2]))
        told = await amend(max_, (people[1], "organisation", "", "School"))
        assert told.startswith(f"Bo, organisation: Inès wrote “Coop {people[1]}” at ")
        field = await world.change(ensure_field, {"en": "T-shirt"}, AnswerKind.LINE)
        await world.change(put_answers, world.settings, {people[1]: {field.id: "M"}}, world.clock.now())
        told = await amend(max_, (people[1], f"f{field.id}", "", "L"))
        assert told == "Bo, T-shirt: “M” was written here meanwhile, so nothing of yours was saved."


async def invited(world: World, name: str) -> int:
    await world.invite(name, organisation="")
    return await number(world, name)


async def test_a_paste_is_one_change_with_one_undo_and_a_wrong_cell_keeps_all_of_it_away(store_url: str) -> None:
    async with open_world(store_url) as world:
        people = [await invited(world, name) for name in ("Ana", "Bo", "Cy")]
        field = await world.change(ensure_field, {"en": "Size"}, AnswerKind.CHOICE, ("S", "M", "L"))
        ines = await world.organiser()
        before = await stored_rows(world.store, "participants", "private_answers", "journal")
        cells = [cell for who in people for cell in ((who, "birth_year", "", "2001"), (who, f"f{field.id}", "", "m"))]
        wrong = [*cells[:-1], (people[2], f"f{field.id}", "", "XXL")]
        assert await amend(ines, *wrong) == "Cy, Size: “XXL” cannot be chosen here."
        assert await amend(ines, *cells, (9999, "birth_year", "", "2001")) == (
            "A line or column of this is no longer there, so nothing was saved."
        )
        assert await amend(ines, *cells, (people[0], "status", "", "x")) == (
            "A line or column of this is no longer there, so nothing was saved."
        )
        assert await stored_rows(world.store, "participants", "private_answers", "journal") == before
        assert await amend(ines, *cells) == "People: 3 lines changed"
        assert await world.read(answers_of, people[2], about_health=False) == {field.id: "M"}
        await ines.press("Undo this change")
        assert ines.text.startswith("Undone: People: 3 lines changed")
        assert [await listed(world, who, "birth_year") for who in people] == [None] * 3
        assert await world.read(answers_of, people[2], about_health=False) == {}


async def test_a_paste_is_not_taken_back_once_one_of_its_people_was_corrected_again(store_url: str) -> None:
    async with open_world(store_url) as world:
        people = [await invited(world, name) for name in ("Ana", "Bo")]
        ines, max_ = await world.organiser(), await second_organiser(world)
        await amend(ines, *((who, "organisation", "", "Coop") for who in people))
        undo = ines.payload("Undo this change")
        await amend(max_, (people[0], "organisation", "Coop", "School"))
        await ines.act(Pressed(undo))
        assert ines.text == "This was changed again since, so nothing was undone. Look at it first."
        assert await listed(world, people[1], "organisation") == "Coop"


@pytest.mark.parametrize("who", ["participant", "stranger"])
async def test_who_does_not_organise_changes_nothing(store_url: str, who: str) -> None:
    async with open_world(store_url) as world:
        ana = await invited(world, "Ana")
        chat = await world.join("Zoé", "7") if who == "participant" else world.chat("8")
        before = await stored_rows(world.store, "participants", "journal")
        await amend(chat, (ana, "organisation", "", "Coop"))
        assert await stored_rows(world.store, "participants", "journal") == before
