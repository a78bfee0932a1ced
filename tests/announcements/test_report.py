"""After sending: how far it has come and why not further, saying it better, taking it back, who has seen it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from typing import cast

import pytest

from bot.content.forms import Upload
from bot.content.reasons import Reason
from bot.content.texts import Reader, file_name, plain
from bot.delivery.outgoing import ClaimedDelivery, Ended, Outcome, Postponed, Removed
from bot.people import participant_store
from handlers.announcements.messages import reason
from handlers.announcements.organiser.report import remind_unseen, show_progress
from handlers.announcements.store.acknowledgements import who_has_seen
from handlers.announcements.store.announcements import find_announcement
from handlers.announcements.store.contents import LinkButton, find_words
from tests.announcements.copies import CORRECTED, blocked, copies, get, leave, said, write
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.drivers.web import open_web
from tests.engines import on_one_engine
from tests.live_screens import live_screens
from tests.outbox import arrives, pushed
from tests.participants import number, rewrite
from tests.stored_rows import stored_rows
from tests.world import World, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url) as world:
        yield world


async def sent(
    world: World,
    text: str = "Lunch at noon",
    *,
    asks_seen: bool = False,
    zoe: Callable[[ClaimedDelivery], Outcome] = arrives,
    at_night: bool = False,
) -> NeutralChat:
    """An organiser who looks at how far an announcement is that was sent to Zoé, Ali and Eva.

    It arrived at Ali's, Eva blocked the bot, and with Zoé's copy became what `zoe` says.
    """
    ines = await world.organiser()
    for native_id, name in enumerate(("Zoé", "Ali", "Eva"), 1):
        await world.join(name, str(native_id))
    await write(ines, text)
    if asks_seen:
        await ines.press("Ask for “Seen”")
    await ines.press("Send now")
    outcomes = {"Zoé": zoe, "Eva": blocked}
    await leave(world, outcome_of=lambda copy: outcomes.get(copy.recipient.name, arrives)(copy), at_night=at_night)
    await ines.press("See progress")
    return ines


async def link(world: World) -> LinkButton | None:
    """What the button below the first announcement leads to."""
    content = await world.store.read(lambda tx: find_words(tx, 1))
    assert content
    return content.link


# --- the report


@on_one_engine
async def test_the_report_says_what_became_of_the_copies_and_why(world: World) -> None:
    ines = await sent(world)
    assert "“Lunch at noon”, for: everyone" in ines.text
    assert "2 of 2 sent" in ines.text
    assert "Telegram: 2 sent and 1 not reached" in ines.text
    assert "1 because they blocked the bot" in ines.text


@on_one_engine
async def test_the_report_is_a_file_too(world: World) -> None:
    ines = await sent(world)
    await ines.press("As a file")
    assert ines.file
    lines = ines.file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == ('"reference";"full name";"platform";"state";"reason";"sent (UTC)";"perhaps twice";"seen (UTC)"')
    assert len(lines) == 4
    assert sum('"not reached"' in line for line in lines) == 1
    assert sum("they blocked the bot" in line for line in lines) == 1


@on_one_engine
async def test_reasons_are_told_in_the_readers_language_never_in_a_platforms_words(world: World) -> None:
    as_before = cast("Reason", "Forbidden: user is deactivated")  # as an earlier version wrote it down
    ines = await sent(world, zoe=lambda copy: Ended(copy, "failed", as_before))
    await world.store.transact(
        partial(participant_store.set_locale, participant_id=await number(world, "Inès"), locale="fr")
    )
    await ines.command("annoncer")
    await ines.press("Envoyée")
    assert "1\u00a0: la personne a bloqué le bot" in ines.text
    assert "1\u00a0: la plateforme a refusé le message" in ines.text
    await ines.press("En fichier")
    assert ines.file
    file = ines.file.content.decode("utf-8-sig")
    assert file_name(ines.file.name, Reader("fr", "UTC")) == "annonce-1.csv"
    assert file.startswith('"référence";"nom complet";"plateforme";"état";"raison";"envoyée (UTC)";')
    assert "la plateforme a refusé le message" in file
    assert "deactivated" not in file + ines.text


def test_every_reason_has_words_of_its_own() -> None:
    assert len({plain(reason(each), Reader("en", "UTC")) for each in Reason}) == len(Reason)


@on_one_engine
async def test_failures_are_sent_again(world: World) -> None:
    ines = await sent(world)
    await ines.press("Send failures again")
    assert ines.text.startswith("1 message is being sent again.")
    assert [copy.state for copy in await copies(world)] == ["sent", "sent", "waiting"]
    assert "Send failures again" not in ines.buttons


@on_one_engine
async def test_a_report_offers_six_things_at_most_while_messages_leave_and_after(world: World) -> None:
    ines = await sent(world, asks_seen=True, zoe=lambda copy: Postponed(copy, world.clock.now(), None))
    assert ines.buttons == (
        *("Cancel the rest", "Send failures again", "Who has seen it"),
        *("Correct", "Withdraw", "Announcements"),
    )
    await ines.press("Cancel the rest")
    await ines.command("annoncer")
    await ines.press("Cancelled: Lunch at noon")
    assert "As a file" in ines.buttons


@on_one_engine
async def test_what_waits_for_the_morning_is_said(world: World) -> None:
    ines = await sent(world, at_night=True)
    assert "3 because it is night there" in ines.text
    assert "The next ones leave Monday 1 March, 14:00." in ines.text


# --- correcting


@on_one_engine
async def test_a_correction_edits_every_copy_and_can_be_undone(world: World) -> None:
    ines = await sent(world)
    await ines.press("Correct")
    assert "2 messages will be edited" in ines.text
    await ines.press("Write the correction")
    await ines.fill("Lunch at **one**")
    assert "2 messages are being edited." in ines.text
    assert [(copy.op, copy.state) for copy in await copies(world)][:2] == [("edit", "waiting")] * 2
    assert await said(world, ines) == f"Lunch at one{CORRECTED}"
    await ines.press("Undo this change")
    assert "Undone" in ines.text
    assert await said(world, ines) == f"Lunch at noon{CORRECTED}"


@on_one_engine
async def test_a_correction_begins_with_what_copies_say(world: World) -> None:
    await sent(world, "Lunch at **noon**")
    ines = await world.organiser(modal=True)
    await ines.command("annoncer")
    await ines.press("Sent")
    await ines.press("Correct")
    await ines.press("Write the correction")
    assert ines.prefill == {"message": "Lunch at **noon**"}
    await ines.command("annoncer")
    await ines.press("Sent")
    await ines.press("Correct")
    await ines.press("Link button")
    assert ines.prefill == {}
    await ines.fill("The plan", "https://example.org/plan")
    await ines.press("See the announcement")
    await ines.press("Correct")
    await ines.press("Link button")
    assert ines.prefill == {"label": "The plan", "url": "https://example.org/plan"}


@on_one_engine
async def test_the_link_of_every_copy_is_corrected_and_put_back(world: World) -> None:
    ines = await sent(world)
    await ines.press("Correct")
    await ines.press("Link button")
    await ines.fill("The plan", "https://example.org/plan")
    assert "Corrected: “Lunch at noon”" in ines.text
    assert "2 messages are being edited." in ines.text
    assert await link(world) == LinkButton("The plan", "https://example.org/plan")
    await ines.press("Undo")
    assert await link(world) is None


@on_one_engine
async def test_what_has_not_left_is_counted_with_the_corrected_text(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await world.join("Ali", "2")
    await write(ines, "Lunch at noon")
    await ines.press("Send now")
    await leave(world, "Zoé")
    await ines.press("See progress")
    await ines.press("Correct")
    assert "1 message will leave with the corrected text." in ines.text
    await ines.press("Write the correction")
    await ines.fill("Lunch at one")
    assert "1 message is being edited." in ines.text
    assert "1 message will leave with the corrected text." in ines.text


@on_one_engine
async def test_a_correction_keeps_its_kind(world: World) -> None:
    ines = await sent(world)
    await ines.press("Correct")
    await ines.press("Write the correction")
    await ines.fill(Upload("plan.png", b"\x89PNG", picture=True, media_type="image/png"))
    assert "You can only correct text with text" in ines.text
    assert await said(world, ines) == "Lunch at noon"
    await ines.send("Lunch at one")
    assert await said(world, ines) == f"Lunch at one{CORRECTED}"


async def test_of_two_who_correct_at_once_neither_is_lost(world: World) -> None:
    ines = await sent(world)
    await ines.press("Correct")
    payload = ines.payload("Write the correction")
    await ines.press("Write the correction")
    await ines.fill("Lunch at one")
    other = await world.organiser("900", platform="discord", modal=True)
    await other.follow(payload)
    await other.fill("Lunch at two")
    assert "changed this meanwhile" in other.text
    assert await said(world, ines) == f"Lunch at one{CORRECTED}"


# --- taking back


@on_one_engine
async def test_withdrawing_deletes_what_can_be_deleted_and_says_what_cannot(world: World) -> None:
    ines = await sent(world)
    await ines.press("Withdraw")
    assert "Withdraw it from 2 people and chats?" in ines.text
    await ines.press("Yes, withdraw it")
    assert ines.text.startswith("Withdrawn: 2 messages are being deleted.")
    assert [screen.key for screen in await live_screens(world) if screen.behind] == ["announcement:1"]
    report = await world.store.read(lambda tx: show_progress(tx, "1", world.clock.now()))
    assert report
    assert "2 to be deleted" in "\n".join(plain(line, ines.reader) for line in report.lines)
    await leave(world, "Zoé")
    await leave(world, "Ali", outcome_of=lambda copy: Removed(copy, gone=False))
    await ines.command("annoncer")
    await ines.press("Withdrawn: Lunch")
    assert "1 deleted" in ines.text
    assert "1 cannot be deleted" in ines.text
    assert "1 because the platform no longer allows it" in ines.text
    assert "Correct" not in ines.buttons


# --- seen


async def test_seen_is_counted_once_and_who_has_not_is_named(world: World) -> None:
    ines = await sent(world, asks_seen=True)
    zoe = world.chat("1", name="Zoé")
    await get(world, zoe)
    payload = zoe.payload("Seen")
    await zoe.follow(payload)
    assert zoe.toast == "Noted, thank you."
    assert zoe.text == "From the team\nLunch at noon"
    assert zoe.buttons == ()
    await zoe.follow(payload)
    assert zoe.toast == "You had said so already."
    await ines.command("annoncer")
    await ines.press("Sent, 1 seen")
    assert "2 of 2 sent, 1 seen" in ines.text
    await ines.press("Who has seen it")
    assert "“Seen”: 1 person of 3." in ines.text
    assert "Not yet: Ali and Eva." in ines.text


@on_one_engine
async def test_who_has_not_seen_it_is_reminded_once_an_hour_at_most(world: World) -> None:
    ines = await sent(world, "Lunch at noon.", asks_seen=True)
    zoe, ali = world.chat("1", name="Zoé"), world.chat("2", name="Ali")
    await get(world, zoe)
    await zoe.press("Seen")
    await ines.press("Who has seen it")
    assert await live_screens(world) == [], "the report, drawn again with every «Seen», leaves the names where they are"
    remind = ines.payload("Remind 1 person")
    await ines.follow(remind)
    assert ines.text == "1 person is reminded."
    assert await pushed(world, zoe) == []
    assert "is waiting for you: “Lunch at noon”" in (await pushed(world, ali))[-1]
    await ines.follow(remind)
    assert ines.text.endswith("Leave them an hour before you ask again.")
    await world.clock.advance(timedelta(hours=1))
    await ines.follow(remind)
    assert len(await pushed(world, ali)) == 2


async def test_who_sleeps_gets_the_announcement_before_its_reminder(world: World) -> None:
    ines = await sent(world, asks_seen=True, at_night=True)
    await ines.press("Who has seen it")
    assert ines.text.splitlines()[1:3] == ["“Seen”: 0 people of 3.", "3 people have not had it yet."]
    assert ines.buttons[0] == "As a file", "there is nobody to remind"
    await ines.follow(remind_unseen.to(1).encode())
    assert await pushed(world, world.chat("2", name="Ali")) == []


@on_one_engine
async def test_who_was_not_asked_for_seen_is_not_reminded_of_it(world: World) -> None:
    ines = await sent(world)
    assert "Who has seen it" not in ines.buttons
    await ines.follow(remind_unseen.to(1).encode())
    assert ines.text.startswith("That button has aged.")
    assert await pushed(world, world.chat("2", name="Ali")) == []


@on_one_engine
async def test_a_campaign_reminds_by_itself_and_not_of_seen(world: World) -> None:
    ines, ali = await world.organiser(), await world.join("Ali", "1")
    await ines.command("annoncer")
    await ines.press("A campaign")
    await ines.fill("https://example.org/vote", "Vote for us", "11 mars 10h", "Support us!")
    await ines.press("Choose who it is for")
    await ines.pick("everyone")
    await ines.press("Ask for “Seen”")
    await ines.press("Send now")
    await leave(world, "Ali")
    await ines.press("See progress")
    await ines.press("Who has seen it")
    assert not [button for button in ines.buttons if button.startswith("Remind")]
    await ines.follow(remind_unseen.to(1).encode())
    assert ines.text.startswith("That button has aged.")
    assert await pushed(world, ali) == []


@on_one_engine
async def test_seen_of_what_is_not_for_them_counts_for_nothing(world: World) -> None:
    await sent(world, asks_seen=True)
    for chat in (world.chat("77"), world.chat("1", name="Zoé")):
        await chat.follow("av-1")
    assert list(await world.read(who_has_seen, 1)) == [await number(world, "Zoé")]


@on_one_engine
async def test_what_was_withdrawn_is_not_read_any_more(world: World) -> None:
    ines = await sent(world)
    await ines.press("Withdraw")
    await ines.press("Yes, withdraw it")
    zoe = world.chat("1", name="Zoé")
    await zoe.follow("ar-1")
    assert "The team withdrew this announcement." in zoe.text


@on_one_engine
async def test_only_organisers_announce(world: World) -> None:
    await sent(world)
    zoe = world.chat("1", name="Zoé")
    for payload in ("an", "ao-1", "ac-1", "azy-1", "arf-1"):
        await zoe.follow(payload)
        assert zoe.file is None
    found = await world.read(find_announcement, 1)
    assert found
    assert found.state == "sent"


async def test_one_that_was_cancelled_is_sent_to_nobody_again(world: World) -> None:
    ines = await world.organiser()
    for native_id, name in enumerate(("Zoé", "Ali", "Eva"), 1):
        await world.join(name, str(native_id))
    await write(ines, "Lunch at noon")
    await ines.press("Send now")
    await leave(world, "Zoé")
    await leave(world, "Eva", outcome_of=blocked)
    await ines.press("See progress")
    again = ines.payload("Send failures again")
    await ines.press("Cancel the rest")
    assert "Send failures again" not in ines.buttons
    await ines.follow(again)
    assert "There is nothing to send again." in ines.text


@on_one_engine
async def test_what_could_not_be_taken_back_is_tried_again(world: World) -> None:
    ines = await sent(world)
    await ines.press("Withdraw")
    await ines.press("Yes, withdraw it")
    assert "Try again" not in ines.buttons
    await leave(world, "Zoé", outcome_of=blocked)
    await ines.command("annoncer")
    await ines.press("Withdrawn: Lunch")
    await ines.press("Try again")
    assert "1 message is being sent again." in ines.text
    assert [(copy.state, copy.op) for copy in await copies(world)] == [
        ("waiting", "delete"), ("waiting", "delete"), ("unreachable", "send"),
    ]  # fmt: skip


async def test_who_unblocks_the_bot_loses_what_was_withdrawn_meanwhile(world: World) -> None:
    ines = await sent(world)
    await ines.press("Withdraw")
    await ines.press("Yes, withdraw it")
    await leave(world, "Zoé", outcome_of=blocked)
    assert (await copies(world))[0].state == "unreachable"
    await world.chat("1", name="Zoé").command("start")
    await leave(world, "Zoé")
    assert (await copies(world))[0].state == "withdrawn"


async def test_whom_a_screen_names_is_stored_as_who_is_meant(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    async with open_web(world) as site:
        ines = await site.joined("Inès", organises=True)

        async def stored() -> str:
            rows = (await stored_rows(world.store, "page_messages"))["page_messages"]
            return str(max(rows, key=lambda row: row["revision"])["content"])

        await zoe.command("stop")
        await ines.command("annoncer")
        await ines.press("Write an announcement")
        await ines.fill("Lunch at noon")
        await ines.pick("everyone")
        assert "Not reached: Zoé (wants no messages)." in words(ines.text)
        named = [await stored()]
        await zoe.command("start")
        await ines.press("Ask for “Seen”")
        await ines.press("Send now")
        await ines.press("See progress")
        await ines.press("Who has seen it")
        assert "Not yet: Inès and Zoé." in words(ines.text)
        named.append(await stored())
        assert all('["person", ' in each and "Zoé" not in each for each in named)
        await rewrite(world, await number(world, "Zoé"), given_name="Zora")
        await ines.look()
        assert "Not yet: Inès and Zora." in words(ines.text)
