"""A participant's souvenir: theirs alone, once the gathering is over, on one page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.content.texts import Reader, file_name, plain
from bot.content.views import File, Picture
from bot.membership.erasure import erase
from bot.platforms.telegram.sending import count_messages
from handlers.groups.store.members import take_out_of_group
from handlers.ideas.store.votes import cast_votes
from handlers.results.drawing.keepsake import draw_keepsake
from handlers.results.drawing.souvenir import write_souvenir
from handlers.results.model import ResultMember
from handlers.results.store.lines import put_idea
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.names import NAMES
from tests.outbox import pushed, views
from tests.participants import number
from tests.pdf import page_words, picture_of_page
from tests.results.builders import Made, give_idea
from tests.results.chats import member, work, workshops
from tests.results.conftest import ENGLISH, Workshops
from tests.world import DECLARED, World, make_settings, open_world

MONTH_AFTER = datetime(2027, 7, 12, 10, tzinfo=UTC)


async def is_over(world: World) -> None:
    await world.clock.advance(MONTH_AFTER - world.clock.now())


async def ask(world: World, chat: NeutralChat) -> File:
    """The page that comes when someone asks for their souvenir."""
    return (await ask_for_both(world, chat))[1]


async def ask_for_both(world: World, chat: NeutralChat) -> tuple[Picture, File]:
    """What comes when someone asks for their souvenir: the picture of their gathering, and the page."""
    await chat.command("bilan")
    await chat.press("My souvenir")
    assert chat.text == "I am making your souvenir. It will be here in a moment."
    await work(world)
    [picture, file] = (await views(world, chat))[-1].attachments
    assert isinstance(picture, Picture)
    assert isinstance(file, File)
    return picture, file


async def lines(world: World, chat: NeutralChat) -> list[str]:
    [page] = page_words((await ask(world, chat)).content)
    return page


async def idea_of(world: World, made: Made, name: str, text: str, **how: Any) -> int:
    author = await number(world, name)
    return await world.store.transact(lambda tx: give_idea(tx, made.groups[0], "stakes", author, text, **how))


async def test_it_shows_ones_group_what_it_proposed_and_ones_own_ideas(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await member(world, made.groups[0], "Bo", "101")
    idea = await idea_of(world, made, "Ana", "Un four à pain")
    await idea_of(world, made, "Ana", "Une fanfare", anonymous=True)
    await idea_of(world, made, "Bo", "Une pizza le jeudi", parent_id=idea)
    await is_over(world)
    page = await lines(world, ana)
    assert page[:4] == ["Rencontres", "10–12 June 2027", "I was there", "Ana"]
    assert page[page.index("My group") + 1] == "Culture 1"
    assert "Ana · Bo · Chloé F." in page[page.index("My group") + 2]
    assert page[page.index("What we proposed") + 1 :] == [
        *("Our challenge", "Comment cuisiner ensemble ?", "Our solution", "Une cuisine partagée", "My ideas"),
        *("• Un four à pain", "Bo built on it: “Une pizza le jeudi”", "• Une fanfare without my name"),
    ]


async def test_ones_own_ideas_stay_in_it_whatever_prints_leave_out_and_those_of_others_do_not(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await member(world, made.groups[0], "Bo", "101")
    idea = await idea_of(world, made, "Ana", "Un four à pain", ticked=False)
    await idea_of(world, made, "Ana", "Une fanfare")
    await idea_of(world, made, "Bo", "Je suis à bout", parent_id=idea, ticked=False)
    bos = await idea_of(world, made, "Bo", "Une pizza le jeudi", parent_id=idea)
    await world.change(put_idea, idea, 0)
    await is_over(world)
    shown = ["• Un four à pain", "Bo built on it: “Une pizza le jeudi”", "• Une fanfare"]
    assert (await lines(world, ana))[-3:] == shown
    await world.change(put_idea, bos, 0)
    assert (await lines(world, ana))[-2:] == ["• Un four à pain", "• Une fanfare"]


async def test_an_idea_that_was_joined_with_anothers_is_still_ones_own(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await idea_of(world, made, "Ana", "Un four", merged_into=made.ideas[made.groups[0]][0])
    await idea_of(world, made, "Ana", "Une moquerie", hidden=True)
    await is_over(world)
    ideas = (await lines(world, ana))[-2:]
    assert ideas[0].startswith("• Un four")
    assert ideas[1].startswith("Merged with “Idée 0 du groupe 1")


async def test_it_comes_in_the_language_and_under_the_name_of_its_reader(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await is_over(world)
    file = await ask(world, ana)
    assert [file_name(file.name, Reader(locale, "UTC")) for locale in ("fr", "de")] == [
        "souvenir.pdf",
        "andenken.pdf",
    ]


async def test_a_picture_says_in_numbers_what_one_did_and_names_nobody(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await member(world, made.groups[0], "Bo", "101")
    mine = [await idea_of(world, made, "Ana", text) for text in ("Un four à pain", "Une fanfare")]
    await idea_of(world, made, "Ana", "Une moquerie", hidden=True)
    him, her = await number(world, "Bo"), await number(world, "Ana")
    await world.change(cast_votes, her, made.groups[0], "stakes", mine[:1])
    await world.change(cast_votes, him, made.groups[0], "stakes", mine)
    await is_over(world)
    picture, _page = await ask_for_both(world, ana)
    sent = (await views(world, ana))[-1]
    assert plain(sent.lines[0], ana.reader).startswith("Your gathering as a picture: share it if you like")
    assert count_messages(sent, ana.reader) == 2, "on Telegram the words are the caption of the picture"
    told = plain(picture.alt, ana.reader).splitlines()
    assert told == ["Rencontres, 10–12 June 2027", "I was there", "2 ideas", "1 vote given", "7 new faces"]
    assert picture.content.startswith(b"\x89PNG")
    assert Image.open(BytesIO(picture.content)).size == (1080, 1080)


@pytest.mark.parametrize(
    ("locale", "lines"),
    [
        ("fr", ["Rencontres, 10–12 juin 2027", "J’y étais", "1 idée", "7 votes", "4 rencontres"]),
        ("en", ["Rencontres, 10–12 June 2027", "I was there", "1 idea", "7 votes given", "4 new faces"]),
        ("de", ["Rencontres, 10.–12. Juni 2027", "Ich war dabei", "1 Idee", "7 Stimmen", "4 neue Gesichter"]),
    ],
)
def test_the_picture_counts_as_each_language_does_and_leaves_out_what_nobody_did(locale: str, lines: list[str]) -> None:
    days = date(2027, 6, 10), date(2027, 6, 12)
    wording = replace(ENGLISH, locale=locale)
    drawn = draw_keepsake({"ideas": 1, "votes": 7, "people": 4}, days, wording)
    assert plain(drawn.alt, Reader(locale, "UTC")).splitlines() == lines
    without = draw_keepsake({"ideas": 0, "votes": 0, "people": 4}, days, wording)
    assert plain(without.alt, Reader(locale, "UTC")).splitlines() == [*lines[:2], lines[-1]]


async def test_it_is_offered_once_the_gathering_is_over(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    for command in ("moi", "bilan"):
        await ana.command(command)
        assert "My souvenir" not in ana.buttons
    await ana.follow("wbs")
    assert ana.text == "Your souvenir will be here once the gathering is over."
    await is_over(world)
    await ana.command("moi")
    assert ana.buttons[:2] == ("The results", "My souvenir")
    await ana.command("bilan")
    assert ana.buttons[0] == "My souvenir"
    assert "My souvenir" in (await menu_of(ana))["Workshops"]


async def test_who_has_no_group_is_told_so(world: World) -> None:
    await workshops(world)
    zoe = await world.join("Zoé", "1")
    await is_over(world)
    await zoe.follow("wbs")
    assert zoe.text == "A souvenir shows what you made with your group, and you have none."


async def test_who_left_the_group_meanwhile_gets_nothing_of_it(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await is_over(world)
    await ana.follow("wbs")
    await world.change(take_out_of_group, await number(world, "Ana"), 1)
    await work(world)
    assert await pushed(world, ana) == ["A souvenir shows what you made with your group, and you have none."]


async def test_nobody_who_erased_their_data_stands_in_it(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await member(world, made.groups[0], "Bo", "101")
    idea = await idea_of(world, made, "Ana", "Un four à pain")
    await idea_of(world, made, "Bo", "Une pizza le jeudi", parent_id=idea)
    await is_over(world)
    await ana.follow("wbs")
    bo = await number(world, "Bo")
    await world.store.transact(lambda tx: erase(tx, DECLARED, bo, world.clock.now(), texts=False, files=world.files))
    await work(world)
    [_picture, file] = (await views(world, ana))[-1].attachments
    [page] = page_words(file.content)
    assert page[-2:] == ["• Un four à pain", "Somebody built on it: “Une pizza le jeudi”"]
    assert not any("Bo" in line for line in page)


async def test_it_goes_with_whoever_wrote_in_the_group_and_left_it_since(store_url: str) -> None:
    async with open_world(store_url, make_settings(organisers={"telegram": [900]})) as world:
        made = await workshops(world)
        ana = await member(world, made.groups[0])
        await member(world, made.groups[0], "Bo", "101")
        idea = await idea_of(world, made, "Ana", "Un four à pain")
        await idea_of(world, made, "Bo", "Une pizza le jeudi", parent_id=idea)
        bo = await number(world, "Bo")
        await world.change(take_out_of_group, bo, 1)
        await is_over(world)
        file = await ask(world, ana)
        assert any("Bo built on it" in line for page in page_words(file.content) for line in page)
        assert file.named is not None
        assert bo in file.named


@pytest.mark.parametrize("count", [0, 40])
async def test_whatever_there_is_it_is_one_page(world: World, count: int) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    for index in range(count):
        await idea_of(world, made, "Ana", f"Idée {index} " + "vraiment longue " * 30)
    await is_over(world)
    file = await ask(world, ana)
    [page] = page_words(file.content)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in file.content, "it can be read aloud"
    shown = sum(line.startswith("• ") for line in page)
    assert [line for line in page if line.endswith("others.")] == ([f"And {count - shown} others."] if count else [])
    assert (shown >= 5) == (count > 0)


async def test_names_are_read_as_they_were_written(workshops: Workshops) -> None:
    results = await workshops.read()
    group = results.groups[0]
    group.members[:] = [ResultMember(number, name, "") for number, name in enumerate(NAMES)]
    days = date(2027, 6, 10), date(2027, 6, 12)
    for name in NAMES:
        [page] = page_words(write_souvenir(results, group, name, set(), days, ENGLISH))
        assert {*page[3].split()} == {*name.split()}, "from right to left, words lie the other way round on the line"
    members = {word for line in page for word in line.split()}
    assert {word for name in NAMES for word in name.split()} < members


async def test_of_a_large_group_what_it_proposed_is_on_the_page_too(workshops: Workshops) -> None:
    results = await workshops.read()
    group = results.groups[0]
    group.members[:] = [ResultMember(number, f"Anne-Sophie-Charlotte {number} de D.", "") for number in range(120)]
    pdf = write_souvenir(results, group, "Anne", set(), (date(2027, 6, 10), date(2027, 6, 12)), ENGLISH)
    page = picture_of_page(pdf)
    assert set(page.convert("L").crop((0, page.height - 48, page.width, page.height - 8)).tobytes()) == {255}
    assert "Une cuisine partagée" in page_words(pdf)[0]
