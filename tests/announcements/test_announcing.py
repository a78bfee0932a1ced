"""Announcing: written once, seen exactly as it will be, for whom, sent with ten seconds to think again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.content.forms import Upload
from bot.content.texts import plain
from handlers.announcements.organiser.report import show_progress
from handlers.announcements.service.releasing import release_due_announcement
from handlers.announcements.store.announcements import find_announcement
from handlers.announcements.store.contents import file_kinds
from handlers.announcements.store.reports import tally_copies
from tests.announcements.copies import copies, get, leave, said, write
from tests.drivers.gestures import words
from tests.drivers.menus import stand_of
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.groups.builders import choose
from tests.outbox import pushed
from tests.world import World, open_world


async def files(world: World) -> list[str]:
    """The names of what hangs on the first announcement."""
    return [name for _kind, name, _bytes in await world.store.read(lambda tx: file_kinds(tx, 1))]


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url) as world:
        yield world


# --- writing


@on_one_engine
async def test_the_exact_copy_and_the_counts_are_seen_before_anything_is_sent(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await world.join("Ali", "2", platform="web")
    await write(ines, "Lunch is at **12:30**")
    assert "For: everyone" in ines.text
    assert "2 people: 1 on Telegram and 1 on their page." in ines.text
    assert (await pushed(world, ines))[-1] == "From the team\nLunch is at 12:30"
    assert await copies(world) == []
    assert ines.buttons[:3] == ("Send now", "Choose a time", "Urgent")


@on_one_engine
async def test_after_write_the_first_announcement_what_is_written_is_it(world: World) -> None:
    ines = await world.organiser()
    await ines.send("announcements")
    assert ines.text.startswith("Nothing was announced yet. Write the first announcement here")
    await ines.send("menu")  # a screen is still a screen
    assert "You can also just write" in ines.text
    await ines.send("Lunch is at **12:30**")
    assert ines.text.startswith("Your text is kept as a draft.")
    await ines.command("annoncer")
    assert "Draft: Lunch is at 12:30" in ines.buttons
    await ines.send("Lunch is at noon")  # it was the first only
    assert ines.text.startswith("Hello"), "it is nothing: whoever is the team asks it nothing"


async def test_who_is_not_reached_is_named_with_the_reason(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await world.join("Eva", "3", platform="discord")
    ali = await world.join("Ali", "2")
    await ali.command("stop")
    await write(ines, "Hello")
    assert "1 person: 1 on Telegram; 2 unreachable." in ines.text
    assert "Not reached:" in ines.text
    assert "Eva (wants no private messages)" in ines.text.replace("\u2068", "").replace("\u2069", "")
    assert "Ali (wants no messages)" in ines.text


@on_one_engine
async def test_who_has_not_joined_and_the_languages_of_the_others_are_counted(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Hello")
    assert "English" not in ines.text, "one language is no news"
    await world.join("Ali", "2", locale="de-CH")
    await world.invite("Eva")
    await write(ines, "Hello")
    assert "English: 1 and German: 1" in ines.text
    assert "1 person has not joined: not reached." in ines.text


@on_one_engine
async def test_of_many_who_are_not_reached_twenty_are_named(world: World) -> None:
    ines = await world.organiser()
    for number in range(20):
        await world.join(f"Ali{number:02}", str(number), platform="discord")
    await write(ines, "Hello")
    assert "more" not in ines.text
    await world.join("Zoé", "99", platform="discord")
    await write(ines, "Hello")
    assert "Ali19 (wants no private messages), and 1 more." in words(ines.text)


async def test_nobody_to_tell_is_said_and_nothing_can_be_sent(world: World) -> None:
    ines = await world.organiser()
    await write(ines, "Hello", "everyone")
    assert "Nobody would get this. Choose another audience." in ines.text
    assert "Send now" not in ines.buttons


async def test_audiences_that_reach_nobody_now_are_not_offered(world: World) -> None:
    ines = await world.organiser()

    async def offered() -> list[str]:
        await ines.press("Change audience")
        assert ines.view
        assert ines.view.choice
        return [plain(option.label, ines.reader) for option in ines.view.choice.options]

    await write(ines, "Hello", "Only me")
    assert await offered() == ["everyone: 0 people", "the team: 1 person", "Only me"]
    await ines.press("A territory")
    assert ines.text == "There are none of these yet. Choose another audience."
    await world.join("Zoé", "1")
    await choose(world, "Zoé", "culture")
    await write(ines, "Hello", "Only me")
    assert "Culture: 1 person" in await offered()


@on_one_engine
async def test_a_draft_is_there_again_later(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await ines.command("annoncer")
    await ines.press("Write an announcement")
    await ines.fill("Buses leave at 9")
    other = await world.join("Max", "5")
    await other.command("annoncer")
    assert other.text.startswith("/annoncer is for the organisers.")
    await ines.command("announce")
    assert "Draft: Buses leave at 9" in ines.buttons
    await ines.press("Draft: Buses")
    assert words(ines.text).splitlines()[:2] == ["For: everyone", "“Buses leave at 9”"], (
        "what would be sent is read first"
    )
    await ines.press("Send now")
    assert "It leaves in 10 seconds, for 2 people." in ines.text


@on_one_engine
async def test_too_long_a_text_is_refused_and_a_long_one_shown_in_parts(world: World) -> None:
    ines = await world.organiser(modal=True)
    await world.join("Zoé", "1")
    await ines.command("annoncer")
    await ines.press("Write an announcement")
    await ines.fill("word " * 3000)
    assert ines.text.splitlines()[1] == (
        "This is too long: it would take 8 messages, and 4 is the most. Shorten it, or put it into a document."
    )
    await ines.command("annoncer")
    await ines.press("Write an announcement")
    await ines.fill("word " * 1000)
    await ines.pick("everyone")
    assert "Discord: 3 messages, nothing cut." in ines.text
    assert "Telegram: 2 messages, nothing cut." in ines.text


@on_one_engine
async def test_each_reads_their_own_language_where_there_is_one(world: World) -> None:
    ines = await world.organiser()
    zoe = await world.join("Zoé", "1")
    await write(ines, "Le dîner est à 19 h")
    await ines.press("Other language")
    await ines.press("Write: English")
    await ines.fill("Dinner is at 7 pm")
    assert "With a text of its own: English." in ines.text
    assert await said(world, zoe) == "Dinner is at 7 pm"
    await ines.press("Other language")
    await ines.press("Drop: English")
    assert await said(world, zoe) == "Le dîner est à 19 h"


@on_one_engine
async def test_what_is_rewritten_begins_with_what_is_written(world: World) -> None:
    ines = await world.organiser(modal=True)
    await world.join("Zoé", "1")
    await write(ines, "Le dîner est à **19 h**")
    await ines.press("Rewrite")
    assert ines.prefill == {"message": "Le dîner est à **19 h**"}
    await ines.fill("Le dîner est à **20 h**")
    await ines.press("Other language")
    await ines.press("Write: English")
    assert ines.prefill == {"message": ""}
    await ines.fill("Dinner is at **8 pm**")
    await ines.press("Other language")
    await ines.press("Rewrite: English")
    assert ines.prefill == {"message": "Dinner is at **8 pm**"}
    await ines.fill("Dinner is at **8:15 pm**")
    await ines.press("Link button")
    assert ines.prefill == {}
    await ines.fill("The plan", "https://example.org/plan")
    await ines.press("Link button")
    assert ines.prefill == {"label": "The plan", "url": "https://example.org/plan"}


@on_one_engine
async def test_a_rewrite_that_is_too_long_stays_in_its_form(world: World) -> None:
    ines = await world.organiser()
    zoe = await world.join("Zoé", "1")
    await write(ines, "Lunch")
    await ines.press("Rewrite")
    await ines.fill("word " * 3000)
    assert "This is too long: it would take 8 messages, and 4 is the most." in ines.text
    assert await said(world, zoe) == "Lunch"
    await ines.fill("Dinner")
    assert await said(world, zoe) == "Dinner"


@on_one_engine
async def test_the_words_of_a_link_button_are_as_long_as_a_button(world: World) -> None:
    ines = await world.organiser()
    zoe = await world.join("Zoé", "1")
    await write(ines, "Vote for us")
    await ines.press("Link button")
    await ines.fill("x" * 41)
    assert ines.text.startswith("1 character too many (at most 40).")
    await ines.fill("x" * 40, "https://example.org/vote")
    await get(world, zoe)
    assert zoe.buttons == ("x" * 40,)


@on_one_engine
async def test_a_link_button_needs_words_and_an_address(world: World) -> None:
    ines = await world.organiser(modal=True)
    await world.join("Zoé", "1")
    await write(ines, "Vote for us")
    await ines.press("Link button")
    await ines.fill("Vote", "javascript:alert(1)")
    assert ines.text.splitlines() == [
        "Where does it lead?",
        "This is not a web address: it begins with https://",
    ]
    await ines.command("annoncer")
    await ines.press("Draft: Vote")
    await ines.press("Link button")
    await ines.fill("Vote", "https://example.org/vote")
    assert "For: everyone" in ines.text


@on_one_engine
async def test_a_picture_travels_with_the_text(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await ines.command("annoncer")
    await ines.press("Write an announcement")
    await ines.fill(Upload("plan.png", b"\x89PNG", picture=True, media_type="image/png"))
    await ines.pick("everyone")
    assert "A picture or document" not in ines.text
    await ines.press("Send now")
    assert "It leaves" in ines.text


@on_one_engine
async def test_a_rewrite_of_what_another_changed_is_kept_as_a_draft(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "First")
    await ines.press("Rewrite")
    discord = await world.organiser("900", platform="discord", modal=True)
    await discord.command("annoncer")
    await discord.press("Draft: First")
    await discord.press("Ask for “Seen”")
    await ines.fill("Mine")
    assert "kept as a draft of its own" in ines.text
    await ines.command("annoncer")
    assert {"Draft: Mine", "Draft: First"} <= set(ines.buttons)


async def test_a_rewrite_keeps_the_picture_until_it_is_taken_off(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "The plan")
    await ines.press("Rewrite")
    await ines.fill(Upload("plan.png", b"\x89PNG", picture=True, media_type="image/png"))
    assert await files(world) == ["plan.png"]
    assert "Take the files off" not in ines.buttons
    content, _, version = ines.payload("Rewrite").rpartition("-")
    await ines.follow(f"{content.replace('anr', 'anf')}-{version}")  # an older message has the button
    assert "Without files there is nothing left to send." in ines.text
    await ines.press("See the announcement")
    await ines.press("Rewrite")
    await ines.fill("The plan, at last")
    assert await files(world) == ["plan.png"]
    await ines.press("Take the files off")
    assert await files(world) == []
    assert "Take the files off" not in ines.buttons


@on_one_engine
async def test_two_organisers_on_one_draft_do_not_undo_each_other(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "First")
    other = await world.organiser("900", platform="discord", modal=True)
    await other.command("annoncer")
    await other.press("Draft: First")
    await other.press("Change audience")
    await ines.press("More…")
    asks = ines.payload("Ask for “Seen”")
    await ines.press("Back")
    await ines.press("Rewrite")
    await ines.fill("Second")
    await ines.follow(asks)
    assert "This was changed meanwhile, so nothing was saved." in ines.text
    await other.pick("Only me")
    assert "This was changed meanwhile, so nothing was saved." in other.text
    assert "For: everyone" in other.text
    await other.press("Link button")
    await ines.command("annoncer")
    await ines.press("Draft: Second")
    await ines.press("Ask for “Seen”")
    await other.fill("Vote", "https://example.org/vote")
    assert "This was changed meanwhile, so nothing was saved." in other.text


@on_one_engine
async def test_every_announcement_is_found_and_what_has_still_to_leave_comes_first(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "The first of many")
    await ines.press("Choose a time")
    await ines.fill("tomorrow 14:00")
    await ines.press("Confirm")
    await write(ines, "Sent long ago")
    await ines.press("Send now")
    for number in range(10):
        await write(ines, f"Thought {number}")
    await ines.command("annoncer")
    listed = [button for button in ines.buttons if ":" in button]
    assert listed[0] == "On its way: Sent long ago"
    assert listed[1].endswith("The first of many")
    assert listed[2] == "Draft: Thought 9"
    await ines.press("Next")
    assert [button for button in ines.buttons if ":" in button] == ["Draft: Thought 1", "Draft: Thought 0"]


async def test_who_gets_it_later_is_counted_with_the_reason(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Note 1")
    assert "1 of them later: it is night there." in ines.text  # in Québec
    await ines.press("Choose a time")
    await ines.fill("tomorrow 16:00")
    assert "It leaves" in ines.text
    assert "later" not in ines.text
    for number in (2, 3):
        await write(ines, f"Note {number}", "Only me")
        assert "later" not in ines.text
        await ines.press("Send now")
        await leave(world, announcement=number)
    await write(ines, "Note 4", "Only me")
    assert "1 of them later: they have had two messages today." in ines.text
    await ines.press("Send now")
    assert "1 of them later: they have had two messages today." in ines.text


# --- sending


async def test_nothing_leaves_for_ten_seconds_and_cancelling_loses_nothing(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Lunch")
    await ines.press("Send now")
    [count] = await world.read(tally_copies, 1)
    assert (count.copies, count.due) == (1, world.clock.now() + timedelta(seconds=10))
    await ines.press("Cancel")
    assert "nothing was sent. It is a draft again." in ines.text
    assert await copies(world) == []
    await ines.press("Send now")
    assert len(await copies(world)) == 1


@on_one_engine
async def test_while_an_announcement_leaves_one_button_cancels_it(world: World) -> None:
    ines = await world.organiser()
    for number, name in enumerate(("Zoé", "Ali", "Eva"), 1):
        await world.join(name, str(number))
    await write(ines, "Lunch")
    await ines.press("Send now")

    async def below() -> list[str]:
        view = await world.store.read(lambda tx: show_progress(tx, "1", world.clock.now()))
        assert view is not None
        return [plain(button.label, ines.reader) for button in view.buttons]

    assert "Cancel" in ines.buttons
    assert await below() == ["Correct", "Announcements", "Organise"], "the report below leaves it to the answer"
    await world.clock.advance(timedelta(seconds=10))
    await leave(world, "Zoé")
    assert "Cancel the rest" in await below(), "from then on the answer offers it no longer"


@on_one_engine
async def test_cancelled_midway_what_arrived_stays_and_the_rest_does_not_leave(world: World) -> None:
    ines = await world.organiser()
    for number, name in enumerate(("Zoé", "Ali", "Eva"), 1):
        await world.join(name, str(number))
    await write(ines, "Lunch")
    await ines.press("Send now")
    await leave(world, "Zoé")
    await ines.press("See progress")
    assert "1 of 3 sent" in ines.text
    await ines.press("Cancel the rest")
    assert "Cancelled before all messages had left." in ines.text
    assert "Send failures again" not in ines.buttons
    assert "Telegram: 1 sent and 2 cancelled" in ines.text


async def test_two_presses_send_once(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Lunch")
    payload = ines.payload("Send now")
    await ines.follow(payload)
    await ines.follow(payload)
    assert "0 of 1 sent" in ines.text
    assert len(await copies(world)) == 1


@on_one_engine
async def test_the_second_who_sends_the_same_is_warned(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Lunch")
    await ines.press("Send now")
    await write(ines, "Lunch")
    await ines.press("Send now")
    assert "Inès sent the same to the same people a few minutes ago." in ines.text.replace("\u2068", "").replace(
        "\u2069", ""
    )
    assert await copies(world, 2) == []
    await ines.press("Send it all the same")
    assert len(await copies(world, 2)) == 1


@on_one_engine
async def test_who_chooses_an_hour_is_warned_too_and_so_is_who_sends_what_waits(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Lunch")
    await ines.press("Choose a time")
    await ines.fill("tomorrow 14:00")
    await ines.press("Confirm")
    await write(ines, "Lunch")
    draft = ines.payload("Choose a time")
    await ines.press("Send now")
    assert "The same announcement leaves" in ines.text
    assert await copies(world, 2) == []
    await ines.follow(draft)
    await ines.fill("tomorrow 15:00")
    await ines.press("Confirm")
    assert "The same announcement leaves" in ines.text
    await ines.press("Send it all the same")
    assert "It leaves" in ines.text


@on_one_engine
async def test_what_changed_since_the_preview_is_not_sent(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Lunch")
    payload = ines.payload("Send now")
    await ines.press("Rewrite")
    await ines.fill("Dinner")
    await ines.follow(payload)
    assert "This was changed meanwhile, so nothing was sent." in ines.text
    assert await copies(world) == []


@on_one_engine
async def test_urgent_is_asked_twice(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Fire drill")
    await ines.press("Urgent")
    assert "even at night" in ines.text
    assert await copies(world) == []
    await ines.press("Yes, it is urgent")
    assert len(await copies(world)) == 1
    announcement = await world.read(find_announcement, 1)
    assert announcement
    assert announcement.urgent


@on_one_engine
async def test_an_hour_is_read_back_saved_and_kept_to(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Lunch")
    await ines.press("Choose a time")
    await ines.fill("tomorrow 14:00")
    assert "in Paris" in ines.text
    await ines.press("Confirm")
    assert "It leaves" in ines.text
    settings = world.settings
    assert await world.store.transact(lambda tx: release_due_announcement(tx, settings, world.clock.now())) is False
    await world.clock.advance(timedelta(days=2))
    assert await world.store.transact(lambda tx: release_due_announcement(tx, settings, world.clock.now())) is True
    assert len(await copies(world)) == 1
    assert await world.store.transact(lambda tx: release_due_announcement(tx, settings, world.clock.now())) is False


@on_one_engine
async def test_one_that_waits_can_be_called_back(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Lunch")
    await ines.press("Choose a time")
    await ines.fill("tomorrow 14:00")
    await ines.press("Confirm")
    await ines.press("Call it back")
    assert "It is a draft again." in ines.text
    assert "Send now" in ines.buttons


@on_one_engine
async def test_of_an_hour_that_is_there_twice_one_is_chosen(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Winter begins")
    await ines.press("Choose a time")
    await ines.fill("31 octobre 2h30")
    first, second = ines.buttons[:2]
    assert first.endswith("the first time")
    await ines.press(second)
    assert "It leaves Sunday 31 October, 02:30." in ines.text
    due = await world.read(find_announcement, 1)
    assert due
    assert due.due == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


@on_one_engine
async def test_a_past_hour_is_asked_again(world: World) -> None:
    ines = await world.organiser(modal=True)
    await world.join("Zoé", "1")
    await write(ines, "Lunch")
    await ines.press("Choose a time")
    await ines.fill("1 January 2020 12:00")
    assert "That is past." in ines.text
    assert await copies(world) == []


# --- for whom


@on_one_engine
async def test_a_mail_merge_is_for_who_has_not_registered(world: World) -> None:
    ines = await world.organiser()
    await world.invite("Léo")
    await ines.command("annoncer")
    await ines.press("Write an announcement")
    await ines.fill("Come!")
    await ines.press("Not registered yet")
    await ines.press("File for mail merge")
    assert ines.file
    assert ines.file.content.decode("utf-8-sig").splitlines()[1].startswith('"R-0001";"Léo";"Léo";"";"en";"Hello Léo,')


async def test_a_territory_a_platform_and_only_me(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Lunch", "Only me")
    assert "1 person: 1 on Telegram." in ines.text
    await ines.press("Change audience")
    await ines.press("A territory")
    await ines.pick("Quebec")
    assert "For: Quebec" in ines.text
    await ines.press("Change audience")
    await ines.press("A platform")
    await ines.pick("Telegram")
    assert "For: Telegram" in ines.text
    await ines.press("Change audience")
    await ines.press("A group")
    assert "There are none of these yet." in ines.text


@on_one_engine
async def test_who_told_no_territory_makes_none_to_choose(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1", territory="BE")
    await world.join("Ali", "2", territory="")
    await world.invite("Léo", territory="FR")
    await write(ines, "Lunch")
    await ines.press("Change audience")
    await ines.press("A territory")
    assert ines.options == ("Belgium: 1 person",)


@on_one_engine
async def test_a_draft_is_read_by_nobody_it_is_for(world: World) -> None:
    ines = await world.organiser()
    zoe = await world.join("Zoé", "1")
    await write(ines, "Surprise at noon")
    await zoe.follow("ar-1")
    assert zoe.text.startswith("That button has aged.")
    assert "Surprise" not in zoe.text
    await ines.press("Send now")
    await zoe.follow("ar-1")
    assert zoe.text == "From the team\nSurprise at noon"


async def test_who_joins_late_gets_what_still_holds_as_one_digest(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    for text in ("Bring a pen", "Withdrawn soon", "Lunch is at noon"):
        await write(ines, text)
        await ines.press("Send now")
    await leave(world, announcement=2)
    await ines.command("annoncer")
    await ines.press("Sent: Withdrawn")
    await ines.press("Withdraw")
    await ines.press("Yes, withdraw it")
    late = await world.join("Ali", "2")
    (digest,) = await pushed(world, late)
    assert digest == "2 announcements from before you came, which still apply:\nLunch is at noon\nBring a pen"
    await late.follow("ar-1")
    assert late.text == "From the team\nBring a pen"


@on_one_engine
async def test_who_takes_nothing_unasked_gets_the_digest_all_the_same(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Bring a pen")
    await ines.press("Send now")
    late = await world.join("Ali", "2", platform="discord")
    await catch_up_with(world, late)
    assert late.text == "1 announcement from before you came, which still applies:\nBring a pen"


@on_one_engine
async def test_the_organisers_screen_counts_what_did_not_leave_yet(world: World) -> None:
    ines = await world.organiser()
    assert "Messages" not in await stand_of(ines)
    await world.join("Zoé", "1")
    for text in ("The bus leaves at 9.", "Bring your badge."):
        await write(ines, text)
    assert (await stand_of(ines))["Messages"] == "2 drafts."
    await ines.command("annoncer")
    await ines.press("Draft: The bus")
    await ines.press("Choose a time")
    await ines.fill("1 March 13:00")
    await ines.press("Confirm")
    assert (await stand_of(ines))["Messages"] == "1 announcement is planned for Monday 1 March, 13:00. 1 draft."
