"""Nobody overwrites what they have not seen: a button whose reader was shown another version changes nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.content.actions import Action
from bot.conversation.dialogue_store import keep_draft
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.versions import LookAgain, Revision, StoredVersion, fingerprint
from handlers.themes.organiser.deadline import save_deadline, set_deadline
from handlers.themes.organiser.editing import edit_words
from handlers.themes.organiser.placing import give_full_theme
from handlers.themes.store import find_theme
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.world import World, open_world

WRITES = "Text in English"


async def at_education(world: World, **how: Any) -> NeutralChat:
    """An organiser's chat in which the form for the words of Education is open."""
    chat = await world.organiser(**how)
    await chat.command("organiser")
    await chat.press("Themes")
    await chat.pick("Education")
    await chat.press(WRITES)
    return chat


async def title(world: World) -> str:
    theme = await world.store.read(lambda tx: find_theme(tx, "school"))
    assert theme
    return theme.title["en"]


async def two_at_education(world: World) -> tuple[NeutralChat, NeutralChat]:
    return await at_education(world, modal=True), await at_education(world, platform="discord", modal=True)


async def test_of_two_forms_sent_at_once_one_is_saved_and_the_other_opens_again(store_url: str) -> None:
    async with open_world(store_url) as world:
        both = await two_at_education(world)
        await asyncio.gather(*(chat.fill(f"Written on {chat.platform}", "Together") for chat in both))
        [late] = [chat for chat in both if "meanwhile" in chat.text]
        [first] = [chat for chat in both if chat is not late]
        assert await title(world) == f"Written on {first.platform}"
        assert words(late.text).splitlines() == [
            "Inès changed this meanwhile, so nothing was saved.",
            f"Now: Written on {first.platform} · Together",
            f"You wrote: Written on {late.platform} · Together",
        ]
        assert late.buttons == ("Open the form again", "Organise")
        await late.press("Open the form again")
        assert late.form
        assert late.form.prefill == {"name": f"Written on {late.platform}", "description": "Together"}
        await late.fill("Both of us", "Together")
        assert await title(world) == "Both of us"


@on_one_engine
async def test_answers_asked_one_by_one_are_kept_too(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, luc = await at_education(world), await at_education(world, platform="discord", modal=True)
        await ines.send("Schools")
        await luc.fill("Learning", "")
        await ines.send("From the first class on")
        assert "You wrote: Schools · From the first class on" in words(ines.text)
        await ines.press("Open the form again")
        assert "Now: Schools" in words(ines.text)
        await ines.press("Keep it")
        await ines.press("Keep it")
        assert await title(world) == "Schools"


async def test_two_who_write_the_same_are_not_kept_from_each_other(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, luc = await two_at_education(world)
        await ines.fill("Learning", "")
        await luc.fill(" Learning ", "")
        assert luc.text == "Nothing was changed."


async def test_much_that_was_written_is_shortened_and_kept_whole(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines, luc = await two_at_education(world)
        await ines.fill("Learning", "")
        await luc.fill("Schools", "long\n" * 99)
        assert words(luc.text).splitlines()[-1].endswith("…")
        assert len(luc.text) < 700
        await luc.press("Open the form again")
        assert luc.form
        assert luc.form.prefill["description"].count("long") == 99


async def test_a_press_is_repeated_only_by_who_has_read_both_versions(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, luc = await world.organiser(), await world.organiser(platform="discord")
        for chat, day in ((ines, "3 juin 12h"), (luc, "4 juin 12h")):
            await chat.command("organiser")
            await chat.press("Themes")
            await chat.press("Change the deadline")
            await chat.fill(day)
        await asyncio.gather(ines.press("Confirm"), luc.press("Confirm"))
        late = ines if "meanwhile" in ines.text else luc
        faster, now, written = words(late.text).splitlines()
        assert faster == "Inès changed this meanwhile, so nothing was saved."
        assert {now.removeprefix("Now: "), written.removeprefix("You wrote: ")} == {
            "Thursday 3 June, 12:00",
            "Friday 4 June, 12:00",
        }
        await late.press("Confirm")
        assert late.text == f"Theme deadline: {written.removeprefix('You wrote: ')}"


async def test_a_payload_with_a_made_up_version_changes_nothing(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.follow(f"{save_deadline.action.code}-0-ffffffff")
        assert "This was changed meanwhile, so nothing was saved." in ines.text
        await ines.follow(f"{save_deadline.action.code}-0", forged=True)
        assert "meanwhile" not in ines.text


async def test_a_button_and_a_draft_of_an_older_version_of_the_program_still_work(sqlite_url: str) -> None:
    """Their fingerprints stand in people's chats and in the database: how they are made cannot change."""
    async with open_world(sqlite_url) as world:
        ines, luc = await two_at_education(world)
        before = "ohw-school-en-20eeb6a8"
        draft = {"name": "Schools", "description": ""}
        await world.change(keep_draft, "telegram", "chat-900", before, draft, world.clock.now())
        await ines.follow(before)
        assert ines.form
        assert ines.form.prefill == draft
        await luc.fill("Learning", "")
        await ines.fill("Schools", "")
        assert words(ines.text).endswith("Now: Learning\nYou wrote: Schools")
        await ines.press("Open the form again")
        await ines.fill("Schools", "")
        assert await title(world) == "Schools"


def test_the_version_travels_last_or_where_the_action_has_it() -> None:
    seen = fingerprint("Learning", None)
    assert edit_words.seeing("Learning", None).to("education", "en").encode() == f"ohw-education-en-{seen}"
    assert set_deadline.seeing(None).to() == set_deadline.action(fingerprint(None))
    action = give_full_theme.seeing("culture").to(7, "education")
    assert action.encode() == f"otb-7-{fingerprint('culture')}-education"
    assert give_full_theme.seeing("culture").to(7, theme="education") == action
    assert give_full_theme.seeing("culture").to(person=7, theme="education") == action


def test_a_button_without_the_version_that_its_reader_sees_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="has the fields"):
        edit_words.to("education", "en")


class Move(Action, code="zm"):
    """A button with the version in the midst of what it carries."""

    seen: int
    minute: int


async def revision_of(_request: Request, _minute: int) -> Revision | None:
    return Revision((4,), LookAgain(()))


async def version_of(_request: Request, _minute: int) -> StoredVersion:
    return StoredVersion(("four",), LookAgain(()))


def test_a_number_of_its_own_is_the_version() -> None:
    @Routes().press(Move, who=ORGANISER, unless_changed=revision_of)
    async def move(_request: Request, minute: int) -> Any: ...

    assert move.seeing(4).to(30) == Move(4, 30)
    with pytest.raises(ValueError, match="Move carries something else"):

        @Routes().press(Move, who=ORGANISER, unless_changed=version_of)
        async def move_by_words(_request: Request, minute: int) -> Any: ...


def test_who_never_looks_whether_something_changed_is_told_so_at_once() -> None:
    @Routes().press("zn")
    async def press(_request: Request, minute: int) -> Any: ...

    with pytest.raises(TypeError, match="press is opened whatever was changed"):
        press.seeing(4)

    async def takes_no_minute(_request: Request) -> StoredVersion:
        return StoredVersion((), LookAgain(()))

    with pytest.raises(ValueError, match=r"takes_no_minute is called with \(request, minute\)"):
        Routes().press("zo", unless_changed=takes_no_minute)(press.handler)
