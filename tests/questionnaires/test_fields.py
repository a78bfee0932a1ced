"""Organisers keep more about people than a list has: fields added, renamed, removed, and who answered what."""

from __future__ import annotations

import pytest

from bot.content.errors import UserError
from bot.content.texts import Reader, plain
from bot.people.document import collect
from handlers.questionnaires import service, store
from handlers.questionnaires.model import MOST_FIELDS, AnswerKind, PersonField
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.participants import number
from tests.world import DECLARED, World, make_settings, open_world


async def opened(chat: NeutralChat) -> None:
    """Open the list of fields."""
    await chat.follow("fl-0")


async def keep(world: World, name: str, kind: AnswerKind = AnswerKind.LINE, **answers: str) -> PersonField:
    """Add a field, as an import does, with answers by given name."""
    field = await world.change(service.ensure_field, {"en": name}, kind)
    given = {await number(world, who): {field.id: field.read(said)} for who, said in answers.items()}
    await world.change(service.put_answers, world.settings, given, world.clock.now())
    return field


async def test_who_answered_what(store_url: str) -> None:
    async with open_world(store_url) as world:
        for who in ("Zoe", "Ada", "Lou"):
            await world.invite(who)
        ines = await world.organiser()
        await opened(ines)
        await ines.press("Add a field")
        await ines.fill("Diet", "line", "")
        assert ines.text.startswith("The field is added.\nDiet\nText\nNobody has an answer yet")
        await keep(world, "diet", Zoe="Vegetarian", Ada="vegetarian", Lou="Halal")
        await opened(ines)
        await ines.pick("Diet")
        assert ines.options == ("Vegetarian (2)", "Halal (1)"), "the spelling of most people, or the first one"
        await ines.pick("Vegetarian (2)")
        assert ines.text == "Diet: Vegetarian (2)"
        assert ines.buttons[:2] == ("Ada (R-0002)", "Zoe (R-0001)")
        await ines.press("Private fields")
        await ines.press("All answers as a table")
        assert ines.view is not None
        [table] = ines.view.attachments
        assert '"R-0003";"Lou";"";"Halal"' in table.content.decode("utf-8-sig")


async def test_a_field_is_renamed_and_removed_with_its_answers(store_url: str) -> None:
    async with open_world(store_url, make_settings(organisers={"telegram": [900, 901]})) as world:
        await world.invite("Zoe")
        await keep(world, "Diet", Zoe="Vegetarian")
        ines, max_ = await world.organiser(), await world.organiser("901")
        for chat in (ines, max_):
            await opened(chat)
            await chat.pick("Diet")
            await chat.press("Rename")
        await ines.fill("Diets")
        assert ines.text.startswith("Diets\nText")
        await max_.fill("Meals")
        assert "Diets" in max_.text, "nothing of another organiser is overwritten unseen"
        await opened(ines)
        await ines.pick("Diets")
        await ines.press("Remove the field")
        assert ines.text == "Remove “Diets”? Nobody can undo this.\n1 answer is erased with it."
        await ines.press("Remove the field")
        assert ines.text.startswith("“Diets” is removed.")
        assert await world.read(store.count_answers) == {}


async def test_names_that_cannot_be_are_refused_with_why(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser(modal=True)
        for name, why in (
            ("Courriel", "“Courriel” is on everybody's profile already"),
            ("x" * 4000, "3920 characters too many (at most 80)"),
        ):
            await opened(ines)
            await ines.press("Add a field")
            await ines.fill(name, "line", "")
            assert why in ines.text, name
        await opened(ines)
        await ines.press("Add a field")
        await ines.fill("Size", "choice", "M")
        assert "A choice needs two options or more" in ines.text
        for place in range(MOST_FIELDS):
            await keep(world, f"Field {place}")
        assert len(await world.read(store.all_fields)) == MOST_FIELDS
        with pytest.raises(UserError) as refused:
            await keep(world, "one more")
        assert "50 private fields already" in plain(refused.value.text, Reader("en", "UTC"))
        await opened(ines)
        assert len(ines.options) == 10


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (AnswerKind.NUMBER, " 1 500,5 ", "1500.5"),
        (AnswerKind.DATE, "28/11/2004", "2004-11-28"),
        (AnswerKind.DATE, "2004-11-28 00:00", "2004-11-28"),
        (AnswerKind.DATE, "28.11.2004", "2004-11-28"),
        (AnswerKind.CHOICE, "végétarien", "Vegetarien"),
        (AnswerKind.LINE, " a \n b ", "a b"),
        (AnswerKind.HEALTH, "", ""),
    ],
)
def test_answers_are_read(kind: AnswerKind, typed: str, stored: str) -> None:
    assert PersonField(1, kind, {"en": "Field"}, ("Vegetarien", "Halal")).read(typed) == stored


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("5.3.20000", "The year “20000” needs four digits, as in 28/11/2004."),
        ("5/3/04", "The year “04” needs four digits, as in 28/11/2004."),
        ("11/28/2004", "“11/28/2004” is not in the calendar. Write the day before the month."),
        ("soon", "“soon” is not a day. Write it like 28/11/2004."),
    ],
)
def test_a_refused_day_says_what_is_wrong_with_it(typed: str, why: str) -> None:
    with pytest.raises(UserError) as refused:
        PersonField(1, AnswerKind.DATE, {"en": "Field"}).read(typed)
    assert words(plain(refused.value.text, Reader("en", "UTC"))) == why


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (AnswerKind.NUMBER, "many"),
        (AnswerKind.DATE, "31/02/2004"),
        (AnswerKind.DATE, "soon"),
        (AnswerKind.CHOICE, "Vegan"),
        (AnswerKind.LINE, "x" * 2001),
    ],
)
def test_what_is_no_answer_is_refused(kind: AnswerKind, typed: str) -> None:
    with pytest.raises(UserError):
        PersonField(1, kind, {"en": "Field"}, ("Vegetarien", "Halal")).read(typed)


async def test_people_see_what_is_kept_of_them_and_it_goes_with_them(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoe", "1")
        await keep(world, "Diet", Zoe="Vegetarian")
        document = await world.read(collect, DECLARED, await number(world, "Zoe"), "2027-03-01T09:00:00+00:00")
        assert [row["answer"] for row in document["private_fields"]] == ["Vegetarian"]
        await zoe.command("effacer")
        await zoe.press("Keep my texts")
        await zoe.press("Yes, erase me")
        assert await world.read(store.count_answers) == {}
